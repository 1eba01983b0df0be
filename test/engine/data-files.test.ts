/** Staged rows to data files and back, on real DuckDB. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataFileWriter } from '../../src/engine/duckdb/data-files.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { WrittenFile } from '../../src/store/ports.js';
import {
  copyAll,
  eventColumns,
  eventsSql,
  queryJson,
  requestOf,
  stage,
  storedEventColumns,
} from './staged-rows.js';

let dir = '';
const never = new AbortController().signal;
const writer = createDataFileWriter(defaultLimits);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(path, name)).isFile(),
  );
}

function rowsOf(table: string, files: readonly WrittenFile[], columns = '*') {
  const list = files.map(({ path }) => `'${join(table, path)}'`).join(', ');
  return queryJson(`SELECT ${columns} FROM read_parquet([${list}])`);
}

/** One digest a file, over all its rows in their order. */
function digestsOf(table: string, files: readonly WrittenFile[]) {
  const list = files.map(({ path }) => `'${join(table, path)}'`).join(', ');
  return queryJson(
    `SELECT file_index, count(*), md5(string_agg(row::VARCHAR, '|' ORDER BY file_row_number))
      FROM (SELECT COLUMNS(*), file_index, file_row_number FROM
        read_parquet([${list}], hive_partitioning = false)) AS row
      GROUP BY file_index ORDER BY file_index`,
  );
}

async function stageEvents(name: string, count: number, seed = 1) {
  return stage({ dir, name, sql: eventsSql(count, seed), columns: eventColumns });
}

describe('data files', () => {
  it('hold the staged rows, one file a date, with what the log needs to know', async () => {
    const file = await stageEvents('s.parquet', 3000);
    const table = join(dir, 'events');
    const request = requestOf({
      tableDir: table,
      columns: storedEventColumns,
      staged: [{ file, sources: copyAll(file), extras: [] }],
      statsColumns: ['ts', 'host', 'duration'],
    });
    const files = await writer.write(request, never);

    expect(files.map(({ date, rows }) => [date, rows])).toEqual([
      ['2020-04-16', 1360],
      ['2020-04-17', 1440],
      ['2020-04-18', 200],
    ]);
    expect(files.map(({ path }) => path).sort()).toEqual(filesBelow(table).sort());
    for (const { path, bytes } of files) {
      expect(path).toMatch(/^date=\d{4}-\d\d-\d\d\/a-[0-9a-f-]{36}\.parquet$/);
      expect(statSync(join(table, path)).size).toBe(bytes);
    }
    expect(files[0]).toMatchObject({
      minTs: 1_587_000_000_000_000,
      maxTs: 1_587_000_000_000_000 + 1359 * 60_000_000,
      columns: {
        ts: { min: '2020-04-16 01:20:00+00', nullCount: 0, hasNan: false },
        host: { min: 'host-0', max: 'host-6', nullCount: 0, hasNan: false },
      },
    });
    const staged = await queryJson(`SELECT ts, weight, c0, c1, c2, c3 FROM '${file.path}'`);
    const stored = 'ts, weight, host, status, duration, cached';
    expect(await rowsOf(table, files, stored)).toEqual(staged);
    const system = 'DISTINCT epoch_us(ingested_at), batch, extra';
    expect(await rowsOf(table, files.slice(0, 1), system)).toEqual([
      '["1600000000000000","b1",null]',
    ]);
  });

  it('have the system columns first, extra last, and types that Delta knows', async () => {
    const file = await stageEvents('s.parquet', 5);
    const table = join(dir, 'events');
    const staged = [{ file, sources: copyAll(file), extras: [] }];
    const [written] = await writer.write(
      requestOf({ tableDir: table, columns: storedEventColumns, staged }),
      never,
    );
    const described = await queryJson(
      `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM
        read_parquet('${join(table, written?.path ?? '')}', hive_partitioning = false))`,
    );
    expect(described.map((row) => JSON.parse(row).join(' '))).toEqual([
      'ts TIMESTAMP WITH TIME ZONE',
      'ingested_at TIMESTAMP WITH TIME ZONE',
      'weight BIGINT',
      'batch VARCHAR',
      'host VARCHAR',
      'status BIGINT',
      'duration DOUBLE',
      'cached BOOLEAN',
      'extra MAP(VARCHAR, VARCHAR)',
    ]);
  });

  it('are the same rows in the same order in every run, at any thread count', async () => {
    const columns = storedEventColumns;
    const parts = await Promise.all(
      // Every file spans the same forty days: all instants are shared by all files.
      [1, 2, 3].map((seed) =>
        stage({
          dir,
          name: `${seed}.parquet`,
          sql: `SELECT * REPLACE (make_timestamptz((c1 % 40) * 86400000000) AS ts)
            FROM (${eventsSql(40_000, seed)})`,
          columns: eventColumns,
        }),
      ),
    );
    // The second file has another layout, so both ways to the sorted table are taken.
    const [, second] = parts;
    const oneLayout = parts.map((file) => ({ file, sources: copyAll(file), extras: [] }));
    const several = parts.map((file) => ({
      file,
      sources: file === second ? copyAll(file).with(0, { kind: 'absent' }) : copyAll(file),
      extras: file === second ? [0] : [],
    }));
    for (const staged of [oneLayout, several]) {
      const texts = new Set<string>();
      for (const threads of [1, 2, 2, 4]) {
        const table = join(dir, `t${texts.size}-${threads}`);
        const limited = createDataFileWriter({ ...defaultLimits, threads });
        const files = await limited.write(requestOf({ tableDir: table, columns, staged }), never);
        expect(files.length).toBe(40);
        texts.add(JSON.stringify(await digestsOf(table, files)));
        rmSync(table, { recursive: true });
      }
      expect(texts.size).toBe(1);
    }
  });

  it('are in order of time, however the staged rows lie', async () => {
    const day = 86_400_000_000;
    // Two dates, half in the first file and half in the second.
    const ordered = (file: number) => `make_timestamptz((i // 500) * ${day} + ${file} * 1000 + i)`;
    const cases = {
      ordered,
      'late rows': (file: number) => `make_timestamptz((i // 500) * ${day} + ${file} + i % 7)`,
      'dates in turn': (file: number) => `make_timestamptz((i % 2) * ${day} + 2000 - i - ${file})`,
    };
    for (const [name, instant] of Object.entries(cases)) {
      const parts = await Promise.all(
        [0, 1].map((file) =>
          stage({
            dir,
            name: `${name}-${file}.parquet`,
            sql: `SELECT * REPLACE (${instant(file)} AS ts, ${file} * 1000 + i AS weight)
              FROM (${eventsSql(1000)}) POSITIONAL JOIN range(1000) AS t(i)`,
            columns: eventColumns,
          }),
        ),
      );
      const table = join(dir, name);
      const files = await writer.write(
        requestOf({
          tableDir: table,
          columns: storedEventColumns,
          staged: parts.map((file) => ({ file, sources: copyAll(file), extras: [] })),
        }),
        never,
      );
      expect(files.map(({ date, rows }) => [date, rows])).toEqual([
        ['1970-01-01', 1000],
        ['1970-01-02', 1000],
      ]);
      const staged = parts.map(({ path }) => `'${path}'`).join(', ');
      // A weight is the place of its row in the staged files.
      const sorted = await queryJson(
        `SELECT ts, weight, c0 FROM read_parquet([${staged}]) ORDER BY ts, weight`,
      );
      expect(await rowsOf(table, files, 'ts, weight, host')).toEqual(sorted);
    }
  });

  it('are several for a date of many rows, cut where the rows allow', async () => {
    const counts = [1_000_000, 600_000];
    const cases = {
      ordered: () => 'i',
      shuffled: (count: number) => `(i * 7919) % ${count}`,
    };
    for (const [name, micros] of Object.entries(cases)) {
      const parts = await Promise.all(
        counts.map((count, file) =>
          stage({
            dir,
            name: `${name}-${file}.parquet`,
            sql: `SELECT make_timestamptz(${file} * 1000000 + ${micros(count)}) AS ts,
              1::BIGINT AS weight FROM range(${count}) AS t(i)`,
            columns: [],
          }),
        ),
      );
      const table = join(dir, name);
      const staged = parts.map((file) => ({ file, sources: [], extras: [] }));
      const request = requestOf({ tableDir: table, columns: [], staged });
      const files = await writer.write(request, never);
      expect(files.map(({ rows, minTs, maxTs }) => [rows, minTs, maxTs])).toEqual([
        [800_000, 0, 799_999],
        [800_000, 800_000, 1_599_999],
      ]);
      const [inOrder] = await rowsOf(
        table,
        files,
        'bool_and(epoch_us(ts) = file_index * 800000 + file_row_number)',
      );
      expect(inOrder).toBe('[true]');
    }
  });

  it('put values without a column into extra as JSON text', async () => {
    const file = await stage({
      dir,
      name: 'odd.parquet',
      sql: `SELECT * FROM (VALUES
        (make_timestamptz(-1), 1::BIGINT, 'text "q"', 1.5::DOUBLE, true, make_timestamptz(1),
          '{"deep":[1,{"a":null}],"big":123456789012345678901234567890}'),
        (make_timestamptz(0), 2::BIGINT, NULL, NULL, NULL, NULL, NULL),
        (make_timestamptz(1), 3::BIGINT, 'x', 'inf'::DOUBLE, NULL, NULL, NULL)
        ) AS t(ts, weight, c0, c1, c2, c3, extra)`,
      columns: [
        ['status', 'string'],
        ['a.b', 'number'],
        ['flag', 'boolean'],
        ['at', 'timestamp'],
      ],
      extraLabels: [
        { label: 'deep', type: 'json', valueCount: 1 },
        { label: 'big', type: 'integer', valueCount: 1 },
      ],
    });
    const files = await writer.write(
      requestOf({
        tableDir: join(dir, 'events'),
        columns: [{ name: 'rowid', label: 'rowid', type: 'integer' }],
        staged: [{ file, sources: [{ kind: 'absent' }], extras: [0, 1, 2, 3] }],
      }),
      never,
    );
    expect(files.map(({ date }) => date)).toEqual(['1969-12-31', '1970-01-01']);
    const rows = await rowsOf(join(dir, 'events'), files, 'to_json(extra)::VARCHAR, weight, rowid');
    expect(rows.map((row) => JSON.parse(row))).toEqual([
      [
        JSON.stringify({
          deep: '[1,{"a":null}]',
          big: '123456789012345678901234567890',
          status: '"text \\"q\\""',
          'a.b': '1.5',
          flag: 'true',
          at: '"1970-01-01T00:00:00.000001Z"',
        }),
        '1',
        null,
      ],
      [null, '2', null],
      [JSON.stringify({ status: '"x"', 'a.b': '"inf"' }), '3', null],
    ]);
  });

  it('widen integers to numbers and fill absent columns with nulls', async () => {
    const file = await stageEvents('s.parquet', 10);
    const files = await writer.write(
      requestOf({
        tableDir: join(dir, 'events'),
        columns: [
          { name: 'status', label: 'status', type: 'number' },
          { name: 'gone', label: 'gone', type: 'timestamp' },
        ],
        staged: [{ file, sources: [{ kind: 'copy', index: 1 }, { kind: 'absent' }], extras: [] }],
      }),
      never,
    );
    const select = 'typeof(status), typeof(gone), status';
    const rows = await rowsOf(join(dir, 'events'), files, select);
    const stagedRows = await queryJson(
      `SELECT 'DOUBLE', 'TIMESTAMP WITH TIME ZONE', c1::DOUBLE FROM '${file.path}'`,
    );
    expect(rows).toEqual(stagedRows);
  });

  it('leave nothing behind when aborted, within a second', async () => {
    const file = await stageEvents('s.parquet', 400_000);
    const table = join(dir, 'events');
    const staged = [{ file, sources: copyAll(file), extras: [] }];
    const request = requestOf({ tableDir: table, columns: storedEventColumns, staged });
    const spillDir = join(dir, 'spill');
    mkdirSync(spillDir);
    const spilling = createDataFileWriter({ ...defaultLimits, spillDir });
    const control = new AbortController();
    const reason = new Error('stopped by the test');
    let sawFile = false;
    let spills = 0;
    const watch = setInterval(() => {
      spills = Math.max(spills, readdirSync(spillDir).length);
      sawFile ||= readdirSync(dir).includes('events') && filesBelow(table).length > 3;
      if (sawFile) control.abort(reason);
    }, 5);
    await expect(spilling.write(request, control.signal)).rejects.toBe(reason);
    clearInterval(watch);
    expect([sawFile, spills]).toEqual([true, 1]);
    expect(filesBelow(table)).toEqual([]);
    expect(readdirSync(spillDir)).toEqual([]);
  });

  it('stay within the memory limit by spilling, and say so when even that fails', async () => {
    const file = await stage({
      dir,
      name: 'wide.parquet',
      sql: `SELECT make_timestamptz((hash(i) % 5000000)::BIGINT) AS ts, 1::BIGINT AS weight,
        repeat(md5(i::VARCHAR), 8) AS c0 FROM range(1000000) AS t(i)`,
      columns: [['text', 'string']],
    });
    const request = requestOf({
      tableDir: join(dir, 'events'),
      columns: [{ name: 'text', label: 'text', type: 'string' }],
      staged: [{ file, sources: copyAll(file), extras: [] }],
    });
    const withMemory = (memoryBytes: number) =>
      createDataFileWriter({ ...defaultLimits, memoryBytes, threads: 2, spillDir: dir });
    // A million rows of 256 bytes are more than the limit.
    const files = await withMemory(200_000_000).write(request, never);
    expect(files.map(({ rows }) => rows)).toEqual([1_000_000]);
    await expect(withMemory(4_000_000).write(request, never)).rejects.toMatchObject({
      code: 'CC5003',
    });
    expect(filesBelow(join(dir, 'events'))).toEqual(files.map(({ path }) => path));
    expect(readdirSync(dir).sort()).toEqual(['events', 'wide.parquet']);
  });

  it('are none for no rows', async () => {
    const file = await stageEvents('empty.parquet', 0);
    const staged = [{ file, sources: copyAll(file), extras: [] }];
    const table = join(dir, 'events');
    const request = requestOf({ tableDir: table, columns: storedEventColumns, staged });
    expect(await writer.write(request, never)).toEqual([]);
  });
});
