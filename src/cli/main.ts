#!/usr/bin/env node
/** The entry of the program. Loads only what the command called needs. */
import { performance } from 'node:perf_hooks';
import { type Call, parseArguments } from './arguments.js';
import { commandList } from './command-list.js';

const argv = process.argv.slice(2);
const startedMs = performance.now();

/** A reader that went away (`| head -1`) ends the command quietly; cleanup runs at exit. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
}

async function main(): Promise<number> {
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
  const entry = new URL(import.meta.url);
  return runCommand({ ...call, argv, startedMs, entry });
}

process.exit(await main());
