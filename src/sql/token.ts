/**
 * The words of a statement somebody typed, with their places. For people only: to see whether a
 * statement has ended, to complete a name, to find what a caret points at. What may run is decided
 * on the tree that the engine parses (`allowed-statement.ts`), never here.
 */

export type SqlTokenKind =
  | 'word'
  | 'quoted name'
  | 'text'
  | 'number'
  | 'comment'
  | 'space'
  | 'symbol';

/** **Units** `start` and `end` in UTF-16, half-open. */
export interface SqlToken {
  readonly kind: SqlTokenKind;
  readonly start: number;
  readonly end: number;
  /** False for a text, quoted name or block comment that goes on behind the end. */
  readonly closed: boolean;
}

const patterns: readonly (readonly [SqlTokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['comment', /--[^\n]*/y],
  ['text', /e'(?:[^'\\]|''|\\[\s\S])*('|$)/iy],
  ['text', /'(?:[^']|'')*('|$)/y],
  ['quoted name', /"(?:[^"]|"")*("|$)/y],
  ['word', /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy],
  ['number', /\d[\w.]*/y],
];
const dollarTag = /\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy;

/** Every character belongs to one token. */
export function sqlTokens(text: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let at = 0; at < text.length; ) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function tokenAt(text: string, start: number): SqlToken {
  if (text.startsWith('/*', start)) return blockComment(text, start);
  if (text[start] === '$') {
    dollarTag.lastIndex = start;
    const tag = dollarTag.exec(text)?.[0];
    if (tag !== undefined) return dollarText(text, start, tag);
  }
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = start;
    const found = pattern.exec(text);
    if (found === null) continue;
    const closed = found.length === 1 || found[1] !== '';
    return { kind, start, end: start + found[0].length, closed };
  }
  return { kind: 'symbol', start, end: start + 1, closed: true };
}

/** Block comments nest. */
function blockComment(text: string, start: number): SqlToken {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start;
  let depth = 0;
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'comment', start, end: mark.lastIndex, closed: true };
  }
  return { kind: 'comment', start, end: text.length, closed: false };
}

function dollarText(text: string, start: number, tag: string): SqlToken {
  const found = text.indexOf(tag, start + tag.length);
  const closed = found >= 0;
  return { kind: 'text', start, end: closed ? found + tag.length : text.length, closed };
}

/** The statements of a text, each without its `;`, and what is left without one. */
export function splitStatements(text: string): {
  readonly whole: readonly string[];
  readonly rest: string;
} {
  const whole: string[] = [];
  let start = 0;
  for (const token of sqlTokens(text)) {
    if (token.kind !== 'symbol' || text[token.start] !== ';') continue;
    whole.push(text.slice(start, token.start));
    start = token.end;
  }
  return { whole: whole.filter((statement) => !isBlank(statement)), rest: text.slice(start) };
}

/** Whether there is nothing but spaces and comments that have ended. */
export function isBlank(text: string): boolean {
  return sqlTokens(text).every(
    ({ kind, closed }) => kind === 'space' || (kind === 'comment' && closed),
  );
}

/** The dotted name that holds a place, all of `e.http.route`; null when there is none. */
export function dottedNameAt(text: string, place: number): SqlToken | null {
  const tokens = sqlTokens(text);
  const isName = (index: number): boolean => {
    const kind = tokens[index]?.kind;
    return kind === 'word' || kind === 'quoted name';
  };
  const isDot = (index: number): boolean => text[tokens[index]?.start ?? -1] === '.';
  let first = tokens.findIndex(({ start, end }) => start <= place && place < end);
  if (!isName(first)) return null;
  let last = first;
  while (isDot(first - 1) && isName(first - 2)) first -= 2;
  while (isDot(last + 1) && isName(last + 2)) last += 2;
  const start = tokens[first]?.start ?? place;
  return { kind: 'word', start, end: tokens[last]?.end ?? place, closed: true };
}
