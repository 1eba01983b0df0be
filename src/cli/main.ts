#!/usr/bin/env node
/** The entry of the program. Loads only what the command called needs. */
import { performance } from 'node:perf_hooks';
import type { Call } from './arguments.js';
import { commandList } from './command-list.js';
import { programHelp } from './help-text.js';
import { coldcaseVersion } from './version-number.js';

const argv = process.argv.slice(2);
const startedMs = performance.now();

/** A reader that went away (`| head -1`) ends the command quietly; cleanup runs at exit. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
}

/** The two things asked most often are answered before the parser of arguments is loaded. */
function quickAnswer([first, second]: readonly string[]): string | null {
  if (second !== undefined) return null;
  if (first === undefined || first === '--help' || first === '-h') return programHelp(commandList);
  return first === '--version' || first === '-V' ? `coldcase ${coldcaseVersion}\n` : null;
}

async function main(): Promise<number> {
  const quick = quickAnswer(argv);
  if (quick !== null) {
    process.stdout.write(quick);
    return 0;
  }
  const { parseArguments } = await import('./arguments.js');
  let call: Call;
  try {
    call = await parseArguments(argv, commandList);
  } catch (error) {
    const { reportFailure } = await import('./report.js');
    return reportFailure(error, { argv, settings: null, startedMs });
  }
  if (call.kind === 'text') {
    process.stdout.write(call.text);
    return 0;
  }
  const { runCommand } = await import('./run-command.js');
  return runCommand({ ...call, argv, startedMs, entry: new URL(import.meta.url) });
}

process.exit(await main());
