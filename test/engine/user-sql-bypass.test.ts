/** Ways out of a typed statement that were tried on DuckDB: none may read, write or change a thing. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { openUserSql, type UserSql } from '../../src/engine/duckdb/user-sql.js';
import type { Cell } from '../../src/query/ports.js';
import type { ViewSource } from '../../src/query/user-views.js';
import { openSession } from '../sessions/session.js';
import { fingerprint, viewsOf, writeStore } from './user-sql-store.js';

const session = openSession();
const secret = 'the canary of a file that no statement may see';
let sql: UserSql;
let source: ViewSource;
let before: readonly string[];

beforeAll(async () => {
  writeStore(session);
  writeFileSync(join(session.dir, 'secret.txt'), secret);
  writeFileSync(join(session.dir, 'secret.csv'), `a\n${secret}\n`);
  symlinkSync(join(session.dir, 'secret.csv'), join(session.dir, '.coldcase', 'link.csv'));
  mkdirSync(join(session.dir, 'spill'));
  source = await viewsOf(session.dir);
  const limits = { ...defaultLimits, threads: 2, spillDir: join(session.dir, 'spill') };
  sql = await openUserSql(limits, source);
  before = fingerprint(session.dir);
});
afterAll(async () => {
  await sql.close();
  session.close();
});

async function rowsOf(text: string): Promise<readonly (readonly Cell[])[]> {
  const rows: (readonly Cell[])[] = [];
  const sink = { columns: () => undefined, rows: (more: typeof rows) => void rows.push(...more) };
  const statement = { sql: text, parameters: {}, rowLimit: 1_000 };
  await sql.run(statement, { ...sink, rows: (more) => void rows.push(...more) }, never);
  return rows;
}

const never = new AbortController().signal;

async function codeOf(text: string): Promise<string> {
  try {
    return `${(await rowsOf(text)).length} rows`;
  } catch (error) {
    if (error instanceof Fault) return error.code;
    throw error;
  }
}

const dir = session.dir;
const data = () => source.paths[0] ?? '';

/** **Source** the statements tried in the design notes, and what their neighbours would be. */
const refused: Readonly<Record<string, readonly (string | (() => string))[]>> = {
  'reading files by a function': [
    `select * from read_text('${dir}/secret.txt')`,
    `select * from read_blob('/etc/passwd')`,
    `select * from read_csv('${dir}/secret.csv')`,
    `select * from read_csv_auto('${dir}/.coldcase/link.csv')`,
    `select * from read_json('/proc/self/environ')`,
    `select * from read_json_auto('${dir}/events.ndjson')`,
    `select * from read_json_objects('${dir}/events.ndjson')`,
    `select * from read_ndjson('${dir}/events.ndjson')`,
    `select * from read_ndjson_objects('/dev/stdin')`,
    () => `select * from read_parquet('${data()}')`,
    () => `select * from parquet_scan(['${data()}'])`,
    `select * from read_duckdb('${dir}/x.duckdb')`,
    `select * from glob('${dir}/*')`,
    `select * from sniff_csv('${dir}/secret.csv')`,
    () => `select * from parquet_metadata('${data()}')`,
    () => `select * from parquet_schema('${data()}')`,
    () => `select * from parquet_kv_metadata('${data()}')`,
    () => `select * from parquet_file_metadata('${data()}')`,
    () => `select * from parquet_bloom_probe('${data()}', 'host', 'a')`,
    `select (select content from read_text('${dir}/secret.txt'))`,
    `select * from events where host in (select content from read_text('/etc/passwd'))`,
    `with t as (select * from read_text('/etc/passwd')) select * from t`,
    `select * from events, lateral (select * from read_text('/etc/passwd')) x`,
    `describe select * from read_text('/etc/passwd')`,
    `summarize select * from read_csv('${dir}/secret.csv')`,
    `from (values (1)) v(a) order by (select count(*) from read_text('/etc/passwd'))`,
    `select count(*) filter (where exists (from read_text('/etc/passwd'))) from events`,
    `select list_transform([1], lambda x: (select content from read_text('/etc/passwd')))`,
    `select sum(1) over (partition by (select content from read_text('/etc/passwd'))) from events`,
    `select 1 union all select content from read_text('/etc/passwd')`,
    `with recursive t(n) as (select 1 union all select 2 from read_text('/etc/passwd')) from t`,
    `select * from range((select size::bigint from read_text('/etc/passwd')))`,
    `pivot (from read_text('/etc/passwd')) on filename in ('a') using count(*)`,
    `select * from events tablesample 10% limit (select count(*) from glob('/*'))`,
  ],
  'reading files by their name': [
    `select * from '${dir}/secret.csv'`,
    `select * from "${dir}/.coldcase/../secret.csv"`,
    `from 'file:${dir}/secret.csv'`,
    () => `from '${data()}'`,
    `select * from 'https://example.com/x.parquet'`,
    `select * from 's3://bucket/x.parquet'`,
    `with "${dir}/secret.csv" as (select 1) select * from (select 1) t, (from '${dir}/x.csv')`,
  ],
  'the engine itself': [
    'select * from duckdb_settings()',
    'select * from duckdb_secrets()',
    'select * from duckdb_functions()',
    'select * from duckdb_logs()',
    'select * from duckdb_temporary_files()',
    'select * from duckdb_external_file_cache()',
    'select * from duckdb_settings',
    'select * from duckdb_tables',
    'select * from information_schema.tables',
    'select * from pg_catalog.pg_class',
    'select * from sqlite_master',
    'select * from system.main.duckdb_settings',
    'select * from memory.main.events',
    'select * from main.events',
    "select * from pragma_table_info('events')",
    'select * from pragma_database_size()',
    "select * from pragma_storage_info('events')",
    'select * from pragma_user_agent()',
    'select * from test_all_types()',
    'select * from repeat_row(1, num_rows = 1000000000)',
    "select * from which_secret('x', 's3')",
    "select current_setting('allowed_paths')",
    "select getvariable('x')",
    "select getenv('HOME')",
    "select nextval('s')",
    "select write_log('x')",
    'select setseed(0.5)',
    'select sleep_ms(100000)',
    'select pg_sleep(1000)',
    'select txid_current()',
    "select main.getvariable('x')",
    "select system.main.lower('x')",
    'select stats(host) from events',
    'select vector_type(host) from events',
    `select 'x'::other.place`,
    'show tables',
    'show all tables',
    'show databases',
    'show variables',
  ],
  'logging and profiling, which write files': [
    `select * from enable_logging(storage='file', storage_config={'path': '${dir}'})`,
    `select * from enable_logging('QueryLog')`,
    'select * from disable_logging()',
    'select * from truncate_duckdb_logs()',
    `select * from enable_profiling(save_location := '${dir}/p.json')`,
    'select * from enable_peg_parser()',
    'select * from checkpoint()',
    'select * from force_checkpoint()',
  ],
  'statements in statements': [
    `select * from query('select 1')`,
    `select * from query_table('events')`,
    `select * from query_table(['events'])`,
    () => `select json_serialize_sql('select 1')`,
    `select * from json_execute_serialized_sql(json_serialize_sql('select 1'))`,
    `select json_deserialize_sql('{}')`,
    `select json_serialize_plan('select 1')`,
    `select * from sql_auto_complete('sel')`,
    `select * from summary((from events))`,
    'select * from seq_scan(events)',
    'select * from arrow_scan(0, 0, 0)',
  ],
  'names that mean something else elsewhere': [
    'with duckdb_settings as (select 1) select * from (from duckdb_settings), (from duckdb_tables)',
    'select * from (with duckdb_settings as (select 1) from duckdb_settings), duckdb_settings',
    'with a as (from duckdb_settings), duckdb_settings as (select 1) from a',
    'with duckdb_settings as (from duckdb_settings) from duckdb_settings',
    'with recursive duckdb_settings as (from duckdb_settings union all from duckdb_settings) ' +
      'from duckdb_settings',
    'from events at (version => 1)',
  ],
  'anything but one select': [
    `copy (select 1) to '${dir}/out.csv'`,
    () => `copy (select 1 a) to '${data()}' (format parquet, use_tmp_file false)`,
    () => `copy events from '${data()}'`,
    `export database '${dir}/dump'`,
    `import database '${dir}/dump'`,
    `attach '${dir}/x.duckdb' as x`,
    `attach ':memory:' as y`,
    'detach memory',
    'use memory',
    'create table t as select 1',
    'create view v as select 1',
    `create macro m() as table select * from read_text('/etc/passwd')`,
    `create secret s (type s3, key_id 'a', secret 'b')`,
    "create type t as enum ('a')",
    'insert into ledger values (1)',
    'update ledger set version = 2',
    'delete from ledger',
    'drop view events',
    'alter table ledger add column x int',
    `install httpfs`,
    `load '${dir}/x.duckdb_extension'`,
    `set enable_external_access = true`,
    'set global lock_configuration = false',
    'reset allowed_paths',
    'set variable x = 1',
    'pragma enable_profiling',
    'pragma database_list',
    `pragma enable_logging`,
    'call duckdb_settings()',
    'prepare p as select 1',
    'execute p',
    'explain select 1',
    'explain analyze select 1',
    'begin transaction',
    'vacuum',
    'checkpoint',
    'select 1; select 2',
    `select 1; copy (select 1) to '${dir}/x'`,
    'pivot events on host using count(*)',
    '',
    '-- nothing',
    ';',
    'select 1 where true --\u0000\n and false',
    `select '${'x'.repeat(65_536)}'`,
    `select ${'('.repeat(20_000)}1${')'.repeat(20_000)}`,
  ],
};

describe('a typed statement', () => {
  for (const [title, statements] of Object.entries(refused)) {
    it(`is refused: ${title}`, async () => {
      for (const statement of statements) {
        const text = typeof statement === 'string' ? statement : statement();
        const code = await codeOf(text);
        expect(code, text.slice(0, 200)).toMatch(/^CC125[0-9]$/);
        expect(fingerprint(session.dir).join('\n'), text.slice(0, 200)).toBe(before.join('\n'));
      }
    });
  }

  it('has been tried in many ways', () => {
    expect(Object.values(refused).flat().length).toBeGreaterThan(140);
  });

  it('does no harm where it is let through', async () => {
    const harmless: readonly (readonly [string, string])[] = [
      ["select $$read_text('/etc/passwd')$$", '1 rows'],
      ["select 'copy x to y' -- ; drop view events", '1 rows'],
      ['select json_extract(\'{"a":"x"}\', \'$.a\')', '1 rows'],
      ["select list_aggregate([1, 2], 'sum')", '1 rows'],
      ['select current_date is not null', '1 rows'],
      ['with events as (select 1 as a) select a from events', '1 rows'],
      ['with "/etc/passwd" as (select 1 as a) select a from "/etc/passwd"', '1 rows'],
      ['select "current_setting" from (select 1 as "current_setting")', '1 rows'],
      ['describe events', '11 rows'],
      ['summarize select host from events', '1 rows'],
      ['select 1;', '1 rows'],
    ];
    for (const [text, outcome] of harmless) {
      expect(await codeOf(text), text).toBe(outcome);
      expect(fingerprint(session.dir).join('\n'), text).toBe(before.join('\n'));
    }
  });

  it('still finds the events after all of them', async () => {
    expect(await rowsOf('select count(*) from events')).toEqual([[5]]);
  });
});
