/** Durations people type and read: `250ms`, `1.5s`, `1h30m`. A day is 24 hours, a week 7 days. */
import { Fault } from '../base/fault.js';
import type { Micros } from './instant.js';
import { microsPerDay, microsPerHour, microsPerMinute, microsPerSecond } from './instant.js';

const unitMicros: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  μs: 1,
  ms: 1_000,
  s: microsPerSecond,
  sec: microsPerSecond,
  m: microsPerMinute,
  min: microsPerMinute,
  h: microsPerHour,
  d: microsPerDay,
  w: 7 * microsPerDay,
};

const part = /(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|sec|s|min|m|h|d|w)/gy;

/**
 * The length of `250ms`, `1h30m`; null when the text is no duration or too long to be exact.
 * **Units** microseconds, with decimals only below a microsecond.
 */
export function readDuration(text: string): number | null {
  const total = measure(text);
  if (total === null) return null;
  const rounded = total >= 1 ? Math.round(total) : Math.round(total * 1000) / 1000;
  return Number.isSafeInteger(Math.ceil(rounded)) ? rounded : null;
}

/**
 * The length of what a program wrote, `12.3ms` or `2m3.5s`, to the nanosecond; null when the text
 * is no duration. A space before the unit is usual. **Units** milliseconds.
 */
export function readWrittenDuration(text: string): number | null {
  if (text.length > longestWritten) return null;
  const total = measure(text.replace(/^([\d.]+) (?=\D)/, '$1'));
  const nanos = total === null ? Number.NaN : Math.round(total * 1000);
  return Number.isSafeInteger(nanos) ? nanos / 1e6 : null;
}

/** Longer than any real one, and short enough to try. */
const longestWritten = 64;

/** The sum of the parts, null when the text is not made of them. **Units** microseconds. */
function measure(text: string): number | null {
  let total = 0;
  let position = 0;
  part.lastIndex = 0;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    total += Number(match[1]) * (unitMicros[match[2] ?? ''] ?? 0);
    position = part.lastIndex;
    part.lastIndex = position;
  }
  return position === 0 || position !== text.length ? null : total;
}

/**
 * A duration of at least one microsecond, as an option gives it.
 * **Faults** CC1103.
 */
export function parseDuration(text: string, option?: string): Micros {
  const micros = readDuration(text.trim().toLowerCase());
  if (micros !== null && micros >= 1) return micros;
  const at = { text, start: 0, end: text.length, ...(option === undefined ? {} : { option }) };
  throw new Fault('CC1103', { text: text === '' ? 'nothing' : text }, { at });
}

const writtenUnits = [
  ['d', microsPerDay],
  ['h', microsPerHour],
  ['m', microsPerMinute],
  ['s', microsPerSecond],
  ['ms', 1_000],
  ['us', 1],
] as const;

/**
 * The exact text of a duration, shortest in whole units: `1h30m`, `250ms`, `0s`. Read back by
 * `readDuration`. **Units** whole microseconds.
 */
export function formatDuration(micros: Micros): string {
  if (micros < 0) return `-${formatDuration(-micros)}`;
  let left = Math.round(micros);
  let text = '';
  for (const [unit, size] of writtenUnits) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text === '' ? '0s' : text;
}
