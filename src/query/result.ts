/** The answer, and how right it is. Plain data that renderers turn into bytes. */
import type { ItemList } from '../base/item-list.js';
import type { ColumnType } from '../event/column.js';
import type { TimeRange } from '../time/range.js';
import type { Cell } from './ports.js';

export type ResultUnit = 'us' | 'ms' | 's' | 'ns' | 'ratio' | 'per second' | null;

export interface ResultColumn {
  readonly name: string;
  readonly kind: 'breakdown' | 'time' | 'calculation';
  readonly type: ColumnType;
  readonly unit: ResultUnit;
  readonly exact: boolean;
}

/** One value per bucket and row, for the first calculation. A gap (no data kept) is null. */
export interface ResultSeries {
  readonly calculation: string;
  readonly range: TimeRange;
  readonly stepMicros: number;
  /** Same order as `Result.rows`. */
  readonly values: readonly (readonly (number | null)[])[];
  /** The same of `Result.other` and `Result.total`; null where those are not asked for. */
  readonly other: readonly (number | null)[] | null;
  readonly total: readonly (number | null)[] | null;
}

/** What stands behind the rows of an answer over time, bucket by bucket. */
export interface ResultOverTime {
  readonly other: readonly (readonly Cell[])[] | null;
  readonly total: readonly (readonly Cell[])[] | null;
}

/**
 * How often each range of values occurred over time. Times outside the events kept are null.
 * **Shape** `counts` is one list per time bucket, one weighted count per bin. Bin i is half-open,
 * from `bins[i]` to the next bin, the last to `binEnd`.
 */
export interface ResultHeatmap {
  readonly calculation: string;
  readonly unit: ResultUnit;
  /** From the first bucket to the end of the last: one bucket where no granularity was asked. */
  readonly range: TimeRange;
  readonly stepMicros: number;
  readonly scale: 'linear' | 'log10';
  /** Lower bounds, ascending; empty where no event has a value. */
  readonly bins: readonly number[];
  readonly binEnd: number;
  readonly counts: readonly (readonly number[] | null)[];
}

/** From and to, both included. */
export type Interval = readonly [number, number];

export interface RowIntervals {
  /** Rows of data behind the answer, whatever they stand for. */
  readonly rows: number;
  /** In the order of `ResultIntervals.calculations`; null where nothing was sampled. */
  readonly values: readonly (Interval | null)[];
}

/** How far sampling may have moved the numbers, with the chance `level` that they lie inside. */
export interface ResultIntervals {
  readonly level: number;
  /** The names of the columns that are estimates. */
  readonly calculations: readonly string[];
  /** Same order as `Result.rows`. */
  readonly rows: readonly RowIntervals[];
  readonly other: RowIntervals | null;
  readonly total: RowIntervals | null;
}

/** Something the reader must know: skipped, pruned, sampled, approximated, truncated, partial. */
export interface Note {
  readonly level: 'info' | 'warning';
  readonly code: string;
  readonly text: string;
}

/** Where the numbers came from. */
export interface Provenance {
  readonly source: string;
  readonly dataset: string;
  readonly snapshotVersion: number;
  readonly files: {
    readonly total: number;
    readonly read: number;
    readonly pruned: number;
    /** Of those read, how many by rollups that count the same; absent where none. */
    readonly rolled?: number;
  };
  /** Raw rows in the files read, by their rollups too, and raw rows the window and filter let
   * through. */
  readonly rows: { readonly scanned: number; readonly matched: number };
  readonly weighted: boolean;
  /** Weights were left out of account, as asked. */
  readonly usage: boolean;
  readonly exact: boolean;
  /** The `bad` rule, printed, when a calculation used it. */
  readonly bad: string | null;
}

export interface Result {
  readonly kind: 'result';
  readonly columns: readonly ResultColumn[];
  readonly rows: ItemList<readonly Cell[]>;
  readonly series: ResultSeries | null;
  /** Null where events are not sampled, and where rows are of one bucket each. */
  readonly intervals: ResultIntervals | null;
  /** One for each heatmap asked for, in that order. */
  readonly heatmaps: readonly ResultHeatmap[];
  /** Present on request: all groups behind the limit in one row; everything in one row. */
  readonly other: readonly Cell[] | null;
  readonly total: readonly Cell[] | null;
  /** Both bucket by bucket, where rows are of one bucket each. */
  readonly overTime: ResultOverTime | null;
  /** Groups there were before the limit. */
  readonly groupCount: number;
  /** What the rows matched stand for; null where no count of them was asked, or not of all. */
  readonly events: number | null;
  readonly window: TimeRange;
  readonly provenance: Provenance;
  readonly notes: readonly Note[];
}
