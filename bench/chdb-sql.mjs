// The other peer: one statement on ClickHouse (chDB), as a whole process, rows to stdout. chDB reads
// only below the directory it is started in.
import { createRequire } from 'node:module';

const [peers, directory, sql] = process.argv.slice(2);
const { query } = createRequire(`${peers}/`)('chdb');
process.chdir(directory);
process.stdout.write(query(sql, 'JSONCompactEachRow'));
