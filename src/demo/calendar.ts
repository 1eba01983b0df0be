/** The 60 days of the demo, counted in minutes. Nothing here asks what time it is. */
import { type Micros, microsPerMinute, microsPerSecond } from '../time/instant.js';

export const minutesPerDay = 1_440;

/** 2020-02-24T00:00:00Z, a Monday. */
export const demoStart: Micros = 1_582_502_400 * microsPerSecond;

const months = [
  { prefix: '2020-02-', first: 24, last: 29 },
  { prefix: '2020-03-', first: 1, last: 31 },
  { prefix: '2020-04-', first: 1, last: 23 },
] as const;

/** The dates of the demo, oldest first. */
export const demoDates: readonly string[] = Object.freeze(
  months.flatMap(({ prefix, first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => prefix + twoDigits(first + index)),
  ),
);

export const demoMinutes = demoDates.length * minutesPerDay;

/** Minutes since the start of the demo. */
export function minuteOf(date: string, hour: number, minute: number): number {
  return demoDates.indexOf(date) * minutesPerDay + hour * 60 + minute;
}

/** 0 is Monday, 6 is Sunday. */
export function weekdayOf(minute: number): number {
  return Math.floor(minute / minutesPerDay) % 7;
}

export function instantOf(minute: number): Micros {
  return demoStart + minute * microsPerMinute;
}

export function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
