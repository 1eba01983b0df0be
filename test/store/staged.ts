/** Staged files and batches for the tests of the store, written by the real engine. */
import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { ColumnType } from '../../src/event/column.js';
import { type AppendRequest, appendBatch } from '../../src/store/append.js';
import { defaultColumnCap } from '../../src/store/column-plan.js';
import { type Dataset, initDataset, openDataset } from '../../src/store/dataset.js';
import type { ExtraLabel, StagedColumn, StagedFile } from '../../src/store/ports.js';
import type { SourceRecord } from '../../src/store/sources.js';
import { sharedWriter } from '../engine/shared-engine.js';

export const writer = sharedWriter(1);
export const day = Date.parse('2020-04-16T00:00:00Z') * 1000;
export const hour = 3_600_000_000;
export const noAbort = new AbortController().signal;

/** One engine for what a test file writes: making one costs more than what is asked of it. */
let engine: Promise<DuckDBInstance> | null = null;

async function connect(): Promise<DuckDBConnection> {
  engine ??= DuckDBInstance.create(':memory:', { threads: '1' });
  return await (await engine).connect();
}

export async function newDir(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'coldcase-test-'));
}

export async function newDataset(): Promise<Dataset> {
  const place = { storeDir: await newDir(), name: 'events' };
  await initDataset(place, 1_000);
  return await openDataset(place, writer);
}

export function column(
  label: string,
  type: ColumnType,
  valueCount = 1,
  part: Partial<StagedColumn> = {},
): StagedColumn {
  return { label, type, unit: null, valueCount, safe: true, ...part };
}

export interface StagedRow {
  readonly ts: number;
  readonly values: readonly (string | number | boolean | null)[];
  readonly extra?: string;
}

const sqlTypes: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};

/** A staged Parquet file of these rows. Value counts are those of the rows. */
export async function stage(
  columns: readonly { readonly label: string; readonly type: ColumnType }[],
  rows: readonly StagedRow[],
  extraLabels: readonly ExtraLabel[] = [],
): Promise<StagedFile> {
  const path = join(await newDir(), `${randomUUID()}.parquet`);
  const connection = await connect();
  const types = columns.map(({ type }, index) => `c${index} ${sqlTypes[type]}`);
  const names = ['ts TIMESTAMP', 'weight BIGINT', ...types, 'extra VARCHAR'];
  await connection.run(`CREATE TEMP TABLE staged (${names.join(', ')})`);
  for (const { ts, values, extra } of rows) {
    const slots = values.map((_, index) => `$${index + 3}`);
    const sql = `INSERT INTO staged VALUES (make_timestamp($1::BIGINT), 1, ${[...slots, '$2'].join(', ')})`;
    await connection.run(sql, [BigInt(ts), extra ?? null, ...values]);
  }
  await connection.run(`COPY staged TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  const staged = columns.map(({ label, type }, index) =>
    column(label, type, rows.filter(({ values }) => (values[index] ?? null) !== null).length),
  );
  return { path, rows: rows.length, columns: staged, extraLabels };
}

/** A staged file of many rows, made by a query of `i`: the instant in micros, then the columns. */
export async function stageMany(
  columns: readonly { readonly label: string; readonly type: ColumnType }[],
  rowCount: number,
  [instant, ...values]: readonly string[],
): Promise<StagedFile> {
  const path = join(await newDir(), `${randomUUID()}.parquet`);
  const connection = await connect();
  const shown = values.map((value, index) => {
    return `(${value})::${sqlTypes[columns[index]?.type ?? 'string']} AS c${index}`;
  });
  await connection.run(`COPY (SELECT make_timestamp((${instant})::BIGINT) AS ts, 1::BIGINT AS weight,
    ${shown.join(', ')}, NULL::VARCHAR AS extra FROM range(${rowCount}) t(i))
    TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  const staged = columns.map(({ label, type }) => column(label, type, rowCount));
  return { path, rows: rowCount, columns: staged, extraLabels: [] };
}

export function source(part: Partial<SourceRecord> & { readonly sha256: string }): SourceRecord {
  return { bytes: 100, readCount: 2, pathHash: '0123456789ab', tail: { kind: 'whole' }, ...part };
}

export function sha(digit: string): string {
  return digit.repeat(64);
}

export function request(dataset: Dataset, part: Partial<AppendRequest>): AppendRequest {
  const staged = part.staged ?? [];
  return {
    dataset,
    batch: 'b1',
    ingestedAt: 2_000_000,
    staged,
    rowCount: staged.reduce((sum, { rows }) => sum + rows, 0),
    sources: [],
    roles: {},
    bad: null,
    columnCap: defaultColumnCap,
    report: {},
    startsWith: async () => false,
    ...part,
  };
}

/** Appends and expects it to go through. */
export async function append(dataset: Dataset, part: Partial<AppendRequest>) {
  const outcome = await appendBatch(request(dataset, part), writer, noAbort);
  if (outcome.kind !== 'committed') throw new Error(`not committed: ${outcome.kind}`);
  return outcome;
}

/** Rows of a question to all files of a dataset, in the order it gives. An engine of its own: one
 * that has read a file before may answer from its cache, whatever the file holds now. */
export async function ask(dataset: Dataset, select: string, rest = ''): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const files = dataset.snapshot.files.map(({ path }) => `'${join(dataset.tableDir, path)}'`);
  const reader = await connection.runAndReadAll(
    `SELECT ${select} FROM read_parquet([${files.join(', ')}], union_by_name=true) ${rest}`,
  );
  const rows = reader.getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}
