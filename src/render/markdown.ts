/** A Markdown table (GitHub's kind) whose cells cannot become markup. */
import { sanitise } from '../base/text.js';
import { type CellStyle, humanCell } from './cell.js';
import { ownText } from './glyphs.js';
import { sparkline } from './sparkline.js';
import { isSeries, rowsWithTail, type Table, type TableCell, type TableColumn } from './table.js';

const widestSeries = 40;

/** Text as Markdown shows it letter by letter. Line breaks are gone: they show as `\x0a`. */
export function escapeMarkdown(text: string): string {
  return sanitise(text).replace(/[\\|`<>[\]!*_#&~]/g, '\\$&');
}

/** The table, then the footer as a paragraph. */
export function* markdown(
  table: Table,
  style: CellStyle & { readonly footer: boolean },
): Generator<string> {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  yield line(table.columns.map((column) => escapeMarkdown(ownText(column.title, style.glyphs))));
  yield line(table.columns.map((column) => (column.align === 'right' ? '---:' : '---')));
  for (const row of rowsWithTail(table)) {
    yield line(
      table.columns.map((column, index) => cellText(row[index] ?? null, column, table, style)),
    );
  }
  if (!style.footer || table.footer.length === 0) return;
  yield '\n';
  yield* table.footer.map((text) => `${escapeMarkdown(ownText(text, style.glyphs))}  \n`);
}

function cellText(cell: TableCell, column: TableColumn, table: Table, style: CellStyle): string {
  if (!isSeries(cell)) return escapeMarkdown(humanCell(cell, column, style));
  const { glyphs } = style;
  return escapeMarkdown(
    sparkline(cell, { max: table.seriesMax ?? 0, width: widestSeries, glyphs }),
  );
}
