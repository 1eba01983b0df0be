/** A filter whose names and values are settled: fields of this snapshot, values of their types. */
import { AssertionFailure, assert, unreachable } from '../base/assert.js';
import { textOfLiteral } from '../expression/literal.js';
import type {
  ComparisonOperator,
  Expression,
  Literal,
  Reference,
  TextTest,
} from '../expression/tree.js';
import { readAbsolute } from '../time/absolute.js';
import { comparedType, type Field, type FieldUse, microsPerUnit } from './field.js';

/** A value of its type; timestamps as micros since the epoch. */
export type Value =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'timestamp'; readonly value: number };

/**
 * True, false or unknown, as in SQL: a comparison with a missing value is unknown, and an event is
 * let through only by true. `exists` is never unknown.
 */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'constant'; readonly value: boolean }
  | {
      readonly kind: 'compare';
      readonly op: ComparisonOperator;
      readonly left: FieldUse;
      readonly right: Value;
    }
  | {
      readonly kind: 'compare fields';
      readonly op: ComparisonOperator;
      readonly left: FieldUse;
      readonly right: FieldUse;
    }
  | { readonly kind: 'one of'; readonly left: FieldUse; readonly values: readonly Value[] }
  | { readonly kind: 'match'; readonly left: FieldUse; readonly pattern: string }
  | { readonly kind: TextTest; readonly left: FieldUse; readonly part: string }
  | { readonly kind: 'exists'; readonly field: Field };

/** What a reference means; the expression was checked, so every name is known. */
export type FindField = (reference: Reference) => Field;

/** The condition of a checked expression. */
export function conditionOf(expression: Expression, find: FindField): Condition {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const operands = expression.operands.map((operand) => conditionOf(operand, find));
      return { kind: expression.kind, operands };
    }
    case 'not':
      return not(conditionOf(expression.operand, find));
    case 'constant':
      return { kind: 'constant', value: expression.value };
    case 'compare': {
      const left = find(expression.left);
      const { op, right } = expression;
      if (right.kind === 'reference') return compareFields(left, op, find(right));
      return compareLiteral(literalUse(left, op, right), { op, right });
    }
    case 'in':
      return oneOf(comparedUse(find(expression.left)), expression.values, expression.negated);
    case 'between': {
      const { low, high } = expression;
      const left = literalUse(find(expression.left), '>=', low);
      const above = compareLiteral(left, { op: '>=', right: low });
      return { kind: 'and', operands: [above, compareLiteral(left, { op: '<=', right: high })] };
    }
    case 'match': {
      const left: FieldUse = { field: find(expression.left), as: 'string' };
      const match: Condition = { kind: 'match', left, pattern: expression.pattern };
      return expression.negated ? not(match) : match;
    }
    case 'starts':
    case 'ends':
    case 'contains': {
      const left: FieldUse = { field: find(expression.left), as: 'string' };
      return { kind: expression.kind, left, part: expression.part };
    }
    case 'exists': {
      const exists: Condition = { kind: 'exists', field: find(expression.left) };
      return expression.negated ? not(exists) : exists;
    }
    default:
      return unreachable(expression);
  }
}

/** What a condition reads, and as what. */
export function usesOf(condition: Condition): readonly FieldUse[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.operands.flatMap(usesOf);
    case 'not':
      return usesOf(condition.operand);
    case 'constant':
      return [];
    case 'compare fields':
      return [condition.left, condition.right];
    case 'compare':
    case 'one of':
    case 'match':
    case 'starts':
    case 'ends':
    case 'contains':
      return [condition.left];
    case 'exists':
      return [{ field: condition.field, as: condition.field.type }];
    default:
      return unreachable(condition);
  }
}

function not(operand: Condition): Condition {
  return { kind: 'not', operand };
}

function comparedUse(field: Field): FieldUse {
  const type = comparedType(field);
  const isNumber = type === 'integer' || type === 'number';
  return { field, as: isNumber ? (field.numeric ?? type) : type };
}

/** Smaller and larger than a bare number means numbers, also in a column of text. */
function literalUse(field: Field, op: ComparisonOperator, { kind }: Literal): FieldUse {
  const use = comparedUse(field);
  const isOrder = op !== '=' && op !== '!=';
  const isNumber = isOrder && (kind === 'integer' || kind === 'number');
  return isNumber && use.as === 'string' ? { field, as: field.numeric ?? 'string' } : use;
}

function compareFields(left: Field, op: ComparisonOperator, right: Field): Condition {
  const uses = [comparedUse(left), comparedUse(right)] as const;
  return { kind: 'compare fields', op, left: uses[0], right: uses[1] };
}

/** A class and a date without a time stand for all values from `low` to `high`. */
interface Bounds {
  readonly low: Value;
  readonly high: Value;
}

interface LiteralComparison {
  readonly op: ComparisonOperator;
  readonly right: Literal;
}

function compareLiteral(left: FieldUse, { op, right }: LiteralComparison): Condition {
  const { low, high } = boundsOf(left, right);
  const compare = (by: ComparisonOperator, right: Value): Condition => ({
    kind: 'compare',
    op: by,
    left,
    right,
  });
  if (low.value === high.value) return compare(op, low);
  const inside: Condition = { kind: 'and', operands: [compare('>=', low), compare('<=', high)] };
  switch (op) {
    case '=':
      return inside;
    case '!=':
      return not(inside);
    case '<':
    case '>=':
      return compare(op, low);
    case '<=':
    case '>':
      return compare(op, high);
    default:
      return unreachable(op);
  }
}

function oneOf(left: FieldUse, literals: readonly Literal[], negated: boolean): Condition {
  const all = literals.map((literal) => ({ literal, bounds: boundsOf(left, literal) }));
  const single = all.filter(({ bounds }) => bounds.low.value === bounds.high.value);
  const ranges = all.filter(({ bounds }) => bounds.low.value !== bounds.high.value);
  const values = single.map(({ bounds }) => bounds.low);
  const parts: Condition[] = [
    ...(values.length === 0 ? [] : [{ kind: 'one of', left, values } as const]),
    ...ranges.map(({ literal }) => compareLiteral(left, { op: '=', right: literal })),
  ];
  const [first] = parts;
  const some: Condition =
    parts.length === 1 && first !== undefined ? first : { kind: 'or', operands: parts };
  return negated ? not(some) : some;
}

function boundsOf(left: FieldUse, literal: Literal): Bounds {
  switch (left.as) {
    case 'string':
      return both({ type: 'string', value: textOfLiteral(literal) });
    case 'boolean':
      assert(literal.kind === 'boolean', 'a boolean is compared with another kind');
      return both({ type: 'boolean', value: literal.value });
    case 'timestamp': {
      const moment = readAbsolute(textOfLiteral(literal), 'UTC');
      assert(moment !== null, 'a time is compared with another kind');
      const low: Value = { type: 'timestamp', value: moment.start };
      if (moment.end === null) return both(low);
      return { low, high: { type: 'timestamp', value: moment.end - 1 } };
    }
    case 'integer':
    case 'number':
      return numericBounds(left, literal);
    default:
      return unreachable(left.as);
  }
}

function numericBounds({ field, as }: FieldUse, literal: Literal): Bounds {
  switch (literal.kind) {
    case 'integer':
      return both(
        as === 'integer' && BigInt.asIntN(64, literal.value) === literal.value
          ? { type: 'integer', value: literal.value }
          : { type: 'number', value: Number(literal.value) },
      );
    case 'number':
      return both(numericValue(as, literal.value));
    case 'duration':
      assert(field.unit !== null, 'a duration is compared with a column without a unit');
      return both(numericValue(as, literal.micros / microsPerUnit[field.unit]));
    case 'class': {
      const low = literal.hundreds * 100;
      return { low: numericValue(as, low), high: numericValue(as, low + 99) };
    }
    case 'string':
    case 'boolean':
      throw new AssertionFailure('a number is compared with another kind');
    default:
      return unreachable(literal);
  }
}

/** Whole numbers are compared with integers as integers: the engine can skip row groups then. */
function numericValue(as: FieldUse['as'], value: number): Value {
  return as === 'integer' && Number.isSafeInteger(value)
    ? { type: 'integer', value: BigInt(value) }
    : { type: 'number', value };
}

function both(value: Value): Bounds {
  return { low: value, high: value };
}
