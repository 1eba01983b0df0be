// Asks ClickHouse (chDB) all cases of test/cases from a Delta table and compares the answers.
//   node test/peers/cases.mjs
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { installPeers } from './install.mjs';

installPeers();
const config = ['--config', '.ci/vitest.config.ts', '--disable-console-intercept=true'];
const { status } = spawnSync('npx', ['vitest', 'run', ...config, 'test/query/clickhouse.test.ts'], {
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  stdio: 'inherit',
});
process.exit(status ?? 1);
