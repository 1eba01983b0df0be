/**
 * The actions of the Delta log that coldcase writes and reads (reader 1 / writer 2).
 * **Source** Delta transaction protocol, PROTOCOL.md of delta-io/delta.
 * Unknown actions are ignored.
 */
import type { Transactions } from './transactions.js';

export interface DeltaField {
  readonly name: string;
  readonly type:
    | 'string'
    | 'long'
    | 'double'
    | 'boolean'
    | 'timestamp'
    | 'date'
    | DeltaMapType
    | string;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface DeltaMapType {
  readonly type: 'map';
  readonly keyType: string;
  readonly valueType: string;
  readonly valueContainsNull: boolean;
}

export interface DeltaStats {
  readonly numRecords: number;
  readonly minValues: Readonly<Record<string, string | number>>;
  readonly maxValues: Readonly<Record<string, string | number>>;
  readonly nullCount: Readonly<Record<string, number>>;
  readonly tightBounds?: boolean;
}

export interface AddFile {
  /** Relative to the table root, decoded (the log holds it percent-encoded). */
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** As written in the log; parsed only for files that survive the date test. */
  readonly stats: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp: number;
  readonly dataChange: boolean;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
}

export interface Metadata {
  readonly id: string;
  readonly name: string;
  readonly fields: readonly DeltaField[];
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime: number;
}

export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  /** Named by tables of reader 3 or writer 7, which coldcase refuses; kept to say so. */
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

/** Makes a batch idempotent: at most one commit per `appId` and version. */
export interface Transaction {
  readonly appId: string;
  readonly version: number;
  readonly lastUpdated: number;
}

/** Free for writers to fill; a foreign commit may have none of it (`operation` is then empty). */
export interface CommitInfo {
  readonly timestamp: number;
  /** Ours: `INIT`, `WRITE`, `OPTIMIZE`, `DELETE`, `REPAIR`, `SET TBLPROPERTIES`. */
  readonly operation: string;
  readonly engineInfo: string;
  readonly operationParameters: Readonly<Record<string, string>>;
}

/** What one commit does, as a value. */
export interface CommitActions {
  readonly commitInfo: CommitInfo;
  readonly protocol: Protocol | null;
  readonly metadata: Metadata | null;
  readonly transactions: readonly Transaction[];
  readonly adds: readonly AddFile[];
  readonly removes: readonly RemoveFile[];
}

/** The table at one version. **Invariant** never changes; files in order of path. */
export interface Snapshot {
  readonly tableDir: string;
  readonly version: number;
  readonly protocol: Protocol;
  readonly metadata: Metadata;
  readonly files: readonly AddFile[];
  /** Null where only files were asked for. */
  readonly transactions: Transactions | null;
}
