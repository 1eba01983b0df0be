/**
 * The program behind its quick answers. Built whole, and once more for each command that asks a
 * store, without what that command never needs.
 */
import { type Call, parseArguments } from './arguments.js';
import { commandList } from './command-list.js';
import { isLean } from './lean-program.js';
import { reportFailure } from './report.js';
import { runCommand } from './run-command.js';

/** How the program was started. */
export interface ProgramStart {
  readonly argv: readonly string[];
  readonly startedMs: number;
  /** The file that was started; other built entries lie beside it. */
  readonly entry: URL;
  /** False in the program of one command, which holds less. */
  readonly isWhole: boolean;
}

/** Runs the command called. The exit status; null when it takes what this program leaves out. */
export async function runProgram(start: ProgramStart): Promise<number | null> {
  const { argv, startedMs } = start;
  let call: Call;
  try {
    call = await parseArguments(argv, commandList);
  } catch (error) {
    return reportFailure(error, { argv, settings: null, startedMs });
  }
  if (call.kind === 'text') {
    process.stdout.write(call.text);
    return 0;
  }
  if (!start.isWhole && !isLean(call, process.env)) return null;
  return runCommand({ ...call, ...start });
}
