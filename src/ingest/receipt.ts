/** What an ingest did, record by record. **Invariant** read = stored + rejected + duplicates. */
import { assert } from '../base/assert.js';
import type { Fault } from '../base/fault.js';
import type { Column } from '../event/column.js';
import type { RoleName } from '../event/role.js';
import type { ColumnPlan } from '../store/column-plan.js';
import type { MaintenanceReport } from '../store/maintenance.js';
import type { Micros } from '../time/instant.js';
import type { Format } from './record.js';

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

/** What one input came to. A file with a fault stored nothing, unless that was allowed. */
export interface FileReport {
  readonly path: string;
  /** Null when the file was not read so far, or not at all. */
  readonly format: Format | null;
  /** How the format was told, and what the roles rest on. */
  readonly why: string;
  readonly roles: readonly RoleChoice[];
  readonly notes: readonly string[];
  /** The columns of its first records, and those it stored; empty when it was not read. */
  readonly labels: readonly string[];
  readonly sha256: string | null;
  readonly counts: RecordCounts;
  /** First and last event stored, both included; null when there is none. */
  readonly span: { readonly first: Micros; readonly last: Micros } | null;
  /** Bytes of the stored start of a file that grew; 0 for others. */
  readonly skippedBytes: number;
  readonly fault: Fault | null;
  readonly errorClass: FileReason | null;
}

export interface RoleChoice {
  readonly role: RoleName;
  readonly labels: readonly string[];
  readonly reason: string;
}

/** What one ingest came to. **Invariant** the totals are the sums over the files. */
export interface IngestReport {
  readonly files: readonly FileReport[];
  readonly totals: RecordCounts;
  readonly span: FileReport['span'];
  readonly rejectsFile: string | null;
  /** An example of what was refused. */
  readonly firstReject: Rejected | null;
  readonly newColumns: readonly Column[];
  /** Values kept beside the columns, by label. */
  readonly extras: ColumnPlan['extras'];
  readonly batch: string;
  /** Null when nothing was committed. */
  readonly snapshotVersion: number | null;
  readonly fileCount: number;
  readonly fileBytes: number;
  readonly dryRun: boolean;
  /** What the store did for itself behind the commit; null without one. */
  readonly maintenance: MaintenanceReport | null;
  /** What failed after everything was safe. */
  readonly lateFault: Fault | null;
}

export const noRecords: RecordCounts = Object.freeze({
  read: 0,
  stored: 0,
  rejected: 0,
  duplicates: 0,
  blank: 0,
  warnings: 0,
  reasons: Object.freeze({}),
});

/** The counts of several files together. */
export function sumCounts(parts: readonly RecordCounts[]): RecordCounts {
  const reasons: Partial<Record<RecordReason, number>> = {};
  const total = { read: 0, stored: 0, rejected: 0, duplicates: 0, blank: 0, warnings: 0 };
  for (const part of parts) {
    total.read += part.read;
    total.stored += part.stored;
    total.rejected += part.rejected;
    total.duplicates += part.duplicates;
    total.blank += part.blank;
    total.warnings += part.warnings;
    for (const reason of recordReasons) {
      const count = part.reasons[reason] ?? 0;
      if (count > 0) reasons[reason] = (reasons[reason] ?? 0) + count;
    }
  }
  return Object.freeze({ ...total, reasons: Object.freeze(reasons) });
}

/** The law of every ingest. */
export function assertLaw(counts: RecordCounts): void {
  const { read, stored, rejected, duplicates } = counts;
  const sum = stored + rejected + duplicates;
  assert(read === sum, `${read} records read, but ${sum} accounted for`);
  const byReason = Object.values(counts.reasons).reduce((total, count) => total + count, 0);
  assert(byReason === rejected, `${rejected} records rejected, but ${byReason} have a reason`);
}
