/**
 * Rows column by column, in the layout of Arrow: what moves many rows between an engine and a file
 * without an object for each. Plain buffers; knows nothing of any file format.
 */
import { unreachable } from '../base/assert.js';
import type { ColumnType, DurationUnit } from '../event/column.js';
import type { Cell } from './ports.js';

/** A column of a file: the name people know it by and one type for all of its values. */
export interface FileColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly unit: DurationUnit | null;
}

/** Bit `row` of `present` is set where the row has a value, lowest bit first. */
interface Present {
  readonly present: Uint8Array;
  readonly nullCount: number;
}

export type PackedColumn = Present &
  (
    | {
        readonly type: 'string';
        /** UTF-8 of all values, one behind the other. */
        readonly bytes: Uint8Array;
        /** One more than there are rows. */
        readonly offsets: Int32Array;
      }
    | { readonly type: 'integer' | 'timestamp'; readonly values: BigInt64Array }
    | { readonly type: 'number'; readonly values: Float64Array }
    /** A bit a row. */
    | { readonly type: 'boolean'; readonly values: Uint8Array }
  );

export interface ColumnBatch {
  readonly rowCount: number;
  readonly columns: readonly PackedColumn[];
}

/** What is said of the rows of a file, by name, in the file itself. */
export type FileMetadata = ReadonlyMap<string, string>;

/** A Parquet file to be written: its columns, its rows, and what is said of them. */
export interface ParquetRequest {
  readonly path: string;
  readonly columns: readonly FileColumn[];
  readonly batches: Iterable<ColumnBatch>;
  readonly metadata: FileMetadata;
}

/** Writes the file. **Faults** CC5001, CC5002, CC5003, CC5005. */
export type ParquetWriter = (request: ParquetRequest, signal: AbortSignal) => Promise<void>;

/** Rows of a batch of ours: half a row group of the engine, so that a batch lies in one. */
export const batchRows = 61_440;

/** Whether the row has a value. */
export function isPresent({ present }: PackedColumn, row: number): boolean {
  return ((present[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** One value as a cell. Integers beyond 2^53 stay bigint. */
export function cellAt(column: PackedColumn, row: number): Cell {
  if (!isPresent(column, row)) return null;
  switch (column.type) {
    case 'string': {
      const { bytes, offsets } = column;
      const start = offsets[row] ?? 0;
      return Buffer.from(
        bytes.buffer,
        bytes.byteOffset + start,
        (offsets[row + 1] ?? 0) - start,
      ).toString('utf8');
    }
    case 'integer':
    case 'timestamp': {
      const value = column.values[row] ?? 0n;
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : value;
    }
    case 'number':
      return column.values[row] ?? null;
    case 'boolean':
      return ((column.values[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
    default:
      return unreachable(column);
  }
}

/** Reads one item a row; a column is packed from it. */
export type ItemReader = (row: number) => Cell;

/** A column of so many rows. **Invariant** every item fits `type`: see `fits`. */
export function packColumn(type: ColumnType, rowCount: number, read: ItemReader): PackedColumn {
  const present = new Uint8Array((rowCount + 7) >>> 3);
  let nullCount = 0;
  const each = (set: (row: number, value: Exclude<Cell, null>) => void): void => {
    for (let row = 0; row < rowCount; row += 1) {
      const value = read(row);
      if (value === null) nullCount += 1;
      else {
        present[row >>> 3] = (present[row >>> 3] ?? 0) | (1 << (row & 7));
        set(row, value);
      }
    }
  };
  switch (type) {
    case 'string': {
      // Each by itself: halves of a character in two values must not become one.
      const texts: Buffer[] = [];
      const offsets = new Int32Array(rowCount + 1);
      each((row, value) => {
        const text = Buffer.from(String(value));
        offsets[row + 1] = text.length;
        texts.push(text);
      });
      sumUp(offsets);
      return { type, present, nullCount, offsets, bytes: Buffer.concat(texts) };
    }
    case 'integer':
    case 'timestamp': {
      const values = new BigInt64Array(rowCount);
      each((row, value) => {
        values[row] = BigInt(value);
      });
      return { type, present, nullCount, values };
    }
    case 'number': {
      const values = new Float64Array(rowCount);
      each((row, value) => {
        values[row] = Number(value);
      });
      return { type, present, nullCount, values };
    }
    case 'boolean': {
      const values = new Uint8Array((rowCount + 7) >>> 3);
      each((row, value) => {
        if (value === true) values[row >>> 3] = (values[row >>> 3] ?? 0) | (1 << (row & 7));
      });
      return { type, present, nullCount, values };
    }
    default:
      return unreachable(type);
  }
}

/** Turns lengths, each at the place behind its row, into offsets. */
export function sumUp(lengths: Int32Array): void {
  for (let row = 1; row < lengths.length; row += 1) {
    lengths[row] = (lengths[row] ?? 0) + (lengths[row - 1] ?? 0);
  }
}
