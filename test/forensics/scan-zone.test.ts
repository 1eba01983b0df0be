/** A zone is told as failing where its hosts failed together, and as its hosts where they did not. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/forensics/scan-finding.js';
import { createScratchStore, type ScratchStore } from '../ingest/scratch-store.js';
import { randomOf } from '../scenarios/random.js';
import { scanDataset } from '../scenarios/run.js';

let scratch: ScratchStore | null = null;
afterEach(() => {
  scratch?.remove();
  scratch = null;
});

const startMs = Date.UTC(2018, 3, 10);
const zones: Readonly<Record<string, string>> = { a: 'z1', b: 'z1', c: 'z2', d: 'z2' };

/** A day of four hosts in two zones, two events a minute; `b` fails from `later` on. */
async function scanWith(later: number): Promise<ScanReport> {
  const random = randomOf(5);
  const lines: string[] = [];
  for (let at = 0; at < 2_880; at += 1) {
    const minute = Math.floor(at / 2);
    const host = random.pick(['a', 'b', 'c', 'd']);
    const from = host === 'a' ? 600 : later;
    const isHit = zones[host] === 'z1' && minute >= from && minute < from + 120;
    const status = random.unit() < (isHit ? 0.8 : 0.005) ? 500 : 200;
    const timestamp = new Date(startMs + minute * 60_000 + random.whole(0, 59_999));
    lines.push(JSON.stringify({ timestamp, service: 'api', host, zone: zones[host], status }));
  }
  scratch = createScratchStore();
  await scratch.ingest([scratch.file('events.ndjson', `${lines.join('\n')}\n`)]);
  return await scanDataset(await scratch.dataset(), 2);
}

describe('two hosts that are a zone', () => {
  it('are the zone where they fail together', async () => {
    const { findings } = await scanWith(600);
    expect(findings.map(({ azs, hosts }) => [azs, hosts])).toEqual([[['z1'], ['a', 'b']]]);
  });

  it('are two findings where one fails after the other', async () => {
    const { findings } = await scanWith(700);
    expect(findings.map(({ hosts }) => hosts).sort()).toEqual([['a'], ['b']]);
    const starts = findings.map(({ start }) => start / 60e6 - startMs / 60_000);
    expect(Math.abs(Math.min(...starts) - 600)).toBeLessThanOrEqual(5);
    expect(Math.abs(Math.max(...starts) - 700)).toBeLessThanOrEqual(5);
  });
});
