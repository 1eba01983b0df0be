/** Parquet and Arrow files: whole ones are read, damaged ones refused as a whole. */
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import { allStored, fileFault, type InputCase, wholeFile } from './case.js';

const withTime = `SELECT timestamp '2020-04-16 14:00:00' + to_seconds(i) AS "timestamp",
  'api-' || (i % 4) AS host, i AS n FROM range(1000) t(i)`;
const withoutTime = `SELECT 'api-' || (i % 4) AS host, i AS n FROM range(1000) t(i)`;

async function parquet(query: string): Promise<Buffer> {
  const path = join(tmpdir(), `inputs-${process.pid}-${query.length}.parquet`);
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
    return readFileSync(path);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(path, { force: true });
  }
}

function arrow(kind: 'file' | 'stream', timed = true): Buffer {
  const n = Int32Array.from({ length: 1000 }, (_, index) => index);
  const host = Array.from(n, (index) => `api-${index % 4}`);
  const timestamp = Array.from(n, (index) => new Date(Date.UTC(2020, 3, 16, 14, 0, index)));
  const table = timed ? tableFromArrays({ timestamp, host, n }) : tableFromArrays({ host, n });
  return Buffer.from(tableToIPC(table, kind));
}

function overwritten(bytes: Buffer, start: number, end: number, value = 0): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(value, start < 0 ? copy.length + start : start, end < 0 ? copy.length + end : end);
  return copy;
}

const parquetFile = (
  name: string,
  change: (whole: Buffer) => Buffer,
  expected: InputCase['expected'],
) =>
  wholeFile(
    `parquet: ${name}`,
    'events.parquet',
    async () => change(await parquet(withTime)),
    expected,
  );
const arrowFile = (name: string, bytes: () => Buffer, expected: InputCase['expected']) =>
  wholeFile(`arrow: ${name}`, 'events.arrow', bytes, expected);
const badParquet = fileFault('parquet_corrupt');
const badArrow = fileFault('arrow_corrupt');

export const columnarCases: readonly InputCase[] = [
  parquetFile('whole', (whole) => whole, {
    ...allStored(1000),
    values: { 7: { host: 'api-3', n: 7n } },
  }),
  parquetFile('half', (whole) => whole.subarray(0, whole.length >> 1), badParquet),
  parquetFile('a byte short', (whole) => whole.subarray(0, -1), badParquet),
  parquetFile('eight bytes short', (whole) => whole.subarray(0, -8), badParquet),
  parquetFile('only the magic', (whole) => whole.subarray(0, 4), badParquet),
  parquetFile('magic twice', () => Buffer.from('PAR1PAR1'), badParquet),
  parquetFile('no magic at the end', (whole) => overwritten(whole, -4, whole.length), badParquet),
  parquetFile('footer length of zero', (whole) => overwritten(whole, -8, -4), badParquet),
  parquetFile('footer length of 4 GB', (whole) => overwritten(whole, -8, -4, 0xff), badParquet),
  parquetFile('footer of zeros', (whole) => overwritten(whole, -200, -8), badParquet),
  parquetFile('footer of ones', (whole) => overwritten(whole, -200, -8, 0xff), badParquet),
  parquetFile('bytes behind', (whole) => Buffer.concat([whole, Buffer.from('oops')]), badParquet),
  wholeFile(
    'parquet: no time',
    'events.parquet',
    () => parquet(withoutTime),
    fileFault('ts_missing'),
  ),
  wholeFile('parquet: no bytes', 'events.parquet', '', fileFault('empty')),
  arrowFile('whole file', () => arrow('file'), {
    ...allStored(1000),
    values: { 7: { host: 'api-3', n: 7n } },
  }),
  arrowFile('whole stream', () => arrow('stream'), allStored(1000)),
  arrowFile('half a file', () => arrow('file').subarray(0, 4000), badArrow),
  arrowFile('only the magic', () => Buffer.from('ARROW1\0\0'), badArrow),
  arrowFile('a footer of zeros', () => overwritten(arrow('file'), -200, -10), badArrow),
  arrowFile('a footer length of 4 GB', () => overwritten(arrow('file'), -10, -6, 0x7f), badArrow),
  arrowFile('a schema of ones', () => overwritten(arrow('file'), 12, 200, 0xff), badArrow),
  arrowFile('half a stream', () => arrow('stream').subarray(0, 4000), badArrow),
  arrowFile('no time', () => arrow('file', false), fileFault('ts_missing')),
  arrowFile('no bytes', () => Buffer.alloc(0), fileFault('empty')),
];
