/** Heatmaps as SQL: the range of the values, then how often each bin occurs in each bucket. */
import {
  aggregate,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  select,
  star,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { inputColumn } from './calculation-input.js';
import type { HeatmapBins } from './heatmap-bins.js';
import type { Plan, PlanHeatmap } from './plan.js';
import { aliases, bucketSql, keptRows, weightColumn } from './rows-sql.js';

/** The value in every statement of a heatmap. */
export const valueName = 'v';
const value = column(valueName);

/** Rows of a table of values that cost less than reading the files once more. Chosen by us. */
const mostKeptValues = 4_000_000;

/** Whether few values by bucket stand for all rows, which are read twice otherwise. */
export function isWorthKeeping({ buckets }: Plan, { mostValues }: PlanHeatmap): boolean {
  return mostValues !== null && mostValues * (buckets?.count ?? 1) <= mostKeptValues;
}

/** The value of a row; null where it has none. */
export function valueColumn({ window }: Plan, { use, filter }: PlanHeatmap): SqlColumn {
  return as(cast(inputColumn({ kind: 'value', use, filter }, window), 'DOUBLE'), valueName);
}

/** **Shape** `v`, `t`, the events `w`: how often each value occurs in each bucket; in no order. */
export function compileValues(plan: Plan, heatmap: PlanHeatmap): SqlSelect {
  const buckets = plan.buckets === null ? [] : [column(aliases.bucket)];
  const names = buckets.map((bucket) => as(bucket, aliases.bucket));
  return select([as(value, valueName), ...names, as(eventsSql(plan), aliases.weight)], {
    from: valuesSource(plan, heatmap),
    where: isNotNull(value),
    groupBy: [value, ...buckets],
  });
}

/** The rows of `compileValues`, where they were kept as a table. */
export function keptValues(name: string): SqlSource {
  const from: SqlSource = { kind: 'table', name };
  return { kind: 'subquery', select: select([{ star: true }], { from }), alias: 'rows' };
}

/** **Shape** one row: smallest, largest and smallest positive value, and how many rows have one. */
export function compileRange(values: SqlSource): SqlSelect {
  const isPositive = binary('>', value, literal(0));
  const columns = [
    as(call('min', value), 'low'),
    as(call('max', value), 'high'),
    as(aggregate('min', [value], { filter: isPositive }), 'positive'),
  ];
  return select(columns, { from: values });
}

/** **Shape** `t` (the bucket, 0 without any), `b` (the bin), the events in it; in no order. */
export function compileHeatmap(
  plan: Plan,
  bins: HeatmapBins,
  { values, areCounted }: { readonly values: SqlSource; readonly areCounted: boolean },
): SqlSelect {
  const bucket = plan.buckets === null ? literal(0) : column(aliases.bucket);
  const columns = [as(bucket, aliases.bucket), as(binSql(bins), 'b')];
  const isWeighted = plan.weighted || areCounted;
  const weights = isWeighted ? [as(column(aliases.weight), aliases.weight)] : [];
  const binned = select([...columns, ...weights], {
    from: values,
    where: isNotNull(value),
  });
  const events = eventsSql({ weighted: isWeighted });
  const keys = [column(aliases.bucket), column('b')];
  return select([as(column(aliases.bucket), 't'), as(column('b'), 'b'), as(events, 'n')], {
    from: { kind: 'subquery', select: binned, alias: 'binned' },
    groupBy: keys,
  });
}

/** How many events rows stand for. */
export function eventsSql({ weighted }: Pick<Plan, 'weighted'>): SqlExpression {
  return weighted ? aggregate('sum', [column(aliases.weight)]) : aggregate('count', [star]);
}

/** **Shape** `v`, `t`, the weight; one row an event. */
export function valuesSource(plan: Plan, heatmap: PlanHeatmap): SqlSource {
  const columns = [
    valueColumn(plan, heatmap),
    ...(plan.buckets === null ? [] : [as(bucketSql(plan.buckets), aliases.bucket)]),
    ...(plan.weighted ? [weightColumn()] : []),
  ];
  return { kind: 'subquery', select: select(columns, keptRows(plan, 'matched')), alias: 'rows' };
}

/** A guess by arithmetic, then one to the left or right where the bounds themselves say so. */
function binSql(bins: HeatmapBins): SqlExpression {
  const last = bins.bins.length - 1;
  const bounds = call('list_value', ...bins.bins.map(literal));
  const guess = call('greatest', literal(0), call('least', literal(last), guessSql(bins)));
  const bound = (index: SqlExpression): SqlExpression => ({
    kind: 'element',
    operand: bounds,
    key: index,
  });
  const isBelow = binary('<', value, bound(binary('+', guess, literal(1))));
  const isAbove = binary('>=', value, bound(binary('+', guess, literal(2))));
  const next = binary('+', guess, literal(1));
  return when(
    [
      [isBelow, binary('-', guess, literal(1))],
      [isAbove, next],
    ],
    guess,
  );
}

function guessSql({ scale, width, perDecade, first, startsAtZero }: HeatmapBins): SqlExpression {
  const whole = (exact: SqlExpression) => cast(call('floor', exact), 'BIGINT');
  if (scale === 'linear') {
    return binary('-', whole(binary('/', value, double(width))), literal(first));
  }
  const power = whole(binary('*', call('log10', value), double(perDecade)));
  const place = binary('-', power, literal(first - (startsAtZero ? 1 : 0)));
  return when([[binary('>', value, literal(0)), place]], literal(0));
}

function double(number: number): SqlExpression {
  return cast(literal(number), 'DOUBLE');
}
