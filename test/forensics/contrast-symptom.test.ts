/** Which columns only repeat that an event is bad. */
import { describe, expect, it } from 'vitest';
import type { ContrastGroup } from '../../src/forensics/contrast-causes.js';
import type { ContrastColumn } from '../../src/forensics/contrast-column.js';
import { type ContrastCounts, noCounts } from '../../src/forensics/contrast-score.js';
import { symptomColumns } from '../../src/forensics/contrast-symptom.js';

const counts = (selected: number, good: number): ContrastCounts => ({
  ...noCounts,
  selected,
  window: selected + good,
  selectedRows: selected,
  windowRows: selected + good,
});
const all = counts(100, 1000);

function isSymptom(label: string, values: readonly (readonly [number, number])[]): boolean {
  const column: ContrastColumn = {
    label,
    role: null,
    breakdown: { term: { name: label, exact: true, at: null }, modifier: null, label },
  };
  const groups = values.map(
    ([selected, good], value): ContrastGroup => ({
      items: [{ kind: 'value', column: 0, value }],
      counts: counts(selected, good),
    }),
  );
  return symptomColumns([column], groups, all).has(0);
}

describe('symptomColumns', () => {
  it('finds texts that only bad events have', () => {
    expect(isSymptom('exception.message', [[60, 0]])).toBe(true);
    expect(
      isSymptom('errorText', [
        [30, 1],
        [20, 0],
      ]),
    ).toBe(true);
    expect(isSymptom('err', [])).toBe(false);
  });

  it('finds flags of which the good events have one value', () => {
    expect(
      isSymptom('request_failed', [
        [0, 990],
        [95, 5],
      ]),
    ).toBe(true);
    expect(
      isSymptom('log.level', [
        [10, 960],
        [90, 2],
      ]),
    ).toBe(true);
  });

  it('leaves alone what good events have too, and what is no word of failure', () => {
    expect(isSymptom('error.kind', [[60, 400]])).toBe(false);
    expect(
      isSymptom('result', [
        [50, 500],
        [50, 400],
      ]),
    ).toBe(false);
    expect(isSymptom('feature_flag', [[95, 0]])).toBe(false);
    expect(
      isSymptom('build', [
        [95, 0],
        [5, 1000],
      ]),
    ).toBe(false);
  });
});
