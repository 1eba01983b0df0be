/** Planted trouble must be found where it is, and nothing where nothing is. */
import { afterAll, describe, expect, it } from 'vitest';
import { querySourceOf } from '../../src/cli/query-source.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { axesOf, newDictionaries } from '../../src/forensics/scan-cells.js';
import { namesOf } from '../../src/forensics/scan-detail.js';
import { searchExcess } from '../../src/forensics/scan-excess.js';
import { blocksOf } from '../../src/forensics/scan-exposure.js';
import { profileOf } from '../../src/forensics/scan-signal.js';
import { runQuery } from '../../src/query/execute.js';
import { runRollup } from '../../src/query/rollup.js';
import { statusOf } from '../../src/store/status.js';
import { buildScenario } from './build.js';

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

async function excessOf(name: string, seed: number) {
  const scenario = await buildScenario({ name, seed, days: 5, rows: 40_000, cache: null });
  const source = querySourceOf(scenario.dataset, 'scenario');
  const files = source.files.map(({ path }) => path);
  const limits = { memoryBytes: null, threads: 2, spillDir: null };
  const engine = await openQueryEngine({ ...limits, files, timeLimitMs: null });
  closing.push(() => engine.close());
  const { signal } = new AbortController();
  const { span } = statusOf(scenario.dataset);
  const window = span ?? { start: 0, end: 0 };
  const port = {
    source,
    rollup: (spec: Parameters<typeof runRollup>[1]) => runRollup(source, spec, { engine, signal }),
    ask: (spec: Parameters<typeof runQuery>[1]) => runQuery(source, spec, engine, { signal }),
    say: () => {},
  };
  const profile = await profileOf(port, window, scenario.dataset.bad);
  const axes = axesOf(port, profile.columns.zone);
  const dictionaries = newDictionaries();
  const blocks = blocksOf(window);
  const excess = await searchExcess({ port, dictionaries, axes, blocks, profile, window });
  return { scenario, excess, dictionaries };
}

describe('scenarios', () => {
  it('finds new hosts on a bad build to the minute', async () => {
    const { scenario, excess, dictionaries } = await excessOf('new hosts on a bad build', 3);
    const [draft, ...more] = excess.drafts;
    const [truth] = scenario.truths;
    expect(more).toEqual([]);
    expect(draft && namesOf(dictionaries, draft.selection, 'version')).toEqual(truth?.versions);
    expect(Math.abs((draft?.from ?? 0) - (truth?.start ?? 0) / 60e6)).toBeLessThan(10);
    expect(draft?.hitEvents).toBe(truth?.hurt);
  });

  it('finds nothing where nothing happened', async () => {
    const { excess } = await excessOf('nothing happens', 3);
    expect(excess.drafts).toEqual([]);
  });
});
