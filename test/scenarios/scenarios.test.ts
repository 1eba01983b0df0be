/** Planted trouble must be found where it is, and nothing where nothing is. */
import { describe, expect, it } from 'vitest';
import { buildScenario } from './build.js';
import { scanScenario } from './run.js';
import { scoreOf } from './score.js';

async function scoreOfScenario(name: string, seed: number) {
  const scenario = await buildScenario({ name, seed, days: 5, rows: 40_000, cache: null });
  const report = await scanScenario(scenario, 2);
  return { report, ...scoreOf(report.findings, scenario.truths) };
}

describe('scenarios', () => {
  it('finds new hosts on a bad build: who, when, how many', async () => {
    const { matches, wrong, repeated } = await scoreOfScenario('new hosts on a bad build', 3);
    expect([wrong, repeated]).toEqual([[], []]);
    const [match] = matches;
    expect(match).toMatchObject({ hostsRight: true, versionsRight: true, isFirst: true });
    expect(match?.countError).toBe(0);
    expect(match?.overlap).toBeGreaterThan(0.9);
  });

  it('finds nothing where nothing happened, and says who looked', async () => {
    const { report } = await scoreOfScenario('nothing happens', 3);
    expect(report.findings).toEqual([]);
    expect(report.detectors.filter(({ ran }) => ran).length).toBeGreaterThan(8);
  });
});
