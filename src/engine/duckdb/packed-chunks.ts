/**
 * Chunks of a result as batches in the layout of Arrow. Values are copied as they lie in the memory
 * of the engine; texts that lie there one behind the other, as they nearly always do, are one copy.
 * Batches are cut by the rows alone, however the chunks fall.
 */
import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { assert, present, unreachable } from '../../base/assert.js';
import type { ColumnType } from '../../event/column.js';
import {
  batchRows,
  type ColumnBatch,
  type FileColumn,
  type PackedColumn,
} from '../../query/column-batch.js';
import type { nextChunk } from './cell.js';
import type { Duckdb } from './load.js';
import { type RawTexts, rawTexts, TextColumn } from './packed-texts.js';
import { Presence } from './presence.js';

/** Texts of a batch at most, so that no buffer grows without bound. **Units** bytes. */
const batchBytes = 32 * 1024 * 1024;
/** Where a batch may end for its bytes. */
const cutRows = 64;

/** What a chunk holds of one column, still as the engine has it. */
export interface RawColumn {
  readonly data: Uint8Array;
  /** A bit a row, lowest first; null where every row has a value. */
  readonly validity: Uint8Array | null;
}

/** All rows of a result, in its order. `fetch` asks for its next chunk. */
export async function* packedBatches(
  duckdb: Duckdb,
  columns: readonly Pick<FileColumn, 'type'>[],
  fetch: () => ReturnType<typeof nextChunk>,
): AsyncGenerator<ColumnBatch> {
  const types = columns.map(({ type }) => type);
  let batch = new Batch(types);
  for (let chunk = await fetch(); chunk !== null; chunk = await fetch()) {
    const raw = types.map((type, index) => rawColumn(duckdb, chunk, type, index));
    for (let from = 0; from < chunk.rowCount; ) {
      from = batch.add(raw, from, chunk.rowCount);
      if (!batch.isFull()) continue;
      yield batch.end();
      batch = new Batch(types);
    }
  }
  if (batch.rowCount > 0) yield batch.end();
}

/** Refuses a result whose columns are stored in another way than their types say. */
export function checkTypes(
  duckdb: Duckdb,
  result: DuckDBResult,
  columns: readonly Pick<FileColumn, 'type'>[],
): void {
  const { BIGINT, DOUBLE, BOOLEAN, TIMESTAMP_TZ, VARCHAR } = duckdb.DuckDBTypeId;
  const ids = {
    integer: BIGINT,
    number: DOUBLE,
    boolean: BOOLEAN,
    timestamp: TIMESTAMP_TZ,
    string: VARCHAR,
  } as const;
  columns.forEach(({ type }, index) => {
    assert(result.columnTypeId(index) === ids[type], `a column is no ${type}`);
  });
}

const bytesPerRow = { integer: 8, number: 8, timestamp: 8, boolean: 1, string: 16 } as const;

type Raw = RawColumn & { readonly texts: RawTexts | null };

function rawColumn(duckdb: Duckdb, chunk: DuckDBDataChunk, type: ColumnType, index: number): Raw {
  const { bindings } = duckdb;
  const { rowCount } = chunk;
  const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
  const raw = {
    data: bindings.vector_get_data(vector, rowCount * bytesPerRow[type]),
    validity: bindings.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8),
  };
  return { ...raw, texts: type === 'string' ? rawTexts(duckdb, raw, rowCount) : null };
}

function bytesBetween({ ends }: RawTexts, from: number, to: number): number {
  return (ends[to] ?? 0) - (ends[from] ?? 0);
}

/** Rows that are being gathered. */
class Batch {
  rowCount = 0;
  #textBytes = 0;
  readonly #columns: readonly (ValueColumn | TextColumn)[];

  constructor(types: readonly ColumnType[]) {
    this.#columns = types.map((type) =>
      type === 'string' ? new TextColumn(batchRows) : new ValueColumn(type, batchRows),
    );
  }

  isFull(): boolean {
    const isCut = this.rowCount % cutRows === 0 && this.#textBytes > batchBytes;
    return this.rowCount === batchRows || isCut;
  }

  /** Takes rows of a chunk from `from` on, and says how far it came. */
  add(raw: readonly Raw[], from: number, rowCount: number): number {
    const room = Math.min(rowCount, from + batchRows - this.rowCount);
    const bytesTo = (end: number) =>
      raw.reduce(
        (sum, { texts }) => sum + (texts === null ? 0 : bytesBetween(texts, from, end)),
        0,
      );
    const isSmall = this.#textBytes + bytesTo(room) <= batchBytes;
    const to = isSmall ? room : Math.min(room, from + cutRows - (this.rowCount % cutRows));
    this.#textBytes += bytesTo(to);
    this.#columns.forEach((column, index) => {
      const one = present(raw[index], 'a column of a chunk');
      if (column instanceof ValueColumn) column.add(one, from, to);
      else column.add(present(one.texts, 'texts'), from, to);
    });
    this.rowCount += to - from;
    return to;
  }

  end(): ColumnBatch {
    const { rowCount } = this;
    return { rowCount, columns: this.#columns.map((column) => column.end()) };
  }
}

/** Values of one width. */
class ValueColumn {
  readonly #type: Exclude<ColumnType, 'string'>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #presence: Presence;
  #rowCount = 0;

  constructor(type: Exclude<ColumnType, 'string'>, rowCount: number) {
    this.#type = type;
    this.#bytes = new Uint8Array(rowCount * bytesPerRow[type]);
    this.#presence = new Presence(rowCount);
  }

  add({ data, validity }: RawColumn, from: number, to: number): void {
    const width = bytesPerRow[this.#type];
    this.#bytes.set(data.subarray(from * width, to * width), this.#rowCount * width);
    this.#rowCount += to - from;
    this.#presence.add(validity, from, to);
  }

  end(): PackedColumn {
    const type = this.#type;
    const rowCount = this.#rowCount;
    const { buffer } = this.#bytes;
    const presence = this.#presence;
    switch (type) {
      case 'integer':
      case 'timestamp': {
        const values = new BigInt64Array(buffer, 0, rowCount);
        const nullCount = presence.eachMissing((row) => {
          values[row] = 0n;
        });
        return { type, present: presence.bits(), nullCount, values };
      }
      case 'number': {
        const values = new Float64Array(buffer, 0, rowCount);
        values.forEach((value, row) => {
          if (!Number.isFinite(value)) presence.clear(row);
        });
        const nullCount = presence.eachMissing((row) => {
          values[row] = 0;
        });
        return { type, present: presence.bits(), nullCount, values };
      }
      case 'boolean': {
        const values = new Uint8Array((rowCount + 7) >>> 3);
        const nullCount = presence.eachMissing((row) => {
          this.#bytes[row] = 0;
        });
        for (let row = 0; row < rowCount; row += 1) {
          if (this.#bytes[row] === 1)
            values[row >>> 3] = (values[row >>> 3] ?? 0) | (1 << (row & 7));
        }
        return { type, present: presence.bits(), nullCount, values };
      }
      default:
        return unreachable(type);
    }
  }
}
