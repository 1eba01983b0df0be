/**
 * Statistics of data files: what Delta readers skip files by. Written only where they are sure;
 * read as hints, since other tools write other shapes: what is not understood is unknown.
 */
import type { DeltaStats } from './action.js';
import { integerOf, isRecord, recordOf } from './json-field.js';

export type StatsType = 'string' | 'long' | 'double' | 'boolean' | 'timestamp';

/** What the engine measured of one column, values as DuckDB prints them. */
export interface MeasuredColumn {
  readonly name: string;
  readonly type: StatsType;
  readonly min: string | null;
  readonly max: string | null;
  readonly nullCount: number;
  readonly hasNan: boolean;
}

/** Strings are cut to this many code points. **Source** Delta's `StatisticsCollection.scala`. */
const statsPrefixLength = 32;
const highestCodePoint = '\u{10FFFF}';

/** The `stats` text of an add. A bound that cannot be given exactly is left out. */
export function encodeStats(rowCount: number, columns: readonly MeasuredColumn[]): string {
  const minValues: Record<string, string | number> = {};
  const maxValues: Record<string, string | number> = {};
  const nullCount: Record<string, number> = {};
  for (const column of columns) {
    nullCount[column.name] = column.nullCount;
    if (column.hasNan) continue;
    const min = column.min === null ? null : encodeBound(column.type, column.min, 'min');
    const max = column.max === null ? null : encodeBound(column.type, column.max, 'max');
    if (min !== null) minValues[column.name] = min;
    if (max !== null) maxValues[column.name] = max;
  }
  const stats: DeltaStats = {
    numRecords: rowCount,
    minValues,
    maxValues,
    nullCount,
    tightBounds: true,
  };
  return JSON.stringify(stats);
}

function encodeBound(type: StatsType, text: string, side: 'min' | 'max'): string | number | null {
  switch (type) {
    case 'string':
      return side === 'min' ? cutMin(text) : cutMax(text);
    case 'long': {
      const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
      return Number.isSafeInteger(value) ? value : null;
    }
    case 'double': {
      const value = text.trim() === '' ? Number.NaN : Number(text);
      return Number.isFinite(value) ? value : null;
    }
    case 'timestamp': {
      const micros = timestampMicros(text, 'min');
      return micros === null ? null : formatMicros(micros);
    }
    case 'boolean':
      return null;
  }
}

function cutMin(text: string): string {
  return [...text].slice(0, statsPrefixLength).join('');
}

/** Null when no short text is surely at or above the whole one. */
function cutMax(text: string): string | null {
  const points = [...text];
  if (points.length <= statsPrefixLength) return text;
  if (points[statsPrefixLength] === highestCodePoint) return null;
  return points.slice(0, statsPrefixLength).join('') + highestCodePoint;
}

/** Null when the text is not of the known shape, whoever wrote it. */
export function parseStats(text: string | null): DeltaStats | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const numRecords = integerOf(value, 'numRecords');
  if (numRecords === null || numRecords < 0) return null;
  return {
    numRecords,
    minValues: boundsOf(value, 'minValues'),
    maxValues: boundsOf(value, 'maxValues'),
    nullCount: countsOf(value),
  };
}

function boundsOf(
  value: Readonly<Record<string, unknown>>,
  key: string,
): Readonly<Record<string, string | number>> {
  const bounds: Record<string, string | number> = {};
  for (const [name, bound] of Object.entries(recordOf(value, key) ?? {})) {
    if (typeof bound === 'string' || typeof bound === 'number') bounds[name] = bound;
  }
  return bounds;
}

function countsOf(value: Readonly<Record<string, unknown>>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [name, count] of Object.entries(recordOf(value, 'nullCount') ?? {})) {
    if (typeof count === 'number' && Number.isSafeInteger(count)) counts[name] = count;
  }
  return counts;
}

const timestampPattern =
  /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?(?:Z|[+-]00(?::?00)?)$/;

/**
 * **Units** microseconds since the epoch. Null for another zone than UTC or another shape. Some
 * writers cut to milliseconds, so a maximum of three digits or fewer means up to the next step.
 */
export function timestampMicros(text: string, side: 'min' | 'max'): number | null {
  const match = timestampPattern.exec(text);
  if (match === null) return null;
  const seconds = Date.parse(`${match[1]}T${match[2]}Z`);
  if (Number.isNaN(seconds)) return null;
  const digits = match[3] ?? '';
  const fraction = digits.padEnd(6, side === 'max' && digits.length <= 3 ? '9' : '0');
  return seconds * 1000 + Number(fraction);
}

/** `2020-04-16T14:10:00.123456Z`, always with six digits: the bound is exact. */
export function formatMicros(micros: number): string {
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000;
  const seconds = new Date((micros - fraction) / 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(fraction).padStart(6, '0')}Z`;
}
