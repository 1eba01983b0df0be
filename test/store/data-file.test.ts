import { describe, expect, it } from 'vitest';
import { addOf, extraLabelsOf } from '../../src/store/data-file.js';

const file = {
  path: 'a.parquet',
  date: '2020-04-16',
  rows: 1,
  bytes: 1,
  minTs: 0,
  maxTs: 0,
  columns: {},
};

function listed(count: number): readonly string[] | null {
  const extraLabels = Array.from({ length: count }, (_, index) => `c${index}`);
  const context = { schema: [], statsColumns: [], extraLabels, layout: '', nowMs: 0 };
  return extraLabelsOf(addOf(file, 'sum', context));
}

describe('labels of extra in the log', () => {
  it('are listed up to 4,000, and unknown beyond', () => {
    expect(listed(0)).toEqual([]);
    expect(listed(4000)).toHaveLength(4000);
    expect(listed(4000)?.at(-1)).toBe('c3999');
    expect(listed(4001)).toBeNull();
  });
});
