/** What an ingest did, record by record. **Invariant** read = stored + rejected + duplicates. */

export const recordReasons = [
  'json_syntax',
  'utf8',
  'not_object',
  'ts_missing',
  'ts_invalid',
  'ts_range',
  'dup_key',
  'key_conflict',
  'bad_key',
  'number_range',
  'sample_rate',
  'too_large',
  'too_deep',
  'too_many_fields',
  'csv_shape',
  'csv_quote',
  'control',
  'line_shape',
] as const;
export type RecordReason = (typeof recordReasons)[number];

export const fileReasons = [
  'not_found',
  'not_regular_file',
  'permission',
  'format',
  'empty',
  'encoding',
  'compressed_truncated',
  'compressed_corrupt',
  'compressed_trailing',
  'limit',
  'parquet_corrupt',
  'arrow_corrupt',
  'ts_missing',
  'disk_full',
  'store_corrupt',
  'usage',
  'timeout',
] as const;
export type FileReason = (typeof fileReasons)[number];

export interface RecordCounts {
  readonly read: number;
  readonly stored: number;
  readonly rejected: number;
  readonly duplicates: number;
  /** Blank lines, which are not records. */
  readonly blank: number;
  readonly warnings: number;
  readonly reasons: Readonly<Partial<Record<RecordReason, number>>>;
}

export interface Rejected {
  readonly source: string;
  /** Physical line from 1, and the byte offset of its start in the decoded stream. */
  readonly line: number;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly reason: RecordReason;
  readonly message: string;
  /** The first 64 KiB of the raw record. */
  readonly raw: Uint8Array;
  readonly sha256: string;
}
