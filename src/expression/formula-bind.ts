/**
 * A checked formula in its smallest form: operators and aliases are functions, names are what they
 * mean. What runs it (the engine, or the judge of the tests) knows only this.
 */
import { present, unreachable } from '../base/assert.js';
import { type FunctionName, functionOf } from './formula-functions.js';
import type { Formula, FormulaColumn, FormulaValue, InfixOperator } from './formula-tree.js';

/** `ref`: a column of an event, or a calculation of a group. */
export type BoundFormula<Ref> =
  | { readonly kind: 'value'; readonly value: FormulaValue }
  | { readonly kind: 'ref'; readonly ref: Ref }
  | {
      readonly kind: 'call';
      readonly name: FunctionName;
      readonly args: readonly BoundFormula<Ref>[];
    };

/** What names and the functions without arguments stand for. */
export interface Bindings<Ref> {
  readonly column: (column: FormulaColumn) => Ref;
  /** The system column behind a function of time. */
  readonly system: (name: 'ts' | 'ingested_at') => Ref;
}

const infixFunctions: Readonly<Record<Exclude<InfixOperator, '!='>, FunctionName>> = {
  OR: 'OR',
  AND: 'AND',
  '=': 'EQUALS',
  '<': 'LT',
  '<=': 'LTE',
  '>': 'GT',
  '>=': 'GTE',
  '+': 'SUM',
  '-': 'SUB',
  '*': 'MUL',
  '/': 'DIV',
  '%': 'MOD',
};

/** Functions of which a chain `a + b + c` is one call. */
const chained: readonly FunctionName[] = ['OR', 'AND', 'SUM', 'MUL'];

/** The smallest form of a formula that `checkFormula` found no fault in. */
export function bindFormula<Ref>(formula: Formula, bindings: Bindings<Ref>): BoundFormula<Ref> {
  const bind = (part: Formula): BoundFormula<Ref> => bindFormula(part, bindings);
  switch (formula.kind) {
    case 'literal':
      return { kind: 'value', value: formula.value };
    case 'column':
      return { kind: 'ref', ref: bindings.column(formula) };
    case 'not':
      return { kind: 'call', name: 'NOT', args: [bind(formula.operand)] };
    case 'infix':
      return bindInfix(formula.op, bind(formula.left), bind(formula.right));
    case 'call': {
      const name = present(functionOf(formula.name), formula.name);
      const args = formula.args.map(bind);
      const system = systemColumns[name];
      if (system !== undefined) args.push({ kind: 'ref', ref: bindings.system(system) });
      return { kind: 'call', name, args };
    }
    default:
      return unreachable(formula);
  }
}

const systemColumns: Readonly<Partial<Record<FunctionName, 'ts' | 'ingested_at'>>> = {
  EVENT_TIMESTAMP: 'ts',
  INGEST_TIMESTAMP: 'ingested_at',
};

function bindInfix<Ref>(
  op: InfixOperator,
  left: BoundFormula<Ref>,
  right: BoundFormula<Ref>,
): BoundFormula<Ref> {
  if (op === '!=') {
    return { kind: 'call', name: 'NOT', args: [bindInfix('=', left, right)] };
  }
  const name = infixFunctions[op];
  const joins = left.kind === 'call' && left.name === name && chained.includes(name);
  return { kind: 'call', name, args: [...(joins ? left.args : [left]), right] };
}

/** Calls in each other, those behind names included: each may be a select around the others. */
export const maxFormulaHeight = 100;

/** All that a bound formula refers to, in the order of the text. */
export function refsOf<Ref>(formula: BoundFormula<Ref>): readonly Ref[] {
  switch (formula.kind) {
    case 'value':
      return [];
    case 'ref':
      return [formula.ref];
    case 'call':
      return formula.args.flatMap(refsOf);
    default:
      return unreachable(formula);
  }
}

/** How many calls stand in each other, given how many stand behind a reference. */
export function heightOf<Ref>(formula: BoundFormula<Ref>, behind: (ref: Ref) => number): number {
  switch (formula.kind) {
    case 'value':
      return 0;
    case 'ref':
      return behind(formula.ref);
    case 'call':
      return formula.args.reduce((most, arg) => Math.max(most, heightOf(arg, behind)), 0) + 1;
    default:
      return unreachable(formula);
  }
}
