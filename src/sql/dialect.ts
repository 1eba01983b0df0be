/** How an engine spells what others spell otherwise. DuckDB's is the one all nodes are made for. */
import type { SqlExpression, SqlParameter, SqlQuery, SqlType } from './node.js';

/**
 * Asked once for each node on the way down; what it gives stands as it is, and its parts are asked
 * about in turn.
 */
export interface Dialect {
  readonly expression: (node: SqlExpression) => SqlExpression;
  readonly query: (node: SqlQuery) => SqlQuery;
  readonly type: (type: SqlType) => string;
  /** The place of a bound value; counts from 1. */
  readonly bound: (type: SqlParameter['type'], index: number) => string;
  /** Stands behind the statement. */
  readonly tail: string;
}

/** Only a bound timestamp and a bound text need their type said. */
export const duckdb: Dialect = {
  expression: (node) => node,
  query: (node) => node,
  type: (type) => type,
  bound: (type, index) => {
    if (type === 'timestamp') return `CAST($${index} AS TIMESTAMPTZ)`;
    if (type === 'string') return `CAST($${index} AS VARCHAR)`;
    return `$${index}`;
  },
  tail: '',
};
