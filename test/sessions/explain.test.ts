/** `explain` against a count of the same rows in plain TypeScript. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomStream } from '../../src/demo/random.js';
import { openSession } from './session.js';

const session = openSession();
afterAll(() => session.close());

interface Row {
  readonly timestamp: string;
  readonly sample_rate: number;
  readonly 'host.name': string;
  readonly region: string | null;
  readonly build: string;
  readonly size: number;
  readonly level: number;
  readonly status: number;
}

const start = Date.parse('2024-05-01T00:00:00Z');
const minute = 60_000;

/** 12 hours; in the last one, requests of one build in one region fail, and large ones slowly. */
function rows(): readonly Row[] {
  const random = randomStream(7, 0).unit;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: 12_000 }, (_, index) => {
    const at = start + Math.floor((index / 12_000) * 720) * minute;
    const region = pick(['eu', 'us', 'ap', null]);
    const build = pick(['b1', 'b1', 'b1', 'b2']);
    const hit = at >= start + 660 * minute && build === 'b2' && region === 'eu';
    return {
      timestamp: new Date(at).toISOString(),
      sample_rate: pick([1, 1, 3]),
      'host.name': `web-${Math.floor(random() * 6)}`,
      region,
      build,
      size: Math.round(random() * 10_000) / 10,
      level: Math.floor(random() * 4),
      status: (hit && random() < 0.95) || random() < 0.01 ? 503 : 200,
    };
  });
}

const all = rows();
const window = ['--window', '2024-05-01T11:00..12:00'];
const isNow = (row: Row) => Date.parse(row.timestamp) >= start + 660 * minute;
const isPast = (row: Row) => {
  const at = Date.parse(row.timestamp);
  return at >= start + 60 * minute && at < start + 660 * minute;
};

function sum(kept: readonly Row[]): number {
  return kept.reduce((total, row) => total + row.sample_rate, 0);
}

interface Cause {
  readonly dims: Readonly<Record<string, unknown>>;
  readonly k: number;
  readonly n: number;
  readonly rows: number;
  readonly share_before: number;
  readonly rate_without: number | null;
  readonly equivalent: readonly unknown[];
  readonly shown: boolean;
  readonly significant: boolean;
  readonly step_at: string | null;
}

function explain(...args: readonly string[]) {
  const { stdout, status } = session.run(['explain', ...args, '--json', '-q']);
  expect(status).toBe(0);
  const document: { causes: Cause[]; events: number; bad_events: number; left_out: string[] } =
    JSON.parse(stdout);
  return document;
}

function holds(row: Row, dims: Cause['dims']): boolean {
  return Object.entries(dims).every(([label, wanted]) => {
    const value = row[label as keyof Row];
    if (wanted === null) return value === null;
    if (Array.isArray(wanted)) return wanted.includes(value);
    if (typeof wanted !== 'object') return value === wanted;
    const { above, to } = wanted as { above: number | null; to: number | null };
    return (
      typeof value === 'number' && (above === null || value > above) && (to === null || value <= to)
    );
  });
}

beforeAll(() => {
  const text = all.map((row) => JSON.stringify(row)).join('\n');
  writeFileSync(join(session.dir, 'all.ndjson'), `${text}\n`);
});

describe('explain', () => {
  it('finds the conjunction, and counts every cause as it is', () => {
    const { causes, events, bad_events, left_out } = explain('all.ndjson', ...window);
    expect(causes[0]?.dims).toEqual({ build: 'b2', region: 'eu' });
    expect(left_out).toEqual(['status']);
    const now = all.filter(isNow);
    const past = all.filter(isPast);
    const bad = (list: readonly Row[]) => list.filter(({ status }) => status >= 500);
    expect([events, bad_events]).toEqual([sum(now), sum(bad(now))]);
    expect(causes.length).toBeGreaterThan(3);
    for (const { dims, k, n, rows: count, share_before, rate_without } of causes) {
      const inside = now.filter((row) => holds(row, dims));
      const outside = now.filter((row) => !holds(row, dims));
      expect([dims, k, n, count]).toEqual([
        dims,
        sum(bad(inside)),
        sum(inside),
        bad(inside).length,
      ]);
      expect(share_before).toBeCloseTo(sum(past.filter((row) => holds(row, dims))) / sum(past), 12);
      const without = outside.length === 0 ? null : sum(bad(outside)) / sum(outside);
      expect(rate_without?.toFixed(12)).toBe(without?.toFixed(12));
    }
    expect(causes.filter(({ shown }) => shown).map(({ dims }) => dims)).toEqual([
      { build: 'b2', region: 'eu' },
    ]);
  });

  it('says when a cause set in', () => {
    const args = ['--window', '2024-05-01T10:00..12:00'];
    expect(explain('all.ndjson', ...args).causes[0]?.step_at).toMatch(/^2024-05-01T11:0[0-4]/);
  });

  it('finds a range of numbers, a missing value and a set of values', () => {
    const large = explain('all.ndjson', ...window, '--bad', 'size > 900 and build = b1');
    expect(large.left_out).toEqual(['build', 'size']);
    expect(large.causes.filter(({ shown }) => shown)).toEqual([]);
    const none = explain(
      'all.ndjson',
      ...window,
      '--bad',
      '`region` missing',
      '--where',
      'level = 2',
    );
    expect(none.left_out).toEqual(['region']);
    const write = (name: string, change: (row: Row) => object) => {
      const text = all.map((row) => JSON.stringify({ ...row, ...change(row) })).join('\n');
      writeFileSync(join(session.dir, name), `${text}\n`);
    };
    write('range.ndjson', (row) => ({ status: isNow(row) && row.size > 800 ? 500 : 200 }));
    const [range] = explain('range.ndjson', ...window).causes;
    expect(range?.dims).toMatchObject({ size: { to: null } });
    const { above } = (range?.dims.size ?? {}) as { above: number };
    expect(Math.abs(above - 800)).toBeLessThan(20);
    write('missing.ndjson', (row) => ({ status: isNow(row) && row.region === null ? 500 : 200 }));
    expect(explain('missing.ndjson', ...window).causes[0]?.dims).toEqual({ region: null });
    const broken = ['web-1', 'web-4', 'web-5'];
    write('set.ndjson', (row) => ({
      status: isNow(row) && broken.includes(row['host.name']) ? 500 : 200,
    }));
    expect(explain('set.ndjson', ...window).causes[0]?.dims).toEqual({ 'host.name': broken });
  });

  it('names what selects the same events beside it', () => {
    const text = all.map((row) =>
      JSON.stringify({
        ...row,
        pod: row['host.name'].replace('web', 'pod'),
        status: isNow(row) && row['host.name'] === 'web-2' ? 500 : 200,
      }),
    );
    writeFileSync(join(session.dir, 'alias.ndjson'), `${text.join('\n')}\n`);
    const shown = explain('alias.ndjson', ...window).causes.filter((cause) => cause.shown);
    expect(shown.map(({ dims, equivalent }) => [dims, equivalent])).toEqual([
      [{ 'host.name': 'web-2' }, [{ pod: 'pod-2' }]],
    ]);
  });

  it('compares two windows, and says when there is nothing to tell', () => {
    const args = ['--window', '2024-05-01T11:00..12:00', '--against', '2024-05-01T09:00..10:00'];
    expect(explain('all.ndjson', ...args).causes[0]?.dims).toMatchObject({ status: 503 });
    const quiet = ['--window', '2024-05-01T09:00..10:00', '--against', '2024-05-01T08:00..09:00'];
    expect(explain('all.ndjson', ...quiet).causes.filter(({ shown }) => shown)).toEqual([]);
    const { stdout } = session.run(['explain', 'all.ndjson', ...window, '--bad', 'status = 418']);
    expect(stdout).toContain('0 bad of ');
  });

  it('gives the same bytes at any thread count, and refuses what makes no sense', () => {
    const run = (threads: string) =>
      session.run(['explain', 'all.ndjson', ...window, '--format', 'tsv', '--threads', threads])
        .stdout;
    expect(run('1')).toBe(run('4'));
    const overlap = ['--against', '2024-05-01T11:30..12:30'];
    const faults = [
      session.run(['explain', 'all.ndjson', ...window, ...overlap]),
      session.run(['explain', 'all.ndjson', ...window, '--baseline', '2024-05-01T11:30..12:30']),
      session.run(['explain', 'all.ndjson', ...window, '--bad', 'statsu >= 500']),
    ];
    expect(faults.map(({ status }) => status)).toEqual([2, 2, 2]);
    expect(faults.map(({ stderr }) => stderr.split('\n')[0])).toEqual([
      'error CC1003: option --against: the two windows overlap',
      'error CC1003: option --baseline: it overlaps with the window',
      'error CC1201: no column or role statsu',
    ]);
  });
});
