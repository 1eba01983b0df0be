import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  Decimal,
  makeData,
  makeVector,
  Table,
  TimestampNanosecond,
  tableFromArrays,
  tableToIPC,
  vectorFromArray,
} from 'apache-arrow';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createInputReaders, type InputReaders } from '../../src/ingest/input-readers.js';
import { createScratchStore, type ScratchStore } from './scratch-store.js';

let bundles: string;
let readers: InputReaders;
let store: ScratchStore;

beforeAll(async () => {
  // Beside the packages, which stay outside the bundle.
  const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));
  bundles = mkdtempSync(join(modules, '.coldcase-test-'));
  const outfile = join(bundles, 'foreign-child.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/cli/foreign-child.ts', import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external: ['@duckdb/node-bindings', 'apache-arrow'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  readers = createInputReaders({
    workerEntry: null,
    childEntry: pathToFileURL(outfile),
    workers: 1,
  });
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));
beforeEach(() => {
  store = createScratchStore();
});
afterEach(() => store.remove());

async function writeParquet(path: string): Promise<void> {
  await copyToParquet(
    `SELECT TIMESTAMPTZ '2020-04-16 14:00:00.000001+00' + INTERVAL (i) SECOND AS ts,
       'web-' || i AS host, i AS status, i / 4 AS share, {'a': i, 'b': [i]} AS nested,
       CASE WHEN i = 2 THEN 18446744073709551615 ELSE 1 END::UBIGINT AS wide
     FROM range(3) r(i)`,
    path,
  );
}

async function copyToParquet(query: string, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}

describe('foreign columnar files', () => {
  it('keeps Parquet rows under the same rules', async () => {
    const path = join(store.dir, 'a.parquet');
    await writeParquet(path);
    const report = await store.ingest([path], {}, { readers });
    expect(report.files[0]).toMatchObject({ format: 'parquet', errorClass: null });
    expect(report.totals).toMatchObject({
      read: 3,
      stored: 3,
      rejected: 0,
    });
    expect(await store.rows('epoch_us(ts)', 'host', 'status', 'nested_a', 'nested_b')).toEqual([
      ['1587045600000001', 'web-0', '0', '0', '[0]'],
      ['1587045601000001', 'web-1', '1', '1', '[1]'],
      ['1587045602000001', 'web-2', '2', '2', '[2]'],
    ]);
    expect(await store.rows("extra['wide']")).toContainEqual(['18446744073709551615']);
    expect((await store.ingest([path], {}, { readers })).totals).toMatchObject({ duplicates: 3 });
  });

  it('keeps Arrow rows, files and streams', async () => {
    const nanos = vectorFromArray([1587045600000, 1587045601000], new TimestampNanosecond());
    const timed = new Table({ ts: nanos, host: vectorFromArray(['a', 'b']) });
    const plain = tableFromArrays({
      timestamp: ['2020-04-16T14:00:02Z', '2020-04-16T14:00:03Z'],
      host: ['c', 'd'],
      count: [1, 2.5],
    });
    const report = await store.ingest(
      [
        store.file('a.arrow', tableToIPC(timed, 'file')),
        store.file('b.arrows', tableToIPC(plain, 'stream')),
      ],
      {},
      { readers },
    );
    expect(report.files.map(({ errorClass }) => errorClass)).toEqual([null, null]);
    expect(await store.rows('epoch_us(ts)', 'host', 'count')).toEqual([
      ['1587045600000000', 'a', null],
      ['1587045601000000', 'b', null],
      ['1587045602000000', 'c', 1],
      ['1587045603000000', 'd', 2.5],
    ]);
  });

  it('refuses rows in which two columns have one label', async () => {
    const path = join(store.dir, 'a.parquet');
    const times = "TIMESTAMP '2020-04-16 14:00:00' AS ts";
    await copyToParquet(
      `SELECT ${times}, 1 AS "a.b", {'b': 2} AS a UNION ALL SELECT ${times}, 3, {'b': NULL}`,
      path,
    );
    const report = await store.ingest([path], {}, { readers });
    expect(report.totals).toMatchObject({ stored: 1, reasons: { key_conflict: 1 } });
    const reject = JSON.parse(readFileSync(report.rejectsFile ?? '', 'utf8'));
    expect(Buffer.from(reject.raw_b64, 'base64').toString()).toBe(
      '{"ts":"2020-04-16T14:00:00Z","a.b":1,"a.b":2}',
    );
    expect(await store.rows('a_b')).toEqual([['3']]);
  });

  it('keeps decimals of Arrow as they are', async () => {
    const words = (value: bigint) =>
      Uint32Array.from([0n, 32n, 64n, 96n], (shift) => Number((value >> shift) & 0xffffffffn));
    const data = Uint32Array.from([...words(-110n), ...words(12345678901234567890n)]);
    const price = makeVector(makeData({ type: new Decimal(2, 38, 128), data, length: 2 }));
    const timestamp = vectorFromArray(['2020-04-16T14:00:02Z', '2020-04-16T14:00:03Z']);
    const path = store.file('a.arrow', tableToIPC(new Table({ timestamp, price }), 'file'));
    await store.ingest([path], {}, { readers });
    expect(await store.rows('price')).toEqual([['-1.10'], ['123456789012345678.90']]);
  });

  it('keeps decimals of Parquet, refuses NaN and infinite times', async () => {
    const path = join(store.dir, 'a.parquet');
    const row = (time: string, price: string, load: string) =>
      `SELECT TIMESTAMP '${time}' AS ts, ${price}::DECIMAL(38, 2) AS price, '${load}'::DOUBLE AS load`;
    await copyToParquet(
      [
        row('2020-04-16 14:00:00', '1.5', '1'),
        row('2020-04-16 14:00:01', '12345678901234567890.12', '1'),
        row('2020-04-16 14:00:02', '1', 'nan'),
        row('infinity', '1', '1'),
      ].join(' UNION ALL '),
      path,
    );
    const { totals } = await store.ingest([path], {}, { readers });
    expect(totals.reasons).toEqual({ number_range: 1, ts_invalid: 1 });
    expect(await store.rows('price', "extra['price']")).toEqual([
      [1.5, null],
      [null, '12345678901234567890.12'],
    ]);
  });

  it('keeps whole decimals of Parquet as integers where 64 bits hold them', async () => {
    const path = join(store.dir, 'a.parquet');
    await copyToParquet(
      `SELECT TIMESTAMP '2020-04-16 14:00:00' AS ts, 123456789012345678::DECIMAL(18, 0) AS id,
         TIMESTAMP '9999-12-31 23:59:59.999999' AS until`,
      path,
    );
    await store.ingest([path], {}, { readers });
    expect(await store.rows('id', 'until')).toEqual([
      ['123456789012345678', '9999-12-31T23:59:59.999999Z'],
    ]);
  });

  it('keeps the nanoseconds of Parquet', async () => {
    const path = join(store.dir, 'a.parquet');
    const instant = "TIMESTAMP_NS '2020-04-16 14:00:01.123456789'";
    await copyToParquet(`SELECT ${instant} AS ts, ${instant} AS seen`, path);
    await store.ingest([path], {}, { readers });
    expect(await store.rows('epoch_us(ts)', 'seen', "extra['ts']")).toEqual([
      ['1587045601123456', '2020-04-16T14:00:01.123456789Z', '"2020-04-16T14:00:01.123456789Z"'],
    ]);
  });

  it('reads a Parquet file without rows', async () => {
    const path = join(store.dir, 'a.parquet');
    await copyToParquet('SELECT now() AS ts, 1 AS a WHERE false', path);
    const report = await store.ingest([path], {}, { readers });
    expect(report.files[0]).toMatchObject({ errorClass: null, counts: { read: 0 } });
  });

  it('names a file without a time', async () => {
    const path = store.file('a.arrow', tableToIPC(tableFromArrays({ host: ['a'] }), 'file'));
    const report = await store.ingest([path], {}, { readers });
    expect(report.files[0]).toMatchObject({ errorClass: 'ts_missing', counts: { read: 0 } });
  });

  it('survives damaged files and stores nothing of them', async () => {
    const parquet = join(store.dir, 'good.parquet');
    await writeParquet(parquet);
    const bytes = readFileSync(parquet);
    const table = tableFromArrays({ timestamp: ['2020-04-16T14:00:02Z'], host: ['c'] });
    const arrow = Buffer.from(tableToIPC(table, 'file'));
    const damaged = [
      store.file('cut.parquet', bytes.subarray(0, bytes.length - 20)),
      store.file('cut.arrow', arrow.subarray(0, arrow.length >> 1)),
    ];
    const flipped = Buffer.from(bytes);
    flipped.fill(0xff, bytes.length - 60, bytes.length - 20);
    writeFileSync(join(store.dir, 'flipped.parquet'), flipped);
    const report = await store.ingest(
      [...damaged, join(store.dir, 'flipped.parquet')],
      {},
      { readers },
    );
    expect(report.files.map(({ errorClass }) => errorClass)).toEqual([
      'parquet_corrupt',
      'arrow_corrupt',
      'parquet_corrupt',
    ]);
    expect(report.files[1]?.fault?.message).toContain('not a complete Arrow file');
    expect(report.totals).toMatchObject({ read: 0, stored: 0 });
  });
});
