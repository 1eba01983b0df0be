/**
 * Wide counts: one pass that counts many conditions by keys and time. For searches that look at
 * everything; a question of a person is a `QuerySpec`. Names, filters and pruning are the same.
 */
import { present } from '../base/assert.js';
import {
  aggregate,
  all,
  any,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  parameter,
  select,
  star,
  tryCast,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { rollupNames } from '../store/rollup.js';
import { bucketsOf } from '../time/granularity.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { keySql } from './key.js';
import type { Plan, PlanKey } from './plan.js';
import type { Cell, Engine, QuerySource } from './ports.js';
import { resolve } from './resolve.js';
import { rollUp } from './rolled.js';
import { aliases, bucketSql, keptRows } from './rows-sql.js';
import { type Breakdown, type Filter, querySpec, type Term } from './spec.js';
import { conditionSql, valueSql } from './value-sql.js';

/**
 * What is counted of a group. `rows` are raw, `events` are what rows stand for; both of those that
 * match. `limit`: those whose value is above the limit of their keys.
 */
export type Measure =
  | { readonly kind: 'rows' | 'events'; readonly where: Filter | null }
  | { readonly kind: 'limit'; readonly where: Filter | null }
  | { readonly kind: 'first' | 'last'; readonly where: Filter | null }
  /** Minutes of the bucket that hold an event, as a text of zeros and ones. */
  | { readonly kind: 'minutes' }
  /** The median of a second time of the events, as micros behind the first. */
  | { readonly kind: 'lag'; readonly of: Term }
  | { readonly kind: 'quantile'; readonly of: Term; readonly at: number; readonly where: Filter };

/** A limit of a numeric column for each value of two keys. */
export interface Limits {
  readonly of: Term;
  readonly keys: readonly Term[];
  readonly rows: readonly { readonly key: readonly Cell[]; readonly limit: number }[];
}

export interface RollupSpec {
  readonly keys: readonly Breakdown[];
  /** Null: no buckets. */
  readonly stepMicros: Micros | null;
  readonly measures: readonly Measure[];
  readonly where: readonly Filter[];
  readonly window: TimeRange;
  /** Only rows that some measure with a condition counts. */
  readonly countedOnly: boolean;
  /** Only groups with at least this many raw rows. */
  readonly fewestRows: number;
  readonly limits: Limits | null;
}

/** A rollup that counts all rows, but for the parts given. */
export function rollupSpec(
  window: TimeRange,
  parts: Partial<Omit<RollupSpec, 'window'>> = {},
): RollupSpec {
  return Object.freeze({
    keys: [],
    stepMicros: null,
    measures: [{ kind: 'rows', where: null }] as const,
    where: [],
    countedOnly: false,
    fewestRows: 0,
    limits: null,
    ...parts,
    window,
  });
}

export interface RollupOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/**
 * **Shape** keys, the start of the bucket in micros where there is a step, measures. In no order:
 * the caller adds up or sorts.
 * **Faults** CC1201, CC1202, CC5002, CC5003, CC5004.
 */
export async function runRollup(
  source: QuerySource,
  spec: RollupSpec,
  { engine, signal }: RollupOptions,
): Promise<readonly (readonly Cell[])[]> {
  const statement = printStatement(compileRollup(spec, source));
  const { rows } = await engine.execute(statement, signal);
  if (spec.stepMicros === null) return rows;
  const at = spec.keys.length;
  const { stepMicros, window } = spec;
  const origin = Math.floor(window.start / stepMicros) * stepMicros;
  return rows.map((row) => {
    const bucket = origin + Number(row[at]) * stepMicros;
    return [...row.slice(0, at), bucket, ...row.slice(at + 1)];
  });
}

/** As SQL. Exported for what prints it. */
export function compileRollup(spec: RollupSpec, source: QuerySource): SqlSelect {
  const { from, weighted, rolled } = rollupRows(spec, source);
  const keys = spec.keys.map((_, index) => aliases.key(index));
  if (spec.stepMicros !== null) keys.push(aliases.bucket);
  const measures = spec.measures.map((measure, index) =>
    as(measureSql(measure, index, { spec, weighted, rolled }), aliases.calculation(index)),
  );
  const having =
    spec.fewestRows > 0 ? binary('>=', rowCount(rolled, null), literal(spec.fewestRows)) : null;
  return select([...keys.map((key) => as(column(key), key)), ...measures], {
    from,
    groupBy: keys.map((key) => column(key)),
    having,
  });
}

/** The rows a rollup counts: keys, bucket, weight, and one column for each condition. */
export interface WideRows {
  readonly from: SqlSource;
  readonly weighted: boolean;
  /** Whether some stand for rows that are alike: they say how many. */
  readonly rolled: boolean;
}

export function rollupRows(spec: RollupSpec, source: QuerySource): WideRows {
  const plan = overSidecars(widePlan(spec, source), spec, source);
  const { weighted, rolled } = plan;
  return { from: rowsOf(spec, source, plan), weighted, rolled: rolled !== null };
}

/** How many rows of data there are. */
export function rowCount(rolled: boolean, filter: SqlExpression | null): SqlExpression {
  if (!rolled) return aggregate('count', [star], { filter });
  const sum = aggregate('sum', [column(aliases.stored)], { filter });
  return cast(call('coalesce', sum, literal(0)), 'BIGINT');
}

interface MeasureContext {
  readonly spec: RollupSpec;
  readonly weighted: boolean;
  readonly rolled: boolean;
}

function measureSql(
  measure: Measure,
  index: number,
  { spec, weighted, rolled }: MeasureContext,
): SqlExpression {
  switch (measure.kind) {
    case 'rows':
    case 'limit':
      return rowCount(rolled, conditionOf(measure, index));
    case 'events': {
      const filter = conditionOf(measure, index);
      if (!weighted) return rowCount(rolled, filter);
      const sum = aggregate('sum', [column(aliases.weight)], { filter });
      return call('coalesce', sum, literal(0));
    }
    case 'first':
    case 'last': {
      const filter = conditionOf(measure, index);
      if (measure.kind === 'first') return aggregate('min', [column('ts')], { filter });
      return aggregate('max', [column(rolled ? rollupNames.last : 'ts')], { filter });
    }
    case 'minutes': {
      const most = Math.ceil((spec.stepMicros ?? 0) / minuteMicros) - 1;
      const bits = aggregate('bitstring_agg', [column('m'), literal(0), literal(most)]);
      return cast(bits, 'VARCHAR');
    }
    case 'lag':
      return aggregate('quantile_disc', [column(aliases.input(index)), literal(0.5)]);
    case 'quantile':
      return aggregate('quantile_cont', [column(aliases.input(index)), literal(measure.at)], {
        filter: column(matchAlias(index)),
      });
  }
}

const minuteMicros = 60_000_000;

function matchAlias(index: number): string {
  return `f${index}`;
}

function conditionOf(measure: Measure, index: number): SqlExpression | null {
  if (measure.kind === 'limit') return column(matchAlias(index));
  return 'where' in measure && measure.where !== null ? column(matchAlias(index)) : null;
}

/** The rows with keys, bucket and one column for each condition. */
function rowsOf(spec: RollupSpec, source: QuerySource, plan: Plan): SqlSource {
  const columns: SqlColumn[] = plan.keys.map((key, index) => as(keySql(key), aliases.key(index)));
  const { stepMicros, window } = spec;
  if (stepMicros !== null) {
    const buckets = bucketsOf(window, stepMicros, 'UTC');
    columns.push(as(bucketSql({ ...buckets, stepMicros, shape: 'cells' }), aliases.bucket));
  }
  if (plan.weighted) {
    columns.push(as(call('coalesce', column('weight'), literal(1)), aliases.weight));
  }
  const kinds = new Set(spec.measures.map(({ kind }) => kind));
  if (kinds.has('first') || kinds.has('last')) columns.push(as(column('ts'), 'ts'));
  if (plan.rolled !== null) {
    columns.push(as(column(rollupNames.rows), aliases.stored));
    columns.push(as(column(rollupNames.last), rollupNames.last));
  }
  if (kinds.has('minutes')) columns.push(as(minuteSql(stepMicros ?? 1), 'm'));
  const limit = spec.limits === null ? null : limitSql(spec.limits, source, spec.window);
  spec.measures.forEach((measure, index) => {
    const condition = measureCondition(measure, source, { window, limit });
    if (condition !== null) columns.push(as(condition, matchAlias(index)));
    if (measure.kind === 'lag') {
      const second = tryCast(valueSqlOf(measure.of, source, window), 'TIMESTAMPTZ');
      const later = call('epoch_us', second);
      const lag = binary('-', later, call('epoch_us', column('ts')));
      columns.push(as(lag, aliases.input(index)));
    }
    if (measure.kind === 'quantile') {
      columns.push(as(valueSqlOf(measure.of, source, window), aliases.input(index)));
    }
  });
  // Events without any column of their own are counted all the same.
  if (columns.length === 0) columns.push(as(literal(1), 'one'));
  const kept = keptRows(plan, 'matched');
  const joined = limit === null ? kept.from : withLimits(present(kept.from, 'rows'), limit);
  const inner = select(columns, { ...kept, from: joined });
  const subquery: SqlSource = { kind: 'subquery', select: inner, alias: 'rows' };
  if (!spec.countedOnly) return subquery;
  const conditions = spec.measures.flatMap((measure, index) => conditionOf(measure, index) ?? []);
  const counted = select([{ star: true }], { from: subquery, where: any(conditions) });
  return { kind: 'subquery', select: counted, alias: 'counted' };
}

function minuteSql(stepMicros: Micros): SqlExpression {
  const inStep = binary('%', call('epoch_us', column('ts')), literal(stepMicros));
  return cast(binary('//', inStep, literal(minuteMicros)), 'INTEGER');
}

interface LimitJoin {
  readonly above: SqlExpression;
  readonly table: SqlSource;
  readonly on: SqlExpression;
}

function measureCondition(
  measure: Measure,
  source: QuerySource,
  { window, limit }: { readonly window: TimeRange; readonly limit: LimitJoin | null },
): SqlExpression | null {
  const where = 'where' in measure ? measure.where : null;
  const own = where === null ? null : conditionSql(conditionFor(where, source, window));
  if (measure.kind !== 'limit') return own;
  const above = limit === null ? literal(false) : limit.above;
  return own === null ? above : all([own, above]);
}

function conditionFor(where: Filter, source: QuerySource, window: TimeRange) {
  const { where: conditions } = resolve(querySpec({ where: [where], window }), source);
  return present(conditions[0], 'a condition');
}

function valueSqlOf(of: Term, source: QuerySource, window: TimeRange): SqlExpression {
  const spec = querySpec({ calculations: [asked(of)], window });
  const use = present(resolve(spec, source).calculations[0]?.use, 'a value');
  return valueSql(use);
}

function asked(of: Term) {
  return { op: 'max', column: of, percentile: null, filter: null, label: 'value' } as const;
}

/** The table of limits by keys, and whether a row is above its own. */
function limitSql(limits: Limits, source: QuerySource, window: TimeRange): LimitJoin {
  const keys = limits.keys.map((term) => keyOf(term, source, window));
  const columns = keys.map((_, index) => {
    const values = limits.rows.map(({ key }) => textOf(key[index] ?? null));
    return as(call('unnest', call('list_value', ...values)), `l${index}`);
  });
  const numbers = limits.rows.map(({ limit }) => parameter({ type: 'number', value: limit }));
  const all_ = select([...columns, as(call('unnest', call('list_value', ...numbers)), 'above')]);
  const value = valueSqlOf(limits.of, source, window);
  return {
    above: all([isNotNull(value), binary('>', value, column('above', 'limits'))]),
    table: { kind: 'subquery', select: all_, alias: 'limits' },
    on: all(
      keys.map((key, index) =>
        binary('is not distinct from', cast(keySql(key), 'VARCHAR'), column(`l${index}`, 'limits')),
      ),
    ),
  };
}

function textOf(cell: Cell): SqlExpression {
  return parameter({ type: 'string', value: cell === null ? null : String(cell) });
}

function keyOf(term: Term, source: QuerySource, window: TimeRange): PlanKey {
  const spec = querySpec({ breakdowns: [{ term, modifier: null, label: term.name }], window });
  return present(resolve(spec, source).keys[0], 'a key');
}

function withLimits(from: SqlSource, { table, on }: LimitJoin): SqlSource {
  return { kind: 'join', type: 'left', left: from, right: table, on };
}

/** The plan of the keys and filters, which reads whatever the measures need as well. */
function widePlan(spec: RollupSpec, source: QuerySource): Plan {
  const { window, where, keys } = spec;
  const plan = resolve(querySpec({ breakdowns: keys, where, window }), source);
  const filters = filtersOf(spec.measures);
  const terms = [
    ...spec.measures.flatMap((measure) =>
      measure.kind === 'quantile' || measure.kind === 'lag' ? [measure.of] : [],
    ),
    ...(spec.limits === null ? [] : [spec.limits.of, ...spec.limits.keys]),
  ];
  const parts = [
    plan,
    ...filters.map((filter) => resolve(querySpec({ where: [filter], window }), source)),
    ...terms.map((term) => resolve(querySpec({ calculations: [asked(term)], window }), source)),
  ];
  const readsExtra = parts.some((part) => part.readsExtra);
  return { ...plan, columns: columnsRead(parts), readsExtra };
}

/** The plan over the rollups beside the files, where they tell all that is counted. */
function overSidecars(plan: Plan, spec: RollupSpec, source: QuerySource): Plan {
  const { keys, where, window, measures } = spec;
  const isTold = measures.every(({ kind }) => toldKinds.has(kind)) && spec.stepMicros === null;
  if (source.rollups == null || !isTold) return plan;
  const conditions = filtersOf(measures);
  const asked = querySpec({ breakdowns: keys, where: [...where, ...conditions], window });
  const told = rollUp(resolve(asked, source), source).plan;
  if (told.rolled === null) return plan;
  return { ...plan, rolled: told.rolled, columns: columnsRead([plan, told]) };
}

const toldKinds: ReadonlySet<Measure['kind']> = new Set(['rows', 'events', 'first', 'last']);

/** The filters of measures. */
function filtersOf(measures: readonly Measure[]): readonly Filter[] {
  return measures.flatMap((measure) =>
    'where' in measure && measure.where !== null ? [measure.where] : [],
  );
}

/** What several plans read, each column once. */
function columnsRead(plans: readonly Plan[]): Plan['columns'] {
  const columns = new Map(
    plans.flatMap((plan) => plan.columns.map((one) => [one.name, one] as const)),
  );
  return [...columns.values()];
}
