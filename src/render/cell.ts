/** One cell as text: as people see it, or exactly as it is. */
import { unreachable } from '../base/assert.js';
import { sanitise } from '../base/text.js';
import type { Cell } from '../query/ports.js';
import { microsPerSecond } from '../time/instant.js';
import { type Glyphs, ownText } from './glyphs.js';
import { decimalsFor, formatCount, formatFactor, formatNumber, formatPercent } from './number.js';
import { isSeries, rowsWithTail, type Table, type TableCell, type TableColumn } from './table.js';

/** How a table is drawn. **Units** `width` in terminal cells; null means as wide as it needs. */
export interface CellStyle {
  readonly glyphs: Glyphs;
  /** Writes an instant (micros) in the zone of the output. */
  readonly instant: (micros: number) => string;
}

/** Shown with the decimals their column needs. */
const scaledShows: ReadonlySet<TableColumn['show']> = new Set(['number', 'duration ms', 'change']);

/** More of a single value than any screen shows; keeps a hostile cell from costing seconds. */
const cellChars = 2_000;

/** Cells as people see them, row by row; a series stays what it is. */
export type ShownCell = string | Exclude<TableCell, Cell>;

/** All rows of a table for people; numbers of one column have the same decimals. */
export function humanRows(table: Table, style: CellStyle): readonly (readonly ShownCell[])[] {
  const rows = rowsWithTail(table);
  const decimals = table.columns.map((column, index) => {
    if (!scaledShows.has(column.show)) return 0;
    const cells = rows.map((row) => row[index] ?? null);
    return decimalsFor(cells.filter((cell) => typeof cell === 'number'));
  });
  return rows.map((row) =>
    table.columns.map((column, index) => {
      const cell = row[index] ?? null;
      const shown = { column, decimals: decimals[index] ?? 0 };
      return isSeries(cell) ? cell : humanCell(cell, shown, style);
    }),
  );
}

interface Shown {
  readonly column: TableColumn;
  readonly decimals: number;
}

/** A cell for people: units, separators, nothing a terminal would act on. */
function humanCell(cell: Cell, { column, decimals }: Shown, style: CellStyle): string {
  if (cell === null) return style.glyphs.missing;
  if (typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'string') return humanText(cell, style.glyphs);
  switch (column.show) {
    case 'count':
      return formatCount(cell);
    case 'number':
    case 'duration ms':
      return formatNumber(cell, decimals);
    case 'percent':
      return formatPercent(Number(cell));
    case 'change':
      return signed(cell, formatNumber(cell, decimals));
    case 'points':
      return signed(cell, `${formatNumber(Number(cell) * 100, 1)} pp`);
    case 'factor':
      return ownText(formatFactor(Number(cell)), style.glyphs);
    case 'instant':
      return style.instant(Number(cell));
    case 'text':
    case 'series':
      return String(cell);
    default:
      return unreachable(column.show);
  }
}

function signed(cell: number | bigint, text: string): string {
  return cell > 0 ? `+${text}` : text;
}

function humanText(text: string, glyphs: Glyphs): string {
  if (text === '') return '""';
  const cut = text.length > cellChars;
  return sanitise(cut ? text.slice(0, cellChars) : text) + (cut ? glyphs.ellipsis : '');
}

/** A cell for machines: exact numbers, RFC 3339 instants in UTC, null as the empty string. */
export function exactCell(cell: Cell, column: Pick<TableColumn, 'show'>): string {
  if (cell === null) return '';
  if (typeof cell === 'number' && column.show === 'instant') return exactInstant(cell);
  return String(cell);
}

/** The last second written: instants of neighbouring rows mostly share it. */
let written = { second: 0, text: '1970-01-01T00:00:00' };

/** RFC 3339 in UTC, with as many decimals as the instant has: none, three or six. */
export function exactInstant(micros: number): string {
  const second = Math.floor(micros / microsPerSecond);
  if (second !== written.second) {
    written = { second, text: new Date(second * 1000).toISOString().slice(0, -5) };
  }
  const rest = micros - second * microsPerSecond;
  if (rest === 0) return `${written.text}Z`;
  const decimals = String(rest).padStart(6, '0');
  return `${written.text}.${decimals.endsWith('000') ? decimals.slice(0, 3) : decimals}Z`;
}
