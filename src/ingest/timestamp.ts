/**
 * Text and numbers to instants, strictly and without `Date`: the calendar is checked by
 * arithmetic. RFC 3339 (with its common relaxations), the times of access and error logs, syslog,
 * and epoch numbers whose unit follows from their magnitude. Words are never times.
 * **Source** https://www.rfc-editor.org/rfc/rfc3339
 */
import { type Micros, microsPerDay, microsPerSecond } from '../time/instant.js';
import { parseLogTime } from './log-time.js';
import type { FieldValue } from './record.js';
import { digitsAt, instantOf, type Parts, parseOffset, type Timestamp } from './time-parts.js';

/** Reads a time as text. `reference` gives the year where the text has none (syslog). */
export function parseTimestamp(text: string, reference?: Micros): Timestamp | 'invalid' {
  const first = text.charCodeAt(0);
  const digit = first >= 48 && first <= 57;
  if (digit && text.charCodeAt(4) === 45) return parseIso(text);
  if (digit || first === 45 || first === 43) {
    const epoch = parseEpochText(text);
    if (epoch !== 'invalid') return epoch;
  }
  return parseLogTime(text, reference);
}

/** Reads a time given as a number: an epoch in s, ms, µs or ns by its magnitude. */
export function epochTimestamp(value: number | bigint): Timestamp | 'invalid' {
  if (typeof value === 'bigint') return parseEpochText(value.toString());
  if (!Number.isFinite(value)) return 'invalid';
  // The shortest text of a double is what was written, so its decimals are exact, unlike value*1e6.
  return parseEpochText(String(value));
}

/** The same for a number a double would round. */
export function exactEpoch(text: string): Timestamp | 'invalid' {
  const found = parseEpochText(text);
  if (found !== 'invalid') return found;
  const rounded = epochTimestamp(Number(text));
  return rounded === 'invalid' ? rounded : { ...rounded, exact: false };
}

/** Reads a field of any type as a time; null when it is none. */
export function readTimestamp(
  value: Exclude<FieldValue, null>,
  reference?: Micros,
): Timestamp | null {
  const numeric = typeof value === 'number' || typeof value === 'bigint';
  if (!numeric && typeof value !== 'string') return null;
  const found = numeric ? epochTimestamp(value) : parseTimestamp(value, reference);
  return found === 'invalid' ? null : found;
}

/** Which instants events can have. **Units** microseconds. */
export interface TimeLimits {
  /** 2000-01-01 unless configured. */
  readonly earliest: Micros;
  /** How far after `now`: 24 h unless configured. */
  readonly ahead: Micros;
}

export const defaultTimeLimits: TimeLimits = {
  earliest: 946_684_800 * microsPerSecond,
  ahead: microsPerDay,
};

/** Checked apart from reading, as a time out of range is a reject of its own. */
export function inTimeRange(
  micros: Micros,
  now: Micros,
  limits: TimeLimits = defaultTimeLimits,
): boolean {
  return micros >= limits.earliest && micros <= now + limits.ahead;
}

/** `2015-05-17T10:05:03.123456Z`: also a space or `t`, no seconds, a comma, `+0200`, no offset. */
function parseIso(text: string): Timestamp | 'invalid' {
  const separator = text.charCodeAt(10);
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  const hour = digitsAt(text, 11, 2);
  const minute = digitsAt(text, 14, 2);
  const marked = text.charCodeAt(7) === 45 && text.charCodeAt(13) === 58;
  if (!marked || (separator !== 84 && separator !== 116 && separator !== 32)) return 'invalid';
  const withSecond = text.charCodeAt(16) === 58;
  const second = withSecond ? digitsAt(text, 17, 2) : 0;
  const fraction = withSecond ? fractionAt(text, 19) : noFraction(16);
  if (fraction === null) return 'invalid';
  const offset = offsetAt(text, fraction.end);
  const parts: Parts = { year, month, day, hour, minute, second };
  const start = Number.isNaN(offset) ? null : instantOf(parts);
  if (start === null) return 'invalid';
  return {
    micros: start + fraction.micros - offset * 60 * microsPerSecond,
    exact: fraction.exact,
  };
}

interface Fraction {
  readonly micros: number;
  readonly exact: boolean;
  readonly end: number;
}

function noFraction(end: number): Fraction {
  return { micros: 0, exact: true, end };
}

/** A fraction of a second from its point or comma on; null when no digit follows. */
function fractionAt(text: string, start: number): Fraction | null {
  const mark = text.charCodeAt(start);
  if (mark !== 46 && mark !== 44) return noFraction(start);
  let micros = 0;
  let exact = true;
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    if (at - start <= 6) micros = micros * 10 + digit;
    else if (digit !== 0) exact = false;
  }
  const count = at - start - 1;
  if (count === 0) return null;
  return { micros: micros * 10 ** Math.max(0, 6 - count), exact, end: at };
}

/** The offset in minutes, 0 where none is given, NaN for anything else up to the end. */
function offsetAt(text: string, start: number): number {
  const at = text.charCodeAt(start) === 32 && start + 1 < text.length ? start + 1 : start;
  if (at === text.length) return 0;
  const rest = text.slice(at);
  if (rest === 'Z' || rest === 'z' || rest === 'UTC') return 0;
  return parseOffset(rest);
}

/**
 * An epoch number as text. The unit is the one that puts it between 1973 and the year 5138: below
 * 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds.
 */
function parseEpochText(text: string): Timestamp | 'invalid' {
  const match = /^([+-]?)(\d{1,19})(?:\.(\d+))?(?:[eE]\+?(\d{1,2}))?$/.exec(text);
  if (match === null) return 'invalid';
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match;
  const shift = Number(exponent);
  if (shift > 18) return 'invalid';
  const digits = whole + decimals.slice(0, shift).padEnd(shift, '0');
  if (digits.replace(/^0+/, '').length > 19) return 'invalid';
  const rest = decimals.slice(shift);
  const size = BigInt(digits);
  const power = size < 10n ** 11n ? 6 : size < 10n ** 14n ? 3 : size < 10n ** 17n ? 0 : -3;
  const { micros, exact } = scaled(digits, rest, power);
  return Number.isSafeInteger(micros)
    ? { micros: sign === '-' ? -micros : micros, exact }
    : 'invalid';
}

/** `digits.rest` times ten to the `power`, cut to a whole number. */
function scaled(digits: string, rest: string, power: number): Timestamp {
  const moved =
    power >= 0 ? digits + rest.slice(0, power).padEnd(power, '0') : digits.slice(0, power);
  const dropped = power >= 0 ? rest.slice(power) : digits.slice(power) + rest;
  return { micros: Number(moved), exact: /^0*$/.test(dropped) };
}
