/** A tree to the text that parses to it: values quoted, parentheses only where needed. */
import { unreachable } from '../base/assert.js';
import type { Expression, Literal, Reference } from './tree.js';

/** **Invariant** `parse(print(tree))` is `tree` but for spans. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands
        .map((operand) => printOperand(operand, expression.kind))
        .join(` ${expression.kind} `);
    case 'not':
      return `not ${printOperand(expression.operand, 'not')}`;
    case 'compare': {
      const { left, op, right } = expression;
      const value = right.kind === 'reference' ? backticks(right.name) : printLiteral(right);
      return `${printReference(left)} ${op} ${value}`;
    }
    case 'in': {
      const values = expression.values.map(printLiteral).join(', ');
      const operator = expression.negated ? 'not in' : 'in';
      return `${printReference(expression.left)} ${operator} (${values})`;
    }
    case 'between': {
      const { left, low, high } = expression;
      return `${printReference(left)} between ${printLiteral(low)} and ${printLiteral(high)}`;
    }
    case 'match': {
      const pattern = expression.pattern.replaceAll("'", "\\'");
      return `${printReference(expression.left)} ${expression.negated ? '!~' : '~'} '${pattern}'`;
    }
    case 'starts':
    case 'ends':
    case 'contains':
      return `${printReference(expression.left)} ${expression.kind} ${quote(expression.part)}`;
    case 'exists':
      return `${printReference(expression.left)} ${expression.negated ? 'missing' : 'exists'}`;
    case 'constant':
      return String(expression.value);
    default:
      return unreachable(expression);
  }
}

/** `and` binds closer than `or`; a group inside its own kind was in parentheses and stays so. */
function printOperand(operand: Expression, outer: 'and' | 'or' | 'not'): string {
  const joined = operand.kind === 'and' || operand.kind === 'or';
  const loose = operand.kind === 'and' && outer === 'or';
  return joined && !loose ? `(${printExpression(operand)})` : printExpression(operand);
}

function printReference(reference: Reference): string {
  return reference.exact ? backticks(reference.name) : reference.name;
}

function backticks(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A value as it can be typed. */
export function printLiteral(literal: Literal): string {
  return literal.kind === 'string' ? quote(literal.value) : literal.text;
}

function quote(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, hex);
  return `'${escaped}'`;
}

function hex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
