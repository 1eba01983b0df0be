/**
 * A plan as SQL. The plain breakdown is what a hand would write: one select over the rows, grouped,
 * ordered and limited; the counts of all groups and rows ride along as window functions.
 */
import {
  aggregate,
  all,
  as,
  binary,
  call,
  column,
  literal,
  order,
  parameter,
  select,
  star,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlOrder, SqlSelect, SqlSource } from '../sql/node.js';
import { type Grouping, groupSelect, isApart } from './group-sql.js';
import { boundKey } from './key.js';
import type { Plan, PlanBuckets, PlanCalculation } from './plan.js';
import type { Cell } from './ports.js';
import { aliases, coverageSelect, perRun, rowsSource } from './rows-sql.js';
import { compareSql } from './value-sql.js';

/** Counts that ride along: groups that HAVING let through, and raw rows of all groups. */
export const tallies = { groups: 'g', matched: 'm' } as const;

/** **Shape** keys, calculations, `n`, `g`, `m`; one row a group, in total order. */
export function compileGroups(plan: Plan): SqlSelect {
  const grouping = mainGrouping(plan);
  const orderBy = ordersOf(plan);
  const tail = { orderBy, limit: plan.limit };
  const groups = groupSelect(grouping);
  if (plan.having.length === 0 && !isApart(grouping)) {
    const matched = whole(aggregate('sum', [aggregate('count', [star])]));
    const columns = [...groups.columns, ...tallyColumns(matched)];
    return { ...groups, columns, ...tail };
  }
  const columns = columnsOf(grouping);
  const rows = whole(aggregate('sum', [column(aliases.rows)]));
  if (plan.having.length === 0) {
    const from: SqlSource = { kind: 'subquery', select: groups, alias: 'answers' };
    return select([...columns, ...tallyColumns(rows)], { from, ...tail });
  }
  const counted = select([...columns, as(rows, tallies.matched)], {
    from: { kind: 'subquery', select: groups, alias: 'answers' },
  });
  return select([...columns, ...tallyColumns(column(tallies.matched))], {
    from: { kind: 'subquery', select: counted, alias: 'counted' },
    where: havingSql(plan),
    ...tail,
  });
}

/** **Shape** one row: calculations and `n` over all rows, whatever HAVING says. */
export function compileTotal(plan: Plan): SqlSelect {
  const rows = rowsSource(plan, { keys: false, buckets: null, calculations: plan.calculations });
  return groupSelect({ ...mainGrouping(plan), rows, keys: [] });
}

/** **Shape** one row: the groups that HAVING let through and the limit left out, as one. */
export function compileOther(plan: Plan, shown: readonly (readonly Cell[])[]): SqlSelect {
  const grouping = mainGrouping(plan);
  const without: SqlSource = {
    kind: 'join',
    type: 'anti',
    left: plan.having.length === 0 ? grouping.rows : passing(plan, grouping),
    right: shownSource(plan, shown),
    on: sameKeys(plan, 'rows', 'shown'),
  };
  return groupSelect({ ...grouping, rows: without, keys: [] });
}

/** **Shape** `i` (the index in `shown`), `t` (the bucket), calculations, `n`; in no order. */
export function compileSeries(
  plan: Plan,
  buckets: PlanBuckets,
  calculations: readonly PlanCalculation[],
  shown: readonly (readonly Cell[])[],
): SqlSelect {
  const keyed = plan.keys.length > 0;
  const rows = rowsSource(plan, { keys: keyed, buckets, calculations });
  const joined: SqlSource = {
    kind: 'join',
    type: 'inner',
    left: rows,
    right: shownSource(plan, shown),
    on: sameKeys(plan, 'rows', 'shown'),
  };
  return groupSelect({
    rows: keyed ? joined : rows,
    keys: keyed ? [aliases.group, aliases.bucket] : [aliases.bucket],
    calculations,
    weighted: plan.weighted,
    seconds: bucketSeconds(plan, buckets),
  });
}

/** **Shape** `t`: each bucket in which any event is kept; in no order. */
export function compileCoverage(plan: Plan, buckets: PlanBuckets): SqlSelect {
  return coverageSelect(plan, buckets);
}

function mainGrouping(plan: Plan): Grouping {
  const { calculations, weighted, window } = plan;
  return {
    rows: rowsSource(plan, { keys: true, buckets: null, calculations }),
    keys: plan.keys.map((_, index) => aliases.key(index)),
    calculations,
    weighted,
    seconds: literal((window.end - window.start) / 1_000_000),
  };
}

function columnsOf({ keys, calculations }: Grouping): readonly SqlColumn[] {
  const names = [...keys, ...calculations.map((_, index) => aliases.calculation(index))];
  return [...names, aliases.rows].map((name) => as(column(name), name));
}

function tallyColumns(matched: SqlExpression): readonly SqlColumn[] {
  return [as(whole(aggregate('count', [star])), tallies.groups), as(matched, tallies.matched)];
}

/** Over all rows of the answer, before the limit. */
function whole(call: SqlExpression): SqlExpression {
  return { kind: 'window', call, partitionBy: [], orderBy: [], frame: null };
}

function ordersOf({ orders, keys }: Plan): readonly SqlOrder[] {
  const asked = orders.map(({ kind, index, descending }) => {
    const name = kind === 'key' ? aliases.key(index) : aliases.calculation(index);
    return { name, descending };
  });
  const closing = keys.map((_, index) => ({ name: aliases.key(index), descending: false }));
  const names = new Set<string>();
  return [...asked, ...closing].flatMap(({ name, descending }) => {
    if (names.has(name)) return [];
    names.add(name);
    return [order(column(name), descending)];
  });
}

function havingSql({ having }: Plan): SqlExpression {
  return all(
    having.map(({ calculation, op, value }) => {
      const bound = parameter({ type: 'number', value });
      return compareSql(op, column(aliases.calculation(calculation)), bound);
    }),
  );
}

/** The rows of groups that HAVING lets through. */
function passing(plan: Plan, grouping: Grouping): SqlSource {
  const keys = grouping.keys.map((key) => as(column(key), key));
  const groups: SqlSource = { kind: 'subquery', select: groupSelect(grouping), alias: 'answers' };
  const passed = select(keys, { from: groups, where: havingSql(plan) });
  return {
    kind: 'join',
    type: 'semi',
    left: grouping.rows,
    right: { kind: 'subquery', select: passed, alias: 'passed' },
    on: sameKeys(plan, 'rows', 'passed'),
  };
}

/** The keys of the groups shown as a table of bound values; `i` numbers them from 0. */
function shownSource(plan: Plan, shown: readonly (readonly Cell[])[]): SqlSource {
  const keys = plan.keys.map((key, index) => {
    const values = shown.map((row) => boundKey(key, row[index] ?? null));
    return as(call('unnest', call('list_value', ...values)), aliases.key(index));
  });
  const numbers = call('range', literal(0), literal(shown.length));
  const columns = [...keys, as(call('unnest', numbers), aliases.group)];
  return { kind: 'subquery', select: select(columns), alias: 'shown' };
}

function sameKeys({ keys }: Plan, left: string, right: string): SqlExpression {
  return all(
    keys.map((_, index) => {
      const name = aliases.key(index);
      return binary('is not distinct from', column(name, left), column(name, right));
    }),
  );
}

/** The part of a bucket that lies in the window. */
function bucketSeconds({ window }: Plan, { runs }: PlanBuckets): SqlExpression {
  const bucket = column(aliases.bucket);
  return perRun(runs, { value: bucket, from: ({ first }) => first }, (run) => {
    const step = literal(run.stepMicros);
    const origin = literal(run.start - run.first * run.stepMicros);
    const start = binary('+', origin, binary('*', bucket, step));
    const end = call('least', binary('+', start, step), literal(window.end));
    const length = binary('-', end, call('greatest', start, literal(window.start)));
    return binary('/', length, literal(1_000_000));
  });
}
