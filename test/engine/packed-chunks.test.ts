/** Rows packed from the memory of the engine: every cell as it was given, cut by rows alone. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExportEngine, openExportEngine } from '../../src/engine/duckdb/export.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { ColumnType } from '../../src/event/column.js';
import { givenRows } from '../../src/query/cell-text.js';
import { batchRows, type ColumnBatch, cellAt } from '../../src/query/column-batch.js';
import type { Cell } from '../../src/query/ports.js';
import { as, call, column, literal, order, select, text } from '../../src/sql/build.js';
import type { SqlSelect } from '../../src/sql/node.js';

const { signal } = new AbortController();
let engine: ExportEngine;
beforeAll(async () => {
  const nothing = { files: [], timeLimitMs: null, target: null };
  engine = await openExportEngine({ ...defaultLimits, ...nothing });
});
afterAll(() => engine.close());

async function batchesOf(
  query: SqlSelect,
  types: readonly ColumnType[],
): Promise<readonly ColumnBatch[]> {
  const columns = types.map((type, index) => ({ name: `c${index}`, type, unit: null }));
  const batches: ColumnBatch[] = [];
  for await (const batch of engine.batches(query, columns, signal)) batches.push(batch);
  return batches;
}

function cellsOf(batches: readonly ColumnBatch[]): readonly (readonly Cell[])[] {
  return batches.flatMap(({ rowCount, columns }) =>
    Array.from({ length: rowCount }, (_, row) => columns.map((one) => cellAt(one, row))),
  );
}

const types: readonly ColumnType[] = ['string', 'string', 'integer', 'number', 'boolean'];
const rows = fc.array(
  fc.tuple(
    // Short texts lie in place, long ones elsewhere; both in one column, and alone.
    fc.option(fc.string({ unit: 'grapheme', maxLength: 30 }), { freq: 5 }),
    fc.option(fc.string({ minLength: 13, maxLength: 40 }), { freq: 20 }),
    fc.option(fc.maxSafeInteger(), { freq: 9 }),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { freq: 3 }),
    fc.option(fc.boolean()),
  ),
  { minLength: 1, maxLength: 40 },
);

describe('rows of the engine', () => {
  it('are what they were, short and long texts and nulls in any order', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 200 }), async (few, times) => {
        const given = Array.from({ length: times }, () => few).flat();
        const columns = types.map((type, index) => ({ name: `c${index}`, type, index }));
        const query = select(
          columns.map(({ name }) => as(column(name), name)),
          { from: givenRows(columns, given, 'given'), orderBy: [order(column('i'))] },
        );
        const plain = given.map((row) => row.map((cell) => (Object.is(cell, -0) ? 0 : cell)));
        expect(cellsOf(await batchesOf(query, types))).toEqual(plain);
      }),
      { numRuns: 60, seed: 20200416, endOnFailure: true },
    );
  }, 60_000);

  it('are cut into batches of the same rows however they come', async () => {
    const numbers = call('unnest', call('range', literal(0), literal(batchRows + 5)));
    const query = select([as(numbers, 'c0')]);
    const batches = await batchesOf(query, ['integer']);
    expect(batches.map(({ rowCount }) => rowCount)).toEqual([batchRows, 5]);
    expect(cellsOf(batches).at(-1)).toEqual([batchRows + 4]);
  });

  it('are cut sooner where texts are long', async () => {
    const long = call('repeat', text('long'), literal(75_000));
    const numbers = call('unnest', call('range', literal(0), literal(200)));
    const batches = await batchesOf(select([as(long, 'c0'), as(numbers, 'c1')]), [
      'string',
      'integer',
    ]);
    expect(batches.map(({ rowCount }) => rowCount)).toEqual([128, 72]);
    expect(cellsOf(batches).map(([words]) => String(words).length)).toEqual(
      Array.from({ length: 200 }, () => 300_000),
    );
  });

  it('are refused when they are stored in another way than said', async () => {
    await expect(batchesOf(select([as(literal(1), 'c0')]), ['number'])).rejects.toThrow();
  });
});
