/** Commands of the built program in processes of their own, that can be killed. */
import { spawn, spawnSync } from 'node:child_process';
import { watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const cli = new URL('../../dist/cli.js', import.meta.url).pathname;

/** A small linear congruential generator: enough for instants, and the same every time. */
export function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface Ran {
  readonly status: number | null;
  readonly document: Readonly<Record<string, unknown>>;
}

function documentOf(stdout: string, what: string): Ran['document'] {
  try {
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch {
    throw new Error(`${what}: ${stdout}`);
  }
}

/** What is killed leaves what it spilled, beside its store and gone with it. */
export function besides(store: string): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: dirname(store) };
}

/** Runs a command to its end. */
export function run(store: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...args, '--store', store, '--json'],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, env: besides(store) },
  );
  return {
    status,
    document: documentOf(stdout, `${args.join(' ')} ended with ${status} ${stderr}`),
  };
}

/** When a command is killed: so long behind its start, or behind its first commit. */
export interface KillTime {
  readonly behind: 'start' | 'commit';
  readonly ms: number;
}

/** Calls once, at that time. Returns what gives it up. */
function atTime(store: string, { behind, ms }: KillTime, call: () => void): () => void {
  let timer: NodeJS.Timeout | null = behind === 'start' ? setTimeout(call, ms) : null;
  const watcher =
    behind === 'start'
      ? null
      : watch(join(store, 'events', '_delta_log'), (_event, name) => {
          if (/^\d{20}\.json$/.test(name ?? '')) timer ??= setTimeout(call, ms);
        });
  return () => {
    if (timer !== null) clearTimeout(timer);
    watcher?.close();
  };
}

/** The same beside others; null when it was killed. */
export function start(
  store: string,
  args: readonly string[],
  kill: KillTime | null = null,
): Promise<Ran | null> {
  return new Promise((resolve, reject) => {
    const words = [cli, ...args, '--store', store, '--json'];
    const child = spawn(process.execPath, words, { env: besides(store) });
    const giveUp = kill === null ? null : atTime(store, kill, () => child.kill('SIGKILL'));
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status, signal) => {
      giveUp?.();
      if (signal !== null) return resolve(null);
      try {
        resolve({ status, document: documentOf(stdout, `${args.join(' ')}: ${status} ${stderr}`) });
      } catch (error) {
        reject(error);
      }
    });
  });
}

export function eventCount(store: string): number {
  const { rows } = run(store, 'query', '--calc', 'count').document as { rows: { count: number }[] };
  return rows[0]?.count ?? 0;
}

/** A file of events that no other number has, a minute behind those before. */
export function writeEvents(
  dir: string,
  number: number,
  eventsPerFile: number,
  stepMs = 60_000,
): string {
  const path = join(dir, `part-${number}.ndjson`);
  const start = Date.UTC(2020, 3, 16) + number * stepMs;
  const lines = Array.from({ length: eventsPerFile }, (_unused, index) =>
    JSON.stringify({
      timestamp: new Date(start + index * 17).toISOString(),
      'host.name': `api-${index % 7}`,
      'service.version': `build-${index % 3}`,
      status: index % 11 === 0 ? 500 : 200,
      duration_ms: index % 1_000,
      'trace.id': `${number}-${Math.floor(index / 5)}`,
      id: number * eventsPerFile + index,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
