/** Comparisons that no value of their column can make true: said, not answered in silence. */
import { formatMoment } from '../time/format.js';
import type { Condition, Value } from './condition.js';
import type { FieldUse } from './field.js';

type Comparison = Extract<Condition, { kind: 'compare' }>;

/** What is wrong with each such comparison, in the order they stand. */
export function neverTrue(condition: Condition): readonly string[] {
  switch (condition.kind) {
    case 'and':
      return [...emptyRange(condition.operands), ...condition.operands.flatMap(neverTrue)];
    case 'or':
      return condition.operands.flatMap(neverTrue);
    case 'not':
      return neverTrue(condition.operand);
    case 'compare':
      return condition.op === '=' ? notWhole(condition.left, [condition.right]) : [];
    case 'one of':
      return notWhole(condition.left, condition.values);
    default:
      return [];
  }
}

/** A decimal that is looked for among whole numbers. */
function notWhole({ field, as }: FieldUse, values: readonly Value[]): readonly string[] {
  if (as !== 'integer') return [];
  return values
    .filter(({ type, value }) => type === 'number' && !Number.isInteger(value))
    .map(({ value }) => `${field.label} = ${value} is never true: it holds whole numbers`);
}

/** `between 500 and 400`, and what means the same. */
function emptyRange(operands: readonly Condition[]): readonly string[] {
  const [low, high] = operands;
  if (operands.length !== 2 || low?.kind !== 'compare' || high?.kind !== 'compare') return [];
  if (!isFloor(low) || !isCeiling(high) || low.left.field !== high.left.field) return [];
  if (low.right.value <= high.right.value) return [];
  const texts = [low, high].map(
    ({ op, left, right }) => `${left.field.label} ${op} ${shown(right)}`,
  );
  return [`${texts.join(' and ')} are never both true`];
}

function isFloor({ op }: Comparison): boolean {
  return op === '>' || op === '>=';
}

function isCeiling({ op }: Comparison): boolean {
  return op === '<' || op === '<=';
}

function shown({ type, value }: Value): string {
  return type === 'timestamp' ? `${formatMoment(value, 'UTC')} UTC` : String(value);
}
