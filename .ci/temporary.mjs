// One temporary directory for all that a run of the tests makes, taken away behind it, as is that of
// the runner, which leaves its own (21 characters) where it is ended by a signal. A run fails where
// the program left a directory of its own behind.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Not what it spilled: some tests kill it at once, and then nobody can tidy up.
const ofTheProgram = /^coldcase-(demo|dry-run|files|out|sql)-.{6}$/;

export default function setup({ tmpDir }) {
  // Short: answers that are compared to the letter are wrapped by the length of the paths in them.
  const own = mkdtempSync(join(tmpdir(), 'cc-'));
  process.env.TMPDIR = own;
  process.on('exit', () => {
    for (const dir of [own, tmpDir]) rmSync(dir, { recursive: true, force: true });
  });
  for (const name of ['SIGHUP', 'SIGTERM']) process.once(name, () => process.exit(1));
  return () => {
    const left = readdirSync(own).filter((name) => ofTheProgram.test(name));
    if (left.length === 0) return;
    console.error(`the program left behind: ${left.join(' ')}`);
    process.exitCode = 1;
  };
}
