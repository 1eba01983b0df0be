/**
 * A column of a chunk as numbers, read as it lies in the memory of the engine: a call and a value
 * of the engine's own for each would cost more than all else that is done with them.
 */
import type { DuckDBDataChunk, DuckDBTypeId } from '@duckdb/node-api';
import type { Duckdb } from './load.js';
import { hasValue } from './presence.js';

const wordValues = 2 ** 32;

/** Null where it is none, or where some value is missing or no number that is exact. */
export function numbersOf(
  { DuckDBTypeId: types, bindings }: Duckdb,
  { rowCount, chunk }: DuckDBDataChunk,
  { typeId, columnIndex }: { readonly typeId: DuckDBTypeId; readonly columnIndex: number },
): Float64Array | null {
  const isDouble = typeId === types.DOUBLE;
  const words = typeId === types.BIGINT ? 2 : typeId === types.HUGEINT ? 4 : isDouble ? 2 : 0;
  if (words === 0) return null;
  const vector = bindings.data_chunk_get_vector(chunk, columnIndex);
  const validity = bindings.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  if (validity !== null && !isWhole(validity, rowCount)) return null;
  // A copy: what the engine shows goes with its chunk.
  const { buffer } = bindings.vector_get_data(vector, rowCount * words * 4).slice();
  if (!isDouble) return wholeNumbers(new Int32Array(buffer), words);
  const numbers = new Float64Array(buffer);
  return numbers.every(Number.isFinite) ? numbers : null;
}

/** Whether every row has a value. */
function isWhole(validity: Uint8Array, rowCount: number): boolean {
  for (let byte = 0; byte < rowCount >>> 3; byte += 1) if (validity[byte] !== 0xff) return false;
  for (let row = rowCount & ~7; row < rowCount; row += 1)
    if (!hasValue(validity, row)) return false;
  return true;
}

/** Of integers of so many words of 32 bits, lowest first. */
function wholeNumbers(all: Int32Array, words: number): Float64Array | null {
  const numbers = new Float64Array(all.length / words);
  for (let row = 0; row < numbers.length; row += 1) {
    const at = row * words;
    const high = all[at + 1] ?? 0;
    for (let word = 2; word < words; word += 1) if (all[at + word] !== high >> 31) return null;
    const value = high * wordValues + ((all[at] ?? 0) >>> 0);
    if (!Number.isSafeInteger(value)) return null;
    numbers[row] = value;
  }
  return numbers;
}
