/** Clocks in the future: a scan says so, looks at the rest, and never invents. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ScanReport } from '../../src/forensics/scan-finding.js';
import { straysOf } from '../../src/forensics/scan-stray.js';
import type { QueryFile } from '../../src/query/ports.js';
import { microsPerDay } from '../../src/time/instant.js';
import { createScratchStore, type ScratchStore } from '../ingest/scratch-store.js';
import { randomOf } from '../scenarios/random.js';
import { scanDataset } from '../scenarios/run.js';

let scratch: ScratchStore | null = null;
afterEach(() => {
  scratch?.remove();
  scratch = null;
});

const startMs = Date.UTC(2018, 3, 10);
const dayMinutes = 1_440;

/** Two days of four hosts, two events a minute; `ahead` in minutes. */
async function scanWith(ahead: (host: string, minute: number) => number): Promise<ScanReport> {
  const random = randomOf(5);
  const lines: string[] = [];
  for (let minute = 0; minute < 2 * dayMinutes; minute += 1) {
    for (let one = 0; one < 2; one += 1) {
      const host = random.pick(['a', 'b', 'c', 'd']);
      const at = startMs + (minute + ahead(host, minute)) * 60_000 + random.whole(0, 59_999);
      const status = random.unit() < 0.01 ? 500 : 200;
      lines.push(JSON.stringify({ timestamp: new Date(at), service: 'api', host, status }));
    }
  }
  scratch = createScratchStore();
  await scratch.ingest([scratch.file('events.ndjson', `${lines.join('\n')}\n`)]);
  return await scanDataset(await scratch.dataset(), 2);
}

const yearMinutes = 366 * dayMinutes;
const titles = ({ findings }: ScanReport) => findings.map(({ title }) => title);

describe('a clock in the future', () => {
  it('by a year, of a few events', async () => {
    const isAhead = (minute: number) => [700, 701, 1_900].includes(minute);
    const report = await scanWith((_host, minute) => (isAhead(minute) ? yearMinutes : 0));
    expect(report.findings).toHaveLength(1);
    expect(titles(report)[0]).toMatch(/^6 events of [34] hosts dated 364 days after all others$/);
    expect(report.findings[0]).toMatchObject({ detector: 'clock-skew', severity: 'low' });
    expect(report.window.end - report.window.start).toBeLessThanOrEqual(2 * microsPerDay);
  });

  it('by a year, of all that was ingested then: an import', async () => {
    await scanWith(() => 0);
    const at = new Date(startMs - yearMinutes * 60_000).toISOString();
    const lines = ['a', 'b', 'c'].map((host) =>
      JSON.stringify({ timestamp: at, service: 'api', host, status: 200 }),
    );
    await scratch?.ingest([scratch.file('old.ndjson', `${lines.join('\n')}\n`)]);
    const dataset = await scratch?.dataset();
    const report = dataset === undefined ? null : await scanDataset(dataset, 2);
    expect(report?.findings.map(({ title, severity }) => [title, severity])).toEqual([
      ['3 events of 3 hosts dated 366 days before all others, ingested by themselves', 'info'],
    ]);
  });

  it('by a year, of a host for an hour: it was not silent', async () => {
    const isAhead = (host: string, minute: number) =>
      host === 'b' && minute >= 1_000 && minute < 1_060;
    const report = await scanWith((host, minute) => (isAhead(host, minute) ? yearMinutes : 0));
    expect(titles(report)).toEqual([
      expect.stringMatching(/^\d\d events of host b dated 36[45] days after all others$/),
    ]);
  });

  it.each([
    ['and back again', 1_600],
    ['to the end', 3_000],
  ])('by five hours, of a host, %s', async (_what, until) => {
    const isAhead = (host: string, minute: number) =>
      host === 'b' && minute >= 1_200 && minute < until;
    const report = await scanWith((host, minute) => (isAhead(host, minute) ? 300 : 0));
    expect(titles(report)).toEqual([
      expect.stringMatching(/^host b: clock about (29\d|30\d) min ahead$/),
    ]);
    const start = (report.findings[0]?.start ?? 0) / 60e6 - startMs / 60_000;
    expect(Math.abs(start - 1_200)).toBeLessThanOrEqual(10);
  });
});

describe('straysOf', () => {
  const file = (day: number, rows: number): QueryFile => ({
    path: `/${day}`,
    date: '',
    rows,
    minTs: day * microsPerDay,
    maxTs: (day + 1) * microsPerDay - 1,
    extraLabels: null,
    maxWeight: null,
    layout: null,
    stats: null,
  });
  const days = [10, 11, 12, 13].map((day) => file(day, 1_000));

  it('leaves out what few events lie days before or behind', () => {
    const { span, found } = straysOf([...days, file(3, 5), file(400, 9), file(800, 9)]);
    expect(span).toEqual({ start: 10 * microsPerDay, end: 14 * microsPerDay });
    expect(found).toEqual([
      { start: 3 * microsPerDay, end: 4 * microsPerDay, rows: 5, days: -6 },
      { start: 400 * microsPerDay, end: 801 * microsPerDay, rows: 18, days: 386 },
    ]);
  });

  it.each([
    ['nothing lies apart', days],
    ['little lies near', [...days, file(15, 5)]],
    ['much lies apart', [...days, file(60, 500)]],
    ['a file does not say when', [...days, { ...file(400, 5), minTs: null }]],
  ])('finds none where %s', (_what, files) => {
    expect(straysOf(files).found).toEqual([]);
  });
});
