/** What the store needs from a columnar engine. `engine/duckdb` implements it. */
import type { CheckpointFiles } from '../delta/ports.js';
import type { ColumnType, DurationUnit } from '../event/column.js';
import type { Micros } from '../time/instant.js';
import type { ColumnCensus } from './census.js';
import type { RollupDefinition } from './rollup.js';

/**
 * One Parquet file of accepted rows, written by a reader into a private directory. Plain encoding,
 * uncompressed, trusted: made by coldcase itself, never a foreign file.
 *
 * Physical columns: `ts` (INT64 timestamp micros UTC, never null), `weight` (INT64, never null),
 * then `c0`, `c1` … for `columns[0]`, `columns[1]` …, then `extra` (UTF-8 text of one JSON object,
 * label to the JSON text of a value as a string, or null).
 */
export interface StagedFile {
  readonly path: string;
  readonly rows: number;
  /** A label may stand here once per type; the plan says which one fills the stored column. */
  readonly columns: readonly StagedColumn[];
  /** What the staged `extra` holds, by label and type; empty when it is null throughout. */
  readonly extraLabels: readonly ExtraLabel[];
}

/** Values of one label and type in the staged `extra`. `json`: arrays and what lies too deep. */
export interface ExtraLabel {
  readonly label: string;
  readonly type: ColumnType | 'json';
  readonly valueCount: number;
}

/** A column as one staged file holds it. Physical: string BYTE_ARRAY, integer INT64, number
 * DOUBLE, boolean BOOLEAN, timestamp INT64 micros. All nullable. */
export interface StagedColumn {
  readonly label: string;
  readonly type: ColumnType;
  readonly unit: DurationUnit | null;
  /** Values that are not null. */
  readonly valueCount: number;
  /** For integers: every one lies within ±2^53 and may become a number. True for other types. */
  readonly safe: boolean;
}

/** How one stored column is filled from one staged file. */
export type ColumnSource =
  | { readonly kind: 'absent' }
  /** Same type, or integer to number where every value is exact. */
  | {
      readonly kind: 'copy';
      readonly index: number;
      /** The staged integers of the same label, where `index` has its decimals; both fill it. */
      readonly integers?: number;
    };

export interface StoredColumn {
  readonly name: string;
  readonly label: string;
  readonly type: ColumnType;
}

export interface WriteRequest {
  readonly tableDir: string;
  /** `a` for appended, `c` for compacted; a prefix for people only. */
  readonly prefix: 'a' | 'c';
  readonly columns: readonly StoredColumn[];
  readonly staged: readonly {
    readonly file: StagedFile;
    /** One for each of `columns`, in their order. */
    readonly sources: readonly ColumnSource[];
    /** Indexes of staged columns that fill no stored column (the type lost, or the column cap):
     * their values go to `extra` under their label as JSON text. Disjoint from `sources`. */
    readonly extras: readonly number[];
  }[];
  readonly batch: string;
  readonly ingestedAt: Micros;
  /** Stored names whose min, max and null count are wanted; at most 12. */
  readonly statsColumns: readonly string[];
}

/** One data file on disk, complete but not yet synced or committed. */
export interface WrittenFile {
  /** Relative to the table root: `date=2020-04-16/a-<uuid>.parquet`. */
  readonly path: string;
  readonly date: string;
  readonly rows: number;
  readonly bytes: number;
  readonly minTs: Micros;
  readonly maxTs: Micros;
  readonly columns: Readonly<Record<string, WrittenColumnStats>>;
}

export interface WrittenColumnStats {
  readonly min: string | null;
  readonly max: string | null;
  readonly nullCount: number;
  readonly hasNan: boolean;
}

/** Data files of one date that become one, with nothing of their rows changed. */
export interface MergeRequest {
  readonly tableDir: string;
  readonly date: string;
  /** Relative to the table root, in order of their first event. */
  readonly paths: readonly string[];
  /** What all of them hold together; anything else fails the merge. */
  readonly rowCount: number;
  /** All columns of the dataset; those that no file holds are left out. */
  readonly columns: readonly StoredColumn[];
  readonly statsColumns: readonly string[];
}

export interface MergedFile {
  readonly file: WrittenFile;
  /** Stored names of the columns it holds, in order. */
  readonly columnNames: readonly string[];
}

/** One data file and what to count of it. */
export interface RollupRequest {
  /** Absolute. */
  readonly path: string;
  readonly rowCount: number;
  readonly definition: RollupDefinition;
}

/** Which values the columns of data files hold, taken together; columns without one are left out.
 * **Faults** CC4003, CC4006, CC5002, CC5003. */
export type TakeCensus = (
  paths: readonly string[],
  signal: AbortSignal,
) => Promise<readonly ColumnCensus[]>;

/** Makes the sidecars of data files, with one engine for all of them: a day's rows are little, and
 * an engine of their own for each took as long as they. */
export interface SidecarMaker {
  readonly census: TakeCensus;
  /** Hashes of all different values of a column of text in a data file: two words of the MD5 of
   * each, in two lists. **Faults** CC4003, CC4006, CC5002, CC5003. */
  readonly valueHashes: (
    path: string,
    column: string,
    signal: AbortSignal,
  ) => Promise<{ readonly lows: Uint32Array; readonly highs: Uint32Array }>;
  /**
   * Writes the rollups of a data file, each to the `target` of its step: that of the narrowest step
   * that shrinks the file enough, and that of the longest. Returns the steps, none where no step
   * does or a sum would not be exact.
   * **Faults** CC4003, CC4006, CC5001, CC5002, CC5003.
   */
  readonly rollUp: (
    request: RollupRequest,
    target: (stepMicros: Micros) => string,
    signal: AbortSignal,
  ) => Promise<readonly Micros[]>;
  readonly close: () => Promise<void>;
}

/** A port that turns staged rows into data files and log rows into checkpoints. */
export interface DataFileWriter extends CheckpointFiles {
  /** Closed when the work is done, however it ends. */
  readonly openSidecars: () => Promise<SidecarMaker>;
  /**
   * One file of the rows of several, sorted by time, its content proven equal to theirs.
   * **Faults** CC4003, CC4006, CC5001, CC5002, CC5003. On any failure no file is left behind.
   */
  readonly merge: (request: MergeRequest, signal: AbortSignal) => Promise<MergedFile>;
  /** **Faults** CC5001 disk full, CC5003 memory. On any failure no file is left behind. */
  readonly write: (request: WriteRequest, signal: AbortSignal) => Promise<readonly WrittenFile[]>;
}

/** Rows of one data file, as the file itself has them. */
export interface FileFacts {
  readonly rowCount: number;
  /** Null for a file without rows. */
  readonly minTs: Micros | null;
  readonly maxTs: Micros | null;
  /** Rows without an instant. */
  readonly nullCount: number;
}

/** A data file, its rollup at `rollup`, and how long the cells of that are. */
export interface RollupPair extends Omit<RollupRequest, 'rowCount'> {
  readonly rollup: string;
  readonly stepMicros: Micros;
}

/** Looks into files for a check, with one engine for all of them. */
export interface FileInspector extends CheckpointFiles {
  /** **Faults** CC4003, CC4006, CC5002. */
  readonly factsOf: (path: string, signal: AbortSignal) => Promise<FileFacts>;
  /** Whether a rollup counts what the rows of its data file do. **Faults** as `factsOf`. */
  readonly rollupMatches: (pair: RollupPair, signal: AbortSignal) => Promise<boolean>;
  readonly valueHashes: SidecarMaker['valueHashes'];
  readonly census: TakeCensus;
  readonly close: () => Promise<void>;
}

/** One data file to be written again without the rows that match. */
export interface RewriteRequest {
  readonly tableDir: string;
  readonly date: string;
  /** Relative to the table root. */
  readonly path: string;
  readonly rowCount: number;
  readonly matchedCount: number;
  /** All columns of the dataset; those that the file does not hold are left out. */
  readonly columns: readonly StoredColumn[];
  readonly statsColumns: readonly string[];
}

/** Finds and leaves out rows; which ones was said when it was made. */
export interface FileForgetter {
  /** **Faults** CC4003, CC4006, CC5002, CC5003. */
  readonly count: (
    path: string,
    signal: AbortSignal,
  ) => Promise<{ readonly rowCount: number; readonly matchedCount: number }>;
  /** A file of the rows that do not match, proven equal to those of the old one. **Faults** as
   * `count`, CC5001. On any failure no file is left behind. */
  readonly rewrite: (request: RewriteRequest, signal: AbortSignal) => Promise<MergedFile>;
  readonly close: () => Promise<void>;
}
