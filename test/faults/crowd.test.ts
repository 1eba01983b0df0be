/**
 * Many processes on one store, and a disk that is full. `npm run test:faults` runs the long form and
 * prints its figures; COLDCASE_FAULT_SECONDS sets how long the crowd is at work (5).
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCommit } from '../../src/delta/log.js';
import { closeEngine } from './many-ingests.js';
import { eventCount, type Ran, run, start, writeEvents } from './store-process.js';
import { numbersIn } from './worn-store.js';

const seconds = Number(process.env.COLDCASE_FAULT_SECONDS ?? 5);
const eventsPerFile = 400;
const dir = mkdtempSync(join(tmpdir(), 'coldcase-crowd-'));

afterAll(async () => {
  await closeEngine();
  rmSync(dir, { recursive: true, force: true });
});

/** What a query says of itself. */
interface Answered {
  readonly rows: readonly { readonly count: number }[];
  readonly source: { readonly version: number };
}

function expectWhole(store: string, when: string): void {
  const { status, document } = run(store, 'verify');
  expect(document, when).toMatchObject({ whole: true });
  expect(status, when).toBe(0);
}

/** Writers stay within so many parts of each other; retention stays behind all of them. */
const keepDays = 5;
const stepMs = 6 * 3_600_000;
const nowOf = (part: number) => new Date(Date.UTC(2020, 3, 16) + part * stepMs).toISOString();
const dayOf = (part: number) => nowOf(part).slice(0, 10);

interface Read {
  readonly version: number;
  readonly count: number;
}

/** Rows at each version, by the log alone. */
async function rowsByVersion(tableDir: string): Promise<ReadonlyMap<number, number>> {
  const rowsOfFile = new Map<string, number>();
  const found = new Map<number, number>();
  let rows = 0;
  for (let version = 0; ; version += 1) {
    const actions = await readCommit(tableDir, version);
    if (actions === null) return found;
    for (const { path, stats } of actions.adds) {
      const { numRecords } = JSON.parse(stats ?? '{}');
      rowsOfFile.set(path, numRecords);
      rows += numRecords;
    }
    for (const { path } of actions.removes) rows -= rowsOfFile.get(path) ?? Number.NaN;
    found.set(version, rows);
  }
}

describe('a crowd', () => {
  it(`of 4 writers, 2 compactors, retention and 4 readers for ${seconds} s loses nothing`, {
    timeout: (seconds + 600) * 1000,
  }, async () => {
    const store = join(dir, 'crowd');
    const end = Date.now() + seconds * 1000;
    const done = { ingests: 0, compactions: 0, retentions: 0, reads: 0, checks: 0 };
    let next = 0;
    const again = async (work: () => Promise<void>) => {
      while (Date.now() < end) await work();
    };
    const write = async () => {
      const part = next++;
      const path = writeEvents(dir, part, eventsPerFile, stepMs);
      const ran = await start(store, ['ingest', path, '--now', nowOf(part)]);
      expect(ran?.document, path).toMatchObject({ stored: eventsPerFile });
      done.ingests += 1;
      rmSync(path);
    };
    await write();
    const compact = async () => {
      const ran = await start(store, ['compact', '--now', nowOf(next)]);
      expect(ran?.status).toBe(0);
      done.compactions += 1;
    };
    const keep = ['retention', '--keep', `${keepDays}d`, '--yes', '--now'];
    const retain = async () => {
      const ran = await start(store, [...keep, nowOf(next)]);
      expect(ran?.status).toBe(0);
      done.retentions += 1;
    };
    const reads: Read[] = [];
    const reader = async () => {
      let last = -1;
      await again(async () => {
        const ran = await start(store, ['query', '--calc', 'count', '--since', '2020-01-01']);
        const { rows, source } = (ran?.document ?? {}) as unknown as Answered;
        expect(source.version, 'an older version than before').toBeGreaterThanOrEqual(last);
        last = source.version;
        reads.push({ version: last, count: rows[0]?.count ?? 0 });
        done.reads += 1;
      });
    };
    const check = async () => {
      const ran = await start(store, ['verify']);
      expect(ran?.document).toMatchObject({ whole: true });
      done.checks += 1;
    };
    const others = [write, write, write, write, compact, compact, retain, check].map(again);
    await Promise.all([...others, reader(), reader(), reader(), reader()]);
    const byVersion = await rowsByVersion(join(store, 'events'));
    for (const { version, count } of reads) {
      expect(count, `read at version ${version}`).toBe(byVersion.get(version));
    }
    expect(run(store, ...keep, nowOf(next)).status).toBe(0);
    const firstKept = dayOf(next - keepDays * 4);
    const kept = Array.from({ length: next }, (_unused, part) => part)
      .filter((part) => dayOf(part) >= firstKept)
      .flatMap((part) =>
        Array.from({ length: eventsPerFile }, (_unused, n) => part * eventsPerFile + n),
      );
    expect(await numbersIn(store)).toEqual(kept);
    expectWhole(store, 'in the end');
    const versions = new Set(reads.map(({ version }) => version)).size;
    process.stdout.write(
      `crowd, ${seconds} s: ${JSON.stringify(done)}, ${byVersion.size} commits, ` +
        `${versions} versions read\n`,
    );
  });
});

describe('a full disk', () => {
  /** Done on a disk of its own, of so many kB; not at all where none can be made. */
  async function onSmallDisk(kB: number, work: (mounted: string) => Promise<void>) {
    const mounted = join(dir, `small-${kB}`);
    mkdirSync(mounted);
    const options = ['-t', 'tmpfs', '-o', `size=${kB}k`, 'tmpfs', mounted];
    if (spawnSync('mount', options).status !== 0) return false;
    try {
      await work(mounted);
    } finally {
      spawnSync('umount', [mounted]);
    }
    return true;
  }

  const codeOf = ({ document }: Ran) =>
    String((document.fault as { code: string } | undefined)?.code);

  it('stores a file whole or not at all, and says that it is full', {
    timeout: 300_000,
  }, async (test) => {
    const isDone = await onSmallDisk(300, async (mounted) => {
      const store = join(mounted, 'store');
      let stored = 0;
      const codes = new Set<string>();
      for (let number = 0; number < 60 && codes.size === 0; number += 1) {
        const path = writeEvents(dir, 1_000 + number, 3_000);
        const ran = run(store, 'ingest', path, '--no-merge');
        if (ran.status === 0) stored += 3_000;
        else codes.add(codeOf(ran));
        rmSync(path);
      }
      expect(eventCount(store)).toBe(stored);
      expectWhole(store, 'behind a full disk');
      expect([...codes]).toEqual(['CC5001']);
      expect(stored).toBeGreaterThan(0);
      process.stdout.write(`full disk: ${stored} events stored and whole\n`);
    });
    if (!isDone) test.skip();
  });

  it('leaves a store as it was when it fills while days are merged', async (test) => {
    const isDone = await onSmallDisk(2_000, async (mounted) => {
      const store = join(mounted, 'store');
      const parts = [0, 1, 2].map((number) => writeEvents(dir, 2_000 + number, 9_000));
      for (const path of parts) run(store, 'ingest', path, '--no-merge');
      const filler = join(mounted, 'filler');
      for (const leftBytes of [60_000, 0]) {
        const { bavail, bsize } = statfsSync(mounted);
        writeFileSync(filler, Buffer.alloc(bavail * bsize - leftBytes));
        expect(codeOf(run(store, 'compact')), `${leftBytes} bytes left`).toBe('CC5001');
        rmSync(filler);
        expect(eventCount(store)).toBe(27_000);
        expectWhole(store, 'behind a full disk');
      }
      expect(run(store, 'compact').document).toMatchObject({ rows: [{ files: 3 }] });
      expect(eventCount(store)).toBe(27_000);
      expectWhole(store, 'behind a merge');
    });
    if (!isDone) test.skip();
  });

  it('is a fault of a question that spills, which leaves nothing there', async (test) => {
    const isDone = await onSmallDisk(400, async (mounted) => {
      const store = join(dir, 'spilling');
      expect(run(store, 'ingest', writeEvents(dir, 3_000, 200_000)).status).toBe(0);
      const question = ['query', '--by', 'trace.id,id', '--limit', '200000'];
      const small = ['--max-memory', '16MB', '--threads', '1', '--spill-dir'];
      const refused = run(store, ...question, ...small, mounted);
      expect([refused.status, codeOf(refused)]).toEqual([1, 'CC5001']);
      expect(readdirSync(mounted)).toEqual([]);
      const roomy = run(store, ...question, '--max-memory', '24MB', '--spill-dir', dir);
      expect(roomy.document).toMatchObject({ total: 200_000 });
    });
    if (!isDone) test.skip();
  });
});
