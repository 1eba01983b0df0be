/**
 * Exact quantiles of a number for each value of some keys, made of how many rows have each number:
 * of many rows these are few, and what does not fit in memory is spilled.
 */
import {
  aggregate,
  all,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  order,
  select,
  star,
  when,
} from '../sql/build.js';
import type { SqlExpression, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import type { TimeRange } from '../time/range.js';
import type { Cell, QuerySource } from './ports.js';
import { type RollupOptions, rollupRows, rollupSpec } from './rollup.js';
import { aliases } from './rows-sql.js';
import type { Breakdown, Filter, Term } from './spec.js';

export interface QuantileQuestion {
  readonly keys: readonly Breakdown[];
  readonly of: Term;
  /** From 0 to 1. */
  readonly at: number;
  /** Only these rows; the others count for `fewestRows` as well. */
  readonly where: Filter;
  readonly window: TimeRange;
  readonly fewestRows: number;
}

export interface Quantile {
  readonly key: readonly Cell[];
  readonly value: number;
}

/** In no order. Keys without any number are left out. **Faults** as `runRollup`. */
export async function runQuantiles(
  source: QuerySource,
  question: QuantileQuestion,
  { engine, signal }: RollupOptions,
): Promise<readonly Quantile[]> {
  const statement = printStatement(compileQuantiles(source, question));
  const { rows } = await engine.execute(statement, signal);
  const width = question.keys.length;
  return rows.flatMap((row) => {
    const [filled, low = null, high = null] = row.slice(width);
    if (low === null || high === null) return [];
    const place = (Number(filled) - 1) * question.at;
    const part = place - Math.floor(place);
    const value = Number(low) * (1 - part) + Number(high) * part;
    return [{ key: row.slice(0, width), value }];
  });
}

/** **Shape** keys, how many numbers there are, those at the places below and above. */
function compileQuantiles(source: QuerySource, question: QuantileQuestion): SqlSelect {
  const { window, keys: asked, of, at, where, fewestRows } = question;
  const measures = [{ kind: 'quantile', of, at, where }] as const;
  const { from } = rollupRows(rollupSpec(window, { keys: asked, measures }), source);
  const names = asked.map((_, index) => aliases.key(index));
  const keys = names.map((name) => column(name));
  const shown = names.map((name) => as(column(name), name));
  const number = when([[column('f0'), column(aliases.input(0))]], null);
  const counted = select([...shown, as(number, 'v'), as(aggregate('count', [star]), 'n')], {
    from,
    groupBy: [...keys, number],
  });
  const [v, n] = [column('v'), column('n')];
  const sum = (of: SqlExpression, frame: 'running' | null): SqlExpression => {
    const orderBy = frame === null ? [] : [order(v)];
    return { kind: 'window', call: aggregate('sum', [of]), partitionBy: keys, orderBy, frame };
  };
  const ranked = select(
    [
      ...shown,
      as(v, 'v'),
      as(sum(n, 'running'), 'upto'),
      as(sum(n, null), 'rows'),
      as(sum(when([[isNotNull(v), n]], literal(0)), null), 'filled'),
    ],
    { from: { kind: 'subquery', select: counted, alias: 'counted' } },
  );
  const place = binary('*', cast(binary('-', column('filled'), literal(1)), 'DOUBLE'), literal(at));
  const first = (bound: SqlExpression) => {
    const filter = all([isNotNull(v), binary('>', column('upto'), bound)]);
    return aggregate('min', [v], { filter });
  };
  return select(
    [
      ...shown,
      as(aggregate('max', [column('filled')]), 'filled'),
      as(first(call('floor', place)), 'low'),
      as(first(call('ceil', place)), 'high'),
    ],
    {
      from: { kind: 'subquery', select: ranked, alias: 'ranked' },
      groupBy: keys,
      having: binary('>=', aggregate('max', [column('rows')]), literal(fewestRows)),
    },
  );
}
