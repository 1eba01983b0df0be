/**
 * Values of a typed statement as cells that lose nothing: a whole number has all its digits, a
 * decimal is its text, a nested value is JSON, everything else is written as DuckDB writes it.
 */
import type { DuckDBDataChunk, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { Cell } from '../../query/ports.js';
import type { Duckdb } from './load.js';

/** How a column of a result is to be shown. `instant` cells are micros since the epoch. */
export type CellKind = 'number' | 'decimal' | 'instant' | 'boolean' | 'text' | 'nested';

export interface ResultShape {
  readonly name: string;
  /** As DuckDB writes it: `DECIMAL(18,3)`. */
  readonly type: string;
  readonly kind: CellKind;
}

type Writer = (value: DuckDBValue) => Cell;

/** Beyond these an instant has no RFC 3339 text. **Units** micros. */
const firstInstant = -62_135_596_800_000_000n;
const lastInstant = 253_402_300_799_999_999n;

export function cellKindOf(duckdb: Duckdb, type: DuckDBType): CellKind {
  const types = duckdb.DuckDBTypeId;
  switch (type.typeId) {
    case types.BOOLEAN:
      return 'boolean';
    case types.TINYINT:
    case types.SMALLINT:
    case types.INTEGER:
    case types.BIGINT:
    case types.HUGEINT:
    case types.UTINYINT:
    case types.USMALLINT:
    case types.UINTEGER:
    case types.UBIGINT:
    case types.UHUGEINT:
    case types.FLOAT:
    case types.DOUBLE:
      return 'number';
    case types.DECIMAL:
    case types.BIGNUM:
      return 'decimal';
    case types.TIMESTAMP_TZ:
      return 'instant';
    case types.LIST:
    case types.ARRAY:
    case types.STRUCT:
    case types.MAP:
    case types.UNION:
      return 'nested';
    default:
      return 'text';
  }
}

/** The rows of one chunk from `first` on, at most `count`. **Shape** rows × columns. */
export function exactRows(
  duckdb: Duckdb,
  chunk: DuckDBDataChunk,
  types: readonly DuckDBType[],
  count: number,
): Cell[][] {
  const rowCount = Math.min(chunk.rowCount, count);
  const rows: Cell[][] = Array.from({ length: rowCount }, () => []);
  types.forEach((type, columnIndex) => {
    const write = writerOf(duckdb, type);
    const vector = chunk.getColumnVector(columnIndex);
    rows.forEach((row, rowIndex) => {
      const value: DuckDBValue = vector.getItem(rowIndex);
      row.push(value === null ? null : write(value));
    });
  });
  return rows;
}

function writerOf(duckdb: Duckdb, type: DuckDBType): Writer {
  switch (cellKindOf(duckdb, type)) {
    case 'boolean':
      return (value) => value === true;
    case 'number':
      return type.typeId === duckdb.DuckDBTypeId.FLOAT
        ? (value) => numberCell(shortFloat(value))
        : numberCell;
    case 'instant':
      return (value) => instantCell(duckdb, value);
    case 'nested':
      return (value) => nestedText(duckdb, value);
    case 'decimal':
    case 'text':
      return String;
  }
}

function numberCell(value: DuckDBValue): Cell {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (typeof value !== 'number') return String(value);
  return Number.isFinite(value) && !Object.is(value, -0) ? value : specialNumber(value);
}

function specialNumber(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

const floatDigits = [6, 7, 8, 9] as const;

/** The shortest number that is the same 32-bit float: 0.1, not 0.10000000149011612. */
function shortFloat(value: DuckDBValue): DuckDBValue {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value;
  for (const digits of floatDigits) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function instantCell(duckdb: Duckdb, value: DuckDBValue): Cell {
  if (!(value instanceof duckdb.DuckDBTimestampTZValue)) return String(value);
  const { micros } = value;
  const isWritable = micros >= firstInstant && micros <= lastInstant;
  return isWritable ? Number(micros) : instantText(duckdb, micros);
}

/** DuckDB's own text of an instant would be in the zone of this machine. */
function instantText(duckdb: Duckdb, micros: bigint): string {
  const text = String(new duckdb.DuckDBTimestampValue(micros));
  return text.endsWith('infinity') ? text : `${text}+00`;
}

/** JSON text. Whole numbers and decimals keep their digits; instants are in UTC. */
function nestedText(duckdb: Duckdb, value: DuckDBValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    return Number.isFinite(value) ? String(value) : JSON.stringify(specialNumber(value));
  }
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof duckdb.DuckDBTimestampTZValue) {
    return JSON.stringify(instantText(duckdb, value.micros));
  }
  if ('items' in value) return `[${value.items.map((item) => nestedText(duckdb, item)).join(',')}]`;
  if ('entries' in value) return entriesText(duckdb, value.entries);
  if ('tag' in value) return entriesText(duckdb, { [value.tag]: value.value });
  if ('scale' in value && 'width' in value) return String(value);
  return JSON.stringify(String(value));
}

type Entries = Readonly<Record<string, DuckDBValue>> | readonly MapEntry[];

interface MapEntry {
  readonly key: DuckDBValue;
  readonly value: DuckDBValue;
}

function entriesText(duckdb: Duckdb, entries: Entries): string {
  const pairs = isMap(entries)
    ? entries.map(({ key, value }) => [keyText(duckdb, key), value] as const)
    : Object.entries(entries);
  const fields = pairs.map(([key, value]) => `${JSON.stringify(key)}:${nestedText(duckdb, value)}`);
  return `{${fields.join(',')}}`;
}

function isMap(entries: Entries): entries is readonly MapEntry[] {
  return Array.isArray(entries);
}

function keyText(duckdb: Duckdb, key: DuckDBValue): string {
  return typeof key === 'string' ? key : nestedText(duckdb, key);
}
