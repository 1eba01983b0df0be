/** Parquet files that somebody else wrote: every type, flattened, and damage found. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ForeignValue, readForeignParquet } from '../../src/engine/duckdb/foreign.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { queryJson } from './staged-rows.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function read(path: string) {
  const rows: (readonly ForeignValue[])[] = [];
  let labels: readonly string[] = [];
  const end = await readForeignParquet(path, defaultLimits, (batch) => {
    rows.push(...batch.rows);
    labels = batch.labels;
  });
  return { end, rows, labels };
}

async function foreign(sql: string): Promise<string> {
  const path = join(dir, 'foreign.parquet');
  await queryJson(`COPY (${sql}) TO '${path}' (FORMAT parquet)`);
  return path;
}

describe('foreign Parquet', () => {
  it('gives plain values for every type', async () => {
    const types: readonly (readonly [sql: string, value: ForeignValue])[] = [
      [`true`, true],
      [`(-128)::TINYINT`, -128],
      [`9007199254740993::BIGINT`, 9007199254740993n],
      [`18446744073709551615::UBIGINT`, 18446744073709551615n],
      [`4294967295::UINTEGER`, 4294967295],
      [`12.5::DECIMAL(30, 2)`, { kind: 'number', text: '12.50' }],
      [`0.1::DOUBLE`, 0.1],
      [`'nan'::DOUBLE`, Number.NaN],
      [`'-inf'::FLOAT`, Number.NEGATIVE_INFINITY],
      [`NULL::DOUBLE`, null],
      [`'infinity'::TIMESTAMP`, 'infinity'],
      [`'-infinity'::TIMESTAMPTZ`, '-infinity'],
      [`0.5::FLOAT`, 0.5],
      [`'ü''"'`, `ü'"`],
      [`'abc'::BLOB`, 'abc'],
      [`'\\xff\\xfe'::BLOB`, '//4='],
      [`'6F960000-0000-0000-0000-000000000001'::UUID`, '6f960000-0000-0000-0000-000000000001'],
      [`DATE '2020-04-16'`, '2020-04-16'],
      [`TIME '01:02:03'`, '01:02:03'],
      [`TIMESTAMP '1970-01-02'`, { kind: 'instant', micros: 86_400_000_000n }],
      [`TIMESTAMPTZ '1970-01-02 00:00:00+01'`, { kind: 'instant', micros: 82_800_000_000n }],
      [`TIMESTAMP_NS '1970-01-01 00:00:00.000001999'`, '1970-01-01T00:00:00.000001999Z'],
      [`'b'::ENUM ('a', 'b')`, 'b'],
      [`INTERVAL 1 DAY`, '1 day'],
      [`[1, NULL, 3]`, { kind: 'json', text: '[1,null,3]' }],
      [`MAP {'k': [1]}`, { kind: 'json', text: '{"k":[1]}' }],
      [`NULL::INTEGER`, null],
    ];
    const columns = types.map(([sql], index) => `${sql} AS "col ${index}"`);
    const { end, rows, labels } = await read(await foreign(`SELECT ${columns.join(', ')}`));
    expect(end).toEqual({ kind: 'complete', rowCount: 1 });
    expect(labels).toEqual(types.map((_, index) => `col ${index}`));
    expect(rows).toEqual([types.map(([, value]) => value)]);
  });

  it('flattens structs to depth five, also those with odd names', async () => {
    const { labels, rows } = await read(
      await foreign(`SELECT {'b.c': {'c': {'d': {'e': {'f': {'g': 1}}}}}, '__proto__': 2,
        'say "x"': 3} AS a UNION ALL SELECT NULL`),
    );
    expect(labels).toEqual(['a.b.c.c.d.e.f', 'a.__proto__', 'a.say "x"']);
    expect(rows).toEqual([
      [{ kind: 'json', text: '{"g":1}' }, 2, 3],
      [null, null, null],
    ]);
  });

  it('keeps the order over many batches', async () => {
    const { end, rows } = await read(await foreign('SELECT i FROM range(300000) AS t(i)'));
    expect(end).toEqual({ kind: 'complete', rowCount: 300_000 });
    expect(rows.every(([value], index) => value === index)).toBe(true);
  });

  it('finds a file cut short and one that is no Parquet', async () => {
    const path = await foreign('SELECT i FROM range(1000) AS t(i)');
    const bytes = readFileSync(path);
    for (const damaged of [bytes.subarray(0, -9), Buffer.from('no Parquet at all'), Buffer.of()]) {
      writeFileSync(path, damaged);
      const { end, rows } = await read(path);
      expect(end).toMatchObject({ kind: 'damaged', rowCount: 0 });
      expect(rows).toEqual([]);
    }
  });

  it('finds pages overwritten with zeros', async () => {
    const path = await foreign('SELECT md5(i::VARCHAR) AS text FROM range(20000) AS t(i)');
    const bytes = readFileSync(path).fill(0, 4, 4096);
    writeFileSync(path, bytes);
    expect((await read(path)).end.kind).toBe('damaged');
  });

  it('passes on what the taker throws', async () => {
    const path = await foreign('SELECT 1 AS a');
    const stop = new Error('enough');
    const reading = readForeignParquet(path, defaultLimits, () => {
      throw stop;
    });
    await expect(reading).rejects.toBe(stop);
  });
});
