/** Combinations that say something new, and which of several names of the same events comes first. */
import { describe, expect, it } from 'vitest';
import { type ContrastGroup, groupKey, rankCauses } from '../../src/forensics/contrast-causes.js';
import { type ContrastLeaf, conjunctions } from '../../src/forensics/contrast-conjunction.js';
import type { ContrastItem } from '../../src/forensics/contrast-item.js';
import { type ContrastCounts, noCounts } from '../../src/forensics/contrast-score.js';

const counts = (selected: number, window: number, before = window * 10): ContrastCounts => ({
  selected,
  window,
  selectedBefore: before / 100,
  before,
  selectedRows: selected,
  windowRows: window,
});
const value = (column: number, of: string): ContrastItem => ({ kind: 'value', column, value: of });
const leaf = (items: readonly ContrastItem[], own = counts(10, 20)): ContrastLeaf => ({
  items,
  counts: own,
});
const pairs = (leaves: readonly ContrastLeaf[]) =>
  new Set(conjunctions(leaves).map(({ items }) => items.map(({ column }) => column).join(' and ')));

describe('conjunctions', () => {
  it('leaves out columns of which one tells the other', () => {
    const zones = ['a', 'b', 'a', 'b'];
    const leaves = zones.flatMap((zone, host) =>
      ['get', 'put'].map((method) =>
        leaf([value(0, `host-${host}`), value(1, zone), value(2, method)]),
      ),
    );
    expect(pairs(leaves)).toEqual(new Set(['0 and 2', '1 and 2']));
  });

  it('keeps columns that only often go together', () => {
    const leaves = ['a', 'b', 'c'].flatMap((first) =>
      ['x', 'y', 'z'].map((second, at) =>
        leaf([value(0, first), value(1, second)], counts(1, 9 ** at)),
      ),
    );
    expect(pairs(leaves)).toEqual(new Set(['0 and 1']));
  });
});

describe('rankCauses', () => {
  it('puts the simplest of the same events first', () => {
    const all = counts(100, 2_000);
    const group = (items: readonly ContrastItem[], own: ContrastCounts): ContrastGroup => ({
      items,
      counts: own,
    });
    const version = group([value(0, 'v2')], counts(90, 100, 0));
    const place = group([value(1, 'z1'), value(2, 'api')], { ...counts(90, 100, 0), before: 10 });
    const other = group([value(3, 'other')], counts(20, 1_000));
    const ranked = rankCauses([other, place, version], all).map(({ items }) => groupKey(items));
    expect(ranked[0]).toBe(groupKey(version.items));
    expect(ranked[1]).toBe(groupKey(place.items));
    expect(rankCauses([{ items: [], counts: noCounts }], all)).toEqual([]);
  });
});
