import { describe, expect, it } from 'vitest';
import type { CellTable } from '../../src/forensics/scan-cells.js';
import type { Draft } from '../../src/forensics/scan-draft.js';
import { isSibling, united } from '../../src/forensics/scan-sibling.js';
import type { Selection } from '../../src/forensics/scan-subset.js';

const signal = {
  name: 'slow',
  family: 'slow',
  text: null,
  measure: { kind: 'rows', where: null },
  rows: 0,
} as const;

interface Part {
  readonly routes: readonly number[];
  readonly from?: number;
  readonly rate: number;
  readonly host?: number;
}

function draftOf({ routes, from = 0, rate, host = 3 }: Part): Draft {
  const selection: Selection = new Map([
    ['host', new Set([host])],
    ...(routes.length === 0 ? [] : [['route', new Set(routes)] as const]),
  ]);
  const minutes = Array.from({ length: 100 }, (_, at) => from + at);
  return {
    signal,
    selection,
    from,
    to: from + 100,
    rows: 1_000,
    count: 1_000 * rate,
    expected: 10,
    events: 1_000,
    hitEvents: 1_000 * rate,
    peers: { rows: 9_000, count: 900 },
    cleanBefore: from,
    cleanAfter: from + 100,
    score: 1_000 * rate,
    series: {
      minutes,
      rows: minutes.map(() => 10),
      count: minutes.map(() => 10 * rate),
      expected: minutes.map(() => 0.1),
    },
    hostCount: 5,
    services: [0],
    shares: new Map(),
  };
}

/** Every host failed with every of so many routes once. */
function hitsOf(routes: number): CellTable {
  const size = routes;
  const ids = (of: (at: number) => number) => Int32Array.from({ length: size }, (_, at) => of(at));
  const none = ids(() => -1);
  const ones = new Float64Array(size).fill(1);
  return {
    size,
    stepMinutes: 1,
    minute: ids((at) => at),
    values: {
      service: ids(() => 0),
      host: ids(() => 3),
      version: none,
      zone: none,
      route: ids((at) => at),
      customer: none,
    },
    rows: ones,
    events: ones,
    hits: [ones],
    hitEvents: [ones],
  };
}

describe('parts that differ only in their routes', () => {
  const fast = draftOf({ routes: [1, 2], rate: 0.6 });
  const slow = draftOf({ routes: [4], rate: 0.2, from: 5 });

  it('are one, of both routes where there are many more', () => {
    expect(isSibling(fast, slow)).toBe(true);
    const both = united(fast, slow, hitsOf(20));
    expect(both).toMatchObject({ from: 0, to: 105, rows: 2_000, count: 800, expected: 20 });
    expect([...(both.selection.get('route') ?? [])]).toEqual([1, 2, 4]);
    expect(both.series.minutes).toHaveLength(105);
    expect(both.series.rows[50]).toBe(20);
    expect(both.peers).toEqual({ rows: 8_000, count: 300 });
  });

  it('are of the host alone where these are most of its routes', () => {
    expect([...united(fast, slow, hitsOf(4)).selection.keys()]).toEqual(['host']);
  });

  it('are counted once where one is of all routes', () => {
    const all = { ...draftOf({ routes: [], rate: 0.5 }), expected: 620 };
    const both = united(fast, all, hitsOf(20));
    expect(both).toMatchObject({ rows: 1_000, count: 500, expected: 30 });
    expect([...both.selection.keys()]).toEqual(['host']);
  });

  it.each([
    ['another host', draftOf({ routes: [4], rate: 0.2, host: 4 })],
    ['another time', draftOf({ routes: [4], rate: 0.2, from: 60 })],
    ['another signal', { ...slow, signal: { ...signal, name: 'fail' } }],
  ])('are two of %s', (_what, other) => {
    expect(isSibling(fast, other)).toBe(false);
  });
});
