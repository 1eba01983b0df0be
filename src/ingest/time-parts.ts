/** Calendar arithmetic on checked parts of a time, in the proleptic Gregorian calendar and UTC. */
import { type Micros, microsPerDay, microsPerSecond } from '../time/instant.js';

/** An instant; `exact` is false when digits below a microsecond were dropped. */
export interface Timestamp {
  readonly micros: Micros;
  readonly exact: boolean;
}

export interface Parts {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysBeforeMonth = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/**
 * The instant, or null for what is no time: 30 February, hour 24, a part that is NaN. A leap second
 * (`:60`, only at the end of an hour or, by its offset, of half an hour) is the second after it, as
 * in POSIX time.
 */
export function instantOf(parts: Parts): Micros | null {
  const { year, month, day, hour, minute, second } = parts;
  const before = daysBeforeMonth[month - 1];
  const length = monthDays[month - 1];
  if (before === undefined || length === undefined || Number.isNaN(year)) return null;
  const leap = isLeap(year);
  if (!(day >= 1 && day <= length + (leap && month === 2 ? 1 : 0))) return null;
  const lastSecond = minute % 30 === 29 ? 60 : 59;
  if (!(hour <= 23 && minute <= 59 && second <= lastSecond)) return null;
  const days = daysBeforeYear(year) + before + (leap && month > 2 ? 1 : 0) + day - 1;
  const seconds = hour * 3600 + minute * 60 + second;
  return days * microsPerDay + seconds * microsPerSecond;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** **Units** days from 1970-01-01 to the first of January. */
function daysBeforeYear(year: number): number {
  const past = year - 1;
  const leaps = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400);
  return past * 365 + leaps - 719_162;
}

/** The year an instant lies in. */
export function yearOf(micros: Micros): number {
  const days = Math.floor(micros / microsPerDay);
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBeforeYear(year) > days) year -= 1;
  while (daysBeforeYear(year + 1) <= days) year += 1;
  return year;
}

const monthNames = [
  'jan',
  'feb',
  'mar',
  'apr',
  'may',
  'jun',
  'jul',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
];

/** 1 to 12 for an English month of three letters, NaN for anything else. */
export function monthOf(name: string): number {
  const index = monthNames.indexOf(name.toLowerCase());
  return index < 0 ? Number.NaN : index + 1;
}

/** The number that `count` digits at `start` write, NaN when they are not all digits. */
export function digitsAt(text: string, start: number, count: number): number {
  let value = 0;
  for (let index = start; index < start + count; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** `+02:00`, `+0200` or `+02` in minutes; NaN for anything else. */
export function parseOffset(text: string): number {
  const sign = text[0] === '+' ? 1 : text[0] === '-' ? -1 : Number.NaN;
  const colon = text[3] === ':' ? 1 : 0;
  const hours = digitsAt(text, 1, 2);
  const minutes = text.length === 3 ? 0 : digitsAt(text, 3 + colon, 2);
  const whole = text.length === 3 || text.length === 5 + colon;
  return whole && hours <= 23 && minutes <= 59 ? sign * (hours * 60 + minutes) : Number.NaN;
}
