/**
 * Growing columns in the layout of Parquet's PLAIN encoding, so that a row group is written as it
 * lies in memory. Values are appended by row number; rows in between are null. Also hot.
 */
import type { ColumnType } from '../event/column.js';
import { unescapeInto } from './json-bytes.js';

/** Rows of a batch at most: a row group. DuckDB's own row groups have 122,880. */
export const batchRowLimit = 65_536;

/** One typed column of a batch. **Units** `used` bytes of `data`, for booleans values. */
export interface ColumnBuilder {
  readonly type: ColumnType;
  /** Definition levels: bit `row` is set when the row has a value. */
  readonly present: Uint8Array;
  data: Buffer;
  view: DataView;
  used: number;
  /** Values in this batch, and in all batches before it. */
  count: number;
  flushedCount: number;
  /** Whether every integer so far lies within ±2^53. */
  safe: boolean;
}

const firstBytes = 4096;

export function createColumnBuilder(type: ColumnType): ColumnBuilder {
  const data = Buffer.allocUnsafeSlow(firstBytes);
  return {
    type,
    present: new Uint8Array(batchRowLimit / 8),
    data,
    view: new DataView(data.buffer),
    used: 0,
    count: 0,
    flushedCount: 0,
    safe: true,
  };
}

/** Starts the next batch; what was in this one must have been written. */
export function clearBuilder(column: ColumnBuilder): void {
  column.present.fill(0);
  column.flushedCount += column.count;
  column.used = 0;
  column.count = 0;
}

/** How many bytes the values take. */
export function dataBytes(column: ColumnBuilder): number {
  return column.type === 'boolean' ? (column.count + 7) >>> 3 : column.used;
}

function mark(column: ColumnBuilder, row: number): void {
  const index = row >>> 3;
  column.present[index] = (column.present[index] ?? 0) | (1 << (row & 7));
  column.count += 1;
}

function reserve(column: ColumnBuilder, bytes: number): void {
  if (column.used + bytes <= column.data.length) return;
  const grown = Buffer.allocUnsafeSlow(Math.max(column.data.length * 2, column.used + bytes));
  column.data.copy(grown, 0, 0, column.used);
  column.data = grown;
  column.view = new DataView(grown.buffer);
}

/** From this many bytes on a call into the runtime beats a loop over words (measured). */
const copyCallBytes = 160;

/** The bytes of a string of an event: at least three more follow it in `source`. */
export function appendBytes(
  column: ColumnBuilder,
  row: number,
  source: DataView,
  start: number,
  end: number,
): void {
  const length = end - start;
  // Whole words are copied, so up to three bytes beyond the value are written over later.
  reserve(column, length + 8);
  const { view, used } = column;
  view.setInt32(used, length, true);
  const target = used + 4;
  if (length < copyCallBytes) {
    for (let index = 0; index < length; index += 4) {
      view.setInt32(target + index, source.getInt32(start + index, true), true);
    }
  } else {
    column.data.set(new Uint8Array(source.buffer, source.byteOffset + start, length), target);
  }
  column.used = target + length;
  mark(column, row);
}

/** Appends the text of a JSON string that has escapes. */
export function appendEscaped(
  column: ColumnBuilder,
  row: number,
  source: Uint8Array,
  start: number,
  end: number,
): void {
  reserve(column, end - start + 4);
  const { data, used } = column;
  const after = unescapeInto(source, start, end, data, used + 4);
  column.view.setInt32(used, after - used - 4, true);
  column.used = after;
  mark(column, row);
}

export function appendText(column: ColumnBuilder, row: number, text: string): void {
  // A UTF-16 unit takes at most three bytes of UTF-8.
  reserve(column, text.length * 3 + 4);
  const { data, used } = column;
  const length = data.write(text, used + 4, 'utf8');
  column.view.setInt32(used, length, true);
  column.used = used + 4 + length;
  mark(column, row);
}

/** Appends a whole number within ±2^53. */
export function appendInteger(column: ColumnBuilder, row: number, value: number): void {
  reserve(column, 8);
  const { view, used } = column;
  view.setInt32(used, value, true);
  view.setInt32(used + 4, Math.floor(value / 0x1_0000_0000), true);
  column.used = used + 8;
  mark(column, row);
}

/** Appends a whole number within int64. */
export function appendBigInteger(column: ColumnBuilder, row: number, value: bigint): void {
  reserve(column, 8);
  column.data.writeBigInt64LE(value, column.used);
  column.used += 8;
  if (value > 9_007_199_254_740_992n || value < -9_007_199_254_740_992n) column.safe = false;
  mark(column, row);
}

export function appendNumber(column: ColumnBuilder, row: number, value: number): void {
  reserve(column, 8);
  column.view.setFloat64(column.used, value, true);
  column.used += 8;
  mark(column, row);
}

export function appendBoolean(column: ColumnBuilder, row: number, value: boolean): void {
  const index = column.count >>> 3;
  if (index >= column.data.length) {
    column.used = column.data.length;
    reserve(column, 1);
  }
  const bit = column.count & 7;
  const before = bit === 0 ? 0 : (column.data[index] ?? 0);
  column.data[index] = before | (value ? 1 << bit : 0);
  mark(column, row);
}
