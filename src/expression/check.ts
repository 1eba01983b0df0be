/**
 * Whether a filter fits the columns there are: every name known, every value of a kind that its
 * column can be compared with. Finds all faults, changes nothing.
 */
import { unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import type { ColumnType, DurationUnit } from '../event/column.js';
import { readAbsolute } from '../time/absolute.js';
import { textOfLiteral } from './literal.js';
import type { Source } from './token.js';
import type { ComparisonOperator, Expression, Literal, Reference, Span, TextTest } from './tree.js';

/** What a name stands for. */
export interface KnownName {
  readonly kind: 'role' | 'column';
  readonly type: ColumnType;
  /** Of a duration, else null. */
  readonly unit: DurationUnit | null;
}

export interface Names {
  /** A role or column; with `exact` only a column. */
  readonly find: (name: string, exact: boolean) => KnownName | null;
  /** What can be suggested, best first. */
  readonly roles: readonly string[];
  readonly columns: readonly string[];
}

interface Check {
  readonly source: Source;
  readonly names: Names;
  readonly faults: Fault[];
}

type Use = ComparisonOperator | 'in' | 'between';

/**
 * All faults of a filter, in the order of the text. `source` is what the tree was parsed from.
 * **Faults** CC1201, CC1202, returned.
 */
export function checkExpression(
  expression: Expression,
  source: Source,
  names: Names,
): readonly Fault[] {
  const check: Check = { source, names, faults: [] };
  visit(check, expression);
  return check.faults;
}

function visit(check: Check, expression: Expression): void {
  switch (expression.kind) {
    case 'and':
    case 'or':
      for (const operand of expression.operands) visit(check, operand);
      return;
    case 'not':
      visit(check, expression.operand);
      return;
    case 'compare':
      visitCompare(check, expression.left, expression.op, expression.right);
      return;
    case 'in':
      visitValues(check, expression.left, 'in', expression.values);
      return;
    case 'between':
      visitBetween(check, expression.left, expression.low, expression.high);
      return;
    case 'match':
      visitText(check, expression.left, expression.span, 'a regular expression');
      return;
    case 'starts':
    case 'ends':
    case 'contains':
      visitText(check, expression.left, expression.span, textParts[expression.kind]);
      return;
    case 'exists':
      lookUp(check, expression.left);
      return;
    case 'constant':
      return;
    default:
      unreachable(expression);
  }
}

const textParts: Readonly<Record<TextTest, string>> = {
  starts: 'the start of a text',
  ends: 'the end of a text',
  contains: 'a part of a text',
};

function lookUp(check: Check, reference: Reference): KnownName | null {
  const { name, exact, span } = reference;
  const found = check.names.find(name, exact);
  if (found !== null) return found;
  const { roles, columns } = check.names;
  const near = suggest(name, exact ? columns : [...roles, ...columns]);
  const at = placeOf(check, span);
  const hint = near === null ? {} : { hint: `did you mean ${near}?` };
  check.faults.push(new Fault('CC1201', { name }, { at, ...hint }));
  return null;
}

function visitValues(check: Check, left: Reference, use: Use, values: readonly Literal[]): void {
  const known = lookUp(check, left);
  if (known === null) return;
  for (const value of values) {
    const advice = adviceFor(left.name, known, use, value);
    if (advice !== null) addMismatch(check, left, known, value.span, describe(value), advice);
  }
}

function visitBetween(check: Check, left: Reference, low: Literal, high: Literal): void {
  visitValues(check, left, 'between', [low, high]);
  const known = check.names.find(left.name, left.exact);
  if (known?.type !== 'string' || isBareNumber(low) === isBareNumber(high)) return;
  const advice = 'both ends are numbers or both are texts';
  addMismatch(check, left, known, high.span, describe(high), advice);
}

function visitCompare(
  check: Check,
  left: Reference,
  op: ComparisonOperator,
  right: Literal | Reference,
): void {
  if (right.kind !== 'reference') {
    visitValues(check, left, op, [right]);
    return;
  }
  const known = lookUp(check, left);
  const other = lookUp(check, right);
  if (known === null || other === null) return;
  if (known.type === other.type || (isNumeric(known) && isNumeric(other))) return;
  const described = `\`${right.name}\`, ${typeText[other.type]}`;
  const advice = 'compare columns of the same type';
  addMismatch(check, left, known, right.span, described, advice);
}

function visitText(check: Check, left: Reference, span: Span, what: string): void {
  const known = lookUp(check, left);
  if (known === null || known.type === 'string') return;
  const advice =
    known.type === 'integer' ? 'write =, between or a class such as 4xx' : 'write = or <';
  addMismatch(check, left, known, span, what, advice);
}

const typeText: Readonly<Record<ColumnType, string>> = {
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  timestamp: 'a time',
};

function addMismatch(
  check: Check,
  left: Reference,
  known: KnownName,
  span: Span,
  rightType: string,
  advice: string,
): void {
  const params = { left: left.name, leftType: typeText[known.type], rightType, advice };
  check.faults.push(new Fault('CC1202', params, { at: placeOf(check, span) }));
}

function placeOf(check: Check, span: Span) {
  const { text, option } = check.source;
  return { ...(option === null ? {} : { option }), text, start: span.start, end: span.end };
}

function describe(value: Literal): string {
  switch (value.kind) {
    case 'string':
      return `the text '${value.value}'`;
    case 'integer':
    case 'number':
      return `the number ${value.text}`;
    case 'boolean':
      return value.text;
    case 'duration':
      return `the duration ${value.text}`;
    case 'class':
      return `the class ${value.text}`;
    default:
      return unreachable(value);
  }
}

function isNumeric(known: KnownName): boolean {
  return known.type === 'integer' || known.type === 'number';
}

function isBareNumber({ kind }: Literal): boolean {
  return kind === 'integer' || kind === 'number';
}

function isOrder(use: Use): boolean {
  return use !== '=' && use !== '!=' && use !== 'in';
}

/** What to write instead; null when the value fits. */
function adviceFor(name: string, known: KnownName, use: Use, value: Literal): string | null {
  switch (known.type) {
    case 'string':
      return adviceForText(use, value);
    case 'integer':
    case 'number':
      return adviceForNumber(name, known, use, value);
    case 'boolean': {
      if (value.kind !== 'boolean') return `write ${name} = true or ${name} = false`;
      return isOrder(use) ? 'write = or !=' : null;
    }
    case 'timestamp': {
      const fits = value.kind === 'string' && readAbsolute(value.value, 'UTC') !== null;
      return fits ? null : 'write a date such as 2020-04-16T14:10:00Z, or use --since and --until';
    }
    default:
      return unreachable(known.type);
  }
}

/** Text equals what was typed; larger and smaller than a bare number is meant as numbers. */
function adviceForText(use: Use, value: Literal): string | null {
  if (!isOrder(use) || value.kind === 'string' || isBareNumber(value)) return null;
  return `texts are ordered letter by letter; write '${textOfLiteral(value)}' if that is meant`;
}

const largestInteger = 2n ** 63n - 1n;

function adviceForNumber(name: string, known: KnownName, use: Use, value: Literal): string | null {
  switch (value.kind) {
    case 'integer': {
      const fits = value.value <= largestInteger && value.value >= -largestInteger - 1n;
      return fits || known.type === 'number' ? null : `an integer is at most ${largestInteger}`;
    }
    case 'number':
      return null;
    case 'duration':
      return known.unit === null ? `${name} has no unit; write a plain number` : null;
    case 'class':
      return isOrder(use) ? `write ${value.hundreds}00` : null;
    case 'boolean':
      return 'write a number';
    case 'string':
      return /^-?\d+(\.\d+)?$/.test(value.value)
        ? `write ${value.value} without quotes`
        : 'write a number';
    default:
      return unreachable(value);
  }
}
