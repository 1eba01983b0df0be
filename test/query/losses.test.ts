/** Every number of `affected` against a walk over the same rows, one event after the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { Schema } from '../../src/event/column.js';
import type { Roles } from '../../src/event/role.js';
import { type Losses, runLosses } from '../../src/query/losses.js';
import { breakdown } from '../../src/query/spec.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { type PlainRow, writePlainFiles } from '../oracle/rows.js';

const seed = 20200416;
const root = mkdtempSync(join(tmpdir(), 'coldcase-losses-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const schema: Schema = [
  { name: 'team', label: 'team', type: 'string', unit: null },
  { name: 'status', label: 'status', type: 'integer', unit: null },
  { name: 'path', label: 'path', type: 'string', unit: null },
  { name: 'trace', label: 'trace', type: 'string', unit: null },
];
const roles: Roles = { customer: ['team'], status: ['status'], route: ['path'], trace: ['trace'] };
const { trace: _, ...withoutTrace } = roles;

const start = Date.parse('2020-04-16T10:00:00Z') * 1000;
const second = 1_000_000;
const window = { start: start + 20 * second, end: start + 400 * second };

const events: fc.Arbitrary<readonly PlainRow[]> = fc.array(
  fc
    .record({
      at: fc.integer({ min: 0, max: 450 }),
      weight: fc.constantFrom(1, 1, 4, 10),
      team: fc.constantFrom('a', 'b', 'c', null),
      status: fc.constantFrom(200, 200, 200, 500, 500, 429, null),
      path: fc.constantFrom('/x', '/y', null),
      trace: fc.constantFrom('t1', 't2', 't3', null),
    })
    .map(({ at, weight, ...values }) => ({
      ts: start + at * second,
      weight,
      batch: 'b',
      values,
      extra: {},
    })),
  { minLength: 20, maxLength: 90 },
);

async function losses(
  rows: readonly PlainRow[],
  { roles: named, lost, bad }: { roles: Roles; lost: readonly string[]; bad: string | null },
): Promise<Losses> {
  const dir = mkdtempSync(join(root, 'run'));
  const files = await writePlainFiles(dir, schema, [{ date: '2020-04-16', rows }]);
  const source = { name: 't', dataset: 'events', version: 1, schema, roles: named, files };
  const paths = files.map(({ path }) => path);
  const limits = { ...defaultLimits, threads: 2, files: paths, timeLimitMs: null };
  const engine = await openQueryEngine(limits);
  try {
    const { where } = parseSpec({ ...noTexts, where: lost });
    const spec = {
      by: [breakdown('customer')],
      where: [],
      lost: where,
      bad: parseSpec({ ...noTexts, bad }).bad,
      window,
    };
    const options = { engine, signal: new AbortController().signal };
    return await runLosses(source, spec, options);
  } finally {
    await engine.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

type State = 'lost' | 'bad' | 'good';
interface Seen {
  readonly row: PlainRow;
  readonly state: State;
}

const isServerError = (row: PlainRow): boolean => Number(row.values.status) >= 500;
const isLimit = (row: PlainRow): boolean => row.values.status === 429;

/** What `affected` says, by a walk. `same`: the columns a retry shares. */
function judge(rows: readonly PlainRow[], same: readonly string[], limitsAreBad: boolean) {
  const seen = rows
    .filter(({ ts }) => ts >= window.start && ts < window.end)
    .map((row): Seen => {
      const state = isServerError(row) ? 'lost' : limitsAreBad && isLimit(row) ? 'bad' : 'good';
      return { row, state };
    });
  const teams = [...new Set(seen.map(({ row }) => row.values.team ?? null))];
  const hurt = teams.flatMap((team) => {
    const own = seen.filter(({ row }) => (row.values.team ?? null) === team);
    if (!own.some(({ state }) => state === 'lost')) return [];
    return [{ key: [team], ...counts(own, seen, same), outage: longest(own) }];
  });
  return {
    hurt,
    total: counts(seen, seen, same),
    groups: teams.filter((team) => team !== null).length,
  };
}

function counts(own: readonly Seen[], all: readonly Seen[], same: readonly string[]) {
  const weigh = (some: readonly Seen[]) => some.reduce((sum, { row }) => sum + row.weight, 0);
  const lost = own.filter(({ state }) => state === 'lost');
  const times = lost.map(({ row }) => row.ts);
  const recovered = lost.filter(({ row }) => {
    if (same.some((name) => row.values[name] === null)) return false;
    return all.some(({ row: other, state }) => {
      const isLater = other.ts > row.ts && other.ts <= row.ts + 60 * second;
      const isSame = same.every((name) => other.values[name] === row.values[name]);
      return state === 'good' && isLater && isSame;
    });
  });
  const variance = lost.reduce((sum, { row }) => sum + row.weight * (row.weight - 1), 0);
  const half = 1.959963984540054 * Math.sqrt(variance);
  const low = Math.max(lost.length, Math.floor(weigh(lost) - half));
  return {
    rows: own.length,
    events: weigh(own),
    good: weigh(own.filter(({ state }) => state === 'good')),
    lostRows: lost.length,
    lost: weigh(lost),
    lostInterval: variance === 0 ? null : [low, Math.ceil(weigh(lost) + half)],
    firstLost: times.length === 0 ? null : Math.min(...times),
    lastLost: times.length === 0 ? null : Math.max(...times),
    recovered: weigh(recovered),
  };
}

/** A success comes before what was lost at the same instant. */
function longest(own: readonly Seen[]) {
  const rank = { good: 0, bad: 1, lost: 2 };
  const inOrder = [...own].sort(
    (left, right) => left.row.ts - right.row.ts || rank[left.state] - rank[right.state],
  );
  const runs: { first: number; last: number; events: number }[] = [];
  let isOpen = false;
  for (const { row, state } of inOrder) {
    if (state === 'good') isOpen = false;
    if (state !== 'lost') continue;
    const run = runs.at(-1);
    if (isOpen && run !== undefined) {
      run.last = row.ts;
      run.events += row.weight;
    } else runs.push({ first: row.ts, last: row.ts, events: row.weight });
    isOpen = true;
  }
  const most = Math.max(...runs.map(({ first, last }) => last - first));
  return runs.find(({ first, last }) => last - first === most);
}

interface Ordered {
  readonly key: readonly unknown[];
  readonly lost: number;
}

function inOrder(rows: readonly Ordered[]): readonly Ordered[] {
  const name = ({ key }: Ordered) => (key[0] === null ? '~' : String(key[0]));
  return [...rows].sort(
    (left, right) => right.lost - left.lost || (name(left) < name(right) ? -1 : 1),
  );
}

describe('losses', () => {
  it.each([
    ['by trace and route', roles, ['trace', 'path'], ['trace', 'route'], null],
    [
      'by customer and route',
      withoutTrace,
      ['team', 'path'],
      ['customer', 'route'],
      'status = 429',
    ],
  ] as const)(
    'are those of a walk over the events: retries %s',
    async (_name, named, same, by, bad) => {
      await fc.assert(
        fc.asyncProperty(events, async (rows) => {
          const found = await losses(rows, { roles: named, lost: ['status >= 500'], bad });
          const wanted = judge(rows, same, bad !== null);
          expect(found.rows).toEqual(inOrder(wanted.hurt));
          expect(found.total).toEqual(wanted.total);
          expect(found.groups).toBe(wanted.groups);
          expect(found.retryBy).toEqual(by);
        }),
        { seed, numRuns: 12 },
      );
    },
  );

  it('need a trace, or a customer and a route, to tell a retry', async () => {
    const rows = fc.sample(events, { seed, numRuns: 1 })[0] ?? [];
    const named = { customer: ['team'], status: ['status'] };
    const found = await losses(rows, { roles: named, lost: ['status >= 500'], bad: null });
    expect(found.retryBy).toBeNull();
    expect(found.total.recovered).toBeNull();
  });
});
