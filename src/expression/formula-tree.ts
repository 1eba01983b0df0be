/**
 * The tree of the formula language, Honeycomb's calculated fields: functions (`GT($x, 5)`) and
 * infix operators (`$x > 5`). Positions are UTF-16 offsets into the text typed, half-open.
 */
import type { Span } from './tree.js';

/** Loosest first; the same line binds alike, from the left. */
export const infixPowers = {
  OR: 10,
  AND: 20,
  '=': 30,
  '!=': 30,
  '<': 40,
  '<=': 40,
  '>': 40,
  '>=': 40,
  '+': 50,
  '-': 60,
  '*': 70,
  '/': 70,
  '%': 70,
} as const;
export type InfixOperator = keyof typeof infixPowers;

/** Binds closer than any infix operator. */
export const notPower = 80;

/** Integers beyond 64 bits are numbers. */
export type FormulaValue = string | bigint | number | boolean | null;

/** `$name`; `exact` when written with backticks: a column, never a role. */
export interface FormulaColumn {
  readonly kind: 'column';
  readonly name: string;
  readonly exact: boolean;
  readonly span: Span;
}

export type Formula =
  | FormulaColumn
  | { readonly kind: 'literal'; readonly value: FormulaValue; readonly span: Span }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly nameSpan: Span;
      readonly args: readonly Formula[];
      readonly span: Span;
    }
  | {
      readonly kind: 'infix';
      readonly op: InfixOperator;
      readonly left: Formula;
      readonly right: Formula;
      readonly span: Span;
    }
  | { readonly kind: 'not'; readonly operand: Formula; readonly span: Span };
