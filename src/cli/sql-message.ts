/** What the process that runs typed statements and the one that asks say to each other. */
import type { ResultShape } from '../engine/duckdb/exact-cell.js';
import type { EngineLimits } from '../engine/duckdb/open.js';
import type { UserSqlEnd, UserStatement } from '../engine/duckdb/user-sql.js';
import type { WireFault } from '../ingest/fault-wire.js';
import type { Cell } from '../query/ports.js';
import type { ViewSource } from '../query/user-views.js';

/** What the process of a statement is told. */
export type SqlTask =
  /** First, and once. `spillDir` of the limits is private to the process and goes with it. */
  | { readonly kind: 'open'; readonly limits: EngineLimits; readonly source: ViewSource }
  | { readonly kind: 'run'; readonly statement: UserStatement }
  | { readonly kind: 'interrupt' };

/** What it answers, in this order; `failed` may come at any time. */
export type SqlReply =
  | { readonly kind: 'columns'; readonly columns: readonly ResultShape[] }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Cell[])[] }
  | { readonly kind: 'end'; readonly end: UserSqlEnd }
  | { readonly kind: 'failed'; readonly error: WireFault };
