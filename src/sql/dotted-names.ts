/**
 * `http.route` in a statement means a column of that name, which the engine would take for a field
 * of a table `http`: such names are quoted before it runs. The result is parsed and judged again.
 */
import { dottedNameAt, sqlTokens } from './token.js';
import type { ColumnReference } from './tree.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A statement as typed and as sent to the engine, which names places in bytes of the latter. */
export interface SentStatement {
  readonly typed: string;
  readonly sent: string;
  /** **Units** bytes of UTF-8 in `sent` to UTF-16 in `typed`. */
  readonly placeOf: (sentByte: number) => number;
}

export function sentAsTyped(typed: string): SentStatement {
  return edited(typed, []);
}

/** Quotes the dotted names that are labels, as references in the tree. Labels in lower case. */
export function quoteDottedNames(
  typed: string,
  references: readonly ColumnReference[],
  names: {
    readonly labels: ReadonlyMap<string, string>;
    readonly tableNames: ReadonlySet<string>;
  },
): SentStatement {
  const edits = references.flatMap(({ parts, at }): readonly Edit[] => {
    const [first = '', ...rest] = parts;
    const isTable = names.tableNames.has(first.toLowerCase());
    const label = names.labels.get((isTable ? rest : parts).join('.').toLowerCase());
    if (label === undefined || (isTable ? rest : parts).length < 2) return [];
    const run = dottedNameAt(typed, utf16Place(typed, at));
    if (run === null) return [];
    const start = isTable ? typed.indexOf('.', run.start) + 1 : run.start;
    return [{ start, end: run.end, text: quoted(label) }];
  });
  return edited(typed, edits);
}

/** As `quoteDottedNames` for a text that cannot be parsed: `order.id` holds a keyword. */
export function quoteDottedWords(
  typed: string,
  labels: ReadonlyMap<string, string>,
): SentStatement {
  const edits = new Map<number, Edit>();
  for (const { kind, start } of sqlTokens(typed)) {
    const run = kind === 'word' ? dottedNameAt(typed, start) : null;
    const label = run && labels.get(typed.slice(run.start, run.end).toLowerCase());
    if (run !== null && label?.includes('.')) {
      edits.set(run.start, { start: run.start, end: run.end, text: quoted(label) });
    }
  }
  return edited(typed, [...edits.values()]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function utf16Place(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}

function edited(typed: string, unsorted: readonly Edit[]): SentStatement {
  const edits = unsorted.toSorted((left, right) => left.start - right.start);
  let sent = '';
  let copied = 0;
  const shifts: { readonly from: number; readonly to: number; readonly length: number }[] = [];
  for (const { start, end, text } of edits) {
    if (start < copied) continue;
    sent += typed.slice(copied, start);
    shifts.push({ from: sent.length, to: start, length: text.length });
    sent += text;
    copied = end;
    shifts.push({ from: sent.length, to: end, length: 0 });
  }
  sent += typed.slice(copied);
  const placeOf = (sentByte: number): number => {
    const place = utf16Place(sent, sentByte);
    const shift = shifts.findLast(({ from }) => from <= place);
    if (shift === undefined) return Math.min(place, typed.length);
    const inside = place - shift.from;
    return inside < shift.length ? shift.to : Math.min(shift.to + inside, typed.length);
  };
  return { typed, sent, placeOf };
}
