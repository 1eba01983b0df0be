/**
 * `kill -9` at random instants of an ingest: the store opens, holds the file whole or not at all,
 * and takes it again exactly once. `COLDCASE_KILLS` sets how many (100); the seed is printed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventCount, randomFrom, run, start, writeEvents } from './store-process.js';

const kills = Number(process.env.COLDCASE_KILLS ?? 100);
const eventsPerFile = 3_000;
const seed = 20_200_416;
const dir = mkdtempSync(join(tmpdir(), 'coldcase-kill-'));
const store = join(dir, 'store');

afterAll(() => rmSync(dir, { recursive: true, force: true }));

const eventsOf = (number: number) => writeEvents(dir, number, eventsPerFile);

describe('kill -9', () => {
  it(`loses no acknowledged event and stores none twice (${kills} kills, seed ${seed})`, {
    timeout: 900_000,
  }, async () => {
    const random = randomFrom(seed);
    run(store, 'ingest', eventsOf(0));
    let stored = eventsPerFile;
    const started = performance.now();
    run(store, 'ingest', eventsOf(1));
    stored += eventsPerFile;
    const wholeMs = performance.now() - started;
    const outcomes = { before: 0, after: 0 };
    for (let kill = 0; kill < kills; kill += 1) {
      const path = eventsOf(kill + 2);
      const ran = await start(store, ['ingest', path], random() * wholeMs * 1.1);
      const opened = run(store, 'status');
      expect(opened.status, `kill ${kill}`).toBe(0);
      const again = run(store, 'ingest', path);
      expect(again.status, `kill ${kill}`).toBe(0);
      const { stored: nowStored, duplicates } = again.document;
      if (ran?.status === 0) expect(nowStored, `kill ${kill}`).toBe(0);
      expect([0, eventsPerFile]).toContain(nowStored);
      expect(Number(nowStored) + Number(duplicates)).toBe(eventsPerFile);
      outcomes[nowStored === 0 ? 'after' : 'before'] += 1;
      stored += eventsPerFile;
      if (kill % 10 === 9) expect(eventCount(store), `kill ${kill}`).toBe(stored);
    }
    expect(eventCount(store)).toBe(stored);
    expect(outcomes.before).toBeGreaterThan(0);
  });
});
