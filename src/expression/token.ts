/**
 * Tokens of the filter language. What a run of characters means depends on where it stands (a name
 * on the left, a value or a regular expression on the right), so the parser asks for what it needs
 * at a position; nothing here looks at the grammar.
 */
import { Fault } from '../base/fault.js';
import type { Span } from './tree.js';

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  | { readonly kind: 'quoted'; readonly text: string; readonly span: Span }
  | { readonly kind: 'exact'; readonly text: string; readonly span: Span }
  | { readonly kind: 'symbol'; readonly text: string; readonly span: Span }
  | { readonly kind: 'end'; readonly text: ''; readonly span: Span };

/** The text typed and the option it came from, for places in faults. */
export interface Source {
  readonly text: string;
  readonly option: string | null;
  /** The file the text was read from, when it was not typed. */
  readonly file?: string;
  readonly line?: number;
}

const space = /\s*/y;
const word = /[^\s(),'"`=<>!~]+/y;
const symbol = /==|=~|<>|!=|!~|<=|>=|[=<>~!(),]/y;

/** The token at or after `position`, in the shape a name, a value or an operator has. */
export function readToken(source: Source, position: number): Token {
  const start = skipSpace(source, position);
  const first = source.text[start];
  if (first === undefined) return { kind: 'end', text: '', span: { start, end: start } };
  if (first === '`') return readExact(source, start);
  if (first === "'" || first === '"') return readQuoted(source, start);
  const found = matchAt(symbol, source.text, start);
  if (found !== null) return { kind: 'symbol', text: found, span: spanOf(start, found) };
  const run = matchAt(word, source.text, start) ?? first;
  return { kind: 'word', text: run, span: spanOf(start, run) };
}

/**
 * The regular expression at or after `position`: quoted, or bare up to white space or a closing
 * parenthesis that it did not open. A backslash stays, but before a quotation mark.
 */
export function readPattern(source: Source, position: number): Token {
  const start = skipSpace(source, position);
  const first = source.text[start];
  if (first === undefined) return { kind: 'end', text: '', span: { start, end: start } };
  const quoted = first === "'" || first === '"';
  const end = quoted ? quotedEnd(source, start) : barePatternEnd(source.text, start);
  const inside = quoted ? source.text.slice(start + 1, end - 1) : source.text.slice(start, end);
  const text = inside.replace(/\\([\s\S])/g, (pair, next: string) =>
    next === "'" || next === '"' ? next : pair,
  );
  return { kind: quoted ? 'quoted' : 'word', text, span: { start, end } };
}

/** How a token is named in a fault. */
export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end';
  const shown = token.text.length > 40 ? `${token.text.slice(0, 39)}…` : token.text;
  return token.kind === 'quoted' ? `'${shown}'` : shown;
}

function skipSpace(source: Source, position: number): number {
  return position + (matchAt(space, source.text, position) ?? '').length;
}

function matchAt(pattern: RegExp, text: string, position: number): string | null {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? null;
}

function spanOf(start: number, text: string): Span {
  return { start, end: start + text.length };
}

function readExact(source: Source, start: number): Token {
  let text = '';
  for (let index = start + 1; index < source.text.length; index += 1) {
    const char = source.text[index] ?? '';
    if (char !== '`') {
      text += char;
    } else if (source.text[index + 1] === '`') {
      text += '`';
      index += 1;
    } else {
      const span = { start, end: index + 1 };
      if (text === '') throw tokenFault(source, span, 'a column name in backticks', '``');
      return { kind: 'exact', text, span };
    }
  }
  throw unclosed(source, start, '`');
}

function readQuoted(source: Source, start: number): Token {
  const end = quotedEnd(source, start);
  let text = '';
  for (let index = start + 1; index < end - 1; index += 1) {
    const char = source.text[index] ?? '';
    if (char !== '\\') {
      text += char;
      continue;
    }
    const found = readEscape(source, index);
    text += found.text;
    index += found.length - 1;
  }
  return { kind: 'quoted', text, span: { start, end } };
}

/** The offset behind the closing quotation mark. A backslash takes the next character with it. */
function quotedEnd(source: Source, start: number): number {
  const mark = source.text[start] ?? '';
  for (let index = start + 1; index < source.text.length; index += 1) {
    const char = source.text[index];
    if (char === '\\') index += 1;
    else if (char === mark) return index + 1;
  }
  throw unclosed(source, start, mark);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  n: '\n',
  r: '\r',
  t: '\t',
};
const unicodeEscape = /\\u([0-9a-fA-F]{4})/y;

function readEscape(source: Source, start: number): { text: string; length: number } {
  const next = source.text[start + 1] ?? '';
  const simple = simpleEscapes[next];
  if (simple !== undefined) return { text: simple, length: 2 };
  const unicode = matchAt(unicodeEscape, source.text, start);
  if (unicode !== null) {
    return { text: String.fromCharCode(Number.parseInt(unicode.slice(2), 16)), length: 6 };
  }
  const span = { start, end: start + 2 };
  throw tokenFault(source, span, "an escape such as \\\\, \\', \\n or \\u00e9", `\\${next}`);
}

function barePatternEnd(text: string, start: number): number {
  let depth = 0;
  let inClass = false;
  for (let index = start; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (/\s/.test(char)) return index;
    if (char === '\\') {
      if (/\S/.test(text[index + 1] ?? '')) index += 1;
    } else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') depth += 1;
    else if (char === ')') {
      if (depth === 0) return index;
      depth -= 1;
    }
  }
  return text.length;
}

function unclosed(source: Source, start: number, mark: string): Fault {
  const span = { start, end: source.text.length };
  return tokenFault(source, span, `a closing ${mark}`, 'the end');
}

/** A fault of the filter language. **Faults** CC1105. */
export function tokenFault(
  source: Source,
  span: Span,
  expected: string,
  found: string,
  hint?: string,
): Fault {
  const { text, option } = source;
  const at = { ...(option === null ? {} : { option }), text, start: span.start, end: span.end };
  const params = { expected, found };
  return new Fault('CC1105', params, hint === undefined ? { at } : { at, hint });
}
