// `scan` and `explain` against the fastest hand-written DuckDB pass over the same data files that
// counts what each of them needs: host, version, status by minute; eleven columns of one day, and of
// the ten days before as well, since `explain` compares with them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pair } from './measure.mjs';

export function scan({ cli, duckdb, store, runs }) {
  const table = join(store, 'events');
  const days = readdirSync(table).filter((name) => name.startsWith('date='));
  const files = (names) =>
    names
      .flatMap((day) => readdirSync(join(table, day)).map((name) => `'${join(table, day, name)}'`))
      .join(', ');
  const all = `read_parquet([${files(days)}], union_by_name = true)`;
  const lastDays = days.filter((name) => name <= 'date=2020-04-16').slice(-11);
  const day = `read_parquet([${files(lastDays.slice(-1))}])`;
  const sameRows = `read_parquet([${files(lastDays)}], union_by_name = true)`;
  const columns = [
    'cloud_availability_zone',
    'cloud_region',
    'customer_id',
    'duration_ms',
    'error_message',
    'host_name',
    'http_request_method',
    'http_response_status_code',
    'http_route',
    'service_name',
    'service_version',
  ];
  const sets = columns.map((name) => `(${name})`).join(', ');
  const count = (where) => `count(*) FILTER (WHERE ${where})`;
  const [isBad, isNow] = ['http_response_status_code >= 400', "ts >= '2020-04-16'"];
  const explain = {
    what: `explain of one day, ${columns.length} columns`,
    args: ['explain', '--window', '2020-04-16', '--bad', 'status >= 400'],
  };
  const questions = [
    {
      what: 'scan of 60 days, every detector',
      peerWords: 'one pass: host, version, status by minute',
      target: '< 5 s at 2 M events',
      args: ['scan', '--fail-on', 'critical'],
      sql: `SELECT epoch_us(ts) // 60000000 AS minute, host_name, service_version, http_response_status_code, count(*) AS n FROM ${all} GROUP BY ALL HAVING n > 1000`,
    },
    {
      ...explain,
      peerWords: 'one pass with GROUPING SETS',
      target: '≤ 1.5',
      sql: `SELECT ${columns.join(', ')}, count(*) AS n, ${count(isBad)} AS bad FROM ${day} GROUP BY GROUPING SETS (${sets}) ORDER BY bad DESC LIMIT 1000`,
    },
    {
      ...explain,
      peerWords: 'one such pass over the ten days before as well',
      target: '–',
      sql: `SELECT ${columns.join(', ')}, count(*) AS n, ${count(isBad)} AS bad, ${count(isNow)} AS now, ${count(`${isNow} AND ${isBad}`)} AS bad_now FROM ${sameRows} GROUP BY GROUPING SETS (${sets}) ORDER BY bad DESC LIMIT 1000`,
    },
  ];
  const rows = questions.map(({ what, peerWords, target, args, sql }) => ({
    what,
    peer: peerWords,
    target,
    ...pair({
      ours: [...cli, ...args, '--store', store],
      peer: [...duckdb, sql],
      runs,
      codes: [0, 3],
    }),
  }));
  return { title: 'Scan and explain', rows };
}
