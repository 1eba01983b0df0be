/** What the exit status of a command says. */
export const exitCodes = {
  ok: 0,
  fault: 1,
  usage: 2,
  finding: 3,
  bug: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The status for several faults: 2 when any of them is about the command line, else 1. */
export function exitCodeOf(faults: readonly { readonly exitCode: number }[]): ExitCode {
  return faults.some((fault) => fault.exitCode === exitCodes.usage)
    ? exitCodes.usage
    : exitCodes.fault;
}
