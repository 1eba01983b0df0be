/** What the log needs from a columnar engine. `engine/duckdb` implements it. */
export interface CheckpointFiles {
  /** Writes a Parquet V1 checkpoint from newline-delimited log actions, with a checksum of them in
   * the file's own metadata. Returns its row count. */
  readonly writeCheckpoint: (
    ndjsonPath: string,
    checkpointPath: string,
    checksum: string,
  ) => Promise<number>;
  /** Log actions of a checkpoint as newline-delimited JSON text. */
  readonly readCheckpoint: (checkpointPath: string, parts: CheckpointParts) => Promise<string>;
}

/** Which actions of a checkpoint are wanted: the live state, or its tombstones too. */
export type CheckpointParts = 'live' | 'all';
