/** What a comparison answers, and what is known of each of its windows. Plain data. */
import type { TimeRange } from '../time/range.js';
import type { AlignedBuckets, Shift } from '../time/shift.js';
import type { ComparedCell, ComparedGroup } from './compare.js';
import type { Plan } from './plan.js';
import type { Note, Provenance, Result, ResultColumn } from './result.js';

/** A group, or one bucket of it. */
export interface ComparedRow extends ComparedGroup {
  /** Start of the bucket in the window now; null without `--every`. */
  readonly time: number | null;
}

/** The first calculation of each row over time, bucket by bucket. */
export interface ComparedSeries {
  readonly calculation: string;
  readonly range: TimeRange;
  readonly stepMicros: number;
  /** For each row one list of the window now, then one of each baseline. A gap is null. */
  readonly values: readonly (readonly (readonly (number | null)[])[])[];
}

/** A window that was asked, and how many rows it gave. */
export interface AskedWindow {
  readonly range: TimeRange;
  readonly isKept: boolean;
  readonly matched: number;
}

/** The answer of a comparison. Plain data. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly keys: readonly ResultColumn[];
  readonly calculations: readonly ResultColumn[];
  readonly window: AskedWindow;
  readonly baselines: readonly {
    readonly name: string;
    readonly isBand: boolean;
    readonly windows: readonly AskedWindow[];
  }[];
  /** Whether each row is of one bucket. */
  readonly hasTime: boolean;
  readonly rows: readonly ComparedRow[];
  readonly series: ComparedSeries | null;
  /** All groups behind the limit, and everything. Null when not asked for. */
  readonly other: readonly ComparedCell[] | null;
  readonly total: readonly ComparedCell[] | null;
  /** Before the limit: all groups, those that are new, those that vanished. */
  readonly groupCount: number;
  readonly shownCount: number;
  readonly newCount: number;
  readonly vanishedCount: number;
  /** Of the window now. */
  readonly provenance: Provenance;
  readonly notes: readonly Note[];
}

/** One window with all that was found in it. */
export interface AnsweredWindow extends AskedWindow {
  /** What people call it; null is the window now. */
  readonly name: string | null;
  readonly shift: Shift | null;
  readonly plan: Plan;
  readonly result: Result;
  readonly counted: Counted;
}

/** All rows kept of a window, whatever the filters and weights. */
export interface Counted {
  readonly aligned: AlignedBuckets;
  /** For each bucket of the window now. Null: nothing is kept, or there was no such time. */
  readonly counts: readonly (number | null)[];
  /** The part of the window that has a place among the buckets. */
  readonly range: TimeRange;
}
