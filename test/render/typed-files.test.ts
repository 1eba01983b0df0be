/** Tables as Arrow and Parquet, read back by other readers than ours. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Table as ArrowTable, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { decompress } from 'fzstd';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { writeParquet } from '../../src/engine/duckdb/parquet-file.js';
import { batchRows } from '../../src/query/column-batch.js';
import { arrowBytes } from '../../src/render/arrow.js';
import type { Table, TableColumn } from '../../src/render/table.js';
import { typedTable } from '../../src/render/typed-table.js';
import { hostileCells, tableOf, textColumn } from './fixtures.js';

const dir = mkdtempSync(join(tmpdir(), 'coldcase-files-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const metadata = new Map([
  ['coldcase.command', `coldcase query --where "a = 'x'"`],
  ['coldcase.query', '{"by":["host"]}'],
]);

const columns: readonly TableColumn[] = [
  textColumn('host'),
  { key: 'count', title: 'count', align: 'right', show: 'count' },
  { key: 'avg', title: 'avg ms', align: 'right', show: 'number', unit: 'ms' },
  { key: 'time', title: 'time', align: 'left', show: 'instant' },
  { key: 'ok', title: 'ok', align: 'left', show: 'text', type: 'boolean' },
];

const instant = Date.UTC(2020, 3, 16, 14, 12) * 1000 + 345_678;
const mixed: Table = tableOf({
  columns,
  rows: [
    ['api-1', 9_007_199_254_740_993n, 1.5, instant, true],
    [null, null, null, null, null],
    ['', -1, 0, -1, false],
    ...hostileCells.map((cell) => [cell, 0, null, null, null] as const),
  ],
  tail: [{ label: 'TOTAL', cells: [null, 12, null, null, null] }],
});

async function arrowOf(table: Table, shape: 'file' | 'stream'): Promise<ArrowTable> {
  const typed = typedTable(table);
  const chunks: Uint8Array[] = [];
  for await (const bytes of arrowBytes({ ...typed, shape, metadata }, typed.batches())) {
    chunks.push(Uint8Array.from(bytes));
  }
  return tableFromIPC(Buffer.concat(chunks));
}

async function parquetOf(table: Table): Promise<ArrayBuffer> {
  const typed = typedTable(table);
  const path = join(dir, 'answer.parquet');
  const request = { path, columns: typed.columns, batches: typed.batches(), metadata };
  await writeParquet(defaultLimits, request, new AbortController().signal);
  const bytes = readFileSync(path);
  rmSync(path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
}

const compressors = { ZSTD: (input: Uint8Array) => decompress(input) };

describe('Arrow', () => {
  for (const shape of ['file', 'stream'] as const) {
    it(`keeps types, values, nulls and what is said of them in a ${shape}`, async () => {
      const table = await arrowOf(mixed, shape);
      const types = table.schema.fields.map(({ name, type }) => [name, String(type)]);
      expect(types).toEqual([
        ['host', 'Utf8'],
        ['count', 'Int64'],
        ['avg', 'Float64'],
        ['time', 'Timestamp<MICROSECOND, UTC>'],
        ['ok', 'Bool'],
      ]);
      expect(table.schema.metadata).toEqual(metadata);
      expect(table.schema.fields[2]?.metadata.get('unit')).toBe('ms');
      expect([...(table.getChild('host') ?? [])]).toEqual([
        'api-1',
        null,
        '',
        ...hostileCells,
        'TOTAL',
      ]);
      const counts = [...(table.getChild('count') ?? [])];
      expect(counts.slice(0, 3)).toEqual([9_007_199_254_740_993n, null, -1n]);
      const times = table.getChild('time')?.data[0]?.values;
      expect(times?.[0]).toBe(BigInt(instant));
      expect([...(table.getChild('ok') ?? [])].slice(0, 3)).toEqual([true, null, false]);
    });
  }

  it('has the same types without rows', async () => {
    const [full, empty] = [
      await arrowOf(mixed, 'file'),
      await arrowOf({ ...mixed, rows: [], tail: [] }, 'file'),
    ];
    expect(empty.numRows).toBe(0);
    expect(String(empty.schema)).toBe(String(full.schema));
  });

  it('cuts many rows into batches without losing any', async () => {
    const rows = Array.from({ length: batchRows + 7 }, (_, index) => [`host-${index}`, index]);
    const table = await arrowOf(tableOf({ columns: columns.slice(0, 2), rows }), 'stream');
    expect(table.batches.length).toBe(2);
    expect(table.get(batchRows)?.toJSON()).toEqual({
      host: `host-${batchRows}`,
      count: BigInt(batchRows),
    });
  });

  it('gives back any texts and numbers', async () => {
    const cell = fc.tuple(
      fc.option(fc.string({ unit: 'binary', maxLength: 12 })),
      fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { maxLength: 40 }), async (rows) => {
        const table = await arrowOf(tableOf({ columns: columns.slice(0, 3), rows }), 'file');
        const read = table.toArray().map((row) => Object.values(row.toJSON()));
        expect(read).toEqual(rows);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

describe('typed columns', () => {
  it('widen where a value does not fit, so that nothing is lost', () => {
    const typesOf = (...cells: (string | number | bigint)[]) =>
      typedTable(tableOf({ columns: columns.slice(1, 2), rows: cells.map((one) => [one]) }))
        .columns[0]?.type;
    expect(typesOf(1, 2n)).toBe('integer');
    expect(typesOf(1, 2.5)).toBe('number');
    expect(typesOf(1, 2n ** 70n)).toBe('string');
  });

  it('have names that differ whatever their case', () => {
    const twice = [textColumn('host'), textColumn('Host'), textColumn('host')];
    const { columns: named } = typedTable(tableOf({ columns: twice, rows: [] }));
    expect(named.map(({ name }) => name)).toEqual(['host', 'Host_2', 'host_3']);
  });
});

describe('Parquet', () => {
  it('is read by another reader, with what is said of it', async () => {
    const file = await parquetOf(mixed);
    const { key_value_metadata: said, num_rows: rows } = parquetMetadata(file);
    expect(new Map(said?.map(({ key, value }) => [key, value]))).toEqual(metadata);
    expect(Number(rows)).toBe(mixed.rows.length + 1);
    const read = await parquetReadObjects({ file, compressors });
    expect(read[0]).toEqual({
      host: 'api-1',
      count: 9_007_199_254_740_993n,
      avg: 1.5,
      time: new Date(Math.floor(instant / 1000)),
      ok: true,
    });
    expect(
      Object.values(read[1] ?? {}).every((value) => value === null || value === undefined),
    ).toBe(true);
    expect(read.map(({ host }) => host ?? null)).toEqual([
      'api-1',
      null,
      '',
      ...hostileCells,
      'TOTAL',
    ]);
  });
});
