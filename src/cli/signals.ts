/**
 * What asks a command to stop: Ctrl-C, a closed terminal, `kill`. A second signal ends the process
 * at once. Node takes back what `nohup` did, so a closed terminal ends that too.
 */

/** Exit status of a process ended by a signal: 128 and its number. */
export const signalExitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export type StopSignal = keyof typeof signalExitCodes;

export interface Interruption {
  readonly signal: AbortSignal;
  /** The signal that asked, or null. */
  readonly asked: () => StopSignal | null;
  readonly dispose: () => void;
}

/** So long a command may tidy up. A statement of the engine has been seen never to come back. */
const patienceMs = 10_000;

/** Listens until disposed. */
export function listenForSignals(): Interruption {
  const controller = new AbortController();
  let asked: StopSignal | null = null;
  const handle = (name: StopSignal): void => {
    if (asked !== null) process.exit(signalExitCodes[name]);
    asked = name;
    setTimeout(() => process.exit(signalExitCodes[name]), patienceMs).unref();
    controller.abort();
  };
  const names: readonly StopSignal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];
  for (const name of names) process.on(name, handle);
  return {
    signal: controller.signal,
    asked: () => asked,
    dispose: () => {
      for (const name of names) process.off(name, handle);
    },
  };
}
