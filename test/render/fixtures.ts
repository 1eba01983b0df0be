import { unicodeGlyphs } from '../../src/render/glyphs.js';
import { noColours } from '../../src/render/paint.js';
import type { Table, TableColumn } from '../../src/render/table.js';
import type { TextTableStyle } from '../../src/render/text-table.js';
import { formatMoment } from '../../src/time/format.js';

export const style: TextTableStyle = {
  glyphs: unicodeGlyphs,
  instant: (micros) => formatMoment(micros),
  width: 80,
  paint: noColours,
  footer: true,
};

export function textColumn(key: string): TableColumn {
  return { key, title: key, align: 'left', show: 'text' };
}

export function countColumn(key: string): TableColumn {
  return { key, title: key, align: 'right', show: 'count' };
}

export function tableOf(parts: Partial<Table>): Table {
  return { columns: [], rows: [], seriesMax: null, footer: [], ...parts };
}

export function text(chunks: Iterable<string>): string {
  return [...chunks].join('');
}

/** Cells that attack a terminal, a spreadsheet, Markdown and the layout. */
export const hostileCells = [
  '\u001b]0;pwned\u0007',
  '\u202egnp.exe',
  '=HYPERLINK("http://x")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\tcell',
  '-12.5',
  'a|b`c<d>[e]!*_#',
  'line\nbreak',
  'say "hi", you',
  '',
] as const;
