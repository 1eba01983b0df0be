/**
 * A plan as SQL. The plain breakdown is what a hand would write: one select over the rows, grouped,
 * ordered and limited; the counts of all groups and rows ride along as window functions.
 */
import {
  aggregate,
  all,
  as,
  binary,
  column,
  literal,
  order,
  overAll,
  parameter,
  select,
  star,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlOrder, SqlSelect, SqlSource } from '../sql/node.js';
import { type Basis, fromFiles } from './basis.js';
import { countSql } from './calculation-sql.js';
import { givenRows } from './cell-text.js';
import { standingOn } from './group-formula.js';
import { type Grouping, groupSelect, isApart } from './group-sql.js';
import { sumNames } from './interval-sql.js';
import { keyType } from './key.js';
import { hasTime, type Plan } from './plan.js';
import type { Cell } from './ports.js';
import { aliases } from './rows-sql.js';
import type { SeriesGroups } from './series-sql.js';
import { compareSql } from './value-sql.js';

/** Counts that ride along: groups that HAVING let through, and raw rows of all groups. */
export const tallies = { groups: 'g', matched: 'm' } as const;

/** **Shape** keys, calculations, `n`, sums, `g`, `m`; one row a group, in total order. */
export function compileGroups(asked: Plan, basis: Basis = fromFiles(asked)): SqlSelect {
  const plan = basis.readCell === null ? forGroups(asked) : asked;
  const grouping = mainGrouping(plan, basis);
  const orderBy = ordersOf(plan);
  const tail = { orderBy, limit: plan.limit };
  const groups = groupSelect(grouping);
  if (plan.having.length === 0 && !isApart(grouping)) {
    const matched = overAll(aggregate('sum', [countSql(grouping)]));
    const columns = [...groups.columns, ...tallyColumns(matched)];
    return { ...groups, columns, ...tail };
  }
  const columns = columnsOf(grouping);
  const rows = overAll(aggregate('sum', [column(aliases.rows)]));
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
export function compileTotal(plan: Plan, basis: Basis = fromFiles(plan)): SqlSelect {
  const { calculations } = plan;
  const rows = basis.rows({ keys: false, buckets: null, calculations });
  return groupSelect({ ...mainGrouping(plan, basis), rows, keys: [] });
}

/** **Shape** one row: the groups that HAVING let through and the limit left out, as one. */
export function compileOther(
  plan: Plan,
  shown: readonly (readonly Cell[])[],
  basis: Basis = fromFiles(plan),
): SqlSelect {
  const grouping = mainGrouping(plan, basis);
  const rows = otherGroups(plan, shown, basis).join(grouping.rows);
  return groupSelect({ ...grouping, rows, keys: [] });
}

/** The groups shown, numbered by `i` from 0; without breakdowns all rows. */
export function shownGroups(plan: Plan, shown: readonly (readonly Cell[])[]): SeriesGroups {
  if (plan.keys.length === 0) return wholeGroup;
  return {
    keys: [aliases.group],
    join: (rows) => ({
      kind: 'join',
      type: 'inner',
      left: rows,
      right: shownSource(plan, shown),
      on: sameKeys(plan, 'rows', 'shown'),
    }),
  };
}

/** The rows of groups that HAVING let through and the limit left out, as one group. */
export function otherGroups(
  plan: Plan,
  shown: readonly (readonly Cell[])[],
  basis: Basis,
): SeriesGroups {
  return {
    keys: [],
    join: (rows) => ({
      kind: 'join',
      type: 'anti',
      left: plan.having.length === 0 ? rows : passing(plan, rows, basis),
      right: shownSource(plan, shown),
      on: sameKeys(plan, 'rows', 'shown'),
    }),
  };
}

/** All rows as one group. */
export const wholeGroup: SeriesGroups = { keys: [], join: (rows) => rows };

/**
 * Of an answer by time, the calculations of the whole window are not shown: those that neither
 * choose nor order the groups are left to count, which costs nothing.
 */
function forGroups(plan: Plan): Plan {
  if (!hasTime(plan)) return plan;
  const { calculations, orders, having } = plan;
  const used = [
    ...orders.flatMap(({ kind, index }) => (kind === 'calculation' ? [index] : [])),
    ...having.map(({ calculation }) => calculation),
  ].flatMap((index) => calculations[index] ?? []);
  const needed = new Set(standingOn(used, calculations));
  const counted = { op: 'count', formula: null, use: null, filter: null, quantile: null } as const;
  return {
    ...plan,
    calculations: calculations.map((item) => (needed.has(item) ? item : { ...item, ...counted })),
  };
}

function mainGrouping(plan: Plan, basis: Basis): Grouping {
  const { calculations, weighted, window } = plan;
  return {
    rows: basis.rows({ keys: true, buckets: null, calculations }),
    read: basis.read,
    keys: plan.keys.map((_, index) => aliases.key(index)),
    calculations,
    weighted,
    rolled: basis.rolled,
    seconds: literal((window.end - window.start) / 1_000_000),
    intervals: !hasTime(plan),
  };
}

function columnsOf(grouping: Grouping): readonly SqlColumn[] {
  const { keys, calculations, intervals } = grouping;
  const names = [...keys, ...calculations.map((_, index) => aliases.calculation(index))];
  const sums = intervals ? sumNames(grouping) : [];
  return [...names, aliases.rows, ...sums].map((name) => as(column(name), name));
}

/** Over all rows of the answer, before the limit. */
function tallyColumns(matched: SqlExpression): readonly SqlColumn[] {
  return [as(overAll(aggregate('count', [star])), tallies.groups), as(matched, tallies.matched)];
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

function havingSql({ having, calculations }: Plan): SqlExpression {
  return all(
    having.map(({ calculation, op, value }) => {
      const isTime = calculations[calculation]?.type === 'timestamp';
      const bound = parameter({ type: isTime ? 'timestamp' : 'number', value });
      return compareSql(op, column(aliases.calculation(calculation)), bound);
    }),
  );
}

/** The rows of groups that HAVING lets through. */
function passing(plan: Plan, rows: SqlSource, basis: Basis): SqlSource {
  const grouping = mainGrouping(plan, basis);
  const keys = grouping.keys.map((key) => as(column(key), key));
  const groups: SqlSource = { kind: 'subquery', select: groupSelect(grouping), alias: 'answers' };
  const passed = select(keys, { from: groups, where: havingSql(plan) });
  return {
    kind: 'join',
    type: 'semi',
    left: rows,
    right: { kind: 'subquery', select: passed, alias: 'passed' },
    on: sameKeys(plan, 'rows', 'passed'),
  };
}

/** The keys of the groups shown as a table of bound values; `i` numbers them from 0. */
function shownSource({ keys }: Plan, shown: readonly (readonly Cell[])[]): SqlSource {
  const columns = keys.map((key, index) => ({
    name: aliases.key(index),
    type: keyType(key),
    index,
  }));
  return givenRows(columns, shown, 'shown');
}

function sameKeys({ keys }: Plan, left: string, right: string): SqlExpression {
  return all(
    keys.map((_, index) => {
      const name = aliases.key(index);
      return binary('is not distinct from', column(name, left), column(name, right));
    }),
  );
}
