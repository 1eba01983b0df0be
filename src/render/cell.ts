/** One cell as text: as people see it, or exactly as it is. */
import { unreachable } from '../base/assert.js';
import { sanitise } from '../base/text.js';
import type { Cell } from '../query/ports.js';
import type { Glyphs } from './glyphs.js';
import { formatCount, formatNumber, formatPercent } from './number.js';
import type { TableColumn } from './table.js';

/** How a table is drawn. **Units** `width` in terminal cells; null means as wide as it needs. */
export interface CellStyle {
  readonly glyphs: Glyphs;
  /** Writes an instant (micros) in the zone of the output. */
  readonly instant: (micros: number) => string;
}

/** More of a single value than any screen shows; keeps a hostile cell from costing seconds. */
const cellChars = 2_000;

/** A cell for people: units, separators, nothing a terminal would act on. Never a series. */
export function humanCell(cell: Cell, column: TableColumn, style: CellStyle): string {
  if (cell === null) return style.glyphs.missing;
  if (typeof cell === 'boolean') return String(cell);
  if (typeof cell === 'string') return humanText(cell, style.glyphs);
  switch (column.show) {
    case 'count':
      return formatCount(cell);
    case 'number':
    case 'duration ms':
      return formatNumber(cell);
    case 'percent':
      return formatPercent(Number(cell));
    case 'instant':
      return style.instant(Number(cell));
    case 'text':
    case 'series':
      return String(cell);
    default:
      return unreachable(column.show);
  }
}

function humanText(text: string, glyphs: Glyphs): string {
  if (text === '') return '""';
  const cut = text.length > cellChars;
  return sanitise(cut ? text.slice(0, cellChars) : text) + (cut ? glyphs.ellipsis : '');
}

/** A cell for machines: exact numbers, RFC 3339 instants in UTC, null as the empty string. */
export function exactCell(cell: Cell, column: TableColumn): string {
  if (cell === null) return '';
  if (typeof cell === 'number' && column.show === 'instant') return exactInstant(cell);
  return String(cell);
}

/** RFC 3339 in UTC, with as many decimals as the instant has: none, three or six. */
export function exactInstant(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const iso = new Date(millis).toISOString();
  const rest = micros - millis * 1000;
  if (rest !== 0) return `${iso.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso;
}
