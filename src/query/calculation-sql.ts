/** Calculations as aggregates over rows. Every sum is over what the rows stand for. */
import { AssertionFailure, assert, unreachable } from '../base/assert.js';
import {
  aggregate,
  all,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  star,
} from '../sql/build.js';
import type { SqlExpression } from '../sql/node.js';
import { filtersOf, inputOf, inputsOf, keyOf } from './calculation-input.js';
import type { PlanCalculation } from './plan.js';
import { largeDecimal, scaledSql, sumScale } from './rolled-sql.js';
import { aliases } from './rows-sql.js';

/** How an aggregate of a group comes of those of its parts; `lists`: one list of all values. */
export type Merge = 'count' | 'sum' | 'min' | 'max' | 'lists';

/** An aggregate over rows as it is to be had: itself, or made of what was kept of parts. */
export type AggregateReader = (aggregate: SqlExpression, merge: Merge) => SqlExpression;

/** Calculated from the rows themselves. */
export const fromRows: AggregateReader = (whole) => whole;

export interface AggregateContext {
  readonly calculations: readonly PlanCalculation[];
  readonly weighted: boolean;
  /** Whether rows may be cells, which stand for several rows of data. */
  readonly rolled: boolean;
  readonly read: AggregateReader;
  /** Length of time the rows of a group cover. */
  readonly seconds: SqlExpression;
}

/** The aggregate of one calculation; percentiles only of rows that all weigh 1. */
export function aggregateSql(item: PlanCalculation, context: AggregateContext): SqlExpression {
  const filter = filterSql(item, context);
  switch (item.op) {
    case 'count':
      return eventsSql(context, filter);
    case 'rate':
      return binary('/', cast(eventsSql(context, filter), 'DOUBLE'), context.seconds);
    case 'error_rate': {
      const isBad = column(aliases.bad);
      const bad = eventsSql(context, filter === null ? isBad : all([filter, isBad]));
      const events = call('nullif', eventsSql(context, filter), literal(0));
      return binary('/', cast(bad, 'DOUBLE'), events);
    }
    case 'concurrency': {
      const micros = binary('*', cast(context.seconds, 'DOUBLE'), literal(1_000_000));
      return binary('/', cast(sumSql(item, context), 'DOUBLE'), micros);
    }
    case 'sum':
      return sumSql(item, context);
    case 'avg': {
      const value = inputSql(item, context.calculations);
      const events = eventsSql(context, isNotNull(value));
      return binary('/', cast(sumSql(item, context), 'DOUBLE'), events);
    }
    case 'min':
    case 'max':
      return context.read(call(item.op, inputSql(item, context.calculations)), item.op);
    case 'distinct':
      return aggregate('count', [inputSql(item, context.calculations)], { distinct: true });
    case 'percentile':
      assert(!context.weighted, 'a weighted percentile is not one aggregate');
      return percentileSql(item, context.calculations);
    case 'rate_sum':
    case 'rate_avg':
    case 'rate_max':
    case 'formula':
      throw new AssertionFailure(`${item.op} is not one aggregate`);
    default:
      return unreachable(item.op);
  }
}

/** The input column of a calculation in the rows. */
export function inputSql(
  item: PlanCalculation,
  calculations: readonly PlanCalculation[],
): SqlExpression {
  const input = inputOf(item);
  assert(input !== null, 'a calculation has no input');
  const keys = inputsOf(calculations).map(keyOf);
  const index = keys.indexOf(keyOf(input));
  assert(index >= 0, 'an input is not among those of the rows');
  return column(aliases.input(index));
}

/** The condition of a calculation that only counts; others have it in their input. */
export function filterSql(
  { use, filter }: PlanCalculation,
  context: AggregateContext,
): SqlExpression | null {
  if (use !== null || filter === null) return null;
  const texts = filtersOf(context.calculations).map(({ text }) => text);
  return column(aliases.filter(texts.indexOf(filter.text)));
}

/** Events a group stands for, of those rows where the filter holds. */
function eventsSql(context: AggregateContext, filter: SqlExpression | null): SqlExpression {
  return context.weighted ? totalSql(aliases.weight, context, filter) : countSql(context, filter);
}

/** Rows of data, whatever they stand for. */
export function countSql(
  context: Pick<AggregateContext, 'rolled' | 'read'>,
  filter: SqlExpression | null = null,
): SqlExpression {
  if (context.rolled) return totalSql(aliases.stored, context, filter);
  return context.read(aggregate('count', [star], { filter }), 'count');
}

function totalSql(
  name: string,
  { read }: Pick<AggregateContext, 'read'>,
  filter: SqlExpression | null,
): SqlExpression {
  return call('coalesce', read(aggregate('sum', [column(name)], { filter }), 'sum'), literal(0));
}

function sumSql(item: PlanCalculation, context: AggregateContext): SqlExpression {
  const value = inputSql(item, context.calculations);
  if (context.rolled) return cellSumSql(item, context.read(aggregate('sum', [value]), 'sum'));
  const weight = column(aliases.weight);
  const stoodFor = (one: SqlExpression) => (context.weighted ? binary('*', one, weight) : one);
  if (item.use?.as !== 'number' || item.op === 'concurrency') {
    const whole = context.weighted ? cast(value, 'HUGEINT') : value;
    return context.read(aggregate('sum', [stoodFor(whole)]), 'sum');
  }
  const size = call('abs', value);
  const sum = cast(context.read(aggregate('sum', [stoodFor(scaledSql(value))]), 'sum'), 'DOUBLE');
  const filter = binary('>=', size, literal(largeDecimal));
  const list = context.read(aggregate('list', [stoodFor(value)], { filter }), 'lists');
  const large = call('list_sort', list);
  const parts = [binary('/', sum, literal(sumScale)), call('list_sum', large)];
  return call('list_sum', call('list_value', ...parts));
}

/** As the sum of rows, of sums that are whole numbers already. */
function cellSumSql({ use }: PlanCalculation, sum: SqlExpression): SqlExpression {
  if (use?.as !== 'number') return sum;
  const parts = [
    binary('/', cast(sum, 'DOUBLE'), literal(sumScale)),
    cast(literal(null), 'DOUBLE'),
  ];
  return call('list_sum', call('list_value', ...parts));
}

/** Percentiles of one input are asked for together: the engine sorts once. */
function percentileSql(
  item: PlanCalculation,
  calculations: readonly PlanCalculation[],
): SqlExpression {
  const value = inputSql(item, calculations);
  const wanted = sameInput(item);
  const quantiles = calculations.flatMap((other) =>
    other.quantile !== null && sameInput(other) === wanted ? [other.quantile] : [],
  );
  const [only] = quantiles;
  if (quantiles.length === 1 && only !== undefined) {
    return aggregate('quantile_cont', [value, literal(only)]);
  }
  const list = call('list_value', ...quantiles.map(literal));
  const key = literal(quantiles.indexOf(item.quantile ?? Number.NaN) + 1);
  return { kind: 'element', operand: aggregate('quantile_cont', [value, list]), key };
}

/** The same text for calculations that take the same from each row. */
export function sameInput(item: PlanCalculation): string {
  const input = inputOf(item);
  return input === null ? '' : keyOf(input);
}
