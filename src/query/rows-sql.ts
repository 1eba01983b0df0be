/** The rows a plan calculates with, as one subquery: keys, bucket, inputs, weight, bad. */
import { assert } from '../base/assert.js';
import {
  all,
  as,
  binary,
  call,
  cast,
  column,
  literal,
  parameter,
  select,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { rollupNames } from '../store/rollup.js';
import type { BucketRun } from '../time/granularity.js';
import { filtersOf, inputColumn, inputsOf } from './calculation-input.js';
import { derivedLanes } from './derived.js';
import { eventsSource } from './events-sql.js';
import { keySql } from './key.js';
import { Lets, laneNames } from './lanes.js';
import type { Plan, PlanBuckets, PlanCalculation } from './plan.js';
import { withOtherSpans } from './relation-sql.js';
import type { PlanRollups } from './rolled.js';
import { cellColumns, storedCells, weightOfRow } from './rolled-sql.js';
import { innerOf } from './stepped.js';
import { conditionSql, valueSql } from './value-sql.js';

/** Names of our own in every generated query; no column of data is ever in scope with them. */
export const aliases = {
  key: (index: number) => `k${index}`,
  input: (index: number) => `v${index}`,
  calculation: (index: number) => `c${index}`,
  bucket: 't',
  weight: 'w',
  bad: 'bad',
  filter: (index: number) => `x${index}`,
  step: 's',
  /** Rows of data that a cell stands for, and what their weights are above one. */
  stored: 'r',
  surplus: 'u',
  rows: 'n',
  group: 'i',
} as const;

export interface RowParts {
  readonly keys: boolean;
  readonly buckets: PlanBuckets | null;
  readonly calculations: readonly PlanCalculation[];
}

/** The rows of the window that the filters let through, with some columns `besides`. */
export function rowsSource(
  plan: Plan,
  parts: RowParts,
  besides: readonly SqlColumn[] = [],
): SqlSource {
  const columns: SqlColumn[] = [...besides, ...partColumns(plan, parts)];
  if (plan.weighted) columns.push(plan.wideWeights ? wideWeight : weightColumn());
  if (plan.rolled !== null) {
    columns.push(as(column(rollupNames.rows), aliases.stored));
    if (plan.weighted) columns.push(as(column(rollupNames.surplus), aliases.surplus));
  }
  if (columns.length === 0) columns.push(as(literal(1), 'one'));
  return { kind: 'subquery', select: select(columns, keptRows(plan, 'matched')), alias: 'rows' };
}

/** What is asked of a row but its weight. */
export function partColumns(plan: Plan, { keys, buckets, calculations }: RowParts): SqlColumn[] {
  return [
    ...(keys ? plan.keys.map((key, index) => as(keySql(key), aliases.key(index))) : []),
    ...(buckets === null ? [] : [as(bucketSql(buckets), aliases.bucket)]),
    ...calculationColumns(plan, calculations),
  ];
}

/** Wide enough for products of it. */
const wideWeight = as(cast(weightOfRow, 'HUGEINT'), aliases.weight);

export function weightColumn(): SqlColumn {
  return as(weightOfRow, aliases.weight);
}

/** What calculations need of a row besides its weight. */
function calculationColumns(
  plan: Plan,
  calculations: readonly PlanCalculation[],
): readonly SqlColumn[] {
  const { bad, steps, window } = plan;
  const usesBad = calculations.some(({ op }) => op === 'error_rate');
  const isStepped = calculations.some((item) => innerOf(item) !== null);
  return [
    ...inputsOf(calculations).map((input, index) =>
      as(inputColumn(input, window), aliases.input(index)),
    ),
    ...filtersOf(calculations).map(({ condition }, index) =>
      as(conditionSql(condition), aliases.filter(index)),
    ),
    ...(bad !== null && usesBad ? [as(conditionSql(bad.condition), aliases.bad)] : []),
    ...(steps !== null && isStepped ? [as(bucketSql(steps), aliases.step)] : []),
  ];
}

/**
 * Events of the window: those that the filters let through, or all of them. `virtual` names columns
 * that the engine makes up, such as `positions`.
 */
export function keptRows(
  plan: Plan,
  over: 'matched' | 'window',
  virtual: readonly string[] = [],
): Pick<SqlSelect, 'from' | 'where'> {
  const filters = over === 'matched' ? plan.where.map(conditionSql) : [];
  const { rolled } = plan;
  const paths = over === 'matched' ? plan.files.paths : plan.files.windowPaths;
  const stored =
    rolled === null ? eventsSource(plan, paths, virtual) : cellsSource(plan, rolled, paths);
  const events = withDerived(plan, stored);
  return {
    from: over === 'matched' ? withOtherSpans(plan, events, spansOf(plan)) : events,
    where: filters.length === 0 ? null : all(filters),
  };
}

/** All events of the window, where other spans are looked for. */
function spansOf(plan: Plan): SqlSource {
  return withDerived(plan, eventsSource(plan, plan.files.windowPaths));
}

/** Events with a column for each type of each calculated field. */
function withDerived({ derived }: Plan, events: SqlSource): SqlSource {
  const lets = new Lets();
  for (const one of derived) {
    const lanes = derivedLanes(one, lets);
    for (const lane of laneNames) {
      const value = lanes[lane];
      if (value !== null) lets.define(`${one.alias}:${lane}`, 'sql' in value ? value.sql : value);
    }
  }
  return lets.layers().reduce((from: SqlSource, columns): SqlSource => {
    const layer = select([{ star: true }, ...columns], { from });
    return { kind: 'subquery', select: layer, alias: 'events' };
  }, events);
}

/** What the engine knows of each row: the index of its file, and its number in there. */
export const positions = ['file_index', 'file_row_number'] as const;

/** Whether events of the window are left out. */
export function leavesOut({ where, relations }: Plan): boolean {
  return where.length + relations.length > 0;
}

/** Buckets that hold any event at all, whatever the filters. */
export function coverageSelect(plan: Plan, buckets: PlanBuckets): SqlSelect {
  const columns = [as(bucketSql(buckets), aliases.bucket)];
  return select(columns, { distinct: true, ...keptRows(plan, 'window') });
}

/** A `//` of integers; on doubles it would be an ordinary division in DuckDB. */
export function bucketSql(
  { runs }: PlanBuckets,
  instant = call('epoch_us', column('ts')),
): SqlExpression {
  return perRun(runs, { value: instant, from: ({ start }) => start }, (run) => {
    const passed = binary('//', binary('-', instant, literal(run.start)), literal(run.stepMicros));
    return run.first === 0 ? passed : binary('+', passed, literal(run.first));
  });
}

/** An expression for each run of buckets, chosen by where a value lies. */
export function perRun(
  runs: readonly BucketRun[],
  by: { readonly value: SqlExpression; readonly from: (run: BucketRun) => number },
  make: (run: BucketRun) => SqlExpression,
): SqlExpression {
  const [first, ...later] = runs;
  assert(first !== undefined, 'there are no buckets');
  if (later.length === 0) return make(first);
  const latest = [...later].reverse();
  return when(
    latest.map((run) => [binary('>=', by.value, literal(by.from(run))), make(run)]),
    make(first),
  );
}

/** The window as cells: of rollups where there are some, and rows at the edges. Cells of files that
 * lie in the window are not compared with it, so that their times need not be read. */
function cellsSource(
  plan: Plan,
  { files, inner, measure }: PlanRollups,
  paths: readonly string[],
): SqlSource {
  const rolled = files.filter(({ path }) => paths.includes(path));
  const known = new Set(rolled.map(({ path }) => path));
  const edge = (op: '<' | '>=', instant: number) =>
    binary(op, column('ts'), parameter({ type: 'timestamp', value: instant }));
  const type = measure?.as === 'integer' ? 'integer' : 'number';
  const own = cellColumns(measure && { value: valueSql(measure), type }, plan.weighted);
  const loose = (of: readonly string[], at: readonly SqlExpression[]) => {
    const where = at.length > 0 ? all(at) : null;
    return select([{ star: true }, ...own], { from: eventsSource(plan, of), where });
  };
  const cells = (of: typeof files, where: readonly SqlExpression[]) =>
    of.length === 0
      ? []
      : [
          storedCells(
            of.map(({ rollup }) => rollup),
            measure !== null,
            where,
          ),
        ];
  const selects = [
    loose(
      paths.filter((path) => !known.has(path)),
      [],
    ),
    ...cells(
      rolled.filter(({ cut }) => cut === null),
      [],
    ),
  ];
  if (inner !== null) {
    const at = (side: 'before' | 'behind') =>
      rolled.filter(({ cut }) => cut?.[side]).map(({ path }) => path);
    const [before, behind] = [at('before'), at('behind')];
    if (before.length > 0) selects.push(loose(before, [edge('<', inner.start)]));
    if (behind.length > 0) selects.push(loose(behind, [edge('>=', inner.end)]));
    const inside = [edge('>=', inner.start), edge('<', inner.end)];
    selects.push(
      ...cells(
        rolled.filter(({ cut }) => cut !== null),
        inside,
      ),
    );
  }
  return { kind: 'subquery', select: { kind: 'union', byName: true, selects }, alias: 'events' };
}
