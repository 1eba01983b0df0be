/** The unit of what a formula gives, where it is plain: a duration chosen or added stays one. */
import { unreachable } from '../base/assert.js';
import type { BoundFormula } from '../expression/formula-bind.js';

/** `any`: a number without a unit of its own, which takes that of its neighbours. */
type Unit<U> = U | 'any' | null;

/** Null: none. Products have none: `$duration_ms / 1000` is no longer in milliseconds. */
export function formulaUnit<Ref, U extends string>(
  formula: BoundFormula<Ref>,
  unitOfRef: (ref: Ref) => U | null,
): U | null {
  const unit = unitOf(formula, unitOfRef);
  return unit === 'any' ? null : unit;
}

function unitOf<Ref, U extends string>(
  formula: BoundFormula<Ref>,
  unitOfRef: (ref: Ref) => U | null,
): Unit<U> {
  switch (formula.kind) {
    case 'value':
      return 'any';
    case 'ref':
      return unitOfRef(formula.ref);
    case 'call': {
      const units = chosen(formula.name, formula.args).map((arg) => unitOf(arg, unitOfRef));
      return common(units);
    }
    default:
      return unreachable(formula);
  }
}

/** The arguments of which the value is one, or a sum of several; none for other functions. */
function chosen<Ref>(
  name: Extract<BoundFormula<Ref>, { kind: 'call' }>['name'],
  args: readonly BoundFormula<Ref>[],
): readonly BoundFormula<Ref>[] {
  switch (name) {
    case 'SUM':
    case 'SUB':
    case 'MIN':
    case 'MAX':
    case 'COALESCE':
    case 'INT':
    case 'FLOAT':
      return args;
    case 'IF':
      return args.filter((_, index) => index % 2 === 1 || isElse(index, args.length));
    case 'SWITCH':
      return args.slice(1).filter((_, index) => index % 2 === 1 || isElse(index, args.length - 1));
    default:
      return [];
  }
}

function isElse(index: number, count: number): boolean {
  return count % 2 === 1 && index === count - 1;
}

/** Null where there is none, or more than one. */
function common<U extends string>(all: readonly Unit<U>[]): Unit<U> {
  if (all.length === 0) return null;
  const units = new Set(all.filter((unit) => unit !== 'any'));
  const [first = 'any'] = units;
  return units.size < 2 ? first : null;
}
