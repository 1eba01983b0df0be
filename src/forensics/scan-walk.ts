/**
 * The scan statistic: how far a count ran ahead of what was expected, over all windows at once.
 * Pure. **Source** Kulldorff's scan statistic as a likelihood walk (CUSUM, Lorden); for a fixed
 * ratio q the exponential of the walk is a martingale under the null, so that T walks cross b
 * fewer than T·exp(−b) times.
 */

/** Ratios that windows are looked for at. */
export const ratios = [2, 5, 20, 100] as const;

/** Counts in order of time. `expected` is what came since the entry before, this one included. */
export interface WalkSeries {
  readonly at: ArrayLike<number>;
  readonly count: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  readonly size: number;
}

/** An excursion of the walk. `first` and `last` are indexes of the series, both included. */
export interface Excursion {
  readonly score: number;
  readonly ratio: number;
  readonly first: number;
  readonly last: number;
}

/** Every excursion that ends above `least`, for each ratio, in order of ratio and time. */
export function excursions(
  { count, expected, size }: WalkSeries,
  { least, dispersion }: { readonly least: number; readonly dispersion: number },
): readonly Excursion[] {
  const found: Excursion[] = [];
  for (const ratio of ratios) {
    const gain = Math.log(ratio) / dispersion;
    const loss = (ratio - 1) / dispersion;
    let level = 0;
    let first = 0;
    let best = 0;
    let last = 0;
    const keep = (): void => {
      if (best >= least) found.push({ score: best, ratio, first, last });
      best = 0;
    };
    for (let index = 0; index < size; index += 1) {
      const after = level - loss * (expected[index] ?? 0);
      const hits = count[index] ?? 0;
      if (after <= 0) {
        keep();
        level = 0;
        first = index;
      } else level = after;
      // A hit of the minute pays for what was expected in the same minute.
      if (hits > 0 && level === 0) first = index;
      level += gain * hits;
      if (level > best) {
        best = level;
        last = index;
      }
    }
    keep();
  }
  return found;
}

/** How much better a count is explained by its own rate: k ln(k/E) − (k − E), 0 below E. */
export function likelihoodGain(count: number, expected: number): number {
  if (count <= expected) return 0;
  return count * Math.log(count / Math.max(expected, 1e-9)) - (count - expected);
}
/** Rows, hits and what was expected, in order of time. */
export interface RowSeries {
  readonly rows: readonly number[];
  readonly count: readonly number[];
  readonly expected: readonly number[];
}

/** Chosen by us: a rate is never believed to be all or nothing. */
const [leastRate, mostRate] = [1e-4, 0.98];

/**
 * The part that the rate of the whole explains best against what was expected, row by row: there
 * rows that were well count against it. Both ends are included.
 */
export function sharpest({ rows, count, expected }: RowSeries): {
  readonly first: number;
  readonly last: number;
} {
  let best = { first: 0, last: rows.length - 1 };
  for (let round = 0; round < 2; round += 1) {
    let [hits, all] = [0, 0];
    for (let index = best.first; index <= best.last; index += 1) {
      hits += count[index] ?? 0;
      all += rows[index] ?? 0;
    }
    const rate = Math.min(mostRate, hits / Math.max(1, all));
    best = bestStretch(
      rows.map((own, index) => {
        if (own === 0) return 0;
        const usual = Math.min(0.9, Math.max(leastRate, (expected[index] ?? 0) / own));
        if (rate <= usual) return 0;
        const bad = count[index] ?? 0;
        const good = Math.max(0, own - bad);
        return bad * Math.log(rate / usual) + good * Math.log((1 - rate) / (1 - usual));
      }),
    );
  }
  return best;
}

/** The stretch with the largest sum; all of it when none is above 0. **Source** Kadane. */
function bestStretch(weights: readonly number[]): {
  readonly first: number;
  readonly last: number;
} {
  let best = { first: 0, last: weights.length - 1, sum: 0 };
  let [sum, first] = [0, 0];
  for (const [index, weight] of weights.entries()) {
    if (sum <= 0) [sum, first] = [0, index];
    sum += weight;
    if (sum > best.sum) best = { first, last: index, sum };
  }
  return { first: best.first, last: best.last };
}

/** **Source** Wilson 1927, at 95 %. */
export function wilson(count: number, of: number): readonly [number, number] {
  if (of <= 0) return [0, 1];
  const z = 1.959964;
  const share = Math.min(1, count / of);
  const middle = share + (z * z) / (2 * of);
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}
