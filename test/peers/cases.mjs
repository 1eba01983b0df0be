// Asks ClickHouse (chDB) all cases of test/cases from a Delta table and compares the answers.
//   node test/peers/cases.mjs
import { runTest } from './install.mjs';

process.exit(runTest('test/query/clickhouse.test.ts', {}));
