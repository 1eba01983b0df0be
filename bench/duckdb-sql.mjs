// The peer: one hand-written SQL statement on plain DuckDB, as a whole process, rows to stdout.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { DuckDBInstance } = require('@duckdb/node-api');
const instance = await DuckDBInstance.create(':memory:', {
  temp_directory: `${process.env.TMPDIR ?? '/tmp'}/coldcase-bench-spill-${process.pid}`,
});
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const [sql, shape] = process.argv.slice(2);
const result = await connection.stream(sql);
// As rows come, so that memory stays flat; `objects` is the usual line of JSON a row.
for await (const chunk of shape === 'objects'
  ? result.yieldRowObjectJson()
  : result.yieldRowsJson()) {
  process.stdout.write(chunk.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
connection.closeSync();
