/** One question, many runs: the same bytes whatever the number of threads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { runPlan } from '../../src/query/execute.js';
import type { QuerySource } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';

const runs = Number(process.env.REPEAT_RUNS ?? 1);
const dir = mkdtempSync(join(tmpdir(), 'coldcase-repeat-'));
const path = join(dir, 'events.parquet');
const rows = 12_000;
const start = Date.parse('2020-04-16T00:00:00Z') * 1000;

beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT make_timestamptz(${start} + i * 1000000) AS ts, 1 + i % 3 AS weight,
       'h' || (i * 7919 % 300) AS host_name, (i * 104729 % 1000003) / 7.0 AS took,
       1e30 / (1 + i % 1000) AS huge, (i * 31 % 977)::VARCHAR AS size,
       (i // 5)::VARCHAR AS trace_id, CASE WHEN i % 5 > 1 THEN 'p' END AS parent_id
     FROM range(${rows}) t(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
  );
  connection.closeSync();
  instance.closeSync();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function source(maxWeight: number): QuerySource {
  return {
    name: 'test',
    dataset: 'events',
    version: 1,
    schema: [
      { name: 'host_name', label: 'host', type: 'string', unit: null },
      { name: 'took', label: 'took', type: 'number', unit: 'ms' },
      { name: 'trace_id', label: 'trace', type: 'string', unit: null },
      { name: 'parent_id', label: 'parent', type: 'string', unit: null },
      { name: 'huge', label: 'huge', type: 'number', unit: null },
      { name: 'size', label: 'size', type: 'string', unit: null },
    ],
    roles: { host: ['host'], trace: ['trace'], parent: ['parent'] },
    files: [
      {
        path,
        date: '2020-04-16',
        rows,
        minTs: start,
        maxTs: start + rows * 1_000_000,
        extraLabels: [],
        maxWeight,
        stats: null,
        layout: null,
      },
    ],
  };
}

async function answer(maxWeight: number, threads: number): Promise<string> {
  const calc = ['sum(took)', 'avg(took)', 'p95(took)', 'p50(size)', 'sum(huge)', 'avg(huge)'];
  const more = ['avg(took) where size > 500', 'rate_avg(took)', 'concurrency(took)', 'count'];
  const drawn = ['heatmap(took)', 'error_rate where took > 9', 'sum(half)'];
  const texts = {
    ...noTexts,
    fields: ['half=$took / 2'],
    by: ['root.host'],
    calc: [...calc, 'distinct(took)', 'sum(size)', ...more, ...drawn],
    formulas: ['each=$"sum(took)" / $count', 'steep=$"rate_avg(took)" - $"p99(took)"'],
    bad: 'size > 500',
    where: ['any.took > 1000', 'none.took < 3'],
    having: ['each > 0'],
    every: { stepMicros: 7_200_000_000, shape: 'rows' as const },
  };
  const spec = parseSpec({ ...texts, limit: 7, other: true, total: true });
  const engine = await openQueryEngine({
    ...defaultLimits,
    threads,
    files: [path],
    timeLimitMs: null,
  });
  try {
    const plan = resolve(spec, source(maxWeight));
    const {
      rows: shown,
      other,
      total,
      overTime,
      heatmaps,
      notes,
    } = await runPlan(plan, engine, {
      signal: new AbortController().signal,
    });
    const text = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
    return JSON.stringify([shown, other, total, overTime, heatmaps, notes], text);
  } finally {
    await engine.close();
  }
}

describe('an answer', () => {
  it.each([1, 3])(
    'is the same in every run and at 1, 2 and 4 threads, weight %d',
    async (weight) => {
      const seen = new Set<string>();
      for (let run = 0; run < runs; run++) {
        for (const threads of [1, 2, 4]) seen.add(await answer(weight, threads));
      }
      expect([...seen]).toHaveLength(1);
      expect([...seen][0]).toContain('"h');
    },
    1_800_000,
  );
});
