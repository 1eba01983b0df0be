/**
 * Text of the filter language to its tree. Recursive descent, bounded in length and depth; every
 * fault points into the text typed. Never looks at columns: `check.ts` does.
 */
import { assert } from '../base/assert.js';
import { suggest } from '../base/suggest.js';
import { literalOfWord, textOfLiteral } from './literal.js';
import { type Parameters, type ParameterValue, parameterOf } from './parameter.js';
import { patternProblem } from './pattern.js';
import {
  describeToken,
  readPattern,
  readToken,
  type Source,
  type Token,
  tokenFault,
} from './token.js';
import type { ComparisonOperator, Expression, Literal, Reference, Span, TextTest } from './tree.js';

/** Longest text and deepest nesting read; chosen by us so that later steps need no bound. */
export const maxExpressionBytes = 65_536;
export const maxExpressionDepth = 100;

const reserved = new Set('and or not in between exists missing starts true false null'.split(' '));
const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const operatorWords = ['in', 'not', 'between', 'starts', 'ends', 'contains', 'exists', 'missing'];
const foreignWords: Readonly<Record<string, string>> = {
  like: 'write ~ with a regular expression, starts, ends or contains',
  matches: 'write ~ with a regular expression',
  regex: 'write ~ with a regular expression',
  is: 'write exists or missing behind the name',
  '=~': 'write ~',
  '!': 'write not in front of the name, or !=',
  '&&': 'write and',
  '&': 'write and',
  '||': 'write or',
  '|': 'write or',
  null: 'write exists or missing behind the name',
};

interface Cursor {
  readonly source: Source;
  readonly parameters: Parameters | null;
  position: number;
  depth: number;
}

/**
 * The tree of a filter, without knowledge of columns. With parameters, `$name` stands for a value.
 * **Faults** CC1105.
 */
export function parseExpression(
  text: string,
  option: string | null = null,
  parameters: Parameters | null = null,
): Expression {
  const source: Source = { text, option };
  const bytes = Buffer.byteLength(text);
  if (bytes > maxExpressionBytes) {
    const span = { start: maxExpressionBytes, end: text.length };
    throw tokenFault(source, span, 'at most 64 KiB of text', `${bytes} bytes`);
  }
  const cursor: Cursor = { source, parameters, position: 0, depth: 0 };
  const expression = parseOr(cursor);
  const token = peek(cursor);
  if (token.kind === 'end') return expression;
  throw unexpected(cursor, token, 'and, or, or the end', ['and', 'or']);
}

function peek(cursor: Cursor): Token {
  return readToken(cursor.source, cursor.position);
}

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.position = token.span.end;
  return token;
}

/** Takes the next token when it is this word or symbol. */
function takeIf(cursor: Cursor, text: string): Token | null {
  const token = peek(cursor);
  if (token.kind !== 'word' && token.kind !== 'symbol') return null;
  if (token.text.toLowerCase() !== text) return null;
  cursor.position = token.span.end;
  return token;
}

function unexpected(cursor: Cursor, token: Token, expected: string, words: readonly string[] = []) {
  const bare = token.kind === 'word' || token.kind === 'symbol' ? token.text.toLowerCase() : '';
  const near = token.kind === 'word' ? suggest(bare, words) : null;
  const hint = foreignWords[bare] ?? (near === null ? undefined : `did you mean ${near}?`);
  return tokenFault(cursor.source, token.span, expected, describeToken(token), hint);
}

function parseOr(cursor: Cursor): Expression {
  return parseJoined(cursor, 'or', parseAnd);
}

function parseAnd(cursor: Cursor): Expression {
  return parseJoined(cursor, 'and', parseUnary);
}

function parseJoined(
  cursor: Cursor,
  kind: 'and' | 'or',
  parseOperand: (cursor: Cursor) => Expression,
): Expression {
  const first = parseOperand(cursor);
  const operands = [first];
  while (takeIf(cursor, kind) !== null) operands.push(parseOperand(cursor));
  const last = operands.at(-1) ?? first;
  if (operands.length === 1) return first;
  return { kind, operands, span: { start: first.span.start, end: last.span.end } };
}

function parseUnary(cursor: Cursor): Expression {
  const not = takeIf(cursor, 'not');
  if (not !== null) {
    const operand = nested(cursor, not, parseUnary);
    return { kind: 'not', operand, span: { start: not.span.start, end: operand.span.end } };
  }
  const open = takeIf(cursor, '(');
  if (open === null) return parsePredicate(cursor);
  const inner = nested(cursor, open, parseOr);
  const close = take(cursor);
  if (isSymbol(close, ')')) return inner;
  throw unexpected(cursor, close, 'and, or, or )', ['and', 'or']);
}

function nested(cursor: Cursor, token: Token, parse: (cursor: Cursor) => Expression): Expression {
  cursor.depth += 1;
  if (cursor.depth > maxExpressionDepth) {
    const expected = `at most ${maxExpressionDepth} levels of ( and not`;
    throw tokenFault(cursor.source, token.span, expected, 'more');
  }
  const expression = parse(cursor);
  cursor.depth -= 1;
  return expression;
}

function isSymbol(token: Token, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

function parsePredicate(cursor: Cursor): Expression {
  const token = take(cursor);
  const lower = token.kind === 'word' ? token.text.toLowerCase() : '';
  if (lower === 'true' || lower === 'false') {
    return { kind: 'constant', value: lower === 'true', span: token.span };
  }
  const left = referenceOf(cursor, token);
  const operator = take(cursor);
  const comparison = operator.kind === 'symbol' ? comparisons[operator.text] : undefined;
  if (comparison !== undefined) {
    const right = parseRight(cursor);
    return { kind: 'compare', op: comparison, left, right, span: spanning(left, right) };
  }
  if (isSymbol(operator, '~')) return parseMatch(cursor, left, false);
  if (isSymbol(operator, '!~')) return parseMatch(cursor, left, true);
  return parseWordOperator(cursor, left, operator);
}

function parseWordOperator(cursor: Cursor, left: Reference, operator: Token): Expression {
  const word = operator.kind === 'word' ? operator.text.toLowerCase() : '';
  const span = { start: left.span.start, end: operator.span.end };
  switch (word) {
    case 'exists':
      return { kind: 'exists', left, negated: false, span };
    case 'missing':
      return { kind: 'exists', left, negated: true, span };
    case 'in':
      return parseIn(cursor, left, false);
    case 'not': {
      if (takeIf(cursor, 'in') !== null) return parseIn(cursor, left, true);
      throw unexpected(cursor, peek(cursor), 'in behind not', ['in']);
    }
    case 'between': {
      const low = parseValue(cursor);
      if (takeIf(cursor, 'and') === null) {
        throw unexpected(cursor, peek(cursor), 'and between the two values', ['and']);
      }
      const high = parseValue(cursor);
      return { kind: 'between', left, low, high, span: spanning(left, high) };
    }
    case 'starts':
    case 'ends':
    case 'contains':
      return parseTextTest(cursor, left, word);
    default:
      throw unexpected(cursor, operator, 'an operator such as =, in or ~', operatorWords);
  }
}

const textParts: Readonly<Record<TextTest, string>> = {
  starts: 'the text it starts with',
  ends: 'the text it ends with',
  contains: 'the text it contains',
};

/** `starts TEXT` and `starts with TEXT` are the same. */
function parseTextTest(cursor: Cursor, left: Reference, kind: TextTest): Expression {
  if (kind !== 'contains') takeIf(cursor, 'with');
  const token = take(cursor);
  const bare = token.kind === 'word' && !reserved.has(token.text.toLowerCase());
  if (token.kind !== 'quoted' && !bare) throw unexpected(cursor, token, textParts[kind]);
  const part = boundText(cursor, token) ?? token.text;
  return { kind, left, part, span: spanning(left, token) };
}

/** The text of a parameter; null where the token is none. */
function boundText(cursor: Cursor, token: Token): string | null {
  const bound = parameterOf(cursor.source, token, cursor.parameters);
  if (bound === null) return null;
  if (bound.kind === 'value') return textOfLiteral(bound.literal);
  throw misplaced(cursor, token, 'a text', bound);
}

const parameterKinds: Readonly<Record<ParameterValue['kind'], string>> = {
  value: 'a single value',
  list: 'a list of values; write in',
  name: 'the name of a column',
};

function misplaced(cursor: Cursor, token: Token, expected: string, bound: ParameterValue) {
  const hint = `${token.text} is ${parameterKinds[bound.kind]}`;
  return tokenFault(cursor.source, token.span, expected, describeToken(token), hint);
}

function spanning(from: { readonly span: Span }, to: { readonly span: Span }): Span {
  return { start: from.span.start, end: to.span.end };
}

const nameStart = /^[\p{L}_@$]/u;

/** Whether a name can be written without backticks. */
export function isBareName(name: string): boolean {
  const plain = nameStart.test(name) && !reserved.has(name.toLowerCase());
  return plain && /^[^\s(),'"`=<>!~]+$/.test(name);
}

function referenceOf(cursor: Cursor, token: Token): Reference {
  const { span } = token;
  const bound = parameterOf(cursor.source, token, cursor.parameters);
  if (bound !== null) {
    if (bound.kind !== 'name') throw misplaced(cursor, token, 'a column or role', bound);
    return { kind: 'reference', name: bound.name, exact: bound.exact, span };
  }
  if (token.kind === 'exact') return { kind: 'reference', name: token.text, exact: true, span };
  if (token.kind === 'word' && isBareName(token.text)) {
    return { kind: 'reference', name: token.text, exact: false, span };
  }
  const odd = token.kind === 'word' && foreignWords[token.text.toLowerCase()] === undefined;
  const quoting = odd || token.kind === 'quoted';
  if (!quoting) throw unexpected(cursor, token, 'a column or role');
  const hint = `write \`${token.text.replaceAll('`', '``')}\` if that is the name of a column`;
  const found = describeToken(token);
  throw tokenFault(cursor.source, span, 'a column or role', found, hint);
}

function parseRight(cursor: Cursor): Literal | Reference {
  const token = peek(cursor);
  if (token.kind !== 'exact') return parseValue(cursor);
  return referenceOf(cursor, take(cursor));
}

function parseValue(cursor: Cursor): Literal {
  const token = take(cursor);
  const { span } = token;
  if (token.kind === 'quoted') return { kind: 'string', value: token.text, span };
  const bound = parameterOf(cursor.source, token, cursor.parameters);
  if (bound !== null) {
    if (bound.kind !== 'value') throw misplaced(cursor, token, 'a value', bound);
    return { ...bound.literal, span };
  }
  const word = token.text.toLowerCase();
  const allowed = word === 'true' || word === 'false' || !reserved.has(word);
  if (token.kind !== 'word' || !allowed) {
    const hint =
      token.kind === 'word' && word !== 'null'
        ? `write '${token.text}' if that is the value`
        : foreignWords[word];
    throw tokenFault(cursor.source, span, 'a value', describeToken(token), hint);
  }
  const literal = literalOfWord(token.text, span);
  if (literal !== null) return literal;
  throw tokenFault(cursor.source, span, 'a number up to 1.8e308', describeToken(token));
}

function parseIn(cursor: Cursor, left: Reference, negated: boolean): Expression {
  const open = take(cursor);
  const list = boundList(cursor, open);
  if (list !== null) return { kind: 'in', left, values: list, negated, span: spanning(left, open) };
  if (!isSymbol(open, '(')) {
    const hint = 'write in (401, 5xx)';
    throw tokenFault(cursor.source, open.span, '( behind in', describeToken(open), hint);
  }
  const values: Literal[] = [];
  for (;;) {
    const listed = boundList(cursor, peek(cursor));
    if (listed === null) values.push(parseValue(cursor));
    else values.push(...listed);
    if (listed !== null) take(cursor);
    const next = take(cursor);
    if (isSymbol(next, ')')) {
      return { kind: 'in', left, values, negated, span: spanning(left, next) };
    }
    if (!isSymbol(next, ',')) throw unexpected(cursor, next, ', or )');
  }
}

/** The values of a list parameter; null where the token is none. */
function boundList(cursor: Cursor, token: Token): readonly Literal[] | null {
  const bound = parameterOf(cursor.source, token, cursor.parameters);
  if (bound?.kind !== 'list') return null;
  return bound.literals.map((literal) => ({ ...literal, span: token.span }));
}

function parseMatch(cursor: Cursor, left: Reference, negated: boolean): Expression {
  const token = readPattern(cursor.source, cursor.position);
  assert(token.span.end >= cursor.position, 'a pattern moves forward');
  cursor.position = token.span.end;
  const pattern = boundText(cursor, token) ?? token.text;
  const problem = pattern === '' ? 'nothing' : patternProblem(pattern);
  if (problem === null) {
    return { kind: 'match', left, pattern, negated, span: spanning(left, token) };
  }
  throw tokenFault(cursor.source, token.span, 'a regular expression', problem);
}
