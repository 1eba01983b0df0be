/**
 * Leaving out files that cannot hold a matching row. Only ever by what is known: without
 * statistics, or with ones not understood, a file is kept. Pruning may change the cost of an
 * answer, never the answer.
 */
import { unreachable } from '../base/assert.js';
import type { AddFile, DeltaStats } from './action.js';
import { parseStats, type StatsType, timestampMicros } from './stats.js';

/** **Units** timestamps are micros since the epoch. */
export type Bound = string | number;

/** A row can match only if this holds for its value; a null never matches. */
export type ColumnTest =
  /** From `min` to `max`, both included; null is open. */
  | {
      readonly kind: 'between';
      readonly column: string;
      readonly type: StatsType;
      readonly min: Bound | null;
      readonly max: Bound | null;
    }
  | {
      readonly kind: 'in';
      readonly column: string;
      readonly type: StatsType;
      readonly values: readonly Bound[];
    };

/** Partition values from `min` to `max`, both included, compared as text (`2020-04-16`). */
export interface PartitionTest {
  readonly column: string;
  readonly min: string;
  readonly max: string;
}

/** The partition test is the cheap one: statistics are parsed only for files that pass it. */
export function passesPartition(file: AddFile, test: PartitionTest): boolean {
  const value = file.partitionValues[test.column];
  if (value === undefined || value === null || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return true;
  return value >= test.min && value <= test.max;
}

/** Whether any row of the file could pass all tests. */
export function mayMatch(file: AddFile, tests: readonly ColumnTest[]): boolean {
  if (tests.length === 0) return true;
  const stats = parseStats(file.stats);
  return stats === null || tests.every((test) => columnMayMatch(stats, test));
}

/** Whether any row of a file with these statistics could pass the test. */
export function columnMayMatch(stats: DeltaStats, test: ColumnTest): boolean {
  const nulls = stats.nullCount[test.column];
  if (nulls !== undefined && nulls >= stats.numRecords) return false;
  const min = boundOf(stats.minValues[test.column], test.type, 'min');
  const max = boundOf(stats.maxValues[test.column], test.type, 'max');
  switch (test.kind) {
    case 'between':
      return atMost(min, test.max) && atMost(test.min, max);
    case 'in':
      return test.values.some((value) => atMost(min, value) && atMost(value, max));
    default:
      return unreachable(test);
  }
}

function boundOf(
  value: string | number | undefined,
  type: StatsType,
  side: 'min' | 'max',
): Bound | null {
  if (value === undefined) return null;
  switch (type) {
    case 'timestamp':
      return typeof value === 'string' ? timestampMicros(value, side) : null;
    case 'string':
      return typeof value === 'string' ? value : null;
    case 'long':
    case 'double':
      return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : null;
    case 'boolean':
      return null;
    default:
      return unreachable(type);
  }
}

/** True when unsure: an open or unknown side, or two kinds that cannot be compared. */
function atMost(left: Bound | null, right: Bound | null): boolean {
  if (left === null || right === null) return true;
  if (typeof left === 'string' && typeof right === 'string') return compareUtf8(left, right) <= 0;
  if (typeof left === 'number' && typeof right === 'number') return !(left > right);
  return true;
}

/** Order of UTF-8 bytes, which engines and Delta use; `<` compares UTF-16 units instead. */
function compareUtf8(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
