/** What a column is: a stored name, the name people type, and a type it keeps for life. */

export type ColumnType = 'string' | 'integer' | 'number' | 'boolean' | 'timestamp';

/** Unit of a duration column; other columns have none. */
export type DurationUnit = 's' | 'ms' | 'us' | 'ns';

export interface Column {
  /** Stored name, `[a-z0-9_]`, unique ignoring case. */
  readonly name: string;
  /** The original name, as in the data (`http.response.status_code`); unique, case-sensitive. */
  readonly label: string;
  readonly type: ColumnType;
  readonly unit: DurationUnit | null;
}

/** Columns in stored order; system columns are not among them. */
export type Schema = readonly Column[];

/** Columns every dataset has, by stored name. `date` is the partition: the UTC date of `ts`. */
export const systemColumns = {
  ts: 'ts',
  ingestedAt: 'ingested_at',
  weight: 'weight',
  batch: 'batch',
  extra: 'extra',
  date: 'date',
} as const;
