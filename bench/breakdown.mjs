// Breakdown questions against the best hand-written DuckDB SQL on the same data files.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pair } from './measure.mjs';

export function breakdown({ cli, duckdb, store, runs }) {
  const table = join(store, 'events');
  const files = readdirSync(table)
    .filter((name) => name.startsWith('date='))
    .flatMap((day) => readdirSync(join(table, day)).map((name) => join(table, day, name)));
  const from = `read_parquet([${files.map((file) => `'${file}'`).join(', ')}], union_by_name = true)`;
  const keys = 'host_name, service_version, http_response_status_code';
  const byKeys = ['--by', 'host,version,status', '--limit', '10000'];
  const questions = [
    {
      what: 'weighted count by host, version, status, 60 days',
      args: byKeys,
      sql: `SELECT ${keys}, sum(weight) AS n FROM ${from} GROUP BY ALL ORDER BY n DESC, ${keys} LIMIT 10000`,
    },
    {
      what: 'by version and status in buckets of 5 minutes, one day, zeros filled in',
      args: ['--by', 'version,status', '--every', '5m', '--window', '2020-04-16'],
      sql: `SELECT (epoch_us(ts) - 1586995200000000) // 300000000 AS bucket, service_version, http_response_status_code, sum(weight) AS n FROM read_parquet([${files
        .filter((file) => file.includes('date=2020-04-16'))
        .map((file) => `'${file}'`)
        .join(
          ', ',
        )}]) GROUP BY ALL ORDER BY bucket, n DESC, service_version, http_response_status_code`,
    },
    {
      what: 'average and longest duration by service, 60 days',
      args: ['--by', 'service', '--calc', 'count,avg,max'],
      sql: `SELECT service_name, sum(weight) AS n, sum(duration_ms * weight) / sum(weight) AS a, max(duration_ms) AS m FROM ${from} GROUP BY ALL ORDER BY n DESC`,
    },
  ];
  const rows = questions.map(({ what, args, sql }) => ({
    what,
    peer: 'hand-written SQL, plain DuckDB process',
    target: '≤ 1.15',
    ...pair({
      ours: [...cli, 'query', ...args, '--store', store, '--format', 'tsv'],
      peer: [...duckdb, sql],
      runs,
    }),
  }));
  return { title: 'Breakdown', rows };
}
