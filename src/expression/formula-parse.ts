/**
 * Text of the formula language to its tree: functions and infix operators, by binding power.
 * Bounded in length, size and nesting; every fault points into the text typed. Never looks at
 * columns or function names: `formula-check.ts` does.
 */
import { suggest } from '../base/suggest.js';
import { functionNames } from './formula-functions.js';
import {
  describeFormulaToken,
  type FormulaToken,
  formulaFault,
  readFormulaToken,
} from './formula-token.js';
import { type Formula, type InfixOperator, infixPowers, notPower } from './formula-tree.js';
import { maxExpressionBytes, maxExpressionDepth } from './parse.js';
import type { Source } from './token.js';
import type { Span } from './tree.js';

/** Most values and functions in one formula; chosen by us so that a tree can be walked. */
export const maxFormulaNodes = 2_000;

interface Cursor {
  readonly source: Source;
  position: number;
  depth: number;
  nodes: number;
}

/** What is written elsewhere, and what to write here. */
const foreignSymbols: Readonly<Record<string, string>> = {
  '&': 'write AND',
  '|': 'write OR',
  "'": 'texts stand in "…" or `…`',
  ';': 'a formula is one expression',
  '[': 'there are no lists; write IN($x, 1, 2)',
  '{': 'there are no lists; write IN($x, 1, 2)',
};

/**
 * The tree of a formula that begins at `start` in a text, without knowledge of columns.
 * **Faults** CC1230.
 */
export function parseFormula(source: Source, start = 0): Formula {
  const { text } = source;
  const bytes = Buffer.byteLength(text);
  if (bytes > maxExpressionBytes) {
    const span = { start: 0, end: text.length };
    throw formulaFault(source, span, 'at most 64 KiB of text', `${bytes} bytes`);
  }
  const cursor: Cursor = { source, position: start, depth: 0, nodes: 0 };
  const formula = parseInfix(cursor, 0);
  const token = peekOperator(cursor);
  if (token.kind === 'end') return formula;
  throw unexpected(cursor, token, 'an operator such as + or AND, or the end');
}

function peekOperator(cursor: Cursor): FormulaToken {
  return readFormulaToken(cursor.source, cursor.position, false);
}

function take(cursor: Cursor, value: boolean): FormulaToken {
  const token = readFormulaToken(cursor.source, cursor.position, value);
  cursor.position = token.span.end;
  return token;
}

function isSymbol(token: FormulaToken, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

function unexpected(cursor: Cursor, token: FormulaToken, expected: string) {
  const { source } = cursor;
  return formulaFault(
    source,
    token.span,
    expected,
    describeFormulaToken(source, token),
    hintFor(cursor, token),
  );
}

function hintFor({ source, position }: Cursor, token: FormulaToken): string | undefined {
  if (token.kind === 'symbol') return foreignSymbols[token.text];
  if (token.kind !== 'name') return undefined;
  const upper = token.text.toUpperCase();
  if (upper === 'AND' || upper === 'OR') return `write ${upper}`;
  const isCall = isSymbol(readFormulaToken(source, position, false), '(');
  const near = isCall ? suggest(token.text, functionNames) : null;
  return near === null ? `a column is written $${token.text}` : `did you mean ${near}?`;
}

/** Operators that bind closer than `power`, from the left. */
function parseInfix(cursor: Cursor, power: number): Formula {
  let left = parseOperand(cursor);
  for (;;) {
    const token = peekOperator(cursor);
    const op = operatorOf(token);
    if (op === null || infixPowers[op] <= power) return left;
    cursor.position = token.span.end;
    const right = parseInfix(cursor, infixPowers[op]);
    count(cursor, token.span);
    left = { kind: 'infix', op, left, right, span: spanning(left.span, right.span) };
  }
}

function operatorOf(token: FormulaToken): InfixOperator | null {
  if (token.kind !== 'symbol' && token.kind !== 'name') return null;
  const { text } = token;
  return isInfix(text) ? text : null;
}

function isInfix(text: string): text is InfixOperator {
  return Object.hasOwn(infixPowers, text);
}

function parseOperand(cursor: Cursor): Formula {
  const token = take(cursor, true);
  count(cursor, token.span);
  switch (token.kind) {
    case 'column':
      return token;
    case 'literal':
      return token;
    case 'name':
      return parseCall(cursor, token.text, token.span);
    case 'symbol':
      if (token.text === '(') return parseGroup(cursor, token.span);
      if (token.text === '!') {
        const operand = nested(cursor, token.span, () => parseInfix(cursor, notPower));
        return { kind: 'not', operand, span: spanning(token.span, operand.span) };
      }
      break;
    default:
  }
  throw unexpected(cursor, token, 'a value, a $column or a function');
}

function parseGroup(cursor: Cursor, open: Span): Formula {
  const inner = nested(cursor, open, () => parseInfix(cursor, 0));
  const close = take(cursor, false);
  if (isSymbol(close, ')')) return inner;
  throw unexpected(cursor, close, 'an operator or )');
}

function parseCall(cursor: Cursor, name: string, nameSpan: Span): Formula {
  const open = take(cursor, false);
  if (!isSymbol(open, '(')) {
    const token: FormulaToken = { kind: 'name', text: name, span: nameSpan };
    throw unexpected(cursor, token, 'a value, a $column or a function');
  }
  const args: Formula[] = [];
  let next = peekOperator(cursor);
  while (!isSymbol(next, ')')) {
    args.push(nested(cursor, nameSpan, () => parseInfix(cursor, 0)));
    next = peekOperator(cursor);
    if (isSymbol(next, ')')) break;
    if (!isSymbol(next, ',')) throw unexpected(cursor, next, 'an operator, a comma or )');
    cursor.position = next.span.end;
    next = peekOperator(cursor);
  }
  cursor.position = next.span.end;
  return { kind: 'call', name, nameSpan, args, span: spanning(nameSpan, next.span) };
}

function nested(cursor: Cursor, span: Span, parse: () => Formula): Formula {
  cursor.depth += 1;
  if (cursor.depth > maxExpressionDepth) {
    const expected = `at most ${maxExpressionDepth} levels of functions and (`;
    throw formulaFault(cursor.source, span, expected, 'more');
  }
  const formula = parse();
  cursor.depth -= 1;
  return formula;
}

function count(cursor: Cursor, span: Span): void {
  cursor.nodes += 1;
  if (cursor.nodes <= maxFormulaNodes) return;
  throw formulaFault(cursor.source, span, `at most ${maxFormulaNodes} values`, 'more');
}

function spanning({ start }: Span, { end }: Span): Span {
  return { start, end };
}
