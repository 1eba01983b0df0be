/** Commands of the built program in processes of their own, that can be killed. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Runs a command to its end. */
export function run(store: string, ...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...args, '--store', store, '--json'],
    { encoding: 'utf8' },
  );
  return {
    status,
    document: documentOf(stdout, `${args.join(' ')} ended with ${status} ${stderr}`),
  };
}

/** The same beside others; killed after `killMs`, then null. */
export function start(
  store: string,
  args: readonly string[],
  killMs: number | null = null,
): Promise<Ran | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args, '--store', store, '--json']);
    const timer = killMs === null ? null : setTimeout(() => child.kill('SIGKILL'), killMs);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', (status, signal) => {
      if (timer !== null) clearTimeout(timer);
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
      id: number * eventsPerFile + index,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}
