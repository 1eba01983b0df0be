/** A yes before something is removed: `--yes`, or an answer at a terminal; nowhere else. */
import { createInterface } from 'node:readline/promises';
import { Fault } from '../base/fault.js';
import type { Invocation } from './command.js';
import { flagOption } from './option-values.js';

/** False when a person said no. **Faults** CC4012 when nobody can be asked. */
export async function confirmed(invocation: Invocation, what: string): Promise<boolean> {
  const { values, terminal, signal, progress } = invocation;
  if (flagOption(values, 'yes') === true) return true;
  if (!terminal.stderrTty || process.stdin.isTTY !== true) throw new Fault('CC4012', { what });
  progress.clear();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${what}? [y/N] `, { signal })).trim());
  } finally {
    prompt.close();
  }
}
