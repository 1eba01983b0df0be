/** The selects of `losses.ts`. Rows come as keys, `ts`, a weight where sampled, and a state. */
import {
  aggregate,
  all,
  any,
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
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import type { Micros } from '../time/instant.js';
import { aliases } from './rows-sql.js';

/** The column that says how an event ended: 0 well, 2 lost, 1 neither. */
export const lossState = 'state';

/** A success within this time after a lost event is its retry. **Source** docs/investigate.md. */
export const retryMicros: Micros = 60_000_000;

export interface LossNames {
  /** Aliases of the groups asked for. */
  readonly keys: readonly string[];
  /** Aliases of what a retry shares with what it retries. */
  readonly retry: readonly string[];
  readonly weighted: boolean;
}

/** Unknown is no: an event without a status was neither lost nor bad. */
export function stateSql(lost: SqlExpression, bad: SqlExpression | null): SqlExpression {
  const isBad: readonly (readonly [SqlExpression, SqlExpression])[] =
    bad === null ? [] : [[bad, literal(1)]];
  return when([[lost, literal(2)], ...isBad], literal(0));
}

const state = column(lossState);
const isLost = binary('=', state, literal(2));
const isGood = binary('=', state, literal(0));

/** What is counted of a group, in this order. */
const tallyNames = ['n', 'events', 'good', 'lost_n', 'lost', 'variance', 'first', 'last'] as const;

/**
 * **Shape** keys, rows, events, good, lost rows, lost, its variance, first and last lost; groups
 * that lost something, most first, then by key.
 */
export function hurtSql(rows: SqlSelect, names: LossNames): SqlSelect {
  const closing = names.keys.map((key) => order(column(key)));
  return select([{ star: true }], {
    from: { kind: 'subquery', select: tallies(rows, names), alias: 'groups' },
    where: binary('>', column('lost_n'), literal(0)),
    orderBy: [order(column('lost'), true), ...closing],
  });
}

/** **Shape** one row: how many groups have a name, then as `hurtSql` over all groups. */
export function totalSql(rows: SqlSelect, names: LossNames): SqlSelect {
  const whole = tallyNames.map((name): SqlExpression => {
    if (name === 'first' || name === 'last') {
      return aggregate(name === 'first' ? 'min' : 'max', [column(name)]);
    }
    return call('coalesce', aggregate('sum', [column(name)]), literal(0));
  });
  const columns = whole.map((value, index) => as(value, tallyNames[index] ?? ''));
  const isNamed = any(names.keys.map((key) => isNotNull(column(key))));
  const groups = aggregate('count', [star], { filter: isNamed });
  return select([as(groups, 'groups'), ...columns], {
    from: { kind: 'subquery', select: tallies(rows, names), alias: 'groups' },
  });
}

function tallies(rows: SqlSelect, { keys, weighted }: LossNames): SqlSelect {
  const weight = weighted ? column(aliases.weight) : literal(1);
  const counted = (filter: SqlExpression | null) =>
    weighted
      ? call('coalesce', aggregate('sum', [weight], { filter }), literal(0))
      : aggregate('count', [star], { filter });
  const surplus = binary('*', cast(weight, 'HUGEINT'), binary('-', weight, literal(1)));
  const variance = weighted
    ? call('coalesce', aggregate('sum', [surplus], { filter: isLost }), literal(0))
    : literal(0);
  const values: readonly SqlExpression[] = [
    aggregate('count', [star]),
    counted(null),
    counted(isGood),
    aggregate('count', [star], { filter: isLost }),
    counted(isLost),
    variance,
    aggregate('min', [column('ts')], { filter: isLost }),
    aggregate('max', [column('ts')], { filter: isLost }),
  ];
  const columns = values.map((value, index) => as(value, tallyNames[index] ?? ''));
  return select([...plain(keys), ...columns], {
    from: { kind: 'subquery', select: rows, alias: 'rows' },
    groupBy: keys.map((key) => column(key)),
  });
}

/**
 * **Shape** keys, first, last and events of the longest run of each group that lost something.
 * A run ends with a success; at one instant a success comes before what was lost.
 */
export function runsSql(rows: SqlSelect, names: LossNames): SqlSelect {
  const { keys, weighted } = names;
  const partitionBy = keys.map((key) => column(key));
  const passed = aggregate('sum', [when([[isGood, literal(1)]], literal(0))]);
  const numbered = select(
    [
      ...plain(keys),
      ...weights(names),
      as(column('ts'), 'ts'),
      as(state, lossState),
      {
        alias: 'run',
        expression: {
          kind: 'window',
          call: passed,
          partitionBy,
          orderBy: [order(column('ts')), order(state)],
          frame: 'running',
        },
      },
    ],
    { from: hurtOnly(rows, keys) },
  );
  const events = weighted ? aggregate('sum', [column(aliases.weight)]) : aggregate('count', [star]);
  const runs = select(
    [
      ...plain(keys),
      as(aggregate('min', [column('ts')]), 'first'),
      as(aggregate('max', [column('ts')]), 'last'),
      as(events, 'events'),
    ],
    {
      from: { kind: 'subquery', select: numbered, alias: 'numbered' },
      where: isLost,
      groupBy: [...partitionBy, column('run')],
    },
  );
  const length = binary('-', call('epoch_us', column('last')), call('epoch_us', column('first')));
  const ranked = select(
    [
      { star: true },
      {
        alias: 'rank',
        expression: {
          kind: 'window',
          call: call('row_number'),
          partitionBy,
          orderBy: [order(length, true), order(column('first'))],
          frame: null,
        },
      },
    ],
    { from: { kind: 'subquery', select: runs, alias: 'runs' } },
  );
  return select(plain([...keys, 'first', 'last', 'events']), {
    from: { kind: 'subquery', select: ranked, alias: 'ranked' },
    where: binary('=', column('rank'), literal(1)),
  });
}

/** **Shape** keys, lost events that a retry made good, weighted. In no order. */
export function recoveredSql(rows: SqlSelect, names: LossNames): SqlSelect {
  const { keys, retry, weighted } = names;
  const succeeded = aggregate('min', [when([[isGood, column('ts')]], null)]);
  const followed = select(
    [
      ...plain(keys),
      ...weights(names),
      as(column('ts'), 'ts'),
      as(state, lossState),
      {
        alias: 'next',
        expression: {
          kind: 'window',
          call: succeeded,
          partitionBy: retry.map((key) => column(key)),
          orderBy: [order(column('ts'), true), order(state, true)],
          frame: 'running',
        },
      },
    ],
    {
      from: hurtOnly(rows, retry),
      where: all(retry.map((key) => isNotNull(column(key, 'rows')))),
    },
  );
  const way = binary('-', call('epoch_us', column('next')), call('epoch_us', column('ts')));
  const events = weighted ? aggregate('sum', [column(aliases.weight)]) : aggregate('count', [star]);
  return select([...plain(keys), as(events, 'recovered')], {
    from: { kind: 'subquery', select: followed, alias: 'followed' },
    where: all([isLost, binary('<=', way, literal(retryMicros))]),
    groupBy: keys.map((key) => column(key)),
  });
}

/** Rows that share the values of `same` with something lost. */
function hurtOnly(rows: SqlSelect, same: readonly string[]): SqlSource {
  const lost = select(plain(same), {
    distinct: true,
    from: { kind: 'subquery', select: rows, alias: 'rows' },
    where: isLost,
  });
  if (same.length === 0) return { kind: 'subquery', select: rows, alias: 'rows' };
  return {
    kind: 'join',
    type: 'semi',
    left: { kind: 'subquery', select: rows, alias: 'rows' },
    right: { kind: 'subquery', select: lost, alias: 'hurt' },
    on: all(
      same.map((key) => binary('is not distinct from', column(key, 'rows'), column(key, 'hurt'))),
    ),
  };
}

function plain(names: readonly string[]): readonly SqlColumn[] {
  return names.map((name) => as(column(name), name));
}

function weights({ weighted }: LossNames): readonly SqlColumn[] {
  return weighted ? plain([aliases.weight]) : [];
}
