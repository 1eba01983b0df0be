/** A formula to the text that parses to it: parentheses only where needed. */
import { unreachable } from '../base/assert.js';
import { isBareColumn } from './formula-token.js';
import { type Formula, type FormulaValue, infixPowers, notPower } from './formula-tree.js';

/** **Invariant** `parse(print(tree))` is `tree` but for spans. */
export function printFormula(formula: Formula): string {
  return print(formula, 0);
}

/** `power`: what stands around; a looser formula needs parentheses. */
function print(formula: Formula, power: number): string {
  switch (formula.kind) {
    case 'literal':
      return printValue(formula.value);
    case 'column':
      return printColumn(formula.name, formula.exact);
    case 'call':
      return `${formula.name}(${formula.args.map((arg) => print(arg, 0)).join(', ')})`;
    case 'not':
      return `!${print(formula.operand, notPower)}`;
    case 'infix': {
      const own = infixPowers[formula.op];
      const left = print(formula.left, own - 1);
      const text = `${left} ${formula.op} ${print(formula.right, own)}`;
      return own <= power ? `(${text})` : text;
    }
    default:
      return unreachable(formula);
  }
}

function printColumn(name: string, exact: boolean): string {
  if (exact) return `$\`${name}\``;
  return isBareColumn(name) ? `$${name}` : `$${quote(name)}`;
}

function printValue(value: FormulaValue): string {
  if (typeof value === 'string') {
    const isRaw = value.includes('\\') && !value.includes('`');
    return isRaw ? `\`${value}\`` : quote(value);
  }
  if (typeof value !== 'number') return String(value);
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function quote(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f\u007f]/g, hex);
  return `"${escaped}"`;
}

function hex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
