/**
 * How far sampling may have moved a count. A row of sample rate w was kept with the chance 1/w,
 * each by itself, so the sum of w is the Horvitz-Thompson estimate and the sum of w(w − 1)
 * estimates its variance. Pure.
 * **Source** Horvitz and Thompson 1952; Särndal, Swensson and Wretman 1992, section 3.2 (Poisson
 * sampling); shares: Wilson 1927 with the effective sample size of Korn and Graubard 1998.
 */
import type { Interval } from './result.js';

/** Sums over the rows of one group; `bad` only of those the rule holds for. */
export interface SampleSums {
  readonly rows: number;
  readonly events: number;
  readonly variance: number;
  readonly badEvents: number;
  readonly badVariance: number;
}

export const intervalLevel = 0.95;
/** The normal deviate of that level. */
const deviate = 1.959963984540054;

/** Of a number of events, in whole ones; never below the rows that were seen. Null: exact. */
export function countInterval({ rows, events, variance }: SampleSums): Interval | null {
  if (variance <= 0) return null;
  const half = deviate * Math.sqrt(variance);
  return [Math.max(rows, Math.floor(events - half)), Math.ceil(events + half)];
}

/** Of events per second. Null: exact. */
export function rateInterval(sums: SampleSums, seconds: number): Interval | null {
  const counted = countInterval(sums);
  if (counted === null || seconds <= 0) return null;
  return [rounded(counted[0] / seconds), rounded(counted[1] / seconds)];
}

/** Of the share of bad events. Null: exact, or no event. */
export function shareInterval(sums: SampleSums): Interval | null {
  const { events, variance, badEvents, badVariance } = sums;
  if (variance <= 0 || events <= 0) return null;
  const share = badEvents / events;
  const spread = (badVariance * (1 - 2 * share) + share * share * variance) / (events * events);
  const isInside = share > 0 && share < 1 && spread > 0;
  const size = isInside ? (share * (1 - share)) / spread : (events * events) / variance;
  const pull = deviate ** 2 / size;
  const middle = (share + pull / 2) / (1 + pull);
  const inner = (share * (1 - share)) / size + pull / (4 * size);
  const half = (deviate * Math.sqrt(inner)) / (1 + pull);
  return [rounded(Math.max(0, middle - half)), rounded(Math.min(1, middle + half))];
}

/** Digits that mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
