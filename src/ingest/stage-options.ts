/** What decides how rows are made of records. */
import type { DurationUnit } from '../event/column.js';
import type { Micros } from '../time/instant.js';
import type { RecordReason } from './receipt.js';

/** How the rows of one input are made. Plain data, so that it can be sent to a worker. */
export interface StageOptions {
  readonly path: string;
  /** Labels that give the time, first filled wins; the first of them is not stored again. */
  readonly timeLabels: readonly string[];
  readonly weightLabels: readonly string[];
  readonly units: ReadonlyMap<string, DurationUnit>;
  /** Lengths of time: kept as decimals also where whole; a text as `12.3ms` is milliseconds. */
  readonly lengths: ReadonlySet<string>;
  /** Columns given for every row; a value of the data under the same label goes to `extra`. */
  readonly set: ReadonlyMap<string, string>;
  /** Times from `earliest` to `latest` are believed. */
  readonly earliest: Micros;
  readonly latest: Micros;
}

/** Why a record is refused. */
export interface RowProblem {
  readonly reason: RecordReason;
  readonly message: string;
}
