/** A Markdown table (GitHub's kind) whose cells cannot become markup. */
import { sanitise } from '../base/text.js';
import { type CellStyle, humanRows } from './cell.js';
import { ownText } from './glyphs.js';
import { sparkline } from './sparkline.js';
import { isSeries, type Series, type Table } from './table.js';

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
  for (const row of humanRows(table, style)) {
    yield line(
      row.map((cell) => escapeMarkdown(isSeries(cell) ? drawn(cell, table, style) : cell)),
    );
  }
  if (!style.footer || table.footer.length === 0) return;
  yield '\n';
  yield* table.footer.map((text) => `${escapeMarkdown(ownText(text, style.glyphs))}  \n`);
}

function drawn(series: Series, table: Table, { glyphs }: CellStyle): string {
  return sparkline(series, { max: table.seriesMax ?? 0, width: widestSeries, glyphs });
}
