/**
 * Times that say their year: ISO dates, RFC 3339, `@` and seconds since the epoch. Needs no now,
 * so it also reads times in filters and in data.
 */
import {
  type CivilDate,
  type CivilTime,
  dateAfterDays,
  dateAfterMonths,
  instantAt,
  isDate,
  midnight,
} from './calendar.js';
import type { Micros } from './instant.js';
import { microsPerMinute } from './instant.js';

/** A time as typed: where it begins, and where the day or month it names ends (else null). */
export interface Moment {
  readonly start: Micros;
  readonly end: Micros | null;
}

const secondPattern = ':(?<second>\\d\\d)(?:[.,](?<fraction>\\d{1,9}))?';
const timePattern = new RegExp(
  `^(?<hour>\\d{1,2})(?::(?<minute>\\d\\d)(?:${secondPattern})?)? ?(?<half>am|pm)?$`,
);
const isoPattern =
  /^(\d{4})([-/])(\d\d)\2(\d\d)(?:[t ]([\d:.,]+(?: ?[ap]m)?) ?(z|utc|gmt|[+-]\d\d(?::?\d\d)?)?)?$/i;
const monthPattern = /^(\d{4})-(\d\d)$/;
const epochPattern = /^@(\d{1,16})(?:\.(\d{1,6}))?$/;

/** `14:10`, `14:10:30.5`, `2pm`; null for anything else. A bare number is no time of day. */
export function readTimeOfDay(text: string): CivilTime | null {
  const groups = timePattern.exec(text.toLowerCase())?.groups;
  if (groups === undefined) return null;
  const { minute, half, fraction = '' } = groups;
  if (minute === undefined && half === undefined) return null;
  const shown = Number(groups.hour);
  if (half !== undefined && (shown < 1 || shown > 12)) return null;
  const hour = half === undefined ? shown : (shown % 12) + (half === 'pm' ? 12 : 0);
  const time = {
    hour,
    minute: Number(minute ?? 0),
    second: Number(groups.second ?? 0),
    micros: Number(fraction.slice(0, 6).padEnd(6, '0')),
  };
  return time.hour < 24 && time.minute < 60 && time.second < 60 ? time : null;
}

/** The whole day or a time of day on a date, in a zone. */
export function momentOn(date: CivilDate, time: CivilTime | null, zone: string): Moment {
  if (time !== null) return { start: instantAt(date, time, zone), end: null };
  return {
    start: instantAt(date, midnight, zone),
    end: instantAt(dateAfterDays(date, 1), midnight, zone),
  };
}

/**
 * A time that needs no now; null for anything else. Digits below a microsecond are cut off.
 * **Source** RFC 3339, with a space for the `T` and the offset optional.
 */
export function readAbsolute(text: string, zone: string): Moment | null {
  return readIso(text, zone) ?? readMonth(text, zone) ?? readEpoch(text);
}

function readIso(text: string, zone: string): Moment | null {
  const match = isoPattern.exec(text);
  if (match === null) return null;
  const [, year, , month, day, timeText, offsetText] = match;
  const date = { year: Number(year), month: Number(month), day: Number(day) };
  if (!isDate(date)) return null;
  if (timeText === undefined) return momentOn(date, null, zone);
  const hourOnly = /^\d\d$/.test(timeText) && offsetText === undefined;
  const time = readTimeOfDay(hourOnly ? `${timeText}:00` : timeText);
  if (time === null) return null;
  if (offsetText === undefined) return momentOn(date, time, zone);
  const offset = readOffset(offsetText);
  if (offset === null) return null;
  return { start: instantAt(date, time, 'UTC') - offset, end: null };
}

function readOffset(text: string): Micros | null {
  if (/^[a-z]/i.test(text)) return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * microsPerMinute;
}

function readMonth(text: string, zone: string): Moment | null {
  const match = monthPattern.exec(text);
  const first = { year: Number(match?.[1]), month: Number(match?.[2]), day: 1 };
  if (match === null || !isDate(first)) return null;
  return {
    start: instantAt(first, midnight, zone),
    end: instantAt(dateAfterMonths(first, 1), midnight, zone),
  };
}

/** Up to 11 digits are seconds, up to 14 milliseconds, then microseconds: 1973 to 2255 in each. */
function readEpoch(text: string): Moment | null {
  const match = epochPattern.exec(text);
  if (match === null) return null;
  const [, digits = '', fraction = ''] = match;
  const whole = Number(digits);
  if (digits.length <= 11) {
    const start = whole * 1e6 + Number(fraction.padEnd(6, '0'));
    return { start, end: null };
  }
  if (digits.length <= 14) {
    return { start: whole * 1000 + Number(fraction.slice(0, 3).padEnd(3, '0')), end: null };
  }
  return Number.isSafeInteger(whole) ? { start: whole, end: null } : null;
}
