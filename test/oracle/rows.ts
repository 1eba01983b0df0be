/** Plain rows for the judge, and the same rows as Parquet files for the engine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { encodeStats, type MeasuredColumn, parseStats } from '../../src/delta/stats.js';
import type { Column, ColumnType, Schema } from '../../src/event/column.js';
import type { QueryFile } from '../../src/query/ports.js';
import { deltaTypeOf } from '../../src/store/table-schema.js';
import { orderOf } from './values.js';

export type PlainValue = string | number | boolean | null;

/** Timestamps are micros; integers are safe. `extra` holds JSON texts by label. */
export interface PlainRow {
  readonly ts: number;
  readonly weight: number;
  readonly batch: string;
  /** By stored name. */
  readonly values: Readonly<Record<string, PlainValue>>;
  readonly extra: Readonly<Record<string, string>>;
  /** Values of other spans, by prefix and index; put there by the judge. */
  readonly related?: Readonly<Record<string, PlainValue>>;
}

export interface PlainFile {
  readonly date: string;
  readonly rows: readonly PlainRow[];
}

const types: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  integer: 'BIGINT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'BIGINT',
};

/** Writes each file; its columns are those of the schema but for `without`. */
export async function writePlainFiles(
  dir: string,
  schema: Schema,
  files: readonly PlainFile[],
  without: readonly (readonly string[])[] = [],
): Promise<readonly QueryFile[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const written: QueryFile[] = [];
  try {
    for (const [index, file] of files.entries()) {
      const columns = schema.filter(({ name }) => !(without[index] ?? []).includes(name));
      const path = join(dir, `f${index}.parquet`);
      const source = join(dir, `f${index}.ndjson`);
      writeFileSync(source, file.rows.map(jsonLine).join('\n'));
      const read = columns.map(({ name, type }) => `"${name}": '${types[type]}'`);
      const shown = columns.map(({ name, type }) =>
        type === 'timestamp' ? `make_timestamptz("${name}") AS "${name}"` : `"${name}"`,
      );
      const system = `"ts": 'BIGINT', "weight": 'BIGINT', "batch": 'VARCHAR'`;
      await connection.run(
        `COPY (SELECT make_timestamptz(ts) AS ts, make_timestamptz(0) AS ingested_at, weight, batch,
           ${[...shown, 'extra'].join(', ')}
         FROM read_json('${source}', format = 'newline_delimited', columns = {${[
           system,
           ...read,
           `"extra": 'MAP(VARCHAR, VARCHAR)'`,
         ].join(', ')}}))
         TO '${path}' (FORMAT parquet)`,
      );
      written.push(describeFile(path, file, columns));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return written;
}

/** What a store knows of a file with these columns. */
function describeFile(
  path: string,
  { date, rows }: PlainFile,
  columns: readonly Column[],
): QueryFile {
  const measured = columns.map(({ name, type }) => measure(name, type, rows));
  const times = rows.map(({ ts }) => ts);
  return {
    path,
    date,
    rows: rows.length,
    minTs: times.length === 0 ? null : Math.min(...times),
    maxTs: times.length === 0 ? null : Math.max(...times),
    extraLabels: [...new Set(rows.flatMap(({ extra }) => Object.keys(extra)))].sort(),
    maxWeight: Math.max(1, ...rows.map(({ weight }) => weight)),
    layout: null,
    stats: parseStats(encodeStats(rows.length, measured)),
  };
}

function measure(name: string, type: ColumnType, rows: readonly PlainRow[]): MeasuredColumn {
  const filled = rows.flatMap(({ values }) => values[name] ?? []).sort(orderOf);
  const shown = (value: PlainValue | undefined): string | null => {
    if (value === undefined || value === null) return null;
    return type === 'timestamp' ? new Date(Number(value) / 1000).toISOString() : String(value);
  };
  return {
    name,
    type: deltaTypeOf(type),
    min: shown(filled[0]),
    max: shown(filled.at(-1)),
    nullCount: rows.length - filled.length,
    hasNan: false,
  };
}

function jsonLine({ ts, weight, batch, values, extra }: PlainRow): string {
  const kept = Object.keys(extra).length === 0 ? null : extra;
  return JSON.stringify({ ts, weight, batch, ...values, extra: kept });
}
