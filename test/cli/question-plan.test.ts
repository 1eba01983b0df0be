/** A question over rollups on disk: right also where one of them cannot be read. */
import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { questionSource } from '../../src/cli/question-plan.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { runPlan } from '../../src/query/execute.js';
import { resolve } from '../../src/query/resolve.js';
import { pathsRead, rollUp } from '../../src/query/rolled.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { append, day, newDataset, noAbort, stageMany } from '../store/staged.js';
import { makeSidecars } from '../store/whole-store.js';

describe('a question over rollups', () => {
  it('reads rows where one cannot be read, and says so', async () => {
    const columns = [{ label: 'host', type: 'string' }] as const;
    const staged = [await stageMany(columns, 25_000, [`${day} + i * 3000000`, `'h' || (i % 3)`])];
    const roles = { host: ['host'] };
    const { dataset } = await append(await newDataset(), { staged, roles });
    await makeSidecars(dataset);
    const source = { dataset, name: 'store', span: null, bad: '', fields: [], notes: [] };
    const alone = await questionSource({ values: { rollups: false }, words: [] }, source);
    const beside = await questionSource({ values: {}, words: [] }, source);
    const rows = resolve(parseSpec({ ...noTexts, by: ['host'] }), beside);
    expect(rollUp(rows, alone).plan).toBe(rows);
    const { plan, use } = rollUp(rows, beside);
    expect(use).toEqual({ reason: null, rolled: 1, missing: 0, coarse: 0, mixed: 0 });
    const files = pathsRead(plan);
    const engine = await openQueryEngine({ ...defaultLimits, files, timeLimitMs: null });
    try {
      const whole = await runPlan(plan, engine, { signal: noAbort });
      expect(whole.notes).toEqual([]);
      expect(whole.provenance.files.rolled).toBe(1);
      truncateSync(plan.rolled?.files[0]?.rollup ?? '', 300);
      const again = await runPlan(plan, engine, { signal: noAbort });
      expect(again.rows).toEqual(whole.rows);
      expect(again.provenance.files.rolled).toBeUndefined();
      expect(again.notes).toMatchObject([{ level: 'warning', code: 'rollup' }]);
    } finally {
      await engine.close();
    }
  });
});
