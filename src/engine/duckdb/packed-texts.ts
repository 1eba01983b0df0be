/**
 * Texts of chunks as one run of bytes with offsets. DuckDB keeps a text in 16 bytes: its length,
 * then the text itself up to 12 bytes, else four bytes of it and the address of all.
 * **Source** `duckdb_string_t` in `duckdb.h`.
 */
import { assert } from '../../base/assert.js';
import type { PackedColumn } from '../../query/column-batch.js';
import type { Duckdb } from './load.js';
import type { RawColumn } from './packed-chunks.js';
import { hasValue, Presence } from './presence.js';

const mostInline = 12;

/** The texts of a column of one chunk. */
export interface RawTexts {
  readonly validity: Uint8Array | null;
  /** Where each text ends in `bytes`; one more than there are rows, the first is 0. */
  readonly ends: Int32Array;
  readonly bytes: Uint8Array;
}

/** Copies the texts of a chunk out of the engine; those that lie side by side, in one go. */
export function rawTexts(
  duckdb: Duckdb,
  { data, validity }: RawColumn,
  rowCount: number,
): RawTexts {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const ends = new Int32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row += 1) {
    const length = hasValue(validity, row) ? view.getUint32(row * 16, true) : 0;
    ends[row + 1] = (ends[row] ?? 0) + length;
  }
  const texts = { validity, ends, bytes: new Uint8Array(ends[rowCount] ?? 0) };
  const run = { first: 0, end: 0, length: 0 };
  for (let row = 0; row < rowCount; row += 1) {
    const start = ends[row] ?? 0;
    const length = (ends[row + 1] ?? 0) - start;
    if (length <= mostInline) {
      const at = row * 16 + 4;
      for (let byte = 0; byte < length; byte += 1) texts.bytes[start + byte] = data[at + byte] ?? 0;
      continue;
    }
    // An address has 48 bits, which a number holds.
    const address =
      view.getUint32(row * 16 + 8, true) + view.getUint32(row * 16 + 12, true) * 2 ** 32;
    if (run.length === 0 || address !== run.end) {
      copyRun(duckdb, data, run, { texts, to: row });
      run.first = row;
      run.length = 0;
    }
    run.length += length;
    run.end = address + length;
  }
  copyRun(duckdb, data, run, { texts, to: rowCount });
  return texts;
}

/** Long texts from the first of a run to the row `to`, between which short ones may lie. */
function copyRun(
  { bindings }: Duckdb,
  data: Uint8Array,
  { first, length }: { readonly first: number; readonly length: number },
  { texts: { ends, bytes }, to }: { readonly texts: RawTexts; readonly to: number },
): void {
  if (length === 0) return;
  const { buffer, byteOffset } = data;
  assert(buffer instanceof ArrayBuffer, 'memory is shared');
  const run = bindings.get_data_from_pointer(buffer, byteOffset + first * 16 + 8, length);
  let taken = 0;
  for (let row = first; row < to; ) {
    const start = ends[row] ?? 0;
    let end = start;
    for (; row < to && (ends[row + 1] ?? 0) - end > mostInline; row += 1) end = ends[row + 1] ?? 0;
    bytes.set(run.subarray(taken, taken + end - start), start);
    taken += end - start;
    if (end === start) row += 1;
  }
  assert(taken === length, 'texts of a chunk do not add up');
}

/** The texts of a batch. */
export class TextColumn {
  readonly #offsets: Int32Array;
  readonly #presence: Presence;
  readonly #parts: Uint8Array[] = [];
  #rowCount = 0;

  constructor(mostRows: number) {
    this.#offsets = new Int32Array(mostRows + 1);
    this.#presence = new Presence(mostRows);
  }

  /** Rows `from` to `to` of a chunk. */
  add({ ends, bytes, validity }: RawTexts, from: number, to: number): void {
    const start = ends[from] ?? 0;
    const before = this.#offsets[this.#rowCount] ?? 0;
    for (let row = from; row < to; row += 1) {
      this.#rowCount += 1;
      this.#offsets[this.#rowCount] = before + (ends[row + 1] ?? 0) - start;
    }
    this.#parts.push(bytes.subarray(start, ends[to]));
    this.#presence.add(validity, from, to);
  }

  end(): PackedColumn {
    const nullCount = this.#presence.eachMissing(() => undefined);
    return {
      type: 'string',
      present: this.#presence.bits(),
      nullCount,
      offsets: this.#offsets.subarray(0, this.#rowCount + 1),
      bytes: Buffer.concat(this.#parts),
    };
  }
}
