/**
 * Dates and times of day in a zone. The only place that knows time zones and date packages. Dates
 * are plain ones in UTC: the first use of a zone costs 20 ms in Intl, a tenth of a small query.
 * A time of day that a zone skips (clocks go forward) is read as if the clocks had not yet changed;
 * one that a zone repeats (clocks go back) is the first of the two.
 */
import { tzOffset } from '@date-fns/tz/tzOffset';
import type { Micros } from './instant.js';
import { microsPerDay, microsPerMinute, microsPerSecond } from './instant.js';

/** A date of the Gregorian calendar. **Units** month 1 to 12, day 1 to 31. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A time of day. **Units** `micros` counts within the second. */
export interface CivilTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

export const midnight: CivilTime = { hour: 0, minute: 0, second: 0, micros: 0 };

/** Years whose microseconds are safe integers. */
const firstYear = 1700;
const lastYear = 2250;

/** The zone named: an IANA name or an offset such as `+02:00`; `local` is this machine's. */
export function resolveZone(text: string): string | null {
  if (text === 'UTC') return text;
  const zone = text === 'local' ? new Intl.DateTimeFormat().resolvedOptions().timeZone : text;
  return Number.isNaN(tzOffset(zone, new Date(0))) ? null : zone;
}

/** How far a zone is ahead of UTC at an instant. **Units** microseconds. */
export function zoneOffset(instant: Micros, zone: string): Micros {
  if (zone === 'UTC') return 0;
  return tzOffset(zone, new Date(Math.floor(instant / 1000))) * microsPerMinute;
}

/** Whether a date exists in the calendar and in the years kept. */
export function isDate(date: CivilDate): boolean {
  const { year, month, day } = date;
  if (year < firstYear || year > lastYear || month < 1 || month > 12) return false;
  return day >= 1 && day <= daysInMonth(year, month);
}

/** Days of a month. **Units** month 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** 0 for Sunday to 6 for Saturday. */
export function weekdayOf(date: CivilDate): number {
  return new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay();
}

/** The date so many days later, or earlier when negative. */
export function dateAfterDays(date: CivilDate, days: number): CivilDate {
  return civilDate(Date.UTC(date.year, date.month - 1, date.day + days));
}

/** The date so many months later; the last day of the month when it has no such day. */
export function dateAfterMonths(date: CivilDate, months: number): CivilDate {
  const first = civilDate(Date.UTC(date.year, date.month - 1 + months, 1));
  return { ...first, day: Math.min(date.day, daysInMonth(first.year, first.month)) };
}

/** The date and time of day that clocks of a zone show at an instant. */
export function civilAt(instant: Micros, zone: string): { date: CivilDate; time: CivilTime } {
  const shown = instant + zoneOffset(instant, zone);
  const ms = Math.floor(shown / 1000);
  const day = new Date(ms);
  const time = {
    hour: day.getUTCHours(),
    minute: day.getUTCMinutes(),
    second: day.getUTCSeconds(),
    micros: shown - Math.floor(shown / microsPerSecond) * microsPerSecond,
  };
  return { date: civilDate(ms), time };
}

/** The instant at which clocks of a zone show a date and time of day. */
export function instantAt(date: CivilDate, time: CivilTime, zone: string): Micros {
  const { year, month, day } = date;
  const ms = Date.UTC(year, month - 1, day, time.hour, time.minute, time.second);
  const shown = ms * 1000 + time.micros;
  const before = zoneOffset(shown - microsPerDay, zone);
  const after = zoneOffset(shown + microsPerDay, zone);
  const candidates = [shown - before, shown - after].filter(
    (instant) => instant + zoneOffset(instant, zone) === shown,
  );
  return candidates.length === 0 ? shown - before : Math.min(...candidates);
}

/** **Units** milliseconds since the epoch, UTC. */
function civilDate(ms: number): CivilDate {
  const day = new Date(ms);
  return { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate() };
}

/** What a sentence says about a time; what it leaves open is null. */
export interface SpokenTime {
  readonly date: CivilDate;
  readonly time: CivilTime | null;
  readonly offset: Micros | null;
  /** Whether it names a weekday and no date. */
  readonly weekdayOnly: boolean;
}

/**
 * English sentences such as `last friday at 3pm`, when the whole text is one time. Null for what is
 * not, for spans, and for what leaves the day open (`may`, `last week`).
 * **Source** chrono-node, loaded when needed.
 */
export async function readSpokenTime(
  text: string,
  now: Micros,
  zone: string,
): Promise<SpokenTime | null> {
  const { casual } = await import('chrono-node/en');
  const reference = { instant: new Date(now / 1000), timezone: zoneOffset(now, zone) / 6e7 };
  const results = casual.parse(text, reference);
  const [result] = results;
  if (result === undefined || results.length > 1 || result.text.length !== text.length) return null;
  const { start, end } = result;
  const weekdayOnly = start.isCertain('weekday') && !start.isCertain('day');
  const dayKnown = start.isCertain('day') || start.isCertain('weekday') || start.isCertain('hour');
  if (end || !dayKnown) return null;
  const part = (name: Parameters<typeof start.get>[0]): number => start.get(name) ?? 0;
  const date = { year: part('year'), month: part('month'), day: part('day') };
  const hour = part('hour');
  const minute = part('minute');
  const time = { hour, minute, second: part('second'), micros: part('millisecond') * 1000 };
  const offset = start.isCertain('timezoneOffset')
    ? part('timezoneOffset') * microsPerMinute
    : null;
  return { date, time: start.isCertain('hour') ? time : null, offset, weekdayOnly };
}
