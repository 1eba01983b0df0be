/** The program behind its quick answers. One bundle: every further file costs a start its time. */
import { type Call, parseArguments } from './arguments.js';
import { commandList } from './command-list.js';
import { reportFailure } from './report.js';
import { runCommand } from './run-command.js';

export interface ProgramStart {
  readonly argv: readonly string[];
  readonly startedMs: number;
  /** The file that was started; other built entries lie beside it. */
  readonly entry: URL;
}

/** Runs the command called. The exit status. */
export async function runProgram(start: ProgramStart): Promise<number> {
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
  return runCommand({ ...call, ...start });
}
