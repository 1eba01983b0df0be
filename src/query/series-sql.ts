/** Groups over time as SQL: calculations of each bucket, and buckets that hold anything at all. */
import { all, as, binary, call, column, isNotNull, literal, order, select } from '../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import type { BucketRun } from '../time/granularity.js';
import type { Basis } from './basis.js';
import { durationMicros } from './calculation-input.js';
import { aggregateSql, fromRows } from './calculation-sql.js';
import { type Grouping, groupSelect } from './group-sql.js';
import { keySql } from './key.js';
import type { Plan, PlanBuckets, PlanCalculation } from './plan.js';
import {
  aliases,
  bucketSql,
  coverageSelect,
  keptRows,
  leavesOut,
  perRun,
  rowsSource,
  weightColumn,
} from './rows-sql.js';
import { conditionSql, valueSql } from './value-sql.js';

/** The rows of the groups wanted, and the keys that number them; all rows are one group without. */
export interface SeriesGroups {
  readonly keys: readonly string[];
  readonly join: (rows: SqlSource) => SqlSource;
}

/** **Shape** the keys, `t` (the bucket), calculations; by bucket, then by group. */
export function compileSeries(
  plan: Plan,
  buckets: PlanBuckets,
  calculations: readonly PlanCalculation[],
  { groups, basis }: { readonly groups: SeriesGroups; readonly basis: Basis },
): SqlSelect {
  const orderBy = [aliases.bucket, ...groups.keys].map((name) => order(column(name)));
  if (basis.readCell !== null) {
    return { ...cellSeries(plan, buckets, calculations, { groups, basis }), orderBy };
  }
  const keys = plan.keys.length > 0;
  const rows = rowsSource(plan, { keys, buckets, calculations });
  return { ...groupSelect(grouping(plan, buckets, calculations, { groups, rows })), orderBy };
}

/** Of cells kept; where each group wanted is one of the plan, a cell is a row of the answer. */
function cellSeries(
  plan: Plan,
  buckets: PlanBuckets,
  wanted: readonly PlanCalculation[],
  { groups, basis }: { readonly groups: SeriesGroups; readonly basis: Basis },
): SqlSelect {
  const { calculations, weighted } = plan;
  const isWhole = groups.keys.length > 0 || plan.keys.length === 0;
  const isCell = isWhole && basis.values === null;
  const keys = [...groups.keys, aliases.bucket];
  const read = (isCell ? basis.readCell : null) ?? basis.read;
  const seconds = bucketSeconds(plan, buckets);
  const { rolled } = basis;
  const context = { calculations, weighted, rolled, seconds, read };
  const columns = wanted.map((item, index) =>
    as(aggregateSql(item, context), aliases.calculation(index)),
  );
  const from = groups.join(basis.rows({ keys: true, buckets, calculations }));
  const groupBy = isCell ? [] : keys.map((key) => column(key));
  return select([...keys.map((key) => as(column(key), key)), ...columns], { from, groupBy });
}

/**
 * **Shape** the keys, `t`, one concurrency, `n`; in no order. An event is in every bucket that it
 * was going on in, also where none began.
 */
export function compileActive(
  plan: Plan,
  buckets: PlanBuckets,
  item: PlanCalculation,
  groups: SeriesGroups,
): SqlSelect {
  const rows = activeRows(plan, buckets, item);
  return groupSelect(grouping(plan, buckets, [item], { groups, rows }));
}

/** **Shape** `t`: each bucket in which any event is kept; in no order. */
export function compileCoverage(plan: Plan, buckets: PlanBuckets, basis: Basis): SqlSelect {
  if (basis.readCell === null || leavesOut(plan)) return coverageSelect(plan, buckets);
  const from = basis.rows({ keys: false, buckets, calculations: [] });
  return select([as(column(aliases.bucket), aliases.bucket)], { distinct: true, from });
}

function grouping(
  plan: Plan,
  buckets: PlanBuckets,
  calculations: readonly PlanCalculation[],
  { groups, rows }: { readonly groups: SeriesGroups; readonly rows: SqlSource },
): Grouping {
  return {
    rows: groups.join(rows),
    keys: [...groups.keys, aliases.bucket],
    calculations,
    weighted: plan.weighted,
    read: fromRows,
    rolled: plan.rolled !== null,
    seconds: bucketSeconds(plan, buckets),
    intervals: false,
  };
}

const start = column('a');
const end = column('z');

function activeRows(plan: Plan, buckets: PlanBuckets, { use, filter }: PlanCalculation): SqlSource {
  const keyNames = plan.keys.map((_, index) => aliases.key(index));
  const kept = keyNames.map((name) => as(column(name), name));
  const weights = plan.weighted ? [as(column(aliases.weight), aliases.weight)] : [];
  const begins = call('epoch_us', column('ts'));
  const lasts = use === null ? literal(0) : durationMicros(use);
  const ends = call('least', binary('+', begins, lasts), literal(plan.window.end));
  const { from, where } = keptRows(plan, 'matched');
  const events = select(
    [
      ...plan.keys.map((key, index) => as(keySql(key), aliases.key(index))),
      as(begins, 'a'),
      as(ends, 'z'),
      ...(plan.weighted ? [weightColumn()] : []),
    ],
    {
      from,
      where: all([
        ...(where === null ? [] : [where]),
        ...(use === null ? [] : [isNotNull(valueSql(use))]),
        ...(filter === null ? [] : [conditionSql(filter.condition)]),
        binary('>', ends, begins),
      ]),
    },
  );
  const last = bucketSql(buckets, binary('-', end, literal(1)));
  const inside = call('range', bucketSql(buckets, start), binary('+', last, literal(1)));
  const spread = select(
    [...kept, as(start, 'a'), as(end, 'z'), ...weights, as(call('unnest', inside), aliases.bucket)],
    { from: { kind: 'subquery', select: events, alias: 'events' } },
  );
  const edges = bucketEdges(buckets);
  const active = binary('-', call('least', end, edges.end), call('greatest', start, edges.start));
  const rows = select(
    [...kept, as(column(aliases.bucket), aliases.bucket), as(active, aliases.input(0)), ...weights],
    { from: { kind: 'subquery', select: spread, alias: 'spread' } },
  );
  return { kind: 'subquery', select: rows, alias: 'rows' };
}

/** Where the bucket of a row begins and ends. **Units** microseconds. */
function bucketEdges({ runs }: PlanBuckets) {
  const bucket = column(aliases.bucket);
  const by = { value: bucket, from: ({ first }: BucketRun) => first };
  const edge = ({ start: from, first, stepMicros }: BucketRun, behind: number) => {
    const origin = literal(from - (first - behind) * stepMicros);
    return binary('+', origin, binary('*', bucket, literal(stepMicros)));
  };
  return {
    start: perRun(runs, by, (run) => edge(run, 0)),
    end: perRun(runs, by, (run) => edge(run, 1)),
  };
}

/** The part of a bucket that lies in the window. */
function bucketSeconds({ window }: Plan, { runs }: PlanBuckets): SqlExpression {
  const bucket = column(aliases.bucket);
  return perRun(runs, { value: bucket, from: ({ first }) => first }, (run) => {
    const step = literal(run.stepMicros);
    const origin = literal(run.start - run.first * run.stepMicros);
    const from = binary('+', origin, binary('*', bucket, step));
    const to = call('least', binary('+', from, step), literal(window.end));
    const length = binary('-', to, call('greatest', from, literal(window.start)));
    return binary('/', length, literal(1_000_000));
  });
}
