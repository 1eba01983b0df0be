/** The cells of one CSV record, read physical line by physical line. Knows no bytes, no header. */
import type { FieldValue } from '../record.js';

export interface CellState {
  readonly cells: FieldValue[];
  /** `open` while a quoted cell goes on over the line's end. */
  outcome: 'open' | 'complete' | 'broken';
  /** The quoted cell read so far. */
  pending: string;
}

export function startCells(): CellState {
  return { cells: [], outcome: 'complete', pending: '' };
}

export interface CellLine {
  readonly state: CellState;
  /** Without its end, which matters only inside a quoted cell. */
  readonly text: string;
  readonly terminator: string;
  readonly delimiter: string;
}

/** Reads one more line into `state`. **Invariant** `outcome` tells what is known after it. */
export function parseCells(line: CellLine): void {
  const { state, text, delimiter } = line;
  if (state.outcome !== 'open' && !text.includes('"')) {
    for (const cell of text.split(delimiter)) state.cells.push(cell === '' ? null : cell);
    state.outcome = 'complete';
    return;
  }
  let at = 0;
  if (state.outcome === 'open') {
    at = readQuoted(line, 0);
    if (at < 0) return;
  }
  while (at <= text.length) {
    at = text[at] === '"' ? readQuoted(line, at + 1) : readBare(line, at);
    if (at < 0) return;
  }
  state.outcome = 'complete';
}

/** Reads a bare cell and its delimiter; the next place, or -1 when the record is broken. */
function readBare({ state, text, delimiter }: CellLine, start: number): number {
  const found = text.indexOf(delimiter, start);
  const end = found < 0 ? text.length : found;
  const cell = text.slice(start, end);
  if (cell.includes('"')) {
    state.outcome = 'broken';
    return -1;
  }
  state.cells.push(cell === '' ? null : cell);
  return end + 1;
}

/** Reads a quoted cell from behind its quote; -1 when it goes on or is broken. */
function readQuoted({ state, text, terminator, delimiter }: CellLine, start: number): number {
  let from = start;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) {
      state.pending += text.slice(from) + terminator;
      state.outcome = 'open';
      return -1;
    }
    state.pending += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      if (quote + 1 < text.length && text[quote + 1] !== delimiter) {
        state.outcome = 'broken';
        return -1;
      }
      state.cells.push(state.pending);
      state.pending = '';
      return quote + 2;
    }
    state.pending += '"';
    from = quote + 2;
  }
}
