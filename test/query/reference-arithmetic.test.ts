/** The arithmetic of sampling as the field documents it, and steps and concurrency by hand. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { runQuery } from '../../src/query/execute.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import { noTexts, parseSpec, type SpecTexts } from '../../src/query/spec-text.js';
import { writePlainFiles } from '../oracle/rows.js';

const dir = mkdtempSync(join(tmpdir(), 'coldcase-arithmetic-'));
const second = 1_000_000;
const start = Date.parse('2020-04-16T14:00:00Z') * 1000;
const schema = [
  { name: 'duration_ms', label: 'duration_ms', type: 'integer', unit: 'ms' },
  { name: 'total', label: 'total', type: 'integer', unit: null },
] as const;
let source: QuerySource;
let engine: Engine;

beforeAll(async () => {
  const row = (at: number, durationMs: number, total: number) => ({
    ts: start + at * second,
    weight: 10,
    batch: 'b',
    values: { duration_ms: durationMs, total },
    extra: {},
  });
  const rows = [row(0, 200, 100), row(10, 1100, 150)];
  const files = await writePlainFiles(dir, schema, [{ date: '2020-04-16', rows }]);
  const roles = { duration: ['duration_ms'] };
  source = { name: 'test', dataset: 'events', version: 1, schema, roles, files };
  const paths = files.map(({ path }) => path);
  engine = await openQueryEngine({ ...defaultLimits, files: paths, timeLimitMs: null });
});
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

async function rowsOf(texts: Partial<SpecTexts>) {
  const window = { start, end: start + 20 * second };
  const spec = parseSpec({ ...noTexts, window, ...texts });
  const { rows } = await runQuery(source, spec, engine, { signal: new AbortController().signal });
  return rows;
}

describe('two rows of rate 10 with 200 and 1100 ms', () => {
  it('are 20 events of 650 ms on average', async () => {
    const calc = ['COUNT', 'AVG(duration_ms)', 'SUM(duration_ms)', 'MAX(duration_ms)'];
    expect(await rowsOf({ calc })).toEqual([[20, 650, 13_000, 1100]]);
  });

  it('are 2 rows with weights left aside', async () => {
    const calc = ['COUNT', 'AVG(duration_ms)', 'SUM(duration_ms)'];
    expect(await rowsOf({ calc, usage: true })).toEqual([[2, 650, 1300]]);
  });

  it('are 0.65 going on over 20 seconds', async () => {
    expect(await rowsOf({ calc: ['CONCURRENCY'] })).toEqual([[0.65]]);
  });
});

describe('a counter of 100, then 150', () => {
  it('grew by 50 in the second bucket', async () => {
    const every = { stepMicros: 10 * second, shape: 'rows' as const };
    const rows = await rowsOf({ calc: ['RATE_MAX(total)', 'MAX(total)'], every });
    expect(rows.map(([, ...cells]) => cells)).toEqual([
      [null, 100],
      [50, 150],
    ]);
    expect(await rowsOf({ calc: ['RATE_MAX(total)', 'RATE_AVG(total)'], every: null })).toEqual([
      [50, 50],
    ]);
  });
});
