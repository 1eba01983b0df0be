// Installs the peers into this folder when they are missing; the project itself needs none of them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

export function installPeers() {
  if (existsSync(join(here, 'node_modules', 'chdb'))) return;
  const args = ['ci', '--no-audit', '--no-fund'];
  execFileSync('npm', args, { cwd: here, stdio: ['ignore', 2, 'inherit'] });
}
