/**
 * What the groups of a plan are calculated from: the rows of its files, or cells that were kept of
 * them. Groups, OTHER, TOTAL and buckets of one question then cost one look at the files: what adds
 * up is added up to cells once, by group and bucket, and everything else is made of the cells.
 */
import { present } from '../base/assert.js';
import { aggregate, as, call, column, isNotNull, literal, select } from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import {
  type AggregateContext,
  type AggregateReader,
  aggregateSql,
  countSql,
  fromRows,
  type Merge,
} from './calculation-sql.js';
import { foldedSource, isFolded } from './folded.js';
import { eventsSql, isWorthKeeping, valueColumn, valueName } from './heatmap-sql.js';
import { sumColumns } from './interval-sql.js';
import { hasTime, type Plan, type PlanCalculation, type PlanHeatmap } from './plan.js';
import { aliases, type RowParts, rowsSource } from './rows-sql.js';
import { innerOf } from './stepped.js';

export interface Basis {
  /** What is asked of the rows; cells hold what the plan needs whatever is asked. */
  readonly rows: (parts: RowParts) => SqlSource;
  /** Whether one of these rows may stand for several of the files. */
  readonly rolled: boolean;
  readonly read: AggregateReader;
  /** The aggregates of one cell; null where rows are no cells. */
  readonly readCell: AggregateReader | null;
  /**
   * How often each value of the heatmap occurs, where cells tell values apart, so that a group has
   * several in a bucket; else null.
   */
  readonly values: SqlSource | null;
}

/** The rows of the files, read anew by each statement. */
export function fromFiles(plan: Plan): Basis {
  const folded = isFolded(plan);
  return {
    rows: (parts) => (folded ? foldedSource(plan, parts) : rowsSource(plan, parts)),
    rolled: folded || plan.rolled !== null,
    read: fromRows,
    readCell: null,
    values: null,
  };
}

/** Cells that are worth keeping, and what calculates from them once they are a table. */
export interface Cells {
  readonly query: SqlSelect;
  readonly basis: (table: string) => Basis;
}

/** Null where one statement does, or where some calculation does not add up. */
export function cellsOf(plan: Plan): Cells | null {
  const { buckets, steps, keys, calculations } = plan;
  const isAskedOnce = buckets === null && !plan.total && !plan.other;
  if (isAskedOnce || plan.files.paths.length === 0 || !calculations.every(addsUp)) return null;
  const heatmap = heatmapOf(plan);
  const events = heatmap === null ? [] : [eventsSql(plan)];
  const files = fromFiles(plan);
  const kept = keptAggregates(plan, files, events);
  const names = [
    ...keys.map((_, index) => aliases.key(index)),
    ...(buckets === null ? [] : [aliases.bucket]),
    ...(steps === null ? [] : [aliases.step]),
    ...(heatmap === null ? [] : [valueName]),
  ];
  const groupBy = names.map((name) => column(name));
  const query = select([...names.map((name) => as(column(name), name)), ...kept.values()], {
    from:
      heatmap === null
        ? files.rows({ keys: true, buckets, calculations })
        : rowsSource(plan, { keys: true, buckets, calculations }, [valueColumn(plan, heatmap)]),
    groupBy,
  });
  const cellOf = (whole: SqlExpression) => column(present(kept.get(nameOf(whole)), 'a sum').alias);
  const rows = (table: string, columns: SqlSelect['columns']): SqlSource => {
    const from: SqlSource = { kind: 'table', name: table };
    return { kind: 'subquery', select: select(columns, { from }), alias: 'rows' };
  };
  const valued = [
    ...[valueName, ...(buckets === null ? [] : [aliases.bucket])].map((name) =>
      as(column(name), name),
    ),
    ...events.map((whole) => as(cellOf(whole), aliases.weight)),
  ];
  const basis = (table: string): Basis => ({
    rows: () => rows(table, [{ star: true }]),
    rolled: files.rolled,
    read: (whole, merge) => merged(cellOf(whole), merge),
    readCell: cellOf,
    values: heatmap === null ? null : rows(table, valued),
  });
  return { query, basis };
}

/** The heatmap whose values cells can tell apart, so that the files are read once for all. */
function heatmapOf(plan: Plan): PlanHeatmap | null {
  const [only = null, ...others] = plan.heatmaps;
  const isAlone = others.length === 0 && plan.keys.length === 0 && plan.rolled === null;
  return only !== null && isAlone && isWorthKeeping(plan, only) ? only : null;
}

/** Whether the calculation of a group can be made of those of its parts. */
function addsUp({ op }: PlanCalculation): boolean {
  return op !== 'percentile' && op !== 'distinct';
}

/** All aggregates that any statement of the plan asks of its rows, each once, by their text. */
function keptAggregates(
  plan: Plan,
  { rolled }: Basis,
  others: readonly SqlExpression[],
): ReadonlyMap<string, SqlColumn> {
  const { calculations, weighted } = plan;
  const kept = new Map<string, SqlColumn>();
  const read = (whole: SqlExpression): SqlExpression => {
    const name = nameOf(whole);
    if (!kept.has(name)) kept.set(name, as(whole, `p${kept.size}`));
    return whole;
  };
  const context: AggregateContext = { calculations, weighted, rolled, seconds: literal(1), read };
  countSql(context);
  for (const item of calculations) {
    if (item.formula === null) aggregateSql(innerOf(item) ?? item, context);
  }
  if (!hasTime(plan)) sumColumns(context);
  for (const whole of others) read(whole);
  return kept;
}

function nameOf(whole: SqlExpression): string {
  return JSON.stringify(whole);
}

/** An aggregate over cells that gives what it would have given over their rows. */
function merged(cell: SqlExpression, merge: Merge): SqlExpression {
  if (merge === 'count') return call('coalesce', aggregate('sum', [cell]), literal(0));
  if (merge !== 'lists') return aggregate(merge, [cell]);
  return call('flatten', aggregate('list', [cell], { filter: isNotNull(cell) }));
}
