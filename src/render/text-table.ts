/**
 * Aligned columns without boxes. Never wraps: long values end in an ellipsis, columns that do not
 * fit are left out, and the table says how many.
 */
import { displayWidth, padToWidth, sanitise, truncateToWidth } from '../base/text.js';
import { type CellStyle, humanRows, type ShownCell } from './cell.js';
import { ownText } from './glyphs.js';
import type { Paint } from './paint.js';
import { sparkline } from './sparkline.js';
import { isSeries, type Table, type TableColumn } from './table.js';

/** How a table is drawn. **Units** `width` in terminal cells; null is as wide as it needs. */
export interface TextTableStyle extends CellStyle {
  readonly width: number | null;
  readonly paint: Paint;
  readonly footer: boolean;
}

const separator = '  ';
/** A text column is not shortened below this many cells; columns are left out instead. */
const narrowText = 16;
/** A first column is still told apart by so many. */
const narrowest = 6;
/** Marks of a sparkline: what a screen of 80 leaves beside four columns, and the least of use. */
const widestSeries = 40;
const narrowSeries = 12;

interface Layout {
  readonly columns: readonly { readonly index: number; readonly width: number }[];
  readonly hidden: number;
}

/** The table as lines, each ending in a newline. */
export function* textTable(table: Table, style: TextTableStyle): Generator<string> {
  const titles = table.columns.map(({ title }) => ownText(sanitise(title), style.glyphs));
  const rows = humanRows(table, style);
  const layout = fit(table, naturalWidths(table, titles, rows), style.width);
  const line = (text: (index: number, width: number) => string): string =>
    layout.columns
      .map(({ index, width }) => text(index, width))
      .join(separator)
      .trimEnd();

  const header = line((index, width) =>
    headerCell(table.columns[index], titles[index], width, style),
  );
  if (titles.length > 0) yield `${style.paint.bold(header)}\n`;
  for (const row of rows) {
    yield `${line((index, width) => bodyCell(row[index], table, { index, width }, style))}\n`;
  }
  if (layout.hidden > 0) {
    const noun = layout.hidden === 1 ? 'column' : 'columns';
    const lines = wrapWords(`+${layout.hidden} ${noun} (use --wide)`, style.width);
    yield* lines.map((text) => `${style.paint.dim(text)}\n`);
  }
  if (style.footer) yield* footerLines(table, style);
}

/** The footer of a table, dimmed, whole words wrapped to the width. */
export function* footerLines(table: Table, style: TextTableStyle): Generator<string> {
  for (const text of table.footer.flatMap((one) => parts(one, style.width))) {
    for (const line of wrapWords(ownText(text, style.glyphs), style.width)) {
      yield `${style.paint.dim(line)}\n`;
    }
  }
}

/** What stands wide apart in a footer gets lines of its own before words are wrapped. */
function parts(text: string, width: number | null): readonly string[] {
  return width === null || displayWidth(text) <= width ? [text] : text.split(/ {3,}/);
}

/** `columns   a, b`: what goes on in the next line stands under the first word of it. */
const labelled = /^ *\S+ {2,}(?=\S)/;
const widestLabel = 16;

/** Sentences (never values) may go on in the next line. */
export function wrapWords(text: string, width: number | null): readonly string[] {
  if (width === null || displayWidth(text) <= width) return [text];
  const start = /^ */.exec(text)?.[0] ?? '';
  const label = labelled.exec(text)?.[0] ?? '';
  const hangs = label !== '' && label.length <= Math.min(widestLabel, width / 4);
  const hang = hangs ? ' '.repeat(label.length) : `${start}  `;
  const lines: string[] = [];
  const first = hangs ? label : start;
  let line = first;
  let isEmpty = true;
  for (const word of text.slice(first.length).split(' ')) {
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (!isEmpty && displayWidth(longer) > width) {
      lines.push(line.trimEnd());
      line = hang + word;
    } else line = longer;
    isEmpty = false;
  }
  return [...lines, line];
}

function naturalWidths(
  table: Table,
  titles: readonly string[],
  rows: readonly (readonly ShownCell[])[],
): readonly number[] {
  return table.columns.map((column, index) => {
    const least = column.show === 'series' ? edgesWidth(column) : 0;
    return rows.reduce(
      (widest, row) => {
        const cell = row[index] ?? '';
        const width = isSeries(cell) ? Math.min(cell.length, widestSeries) : displayWidth(cell);
        return Math.max(widest, width);
      },
      Math.max(least, displayWidth(titles[index] ?? '')),
    );
  });
}

function edgesWidth(column: TableColumn): number {
  const [first, last] = column.edges ?? ['', ''];
  return displayWidth(first) + displayWidth(column.title) + displayWidth(last) + 2;
}

function leastWidth(column: TableColumn | undefined, natural: number): number {
  if (column?.show === 'series') return Math.min(natural, narrowSeries);
  return column?.align === 'left' ? Math.min(natural, narrowText) : natural;
}

/**
 * The columns that fit at their least width; room left over widens them again. Where what the table
 * is about leaves no room for the first column, that one is shortened.
 */
function fit(table: Table, natural: readonly number[], width: number | null): Layout {
  const all = natural.map((own, index) => ({ index, width: own }));
  if (width === null) return { columns: all, hidden: 0 };
  const least = natural.map((own, index) => leastWidth(table.columns[index], own));
  const kept = new Set(least.keys());
  const over = (): number => total(least.filter((_, index) => kept.has(index))) - width;
  for (const index of leftOut(table)) if (over() > 0) kept.delete(index);
  const [first = 0] = least;
  least[0] = Math.max(Math.min(first, narrowest), first - Math.max(0, over()));
  for (const index of [...kept].reverse()) if (index > 0 && over() > 0) kept.delete(index);
  let room = -over();
  const shown = all.filter(({ index }) => kept.has(index));
  const columns = shown.map(({ index, width: own }) => {
    const floor = Math.min(least[index] ?? own, width);
    const extra = Math.max(0, Math.min(own - floor, room));
    room -= extra;
    return { index, width: floor + extra };
  });
  return { columns, hidden: all.length - columns.length };
}

/**
 * Columns in the order in which they are left out: sparklines, then the others from the right, then
 * what the table is about. The first column stays, and the first of what it is about.
 */
function leftOut({ columns }: Table): readonly number[] {
  const essential = columns.findIndex((column) => column.essential === true);
  const last = [...columns.keys()].reverse();
  const free = last.filter((index) => index !== 0 && index !== essential);
  const rank = (index: number): number => {
    const column = columns[index];
    if (essential < 0) return 0;
    return column?.show === 'series' ? 0 : column?.essential === true ? 2 : 1;
  };
  return free.sort((left, right) => rank(left) - rank(right));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, separator.length * (widths.length - 1));
}

function headerCell(
  column: TableColumn | undefined,
  title = '',
  width: number,
  style: TextTableStyle,
): string {
  if (column === undefined) return '';
  const [first, last] = column.edges ?? ['', ''];
  const space = width - displayWidth(first) - displayWidth(title) - displayWidth(last);
  if (column.edges !== undefined && space >= 2) {
    const left = Math.floor(space / 2);
    return first + ' '.repeat(left) + title + ' '.repeat(space - left) + last;
  }
  return padToWidth(truncateToWidth(title, width, style.glyphs.ellipsis), width, column.align);
}

function bodyCell(
  cell: ShownCell = '',
  table: Table,
  place: { readonly index: number; readonly width: number },
  style: TextTableStyle,
): string {
  const { glyphs } = style;
  if (isSeries(cell)) {
    return sparkline(cell, { max: table.seriesMax ?? 0, width: place.width, glyphs });
  }
  const align = table.columns[place.index]?.align ?? 'left';
  return padToWidth(truncateToWidth(cell, place.width, glyphs.ellipsis), place.width, align);
}
