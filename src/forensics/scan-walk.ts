/**
 * The scan statistic: how far a count ran ahead of what was expected, over all windows at once.
 * Pure. **Source** Kulldorff's scan statistic as a likelihood walk (CUSUM, Lorden); for a fixed
 * ratio q the exponential of the walk is a martingale under the null, so that T walks cross b
 * fewer than T·exp(−b) times.
 */

/** **Source** at most this many false findings are expected of one search. */
export const falseFindings = 0.01;

/** What a walk reaches by chance no more often, in so many tests. **Units** nats. */
export function boundOf(tests: number): number {
  return Math.log(tests / falseFindings);
}

/** Ratios that windows are looked for at. */
export const ratios = [2, 5, 20, 100] as const;

/** Counts in order of time, an entry each time anything was counted. */
export interface WalkSeries {
  readonly count: ArrayLike<number>;
  /** What was to be expected since the entry before, this one included. */
  readonly expected: ArrayLike<number>;
  /** The part of it that is of the time of the entry itself. */
  readonly own: ArrayLike<number>;
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
  { count, expected, own, size }: WalkSeries,
  { least, dispersion }: { readonly least: number; readonly dispersion: number },
): readonly Excursion[] {
  const found: Excursion[] = [];
  let all = 0;
  for (let index = 0; index < size; index += 1) all += count[index] ?? 0;
  for (const ratio of ratios) {
    const gain = Math.log(ratio) / dispersion;
    if (gain * all < least) continue;
    const loss = (ratio - 1) / dispersion;
    const end = (score: number, first: number, last: number): void => {
      if (score >= least) found.push({ score, ratio, first, last });
    };
    // One by one, and closed over by no function: this is most of what a walk costs.
    let level = 0;
    let best = 0;
    let first = 0;
    let last = 0;
    for (let index = 0; index < size; index += 1) {
      const here = own[index] ?? 0;
      level -= loss * Math.max(0, (expected[index] ?? 0) - here);
      if (level <= 0) {
        end(best, first, last);
        level = 0;
        best = 0;
        first = index;
      }
      level += gain * (count[index] ?? 0) - loss * here;
      if (level <= 0) {
        end(best, first, last);
        level = 0;
        best = 0;
        first = index + 1;
      } else if (level > best) {
        best = level;
        last = index;
      }
    }
    end(best, first, last);
  }
  return found;
}

/** How much better a count is explained by its own rate: k ln(k/E) − (k − E), 0 below E. */
export function likelihoodGain(count: number, expected: number): number {
  if (count <= expected) return 0;
  return count * Math.log(count / Math.max(expected, 1e-9)) - (count - expected);
}
/** Rows, those hit, and how many were expected to be. */
export interface Hits {
  readonly rows: number;
  readonly count: number;
  readonly expected: number;
  /** `usualNats` of its parts, where these are not expected to be hit alike. */
  readonly usualNats?: number;
}

/**
 * How much better rows are explained by a rate of their own than by what is usual, 0 below that:
 * as `likelihoodGain`, with rows that were well counting against it. **Source** Kulldorff 1997.
 */
export function rateGain(hits: Hits): number {
  const { rows, count, expected } = hits;
  if (count <= expected || rows <= 0) return 0;
  return worthAt(hits, count / rows);
}

/** The same for a given rate; below 0 where what is usual explains them better. */
export function worthAt(hits: Hits, rate: number): number {
  const own = Math.min(mostRate, rate);
  if (own <= usualOf(hits)) return 0;
  const good = Math.max(0, hits.rows - hits.count);
  const nats = hits.usualNats ?? usualNats(hits);
  return hits.count * Math.log(own) + good * Math.log(1 - own) - nats;
}

/** How likely rows are by what is usual, all of them alike. **Units** nats, at most 0. */
export function usualNats(hits: Hits): number {
  const usual = usualOf(hits);
  const good = Math.max(0, hits.rows - hits.count);
  return hits.count * Math.log(usual) + good * Math.log(1 - usual);
}

function usualOf({ rows, expected }: Hits): number {
  return Math.min(0.9, Math.max(leastRate, expected / rows));
}

/** Rows, hits and what was expected, in order of time. */
export interface RowSeries {
  readonly rows: readonly number[];
  readonly count: readonly number[];
  readonly expected: readonly number[];
}

/** Chosen by us: a rate is never believed to be all or nothing. */
const [leastRate, mostRate] = [1e-4, 0.98];

/** Indexes of a series, both included. */
interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** Chosen by us: rounds until the rate and the ends of a stretch agree. */
const sharpRounds = 4;
/** Chosen by us: above it rows that were well are no part of the trouble. */
const sharpRate = 0.8;
/** Chosen by us: below it a shorter stretch must explain so much more, in nats. */
const leastSharper = 6;

/**
 * The stretch around `near` that one rate explains best against what was expected, row by row:
 * there rows that were well count against it. It overlaps `near`, may be longer, and is shorter
 * only where that is plainly better.
 */
export function sharpest(
  series: RowSeries,
  near: Stretch,
  leastNats: number = leastSharper,
): Stretch {
  const { rows, count, expected } = series;
  let best = near;
  for (let round = 0; round < sharpRounds; round += 1) {
    const sums = sumsIn(series, best);
    const rate = sums.count / Math.max(1, sums.rows);
    const weights = rows.map((own, index) => {
      const here = { rows: own, count: count[index] ?? 0, expected: expected[index] ?? 0 };
      return own === 0 ? 0 : worthAt(here, rate);
    });
    const inner = bestStretch(weights, best);
    const isBetter =
      rate >= sharpRate || rateGain(sumsIn(series, inner)) - rateGain(sums) > leastNats;
    const found = widened(weights, isBetter ? inner : best);
    const isSame = found.first === best.first && found.last === best.last;
    best = found;
    if (isSame) break;
  }
  return best;
}

function sumsIn({ rows, count, expected }: RowSeries, { first, last }: Stretch): Hits {
  const sums = { rows: 0, count: 0, expected: 0 };
  for (let index = first; index <= last; index += 1) {
    sums.rows += rows[index] ?? 0;
    sums.count += count[index] ?? 0;
    sums.expected += expected[index] ?? 0;
  }
  return sums;
}

/** As far to either side as the sum grows. */
function widened(weights: readonly number[], core: Stretch): Stretch {
  let { first, last } = core;
  let [sum, best] = [0, 0];
  for (let index = core.first - 1; index >= 0; index -= 1) {
    sum += weights[index] ?? 0;
    if (sum > best) [best, first] = [sum, index];
  }
  [sum, best] = [0, 0];
  for (let index = core.last + 1; index < weights.length; index += 1) {
    sum += weights[index] ?? 0;
    if (sum > best) [best, last] = [sum, index];
  }
  return { first, last };
}

/** The stretch with the largest sum; all of it when none is above 0. **Source** Kadane. */
function bestStretch(weights: readonly number[], within: Stretch): Stretch {
  let best = { ...within, sum: 0 };
  let [sum, first] = [0, within.first];
  for (let index = within.first; index <= within.last; index += 1) {
    if (sum <= 0) [sum, first] = [0, index];
    sum += weights[index] ?? 0;
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
