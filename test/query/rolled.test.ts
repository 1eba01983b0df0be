/** Answers from rollups and from rows: the same, to the byte, for random data and questions. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits, openDatabase } from '../../src/engine/duckdb/open.js';
import { writeRollups } from '../../src/engine/duckdb/rollup-file.js';
import { parseExpression } from '../../src/expression/parse.js';
import { runPlan } from '../../src/query/execute.js';
import type { Engine, QueryFile, QuerySource } from '../../src/query/ports.js';
import { resolve } from '../../src/query/resolve.js';
import { rollUp } from '../../src/query/rolled.js';
import { type RollupSpec, rollupRows, rollupSpec, runRollup } from '../../src/query/rollup.js';
import { filter, type QuerySpec } from '../../src/query/spec.js';
import { noTexts, parseSpec, type SpecTexts } from '../../src/query/spec-text.js';
import type { RollupDefinition } from '../../src/store/rollup.js';
import { type World, worlds } from '../oracle/arbitraries.js';
import { type PlainFile, writePlainFiles } from '../oracle/rows.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-rolled-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const worldCount = Number(process.env.ROLLED_WORLDS ?? 30);
const seed = 20200417;
const { signal } = new AbortController();

/** Rows that come again some time later, so that cells stand for many. */
function repeated(file: PlainFile, [times, stepMicros]: readonly [number, number]): PlainFile {
  const rows = file.rows.flatMap((row) =>
    Array.from({ length: times }, (_, index) => ({ ...row, ts: row.ts + index * stepMicros })),
  );
  return { ...file, rows };
}

const minute = 60_000_000;
const repeats = [
  [40, 1],
  [60, minute + 1],
  [1, 0],
] as const;

const some = (texts: readonly string[], maxLength: number) =>
  fc.uniqueArray(fc.constantFrom(...texts), { maxLength });

/** What rollups can answer, with a little of what they cannot. */
const asked: fc.Arbitrary<SpecTexts> = fc
  .record({
    by: some(
      [
        'host',
        'status',
        'status:class',
        'cached',
        'n:class',
        'size',
        'size:log10',
        'date',
        'route:1',
      ],
      3,
    ),
    calc: some(
      [
        'count',
        'rate',
        'error_rate',
        'sum(duration)',
        'avg(duration_ms)',
        'sum(duration) where status < 500',
        'avg(duration) where host exists',
        'min(duration)',
        'max(duration) where cached = true',
        'distinct(host)',
        'distinct(size) where status = 200',
        'max(n)',
        'min(time)',
        'max(time)',
        'max(time) where status >= 500',
        'count where status >= 500 as failed',
        'error_rate where n > 1',
        'p50(duration)',
      ],
      4,
    ),
    where: some(
      [
        'status >= 400',
        'host ~ "1" or size missing',
        'not n = 3',
        'date = "2020-04-17"',
        'status = 4xx',
        'duration > 2ms',
      ],
      2,
    ),
    having: some(['count > 40', 'max(duration) > 1', 'rate > 0'], 1),
    order: some(['-count', 'error_rate', 'avg(duration)', 'max(time)'], 1),
    formulas: some(['part = $failed / $count', 'twice = 2 * $"max(duration)"'], 1),
    limit: fc.constantFrom(1, 3, 1000),
    other: fc.boolean(),
    total: fc.boolean(),
    usage: fc.boolean(),
    from: fc.integer({ min: 0, max: 20 }),
    hours: fc.integer({ min: 1, max: 60 }),
    shift: fc.constantFrom(0, 0, 1, 90_000_000),
    isWhole: fc.boolean(),
    every: fc.constantFrom(null, null, 15, 60, 60, 70, 720, 1440),
    shape: fc.constantFrom('rows', 'cells', 'series'),
  })
  .map(({ from, hours, shift, isWhole, every, shape, calc, formulas, ...texts }) => {
    const start = Date.parse('2020-04-15T22:00:00Z') * 1000 + from * 2 * 60 * minute + shift;
    const isNamed = formulas.some((one) => one.includes('$failed'));
    const failed = 'count where status >= 500 as failed';
    return {
      ...noTexts,
      ...texts,
      calc: [
        ...new Set([
          ...calc,
          ...(isNamed ? [failed] : []),
          ...(formulas.length > 0 ? ['count', 'max(duration)'] : []),
        ]),
      ],
      formulas,
      bad: 'status >= 500',
      window: isWhole ? null : { start, end: start + hours * 60 * minute },
      every: every === null ? null : { stepMicros: every * minute, shape: shape as 'rows' },
    };
  });

function definitionOf({ schema, roles }: World): RollupDefinition {
  const names = ['host_name', 'status', 'cached', 'c0', 'size'];
  const measure = schema.find(({ name }) => name === 'duration_ms') ?? null;
  const isOne = roles.duration?.length === 1;
  return {
    columns: schema.filter(({ name }) => names.includes(name)),
    measure: isOne ? measure : null,
  };
}

async function rolledSource(world: World, dir: string): Promise<QuerySource> {
  const plain = world.files.map((file, index) => repeated(file, repeats[index] ?? [1, 0]));
  const files = await writePlainFiles(dir, world.schema, plain, world.without);
  const definition = definitionOf(world);
  const rolled: QueryFile[] = [];
  for (const [index, file] of files.entries()) {
    const target = (step: number) => join(dir, `r${index}.${step}.parquet`);
    const request = { path: file.path, rowCount: file.rows, definition };
    const open = () => openDatabase({ ...defaultLimits, threads: 1 });
    const made = await writeRollups(open, request, target, signal);
    const rollups = made.map((stepMicros) => ({ path: target(stepMicros), stepMicros }));
    expect(rollups.every(({ path }) => existsSync(path))).toBe(true);
    rolled.push({ ...file, rollups });
  }
  const { schema, roles } = world;
  const names = definition.columns.map(({ name }) => name);
  const rollups = { names, measure: definition.measure };
  return { name: 'test', dataset: 'events', version: 3, schema, roles, files: rolled, rollups };
}

const failing = filter(parseExpression('status >= 500'));
const always = { start: Date.parse('2020-01-01') * 1000, end: Date.parse('2021-01-01') * 1000 };

/** Wide counts of what a question is by, of rows and of what rows stand for. */
function wideSpec({ breakdowns, where, window }: QuerySpec): RollupSpec {
  return rollupSpec(window ?? always, {
    keys: breakdowns,
    where,
    measures: [
      { kind: 'rows', where: null },
      { kind: 'events', where: failing },
      { kind: 'first', where: null },
      { kind: 'last', where: failing },
    ],
    fewestRows: 3,
  });
}

/** The rows of a wide count, in an order that does not matter to it. */
async function wideCounts(spec: RollupSpec, source: QuerySource, engine: Engine) {
  const rows = await runRollup(source, spec, { engine, signal });
  return rows.map((row) => row.map(String).join()).sort();
}

describe('a plan over rollups', () => {
  it('gives the bytes that rows give', async () => {
    let [rolled, cut, weighted, summed, overTime, wide] = [0, 0, 0, 0, 0, 0];
    const steps = new Set<string>();
    const reasons = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(asked, { minLength: 12, maxLength: 16 }),
        async (world, texts) => {
          const source = await rolledSource(world, mkdtempSync(join(root, 'w')));
          const paths = source.files.flatMap(({ path, rollups = [] }) => [
            path,
            ...rollups.map((rollup) => rollup.path),
          ]);
          const engine = await openQueryEngine({
            ...defaultLimits,
            threads: 2,
            files: paths,
            timeLimitMs: null,
          });
          try {
            for (const one of texts) {
              const asking = wideSpec(parseSpec(one));
              if (rollupRows(asking, source).rolled) {
                wide += 1;
                const rows = { ...source, rollups: null };
                expect(await wideCounts(asking, source, engine), JSON.stringify(one)).toEqual(
                  await wideCounts(asking, rows, engine),
                );
              }
              const plan = resolve(parseSpec(one), source);
              const { plan: over, use } = rollUp(plan, source);
              if (use.reason !== null) reasons.add(use.reason.replace(/^.* (is|needs)/, '$1'));
              if (over.rolled === null) continue;
              rolled += 1;
              overTime += plan.buckets === null ? 0 : 1;
              for (const { rollups = [] } of source.files)
                steps.add(rollups.map(({ stepMicros }) => stepMicros / minute).join(' '));
              cut += over.rolled.inner === null ? 0 : 1;
              weighted += plan.weighted ? 1 : 0;
              summed += plan.calculations.some(({ op }) => op === 'sum' || op === 'avg') ? 1 : 0;
              const [fromRows, fromCells] = [
                await runPlan(plan, engine, { signal }),
                await runPlan(over, engine, { signal }),
              ];
              const { files } = fromRows.provenance;
              expect(fromCells.provenance.files.rolled ?? 0).toBeLessThanOrEqual(files.read);
              const shown = { ...fromCells, provenance: { ...fromCells.provenance, files } };
              const [rowText, cellText] = [fromRows, shown].map((one) => JSON.stringify(one));
              if (rowText !== cellText) expect(shown, JSON.stringify(one)).toEqual(fromRows);
              expect(cellText).toBe(rowText);
            }
          } finally {
            await engine.close();
          }
        },
      ),
      { numRuns: worldCount, seed, endOnFailure: true },
    );
    expect(rolled).toBeGreaterThan(40);
    expect(wide).toBeGreaterThan(40);
    expect(cut).toBeGreaterThan(8);
    expect(weighted).toBeGreaterThan(8);
    expect(summed).toBeGreaterThan(8);
    expect(overTime).toBeGreaterThan(20);
    expect([...steps].sort()).toEqual(['', '1 1440', '15 1440', '60 1440']);
    expect([...reasons].sort()).toEqual([
      'is not kept apart',
      'it sums decimals, which may be large in files without rollups',
      'needs every value',
    ]);
  }, 600_000);
});
