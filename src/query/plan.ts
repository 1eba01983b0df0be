/**
 * The plan: what will be read and calculated on one snapshot. Plain data without SQL, so that
 * another engine, or the row-by-row judge of the tests, can run it.
 */
import type { Column, ColumnType } from '../event/column.js';
import type { BoundFormula } from '../expression/formula-bind.js';
import type { ComparisonOperator } from '../expression/tree.js';
import type { Buckets } from '../time/granularity.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Condition } from './condition.js';
import type { PlanDerived } from './derived.js';
import type { FieldUse } from './field.js';
import type { Note, ResultUnit } from './result.js';
import type { PlanRollups } from './rolled.js';
import type { CalculationOp, Every, Modifier, RelationPrefix } from './spec.js';

/** A value events are grouped by. Missing values are a group. */
export interface PlanKey {
  readonly label: string;
  readonly use: FieldUse;
  readonly modifier: Modifier | null;
  /** Of the values shown. */
  readonly type: ColumnType;
  readonly unit: ResultUnit;
}

/** A condition and the filter it was made of, printed. */
export interface PlanFilter {
  readonly condition: Condition;
  readonly text: string;
}

export interface PlanCalculation {
  readonly label: string;
  readonly op: Exclude<CalculationOp, 'heatmap'> | 'formula';
  /** Over calculations before this one, by their place; null but for a formula. */
  readonly formula: BoundFormula<number> | null;
  /** What is calculated with; null for count, rate, error_rate and formulas. */
  readonly use: FieldUse | null;
  /** Only these events take part; null: all. */
  readonly filter: PlanFilter | null;
  /** Between 0 and 1, both excluded. */
  readonly quantile: number | null;
  readonly type: ColumnType;
  readonly unit: ResultUnit;
  /** Only for HAVING, the order or a formula; not in the result. */
  readonly hidden: boolean;
}

/** A distribution of all events that take part, whatever their group. */
export interface PlanHeatmap {
  readonly label: string;
  readonly use: FieldUse;
  readonly filter: PlanFilter | null;
  readonly unit: ResultUnit;
  /** How many different values there can be at most; null where that is not known. */
  readonly mostValues: number | null;
}

/** A condition on another span of the trace; `none` that there is no such span. */
export interface PlanRelation {
  readonly prefix: RelationPrefix;
  /** All must hold for one and the same span. */
  readonly where: readonly Condition[];
}

/** Values wanted of another span; the smallest where there are several. */
export interface PlanRelated {
  readonly prefix: RelationPrefix;
  readonly uses: readonly FieldUse[];
}

/** What ties spans to each other, as text; null where it is not needed. */
export interface PlanTrace {
  readonly trace: FieldUse;
  readonly span: FieldUse | null;
  readonly parent: FieldUse | null;
}

export interface PlanHaving {
  readonly calculation: number;
  readonly op: ComparisonOperator;
  /** In the unit of the calculation; of a time, microseconds since the epoch. */
  readonly value: number;
}

export interface PlanOrder {
  readonly kind: 'key' | 'calculation';
  readonly index: number;
  readonly descending: boolean;
}

/** Buckets of a step; the first and last may be cut. More than one run: days of a zone. */
export interface PlanBuckets extends Buckets {
  readonly stepMicros: Micros;
  readonly shape: Every['shape'];
}

export interface PlanFiles {
  readonly total: number;
  readonly pruned: number;
  readonly paths: readonly string[];
  /** All files of the window have the same columns, so that one schema does for all. */
  readonly oneLayout: boolean;
  /** Files of the window, those included that no filter can find anything in. */
  readonly windowPaths: readonly string[];
  /** Files that may hold events outside the window. */
  readonly cutPaths: readonly string[];
  /** Rows in the files read. */
  readonly rows: number;
}

export interface Plan {
  readonly kind: 'plan';
  readonly source: { readonly name: string; readonly dataset: string; readonly version: number };
  readonly files: PlanFiles;
  /** Stored columns read, system columns included. */
  readonly columns: readonly Column[];
  readonly readsExtra: boolean;
  /** Calculated fields read, each after those it uses. */
  readonly derived: readonly PlanDerived[];
  readonly window: TimeRange;
  /** Whether rows outside the window must be left out, or the window is all there is. */
  readonly windowed: boolean;
  /** Whether some row may stand for more than one event. */
  readonly weighted: boolean;
  /** Whether a product of two weights may need more than 64 bits. */
  readonly wideWeights: boolean;
  /** Whether rows differ in so few weights that those alike are worth counting together. */
  readonly fewWeights: boolean;
  /** Weights were not to be looked at. */
  readonly usage: boolean;
  readonly keys: readonly PlanKey[];
  readonly calculations: readonly PlanCalculation[];
  readonly heatmaps: readonly PlanHeatmap[];
  /** All must be true. */
  readonly where: readonly Condition[];
  readonly relations: readonly PlanRelation[];
  readonly related: readonly PlanRelated[];
  /** Null when no other spans are looked at. */
  readonly trace: PlanTrace | null;
  readonly bad: PlanFilter | null;
  readonly having: readonly PlanHaving[];
  /** Before the keys, which always close the order. */
  readonly orders: readonly PlanOrder[];
  readonly limit: number;
  readonly other: boolean;
  readonly total: boolean;
  readonly buckets: PlanBuckets | null;
  /** What rate_sum, rate_avg and rate_max step through: the buckets, or some of our choice. */
  readonly steps: PlanBuckets | null;
  readonly notes: readonly Note[];
  /** Null: only rows are read. */
  readonly rolled: PlanRollups | null;
}

/** Whether each row of the answer is of one bucket. */
export function hasTime({ buckets }: Pick<Plan, 'buckets'>): boolean {
  return buckets !== null && buckets.shape !== 'series';
}
