/** The sums that intervals are made of, as columns beside the calculations of a group. */
import { aggregate, all, as, binary, call, column, literal } from '../sql/build.js';
import type { SqlColumn, SqlExpression } from '../sql/node.js';
import { type AggregateContext, countSql, filterSql } from './calculation-sql.js';
import { countInterval, rateInterval, type SampleSums, shareInterval } from './interval.js';
import type { Plan, PlanCalculation } from './plan.js';
import type { Cell } from './ports.js';
import type { Interval } from './result.js';
import { aliases } from './rows-sql.js';

const counted = ['rows', 'events', 'variance'] as const;
const shared = [...counted, 'badEvents', 'badVariance'] as const;

/** Shown calculations that a sample only estimates, by their index. */
export function estimated(plan: Pick<Plan, 'weighted' | 'calculations'>): readonly number[] {
  if (!plan.weighted) return [];
  return plan.calculations.flatMap(({ op, hidden }, index) =>
    !hidden && (op === 'count' || op === 'rate' || op === 'error_rate') ? [index] : [],
  );
}

/** The names of the sums of a calculation, in the order of `SampleSums`. */
function namesOf({ calculations }: Pick<Plan, 'calculations'>, index: number): readonly string[] {
  const names = calculations[index]?.op === 'error_rate' ? shared : counted;
  return names.map((name) => `${aliases.calculation(index)} ${name}`);
}

/** The names of all sums of a plan. */
export function sumNames(plan: Pick<Plan, 'weighted' | 'calculations'>): readonly string[] {
  return estimated(plan).flatMap((index) => namesOf(plan, index));
}

/** The sums of all estimated calculations. */
export function sumColumns(context: AggregateContext): readonly SqlColumn[] {
  return estimated(context).flatMap((index) => {
    const item = context.calculations[index];
    const values = item === undefined ? [] : sumsOf(item, context);
    return namesOf(context, index).map((name, place) => as(values[place] ?? literal(0), name));
  });
}

function sumsOf(item: PlanCalculation, context: AggregateContext): readonly SqlExpression[] {
  const filter = filterSql(item, context);
  const weight = column(aliases.weight);
  const surplus = context.rolled
    ? column(aliases.surplus)
    : binary('*', weight, binary('-', weight, literal(1)));
  const total = (value: SqlExpression, only: SqlExpression | null) =>
    call('coalesce', context.read(aggregate('sum', [value], { filter: only }), 'sum'), literal(0));
  const isBad = column(aliases.bad);
  const bad = filter === null ? isBad : all([filter, isBad]);
  const plain = [countSql(context, filter), total(weight, filter), total(surplus, filter)];
  return item.op === 'error_rate' ? [...plain, total(weight, bad), total(surplus, bad)] : plain;
}

/** Of each estimated calculation in one row of an answer. */
export type IntervalReader = (row: readonly Cell[]) => readonly (Interval | null)[];

/** For rows with columns of these names. */
export function intervalReader(plan: Plan, names: readonly string[]): IntervalReader {
  const seconds = (plan.window.end - plan.window.start) / 1_000_000;
  const read = estimated(plan).map((index) => ({
    op: plan.calculations[index]?.op,
    places: namesOf(plan, index).map((name) => names.indexOf(name)),
  }));
  return (row) =>
    read.map(({ op, places }) => {
      const [rows = 0, events = 0, variance = 0, badEvents = 0, badVariance = 0] = places.map(
        (place) => Number(row[place]),
      );
      const sums: SampleSums = { rows, events, variance, badEvents, badVariance };
      if (op === 'error_rate') return shareInterval(sums);
      return op === 'rate' ? rateInterval(sums, seconds) : countInterval(sums);
    });
}
