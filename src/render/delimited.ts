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

/** Texts that do not go out as they are: one look at each where most are plain. */
const specialIn = { ',': /^[=+\-@\t\r\u0000]|[",\r\n]/, '\t': /^[=+\-@\u0000]|["\t\r\n]/ } as const;

type Columns = readonly Pick<TableColumn, 'key' | 'show'>[];

/** Header and rows. A missing value is empty, an empty text is `""`. */
export function* delimited(table: Table, style: DelimitedStyle): Generator<string> {
  yield delimitedHeader(table.columns, style);
  const line = rowWriter(table.columns, style);
  for (const row of rowsWithTail(table)) yield line(row);
}

/** The line of names. */
export function delimitedHeader(columns: Columns, style: DelimitedStyle): string {
  const names = columns.map(({ key }) => quote(guard(key, style), style));
  return `${names.join(style.separator)}\n`;
}

/** Makes the line of a row. */
export function rowWriter(columns: Columns, style: DelimitedStyle): (row: TableRow) => string {
  const { separator, toTerminal } = style;
  const isSpecial = specialIn[separator];
  return (row) => {
    let line = '';
    for (const [index, column] of columns.entries()) {
      if (index > 0) line += separator;
      const cell = row[index] ?? null;
      const isPlain = typeof cell === 'string' && cell !== '' && !toTerminal;
      line += isPlain && !isSpecial.test(cell) ? cell : cellText(cell, column, style);
    }
    return `${line}\n`;
  };
}

function cellText(cell: TableCell, column: Columns[number], style: DelimitedStyle): string {
  if (isSeries(cell)) return quote(cell.map((value) => value ?? '').join(' '), style);
  if (cell === '') return '""';
  return typeof cell === 'string' ? quote(guard(cell, style), style) : exactCell(cell, column);
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
