/** From a spec to a plan: names become fields, files are chosen. All faults at once. */
import { AssertionFailure, present } from '../base/assert.js';
import { Fault, throwAll } from '../base/fault.js';
import type { Column } from '../event/column.js';
import {
  bucketCount,
  bucketsOf,
  chooseStep,
  maxBuckets,
  maxSeriesBuckets,
} from '../time/granularity.js';
import type { TimeRange } from '../time/range.js';
import { derivedOf } from './derived.js';
import { type Field, hasExtra } from './field.js';
import { lostIn, notesFor } from './notes.js';
import type { Plan, PlanBuckets, PlanCalculation, PlanHaving, PlanOrder } from './plan.js';
import { fieldsRead } from './plan-uses.js';
import type { QueryFile, QuerySource } from './ports.js';
import { filesFor, haveOneLayout, isInside, isSpanKnown, mayHold, spanOf } from './prune.js';
import { resolveFilter } from './resolve-filter.js';
import { RelationList } from './resolve-relations.js';
import { CalculationList, resolveKey } from './resolve-terms.js';
import type { Note } from './result.js';
import { type Scope, scopeOf, systemSchema, withDerived, withPlaceholders } from './scope.js';
import type { Every, Having, Order, QuerySpec } from './spec.js';
import { mostValues } from './value-bounds.js';

/** Weights below it have products of 62 bits. */
const largeWeight = 2 ** 31;

/** Counting by weight first saves a quarter of a count where there are two weights, and costs a
 * tenth where there are 64. */
const fewWeights = 64;

/**
 * `names`: the time whose names may be used; the window's own unless windows are compared.
 * **Faults** CC1003, CC1201, CC1202, CC1204, CC1231 to CC1240; several as `Faults`.
 */
export function resolve(
  spec: QuerySpec,
  source: QuerySource,
  names: TimeRange | null = null,
): Plan {
  const faults: Fault[] = [];
  const files = filesFor(source.files, spec.window);
  const named = names === null ? files : filesFor(source.files, names);
  const scope = resolveScope(spec, source, { files: named, faults });
  const others = new RelationList(scope, faults);
  const keys = spec.breakdowns.flatMap((asked) => resolveKey(scope, asked, others, faults) ?? []);
  const list = new CalculationList(scope, faults);
  list.addShown(spec);
  const where = spec.where
    .flatMap((asked) => others.split(asked) ?? [])
    .flatMap((asked) => resolveFilter(scope, asked, faults)?.condition ?? []);
  const trace = others.isUsed ? others.trace() : null;
  const bad = spec.bad === null ? null : resolveFilter(scope, spec.bad, faults);
  const having = spec.having.flatMap((asked) => resolveHaving(list, asked, faults) ?? []);
  const orders = spec.orders.flatMap((asked) => resolveOrder(list, spec, asked) ?? []);
  const { calculations, heatmaps } = list;
  const usesBad = calculations.some(({ op }) => op === 'error_rate');
  if (usesBad && spec.bad === null) faults.push(needsBad());
  const window = spec.window ?? spanOf(files);
  const buckets = spec.every && resolveBuckets(spec.every, window, faults);
  throwAll(faults);
  const largest = calculations.findIndex(({ hidden }) => !hidden);
  const plan: Omit<Plan, 'notes' | 'columns' | 'readsExtra' | 'derived' | 'rolled'> = {
    kind: 'plan',
    source: { name: source.name, dataset: source.dataset, version: source.version },
    files: planFiles(source.files, files, { window, where }),
    window,
    windowed: spec.window !== null || (buckets !== null && !isSpanKnown(files)),
    weighted: !spec.usage && files.some(({ maxWeight }) => maxWeight === null || maxWeight > 1),
    wideWeights: files.some(({ maxWeight }) => (maxWeight ?? largeWeight) >= largeWeight),
    fewWeights: files.every(({ maxWeight }) => maxWeight !== null && maxWeight <= fewWeights),
    usage: spec.usage,
    keys,
    calculations,
    heatmaps: heatmaps.map((one) => ({ ...one, mostValues: mostValues(one, files) })),
    where,
    relations: others.relations,
    related: others.related,
    trace,
    bad: usesBad ? bad : null,
    having,
    orders:
      orders.length > 0 ? orders : [{ kind: 'calculation', index: largest, descending: true }],
    limit: spec.limit,
    other: spec.other,
    total: spec.total,
    buckets,
    steps: calculations.some(isStepped) ? (buckets ?? stepsOf(window)) : null,
  };
  const derived = derivedOf(fieldsRead(plan, []), scope.derived);
  const fields = fieldsRead(plan, derived);
  const readsExtra = fields.some(hasExtra);
  const labels = derived.map(({ label }) => label);
  return Object.freeze({
    ...plan,
    derived,
    columns: columnsRead(fields, plan),
    readsExtra,
    rolled: null,
    notes: [
      ...notesFor(plan, lostIn(source.lost ?? [], spec.window)),
      ...hiddenFields(spec, source, labels),
    ],
  });
}

/** What names mean; calculated fields of the question come before those of the dataset. */
function resolveScope(
  spec: QuerySpec,
  source: QuerySource,
  { files, faults }: { readonly files: readonly QueryFile[]; readonly faults: Fault[] },
): Scope {
  const definitions = [...spec.fields, ...(source.fields ?? [])];
  const scope = withDerived(scopeOf(source, files), definitions);
  const found = spec.fields.flatMap(({ name }) => scope.derived.get(name)?.faults ?? []);
  faults.push(...new Set(found));
  return found.length === 0 ? scope : withPlaceholders(scope, spec.fields);
}

/** Fields of the question that hide one of the dataset; nothing else would say so. */
function hiddenFields({ fields }: QuerySpec, source: QuerySource, used: readonly string[]): Note[] {
  const own = (source.fields ?? []).map(({ name }) => name);
  const names = fields.map(({ name }) => name).filter((name) => own.includes(name));
  const text = (name: string) => `${name} is that of --field; the configuration has another`;
  return names
    .filter((name) => used.includes(name))
    .map((name) => ({ level: 'info', code: 'hidden_field', text: text(name) }));
}

function resolveHaving(list: CalculationList, asked: Having, faults: Fault[]): PlanHaving | null {
  const index = list.add(asked.calculation, '--having');
  if (index === null) return null;
  const { label, unit, type } = present(list.calculations[index], 'a calculation');
  const { op, value } = asked;
  if (type === 'timestamp' || value.kind === 'time') {
    if (type === 'timestamp' && value.kind === 'time') {
      return { calculation: index, op, value: value.micros };
    }
    faults.push(otherKind(label, type === 'timestamp'));
    return null;
  }
  if (type === 'string' || type === 'boolean') {
    faults.push(noNumber(label, type));
    return null;
  }
  if (value.kind === 'number') return { calculation: index, op, value: value.value };
  const factor = unit === null ? undefined : microsPer[unit];
  if (factor !== undefined) return { calculation: index, op, value: value.micros / factor };
  const params = { name: label, needed: 'a plain number', advice: 'it has no unit of time' };
  faults.push(new Fault('CC1204', params, { at: { option: '--having' } }));
  return null;
}

function otherKind(name: string, isTime: boolean): Fault {
  const needed = isTime ? 'a time' : 'a number';
  const advice = isTime ? `write ${name} >= 2020-04-16T14:10:00Z` : `${name} is no time`;
  return new Fault('CC1204', { name, needed, advice }, { at: { option: '--having' } });
}

function noNumber(label: string, type: 'string' | 'boolean'): Fault {
  const advice = `${label} is ${type}; a formula gives numbers: IF($a > $b, 1, 0)`;
  const params = { name: label, needed: 'to be a number', advice };
  return new Fault('CC1204', params, { at: { option: '--having' } });
}

const microsPer: Readonly<Record<string, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };

function resolveOrder(list: CalculationList, spec: QuerySpec, asked: Order): PlanOrder | null {
  const { term, descending } = asked;
  if (term.kind === 'calculation') {
    const index = list.add(term.calculation, '--order');
    return index === null ? null : { kind: 'calculation', index, descending };
  }
  const index = spec.breakdowns.findIndex(({ label }) => label === term.label);
  if (index < 0) throw new AssertionFailure(`the order names no breakdown: ${term.label}`);
  return { kind: 'key', index, descending };
}

function resolveBuckets(every: Every, window: TimeRange, faults: Fault[]): PlanBuckets | null {
  const stepMicros = every.stepMicros ?? chooseStep(window);
  const count = bucketCount(window, stepMicros);
  const most = every.shape === 'series' ? maxSeriesBuckets : maxBuckets;
  if (count > most) {
    const problem = `it gives ${count} buckets, more than ${most}`;
    const params = { name: '--every', problem, command: 'query' };
    faults.push(new Fault('CC1003', params, { at: { option: '--every' } }));
    return null;
  }
  const buckets = bucketsOf(window, stepMicros, every.zone ?? 'UTC');
  return { ...buckets, stepMicros, shape: every.shape };
}

/** Whether a calculation goes from bucket to bucket. */
function isStepped({ op }: PlanCalculation): boolean {
  return op === 'rate_sum' || op === 'rate_avg' || op === 'rate_max';
}

function stepsOf(window: TimeRange): PlanBuckets {
  const stepMicros = chooseStep(window);
  return { ...bucketsOf(window, stepMicros, 'UTC'), stepMicros, shape: 'series' };
}

function needsBad(): Fault {
  const advice = 'give --bad EXPR, for example --bad "status >= 500"';
  return new Fault(
    'CC1204',
    { name: 'error_rate', needed: 'to know what counts as bad', advice },
    { at: { option: '--calc' } },
  );
}

function planFiles(
  all: readonly QueryFile[],
  inWindow: readonly QueryFile[],
  { window, where }: Pick<Plan, 'window' | 'where'>,
): Plan['files'] {
  const cut = inWindow.filter((file) => !isInside(file, window));
  const read = inWindow.filter((file) => where.every((condition) => mayHold(condition, file)));
  return {
    total: all.length,
    pruned: all.length - read.length,
    paths: read.map(({ path }) => path),
    oneLayout: haveOneLayout(inWindow),
    windowPaths: inWindow.map(({ path }) => path),
    cutPaths: cut.map(({ path }) => path),
    rows: read.reduce((sum, { rows }) => sum + rows, 0),
  };
}

/** `ts` when it is compared, bucketed or shown; `weight` when some row has one. */
function columnsRead(
  fields: readonly Field[],
  plan: Pick<Plan, 'windowed' | 'weighted' | 'buckets' | 'steps' | 'calculations'>,
): readonly Column[] {
  const read = fields.flatMap(({ sources }) =>
    sources.flatMap((source) => (source.kind === 'column' ? [source.column] : [])),
  );
  const usesDate = fields.some(({ sources }) => sources.some(({ kind }) => kind === 'date'));
  const isTimed = plan.calculations.some(({ op }) => op === 'concurrency') || plan.steps !== null;
  const needed = [
    ...(plan.windowed || plan.buckets !== null || usesDate || isTimed ? ['ts'] : []),
    ...(plan.weighted ? ['weight'] : []),
  ];
  const system = systemSchema.filter(({ name }) => needed.includes(name));
  const byName = new Map([...system, ...read].map((column) => [column.name, column]));
  return [...byName.values()];
}
