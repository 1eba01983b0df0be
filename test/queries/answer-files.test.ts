/**
 * One long question (60 days, five breakdowns, p99 a bucket) as every kind of file: other readers
 * find the rows of the JSON answer in each. ClickHouse and Chromium read along where they are
 * installed; `node test/peers/exports.mjs STORE` asks a larger store by the hour.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Table, tableFromIPC } from 'apache-arrow';
import { decompress } from 'fzstd';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasClickHouse, openClickHouse } from '../query/clickhouse-engine.js';
import { openSession } from '../sessions/session.js';

const session = openSession();
const made = mkdtempSync(join(tmpdir(), 'coldcase-answer-files-'));
const given = process.env.COLDCASE_STORE;
const store = given ?? join(made, 'demo');
const names = ['time', 'host', 'version', 'status', 'route', 'customer', 'count', 'p99(duration)'];
const question = [
  ...['query', '--store', store, '--since', '60d', '--by', names.slice(1, 6).join(',')],
  ...['--calc', 'count,p99(duration)', '--every', given === undefined ? '6h' : '1h'],
  ...(given === undefined ? ['--where', 'status >= 500'] : []),
  ...['--limit', '30'],
];
const chromium = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

type Row = readonly (string | number | null)[];
let rows: readonly Row[] = [];

beforeAll(() => {
  if (given === undefined) {
    expect(session.run(['demo', store, '--events', '250000']).status).toBe(0);
  }
  const answer = JSON.parse(written('json').toString('utf8'));
  rows = answer.rows.map((row: Readonly<Record<string, string | number | null>>) =>
    names.map((name) => (name === 'time' ? Date.parse(String(row[name])) : (row[name] ?? null))),
  );
}, 300_000);
afterAll(() => {
  session.close();
  rmSync(made, { recursive: true, force: true });
});

/** Asked once a kind. */
function written(suffix: string): Buffer {
  const path = join(session.dir, `answer.${suffix}`);
  if (existsSync(path)) return readFileSync(path);
  const { status, stderr } = session.run([...question, '-o', `answer.${suffix}`]);
  expect(status, stderr).toBe(0);
  return readFileSync(path);
}

/** Times as milliseconds, whole numbers as numbers. */
function plain(value: unknown): string | number | null {
  if (value instanceof Date) return value.getTime();
  if (value === null || value === undefined) return null;
  return typeof value === 'bigint'
    ? Number(value)
    : typeof value === 'number'
      ? value
      : String(value);
}

describe('sixty days by five columns', () => {
  it('is a question worth asking', () => {
    expect(rows.length).toBeGreaterThan(5_000);
    expect(rows.some((row) => row[7] !== null)).toBe(true);
  });

  it('comes back from Arrow by apache-arrow', () => {
    for (const suffix of ['arrow', 'arrows']) {
      const table: Table = tableFromIPC(written(suffix));
      const columns = names.map((name) => table.getChild(name));
      const back = Array.from({ length: table.numRows }, (_, index) =>
        columns.map((column) => plain(column?.get(index))),
      );
      expect(back).toEqual(rows);
    }
  });

  it('comes back from Parquet by hyparquet', async () => {
    const file = Uint8Array.from(written('parquet')).buffer;
    const compressors = { ZSTD: (input: Uint8Array) => decompress(input) };
    const back = await parquetReadObjects({ file, compressors });
    expect(back.map((row) => names.map((name) => plain(row[name])))).toEqual(rows);
  });

  it('comes back from CSV', () => {
    const [head, ...lines] = written('csv').toString('utf8').trimEnd().split('\n');
    expect(head).toBe(names.join(','));
    const back = lines.map((line) => {
      const [time = '', ...cells] = line.split(',');
      return [Date.parse(time), ...cells.map((cell) => (cell === '' ? null : cell))];
    });
    expect(back).toEqual(rows.map(([time, ...cells]) => [time, ...cells.map(textOrNull)]));
  });

  it('is a page without scripts, with one heading, and a picture', () => {
    const page = written('html').toString('utf8');
    expect(page.match(/<tr>/g)).toHaveLength(Math.min(rows.length, 5_000) + 1);
    expect(page.match(/count, p99\(duration\) by host/g)).toHaveLength(3);
    expect(page).not.toMatch(/<script|<img|<link|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    const png = written('png');
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20) > 800]).toEqual([2_000, true]);
  });

  it('is no stack: percentiles do not add up', () => {
    const alone = question.map((word) => word.replace('count,p99', 'p99'));
    const { status, stderr } = session.run([...alone, '--chart', 'stacked']);
    expect([status, stderr.split('\n')[0]]).toEqual([
      2,
      'error CC1003: option --chart: expected line for p99(duration), found stacked',
    ]);
    const adding = question.map((word) => word.replace(',p99(duration)', ''));
    expect(session.run([...adding, '--chart', 'stacked']).status).toBe(0);
  });

  it.skipIf(!hasClickHouse)(
    'comes back from all three by ClickHouse; needs test/peers',
    async () => {
      const engine = openClickHouse({ path: session.dir, version: 0 });
      const columns = names.map((name) => `"${name}"`).join(', ');
      for (const suffix of ['parquet', 'arrow', 'csv']) {
        written(suffix);
        const sql = `SELECT toUnixTimestamp64Milli(toDateTime64("time", 3, 'UTC')), * EXCEPT "time"
        FROM (SELECT ${columns} FROM file('answer.${suffix}'))`;
        const answer = await engine.execute({ sql, parameters: [] }, new AbortController().signal);
        expect(
          answer.rows.map((row) => row.map(plain)),
          suffix,
        ).toEqual(rows);
      }
      await engine.close();
    },
  );

  it.skipIf(chromium === undefined)('is shown by Chromium without a network', () => {
    written('html');
    const page = `file://${join(session.dir, 'answer.html')}`;
    const picture = join(given === undefined ? session.dir : tmpdir(), 'coldcase-answer.png');
    const browser = [
      ...['-n', chromium ?? '', '--headless', '--no-sandbox', '--disable-gpu'],
      ...[`--user-data-dir=${session.dir}/browser`, '--window-size=1200,1600'],
    ];
    const shown = unshare([...browser, '--dump-dom', page]);
    expect(shown.match(/<tr>/g)).toHaveLength(Math.min(rows.length, 5_000) + 1);
    unshare([...browser, `--screenshot=${picture}`, page]);
    expect(readFileSync(picture).length).toBeGreaterThan(20_000);
    if (given !== undefined) console.log(`look at ${picture}`);
  });
});

/** Runs a program in a network of its own, in which there is nothing. */
function unshare(words: readonly string[]): string {
  return execFileSync('unshare', words, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function textOrNull(value: string | number | null): string | null {
  return value === null ? null : String(value);
}
