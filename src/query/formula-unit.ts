/** The unit of what a formula gives, where it is plain: a duration chosen or added stays one. */
import { unreachable } from '../base/assert.js';
import type { DurationUnit } from '../event/column.js';
import type { BoundFormula } from '../expression/formula-bind.js';
import type { Field } from './field.js';

/** `any`: a number without a unit of its own, which takes that of its neighbours. */
type Unit = DurationUnit | 'any' | null;

/** Null: none. Products have none: `$duration_ms / 1000` is no longer in milliseconds. */
export function formulaUnit(formula: BoundFormula<Field>): DurationUnit | null {
  const unit = unitOf(formula);
  return unit === 'any' ? null : unit;
}

function unitOf(formula: BoundFormula<Field>): Unit {
  switch (formula.kind) {
    case 'value':
      return 'any';
    case 'ref':
      return formula.ref.unit;
    case 'call':
      return unitOfCall(formula.name, formula.args);
    default:
      return unreachable(formula);
  }
}

function unitOfCall(
  name: Extract<BoundFormula<Field>, { kind: 'call' }>['name'],
  args: readonly BoundFormula<Field>[],
): Unit {
  switch (name) {
    case 'SUM':
    case 'SUB':
    case 'MIN':
    case 'MAX':
    case 'COALESCE':
      return common(args);
    case 'INT':
    case 'FLOAT':
      return common(args);
    case 'IF':
      return common(args.filter((_, index) => index % 2 === 1 || isElse(index, args.length)));
    case 'SWITCH':
      return common(
        args.slice(1).filter((_, index) => index % 2 === 1 || isElse(index, args.length - 1)),
      );
    default:
      return null;
  }
}

function isElse(index: number, count: number): boolean {
  return count % 2 === 1 && index === count - 1;
}

function common(args: readonly BoundFormula<Field>[]): Unit {
  const units = new Set(args.map(unitOf).filter((unit) => unit !== 'any'));
  const [first = 'any'] = units;
  return units.size < 2 ? first : null;
}
