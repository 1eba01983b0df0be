/**
 * Tokens of the formula language. A sign belongs to a number only where a value is expected, so the
 * parser says which of the two it expects; nothing here looks at the grammar.
 */
import { Fault, type FaultPlace } from '../base/fault.js';
import type { FormulaValue } from './formula-tree.js';
import type { Source } from './token.js';
import type { Span } from './tree.js';

export type FormulaToken =
  | { readonly kind: 'column'; readonly name: string; readonly exact: boolean; readonly span: Span }
  | { readonly kind: 'name'; readonly text: string; readonly span: Span }
  | { readonly kind: 'literal'; readonly value: FormulaValue; readonly span: Span }
  | { readonly kind: 'symbol'; readonly text: string; readonly span: Span }
  | { readonly kind: 'end'; readonly span: Span };

const space = /\s*/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const symbol = /!=|<=|>=|[=<>+\-*/%!(),]/y;
const number = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const whole = /^-?\d+$/;
const bareColumn = /[\p{L}\p{Nd}_./:=+?-]+/uy;
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };

/** The token at or after `position`; where no value is expected, `-2` is a minus and a 2. */
export function readFormulaToken(source: Source, position: number, value: boolean): FormulaToken {
  const { text } = source;
  const start = position + (matchAt(space, text, position) ?? '').length;
  const first = text[start];
  if (first === undefined) return { kind: 'end', span: { start, end: start } };
  if (first === '$') return readColumn(source, start);
  if (first === '"' || first === '`') {
    const { text: content, end } = readText(source, start);
    return { kind: 'literal', value: content, span: { start, end } };
  }
  const digits = value ? matchAt(number, text, start) : null;
  if (digits !== null) return readNumber(source, start, digits);
  const found = matchAt(symbol, text, start);
  if (found !== null) {
    return { kind: 'symbol', text: found, span: { start, end: start + found.length } };
  }
  const word = matchAt(name, text, start);
  const span = { start, end: start + (word ?? first).length };
  if (word === null) return { kind: 'symbol', text: first, span };
  const known = words[word];
  return known === undefined
    ? { kind: 'name', text: word, span }
    : { kind: 'literal', value: known, span };
}

/** Whether a column can be written without quotation marks. */
export function isBareColumn(text: string): boolean {
  return /^[\p{L}_]/u.test(text) && matchAt(bareColumn, text, 0) === text;
}

function matchAt(pattern: RegExp, text: string, position: number): string | null {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? null;
}

function readColumn(source: Source, start: number): FormulaToken {
  const mark = source.text[start + 1];
  if (mark === '"' || mark === '`') {
    const { text, end } = readText(source, start + 1);
    const span = { start, end };
    if (text === '') throw formulaFault(source, span, 'a column name', 'nothing');
    return { kind: 'column', name: text, exact: mark === '`', span };
  }
  const found = matchAt(bareColumn, source.text, start + 1);
  const span = { start, end: start + 1 + (found ?? '').length };
  if (found !== null) return { kind: 'column', name: found, exact: false, span };
  throw formulaFault(source, span, 'a column name behind $', described(mark));
}

function readNumber(source: Source, start: number, digits: string): FormulaToken {
  const span = { start, end: start + digits.length };
  const integer = whole.test(digits) ? BigInt(digits) : null;
  if (integer !== null && BigInt.asIntN(64, integer) === integer) {
    return { kind: 'literal', value: integer, span };
  }
  const value = Number(digits);
  if (Number.isFinite(value)) return { kind: 'literal', value, span };
  throw formulaFault(source, span, 'a number up to 1.8e308', digits);
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const coded = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3}))/y;

function readText(source: Source, start: number): { readonly text: string; readonly end: number } {
  const { text } = source;
  const mark = text[start];
  const raw = mark === '`';
  let content = '';
  for (let index = start + 1; index < text.length; index += 1) {
    const char = text[index] ?? '';
    if (char === mark) return { text: content, end: index + 1 };
    if (raw || char !== '\\') {
      content += char;
      continue;
    }
    const found = readEscape(source, index);
    content += found.text;
    index += found.length - 1;
  }
  const span = { start, end: text.length };
  throw formulaFault(source, span, `a closing ${mark}`, 'the end');
}

/** `\x` and octal escapes stand for bytes in Go; only those that are a character are read. */
function readEscape(source: Source, start: number): { text: string; length: number } {
  const next = source.text[start + 1] ?? '';
  const simple = escapes[next];
  if (simple !== undefined) return { text: simple, length: 2 };
  coded.lastIndex = start;
  const match = coded.exec(source.text);
  const [all = `\\${next}`, short, long, hex, octal] = match ?? [];
  const wide = short ?? long;
  const byte = hex ?? octal;
  const point = Number.parseInt(wide ?? byte ?? '', byte === octal && hex === undefined ? 8 : 16);
  const code = wide === undefined ? point : Number.parseInt(wide, 16);
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (match !== null && !isSurrogate && code <= (wide === undefined ? 0x7f : 0x10ffff)) {
    return { text: String.fromCodePoint(code), length: all.length };
  }
  const span = { start, end: start + all.length };
  throw formulaFault(source, span, 'an escape such as \\", \\\\, \\n or \\u00e9', all);
}

function described(char: string | undefined): string {
  return char === undefined ? 'the end' : char.trim() === '' ? 'a space' : char;
}

/** How a token is named in a fault. */
export function describeFormulaToken(source: Source, { kind, span }: FormulaToken): string {
  if (kind === 'end') return 'the end';
  const text = source.text.slice(span.start, span.end);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** A fault in the text of a formula. **Faults** CC1230. */
export function formulaFault(
  source: Source,
  span: Span,
  expected: string,
  found: string,
  hint?: string,
): Fault {
  const params = { expected, found };
  const at = formulaPlace(source, span);
  return new Fault('CC1230', params, hint === undefined ? { at } : { at, hint });
}

/** Where in the text typed. */
export function formulaPlace({ option, ...source }: Source, { start, end }: Span): FaultPlace {
  return { ...(option === null ? {} : { option }), ...source, start, end };
}
