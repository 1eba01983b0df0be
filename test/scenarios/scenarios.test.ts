/**
 * Planted trouble must be found where it is, and nothing where nothing is. A few scenarios in the
 * suite; `SCENARIO_SEEDS=1,2,3 npx vitest run --config .ci/vitest.config.ts test/scenarios` scans
 * all kinds and prints the table of docs/method.md; `SCENARIO_WORLDS=stranger` does so with fleets
 * of strangers, `SCENARIO_KINDS` takes those whose names it matches.
 */
import { describe, expect, it } from 'vitest';
import { buildScenario, kinds } from './build.js';
import { scanScenario } from './run.js';
import { type Score, scoreOf } from './score.js';
import { summaryOf, tableOf, troubleOf } from './summary.js';

const seeds = (process.env.SCENARIO_SEEDS ?? '')
  .split(',')
  .filter((one) => one !== '')
  .map(Number);
const isStranger = process.env.SCENARIO_WORLDS === 'stranger';
const full = isStranger
  ? { days: 0, rows: 0 }
  : { days: 7, rows: Number(process.env.SCENARIO_ROWS ?? 120_000) };
const cache = process.env.SCENARIO_CACHE ?? null;
const wanted = new RegExp(process.env.SCENARIO_KINDS ?? '.');

async function scoreOfScenario(
  name: string,
  seed: number,
  size: { days: number; rows: number; isStranger: boolean },
) {
  const scenario = await buildScenario({ name, seed, ...size, cache });
  const report = await scanScenario(scenario, 2);
  return { report, score: scoreOf(report.findings, scenario.truths), days: scenario.days };
}

const small = { days: 4, rows: 40_000, isStranger: false };

/** Each is found whole: who, when, how many, first, and nothing else is named. */
const certain = [
  'new hosts on a bad build',
  'customer failing',
  'version on one route',
  'service silent',
  'error text on 200',
  'host slow',
] as const;

describe.skipIf(seeds.length > 0)('a few scenarios', () => {
  it.each(certain)('%s', async (name) => {
    const { score } = await scoreOfScenario(name, 4, small);
    expect([score.wrong, score.repeated]).toEqual([[], []]);
    const [match] = score.matches;
    expect(match).toMatchObject({ hostsRight: true, versionsRight: true, isFirst: true });
    expect(match?.countError ?? 0).toBeLessThan(0.05);
    expect(match?.overlap).toBeGreaterThan(0.85);
  });

  it.each(['nothing happens', 'rollouts', 'drains one by one'])('nothing in: %s', async (name) => {
    const { report, score } = await scoreOfScenario(name, 4, small);
    expect(score.wrong).toEqual([]);
    expect(report.detectors.filter(({ ran }) => ran).length).toBeGreaterThan(8);
  });
});

describe.runIf(seeds.length > 0)('all scenarios', () => {
  const scores = new Map<string, Score[]>();

  it.each(kinds.map(([name]) => name).filter((name) => wanted.test(name)))('%s', async (name) => {
    const own: Score[] = [];
    for (const seed of seeds) {
      const { score, days } = await scoreOfScenario(name, seed, { ...full, isStranger });
      own.push({ ...score, weeks: days / 7 });
      for (const line of troubleOf(score)) process.stderr.write(`${name} (${seed}): ${line}\n`);
    }
    scores.set(name, own);
  });

  it('comes up to the bars', () => {
    process.stdout.write(`\n${tableOf(scores)}\n`);
    const sum = summaryOf([...scores.values()].flat());
    expect(sum.recall).toBeGreaterThanOrEqual(0.95);
    expect(sum.falseAWeek).toBeLessThanOrEqual(0.1);
    expect(sum.cleanWeeks).toBeGreaterThanOrEqual(0.9);
    expect(sum.overlap).toBeGreaterThanOrEqual(0.9);
    expect(sum.onsetMinutes).toBeLessThanOrEqual(2);
    expect(sum.hostsAndVersions).toBeGreaterThanOrEqual(0.95);
    expect(sum.first).toBeGreaterThanOrEqual(0.8);
  });
});
