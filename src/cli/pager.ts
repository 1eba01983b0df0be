/** Long answers go through a pager, as git's do: only on a terminal, only when they do not fit. */
import type { Environment, Terminal } from './terminal.js';

/** Quits when all fits one screen, keeps colour, leaves the text on the screen. */
const defaultPager = 'less -FRX';

/**
 * The pager a person wants: `COLDCASE_PAGER`, else `PAGER`, else less; null for none. An empty one
 * and `cat` mean none.
 */
export function pagerCommand(env: Environment, terminal: Terminal): string | null {
  if (!terminal.stdoutTty || terminal.height === null || env.TERM === 'dumb') return null;
  const command = env.COLDCASE_PAGER ?? env.PAGER ?? defaultPager;
  return command.trim() === '' || command.trim() === 'cat' ? null : command;
}

/** True when the text and the prompt behind it are on the screen at once. */
export function fitsScreen(text: string, { height }: Terminal): boolean {
  return height === null || text.split('\n').length - 1 < height;
}

/** Shows the text and resolves when the person has left. A pager that cannot start is passed by. */
export async function page(text: string, command: string, env: Environment): Promise<void> {
  const release = holdInterrupts();
  try {
    const status = await run(text, command, env);
    if (status === notFound) process.stdout.write(text);
  } finally {
    release();
  }
}

/** What a shell answers when there is no such program. */
const notFound = 127;

async function run(text: string, command: string, env: Environment): Promise<number | null> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', command], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS: 'FRX', LV: '-c', ...env },
    });
    child.on('error', () => resolve(notFound));
    child.on('close', resolve);
    // Leaving a pager early closes its end of the pipe; that is no failure.
    child.stdin.on('error', () => {});
    child.stdin.end(text);
  });
}

/** Ctrl-C is the pager's own while it runs: it stops a search there, it does not end the answer. */
function holdInterrupts(): () => void {
  const listeners = process.listeners('SIGINT');
  const ignore = (): void => {};
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', ignore);
  return () => {
    process.off('SIGINT', ignore);
    for (const listener of listeners) process.on('SIGINT', listener);
  };
}
