/**
 * A store whose every command may be killed at a random instant, again and again: what is there is
 * what its finished commands say, each event once. COLDCASE_KILLS sets how many (25).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeEngine } from './many-ingests.js';
import { randomFrom, run, start, writeEvents } from './store-process.js';
import { numbersIn } from './worn-store.js';

const kills = Number(process.env.COLDCASE_KILLS ?? 25);
const eventsPerFile = 200;
const stepMs = 6 * 3_600_000;
const seed = 20_200_416;
const dir = mkdtempSync(join(tmpdir(), 'coldcase-kill-'));
const store = join(dir, 'store');

afterAll(async () => {
  await closeEngine();
  rmSync(dir, { recursive: true, force: true });
});

/** One command, and which events there are once it is done. */
interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly after: ReadonlySet<number>;
}

const startMs = Date.UTC(2020, 3, 16);
const nowOf = (part: number) => new Date(startMs + part * stepMs + 3_600_000).toISOString();

function ingestStep(part: number, before: ReadonlySet<number>): Step {
  const path = writeEvents(dir, part, eventsPerFile, stepMs);
  const numbers = Array.from({ length: eventsPerFile }, (_unused, n) => part * eventsPerFile + n);
  const args = ['ingest', path, '--now', nowOf(part)];
  return { name: 'ingest', args, after: new Set([...before, ...numbers]) };
}

/** Something else that a store does, with `part` as the newest file. */
function otherStep(random: () => number, part: number, before: ReadonlySet<number>): Step {
  const now = ['--now', nowOf(part)];
  const kept = (keep: (number: number) => boolean) => new Set([...before].filter(keep));
  const choice = random();
  if (choice < 0.4) return { name: 'compact', args: ['compact', ...now], after: before };
  if (choice < 0.7) {
    const days = 2 + Math.floor(random() * 3);
    const firstDay = Math.floor(Date.parse(nowOf(part)) / 86_400_000) - days;
    const dayOf = (number: number) =>
      Math.floor((startMs + Math.floor(number / eventsPerFile) * stepMs) / 86_400_000);
    const args = ['retention', '--keep', `${days}d`, '--yes', ...now];
    return { name: 'retention', args, after: kept((number) => dayOf(number) >= firstDay) };
  }
  const host = Math.floor(random() * 7);
  const args = ['forget', '--where', `host.name = api-${host}`, '--yes', ...now];
  return { name: 'forget', args, after: kept((n) => (n % eventsPerFile) % 7 !== host) };
}

const sorted = (numbers: ReadonlySet<number>) => [...numbers].sort((a, b) => a - b);

describe('kill -9', () => {
  it(`at ${kills} random instants loses nothing and doubles nothing (seed ${seed})`, {
    timeout: 7_200_000,
  }, async () => {
    const random = randomFrom(seed);
    const tally = new Map<string, number>();
    let known: ReadonlySet<number> = new Set();
    let [part, done, wholeMs] = [0, 0, 1_000];
    const first = ingestStep(part++, known);
    expect(run(store, ...first.args).status).toBe(0);
    known = first.after;
    let step = ingestStep(part, known);
    while (done < kills) {
      const begun = performance.now();
      // Starting takes the first part of it and writes nothing.
      const ran = await start(store, step.args, wholeMs * (0.25 + 0.9 * random()));
      if (ran !== null) wholeMs = (wholeMs + performance.now() - begun) / 2;
      const what = `${step.name} ${step.args[1]}, kill ${done}`;
      const found = await numbersIn(store);
      const isDone = JSON.stringify(found) === JSON.stringify(sorted(step.after));
      if (ran !== null) expect(ran.status, what).toBe(0);
      if (ran !== null || isDone) expect(found, what).toEqual(sorted(step.after));
      else expect(found, what).toEqual(sorted(known));
      if (ran === null) {
        done += 1;
        const key = `${step.name} ${isDone ? '' : 'not '}done`;
        tally.set(key, (tally.get(key) ?? 0) + 1);
        if (done % 25 === 0) expect(run(store, 'verify').document).toMatchObject({ whole: true });
      }
      // What was not acknowledged is done again, though it may be there.
      if (ran === null && random() < 0.7) continue;
      if (isDone) known = step.after;
      if (isDone && step.name === 'ingest') part += 1;
      const again = step.name !== 'ingest' || random() < 0.5;
      step = again ? ingestStep(part, known) : otherStep(random, Math.max(0, part - 1), known);
    }
    expect(run(store, 'verify').document).toMatchObject({ whole: true });
    process.stdout.write(`${kills} kills: ${JSON.stringify([...tally])}\n`);
  });
});
