/**
 * Numbers of JSON text, exactly: whole numbers of up to 15 digits and decimals of up to 15 digits
 * with a small exponent are computed from the bytes (Clinger's fast path: both operands are exact
 * doubles, so one division rounds correctly); all others go through their text.
 */
import { byte, fail } from './json-bytes.js';
import { type ScannedRow, valueKinds } from './scanned-row.js';

const exactDigits = 15;
const exactExponent = 22;
const powersOfTen = Float64Array.from({ length: exactExponent + 1 }, (_, n) => Number(`1e${n}`));
const int64Digits = 19;
const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/** Reads the number at `start` into slot `index` of the row. Returns the position after it. */
export function scanNumber(
  bytes: Uint8Array,
  start: number,
  row: ScannedRow,
  index: number,
): number {
  const negative = bytes[start] === byte.minus;
  const first = negative ? start + 1 : start;
  let at = first;
  let mantissa = 0;
  let digit = (bytes[at] ?? 0) - byte.zero;
  while (digit >= 0 && digit <= 9) {
    mantissa = mantissa * 10 + digit;
    at += 1;
    digit = (bytes[at] ?? 0) - byte.zero;
  }
  const wholeDigits = at - first;
  if (wholeDigits === 0 || (wholeDigits > 1 && bytes[first] === byte.zero)) return fail.syntax;
  const code = bytes[at] ?? 0;
  if (code === byte.dot || (code | 0x20) === byte.lowerE) {
    return scanDecimal(bytes, { start, at, mantissa, wholeDigits, negative }, row, index);
  }
  row.end[index] = at;
  if (wholeDigits <= exactDigits) {
    const zero = negative && mantissa === 0;
    row.kind[index] = zero ? valueKinds.number : valueKinds.integer;
    row.value[index] = negative ? -mantissa : mantissa;
    return at;
  }
  row.kind[index] = valueKinds.bigInteger;
  if (wholeDigits > int64Digits) return keepScanning(row, at);
  const exact = BigInt(textOf(bytes, start, at));
  return exact < int64Min || exact > int64Max ? keepScanning(row, at) : at;
}

interface Whole {
  readonly start: number;
  readonly at: number;
  readonly mantissa: number;
  readonly wholeDigits: number;
  readonly negative: boolean;
}

function scanDecimal(bytes: Uint8Array, whole: Whole, row: ScannedRow, index: number): number {
  let { at, mantissa } = whole;
  let fractionDigits = 0;
  if (bytes[at] === byte.dot) {
    const first = at + 1;
    at = first;
    let digit = (bytes[at] ?? 0) - byte.zero;
    while (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      at += 1;
      digit = (bytes[at] ?? 0) - byte.zero;
    }
    fractionDigits = at - first;
    if (fractionDigits === 0) return fail.syntax;
  }
  let exponent = -fractionDigits;
  if (((bytes[at] ?? 0) | 0x20) === byte.lowerE) {
    const digits = at + 1 + (bytes[at + 1] === byte.plus || bytes[at + 1] === byte.minus ? 1 : 0);
    const sign = bytes[at + 1] === byte.minus ? -1 : 1;
    at = digits;
    let power = 0;
    let digit = (bytes[at] ?? 0) - byte.zero;
    while (digit >= 0 && digit <= 9) {
      power = Math.min(power * 10 + digit, 100_000);
      at += 1;
      digit = (bytes[at] ?? 0) - byte.zero;
    }
    if (at === digits) return fail.syntax;
    exponent += sign * power;
  }
  row.end[index] = at;
  row.kind[index] = valueKinds.number;
  if (whole.wholeDigits + fractionDigits <= exactDigits && Math.abs(exponent) <= exactExponent) {
    const power = powersOfTen[Math.abs(exponent)] ?? 1;
    const size = exponent < 0 ? mantissa / power : mantissa * power;
    row.value[index] = whole.negative ? -size : size;
    return at;
  }
  const text = textOf(bytes, whole.start, at);
  const value = Number(text);
  row.value[index] = value;
  if (!isExact(text, value)) row.kind[index] = valueKinds.exactNumber;
  const vanished = value === 0 && mantissa !== 0;
  return Number.isFinite(value) && !vanished ? at : keepScanning(row, at);
}

/** Decimal digits that any double can tell apart from its neighbours. */
const doubleDigits = 17;

/** Whether `value` written with as many significant digits as `text` has is that number again. */
export function isExact(text: string, value: number): boolean {
  if (String(value) === text) return true;
  const given = digitsOf(text);
  if (given === '' || given.length > doubleDigits) return given === '';
  return digitsOf(value.toExponential(given.length - 1)) === given;
}

/** The significant digits of a number: no zeros around them, no point, no exponent. */
function digitsOf(text: string): string {
  const mantissa = text
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+/, '');
  let end = mantissa.length;
  while (mantissa[end - 1] === '0') end -= 1;
  return mantissa.slice(0, end);
}

/** The text goes on being checked; what is not JSON at all is told before a number out of range. */
function keepScanning(row: ScannedRow, at: number): number {
  if (row.soft === 0) row.soft = fail.numberRange;
  return at;
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
