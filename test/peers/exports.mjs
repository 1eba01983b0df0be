// Asks a store one long question, exports it to all kinds of files, and lets others read them:
// apache-arrow, hyparquet, ClickHouse (chDB) and, where it is installed, Chromium without a network.
//   node test/peers/exports.mjs STORE
import { resolve } from 'node:path';
import { runTest } from './install.mjs';

const [store] = process.argv.slice(2);
if (store === undefined) {
  console.error('usage: node test/peers/exports.mjs STORE');
  process.exit(2);
}
process.exit(runTest('test/queries/answer-files.test.ts', { COLDCASE_STORE: resolve(store) }));
