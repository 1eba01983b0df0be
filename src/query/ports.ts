/** What a query needs: an engine (`engine/duckdb` implements it) and a snapshot to ask. */
import type { ItemList } from '../base/item-list.js';
import type { DeltaStats } from '../delta/action.js';
import type { Column, Schema } from '../event/column.js';
import type { Roles } from '../event/role.js';
import type { Dialect } from '../sql/dialect.js';
import type { SqlSelect, Statement } from '../sql/node.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { NamedFormula } from './spec.js';

/** Integers beyond 2^53 come as bigint; timestamps as micros since the epoch; never NaN. */
export type Cell = string | number | bigint | boolean | null;

export interface EngineRows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface LongRows {
  readonly names: readonly string[];
  readonly rows: ItemList<readonly Cell[]>;
}

export interface Engine {
  /** DuckDB's where there is none. */
  readonly dialect?: Dialect;
  /** Runs one read-only statement. **Faults** CC5002, CC5003, CC5004. Aborts within a second. */
  readonly execute: (statement: Statement, signal: AbortSignal) => Promise<EngineRows>;
  /** As `execute`, for very many rows: each is made when it is asked for. */
  readonly executeLong?: (statement: Statement, signal: AbortSignal) => Promise<LongRows>;
  /**
   * Keeps the answer to a query as a table, which later statements may read until it is dropped.
   * Where there is none, every statement reads the files. **Faults** as `execute`.
   */
  readonly keep?: (query: SqlSelect, signal: AbortSignal) => Promise<KeptTable>;
  readonly close: () => Promise<void>;
}

export interface KeptTable {
  readonly name: string;
  readonly rowCount: number;
  readonly drop: () => Promise<void>;
}

/** Columns of numbers; NaN stands for what is missing. */
export interface NumberColumns {
  readonly rowCount: number;
  readonly columns: readonly Float64Array[];
}

/** An engine for searches, which keep much and carry many numbers. */
export interface SearchEngine extends Engine {
  readonly keep: NonNullable<Engine['keep']>;
  /** As `execute`, of columns that are integers of 32 bits or doubles. */
  readonly numbers: (statement: Statement, signal: AbortSignal) => Promise<NumberColumns>;
}

/** One snapshot of one dataset, as far as a query must know it. */
export interface QuerySource {
  /** What people call the place: a store directory, or the files named. */
  readonly name: string;
  readonly dataset: string;
  readonly version: number;
  readonly schema: Schema;
  readonly roles: Roles;
  /** Calculated fields of the dataset; a question may define more. */
  readonly fields?: readonly NamedFormula[];
  readonly files: readonly QueryFile[];
  /** What rollups of the files keep apart; absent where none are to be read. */
  readonly rollups?: RolledColumns | null;
  /** Events that were there and cannot be read any more. */
  readonly lost?: readonly LostRows[];
}

/** Stored names of the columns that rollups keep apart, and of the one they sum up. */
export interface RolledColumns {
  readonly names: readonly string[];
  readonly measure: Column | null;
}

/** The rows of one file put together in cells of a length. */
export interface QueryRollup {
  readonly path: string;
  readonly stepMicros: Micros;
}

/** Rows of a damaged data file that was taken out of the table. */
export interface LostRows {
  readonly window: TimeRange;
  /** Null when it is not known. */
  readonly rowCount: number | null;
}

/** One data file and what is known of it without opening it. Null: not known. */
export interface QueryFile {
  /** Absolute. */
  readonly path: string;
  /** The partition, `2020-04-16`; a hint where the bounds of `ts` are not known. */
  readonly date: string;
  /** 0 when not known. */
  readonly rows: number;
  /** Bounds of `ts`, both inclusive; they may be wider than the truth, never narrower. */
  readonly minTs: Micros | null;
  readonly maxTs: Micros | null;
  /** Labels that have values of another type in `extra`. */
  readonly extraLabels: readonly string[] | null;
  readonly maxWeight: number | null;
  /** Files of the same layout have the same columns in the same order. */
  readonly layout: string | null;
  /** Bounds of its columns, by stored name. */
  readonly stats: DeltaStats | null;
  /** What stands for all its rows in counts, narrowest cells first. */
  readonly rollups?: readonly QueryRollup[];
  /** Whether any row may hold a text in a column, by its stored name; in doubt it may. */
  readonly mayHoldText?: (column: string, text: string) => boolean;
}
