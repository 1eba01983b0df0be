/** What a query needs from an engine. `engine/duckdb` implements it, the oracle of the tests too. */
import type { Statement } from '../sql/node.js';

/** Integers beyond 2^53 come as bigint; timestamps as micros since the epoch; never NaN. */
export type Cell = string | number | bigint | boolean | null;

export interface EngineRows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Engine {
  /** Runs one read-only statement. **Faults** CC5002, CC5003, CC5004. Aborts within a second. */
  readonly execute: (statement: Statement, signal: AbortSignal) => Promise<EngineRows>;
  readonly close: () => Promise<void>;
}
