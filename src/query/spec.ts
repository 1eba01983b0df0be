/**
 * The question as a value: what was asked, before any column is known. Window and weights aside,
 * it means the same on every dataset.
 */
import type { FaultPlace } from '../base/fault.js';
import type { Formula } from '../expression/formula-tree.js';
import type { Source } from '../expression/token.js';
import type { ComparisonOperator, Expression } from '../expression/tree.js';
import type { TimeRange } from '../time/range.js';

/** A role or a column as asked for. `exact`: in backticks, a column and never a role. */
export interface Term {
  readonly name: string;
  readonly exact: boolean;
  /** Where it was typed; null when no person typed it. */
  readonly at: FaultPlace | null;
}

/** Behind one of these and a point a name means another span of the trace of an event. */
export const relationPrefixes = ['root', 'parent', 'child', 'any', 'any2', 'any3', 'none'] as const;
export type RelationPrefix = (typeof relationPrefixes)[number];

/** `class`: 4xx; `depth`: the first segments of a path; `log10`: powers of ten. */
export type Modifier = 'class' | 'log10' | { readonly depth: number };

export interface Breakdown {
  readonly term: Term;
  readonly modifier: Modifier | null;
  /** The heading: the text as typed. */
  readonly label: string;
}

export const calculationOps = [
  'count',
  'rate',
  'error_rate',
  'sum',
  'avg',
  'min',
  'max',
  'distinct',
  'percentile',
  'concurrency',
  'rate_sum',
  'rate_avg',
  'rate_max',
  'heatmap',
] as const;
export type CalculationOp = (typeof calculationOps)[number];

export interface Calculation {
  readonly op: CalculationOp;
  /** Null: none needed, or the duration role. */
  readonly column: Term | null;
  /** Between 0 and 100, both excluded; null for other calculations. */
  readonly percentile: number | null;
  /** Only these events take part; null: all of the question. */
  readonly filter: Filter | null;
  /** The heading: the name given behind `as`, else the text as typed, in lower case. */
  readonly label: string;
}

export interface Filter {
  readonly expression: Expression;
  /** The text its spans point into, and the option it came from; null when made by code. */
  readonly at: { readonly text: string; readonly option: string } | null;
}

/** A formula with a name: a calculated field of events, or one more column of the answer. */
export interface NamedFormula {
  readonly name: string;
  readonly formula: Formula;
  /** The text its spans point into. */
  readonly source: Source;
  /** Where the name was given. */
  readonly at: FaultPlace;
}

/** A formula of the question, by its name. */
export interface FormulaTerm {
  readonly op: 'formula';
  readonly label: string;
}

/** What groups are ordered and kept by, and what formulas are made of. */
export type Measure = Calculation | FormulaTerm;

/** A formula over calculations. */
export interface AnswerFormula extends NamedFormula {
  /** What each `$name` of it means. */
  readonly names: ReadonlyMap<string, Measure>;
}

export type HavingValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'duration'; readonly micros: number }
  | { readonly kind: 'time'; readonly micros: number };

export interface Having {
  readonly calculation: Measure;
  readonly op: ComparisonOperator;
  readonly value: HavingValue;
}

export type OrderTerm =
  | { readonly kind: 'breakdown'; readonly label: string }
  | { readonly kind: 'calculation'; readonly calculation: Measure };

export interface Order {
  readonly term: OrderTerm;
  readonly descending: boolean;
}

/**
 * `series`: one value a bucket beside each row; `rows`: one row a bucket and group; `cells`: the
 * same without rows for buckets in which the group has no event.
 */
export interface Every {
  /** Null: chosen from the window. */
  readonly stepMicros: number | null;
  readonly shape: 'rows' | 'cells' | 'series';
  /** Whose days steps of whole days are; UTC unless given. */
  readonly zone?: string;
}

export interface QuerySpec {
  readonly kind: 'spec';
  /** Calculated fields, usable like columns; those of the dataset are not among them. */
  readonly fields: readonly NamedFormula[];
  readonly breakdowns: readonly Breakdown[];
  readonly calculations: readonly Calculation[];
  /** Shown behind the calculations; each uses only those before it. */
  readonly formulas: readonly AnswerFormula[];
  /** Shown behind the formulas; a comparison orders by them. */
  readonly trailing: readonly Calculation[];
  /** All must hold. */
  readonly where: readonly Filter[];
  /** What makes an event a failure; `error_rate` needs it. */
  readonly bad: Filter | null;
  /** Null: all events kept. */
  readonly window: TimeRange | null;
  readonly every: Every | null;
  readonly having: readonly Having[];
  /** Empty: the first calculation or formula, largest first. The breakdowns close the order. */
  readonly orders: readonly Order[];
  /** Most groups answered. */
  readonly limit: number;
  readonly other: boolean;
  readonly total: boolean;
  /** Counts rows as they are stored, whatever they stand for. */
  readonly usage: boolean;
}

/** Most groups a question may ask for; chosen by us so that an answer fits in memory. */
export const maxLimit = 1_000_000;

export const countCalculation: Calculation = {
  op: 'count',
  column: null,
  percentile: null,
  filter: null,
  label: 'count',
};

/** A spec that counts all events, but for the parts given. */
export function querySpec(parts: Partial<Omit<QuerySpec, 'kind'>> = {}): QuerySpec {
  return Object.freeze({
    kind: 'spec',
    fields: [],
    breakdowns: [],
    calculations: [countCalculation],
    formulas: [],
    trailing: [],
    where: [],
    bad: null,
    window: null,
    every: null,
    having: [],
    orders: [],
    limit: maxLimit,
    other: false,
    total: false,
    usage: false,
    ...parts,
  });
}

/** A role or column named by code. */
export function term(name: string): Term {
  return { name, exact: false, at: null };
}

/** A breakdown by a role or column named by code. */
export function breakdown(name: string, modifier: Modifier | null = null): Breakdown {
  const suffix = modifier === null ? '' : `:${modifierText(modifier)}`;
  return { term: term(name), modifier, label: `${name}${suffix}` };
}

/** A calculation asked for by code; `percentile` only with that op. */
export function calculation(
  op: CalculationOp,
  column: string | null = null,
  percentile: number | null = null,
): Calculation {
  const name = percentile === null ? op : `p${percentile}`;
  const label = column === null ? name : `${name}(${column})`;
  return { op, column: column === null ? null : term(column), percentile, filter: null, label };
}

/** A filter made by code. */
export function filter(expression: Expression): Filter {
  return { expression, at: null };
}

/** As typed behind the colon. */
export function modifierText(modifier: Modifier): string {
  return typeof modifier === 'string' ? modifier : String(modifier.depth);
}
