/** What the log needs from a columnar engine. `engine/duckdb` implements it. */
export interface CheckpointFiles {
  /** Writes a Parquet V1 checkpoint from newline-delimited log actions. Returns its row count. */
  readonly writeCheckpoint: (ndjsonPath: string, checkpointPath: string) => Promise<number>;
  /** Log actions of a checkpoint as newline-delimited JSON text, without tombstones. */
  readonly readCheckpoint: (checkpointPath: string) => Promise<string>;
}
