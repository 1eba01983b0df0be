/**
 * Interrupted and crowded stores. `npm run test:faults` runs the long form and prints its figures:
 * COLDCASE_FAULT_KILLS sets the kills of each command, COLDCASE_FAULT_SECONDS the crowd.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventCount, randomFrom, run, start, writeEvents } from './store-process.js';

const kills = Number(process.env.COLDCASE_FAULT_KILLS ?? 1);
const seconds = Number(process.env.COLDCASE_FAULT_SECONDS ?? 5);
const eventsPerFile = 400;
const fileCount = 10;
const seed = 20_200_417;
const dir = mkdtempSync(join(tmpdir(), 'coldcase-crowd-'));
const base = join(dir, 'base');

beforeAll(() => {
  for (let number = 0; number < fileCount; number += 1) {
    const path = writeEvents(dir, number, eventsPerFile);
    expect(run(base, 'ingest', path, '--no-merge').document).toMatchObject({
      stored: eventsPerFile,
    });
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function expectWhole(store: string, when: string): void {
  const { status, document } = run(store, 'verify');
  expect(document, when).toMatchObject({ whole: true });
  expect(status, when).toBe(0);
}

/** Commands that change a store, and how many events it may hold before and after. */
const commands: readonly {
  readonly name: string;
  readonly args: readonly string[];
  readonly after: number;
}[] = [
  { name: 'compact', args: ['compact'], after: fileCount * eventsPerFile },
  {
    name: 'forget',
    args: ['forget', '--where', 'host.name = api-3', '--yes'],
    after: fileCount * (eventsPerFile - Math.ceil((eventsPerFile - 3) / 7)),
  },
  { name: 'retention', args: ['retention', '--now', '2021-01-01', '--yes'], after: 0 },
  {
    name: 'ingest with merges',
    args: ['ingest', writeEvents(dir, fileCount, eventsPerFile), '--now', '2020-06-01'],
    after: (fileCount + 1) * eventsPerFile,
  },
];

describe('kill -9', () => {
  for (const { name, args, after } of commands) {
    it(`leaves ${name} done or not begun (${kills} kills, seed ${seed})`, {
      timeout: 3_600_000,
    }, async () => {
      const random = randomFrom(seed);
      const store = join(dir, `killed-${args[0]}`);
      const fresh = () => {
        rmSync(store, { recursive: true, force: true });
        cpSync(base, store, { recursive: true });
      };
      fresh();
      const begun = performance.now();
      expect(run(store, ...args).status).toBe(0);
      const wholeMs = performance.now() - begun;
      expect(eventCount(store)).toBe(after);
      const outcomes = { before: 0, after: 0 };
      for (let kill = 0; kill < kills; kill += 1) {
        fresh();
        // Starting takes the first part of it and writes nothing.
        await start(store, args, wholeMs * (0.3 + 0.75 * random()));
        expectWhole(store, `${name}, kill ${kill}`);
        const count = eventCount(store);
        expect([fileCount * eventsPerFile, after], `kill ${kill}`).toContain(count);
        outcomes[count === after ? 'after' : 'before'] += 1;
        expect(run(store, ...args).status, `kill ${kill}`).toBe(0);
        expect(eventCount(store), `kill ${kill}`).toBe(after);
        expectWhole(store, `${name}, again after kill ${kill}`);
      }
      process.stdout.write(`${name}: ${kills} kills, ${outcomes.after} found done\n`);
    });
  }
});

describe('a crowd', () => {
  it(`of writers, compactors and readers for ${seconds} s loses nothing`, {
    timeout: (seconds + 300) * 1000,
  }, async () => {
    const store = join(dir, 'crowd');
    cpSync(base, store, { recursive: true });
    const end = Date.now() + seconds * 1000;
    const done = { ingests: 0, compactions: 0, reads: 0, checks: 0 };
    let next = fileCount + 1;
    const writer = async () => {
      while (Date.now() < end) {
        const path = writeEvents(dir, next++, eventsPerFile);
        const ran = await start(store, ['ingest', path]);
        expect(ran?.document, path).toMatchObject({ stored: eventsPerFile });
        done.ingests += 1;
        rmSync(path);
      }
    };
    const compactor = async () => {
      while (Date.now() < end) {
        const ran = await start(store, ['compact']);
        expect(ran?.status).toBe(0);
        done.compactions += 1;
      }
    };
    const reader = async () => {
      let last = 0;
      while (Date.now() < end) {
        const ran = await start(store, ['query', '--calc', 'count']);
        const { rows } = (ran?.document ?? { rows: [] }) as { rows: { count: number }[] };
        const count = rows[0]?.count ?? 0;
        expect(count % eventsPerFile, 'half an ingest was seen').toBe(0);
        expect(count, 'events were gone').toBeGreaterThanOrEqual(last);
        last = count;
        done.reads += 1;
      }
    };
    const checker = async () => {
      while (Date.now() < end) {
        const ran = await start(store, ['verify']);
        expect(ran?.document).toMatchObject({ whole: true });
        done.checks += 1;
      }
    };
    await Promise.all([
      writer(),
      writer(),
      compactor(),
      compactor(),
      reader(),
      reader(),
      checker(),
    ]);
    expect(eventCount(store)).toBe((fileCount + done.ingests) * eventsPerFile);
    expectWhole(store, 'in the end');
    process.stdout.write(`crowd, ${seconds} s: ${JSON.stringify(done)}\n`);
  });
});

describe('a full disk', () => {
  it('stores a file whole or not at all, and says that it is full', {
    timeout: 300_000,
  }, (test) => {
    const mounted = join(dir, 'small');
    mkdirSync(mounted);
    const options = ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', mounted];
    if (spawnSync('mount', options).status !== 0) return test.skip();
    try {
      const store = join(mounted, 'store');
      let stored = 0;
      const codes = new Set<string>();
      for (let number = 0; number < 60 && codes.size === 0; number += 1) {
        const path = writeEvents(dir, 1_000 + number, 3_000);
        const { status, document } = run(store, 'ingest', path, '--no-merge');
        if (status === 0) stored += 3_000;
        else codes.add(String((document.fault as { code: string } | undefined)?.code));
        rmSync(path);
      }
      expect(eventCount(store)).toBe(stored);
      expectWhole(store, 'behind a full disk');
      expect([...codes]).toEqual(['CC5001']);
      expect(stored).toBeGreaterThan(0);
      process.stdout.write(`full disk: ${stored} events stored and whole\n`);
    } finally {
      spawnSync('umount', [mounted]);
    }
  });
});
