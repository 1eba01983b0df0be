/** The names of a filter: which there are, and the same filter with others in their place. */
import { unreachable } from '../base/assert.js';
import type { Expression, Reference } from './tree.js';

/** Every name in a filter, in the order of the text. */
export function referencesOf(expression: Expression): readonly Reference[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap(referencesOf);
    case 'not':
      return referencesOf(expression.operand);
    case 'constant':
      return [];
    case 'compare': {
      const { left, right } = expression;
      return right.kind === 'reference' ? [left, right] : [left];
    }
    case 'in':
    case 'between':
    case 'match':
    case 'starts':
    case 'ends':
    case 'contains':
    case 'exists':
      return [expression.left];
    default:
      return unreachable(expression);
  }
}

/** The filter with every name changed. */
export function withReferences(
  expression: Expression,
  change: (reference: Reference) => Reference,
): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const operands = expression.operands.map((operand) => withReferences(operand, change));
      return { ...expression, operands };
    }
    case 'not':
      return { ...expression, operand: withReferences(expression.operand, change) };
    case 'constant':
      return expression;
    case 'compare': {
      const { right } = expression;
      const changed = right.kind === 'reference' ? change(right) : right;
      return { ...expression, left: change(expression.left), right: changed };
    }
    case 'in':
    case 'between':
    case 'match':
    case 'starts':
    case 'ends':
    case 'contains':
    case 'exists':
      return { ...expression, left: change(expression.left) };
    default:
      return unreachable(expression);
  }
}
