/** Typed statements on a small store: what the views hold, values, places of faults, what is said. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import { openUserSql, type UserSql, type UserSqlEnd } from '../../src/engine/duckdb/user-sql.js';
import type { Cell } from '../../src/query/ports.js';
import { openSession } from '../sessions/session.js';
import { viewsOf, writeStore } from './user-sql-store.js';

const session = openSession();
const never = new AbortController().signal;
let sql: UserSql;

beforeAll(async () => {
  writeStore(session);
  sql = await openUserSql({ ...defaultLimits, spillDir: session.dir }, await viewsOf(session.dir));
});
afterAll(async () => {
  await sql.close();
  session.close();
});

type Rows = readonly (readonly Cell[])[];

async function run(
  text: string,
  parameters: Readonly<Record<string, string>> = {},
  rowLimit = 100,
): Promise<{ readonly names: readonly string[]; readonly rows: Rows; readonly end: UserSqlEnd }> {
  const rows: (readonly Cell[])[] = [];
  let names: readonly string[] = [];
  const end = await sql.run(
    { sql: text, parameters, rowLimit },
    {
      columns: (columns) => {
        names = columns.map(({ name }) => name);
      },
      rows: (more) => void rows.push(...more),
    },
    never,
  );
  return { names, rows, end };
}

const rowsOf = async (text: string, parameters = {}) => (await run(text, parameters)).rows;

async function faultOf(text: string, parameters = {}): Promise<Fault> {
  try {
    await run(text, parameters);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error(`no fault in ${text}`);
}

async function marked(text: string): Promise<readonly (string | number | undefined)[]> {
  const { code, at, hint } = await faultOf(text);
  return [code, at?.line, at?.text?.slice(at.start, at.end), hint];
}

describe('the views', () => {
  it('fill a column with values of another type that can be read as its own', async () => {
    expect(await rowsOf('select host, status from events order by ts')).toEqual([
      ['a', 200],
      ['b', 500],
      ['c', null],
      ['d', 503],
      ['e', 404],
    ]);
    expect(await rowsOf('select host, status from events_raw order by ts')).toEqual([
      ['a', 200],
      ['b', null],
      ['c', null],
      ['d', 503],
      ['e', 404],
    ]);
    const late = "select extra['status'] from events where host = 'c'";
    expect(await rowsOf(late)).toEqual([['"late"']]);
  });

  it('know names with dots, keywords in them, and aliases', async () => {
    const text = `select http.route, e.http.route as r, count(*) from events e
      where http.route is not null group by http.route order by HTTP.Route`;
    const { names, rows } = await run(text);
    expect(names).toEqual(['http.route', 'r', 'count_star()']);
    expect(rows).toEqual([
      ['/x', '/x', 2],
      ['/y', '/y', 1],
    ]);
    expect(await rowsOf('select order.id from events where order.id is not null')).toEqual([[7]]);
    const own = "with http as (select {'x': 1} as route) select http.route.x from http";
    expect(await rowsOf(own)).toEqual([[1]]);
    expect(
      await rowsOf("select 'http.route', \"http.route\" from events where host = 'a'"),
    ).toEqual([['http.route', '/x']]);
  });

  it('hold weights, dates, rejects and the ledger', async () => {
    expect(await rowsOf('select sum(weight), count(*) from events')).toEqual([[8, 5]]);
    const dates = 'select date, count(*) from events group by 1 order by 1';
    expect(await rowsOf(dates)).toEqual([
      ['2020-04-16', 3],
      ['2020-04-17', 2],
    ]);
    const rejects = `select line, reason, raw, r.batch = e.batch from rejects r, events e
      where e.host = 'a'`;
    expect(await rowsOf(rejects)).toEqual([[2, 'json_syntax', 'not json', true]]);
    const ledger = `select version, operation, records_read, records_rejected, rows_stored, sources
      from ledger where records_read is not null`;
    expect((await rowsOf(ledger))[0]?.slice(1)).toEqual(['WRITE', 6, 1, 5, 1]);
    expect((await run('select * from markers')).names).toEqual(
      'at end type message url'.split(' '),
    );
  });

  it('hold the events of a window and nothing else', async () => {
    const start = Date.parse('2020-04-16T10:00:01Z') * 1000;
    const source = await viewsOf(session.dir, { start, end: start + 1_500_000 });
    expect(source.paths).toHaveLength(1);
    const other = await openUserSql({ ...defaultLimits, spillDir: session.dir }, source);
    try {
      const rows: (readonly Cell[])[] = [];
      await other.run(
        { sql: 'select host from events_raw', parameters: {}, rowLimit: 10 },
        { columns: () => undefined, rows: (more) => void rows.push(...more) },
        never,
      );
      expect(rows).toEqual([['b']]);
    } finally {
      await other.close();
    }
  });
});

describe('values', () => {
  it('are bound as texts that take the type asked of them', async () => {
    const one = async (text: string, value: string) => rowsOf(text, { x: value });
    expect(await one('select host from events where v = $x', '1.10')).toEqual([['a']]);
    expect(await one('select host from events where status = $x', '503')).toEqual([['d']]);
    expect(await one('select host from events where ts >= $x', '2020-04-17 10:00:01')).toEqual([
      ['e'],
    ]);
    const hostile = "' or 1=1; drop view events; --\u0000";
    expect(await one('select $x', hostile)).toEqual([[hostile]]);
    expect(await one('select count(*) from events where host = $x', hostile)).toEqual([[0]]);
    expect((await faultOf('select $x')).message).toBe('parameter x: no value was given');
    const unused = await faultOf('select 1', { y: '1' });
    expect(unused.message).toBe('parameter y: the statement does not ask for it');
  });
});

describe('faults', () => {
  it('point at the word in the line typed', async () => {
    expect(await marked('select stauts\nfrom events')).toEqual([
      'CC1254',
      1,
      'stauts',
      'did you mean status?',
    ]);
    const dotted = "select 'é', http.route,\n  e.http.roote\nfrom events e";
    expect(await marked(dotted)).toEqual(['CC1254', 2, 'e.http.roote', 'did you mean http.route?']);
    const behind = "select http.route, 'é' as x, hots from events";
    expect((await marked(behind)).slice(0, 4)).toEqual(['CC1254', 1, 'hots', 'did you mean host?']);
    expect((await marked('select *\nfrom evnts')).slice(1)).toEqual([
      2,
      'evnts',
      'did you mean events?',
    ]);
    expect((await marked('select coutn(*)\n from events'))[3]).toMatch(/^did you mean count/);
    expect((await marked('select 1 form\nwhere where'))[0]).toBe('CC1250');
    expect((await marked("select 1,\n 'a'::int"))[0]).toBe('CC1255');
    expect((await marked("select sum('a')"))[3]).toMatch(/^it takes sum\(/);
  });

  it('have no lines of the engine in them', async () => {
    for (const text of [
      'select x',
      "select date '2020-99-01'",
      'select 1 +',
      "select error('a\nb')",
    ])
      expect((await faultOf(text)).message).not.toMatch(/\n|Error|LINE/);
  });
});

describe('what is said', () => {
  it('tells where another run may differ', async () => {
    const facts = async (text: string) => (await run(text)).end.facts;
    expect(await facts('select 1 from events order by ts limit 1')).toEqual({
      isOrdered: true,
      hasArbitraryLimit: false,
      isSampled: false,
      unstable: [],
      unordered: [],
    });
    expect((await facts('select 1 from events limit 1')).hasArbitraryLimit).toBe(true);
    const inner = 'select count(*) from (select distinct on (host) * from events)';
    expect((await facts(inner)).hasArbitraryLimit).toBe(true);
    expect((await facts('select any_value(host), list(v) from events')).unstable).toEqual([
      'any_value',
    ]);
    expect((await facts('select list(v) from events')).unordered).toEqual(['list']);
    expect((await facts('select list(v order by ts) from events')).unordered).toEqual([]);
    expect((await facts('select host from events using sample 2 rows')).isSampled).toBe(true);
    expect((await facts('describe events')).isOrdered).toBe(true);
  });

  it('stops at the limit of rows and knows that there are more', async () => {
    const { rows, end } = await run('select * from range(5000)', {}, 3);
    expect([rows, end.rowCount, end.cut]).toEqual([[[0], [1], [2]], 3, 'rows']);
    const whole = await run('select * from range(2048)', {}, 2048);
    expect([whole.end.rowCount, whole.end.cut]).toEqual([2048, null]);
    const next = await run('select * from range(2049)', {}, 2048);
    expect([next.end.rowCount, next.end.cut]).toEqual([2048, 'rows']);
  });
});
