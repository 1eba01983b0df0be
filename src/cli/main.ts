#!/usr/bin/env node
/** The entry of the program: answers what needs no command, and loads the rest for all else. */
import { commandSummaries } from './command-summary.js';
import { programHelp } from './help-text.js';
import { storeCommandOf } from './store-commands.js';
import { coldcaseVersion } from './version-number.js';

type Program = typeof import('./program.js');

const argv = process.argv.slice(2);
const startedMs = performance.now();

/** A reader that went away (`| head -1`) ends the command quietly; cleanup runs at exit. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
  });
}

/** The two things asked most often are answered before the program is loaded. */
function quickAnswer([first, second]: readonly string[]): string | null {
  if (second !== undefined) return null;
  if (first === undefined || first === '--help' || first === '-h')
    return programHelp(commandSummaries);
  return first === '--version' || first === '-V' ? `coldcase ${coldcaseVersion}\n` : null;
}

function beside(name: string): string {
  return new URL(name, import.meta.url).href;
}

async function main(): Promise<number> {
  const quick = quickAnswer(argv);
  if (quick !== null) {
    process.stdout.write(quick);
    return 0;
  }
  if (argv[0] === '__complete') {
    const { runTab }: typeof import('./completion/answer.js') = await import(beside('complete.js'));
    process.stdout.write(await runTab(argv.slice(1), new URL('completion.json', import.meta.url)));
    return 0;
  }
  const start = { argv, startedMs, entry: new URL(import.meta.url) };
  const command = storeCommandOf(argv);
  if (command !== null) {
    const { runProgram }: Program = await import(beside(`program-${command}.js`));
    const status = await runProgram({ ...start, isWhole: false });
    if (status !== null) return status;
  }
  const { runProgram }: Program = await import('./program.js');
  return (await runProgram({ ...start, isWhole: true })) ?? 0;
}

process.exit(await main());
