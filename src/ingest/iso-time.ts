/**
 * RFC 3339 times straight from bytes, for the form nearly every event has. All other forms are
 * left to `timestamp.ts`, which agrees on this one.
 */
import { type Micros, microsPerDay, microsPerSecond } from '../time/instant.js';

const zero = 0x30;
const secondsOfDate = 19;

/**
 * Reads `YYYY-MM-DDTHH:MM:SS`, up to six digits of fraction, and `Z`, `±hh:mm` or nothing (UTC).
 * NaN when the text has another form or names no real moment.
 */
export function isoMicros(bytes: Uint8Array, start: number, end: number): Micros {
  if (end - start < secondsOfDate || bytes[start + 10] !== 0x54) return Number.NaN;
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return Number.NaN;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return Number.NaN;
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  const hour = twoDigits(bytes, start + 11);
  const minute = twoDigits(bytes, start + 14);
  const second = twoDigits(bytes, start + 17);
  const valid =
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  if (!valid) return Number.NaN;
  const seconds = hour * 3600 + minute * 60 + second;
  const local = daysFromEpoch(year, month, day) * microsPerDay + seconds * microsPerSecond;
  return local + fractionAndOffset(bytes, start + secondsOfDate, end);
}

function fractionAndOffset(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  let micros = 0;
  if (bytes[at] === 0x2e && at < end) {
    let unit = 100_000;
    at += 1;
    const first = at;
    let digit = (bytes[at] ?? 0) - zero;
    while (at < end && digit >= 0 && digit <= 9) {
      if (unit < 1) return Number.NaN;
      micros += digit * unit;
      unit = unit === 1 ? 0 : unit / 10;
      at += 1;
      digit = (bytes[at] ?? 0) - zero;
    }
    if (at === first) return Number.NaN;
  }
  if (at === end) return micros;
  const sign = bytes[at];
  if (sign === 0x5a) return at + 1 === end ? micros : Number.NaN;
  if ((sign !== 0x2b && sign !== 0x2d) || end - at !== 6) return Number.NaN;
  const hours = twoDigits(bytes, at + 1);
  const minutes = twoDigits(bytes, at + 4);
  if (bytes[at + 3] !== 0x3a || !(hours <= 23) || !(minutes <= 59)) return Number.NaN;
  const offset = (hours * 3600 + minutes * 60) * microsPerSecond;
  return sign === 0x2b ? micros - offset : micros + offset;
}

/** NaN when they are not two digits, so that every comparison with it fails. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - zero;
  const ones = (bytes[at + 1] ?? 0) - zero;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** **Source** https://howardhinnant.github.io/date_algorithms.html, `days_from_civil`. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}
