/** What the log needs from a columnar engine. `engine/duckdb` implements it. */
export interface CheckpointFiles {
  /** Writes a Parquet V1 checkpoint from newline-delimited log actions, with checksums of its parts
   * in the file's own metadata. Returns its row count. */
  readonly writeCheckpoint: (
    ndjsonPath: string,
    checkpointPath: string,
    checksums: CheckpointSums,
  ) => Promise<number>;
  readonly readCheckpoint: (
    checkpointPath: string,
    parts: CheckpointParts,
  ) => Promise<CheckpointText>;
}

/** What a checkpoint is checked by. `transactions`: of their text; null when they have none. */
export interface CheckpointSums extends Readonly<Record<CheckpointParts, string>> {
  readonly transactions: string | null;
}

export interface CheckpointText {
  /** Newline-delimited JSON. */
  readonly actions: string;
  /** Of these parts; null for a checkpoint of an earlier version or of another writer. */
  readonly checksum: string | null;
  /** The transactions apart, as `transactionText` has them, in the order they were written; null
   * when they are among the actions, or were not asked for. */
  readonly transactions: { readonly text: string; readonly checksum: string } | null;
}

/**
 * Which actions of a checkpoint are wanted: those a question needs (protocol, schema, live files),
 * `live` with the transactions a writer must know, or `all` with the tombstones too. A store filled
 * every five minutes has 17,000 transactions after 60 days, and 60 live files.
 */
export type CheckpointParts = 'files' | 'live' | 'all';

/** Columns of a checkpoint that may stay unread. */
export const unreadColumns: Readonly<Record<CheckpointParts, readonly string[]>> = {
  files: ['txn', 'remove'],
  live: ['remove'],
  all: [],
};
