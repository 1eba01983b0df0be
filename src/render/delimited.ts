/**
 * CSV and TSV, quoted as RFC 4180 says, lines ending in a newline. Values are exact. A cell that a
 * spreadsheet would run as a formula gets a leading apostrophe, unless `raw` is asked for.
 */
import { sanitise } from '../base/text.js';
import { exactCell } from './cell.js';
import {
  isSeries,
  rowsWithTail,
  type Table,
  type TableCell,
  type TableColumn,
  type TableRow,
} from './table.js';

export interface DelimitedStyle {
  readonly separator: ',' | '\t';
  readonly raw: boolean;
  /** True when the bytes go to a terminal, which would act on control characters. */
  readonly toTerminal: boolean;
}

/** **Source** OWASP ASVS 1.2.10, CWE-1236. */
const formula = /^[=+\-@\t\r\u0000]/;
const decimalNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

type Columns = readonly Pick<TableColumn, 'key' | 'show'>[];

/** Header and rows. A missing value is empty, an empty text is `""`. */
export function* delimited(table: Table, style: DelimitedStyle): Generator<string> {
  yield delimitedHeader(table.columns, style);
  for (const row of rowsWithTail(table)) yield delimitedRow(table.columns, row, style);
}

/** The line of names. */
export function delimitedHeader(columns: Columns, style: DelimitedStyle): string {
  const names = columns.map(({ key }) => quote(guard(key, style), style));
  return `${names.join(style.separator)}\n`;
}

/** The line of a row. */
export function delimitedRow(columns: Columns, row: TableRow, style: DelimitedStyle): string {
  const cells = columns.map((column, index) => cellText(row[index] ?? null, column, style));
  return `${cells.join(style.separator)}\n`;
}

function cellText(cell: TableCell, column: Columns[number], style: DelimitedStyle): string {
  if (isSeries(cell)) return quote(cell.map((value) => value ?? '').join(' '), style);
  if (cell === '') return '""';
  const text = exactCell(cell, column);
  return typeof cell === 'string' ? quote(guard(text, style), style) : text;
}

function guard(text: string, style: DelimitedStyle): string {
  const shown = style.toTerminal ? sanitise(text) : text;
  return style.raw || !isFormula(text) ? shown : `'${shown}`;
}

/** Whether a spreadsheet would run the text. Numbers with a sign are not meant. */
export function isFormula(text: string): boolean {
  return formula.test(text) && !decimalNumber.test(text);
}

function quote(text: string, style: DelimitedStyle): string {
  const special = text.includes(style.separator) || /["\r\n]/.test(text);
  return special ? `"${text.replaceAll('"', '""')}"` : text;
}
