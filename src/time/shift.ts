/**
 * How far back another window lies. Days and weeks go by the clock of a zone, so that Monday 9:00
 * meets Monday 9:00 when clocks changed in between; hours and less are elapsed time.
 */
import { civilAt, dateAfterDays, instantAt } from './calendar.js';
import { readDuration } from './duration.js';
import { type BucketRun, type Buckets, startOfBucket } from './granularity.js';
import { type Micros, microsPerDay } from './instant.js';
import type { TimeRange } from './range.js';

/** A way back: first so many days of the calendar, then so much time. */
export interface Shift {
  readonly days: number;
  readonly micros: Micros;
}

const form = /^(?:(\d{1,4})w)?(?:(\d{1,6})d)?([^dw]*)$/;

/** The way back of `1d`, `2w`, `90m`, `1w12h`; null when the text is none, or none back at all. */
export function readShift(text: string): Shift | null {
  const [, weeks = '0', days = '0', rest = ''] = form.exec(text.trim().toLowerCase()) ?? [
    '',
    '0',
    '0',
    'none',
  ];
  const micros = rest === '' ? 0 : readDuration(rest);
  if (micros === null || !Number.isInteger(micros)) return null;
  const shift = { days: 7 * Number(weeks) + Number(days), micros };
  return shift.days > 0 || micros > 0 ? shift : null;
}

/** The same way, so many times. */
export function timesShift({ days, micros }: Shift, count: number): Shift {
  return { days: days * count, micros: micros * count };
}

/** The instant so far back. */
export function instantBack(instant: Micros, { days, micros }: Shift, zone: string): Micros {
  if (days === 0) return instant - micros;
  if (zone === 'UTC') return instant - days * microsPerDay - micros;
  const { date, time } = civilAt(instant, zone);
  return instantAt(dateAfterDays(date, -days), time, zone) - micros;
}

/** Both ends so far back; shorter or longer by an hour where clocks changed within one of them. */
export function rangeBack(range: TimeRange, shift: Shift, zone: string): TimeRange {
  return {
    start: instantBack(range.start, shift, zone),
    end: instantBack(range.end, shift, zone),
  };
}

/** The way back from one instant to another: whole days where clocks show the same time. */
export function shiftBetween(from: Micros, to: Micros, zone: string): Shift {
  const days = Math.round((from - to) / microsPerDay);
  const byClock = { days, micros: 0 };
  return days !== 0 && instantBack(from, byClock, zone) === to
    ? byClock
    : { days: 0, micros: from - to };
}

/** Buckets of another window; `places` gives for each bucket of the first one its own there. */
export interface AlignedBuckets {
  readonly buckets: Buckets;
  /** Null where clocks went forward, so that there was no such time. */
  readonly places: readonly (number | null)[];
}

/** The buckets moved back, edge by edge; each as long as the clock makes it. */
export function bucketsBack(buckets: Buckets, shift: Shift, zone: string): AlignedBuckets {
  const edges = Array.from({ length: buckets.count + 1 }, (_, index) =>
    instantBack(startOfBucket(buckets, index), shift, zone),
  );
  for (let index = edges.length - 2; index >= 0; index -= 1) {
    edges[index] = Math.min(edges[index] ?? 0, edges[index + 1] ?? 0);
  }
  const runs: BucketRun[] = [];
  let count = 0;
  const places = Array.from({ length: buckets.count }, (_, index) => {
    const start = edges[index] ?? 0;
    const stepMicros = (edges[index + 1] ?? 0) - start;
    if (stepMicros === 0) return null;
    if (runs.at(-1)?.stepMicros !== stepMicros) runs.push({ first: count, start, stepMicros });
    count += 1;
    return count - 1;
  });
  return { buckets: { runs, count }, places };
}
