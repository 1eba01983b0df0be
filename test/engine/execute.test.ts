/** The query engine: values in and out, limits, and what a locked connection refuses. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueryEngine, type QueryEngineOptions } from '../../src/engine/duckdb/execute.js';
import { defaultLimits, openDatabase } from '../../src/engine/duckdb/open.js';
import type { Cell, Engine } from '../../src/query/ports.js';
import * as sql from '../../src/sql/build.js';
import type { SqlParameter } from '../../src/sql/node.js';
import { printStatement } from '../../src/sql/print.js';
import { queryJson } from './staged-rows.js';

let dir = '';
const never = new AbortController().signal;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function withEngine<T>(
  options: Partial<QueryEngineOptions>,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  const defaults = { ...defaultLimits, files: [], timeLimitMs: null, spillDir: dir };
  const engine = await openQueryEngine({ ...defaults, ...options });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

const run = (text: string, parameters: readonly SqlParameter[] = [], options = {}) =>
  withEngine(options, (engine) => engine.execute({ sql: text, parameters }, never));

/** The only test that looks at a clock: another test may hold the processors meanwhile. */
const oneClock = { retry: 2 };

/** Runs for hours unless it is stopped. */
const endless = 'SELECT sum(a.i * b.i) FROM range(10000000) AS a(i), range(10000000) AS b(i)';

describe('the query engine', () => {
  it('gives every type as a plain cell', async () => {
    const cells: readonly (readonly [string, Cell])[] = [
      ['9007199254740991::BIGINT', 9007199254740991],
      ['9007199254740992::BIGINT', 9007199254740992n],
      ['sum(5::HUGEINT)', 5],
      ['170141183460469231731687303715884105727::HUGEINT', 2n ** 127n - 1n],
      ['1.25::DECIMAL(12, 3)', 1.25],
      [`'nan'::DOUBLE`, null],
      [`'-inf'::DOUBLE`, null],
      [`TIMESTAMPTZ '1970-01-01 00:00:01+00'`, 1_000_000],
      [`DATE '2020-04-16'`, '2020-04-16'],
      ['true', true],
      ['NULL', null],
      [`['a', NULL, 'b"']`, '["a",null,"b\\""]'],
      [`{'a': 1, 'b': [true]}`, '{"a":1,"b":[true]}'],
      [`MAP {'k': 9007199254740993}`, '{"k":9007199254740993}'],
    ];
    const { names, rows } = await run(
      `SELECT ${cells.map(([text], index) => `${text} AS c${index}`).join(', ')}`,
    );
    expect(names).toEqual(cells.map((_, index) => `c${index}`));
    expect(rows).toEqual([cells.map(([, value]) => value)]);
  });

  it('binds every type of parameter without losing anything', async () => {
    const parameters: readonly SqlParameter[] = [
      { type: 'string', value: 'a\u0000b\'"$1' },
      { type: 'integer', value: 2n ** 62n },
      { type: 'integer', value: 2n ** 100n },
      { type: 'number', value: 0.1 },
      { type: 'boolean', value: false },
      { type: 'timestamp', value: 1_587_000_000_000_001 },
      { type: 'string', value: null },
      { type: 'strings', value: ['x', "y'"] },
    ];
    const statement = printStatement(
      sql.select(parameters.map((value, index) => sql.as(sql.parameter(value), `c${index}`))),
    );
    const { rows } = await withEngine({}, (engine) => engine.execute(statement, never));
    expect(rows).toEqual([
      [
        'a\u0000b\'"$1',
        2n ** 62n,
        2n ** 100n,
        0.1,
        false,
        1_587_000_000_000_001,
        null,
        '["x","y\'"]',
      ],
    ]);
  });

  it('gives more rows than one chunk holds, in order', async () => {
    const { rows } = await run('SELECT i, i::VARCHAR FROM range(10000) AS t(i)');
    expect(rows.length).toBe(10_000);
    expect(rows.every(([i, text], index) => i === index && text === String(index))).toBe(true);
  });

  it('stops within a second when aborted, with the reason, and can go on', oneClock, async () => {
    await withEngine({}, async (engine) => {
      const control = new AbortController();
      const reason = new Error('stopped by the test');
      setTimeout(() => control.abort(reason), 50);
      const started = performance.now();
      const query = engine.execute({ sql: endless, parameters: [] }, control.signal);
      await expect(query).rejects.toBe(reason);
      expect(performance.now() - started).toBeLessThan(1050);
      const next = await engine.execute({ sql: 'SELECT 1 AS one', parameters: [] }, never);
      expect(next.rows).toEqual([[1]]);
      const late = engine.execute({ sql: 'SELECT 1', parameters: [] }, control.signal);
      await expect(late).rejects.toBe(reason);
    });
  });

  it('keeps its limits of time and memory', async () => {
    await expect(run(endless, [], { timeLimitMs: 100 })).rejects.toMatchObject({
      code: 'CC5004',
      message: 'stopped after the time limit 0.1s',
    });
    const hungry = 'SELECT list(md5(i::VARCHAR)) FROM range(3000000) AS t(i)';
    await expect(run(hungry, [], { memoryBytes: 64 * 1024 ** 2 })).rejects.toMatchObject({
      code: 'CC5003',
      message: 'stopped at the memory limit 64.0 MiB',
    });
  });

  it('says which file is missing, which is damaged, and why a query failed', async () => {
    const gone = join(dir, 'gone.parquet');
    const bad = join(dir, 'bad.parquet');
    writeFileSync(bad, 'this is not a Parquet file');
    const readFile = (path: string) =>
      run('SELECT * FROM read_parquet($1)', [{ type: 'strings', value: [path] }], {
        files: [path],
      });
    await expect(readFile(gone)).rejects.toMatchObject({
      code: 'CC4006',
      message: `the data file ${gone} is missing`,
    });
    await expect(readFile(bad)).rejects.toMatchObject({
      code: 'CC4003',
      message: `${bad} is damaged: not a complete Parquet file`,
    });
    await expect(run('SELECT nothing')).rejects.toMatchObject({ code: 'CC5002' });
  });

  it('reads the files of the snapshot and refuses everything else', async () => {
    const own = join(dir, 'own.parquet');
    const other = join(dir, 'other.parquet');
    for (const path of [own, other]) await queryJson(`COPY (SELECT 7 AS x) TO '${path}'`);
    const before = readFileSync(own);
    await withEngine({ files: [own] }, async (engine) => {
      const execute = (text: string) => engine.execute({ sql: text, parameters: [] }, never);
      expect((await execute(`SELECT x FROM '${own}'`)).rows).toEqual([[7]]);
      for (const refused of [
        `SELECT * FROM '${other}'`,
        `SELECT * FROM read_text('/etc/passwd')`,
        `SELECT * FROM glob('${dir}/*')`,
        `COPY (SELECT 1) TO '${join(dir, 'new.parquet')}'`,
        `COPY (SELECT 1) TO '${own}' (use_tmp_file false)`,
        `ATTACH '${join(dir, 'new.db')}' AS stolen`,
        `SET memory_limit = '1GB'`,
        'INSTALL httpfs',
        'SELECT 1; SELECT 2',
      ]) {
        await expect(execute(refused), refused).rejects.toThrow();
      }
      expect((await execute(`SELECT x FROM '${own}'`)).rows).toEqual([[7]]);
    });
    expect(readFileSync(own).equals(before)).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(['other.parquet', 'own.parquet']);
  });

  it('spills into a directory of its own and removes it', async () => {
    const limits = { ...defaultLimits, spillDir: dir };
    const databases = await Promise.all([openDatabase(limits), openDatabase(limits)]);
    const settings = await Promise.all(
      databases.map(async (database) => {
        const connection = await database.connect();
        const names = ['temp_directory', 'TimeZone', 'autoload_known_extensions'];
        const list = names.map((name) => `current_setting('${name}')`).join(', ');
        const [row] = (await connection.runAndReadAll(`SELECT ${list}`)).getRowsJson();
        return row ?? [];
      }),
    );
    expect(new Set(settings.map(([path]) => path))).toEqual(
      new Set(readdirSync(dir).map((name) => join(dir, name))),
    );
    expect(settings.map(([, ...rest]) => rest)).toEqual([
      ['UTC', false],
      ['UTC', false],
    ]);
    for (const database of databases) await database.close();
    expect(readdirSync(dir)).toEqual([]);
  });
});
