/**
 * `kill -9` at random instants of an ingest: the store opens, holds the file whole or not at all,
 * and takes it again exactly once. `COLDCASE_KILLS` sets how many (100); the seed is printed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
const kills = Number(process.env.COLDCASE_KILLS ?? 100);
const eventsPerFile = 3_000;
const seed = 20_200_416;
const dir = mkdtempSync(join(tmpdir(), 'coldcase-kill-'));
const store = join(dir, 'store');

afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A small linear congruential generator: enough for instants, and the same every time. */
function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function run(...args: string[]): { status: number | null; document: Record<string, unknown> } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cli, ...args, '--store', store, '--json'],
    { encoding: 'utf8' },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  try {
    return { status, document: JSON.parse(last) };
  } catch {
    throw new Error(`${args.join(' ')} ended with ${status}: ${stdout} ${stderr}`);
  }
}

function eventCount(): number {
  const { rows } = run('query', '--calc', 'count').document as { rows: { count: number }[] };
  return rows[0]?.count ?? 0;
}

function writeEvents(number: number): string {
  const path = join(dir, `part-${number}.ndjson`);
  const start = Date.UTC(2020, 3, 16) + number * 60_000;
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

/** Starts an ingest and kills it after the delay; resolves to whether it had already ended. */
function ingestAndKill(path: string, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, 'ingest', path, '--store', store, '--json'], {
      stdio: 'ignore',
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

describe('kill -9', () => {
  it(`loses no acknowledged event and stores none twice (${kills} kills, seed ${seed})`, {
    timeout: 900_000,
  }, async () => {
    const random = randomFrom(seed);
    run('ingest', writeEvents(0));
    let stored = eventsPerFile;
    const started = performance.now();
    run('ingest', writeEvents(1));
    stored += eventsPerFile;
    const wholeMs = performance.now() - started;
    const outcomes = { before: 0, after: 0 };
    for (let kill = 0; kill < kills; kill += 1) {
      const path = writeEvents(kill + 2);
      const acknowledged = await ingestAndKill(path, random() * wholeMs * 1.1);
      const opened = run('status');
      expect(opened.status, `kill ${kill}`).toBe(0);
      const again = run('ingest', path);
      expect(again.status, `kill ${kill}`).toBe(0);
      const { stored: nowStored, duplicates } = again.document;
      if (acknowledged) expect(nowStored, `kill ${kill}`).toBe(0);
      expect([0, eventsPerFile]).toContain(nowStored);
      expect(Number(nowStored) + Number(duplicates)).toBe(eventsPerFile);
      outcomes[nowStored === 0 ? 'after' : 'before'] += 1;
      stored += eventsPerFile;
      if (kill % 10 === 9) expect(eventCount(), `kill ${kill}`).toBe(stored);
    }
    expect(eventCount()).toBe(stored);
    expect(outcomes.before).toBeGreaterThan(0);
  });
});
