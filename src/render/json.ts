/** JSON of the RFC 8259 kind: exact integers of any size, fields in the order given. */
import { exactCell } from './cell.js';
import { isSeries, type Table, type TableCell, type TableColumn, type TableRow } from './table.js';

export type JsonValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
  /** Made when it is written: many rows are not worth an object each where nobody asks. */
  | (() => JsonValue);

/** JSON text from elsewhere, fit to print: the same value. */
export function printableJson(text: string): string {
  return text.replace(unprintable, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** C1, direction marks and separators are escaped too, so that the text is safe to print. */
const unprintable = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** One line of JSON without a newline. **Invariant** never NaN or Infinity. */
export function jsonText(value: JsonValue): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string') {
    return printableJson(JSON.stringify(value));
  }
  if (typeof value === 'function') return jsonText(value());
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jsonText).join(',')}]`;
  const fields = Object.entries(value).map(([key, field]) => `${jsonText(key)}:${jsonText(field)}`);
  return `{${fields.join(',')}}`;
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A row as an object by column key. Instants are RFC 3339 texts in UTC. */
export function jsonRow(table: Table, row: TableRow): { readonly [key: string]: JsonValue } {
  return Object.fromEntries(
    table.columns.map((column, index) => [column.key, jsonCell(row[index] ?? null, column)]),
  );
}

function jsonCell(cell: TableCell, column: TableColumn): JsonValue {
  if (isSeries(cell)) return cell;
  return typeof cell === 'number' && column.show === 'instant' ? exactCell(cell, column) : cell;
}

/** One object a line. Tail rows come last, marked by a first field `row`. */
export function* ndjson(table: Table): Generator<string> {
  for (const row of table.rows) yield `${jsonText(jsonRow(table, row))}\n`;
  for (const { label, cells } of table.tail ?? []) {
    yield `${jsonText({ row: label.toLowerCase(), ...jsonRow(table, cells) })}\n`;
  }
}
