/** A few values of one column, and what can be counted about them in any order. */

/** Text formats give strings even where a number is meant. */
export type SampleValue = string | number | bigint | boolean;

export interface ColumnSample {
  readonly label: string;
  /** Values that are not null; nested ones are left out. */
  readonly values: readonly SampleValue[];
  /** How many events were sampled, those without the column too. */
  readonly rows: number;
}

/** The share of values that pass, 0 for none at all. */
export function shareOf(sample: ColumnSample, passes: (value: SampleValue) => boolean): number {
  const { values } = sample;
  if (values.length === 0) return 0;
  let count = 0;
  for (const value of values) if (passes(value)) count += 1;
  return count / values.length;
}

export function distinctCount(sample: ColumnSample): number {
  return new Set(sample.values.map(String)).size;
}

/** The values as numbers, in ascending order; null when one of them is none. */
export function sortedNumbers(sample: ColumnSample): readonly number[] | null {
  const numbers = sample.values.map((value) =>
    typeof value === 'boolean' || value === '' ? Number.NaN : Number(value),
  );
  if (numbers.length === 0 || numbers.some((value) => !Number.isFinite(value))) return null;
  return numbers.sort((left, right) => left - right);
}

/** Each value with how often it occurs, in the order of first sight. */
export function valueCounts(
  sample: ColumnSample,
): readonly { readonly value: SampleValue; readonly count: number }[] {
  const counts = new Map<SampleValue, number>();
  for (const value of sample.values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count }));
}
