import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { runPlan, runQueries, runQuery } from '../../src/query/execute.js';
import { explainPlan, explainSpec, explainSql } from '../../src/query/explain.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import { breakdown, calculation, querySpec } from '../../src/query/spec.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { caseFiles, caseRoles, caseSchema } from '../cases/world.js';
import { type PlainFile, writePlainFiles } from '../oracle/rows.js';

const signal = new AbortController().signal;
const root = mkdtempSync(join(tmpdir(), 'coldcase-execute-'));
const sourceParts = { name: 'test', dataset: 'events', version: 4, roles: caseRoles };
let source: QuerySource;
let engine: Engine;

function open(paths: readonly string[], threads: number): Promise<Engine> {
  return openQueryEngine({ ...defaultLimits, threads, files: paths, timeLimitMs: null });
}

beforeAll(async () => {
  const files = await writePlainFiles(root, caseSchema, caseFiles);
  source = { ...sourceParts, schema: caseSchema, files };
  engine = await open(
    files.map(({ path }) => path),
    2,
  );
});
afterAll(async () => {
  await engine.close();
  rmSync(root, { recursive: true, force: true });
});

/** 20,000 rows whose sum as doubles depends on the order of adding. */
const manyRows: PlainFile = {
  date: '2020-04-16',
  rows: Array.from({ length: 20_000 }, (_, index) => ({
    ts: 1587000000000000 + index * 1000,
    weight: 1,
    batch: 'b',
    values: {
      host_name: `h${index % 3}`,
      duration_ms: ((index * 7919) % 10_007) / 1000 + (index % 2 === 0 ? 1e9 : 0),
    },
    extra: {},
  })),
};

describe('an answer', () => {
  it('says what its rows stand for, unless some are in none of its groups', async () => {
    const texts = { ...noTexts, by: ['host'], calc: ['count'] };
    const every = { stepMicros: 3_600_000_000, shape: 'rows', zone: 'UTC' } as const;
    const ask = (more: object) =>
      runQuery(source, parseSpec({ ...texts, ...more }), engine, { signal });
    const whole = await ask({});
    const counts = whole.rows.map((row) => Number(row[1]));
    const all = counts.reduce((sum, count) => sum + count, 0);
    expect(whole.provenance.weighted).toBe(true);
    expect(all).toBeGreaterThan(whole.provenance.rows.matched);
    expect([whole.events, (await ask({ every })).events]).toEqual([all, all]);
    expect((await ask({ every, limit: 1, total: true })).events).toBe(all);
    expect((await ask({ limit: 1 })).events).toBeNull();
    expect((await ask({ every, limit: 1 })).events).toBeNull();
    expect((await ask({ every, having: ['count > 1'] })).events).toBeNull();
    expect((await ask({ calc: ['p95'] })).events).toBeNull();
  });

  it('is the same bytes with any number of threads', async () => {
    const dir = mkdtempSync(join(root, 'many'));
    const files = await writePlainFiles(dir, caseSchema, [manyRows, manyRows]);
    const asked = querySpec({
      breakdowns: [breakdown('host')],
      calculations: [calculation('sum'), calculation('avg'), calculation('percentile', null, 95)],
      limit: 2,
      other: true,
      total: true,
    });
    const answers: string[] = [];
    for (const threads of [1, 2, 4, 4, 4]) {
      const own = await open(
        files.map(({ path }) => path),
        threads,
      );
      const result = await runQuery({ ...sourceParts, schema: caseSchema, files }, asked, own, {
        signal,
      });
      answers.push(JSON.stringify([result.rows, result.other, result.total]));
      await own.close();
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain('"h0"');
  });

  it('does not change with pruning', async () => {
    const window = { start: 1587000000000000, end: 1587060000000000 };
    const spec = querySpec({
      breakdowns: [breakdown('host')],
      window,
      every: { stepMicros: null, shape: 'series' },
    });
    const blind = source.files.map((file) => ({ ...file, minTs: null, maxTs: null }));
    const [pruned, read] = await Promise.all(
      [source, { ...source, files: blind }].map((from) => runQuery(from, spec, engine, { signal })),
    );
    expect(pruned?.provenance.files).toEqual({ total: 3, read: 1, pruned: 2 });
    expect(read?.provenance.files).toEqual({ total: 3, read: 3, pruned: 0 });
    expect(pruned?.rows).toEqual(read?.rows);
    expect(pruned?.series).toEqual(read?.series);
  });

  it('has days of the zone, of 23 hours where clocks go forward', async () => {
    const first = Date.parse('2020-03-28T23:00:00Z') * 1000;
    const hours = Array.from({ length: 72 }, (_, index) => first + (index - 12) * 3_600_000_000);
    const rows = hours.map((ts) => ({ ts, weight: 1, batch: 'b', values: {}, extra: {} }));
    const files = await writePlainFiles(mkdtempSync(join(root, 'zone')), caseSchema, [
      { date: '2020-03-28', rows },
    ]);
    const every = { stepMicros: 86_400_000_000, shape: 'rows', zone: 'Europe/Berlin' } as const;
    const calculations = [calculation('count'), calculation('rate')];
    const spec = querySpec({ calculations, every });
    const own = await open(
      files.map(({ path }) => path),
      1,
    );
    const days = await runQuery({ ...sourceParts, schema: caseSchema, files }, spec, own, {
      signal,
    });
    await own.close();
    const at = (text: string): number => Date.parse(text) * 1000;
    expect(days.rows.map(([time, count]) => [time, count])).toEqual([
      [at('2020-03-27T23:00:00Z'), 12],
      [at('2020-03-28T23:00:00Z'), 23],
      [at('2020-03-29T22:00:00Z'), 24],
      [at('2020-03-30T22:00:00Z'), 13],
    ]);
    expect(Number([...days.rows][1]?.[2]) * 3600).toBeCloseTo(1, 9);
  });

  it('says where it came from', async () => {
    const spec = parseSpec({ ...noTexts, calc: ['error_rate'], bad: 'status >= 500' });
    const { provenance, notes } = await runQuery(source, spec, engine, { signal });
    expect(provenance).toEqual({
      source: 'test',
      dataset: 'events',
      snapshotVersion: 4,
      files: { total: 3, read: 3, pruned: 0 },
      rows: { scanned: 20, matched: 20 },
      weighted: true,
      usage: false,
      exact: true,
      bad: 'status >= 500',
    });
    expect(notes.map(({ code }) => code)).toEqual(['bad', 'other_types']);
  });

  it('is refused when the engine loses a row', async () => {
    const lossy: Engine = {
      execute: async (statement) => {
        const { names, rows } = await engine.execute(statement, signal);
        const n = names.indexOf('n');
        return { names, rows: rows.map((row) => row.map((cell, at) => (at === n ? 0 : cell))) };
      },
      close: async () => {},
    };
    const plan = resolve(querySpec({ breakdowns: [breakdown('host')] }), source);
    await expect(runPlan(plan, lossy, { signal })).rejects.toThrow(
      'the groups hold 0 rows and 20 matched',
    );
  });

  it('comes for several questions in their order, on an empty dataset too', async () => {
    const specs = [querySpec(), querySpec({ breakdowns: [breakdown('host')] })];
    const [count, hosts] = await runQueries({ ...source, files: [] }, specs, engine, { signal });
    expect(count?.rows).toEqual([[0]]);
    expect(hosts?.rows).toEqual([]);
    expect(hosts?.notes.map(({ text }) => text)).toEqual(['the dataset is empty']);
  });
});

describe('explain', () => {
  const texts = {
    ...noTexts,
    by: ['status:class'],
    where: ['host = `build` and bytes in (1,2)'],
    total: true,
    every: { stepMicros: null, shape: 'series' as const },
  };

  it('shows the spec with its filters as text', () => {
    const shown = JSON.parse(explainSpec(parseSpec(texts)));
    expect(shown.where).toEqual(['host = `build` and bytes in (1, 2)']);
    expect(shown.breakdowns[0].modifier).toBe('class');
  });

  it('shows the plan as JSON, large integers included', () => {
    const plan = resolve(parseSpec(texts), source);
    const shown = JSON.parse(explainPlan(plan));
    expect(shown.files.total).toBe(3);
    expect(shown.keys[0].label).toBe('status:class');
    expect(shown.where[0].operands[1].values[0]).toEqual({ type: 'integer', value: '1' });
  });

  it('shows each statement with its values', () => {
    const shown = explainSql(resolve(parseSpec(texts), source));
    expect(shown.split(';\n').length).toBe(5);
    expect(shown.match(/read_parquet/g)).toHaveLength(1 + 1);
    expect(shown).toContain('-- $1 {"type":"string","value":"http.status"}');
    expect(shown).not.toContain('2020-04-16');
  });
});
