// Raw events as files: Arrow against the usual way out of a database, an object and a line of JSON a
// row, in CPU time; and the memory an export of everything needs, which must not grow with it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pair, runOnce } from './measure.mjs';

const columns = [
  'ts',
  'host_name',
  'service_version',
  'http_response_status_code',
  'duration_ms',
  'customer_id',
];
const typed = ['time', 'host', 'version', 'status', 'duration', 'customer'];

export function exports({ cli, duckdb, store }) {
  const table = join(store, 'events');
  const files = readdirSync(table)
    .filter((name) => name.startsWith('date='))
    .flatMap((name) => readdirSync(join(table, name)).map((file) => join(table, name, file)));
  const source = `read_parquet([${files.map((file) => `'${file}'`)}], union_by_name = true)`;
  const ours = [...cli, 'export', '--store', store, '--quiet'];
  const arrow = (more, list) => ({
    ours: [...ours, ...more, '--format', 'arrows'],
    peer: [...duckdb, `SELECT ${list} FROM ${source} ORDER BY ts`, 'objects'],
  });
  const rows = [
    { what: 'six columns to Arrow', ...arrow(['--columns', typed.join(',')], columns) },
    { what: 'all columns to Arrow', ...arrow([], '*') },
  ].map(({ what, ...both }) => ({
    what,
    peer: 'DuckDB, `JSON.stringify` row by row',
    target: 'CPU ≤ 0.2',
    // The peer takes some 20 µs an event: once tells enough of a ratio of five and more.
    ...pair({ ...both, runs: 1, warmUps: 0 }),
  }));
  const memory = ['parquet', 'arrows', 'csv', 'ndjson'].map((format) => {
    const peak = (limit) => runOnce([...ours, '--format', format, ...limit]);
    const [whole, part] = [peak([]), peak(['--limit', '200000'])];
    return {
      what: `all events to ${format}`,
      oursMs: whole.rssMiB,
      peer: '200,000 events',
      peerMs: part.rssMiB,
      ratio: whole.rssMiB / part.rssMiB,
      target: 'flat',
    };
  });
  return [
    { title: 'Exports', runs: 1, rows },
    { title: 'Memory of exports', unit: 'MiB', runs: 1, rows: memory },
  ];
}
