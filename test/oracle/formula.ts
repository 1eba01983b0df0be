/**
 * The judge of formulas: a bound formula run on plain values, function by function as it is
 * documented, without SQL and without the compiler.
 */
import { unreachable } from '../../src/base/assert.js';
import type { BoundFormula } from '../../src/expression/formula-bind.js';
import type { FunctionName } from '../../src/expression/formula-functions.js';
import { formatTime } from './format-time.js';
import type { PlainValue } from './rows.js';
import { compared } from './values.js';

/** What a reference holds for the event or group at hand; moments for functions of time. */
export interface Reading<Ref> {
  readonly read: (ref: Ref) => PlainValue;
  readonly micros: (ref: Ref) => number | null;
  /** What arithmetic takes for what is no number. */
  readonly missing: 'zero' | 'missing';
}

/** The value of a formula; never infinite, never a signed zero. */
export function evaluate<Ref>(formula: BoundFormula<Ref>, reading: Reading<Ref>): PlainValue {
  switch (formula.kind) {
    case 'value':
      return typeof formula.value === 'bigint' ? Number(formula.value) : formula.value;
    case 'ref':
      return reading.read(formula.ref);
    case 'call': {
      if (formula.name === 'EVENT_TIMESTAMP' || formula.name === 'INGEST_TIMESTAMP') {
        const [moment] = formula.args;
        const micros = moment?.kind === 'ref' ? reading.micros(moment.ref) : null;
        return micros === null ? null : micros / 1e6;
      }
      const values = formula.args.map((arg) => evaluate(arg, reading));
      return apply(formula.name, values, reading.missing);
    }
    default:
      return unreachable(formula);
  }
}

type Compared = Parameters<typeof compared>[1];

function apply(
  name: FunctionName,
  values: readonly PlainValue[],
  missing: 'zero' | 'missing',
): PlainValue {
  const [first = null, second = null] = values;
  switch (name) {
    case 'IF':
      return branch(values, isTrue);
    case 'SWITCH':
      return branch(values.slice(1), (label) => equals(first, label));
    case 'COALESCE':
      return values.find((value) => value !== null && value !== '') ?? null;
    case 'LT':
      return ordered(first, '<', second);
    case 'LTE':
      return ordered(first, '<=', second);
    case 'GT':
      return ordered(first, '>', second);
    case 'GTE':
      return ordered(first, '>=', second);
    case 'EQUALS':
      return equals(first, second);
    case 'IN':
      return values.slice(1).some((value) => equals(first, value));
    case 'NOT_IN':
      return !values.slice(1).some((value) => equals(first, value));
    case 'EXISTS':
      return first !== null;
    case 'NOT':
      return !isTrue(first);
    case 'BOOL':
      return isTrue(first);
    case 'AND':
      return values.every(isTrue);
    case 'OR':
      return values.some(isTrue);
    case 'STRING':
      return textOf(first) ?? '';
    case 'CONCAT':
      return values.map((value) => textOf(value) ?? '').join('');
    default:
      return missing === 'missing' && isArithmetic(name) && values.some(isNoNumber)
        ? null
        : applyNumber(name, values);
  }
}

function isArithmetic(name: FunctionName): boolean {
  return ['SUM', 'SUB', 'MUL', 'DIV', 'MOD', 'INT', 'FLOAT'].includes(name);
}

function isNoNumber(value: PlainValue): boolean {
  return parsed(value) === null;
}

type Rest = Exclude<
  FunctionName,
  | 'IF'
  | 'SWITCH'
  | 'COALESCE'
  | 'LT'
  | 'LTE'
  | 'GT'
  | 'GTE'
  | 'EQUALS'
  | 'IN'
  | 'NOT_IN'
  | 'EXISTS'
  | 'NOT'
  | 'BOOL'
  | 'AND'
  | 'OR'
  | 'STRING'
  | 'CONCAT'
>;

function applyNumber(name: Rest, values: readonly PlainValue[]): PlainValue {
  const [first = null, second = null] = values;
  const numbers = values.map((value) => parsed(value) ?? 0);
  const [left = 0, right = 0] = numbers;
  switch (name) {
    case 'MIN':
      return extreme(values, -1);
    case 'MAX':
      return extreme(values, 1);
    case 'SUM':
      return finite(numbers.reduce((sum, value) => sum + value));
    case 'SUB':
      return finite(left - right);
    case 'MUL':
      return finite(numbers.reduce((product, value) => product * value));
    case 'DIV':
      return right === 0 ? null : finite(left / right);
    case 'MOD':
      return right === 0 ? null : finite(left % right);
    case 'LOG10': {
      const value = parsed(first);
      return value === null || value <= 0 ? null : finite(Math.log10(value));
    }
    case 'INT': {
      const whole = Math.trunc(left) + 0;
      return whole >= -(2 ** 63) && whole < 2 ** 63 ? whole : null;
    }
    case 'FLOAT':
      return left;
    case 'BUCKET':
      return bucket(first, values.slice(1).map(Number));
    default:
      return applyText(name, first, second);
  }
}

type TextName = Exclude<
  Rest,
  'MIN' | 'MAX' | 'SUM' | 'SUB' | 'MUL' | 'DIV' | 'MOD' | 'LOG10' | 'INT' | 'FLOAT' | 'BUCKET'
>;

function applyText(name: TextName, first: PlainValue, second: PlainValue): PlainValue {
  const text = typeof first === 'string' ? first : null;
  const other = typeof second === 'string' ? second : null;
  const both = text !== null && other !== null;
  switch (name) {
    case 'STARTS_WITH':
      return both && text.startsWith(other);
    case 'ENDS_WITH':
      return both && text.endsWith(other);
    case 'CONTAINS':
      return both && text.includes(other);
    case 'TO_LOWER':
      return text === null ? null : text.toLowerCase();
    case 'LENGTH':
      if (text === null) return null;
      return second === 'bytes' ? Buffer.byteLength(text) : [...text].length;
    case 'REG_MATCH':
      return both && text !== '' && new RegExp(other, 'u').test(text);
    case 'REG_VALUE': {
      const match = both ? new RegExp(other, 'u').exec(text) : null;
      if (match === null) return null;
      return match.length > 1 ? (match[1] ?? '') : match[0];
    }
    case 'REG_COUNT':
      return both ? [...text.matchAll(new RegExp(other, 'gu'))].length : 0;
    case 'UNIX_TIMESTAMP':
      return text === null ? null : unixSeconds(text);
    case 'FORMAT_TIME': {
      const seconds = parsed(second);
      if (seconds === null || seconds < -62_135_596_800 || seconds >= 253_402_300_800) return null;
      return formatTime(String(first), Math.round(seconds * 1e6));
    }
    case 'EVENT_TIMESTAMP':
    case 'INGEST_TIMESTAMP':
      return null;
    default:
      return unreachable(name);
  }
}

function branch(values: readonly PlainValue[], holds: (value: PlainValue) => boolean): PlainValue {
  for (let index = 0; index + 1 < values.length; index += 2) {
    if (holds(values[index] ?? null)) return values[index + 1] ?? null;
  }
  return values.length % 2 === 1 ? (values.at(-1) ?? null) : null;
}

function isTrue(value: PlainValue): boolean {
  if (typeof value === 'number') return value !== 0;
  return value === true || value === 'true';
}

function equals(left: PlainValue, right: PlainValue): boolean {
  return left !== null && left === right;
}

function ordered(left: PlainValue, op: Compared, right: PlainValue): boolean {
  const comparable = typeof left === 'number' || typeof left === 'string';
  if (!comparable || typeof left !== typeof right) return false;
  return compared(left, op, right) === true;
}

function extreme(values: readonly PlainValue[], sign: 1 | -1): PlainValue {
  const filled = values.filter((value) => value !== null);
  const same = filled.filter((value) => typeof value === typeof filled[0]);
  let best: PlainValue = same[0] ?? null;
  for (const value of same) {
    if (compared(value, sign === 1 ? '>' : '<', best) === true) best = value;
  }
  return best;
}

/** The number of a value; texts are read, booleans and missing values are none. */
export function parsed(value: PlainValue): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  const isNumber = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value);
  return isNumber ? finite(Number(value)) : null;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

/** Shortest digits that are the number; powers of ten below 1e-4 and from 1e16 on. */
export function textOf(value: PlainValue): string | null {
  if (typeof value !== 'number') return value === null ? null : String(value);
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return String(value);
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function bucket(value: PlainValue, [size = 1, min, max]: readonly number[]): PlainValue {
  if (typeof value !== 'number') return null;
  if (min !== undefined && value <= min) return `< ${min}`;
  if (max !== undefined && value > max) return `> ${max}`;
  const anchor = min ?? 0;
  const quotient = (value - anchor) / size;
  const near = Math.round(quotient);
  const upper = Math.ceil(Math.abs(quotient - near) < 1e-9 ? near : quotient);
  const edge = (index: number) => Number((anchor + index * size).toFixed(6)) + 0;
  const high = Math.min(edge(upper), max ?? Number.POSITIVE_INFINITY);
  return `${textOf(edge(upper - 1))} - ${textOf(high)}`;
}

function unixSeconds(text: string): number | null {
  const form = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/;
  const [, day = '', time = '', fraction = '', zone = ''] = form.exec(text) ?? [];
  const millis = Date.parse(`${day}T${time}${zone.toUpperCase()}`);
  if (Number.isNaN(millis) || !isDay(day)) return null;
  return (millis * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))) / 1e6;
}

function isDay(day: string): boolean {
  const moment = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(day);
}
