/** How wide buckets are and where they begin. Buckets are aligned, so that windows share them. */
import { Fault } from '../base/fault.js';
import { civilAt, dateAfterDays, instantAt, midnight, zoneOffset } from './calendar.js';
import { formatDuration, parseDuration } from './duration.js';
import {
  type Micros,
  microsPerDay,
  microsPerHour,
  microsPerMinute,
  microsPerSecond,
} from './instant.js';
import type { TimeRange } from './range.js';

/** As many as a line of a terminal shows; from the command line's design. */
export const maxAutoBuckets = 120;
/** The minutes of 69 days; chosen by us to bound the answer. */
export const maxBuckets = 100_000;
/** Of a series, which has a value for each bucket whether there is an event or not. */
export const maxSeriesBuckets = 10_000;

const week = 7 * microsPerDay;
const niceSteps: readonly Micros[] = [
  ...[1, 10, 100].map((count) => count * 1000),
  ...[1, 5, 10, 15, 30].map((count) => count * microsPerSecond),
  ...[1, 5, 10, 15, 30].map((count) => count * microsPerMinute),
  ...[1, 2, 3, 6, 12].map((count) => count * microsPerHour),
  microsPerDay,
  ...[1, 4, 13, 52, 520].map((count) => count * week),
];

/** The narrowest nice step that gives at most `maxBuckets` aligned buckets over a window. */
export function chooseStep(range: TimeRange, most = maxAutoBuckets): Micros {
  const step = niceSteps.find((candidate) => bucketCount(range, candidate) <= most);
  return step ?? niceSteps.at(-1) ?? week;
}

/**
 * The step asked for, or the one chosen when none was.
 * **Faults** CC1103, CC1003 when it gives too many buckets.
 */
export function resolveStep(every: string | null, range: TimeRange): Micros {
  if (every === null || every === 'auto') return chooseStep(range);
  const step = parseDuration(every, '--every');
  const count = bucketCount(range, step);
  if (count <= maxBuckets) return step;
  const problem = `${every} gives ${count} buckets, more than ${maxBuckets}`;
  const hint = `write --every ${formatDuration(chooseStep(range, maxBuckets))} or more`;
  const at = { option: '--every', text: every, start: 0, end: every.length };
  throw new Fault('CC1003', { name: '--every', problem }, { at, hint });
}

/** Where counting of buckets begins: a Monday for whole weeks, else the epoch. */
function bucketOrigin(step: Micros): Micros {
  return step % week === 0 ? 4 * microsPerDay : 0;
}

/** The start of the bucket an instant lies in. */
export function bucketStart(instant: Micros, step: Micros): Micros {
  const origin = bucketOrigin(step);
  return origin + Math.floor((instant - origin) / step) * step;
}

/** Buckets that overlap a window. */
export function bucketCount(range: TimeRange, step: Micros): number {
  if (range.end <= range.start) return 0;
  return (bucketStart(range.end - 1, step) - bucketStart(range.start, step)) / step + 1;
}

/** Starts of all buckets that overlap a window; the first may lie before it. */
export function bucketStarts(range: TimeRange, step: Micros): readonly Micros[] {
  const first = bucketStart(range.start, step);
  return Array.from({ length: bucketCount(range, step) }, (_, index) => first + index * step);
}

/** Buckets of one length that follow each other; `first` is the index of the first of them. */
export interface BucketRun {
  readonly first: number;
  readonly start: Micros;
  readonly stepMicros: Micros;
}

export interface Buckets {
  readonly runs: readonly BucketRun[];
  readonly count: number;
}

/**
 * Buckets that overlap a window. Steps of whole days are days of the zone, so that those on which
 * clocks change are shorter or longer; all others have one length and the same start everywhere.
 */
export function bucketsOf(range: TimeRange, step: Micros, zone: string): Buckets {
  if (zone === 'UTC' || step % microsPerDay !== 0 || range.end <= range.start) {
    const start = bucketStart(range.start, step);
    return { runs: [{ first: 0, start, stepMicros: step }], count: bucketCount(range, step) };
  }
  const shown = range.start + zoneOffset(range.start, zone);
  const { date } = civilAt(bucketStart(shown, step), 'UTC');
  const edge = (index: number): Micros =>
    instantAt(dateAfterDays(date, (index * step) / microsPerDay), midnight, zone);
  const runs: BucketRun[] = [];
  let [count, start] = [0, edge(0)];
  for (; start < range.end; count += 1) {
    const end = edge(count + 1);
    if (runs.at(-1)?.stepMicros !== end - start) {
      runs.push({ first: count, start, stepMicros: end - start });
    }
    start = end;
  }
  return { runs, count };
}

/** The start of a bucket, or the end of the last for the index behind it. */
export function startOfBucket({ runs, count }: Buckets, index: number): Micros {
  const run = runs.findLast(({ first }) => first <= Math.min(index, count - 1)) ?? runs[0];
  return run === undefined ? 0 : run.start + (index - run.first) * run.stepMicros;
}
