// Installs the peers into this folder when they are missing; the project itself needs none of them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

export function installPeers() {
  if (existsSync(join(here, 'node_modules', 'chdb'))) return;
  // Not `npm ci`: it refuses a lock file without the optional packages of other platforms.
  const args = ['install', '--no-save', '--no-audit', '--no-fund'];
  execFileSync('npm', args, { cwd: here, stdio: ['ignore', 2, 'inherit'] });
}

// One test of the project, with what it prints. Gives its exit status.
export function runTest(file, env) {
  installPeers();
  const config = ['--config', '.ci/vitest.config.ts', '--disable-console-intercept=true'];
  const { status } = spawnSync('npx', ['vitest', 'run', ...config, file], {
    cwd: join(here, '..', '..'),
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  return status ?? 1;
}
