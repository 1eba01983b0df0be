/** The selects of `trail.ts`. Rows come as keys, `ts`, a weight where sampled, and `bad`. */
import {
  aggregate,
  any,
  as,
  binary,
  call,
  column,
  isNull,
  literal,
  order,
  select,
  star,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlOrder, SqlSelect } from '../sql/node.js';
import type { Micros } from '../time/instant.js';
import { aliases } from './rows-sql.js';

export interface TrailNames {
  /** Aliases of all keys. */
  readonly keys: readonly string[];
  readonly weighted: boolean;
}

/** What a run keeps the same: keys by their alias, and whether an event was bad. */
export type TrailLevel = readonly string[];

/** **Shape** one row: rows, first, last, median and 99th percentile of the time between events,
 * then how often each level changes. */
export function measuresSql(
  rows: SqlSelect,
  names: TrailNames,
  levels: readonly TrailLevel[],
): SqlSelect {
  const fields = [...new Set(levels.flat())];
  const before = (name: string): SqlColumn => as(lagged(name, names), `${name} before`);
  const paired = select([{ star: true }, before('ts'), ...fields.map(before)], {
    from: { kind: 'subquery', select: rows, alias: 'rows' },
  });
  const passed = binary('-', call('epoch_us', column('ts')), call('epoch_us', column('ts before')));
  const changes = levels.map((level, index) =>
    as(aggregate('count', [star], { filter: changed(level) }), `changes ${index}`),
  );
  return select(
    [
      as(aggregate('count', [star]), 'rows'),
      as(aggregate('min', [column('ts')]), 'first'),
      as(aggregate('max', [column('ts')]), 'last'),
      as(aggregate('quantile_cont', [passed, literal(0.5)]), 'median'),
      as(aggregate('quantile_cont', [passed, literal(0.99)]), 'p99'),
      ...changes,
    ],
    { from: { kind: 'subquery', select: paired, alias: 'paired' } },
  );
}

/**
 * **Shape** one row a run: first, last, rows, events, bad, then for each key how many values it
 * has in the run, its least and its greatest; in order of time.
 */
export function stretchesSql(
  rows: SqlSelect,
  names: TrailNames,
  {
    level,
    gapMicros,
    most,
  }: {
    readonly level: TrailLevel;
    /** A silence longer than this ends a run; null: none does. */
    readonly gapMicros: Micros | null;
    readonly most: number;
  },
): SqlSelect {
  const { keys, weighted } = names;
  const before = (name: string): SqlColumn => as(lagged(name, names), `${name} before`);
  const paired = select([{ star: true }, before('ts'), ...level.map(before)], {
    from: { kind: 'subquery', select: rows, alias: 'rows' },
  });
  const numbered = select(
    [
      { star: true },
      as(
        {
          kind: 'window',
          call: aggregate('sum', [
            when([[any([changed(level), isSilent(gapMicros)]), literal(1)]], literal(0)),
          ]),
          partitionBy: [],
          orderBy: orderOf(names),
          frame: 'running',
        },
        'run',
      ),
    ],
    { from: { kind: 'subquery', select: paired, alias: 'paired' } },
  );
  const events = (filter: SqlExpression | null) =>
    weighted
      ? call('coalesce', aggregate('sum', [column(aliases.weight)], { filter }), literal(0))
      : aggregate('count', [star], { filter });
  const values = keys.flatMap((key) => {
    const absent = aggregate('max', [when([[isNull(column(key)), literal(1)]], literal(0))]);
    const filled = aggregate('count', [column(key)], { distinct: true });
    return [
      as(binary('+', filled, absent), `${key} values`),
      as(aggregate('min', [column(key)]), `${key} least`),
      as(aggregate('max', [column(key)]), `${key} most`),
    ];
  });
  return select(
    [
      as(aggregate('min', [column('ts')]), 'first'),
      as(aggregate('max', [column('ts')]), 'last'),
      as(aggregate('count', [star]), 'rows'),
      as(events(null), 'events'),
      as(events(column(aliases.bad)), 'bad'),
      ...values,
    ],
    {
      from: { kind: 'subquery', select: numbered, alias: 'numbered' },
      groupBy: [column('run')],
      orderBy: [order(column('first')), order(column('run'))],
      limit: most,
    },
  );
}

/** **Shape** one row an event: `ts`, weight, keys; in order of time, then of the values. */
export function eventsSql(rows: SqlSelect, names: TrailNames, most: number): SqlSelect {
  const weight = names.weighted ? column(aliases.weight) : literal(1);
  return select(
    [
      as(column('ts'), 'ts'),
      as(weight, aliases.weight),
      ...names.keys.map((key) => as(column(key), key)),
    ],
    {
      from: { kind: 'subquery', select: rows, alias: 'rows' },
      orderBy: orderOf(names),
      limit: most,
    },
  );
}

/** Events of one instant come in the order of their values, so that two runs agree. */
function orderOf({ keys }: TrailNames): readonly SqlOrder[] {
  return ['ts', ...keys, aliases.bad].map((name) => order(column(name)));
}

function lagged(name: string, names: TrailNames): SqlExpression {
  return {
    kind: 'window',
    call: call('lag', column(name)),
    partitionBy: [],
    orderBy: orderOf(names),
    frame: null,
  };
}

/** The first event changes nothing. */
function changed(level: TrailLevel): SqlExpression {
  const differs = level.map((name) =>
    binary('is distinct from', column(name), column(`${name} before`)),
  );
  return binary(
    'and',
    binary('is distinct from', column('ts before'), literal(null)),
    any(differs),
  );
}

function isSilent(gapMicros: Micros | null): SqlExpression {
  if (gapMicros === null) return literal(false);
  const passed = binary('-', call('epoch_us', column('ts')), call('epoch_us', column('ts before')));
  return call('coalesce', binary('>', passed, literal(gapMicros)), literal(false));
}
