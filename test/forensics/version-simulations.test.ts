/** Many seeded fleets of known truth: what is named, and what is not. `docs/method.md` shows it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { minute, origin, reportOfScene } from './fleet-scene.js';
import { type Named, randomOf, type Simulation, scenarios } from './fleet-simulator.js';

const seeds = Number(process.env.SIMULATION_SEEDS ?? 8);
/** Hosts come and go between two events, a minute apart. */
const slackMinutes = 2;

interface Score {
  readonly real: number;
  readonly found: number;
  readonly named: number;
}

function scoreOf({ runs, named }: Simulation): Score {
  const { mismatches } = reportOfScene(runs);
  const found = named.filter((wanted) => mismatches.some((group) => isSame(group, wanted)));
  return { real: named.length, found: found.length, named: mismatches.length };
}

type Group = ReturnType<typeof reportOfScene>['mismatches'][number];

function isSame({ hosts, version, start, end }: Group, wanted: Named): boolean {
  const at = (instant: number) => (instant - origin) / minute;
  const near = (left: number, right: number) => Math.abs(left - right) <= slackMinutes;
  const seen = hosts.map(({ host }) => host).sort();
  return (
    version === wanted.version &&
    JSON.stringify(seen) === JSON.stringify([...wanted.hosts].sort()) &&
    near(at(start), wanted.from) &&
    near(at(end), wanted.to)
  );
}

describe('simulated fleets', () => {
  const rows: string[] = [];

  it.each(scenarios)('%s', (name, scenario) => {
    const sum = { real: 0, found: 0, named: 0 };
    const wrong: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const score = scoreOf(scenario(randomOf(seed)));
      sum.real += score.real;
      sum.found += score.found;
      sum.named += score.named;
      if (score.found < score.real || score.named > score.real) wrong.push(seed);
    }
    rows.push(`| ${name} | ${seeds} | ${sum.real} | ${sum.found} | ${sum.named - sum.found} |`);
    expect({ seeds: wrong, ...sum }).toEqual({ seeds: [], ...sum });
  });

  it('is what the page on the method shows', () => {
    const page = readFileSync(new URL('../../docs/method.md', import.meta.url), 'utf8');
    for (const row of rows) {
      if (seeds === 8) expect(page).toContain(row);
      else process.stdout.write(`${row}\n`);
    }
    expect(rows.length).toBe(scenarios.length);
  });
});
