/** Where marks of an axis stand and what they say, for terminals and pictures alike. Pure. */
import { formatClock, formatDate } from '../time/format.js';
import { bucketStart } from '../time/granularity.js';
import { type Micros, microsPerDay, microsPerHour, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { formatCount } from './number.js';

/** A mark: its place on the axis and its text. */
export interface Tick {
  readonly value: number;
  readonly label: string;
}

/**
 * Steps of 1, 2 or 5 times a power of ten: about `count` of them from at or below `min` to at or
 * above `max`. **Invariant** ascending; the first is ≤ min, the last ≥ max.
 */
export function niceTicks(min: number, max: number, count: number): readonly number[] {
  const size = Math.max(Math.abs(min), Math.abs(max));
  if (size < leastSize) return niceTicks(0, 1, count);
  // Values that differ behind the sixth digit only are drawn as one.
  const top = max - min > size * 1e-6 ? max : min + size;
  const step = niceStep((top - min) / Math.max(1, count));
  const first = Math.floor(min / step);
  const last = Math.ceil(top / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => rounded((first + index) * step));
}

/** Below this the steps of an axis are no numbers any more. */
const leastSize = 1e-280;

/** The nice number next to `raw`, at least as large but for a little. */
export function niceStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((one) => one * power >= raw * 0.999) ?? 10;
  return factor * power;
}

/** Sums of steps such as 0.1 leave noise behind the 15th digit. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

const suffixes = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
] as const;

/** A short number for an axis: `0`, `250`, `2,500`, `25k`, `1.5M`, `0.002`; ratios as `12 %`. */
export function axisNumber(value: number, unit: string | null): string {
  if (unit === 'ratio') return `${rounded(value * 100)} %`;
  const size = Math.abs(value);
  for (const [from, suffix] of suffixes) {
    if (size < from) continue;
    const base = suffix === 'k' ? 1000 : from;
    return `${rounded(Number((value / base).toPrecision(6)))}${suffix}`;
  }
  if (size >= 1 || value === 0) return formatCount(rounded(value));
  return size < 1e-4 ? value.toExponential(0) : String(rounded(value));
}

/** Nice numbers with their labels. */
export function numberTicks(
  range: { readonly min: number; readonly max: number },
  count: number,
  unit: string | null,
): readonly Tick[] {
  return niceTicks(range.min, range.max, count).map((value) => ({
    value,
    label: axisNumber(value, unit),
  }));
}

const timeSteps: readonly Micros[] = [
  ...[1, 5, 10, 15, 30].map((count) => count * 1_000_000),
  ...[1, 5, 10, 15, 30].map((count) => count * microsPerMinute),
  ...[1, 3, 6, 12].map((count) => count * microsPerHour),
  ...[1, 2, 7, 14, 28, 91, 364].map((count) => count * microsPerDay),
];

/**
 * Marks at whole steps of UTC inside the range, at most about `count`. A mark at midnight, and the
 * first one, say the date; the others the time of day.
 */
export function timeTicks(range: TimeRange, count: number): readonly Tick[] {
  const length = range.end - range.start;
  const step =
    timeSteps.find((candidate) => length / candidate <= count) ?? 364 * 10 * microsPerDay;
  const ticks: Tick[] = [];
  const first = bucketStart(range.start - 1, step) + step;
  for (let value = first; value <= range.end; value += step) {
    ticks.push({ value, label: timeLabel(value, step, ticks.length === 0) });
  }
  return ticks;
}

function timeLabel(value: Micros, step: Micros, isFirst: boolean): string {
  const date = formatDate(value);
  if (step >= 91 * microsPerDay) return date;
  if (step >= microsPerDay) return isFirst ? date : date.slice(5);
  const clock = formatClock(value, 'UTC', step);
  if (isFirst) return `${date} ${clock}`;
  return value % microsPerDay === 0 ? date.slice(5) : clock;
}
