/** Staged files for tests, made by DuckDB itself from a query, and a plain way to read Parquet. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { ColumnType } from '../../src/event/column.js';
import type { ColumnSource, StagedFile, WriteRequest } from '../../src/store/ports.js';

/** Rows of any SQL, as JSON texts of whole rows, in order. */
export async function queryJson(sql: string): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowsJson().map((row) => JSON.stringify(row));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A staged file from a query with the columns `ts`, `weight`, `c0` … and, perhaps, `extra`. */
export async function stage(options: {
  readonly dir: string;
  readonly name: string;
  readonly sql: string;
  readonly columns: readonly (readonly [label: string, type: ColumnType])[];
  readonly extraLabels?: StagedFile['extraLabels'];
}): Promise<StagedFile> {
  const path = join(options.dir, options.name);
  const [copied] = await queryJson(
    `COPY (${options.sql}) TO '${path}' (FORMAT parquet, COMPRESSION uncompressed,
      ROW_GROUP_SIZE 20480)`,
  );
  const rows = Number(JSON.parse(copied ?? '[]')[0]);
  return {
    path,
    rows,
    columns: options.columns.map(([label, type]) => ({
      label,
      type,
      unit: null,
      valueCount: rows,
      safe: true,
    })),
    extraLabels: options.extraLabels ?? [],
  };
}

/** Copies every staged column, in order, to the stored column of the same place. */
export function copyAll(file: StagedFile): readonly ColumnSource[] {
  return file.columns.map((_, index) => ({ kind: 'copy', index }));
}

export function requestOf(
  parts: Pick<WriteRequest, 'tableDir' | 'columns' | 'staged'> & Partial<WriteRequest>,
): WriteRequest {
  return {
    prefix: 'a',
    batch: 'b1',
    ingestedAt: 1_600_000_000_000_000,
    statsColumns: [],
    ...parts,
  };
}

/** `count` events, a minute apart, of a few hosts; every type but timestamp. */
export function eventsSql(count: number, seed = 1): string {
  return `SELECT make_timestamptz(1587000000000000 + i * 60000000) AS ts,
    CAST(1 AS BIGINT) AS weight, 'host-' || hash(i + ${seed}) % 7 AS c0,
    CAST(200 + hash(i * ${seed}) % 300 AS BIGINT) AS c1, (hash(i) % 1000) / 8.0::DOUBLE AS c2,
    i % 3 = 0 AS c3, CAST(NULL AS VARCHAR) AS extra FROM range(${count}) AS t(i)`;
}

export const eventColumns = [
  ['host', 'string'],
  ['status', 'integer'],
  ['duration', 'number'],
  ['cached', 'boolean'],
] as const;

export const storedEventColumns = eventColumns.map(([label, type]) => ({
  name: label,
  label,
  type,
}));
