/** Pictures of comparisons: lines over time whether buckets are rows or beside the groups. */
import { describe, expect, it } from 'vitest';
import type { ComparedCell } from '../../src/query/compare.js';
import type { Comparison } from '../../src/query/compare-result.js';
import { comparisonChart } from '../../src/render/comparison-chart.js';

const hour = 3_600_000_000;
const range = { start: 0, end: 3 * hour };
const window = { range, isKept: true, matched: 9 };
const cell = (value: number | null, before: number | null): ComparedCell => ({
  value,
  baselines: [{ value: before, low: null, high: null, change: null, ratio: null }],
});
/** Group, then bucket, then the window. */
const values = [
  [
    [1, 2, 3],
    [4, null, 6],
  ],
  [
    [7, 8, 9],
    [0, 0, null],
  ],
] as const;
const groups = ['a', 'b'].map((key) => ({ keys: [key], state: 'both' as const }));
const base: Comparison = {
  kind: 'comparison',
  keys: [{ name: 'host', kind: 'breakdown', type: 'string', unit: null, exact: true }],
  calculations: [{ name: 'count', kind: 'calculation', type: 'integer', unit: null, exact: true }],
  window,
  baselines: [{ name: '1d', isBand: false, windows: [window] }],
  hasTime: false,
  rows: groups.map((one, at) => ({ ...one, time: null, cells: [cell(at, at + 10)] })),
  series: null,
  other: null,
  total: null,
  groupCount: 2,
  shownCount: 2,
  newCount: 0,
  vanishedCount: 0,
  provenance: {
    source: 's',
    dataset: 'events',
    snapshotVersion: 1,
    files: { total: 1, read: 1, pruned: 0 },
    rows: { scanned: 9, matched: 9 },
    weighted: false,
    usage: false,
    exact: true,
    bad: null,
  },
  notes: [],
};
const bucketRows = [0, 1, 2].flatMap((bucket) =>
  groups.map((one, group) => ({
    ...one,
    time: bucket * hour,
    cells: [cell(values[group]?.[0][bucket] ?? null, values[group]?.[1][bucket] ?? null)],
  })),
);

describe('a picture of a comparison', () => {
  it('draws a line for each group and window, however its buckets are given', () => {
    const series = { calculation: 'count', range, stepMicros: hour, values };
    const beside = comparisonChart({ ...base, series });
    const inRows = comparisonChart({ ...base, hasTime: true, rows: bucketRows });
    expect(inRows).toEqual(beside);
    expect(inRows?.times).toEqual({ starts: [0, hour, 2 * hour], end: 3 * hour });
    expect(inRows?.panels).toMatchObject([
      {
        kind: 'lines',
        lines: [
          { label: 'a', values: [1, 2, 3] },
          { label: 'a (1d before)', values: [4, null, 6] },
          { label: 'b', values: [7, 8, 9] },
          { label: 'b (1d before)', values: [0, 0, null] },
        ],
      },
    ]);
  });

  it('draws bars without time, and nothing without groups', () => {
    expect(comparisonChart(base)?.panels).toMatchObject([
      { kind: 'bars', bars: [{ value: 0 }, { value: 10 }, { value: 1 }, { value: 11 }] },
    ]);
    expect(comparisonChart({ ...base, rows: [], hasTime: true })).toBeNull();
  });
});
