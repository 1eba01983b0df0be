// Ingest of NDJSON with every line checked, against DuckDB's own reader and one unsorted COPY.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pair } from './measure.mjs';

const columns = {
  timestamp: 'TIMESTAMPTZ',
  'service.name': 'VARCHAR',
  'service.version': 'VARCHAR',
  'host.name': 'VARCHAR',
  'cloud.region': 'VARCHAR',
  'cloud.availability_zone': 'VARCHAR',
  'http.request.method': 'VARCHAR',
  'http.route': 'VARCHAR',
  'customer.id': 'VARCHAR',
  'http.response.status_code': 'BIGINT',
  duration_ms: 'BIGINT',
  'trace.id': 'VARCHAR',
  'error.message': 'VARCHAR',
  sample_rate: 'BIGINT',
};

export function ingest({ cli, duckdb, logs, dir, runs }) {
  const target = join(dir, 'ingested');
  const parquet = join(dir, 'peer.parquet');
  const files = readdirSync(logs).map((name) => join(logs, name));
  const schema = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`);
  const list = files.map((file) => `'${file}'`).join(', ');
  const sql = `COPY (SELECT * FROM read_json([${list}], format = 'newline_delimited', columns = {${schema.join(', ')}})) TO '${parquet}' (FORMAT parquet, COMPRESSION zstd)`;
  const before = () => {
    rmSync(target, { recursive: true, force: true });
    rmSync(parquet, { force: true });
  };
  const times = pair({
    ours: [...cli, 'ingest', ...files, '--store', target, '--json'],
    peer: [...duckdb, sql],
    runs,
    before,
  });
  before();
  const what = 'ingest: checked, sorted, one file a day, committed';
  return {
    title: 'Ingest of NDJSON',
    rows: [{ what, peer: 'DuckDB `read_json` → one `COPY`, unchecked', target: '≤ 2', ...times }],
  };
}
