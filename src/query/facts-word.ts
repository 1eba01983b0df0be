/**
 * Which minutes hold an event, as bits of words: numbers that are read as fast as counts. A word is
 * of 45 minutes, which a double holds exactly and of which most cells have a whole number.
 */
import { aggregate, as, binary, cast, literal, when } from '../sql/build.js';
import type { SqlColumn, SqlExpression } from '../sql/node.js';
import { factColumns } from './facts-rows.js';

/** Minutes of one word. */
export const wordMinutes = 45;

/** How many words a stretch of minutes has. */
export function wordCount(minutes: number): number {
  return Math.ceil(minutes / wordMinutes);
}

/** The words of a stretch, of the place of each event in it. */
export function wordColumns(minute: SqlExpression, minutes: number): readonly SqlColumn[] {
  const bit = bitOf(minute);
  const word = binary('//', minute, literal(wordMinutes));
  const count = wordCount(minutes);
  return Array.from({ length: count }, (_, at) => {
    const own = count === 1 ? bit : when([[binary('=', word, literal(at)), bit]], literal(0));
    return as(aggregate('bit_or', [own]), factColumns.word(at));
  });
}

function bitOf(minute: SqlExpression): SqlExpression {
  return binary('<<', cast(literal(1), 'BIGINT'), binary('%', minute, literal(wordMinutes)));
}

/** Sets the minutes of a word that hold an event, those that lie within `minutes`. */
export function setMinutes(minutes: Uint8Array, offset: number, word: number): void {
  setBits(minutes, offset, word % halfWord);
  setBits(minutes, offset + halfBits, Math.floor(word / halfWord));
}

/** What fits into the integers of the machine. */
const halfBits = 30;
const halfWord = 2 ** halfBits;

function setBits(minutes: Uint8Array, offset: number, bits: number): void {
  for (let left = bits; left !== 0; left &= left - 1) {
    const minute = offset + 31 - Math.clz32(left & -left);
    if (minute >= 0 && minute < minutes.length) minutes[minute] = 1;
  }
}
