/**
 * Rows to groups: one aggregate select; percentiles of weighted rows and steps between buckets have
 * selects of their own, joined on the keys. Formulas over calculations are selects around them.
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
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import {
  type AggregateContext,
  aggregateSql,
  countSql,
  inputSql,
  sameInput,
} from './calculation-sql.js';
import { withFormulas } from './group-formula.js';
import { sumColumns, sumNames } from './interval-sql.js';
import type { PlanCalculation } from './plan.js';
import { aliases } from './rows-sql.js';
import { innerOf } from './stepped.js';

export interface Grouping extends AggregateContext {
  readonly rows: SqlSource;
  readonly keys: readonly string[];
  /** Adds what intervals are made of. */
  readonly intervals: boolean;
}

/** **Shape** one row a group: the keys, `c0` …, `n` (the raw rows), the sums of intervals. */
export function groupSelect(grouping: Grouping): SqlSelect {
  const groups = calculationSelect(grouping);
  if (!grouping.calculations.some(isFormula)) return groups;
  const from: SqlSource = { kind: 'subquery', select: groups, alias: 'groups' };
  const kept = (names: readonly string[]) => names.map((name) => as(column(name), name));
  return withFormulas(grouping.calculations, from, {
    before: kept(grouping.keys),
    behind: kept(othersOf(grouping)),
  });
}

/** The raw rows, and what intervals are made of. */
function othersOf(grouping: Grouping): readonly string[] {
  return [aliases.rows, ...(grouping.intervals ? sumNames(grouping) : [])];
}

function isFormula({ formula }: PlanCalculation): boolean {
  return formula !== null;
}

/** Groups without the formulas over their calculations. */
function calculationSelect(grouping: Grouping): SqlSelect {
  const sides = sidesOf(grouping);
  const apart = new Set(sides.flatMap(({ values }) => [...values.keys()]));
  const groups = aggregateSelect(grouping, apart);
  if (sides.length === 0) return groups;
  let from: SqlSource = { kind: 'subquery', select: groups, alias: 'groups' };
  for (const { alias, select: side } of sides) {
    const right: SqlSource = { kind: 'subquery', select: side, alias };
    from = { kind: 'join', type: 'left', left: from, right, on: sameKeys(grouping, alias) };
  }
  const columns = grouping.calculations.flatMap((item, index) => {
    const name = aliases.calculation(index);
    const value = sides.flatMap(({ values }) => values.get(index) ?? [])[0];
    return isFormula(item) ? [] : as(value ?? column(name, 'groups'), name);
  });
  const keys = grouping.keys.map((key) => as(column(key, 'groups'), key));
  const rest = othersOf(grouping).map((name) => as(column(name, 'groups'), name));
  return select([...keys, ...columns, ...rest], { from });
}

/** Whether some calculations need selects of their own. */
export function isApart({ weighted, calculations }: Grouping): boolean {
  return calculations.some((item) => {
    return (weighted && item.op === 'percentile') || innerOf(item) !== null || isFormula(item);
  });
}

function aggregateSelect(grouping: Grouping, apart: ReadonlySet<number>): SqlSelect {
  const { calculations } = grouping;
  const columns = calculations.flatMap((item, index) =>
    apart.has(index) || isFormula(item)
      ? []
      : [as(aggregateSql(item, grouping), aliases.calculation(index))],
  );
  const keys = grouping.keys.map((key) => as(column(key), key));
  const raw = as(countSql(grouping), aliases.rows);
  const groupBy = grouping.keys.map((key) => column(key));
  const sums = grouping.intervals ? sumColumns(grouping) : [];
  return select([...keys, ...columns, raw, ...sums], { from: grouping.rows, groupBy });
}

interface Side {
  readonly alias: string;
  readonly select: SqlSelect;
  /** What it gives, by the index of the calculation. */
  readonly values: ReadonlyMap<number, SqlExpression>;
}

function sidesOf(grouping: Grouping): readonly Side[] {
  return [...(grouping.weighted ? quantileSides(grouping) : []), ...stepSides(grouping)];
}

/** One side for each input that percentiles are wanted of. */
function quantileSides(grouping: Grouping): readonly Side[] {
  const members = new Map<string, number[]>();
  grouping.calculations.forEach((item, index) => {
    if (item.op !== 'percentile') return;
    const input = sameInput(item);
    members.set(input, [...(members.get(input) ?? []), index]);
  });
  return [...members.values()].map((indexes, side) => {
    const alias = `q${side}`;
    const values = new Map(indexes.map((index) => [index, interpolated(index, alias)] as const));
    return { alias, select: quantileSelect(grouping, indexes), values };
  });
}

/** At most one side: what was reached in the last bucket less what there was in the first. */
function stepSides(grouping: Grouping): readonly Side[] {
  const stepped = grouping.calculations.flatMap((item, index) => {
    const inner = innerOf(item);
    return inner === null ? [] : [{ inner, index }];
  });
  if (stepped.length === 0) return [];
  const keys = grouping.keys.map((key) => column(key));
  const keyColumns = grouping.keys.map((key) => as(column(key), key));
  const step = column(aliases.step);
  const reached = stepped.map(({ inner, index }) =>
    as(aggregateSql(inner, grouping), aliases.calculation(index)),
  );
  const cells = select([...keyColumns, as(step, aliases.step), ...reached], {
    from: grouping.rows,
    groupBy: [...keys, step],
  });
  const steps = stepped.map(({ index }) => {
    const value = column(aliases.calculation(index));
    const filter = isNotNull(value);
    const pick = (name: string, args: readonly SqlExpression[]) =>
      aggregate(name, args, { filter });
    const isLater = binary('>', pick('max', [step]), pick('min', [step]));
    const grown = binary('-', pick('arg_max', [value, step]), pick('arg_min', [value, step]));
    return as(when([[isLater, grown]], null), aliases.calculation(index));
  });
  const from: SqlSource = { kind: 'subquery', select: cells, alias: 'cells' };
  const alias = 'steps';
  const values = new Map(
    stepped.map(({ index }) => [index, column(aliases.calculation(index), alias)] as const),
  );
  return [{ alias, select: select([...keyColumns, ...steps], { from, groupBy: keys }), values }];
}

/**
 * Values of neighbouring ranks for each quantile, where a row of weight w holds w ranks from 0.
 * `l`, `h` and `f` are the value at the rank below, at the rank above, and the way between them.
 */
function quantileSelect(grouping: Grouping, indexes: readonly number[]): SqlSelect {
  const keys = grouping.keys.map((key) => column(key));
  const keyColumns = grouping.keys.map((key) => as(column(key), key));
  const value = column('v');
  const whole = column('tw');
  const first = grouping.calculations[indexes[0] ?? 0];
  const input = first ? inputSql(first, grouping.calculations) : literal(null);
  const values = valuesSelect(grouping, input, first?.use?.as === 'integer');
  const sum = aggregate('sum', [column('w')]);
  const ranks = select(
    [
      ...keyColumns,
      as(value, 'v'),
      as(
        {
          kind: 'window',
          call: sum,
          partitionBy: keys,
          orderBy: [order(value)],
          frame: 'running',
        },
        'cw',
      ),
      as(
        {
          kind: 'window',
          call: sum,
          partitionBy: keys,
          orderBy: [order(value)],
          frame: 'whole',
        },
        'tw',
      ),
    ],
    { from: { kind: 'subquery', select: values, alias: 'values' } },
  );
  const picked = indexes.flatMap((index): SqlColumn[] => {
    const quantile = literal(grouping.calculations[index]?.quantile ?? 0);
    const position = binary('*', cast(binary('-', whole, literal(1)), 'DOUBLE'), quantile);
    const at = (rank: SqlExpression) =>
      cast(aggregate('min', [value], { filter: binary('>', column('cw'), rank) }), 'DOUBLE');
    const way = binary('-', position, call('floor', position));
    return [
      as(at(call('floor', position)), `l${index}`),
      as(at(call('ceil', position)), `h${index}`),
      as(call('max', way), `f${index}`),
    ];
  });
  const from: SqlSource = { kind: 'subquery', select: ranks, alias: 'ranks' };
  return select([...keyColumns, ...picked], { from, groupBy: keys });
}

/**
 * Values with their weights. Equal integers are merged first; decimals hardly ever repeat, and
 * merging 4 million of them cost three times what it saved.
 */
function valuesSelect(grouping: Grouping, input: SqlExpression, isMerged: boolean): SqlSelect {
  const { rows, keys } = grouping;
  const keyColumns = keys.map((key) => as(column(key), key));
  const weight = column(aliases.weight);
  const columns = [
    ...keyColumns,
    as(input, 'v'),
    as(isMerged ? aggregate('sum', [weight]) : weight, 'w'),
  ];
  const groupBy = isMerged ? [...keys.map((key) => column(key)), input] : [];
  return select(columns, { from: rows, where: isNotNull(input), groupBy });
}

/** `low · (1 - way) + high · way`, as `quantile_cont` does it. */
function interpolated(index: number, side: string): SqlExpression {
  const way = column(`f${index}`, side);
  const low = binary('*', column(`l${index}`, side), binary('-', literal(1), way));
  return binary('+', low, binary('*', column(`h${index}`, side), way));
}

function sameKeys({ keys }: Grouping, side: string): SqlExpression {
  return all(
    keys.map((key) => binary('is not distinct from', column(key, 'groups'), column(key, side))),
  );
}
