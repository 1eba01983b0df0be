/** The runs and gaps of `trail` against a walk over the same events. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { Schema } from '../../src/event/column.js';
import { breakdown } from '../../src/query/spec.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { runEvents, runTrail, type TrailSpec } from '../../src/query/trail.js';
import { type PlainRow, writePlainFiles } from '../oracle/rows.js';

const seed = 20200416;
const root = mkdtempSync(join(tmpdir(), 'coldcase-trail-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const schema: Schema = [
  { name: 'build', label: 'build', type: 'string', unit: null },
  { name: 'status', label: 'status', type: 'integer', unit: null },
];
const roles = { version: ['build'], status: ['status'] };
const start = Date.parse('2020-04-16T10:00:00Z') * 1000;
const second = 1_000_000;
const window = { start, end: start + 3_600 * second };

const events: fc.Arbitrary<readonly PlainRow[]> = fc
  .array(
    fc.record({
      after: fc.constantFrom(1, 1, 2, 2, 3, 3, 900),
      weight: fc.constantFrom(1, 5),
      build: fc.constantFrom('b1', 'b1', 'b1', 'b2', null),
      status: fc.constantFrom(200, 200, 200, 500),
    }),
    { minLength: 25, maxLength: 80 },
  )
  .map((steps) => {
    let ts = start;
    return steps.map(({ after, weight, ...values }) => {
      ts += after * second;
      return { ts, weight, batch: 'b', values, extra: {} };
    });
  });

async function onRows<T>(
  rows: readonly PlainRow[],
  ask: (
    source: Parameters<typeof runTrail>[0],
    options: Parameters<typeof runTrail>[2],
  ) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(root, 'run'));
  const files = await writePlainFiles(dir, schema, [{ date: '2020-04-16', rows }]);
  const source = { name: 't', dataset: 'events', version: 1, schema, roles, files };
  const paths = files.map(({ path }) => path);
  const engine = await openQueryEngine({
    ...defaultLimits,
    threads: 2,
    files: paths,
    timeLimitMs: null,
  });
  try {
    return await ask(source, { engine, signal: new AbortController().signal });
  } finally {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const spec: TrailSpec = {
  where: [],
  bad: parseSpec({ ...noTexts, bad: 'status >= 500' }).bad,
  window,
  keys: [breakdown('version'), breakdown('status')],
  levels: [[0, 1], [0, 'bad'], [0], []],
  most: 10,
};

/** The state of an event at each level. */
const states: readonly ((row: PlainRow) => string)[] = [
  ({ values }) => JSON.stringify([values.build, values.status]),
  ({ values }) => JSON.stringify([values.build, Number(values.status) >= 500]),
  ({ values }) => JSON.stringify(values.build),
  () => '',
];

interface WalkedRun {
  first: number;
  last: number;
  rows: number;
  events: number;
  bad: number;
}

function walk(rows: readonly PlainRow[], state: (row: PlainRow) => string, gapMicros: number) {
  const runs: WalkedRun[] = [];
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    const isNew =
      before === undefined || state(before) !== state(row) || row.ts - before.ts > gapMicros;
    if (isNew) runs.push({ first: row.ts, last: row.ts, rows: 0, events: 0, bad: 0 });
    const run = runs.at(-1);
    if (run === undefined) return;
    run.last = row.ts;
    run.rows += 1;
    run.events += row.weight;
    if (Number(row.values.status) >= 500) run.bad += row.weight;
  });
  return runs;
}

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  const place = (sorted.length - 1) * at;
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return Math.round(low + (high - low) * (place - Math.floor(place)));
}

describe('a trail', () => {
  it('has the runs of a walk over the events, as fine as fits', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (all) => {
        const rows = all.filter(({ ts }) => ts < window.end);
        fc.pre(rows.length >= 20);
        const found = await onRows(rows, (source, options) => runTrail(source, spec, options));
        const steps = rows.slice(1).map(({ ts }, index) => ts - (rows[index]?.ts ?? 0));
        const [median, p99] = [quantile(steps, 0.5), quantile(steps, 0.99)];
        const chance = (Math.log(100 * rows.length) * median) / Math.LN2;
        const gapMicros = Math.round(Math.max(60 * second, 3 * p99, chance));
        expect(found.pace).toEqual({ medianMicros: median, p99Micros: p99, gapMicros });
        const counts = states.map((state) => walk(rows, state, Number.POSITIVE_INFINITY).length);
        expect(found.runCounts).toEqual(counts);
        const level = counts.findIndex((count) => count <= spec.most);
        expect(found.level).toBe(level);
        const wanted = walk(rows, states[level] ?? String, gapMicros).slice(0, spec.most);
        expect(found.runs.map(({ values: _, ...run }) => run)).toEqual(wanted);
        const [version] = found.runs[0]?.values ?? [];
        expect([version?.count, version?.least]).toEqual(
          level === 3 ? [version?.count, version?.least] : [1, rows[0]?.values.build ?? null],
        );
      }),
      { seed, numRuns: 12 },
    );
  });

  it('lists every event in order of time, then of its values', async () => {
    const [rows = []] = fc.sample(events, { seed, numRuns: 1 });
    const same = rows.map((row) => ({
      ...row,
      ts: start + Math.floor((row.ts - start) / 8e6) * 8e6,
    }));
    const asked = { where: [], window: { start, end: start + 1e12 }, keys: spec.keys, most: 1_000 };
    const found = await onRows(same, (source, options) => runEvents(source, asked, options));
    const order = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
    const name = (value: unknown) => (value === null ? '~' : String(value));
    const wanted = same
      .map(({ ts, weight, values: { build = null, status = null } }) => ({
        ts,
        weight,
        values: [build, status],
      }))
      .sort(
        (left, right) =>
          left.ts - right.ts ||
          order(name(left.values[0]), name(right.values[0])) ||
          Number(left.values[1]) - Number(right.values[1]),
      );
    expect(found.labels).toEqual(['version', 'status']);
    const plain = (list: readonly { ts: number; values: readonly unknown[] }[]) =>
      list.map(({ ts, values }) => JSON.stringify([ts, values]));
    expect(plain(found.events)).toEqual(plain(wanted));
    expect(found.events.reduce((sum, { weight }) => sum + weight, 0)).toBe(
      same.reduce((sum, { weight }) => sum + weight, 0),
    );
  });
});
