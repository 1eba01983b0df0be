// Everything `npm test` means: type check, lint, dead code, package shape, then all tests.
// Ends with the plain line `N passed, N failed`, counting each check as one.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const bin = (name) => join('node_modules', '.bin', name);
const report = join(tmpdir(), `coldcase-tests-${process.pid}.json`);

const checks = [
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['lint', bin('biome'), ['check', '--config-path=.ci/lint.json', '--error-on-warnings', '.']],
  ['dead code', bin('knip'), ['--config', '.ci/knip.json']],
  ['package', bin('publint'), ['--strict']],
];

let passed = 0;
let failed = 0;
for (const [name, command, args] of checks) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (status === 0) passed += 1;
  else failed += 1;
}

const vitest = spawnSync(
  bin('vitest'),
  [
    'run',
    '--config',
    '.ci/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
try {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  if (vitest.status !== 0 && result.numFailedTests === 0) failed += 1;
} catch {
  failed += 1;
}
rmSync(report, { force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
