/** A comparison against a naive join of what the judge finds in each window row by row. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { type CompareQuestion, windowsOf } from '../../src/query/compare-question.js';
import type { Comparison } from '../../src/query/compare-result.js';
import { runComparison, windowPlans } from '../../src/query/compare-run.js';
import { parseBaselines, parseCompareTerms } from '../../src/query/compare-text.js';
import type { Plan } from '../../src/query/plan.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import { noTexts, type SpecTexts } from '../../src/query/spec-text.js';
import type { TimeRange } from '../../src/time/range.js';
import type { World } from '../oracle/arbitraries.js';
import { judge } from '../oracle/oracle.js';
import { type PlainRow, type PlainValue, writePlainFiles } from '../oracle/rows.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-compare-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const seed = 20200416;
const hour = 3_600_000_000;
const start = Date.parse('2020-04-16T00:00:00Z') * 1000;
const signal = new AbortController().signal;

function questionOf(
  texts: SpecTexts,
  compare: string,
  window: TimeRange,
  zone = 'UTC',
): CompareQuestion {
  const baselines = parseBaselines([compare]);
  const names = baselines.map(({ name }) => name);
  const terms = parseCompareTerms({ ...texts, window }, names);
  return {
    ...terms,
    window,
    zone,
    baselines: baselines.map((one) => windowsOf(one, window, zone)),
  };
}

async function inWorld(
  world: World,
  use: (source: QuerySource, engine: Engine, rows: readonly PlainRow[]) => Promise<void>,
): Promise<void> {
  const dir = mkdtempSync(join(root, 'w'));
  const files = await writePlainFiles(dir, world.schema, world.files, world.without);
  const { schema, roles } = world;
  const source = { name: 'test', dataset: 'events', version: 3, schema, roles, files };
  const engine = await openQueryEngine({
    ...defaultLimits,
    threads: 2,
    files: files.map(({ path }) => path),
    timeLimitMs: null,
  });
  try {
    await use(
      source,
      engine,
      world.files.flatMap((file) => file.rows),
    );
  } finally {
    await engine.close();
  }
}

const day = 24 * hour;
const schema: World['schema'] = [
  { name: 'host', label: 'host', type: 'string', unit: null },
  { name: 'status', label: 'status', type: 'integer', unit: null },
  { name: 'took', label: 'took', type: 'number', unit: 'ms' },
  { name: 'n', label: 'n', type: 'integer', unit: null },
];
const row = fc.record({
  slot: fc.integer({ min: 0, max: 71 }),
  weight: fc.constantFrom(1, 1, 3),
  host: fc.constantFrom('a', 'b', 'é', '\u{1f600}', null),
  status: fc.constantFrom(200, 201, 404, 503, null),
  took: fc.constantFrom(0, 0.1, 2.5, 99.9, null),
  n: fc.constantFrom(-7, 0, 1, 1000, null),
});

/** Three days with enough rows that windows have something to compare; some days have none. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    rows: fc.array(row, { minLength: 60, maxLength: 90 }),
    kept: fc.constantFrom([0, 1, 2], [0, 1, 2], [0, 2], [1, 2]),
  })
  .map(({ rows, kept }) => ({
    schema,
    roles: { host: ['host'], status: ['status'], duration: ['took'] },
    without: [],
    files: kept.map((date) => ({
      date: `2020-04-${16 + date}`,
      rows: rows
        .filter(({ slot }) => Math.floor(slot / 24) === date)
        .map(({ slot, weight, ...values }): PlainRow => {
          const ts = start + slot * hour + (values.n ?? 0) * 1_000_000;
          const inDay = Math.min(start + (date + 1) * day - 1, Math.max(start + date * day, ts));
          return { ts: inDay, weight, batch: 'b1', values, extra: {} };
        }),
    })),
  }));

const breakdowns = ['host', 'status', 'status:class', 'n', 'took:log10'];
const calculations = ['count', 'rate', 'sum(n)', 'avg(took)', 'p50', 'distinct(host)', 'min(host)'];
const filters = ['status >= 400', 'host exists', 'took < 5ms', 'n in (0, 1)'];

/** The first is missing, the second is 0 where there are no events. */
const formulas = ['share=$"count where status >= 400" / $count', 'both=$count + $"distinct(host)"'];

const asked = fc.record({
  texts: fc
    .record({
      by: fc.subarray(breakdowns, { minLength: 0, maxLength: 3 }),
      calc: fc.subarray(calculations, { minLength: 1, maxLength: 3 }),
      formulas: fc.constantFrom<readonly string[]>([], formulas, formulas.slice(1)),
      where: fc.subarray(filters, { maxLength: 1 }),
      total: fc.boolean(),
    })
    .map((given): SpecTexts => ({ ...noTexts, ...given })),
  compare: fc.constantFrom('1d', '6h', '1d*2', '12h,1d', '5d', '6h*4'),
  window: fc
    .tuple(fc.integer({ min: 12, max: 56 }), fc.integer({ min: 6, max: 30 }))
    .map(([from, length]) => ({ start: start + from * hour, end: start + (from + length) * hour })),
});

interface Naive {
  readonly kept: boolean;
  readonly rows: readonly (readonly PlainValue[])[];
  readonly total: readonly PlainValue[] | null;
}

const countLike = ['count', 'rate', 'sum', 'distinct', 'both'];

/** Formulas by their name. */
function shownOps({ calculations: all }: Plan): readonly string[] {
  const shown = all.filter(({ hidden }) => !hidden);
  return shown.map(({ op, label }) => (op === 'formula' ? label : op));
}

/** What there is of a group in a window: its values, none, or unknown. */
function valuesIn(
  window: Naive,
  keys: readonly PlainValue[],
  ops: readonly string[],
): readonly PlainValue[] {
  if (!window.kept) return ops.map(() => null);
  const row = window.rows.find((one) =>
    keys.every((key, index) => Object.is(one[index], key) || one[index] === key),
  );
  if (row === undefined) return ops.map((op) => (countLike.includes(op) ? 0 : null));
  return row.slice(keys.length);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}

function close(seen: unknown, wanted: number | string | boolean | null, what: string): void {
  if (typeof wanted !== 'number') expect(seen, what).toBe(wanted);
  else if (wanted === 0) expect(Math.abs(Number(seen ?? Number.NaN)), what).toBe(0);
  else expect(Math.abs(Number(seen) / wanted - 1), `${what}: ${seen} ${wanted}`).toBeLessThan(1e-9);
}

/** Compares all cells of one row with the values of its windows. */
function checkCells(
  cells: Comparison['rows'][number]['cells'],
  values: readonly (readonly PlainValue[])[],
  baselines: Comparison['baselines'],
): void {
  for (const [calculation, cell] of cells.entries()) {
    const now = values[0]?.[calculation] ?? null;
    close(cell.value, now, 'now');
    let next = 1;
    for (const [place, { windows, isBand }] of baselines.entries()) {
      const there = values
        .slice(next, next + windows.length)
        .map((row) => row[calculation] ?? null);
      next += windows.length;
      const numbers = there.filter((value) => typeof value === 'number');
      const against = cell.baselines[place];
      const value = isBand ? median(numbers) : (there[0] ?? null);
      close(against?.value, value, 'before');
      close(
        against?.low ?? null,
        isBand && numbers.length > 0 ? Math.min(...numbers) : null,
        'low',
      );
      close(
        against?.high ?? null,
        isBand && numbers.length > 0 ? Math.max(...numbers) : null,
        'high',
      );
      const isKnown = typeof now === 'number' && typeof value === 'number';
      const change = isKnown ? now - value : null;
      const noise = isKnown ? 1e-12 * Math.max(Math.abs(now), Math.abs(value)) : 0;
      if (change === null) expect(against?.change).toBeNull();
      else expect(Math.abs(Number(against?.change) - change)).toBeLessThanOrEqual(noise);
      close(against?.ratio ?? null, isKnown && value !== 0 ? now / value : null, 'ratio');
    }
  }
}

describe('a comparison', () => {
  it('is the naive join of its windows', { timeout: 240_000 }, async () => {
    let [checked, fresh, gone, unkept, worked] = [0, 0, 0, 0, 0];
    await fc.assert(
      fc.asyncProperty(worlds, fc.array(asked, { minLength: 3, maxLength: 5 }), (world, all) =>
        inWorld(world, async (source, engine, rows) => {
          for (const { texts, compare, window } of all) {
            const whole = questionOf({ ...texts, limit: 1000 }, compare, window);
            const comparison = await runComparison({ source, question: whole, engine, signal });
            const plans = windowPlans(whole, source);
            const windows = plans.map((plan): Naive => {
              const { start: first, end } = plan.window;
              const kept = rows.some(({ ts }) => ts >= first && ts < end);
              return { kept, ...judge(plan, rows) };
            });
            const ops = plans[0] === undefined ? [] : shownOps(plans[0]);
            const keyCount = whole.spec.breakdowns.length;
            const names = new Set(
              windows.flatMap((one) =>
                one.rows.map((row) => JSON.stringify(row.slice(0, keyCount))),
              ),
            );
            expect(comparison.rows.map(({ keys }) => JSON.stringify(keys)).sort()).toEqual(
              [...names].sort(),
            );
            for (const { keys, cells, state } of comparison.rows) {
              const own = keys.map((key) => (typeof key === 'bigint' ? Number(key) : key));
              const values = windows.map((one) => valuesIn(one, own, ops));
              checkCells(cells, values, comparison.baselines);
              const isIn = windows.map((one) =>
                one.rows.some(
                  (row) => JSON.stringify(row.slice(0, keyCount)) === JSON.stringify(own),
                ),
              );
              const before = isIn.slice(1).includes(true);
              const wanted =
                isIn[0] === before
                  ? 'both'
                  : isIn[0]
                    ? windows.slice(1).some(({ kept }) => kept)
                      ? 'new'
                      : null
                    : windows[0]?.kept
                      ? 'vanished'
                      : null;
              expect(state).toBe(wanted);
              checked += 1;
              worked += ops.includes('both') && cells.at(-1)?.value !== null ? 1 : 0;
              fresh += state === 'new' ? 1 : 0;
              gone += state === 'vanished' ? 1 : 0;
            }
            unkept += windows.filter(({ kept }) => !kept).length;
            if (comparison.total !== null) {
              const totals = windows.map(({ kept, total }) =>
                kept ? (total ?? []).slice(keyCount) : ops.map(() => null),
              );
              checkCells(comparison.total, totals, comparison.baselines);
            }
          }
        }),
      ),
      { numRuns: 16, seed, endOnFailure: true },
    );
    expect(checked).toBeGreaterThan(100);
    expect(fresh).toBeGreaterThan(15);
    expect(gone).toBeGreaterThan(15);
    expect(unkept).toBeGreaterThan(3);
    expect(worked).toBeGreaterThan(30);
  });

  it('keeps what a condition and the limit leave, in a total order', {
    timeout: 240_000,
  }, async () => {
    const orders = fc.constantFrom<readonly string[]>(
      [],
      ['-change'],
      ['ratio'],
      ['change(p50)', '-count'],
    );
    const having = fc.constantFrom<readonly string[]>(
      [],
      ['change >= 1'],
      ['ratio(count) < 2'],
      ['count > 1'],
    );
    let [cut, filtered] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(fc.tuple(asked, orders, having), { minLength: 3, maxLength: 5 }),
        (world, all) =>
          inWorld(world, async (source, engine) => {
            for (const [{ texts: given, compare, window }, order, conditions] of all) {
              const texts = {
                ...given,
                by: ['host'],
                where: [],
                calc: ['count', 'sum(n)'],
                order,
                having: conditions,
                total: true,
              };
              const run = (one: SpecTexts): Promise<Comparison> => {
                const question = questionOf(one, compare, window);
                return runComparison({ source, question, engine, signal });
              };
              const whole = await run({ ...texts, limit: 1000 });
              const limited = await run({ ...texts, limit: 2, other: true });
              expect(limited.rows).toEqual(whole.rows.slice(0, 2));
              expect(limited.groupCount).toBe(whole.rows.length);
              expect(limited.other === null).toBe(whole.rows.length <= 2);
              const rest = whole.rows.slice(2);
              for (const place of limited.other === null ? [] : [0, 1]) {
                const numbers = rest.flatMap(({ cells }) => Number(cells[place]?.value ?? 0));
                const sum = numbers.reduce((before, value) => before + value, 0);
                close(Number(limited.other?.[place]?.value ?? 0), sum, 'other');
                const before = rest.map(({ cells }) =>
                  Number(cells[place]?.baselines[0]?.value ?? 0),
                );
                if (compare.includes('*')) continue;
                const there = Number(limited.other?.[place]?.baselines[0]?.value ?? 0);
                close(
                  there,
                  before.reduce((one, two) => one + two, 0),
                  'other before',
                );
              }
              const free = await run({ ...texts, limit: 1000, having: [] });
              const kept = free.rows.filter(({ cells }) => {
                const [count] = cells;
                const against = count?.baselines[0];
                const values = [
                  count?.value,
                  ...(count?.baselines ?? []).map(({ value }) => value),
                ];
                switch (conditions[0]) {
                  case 'change >= 1':
                    return against?.change !== null && Number(against?.change) >= 1;
                  case 'ratio(count) < 2':
                    return against?.ratio !== null && Number(against?.ratio) < 2;
                  case 'count > 1':
                    return values.some((value) => Number(value ?? 0) > 1);
                  default:
                    return true;
                }
              });
              expect(whole.rows).toEqual(kept);
              cut += limited.other === null ? 0 : 1;
              filtered += kept.length < free.rows.length ? 1 : 0;
            }
          }),
      ),
      { numRuns: 5, seed, endOnFailure: true },
    );
    expect(cut).toBeGreaterThan(8);
    expect(filtered).toBeGreaterThan(5);
  });

  it('over time is the comparison of each bucket', { timeout: 240_000 }, async () => {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(worlds, asked, fc.boolean(), (world, { texts, compare, window }, isDrawn) =>
        inWorld(world, async (source, engine, rows) => {
          const shape = isDrawn ? ('series' as const) : ('rows' as const);
          const every = { stepMicros: 6 * hour, shape };
          const given = {
            ...texts,
            by: ['host'],
            where: [],
            calc: ['count', 'max(n)'],
            limit: 1000,
            every,
          };
          const question = questionOf(given, compare, window);
          const comparison = await runComparison({ source, question, engine, signal });
          const [plan] = windowPlans(question, source);
          if (plan === undefined) throw new Error('there is no plan');
          const ranges = [
            { range: window, back: 0 },
            ...question.baselines.flatMap(({ windows }) =>
              windows.map(({ range }) => ({ range, back: window.start - range.start })),
            ),
          ];
          const step = 6 * hour;
          const first = Math.floor(window.start / step) * step;
          for (const [index, row] of comparison.rows.entries()) {
            const bucketsOfRow =
              comparison.series === null
                ? [((row.time ?? 0) - first) / step]
                : (comparison.series.values[index]?.[0] ?? []).map((_, bucket) => bucket);
            for (const bucket of bucketsOfRow) {
              const values = ranges.map(({ range, back }) => {
                const from = Math.max(range.start, first + bucket * step - back);
                const end = Math.min(range.end, first + (bucket + 1) * step - back);
                const kept = rows.some(({ ts }) => ts >= from && ts < end);
                const verdict = judge(
                  { ...plan, windowed: true, window: { start: from, end } },
                  rows,
                );
                const own = row.keys.map((key) => (typeof key === 'bigint' ? Number(key) : key));
                return valuesIn({ kept, ...verdict }, own, shownOps(plan));
              });
              if (comparison.series === null) {
                checkCells(row.cells, values, comparison.baselines);
              } else {
                const lists = comparison.series.values[index] ?? [];
                expect(lists[0]?.[bucket]).toBe(values[0]?.[0]);
                if (!question.baselines.some(({ isBand }) => isBand)) {
                  expect(lists.slice(1).map((list) => list[bucket])).toEqual(
                    values.slice(1).map((one) => one[0]),
                  );
                }
              }
              checked += 1;
            }
          }
        }),
      ),
      { numRuns: 8, seed, endOnFailure: true },
    );
    expect(checked).toBeGreaterThan(150);
  });
});
