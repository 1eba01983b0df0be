/**
 * A store whose every command may be killed at a random instant, again and again: what is there is
 * what its finished commands say, each event once. Half of the instants lie behind the start of the
 * command, half behind its first commit. COLDCASE_KILLS sets how many (25), COLDCASE_SEED which.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeEngine } from './many-ingests.js';
import { type KillTime, randomFrom, run, start, writeEvents } from './store-process.js';
import { cellsIn } from './worn-store.js';

const kills = Number(process.env.COLDCASE_KILLS ?? 25);
/** A day has enough for rollups and fingerprints. */
const eventsPerFile = 5_500;
const hosts = [0, 1, 2, 3, 4, 5, 6];
const stepMs = 6 * 3_600_000;
const seed = Number(process.env.COLDCASE_SEED ?? 20_200_416);
const dir = mkdtempSync(join(tmpdir(), 'coldcase-kill-'));
const store = join(dir, 'store');

afterAll(async () => {
  await closeEngine();
  rmSync(dir, { recursive: true, force: true });
});

/** Events by file and host, as `cellsIn` names them: a command moves all of one or none. */
type Cells = ReadonlySet<string>;

/** One command, and which events there are once it is done. */
interface Step {
  readonly name: string;
  readonly args: readonly string[];
  readonly after: Cells;
}

const startMs = Date.UTC(2020, 3, 16);
const nowOf = (part: number) => new Date(startMs + part * stepMs + 3_600_000).toISOString();

function ingestStep(part: number, before: Cells): Step {
  const path = writeEvents(dir, part, eventsPerFile, stepMs);
  const args = ['ingest', path, '--now', nowOf(part)];
  return {
    name: 'ingest',
    args,
    after: new Set([...before, ...hosts.map((host) => `${part}/${host}`)]),
  };
}

/** Something else that a store does, with `part` as the newest file. */
function otherStep(random: () => number, part: number, before: Cells): Step {
  const now = ['--now', nowOf(part)];
  const kept = (keep: (part: number, host: number) => boolean) =>
    new Set([...before].filter((cell) => keep(partOf(cell), Number(cell.split('/')[1]))));
  const choice = random();
  if (choice < 0.4) return { name: 'compact', args: ['compact', ...now], after: before };
  if (choice < 0.7) {
    const days = 2 + Math.floor(random() * 3);
    const firstDay = Math.floor(Date.parse(nowOf(part)) / 86_400_000) - days;
    const dayOf = (of: number) => Math.floor((startMs + of * stepMs) / 86_400_000);
    const args = ['retention', '--keep', `${days}d`, '--yes', ...now];
    return { name: 'retention', args, after: kept((of) => dayOf(of) >= firstDay) };
  }
  const gone = Math.floor(random() * hosts.length);
  const args = ['forget', '--where', `host.name = api-${gone}`, '--yes', ...now];
  return { name: 'forget', args, after: kept((_part, host) => host !== gone) };
}

const partOf = (cell: string) => Number(cell.split('/')[0]);

/** Its cells, each whole and each event once. */
async function found(what: string): Promise<readonly string[]> {
  const cells = await cellsIn(store, eventsPerFile);
  for (const [cell, count, different] of cells) {
    const size = Math.ceil((eventsPerFile - Number(cell.split('/')[1])) / hosts.length);
    expect([count, different], `${what}, ${cell}`).toEqual([size, size]);
  }
  return cells.map(([cell]) => cell).sort();
}

const sorted = (cells: Cells) => [...cells].sort();

function expectWhole(): void {
  const { whole, rows } = run(store, 'verify').document;
  expect({ whole, rows }).toEqual({ whole: true, rows: [] });
}

/** Starting takes the first part of a command and writes nothing. */
function killTime(random: () => number, wholeMs: number): KillTime {
  return random() < 0.5
    ? { behind: 'start', ms: wholeMs * (0.25 + 0.9 * random()) }
    : { behind: 'commit', ms: wholeMs * 0.4 * random() };
}

describe('kill -9', () => {
  it(`at ${kills} random instants loses nothing and doubles nothing (seed ${seed})`, {
    timeout: 7_200_000,
  }, async () => {
    const random = randomFrom(seed);
    const tally = new Map<string, number>();
    let known: Cells = new Set();
    let [part, done, wholeMs] = [0, 0, 1_000];
    const first = ingestStep(part++, known);
    expect(run(store, ...first.args).status).toBe(0);
    known = first.after;
    let step = ingestStep(part, known);
    let wasDone = false;
    while (done < kills) {
      const begun = performance.now();
      const ran = await start(store, step.args, killTime(random, wholeMs));
      if (ran !== null) wholeMs = (wholeMs + performance.now() - begun) / 2;
      const what = `${step.name} ${step.args[1]}, kill ${done}`;
      const cells = await found(what);
      const isDone = JSON.stringify(cells) === JSON.stringify(sorted(step.after));
      if (ran !== null) expect(ran.status, what).toBe(0);
      if (ran !== null || isDone) expect(cells, what).toEqual(sorted(step.after));
      else expect(cells, what).toEqual(sorted(known));
      if (ran === null) {
        done += 1;
        const key = `${step.name} ${wasDone ? 'done before' : isDone ? 'done' : 'not done'}`;
        tally.set(key, (tally.get(key) ?? 0) + 1);
        if (done % 25 === 0) {
          expectWhole();
          process.stdout.write(`${done} kills, seed ${seed}: ${JSON.stringify([...tally])}\n`);
        }
      }
      wasDone = isDone;
      // What was not acknowledged is done again, though it may be there.
      if (ran === null && random() < 0.7) continue;
      wasDone = false;
      if (isDone) known = step.after;
      if (isDone && step.name === 'ingest') part += 1;
      const again = step.name !== 'ingest' || random() < 0.5;
      step = again ? ingestStep(part, known) : otherStep(random, Math.max(0, part - 1), known);
    }
    expectWhole();
    process.stdout.write(`${kills} kills in all: ${JSON.stringify([...tally])}\n`);
  });
});
