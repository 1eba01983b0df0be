/** Aligned text for grep and awk: every column in full, no colour, no sparkline, no footer. */
import type { CellStyle } from './cell.js';
import { noColours } from './paint.js';
import type { Table } from './table.js';
import { textTable } from './text-table.js';

/** Header and rows; columns are two or more spaces apart. */
export function plain(table: Table, style: CellStyle): Iterable<string> {
  const kept = table.columns.flatMap((column, index) => (column.show === 'series' ? [] : [index]));
  const pick = <T>(cells: readonly T[]): readonly T[] =>
    cells.filter((_, index) => kept.includes(index));
  const narrowed: Table = {
    ...table,
    columns: pick(table.columns),
    rows: table.rows.map(pick),
    tail: (table.tail ?? []).map((row) => ({ ...row, cells: pick(row.cells) })),
  };
  return textTable(narrowed, { ...style, width: null, paint: noColours, footer: false });
}
