/** Ctrl-C asks the command to stop; a second one ends the process at once. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The signal that asked, or null. */
  readonly asked: () => 'SIGINT' | 'SIGTERM' | null;
  readonly dispose: () => void;
}

/** Exit status of a process ended by a signal: 128 and its number. */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** So long a command may tidy up. A statement of the engine has been seen never to come back. */
const patienceMs = 10_000;

/** Listens until disposed. */
export function listenForSignals(): Interruption {
  const controller = new AbortController();
  let asked: 'SIGINT' | 'SIGTERM' | null = null;
  const handle = (name: 'SIGINT' | 'SIGTERM') => (): void => {
    if (asked !== null) process.exit(signalExitCodes[name]);
    asked = name;
    setTimeout(() => process.exit(signalExitCodes[name]), patienceMs).unref();
    controller.abort();
  };
  const onInterrupt = handle('SIGINT');
  const onTerminate = handle('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    signal: controller.signal,
    asked: () => asked,
    dispose: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
