// Makes a fresh clone ready: installs what the lock file names when it is missing, and builds
// `dist/` when it is older than the sources. Uses nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const installed = join(root, 'node_modules', '.package-lock.json');
const lock = join(root, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs - 1000) {
  console.error('installing the packages of package-lock.json');
  // Not `npm ci`: it refuses a lock file without the optional packages of other platforms, and
  // not every registry has all of them. What the lock file names is installed at that version.
  run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']);
}

if (process.argv.includes('--build')) {
  const marker = join(root, 'dist', 'cli.js');
  const sources = ['src', 'package.json', '.ci/build.mjs', '.ci/tsconfig.build.json'];
  const changed = Math.max(...sources.map((source) => newest(join(root, source))));
  if (!existsSync(marker) || statSync(marker).mtimeMs < changed) {
    run(process.execPath, [join(root, '.ci', 'build.mjs')]);
  }
}
