/** Instants of one window for people, no longer than the window needs. */
import { formatClock, formatDate } from '../time/format.js';
import { microsPerSecond } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** The time of day to the second; with month and day where the window is of several days. */
export function clockOf({ start, end }: TimeRange, zone: string): (micros: number) => string {
  const isOneDay = formatDate(start, zone) === formatDate(Math.max(start, end - 1), zone);
  return (micros) => {
    const clock = formatClock(wholeSecond(micros), zone);
    return isOneDay ? clock : `${formatDate(micros, zone).slice(5)} ${clock}`;
  };
}

/** The second an instant lies in. */
export function wholeSecond(micros: number): number {
  return Math.floor(micros / microsPerSecond) * microsPerSecond;
}

/** The seconds a window touches; at least one. */
export function wholeSeconds({ start, end }: TimeRange): TimeRange {
  const first = wholeSecond(start);
  return { start: first, end: Math.max(wholeSecond(end), first + microsPerSecond) };
}
