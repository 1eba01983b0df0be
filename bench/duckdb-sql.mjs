// The peer: one hand-written SQL statement on plain DuckDB, as a whole process, rows to stdout.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { DuckDBInstance } = require('@duckdb/node-api');
const instance = await DuckDBInstance.create(':memory:', {
  temp_directory: `${process.env.TMPDIR ?? '/tmp'}/coldcase-bench-spill-${process.pid}`,
});
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
for (const sql of process.argv.slice(2)) {
  const reader = await connection.runAndReadAll(sql);
  for (const row of reader.getRowsJson()) process.stdout.write(`${JSON.stringify(row)}\n`);
}
connection.closeSync();
