/** Results as arrays of plain cells, read column by column in chunks, never as row objects. */
import type { DuckDBDataChunk, DuckDBResult, DuckDBTypeId, DuckDBValue } from '@duckdb/node-api';
import { assert } from '../../base/assert.js';
import { type ItemList, lazyList } from '../../base/item-list.js';
import type { Cell, NumberColumns } from '../../query/ports.js';
import type { Duckdb } from './load.js';
import { numbersOf } from './number-column.js';

type CellReader = (value: DuckDBValue) => Cell;

/** All rows of a result. **Shape** rows × columns, in the order of the result. */
export async function readRows(duckdb: Duckdb, result: DuckDBResult): Promise<Cell[][]> {
  const rows: Cell[][] = [];
  const typeIds = typeIdsOf(result);
  for (let chunk = await nextChunk(result); chunk !== null; chunk = await nextChunk(result)) {
    for (const row of readChunk(duckdb, chunk, typeIds)) rows.push(row);
  }
  return rows;
}

/**
 * All of a result of numbers, column by column; missing ones are NaN. Copied as they lie in the
 * memory of the engine.
 */
export async function readNumbers(duckdb: Duckdb, result: DuckDBResult): Promise<NumberColumns> {
  const { DuckDBTypeId } = duckdb;
  const isWhole = typeIdsOf(result).map((type) => {
    assert(type === DuckDBTypeId.INTEGER || type === DuckDBTypeId.DOUBLE, 'not a number');
    return type === DuckDBTypeId.INTEGER;
  });
  const chunks: DuckDBDataChunk[] = [];
  for (let chunk = await nextChunk(result); chunk !== null; chunk = await nextChunk(result)) {
    chunks.push(chunk);
  }
  const rowCount = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
  const columns = isWhole.map((whole, index) => {
    const column = new Float64Array(rowCount);
    let at = 0;
    for (const chunk of chunks) {
      copyNumbers(duckdb, { chunk, index, whole }, column.subarray(at, at + chunk.rowCount));
      at += chunk.rowCount;
    }
    return column;
  });
  return { rowCount, columns };
}

function copyNumbers(
  { bindings }: Duckdb,
  { chunk, index, whole }: { chunk: DuckDBDataChunk; index: number; whole: boolean },
  into: Float64Array,
): void {
  const { rowCount } = chunk;
  const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
  const { buffer, byteOffset } = bindings.vector_get_data(vector, rowCount * (whole ? 4 : 8));
  into.set(
    whole
      ? new Int32Array(buffer, byteOffset, rowCount)
      : new Float64Array(buffer, byteOffset, rowCount),
  );
  const validity = bindings.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8);
  if (validity === null) return;
  for (let at = 0; at < validity.length; at += 1) {
    const bits = validity[at] ?? 0;
    if (bits === 0xff) continue;
    for (let row = at * 8; row < Math.min(rowCount, at * 8 + 8); row += 1) {
      if (((bits >> (row & 7)) & 1) === 0) into[row] = Number.NaN;
    }
  }
}

/** The next chunk with rows in it, or null at the end. */
export async function nextChunk(result: DuckDBResult): Promise<DuckDBDataChunk | null> {
  const chunk = await result.fetchChunk();
  return chunk !== null && chunk.rowCount > 0 ? chunk : null;
}

export function typeIdsOf(result: DuckDBResult): readonly DuckDBTypeId[] {
  return result.columnNames().map((_, index) => result.columnTypeId(index));
}

/** All rows of a result, held column by column. **Shape** as `readRows`. */
export async function readLongRows(
  duckdb: Duckdb,
  result: DuckDBResult,
): Promise<ItemList<readonly Cell[]>> {
  const typeIds = typeIdsOf(result);
  const chunks: { readonly rowCount: number; readonly columns: readonly CellColumn[] }[] = [];
  for (let chunk = await nextChunk(result); chunk !== null; chunk = await nextChunk(result)) {
    const { rowCount } = chunk;
    chunks.push({ rowCount, columns: readColumns(duckdb, chunk, typeIds) });
  }
  const length = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  return lazyList(length, function* () {
    for (const { rowCount, columns } of chunks) {
      for (let row = 0; row < rowCount; row += 1) yield rowOf(columns, row);
    }
  });
}

/** The rows of one chunk. **Shape** rows × columns. */
export function readChunk(
  duckdb: Duckdb,
  chunk: DuckDBDataChunk,
  typeIds: readonly DuckDBTypeId[],
): Cell[][] {
  const columns = readColumns(duckdb, chunk, typeIds);
  return Array.from({ length: chunk.rowCount }, (_, row) => rowOf(columns, row));
}

/** Numbers only where no row is without one. */
type CellColumn = readonly Cell[] | Float64Array;

/** A row made of a whole list takes half the memory of one that grows cell by cell. */
function rowOf(columns: readonly CellColumn[], row: number): Cell[] {
  return columns.map((column) => column[row] ?? null);
}

function readColumns(
  duckdb: Duckdb,
  chunk: DuckDBDataChunk,
  typeIds: readonly DuckDBTypeId[],
): readonly CellColumn[] {
  return typeIds.map((typeId, columnIndex) => {
    const numbers = numbersOf(duckdb, chunk, { typeId, columnIndex });
    if (numbers !== null) return numbers;
    const read = cellReader(duckdb, typeId);
    const vector = chunk.getColumnVector(columnIndex);
    return Array.from({ length: chunk.rowCount }, (_, rowIndex): Cell => {
      const value: DuckDBValue = vector.getItem(rowIndex);
      return value === null ? null : read(value);
    });
  });
}

/** BIGINT and wider become numbers where exact; NaN and the infinities become null. */
function cellReader(duckdb: Duckdb, typeId: DuckDBTypeId): CellReader {
  const types = duckdb.DuckDBTypeId;
  switch (typeId) {
    case types.BOOLEAN:
    case types.VARCHAR:
      return plainCell;
    case types.TINYINT:
    case types.SMALLINT:
    case types.INTEGER:
    case types.UTINYINT:
    case types.USMALLINT:
    case types.UINTEGER:
    case types.FLOAT:
    case types.DOUBLE:
    case types.BIGINT:
    case types.UBIGINT:
    case types.HUGEINT:
    case types.UHUGEINT:
      return numberCell;
    case types.TIMESTAMP:
    case types.TIMESTAMP_TZ:
      return microsCell;
    case types.DECIMAL:
      return decimalCell;
    case types.LIST:
    case types.ARRAY:
    case types.STRUCT:
    case types.MAP:
      return jsonText;
    default:
      return (value) => String(value);
  }
}

function plainCell(value: DuckDBValue): Cell {
  assert(typeof value === 'string' || typeof value === 'boolean', 'not a plain cell');
  return value;
}

function numberCell(value: DuckDBValue): Cell {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  assert(typeof value === 'bigint', 'not a number cell');
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function microsCell(value: DuckDBValue): Cell {
  assert(typeof value === 'object' && value !== null && 'micros' in value, 'not a timestamp');
  return numberCell(value.micros);
}

function decimalCell(value: DuckDBValue): Cell {
  assert(typeof value === 'object' && value !== null && 'toDouble' in value, 'not a decimal');
  return value.toDouble();
}

/** JSON text of a nested value; integers keep all their digits, a map is an object. */
function jsonText(value: DuckDBValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if ('items' in value) return `[${value.items.map(jsonText).join(',')}]`;
  if ('entries' in value) {
    const entries: readonly (readonly [string, DuckDBValue])[] = Array.isArray(value.entries)
      ? value.entries.map((entry) => [String(entry.key), entry.value] as const)
      : Object.entries(value.entries);
    const fields = entries.map(([key, item]) => `${JSON.stringify(key)}:${jsonText(item)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(String(value));
}
