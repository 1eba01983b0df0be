/** Does a table with this delimiter fit the lines? */

import type { Delimiter } from './readers/csv.js';
import { type CellState, parseCells, startCells } from './readers/csv-cells.js';

export interface CsvScore {
  readonly delimiter: Delimiter;
  readonly columns: number;
  readonly records: number;
  /** Records with as many cells as the header. */
  readonly fitting: number;
  readonly score: number;
}

/** Null when the first record cannot be a header. A file named `.csv` may have a single column. */
export function scoreCsv(sample: {
  readonly lines: readonly string[];
  readonly delimiter: Delimiter;
  readonly named: boolean;
}): CsvScore | null {
  const { lines, delimiter, named } = sample;
  const [header, ...records] = cellCounts(lines, delimiter);
  if (header === undefined || header.outcome === 'broken') return null;
  const names = header.cells.map((cell) => (typeof cell === 'string' ? cell : ''));
  if (names.length < (named ? 1 : 2)) return null;
  if (!named && !names.every(isName)) return null;
  if (!named && records.length === 0 && names.some((name) => /\s/.test(name))) return null;
  const fitting = records.filter(
    (record) => record.outcome === 'complete' && record.cells.length === names.length,
  ).length;
  const share = records.length === 0 ? 1 : fitting / records.length;
  // A file that is named so is a table even where most records are broken; one of a single column
  // only where no delimiter does better.
  const score = named ? Math.max(names.length === 1 ? 0 : share, 0.5) : share;
  return { delimiter, columns: names.length, records: records.length, fitting, score };
}

/** A column's name starts with a letter, unlike most values; a data frame leaves one empty. */
function isName(text: string): boolean {
  return text === '' || /^\s*[\p{L}_@#%$:][^\n=]{0,255}$/u.test(text);
}

/** Records as far as the sample goes; after a broken one reading goes on at the next line. */
function cellCounts(lines: readonly string[], delimiter: Delimiter): readonly CellState[] {
  const records: CellState[] = [];
  let state = startCells();
  for (const text of lines) {
    parseCells({ state, text, terminator: '\n', delimiter });
    if (state.outcome === 'open') continue;
    records.push(state);
    state = startCells();
  }
  return records;
}
