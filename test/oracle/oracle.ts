/**
 * The judge: a plan run row by row over plain rows, without SQL, without pruning, with every row of
 * weight w written out w times where that matters.
 */
import { unreachable } from '../../src/base/assert.js';
import { longestMicros } from '../../src/query/calculation-input.js';
import { microsPerUnit } from '../../src/query/field.js';
import { binsOf } from '../../src/query/heatmap-bins.js';
import { countInterval, rateInterval, shareInterval } from '../../src/query/interval.js';
import type { Plan, PlanCalculation, PlanHeatmap } from '../../src/query/plan.js';
import type { Note, ResultIntervals, ResultOverTime } from '../../src/query/result.js';
import { textsAsNumbers, unreadNotes } from '../../src/query/unread.js';
import type { TimeRange } from '../../src/time/range.js';
import { instantText, withDerived } from './derived.js';
import { evaluate, textOf } from './formula.js';
import { isRelated, withRelated } from './relations.js';
import type { PlainRow, PlainValue } from './rows.js';
import { compared, holds, keyOf, orderOf, readField, shownKeyOf } from './values.js';

export interface Verdict {
  readonly rows: readonly (readonly PlainValue[])[];
  readonly other: readonly PlainValue[] | null;
  readonly total: readonly PlainValue[] | null;
  readonly groupCount: number;
  readonly matched: number;
  readonly series: readonly (readonly (number | null)[])[] | null;
  readonly overTime: ResultOverTime | null;
  readonly intervals: Omit<ResultIntervals, 'level'> | null;
  readonly heatmaps: readonly (readonly (readonly number[] | null)[])[];
}

interface Group {
  readonly keys: readonly PlainValue[];
  readonly rows: readonly PlainRow[];
  readonly values: readonly PlainValue[];
}

/** The notes on text that a plan reads as numbers. */
export function judgeUnread(plan: Plan, rows: readonly PlainRow[]): readonly Note[] {
  const { kept, matched } = eventsOf(plan, withDerived(plan, rows));
  return textsAsNumbers(plan).flatMap((item) => {
    const filled = (item.over === 'window' ? kept : matched).filter(
      (row) => (readField({ field: item.use.field, as: 'string' }, row) ?? '') !== '',
    );
    const unread = filled.filter((row) => readField(item.use, row) === null);
    return unreadNotes([item], [filled.length, unread.length]);
  });
}

/** What the answer to a plan must be. */
export function judge(plan: Plan, rows: readonly PlainRow[]): Verdict {
  const all = withDerived(plan, rows);
  const { window, keys } = plan;
  const { kept, matched } = eventsOf(plan, all);
  const seconds = (window.end - window.start) / 1e6;
  const groups = groupsOf(plan, matched, seconds).filter((group) => passes(plan, group));
  groups.sort((left, right) => compareGroups(plan, left, right));
  const shown = groups.slice(0, plan.limit);
  const rest = groups.slice(plan.limit).flatMap(({ rows }) => rows);
  const visible = (values: readonly PlainValue[]) =>
    values.filter((_, index) => plan.calculations[index]?.hidden === false);
  const blank = keys.map(() => null);
  const summary = (rows: readonly PlainRow[]) => [
    ...blank,
    ...visible(valuesOf(plan, rows, seconds)),
  ];
  const shownRows = shown.map((group) => [
    ...group.keys.map((value, index) => {
      const key = keys[index];
      return key === undefined ? value : shownKeyOf(key, value);
    }),
    ...visible(group.values),
  ]);
  const long = plan.buckets !== null && plan.buckets.shape !== 'series';
  return {
    rows: long ? longRows(plan, shown, shownRows, kept) : shownRows,
    other: plan.other && rest.length > 0 ? [...(long ? [null] : []), ...summary(rest)] : null,
    total: plan.total ? [...(long ? [null] : []), ...summary(matched)] : null,
    groupCount: groups.length,
    matched: matched.length,
    series: plan.buckets === null || long ? null : seriesOf(plan, shown, kept),
    overTime: long ? overTimeOf(plan, { rest, matched, kept }) : null,
    intervals: long ? null : intervalsOf(plan, { shown, rest, matched }),
    heatmaps: plan.heatmaps.map((heatmap) => heatmapOf(plan, heatmap, { matched, kept })),
  };
}

/** Events of the window, and those of them that the filters let through. */
function eventsOf(plan: Plan, all: readonly PlainRow[]): Events {
  const { window } = plan;
  const kept = all.filter(({ ts }) => !plan.windowed || (ts >= window.start && ts < window.end));
  const matched = kept
    .filter((row) => plan.where.every((one) => holds(one, row) === true))
    .filter((row) => isRelated(plan, row, kept))
    .map((row) => withRelated(plan, row, kept));
  return { kept, matched };
}

interface Events {
  readonly matched: readonly PlainRow[];
  readonly kept: readonly PlainRow[];
}

function overTimeOf(plan: Plan, { rest, matched, kept }: Events & { rest: readonly PlainRow[] }) {
  const blank = [plan.keys.map(() => null)];
  const all = (rows: readonly PlainRow[]) =>
    longRows(plan, [{ keys: [], rows, values: [] }], blank, kept);
  return {
    other: plan.other && rest.length > 0 ? all(rest) : null,
    total: plan.total ? all(matched) : null,
  };
}

interface Groups {
  readonly shown: readonly Group[];
  readonly rest: readonly PlainRow[];
  readonly matched: readonly PlainRow[];
}

function intervalsOf(plan: Plan, { shown, rest, matched }: Groups): Verdict['intervals'] {
  const asked = plan.calculations.filter(
    ({ op, hidden }) => !hidden && ['count', 'rate', 'error_rate'].includes(op),
  );
  if (!plan.weighted || asked.length === 0) return null;
  const seconds = (plan.window.end - plan.window.start) / 1e6;
  const of = (rows: readonly PlainRow[]) => ({
    rows: rows.length,
    values: asked.map(({ op, filter }) => {
      const taking = rows.filter((row) => !filter || holds(filter.condition, row) === true);
      const bad = taking.filter((row) => plan.bad && holds(plan.bad.condition, row) === true);
      const sums = {
        rows: taking.length,
        events: taking.reduce((sum, { weight }) => sum + weight, 0),
        variance: taking.reduce((sum, { weight }) => sum + weight ** 2 - weight, 0),
        badEvents: bad.reduce((sum, { weight }) => sum + weight, 0),
        badVariance: bad.reduce((sum, { weight }) => sum + weight ** 2 - weight, 0),
      };
      if (op === 'error_rate') return shareInterval(sums);
      return op === 'rate' ? rateInterval(sums, seconds) : countInterval(sums);
    }),
  });
  return {
    calculations: asked.map(({ label }) => label),
    rows: shown.map(({ rows }) => of(rows)),
    other: plan.other && rest.length > 0 ? of(rest) : null,
    total: plan.total ? of(matched) : null,
  };
}

/** Counts by looking for the bin of each value in the list of bounds. */
function heatmapOf(plan: Plan, { use, filter }: PlanHeatmap, { matched, kept }: Events) {
  const filled = matched.flatMap((row) => {
    const value = readField(use, row);
    const takesPart = filter === null || holds(filter.condition, row) === true;
    return value === null || !takesPart ? [] : [{ value: Number(value), row }];
  });
  const values = filled.map(({ value }) => value);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const positive = values.filter((value) => value > 0);
  const leastPositive = positive.length === 0 ? null : Math.min(...positive);
  const { bins } =
    values.length === 0 ? { bins: [] } : binsOf({ min, max, leastPositive }, use.as === 'integer');
  const bucketOf = ({ ts }: PlainRow) =>
    plan.buckets === null ? 0 : Math.floor((ts - originOf(plan)) / plan.buckets.stepMicros);
  const covered = new Set(kept.map(bucketOf));
  return Array.from({ length: plan.buckets?.count ?? 1 }, (_, bucket) => {
    if (plan.buckets !== null && !covered.has(bucket)) return null;
    const counts = bins.map(() => 0);
    for (const { value, row } of filled) {
      if (bucketOf(row) !== bucket) continue;
      const bin = bins.findLastIndex((bound) => bound <= value);
      counts[bin] = (counts[bin] ?? 0) + weightOf(plan, row);
    }
    return counts;
  });
}

function weightOf({ usage }: Plan, { weight }: PlainRow): number {
  return usage ? 1 : weight;
}

function groupsOf(plan: Plan, rows: readonly PlainRow[], seconds: number): Group[] {
  const found = new Map<string, { keys: readonly PlainValue[]; rows: PlainRow[] }>();
  if (plan.keys.length === 0) found.set('[]', { keys: [], rows: [] });
  for (const row of rows) {
    const keys = plan.keys.map((key) => keyOf(key, row));
    const name = JSON.stringify(keys.map(String)) + keys.map((key) => typeof key).join();
    const group = found.get(name) ?? { keys, rows: [] };
    group.rows.push(row);
    found.set(name, group);
  }
  return [...found.values()].map((group) => ({
    ...group,
    values: valuesOf(plan, group.rows, seconds),
  }));
}

function passes(plan: Plan, { values }: Group): boolean {
  return plan.having.every(({ calculation, op, value }) => {
    const cell = values[calculation] ?? null;
    return compared(cell, op, value) === true;
  });
}

function compareGroups(plan: Plan, left: Group, right: Group): number {
  for (const { kind, index, descending } of plan.orders) {
    const from = kind === 'key' ? 'keys' : 'values';
    const order = nullsLast(left[from][index] ?? null, right[from][index] ?? null, descending);
    if (order !== 0) return order;
  }
  for (const index of plan.keys.keys()) {
    const order = nullsLast(left.keys[index] ?? null, right.keys[index] ?? null, false);
    if (order !== 0) return order;
  }
  return 0;
}

function nullsLast(left: PlainValue, right: PlainValue, descending: boolean): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  return descending ? orderOf(right, left) : orderOf(left, right);
}

function calculate(
  plan: Plan,
  item: PlanCalculation,
  rows: readonly PlainRow[],
  seconds: number,
  active: TimeRange | null = null,
): PlainValue {
  const { use, filter } = item;
  const taking =
    filter === null ? rows : rows.filter((row) => holds(filter.condition, row) === true);
  const events = taking.reduce((sum, row) => sum + weightOf(plan, row), 0);
  const filled = taking.flatMap((row) => {
    const value = use === null ? null : readField(use, row);
    return value === null ? [] : [{ value, weight: weightOf(plan, row) }];
  });
  switch (item.op) {
    case 'count':
      return events;
    case 'rate':
      return seconds === 0 ? null : events / seconds;
    case 'error_rate': {
      const bad = taking.filter((row) => plan.bad && holds(plan.bad.condition, row) === true);
      return events === 0 ? null : bad.reduce((sum, row) => sum + weightOf(plan, row), 0) / events;
    }
    case 'sum':
      return filled.length === 0 ? null : sumOf(filled);
    case 'avg': {
      const filledEvents = filled.reduce((sum, { weight }) => sum + weight, 0);
      return filled.length === 0 ? null : sumOf(filled) / filledEvents;
    }
    case 'min':
    case 'max': {
      const sorted = filled.map(({ value }) => value).sort(orderOf);
      return sorted.at(item.op === 'min' ? 0 : -1) ?? null;
    }
    case 'distinct':
      return new Set(filled.map(({ value }) => value)).size;
    case 'percentile': {
      const population = filled.flatMap(({ value, weight }) =>
        Array.from({ length: weight }, () => Number(value)),
      );
      return percentileOf(population, item.quantile ?? 0);
    }
    case 'concurrency': {
      const window = active ?? plan.window;
      const micros = taking.flatMap((row) => activeMicros(plan, item, row, window) ?? []);
      if (micros.length === 0 || seconds === 0) return null;
      return micros.reduce((sum, one) => sum + one, 0) / (seconds * 1_000_000);
    }
    case 'rate_sum':
    case 'rate_avg':
    case 'rate_max': {
      const reached = reachedOf(plan, item, rows);
      if (reached.length < 2) return null;
      return difference(reached[0] ?? null, reached.at(-1) ?? null);
    }
    case 'formula':
      throw new Error('a formula is worked out of the other calculations');
    default:
      return unreachable(item.op);
  }
}

/** All calculations of some rows. */
function valuesOf(plan: Plan, rows: readonly PlainRow[], seconds: number): readonly PlainValue[] {
  return withFormulas(plan, (item) => calculate(plan, item, rows, seconds));
}

/** The calculations one after the other; a formula knows those before it. */
function withFormulas(
  { calculations }: Plan,
  own: (item: PlanCalculation) => PlainValue,
): readonly PlainValue[] {
  const values: PlainValue[] = [];
  for (const item of calculations) {
    if (item.formula === null) values.push(own(item));
    else {
      const value = evaluate(item.formula, {
        read: (place) => valueInFormula(calculations[place], values[place] ?? null),
        micros: () => null,
        missing: 'missing',
      });
      values.push(value);
    }
  }
  return values.map((value, index) => {
    const item = calculations[index];
    return item === undefined || item.formula === null ? value : shownValue(item, value);
  });
}

/** Values of several types are shown as text. */
function shownValue({ type }: PlanCalculation, value: PlainValue): PlainValue {
  if (type === 'string') return textOf(value);
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  const [digits = ''] = value.toExponential(12).split('e');
  return /000$/.test(digits) ? Number(value.toPrecision(13)) : value;
}

function valueInFormula(item: PlanCalculation | undefined, value: PlainValue): PlainValue {
  return item?.type === 'timestamp' && value !== null ? instantText(Number(value)) : value;
}

/** How long an event went on inside a range, times its weight; null without a duration. */
function activeMicros(plan: Plan, { use }: PlanCalculation, row: PlainRow, range: TimeRange) {
  const value = use === null ? null : readField(use, row);
  if (value === null || use === null) return null;
  const factor = microsPerUnit[use.field.unit ?? 'us'];
  const micros = Math.round(Math.min(Number(value) * factor, longestMicros));
  const start = Math.max(row.ts, range.start);
  const end = Math.min(row.ts + micros, range.end, plan.window.end);
  return Math.max(0, end - start) * weightOf(plan, row);
}

const inner = { rate_sum: 'sum', rate_avg: 'avg', rate_max: 'max' } as const;

/** What each bucket reached, in order of time; buckets without a value are left out. */
function reachedOf(plan: Plan, item: PlanCalculation, rows: readonly PlainRow[]) {
  const { op } = item;
  if (op !== 'rate_sum' && op !== 'rate_avg' && op !== 'rate_max') return [];
  const run = plan.steps?.runs[0] ?? { start: 0, stepMicros: 1 };
  const cells = new Map<number, PlainRow[]>();
  for (const row of rows) {
    const bucket = Math.floor((row.ts - run.start) / run.stepMicros);
    cells.set(bucket, [...(cells.get(bucket) ?? []), row]);
  }
  return [...cells]
    .sort(([left], [right]) => left - right)
    .flatMap(([, some]) => calculate(plan, { ...item, op: inner[op] }, some, 1) ?? []);
}

function difference(before: PlainValue, now: PlainValue): PlainValue {
  return Number((Number(now) - Number(before)).toPrecision(15));
}

interface Weighed {
  readonly value: PlainValue;
  readonly weight: number;
}

/** In whole numbers of 2^-40, ties to even; from 2^60 on as doubles, smallest first. */
function sumOf(filled: readonly Weighed[]): number {
  const isSmall = ({ value }: Weighed) => Math.abs(Number(value)) < 2 ** 60;
  const sum = filled
    .filter(isSmall)
    .reduce((before, { value, weight }) => before + wholeOf(Number(value)) * BigInt(weight), 0n);
  const large = filled.filter((one) => !isSmall(one)).map((one) => Number(one.value) * one.weight);
  large.sort((left, right) => left - right);
  return Number(sum) / 2 ** 40 + large.reduce((before, value) => before + value, 0);
}

function wholeOf(value: number): bigint {
  const scaled = value * 2 ** 40;
  const low = Math.floor(scaled);
  const way = scaled - low;
  if (way === 0.5) return BigInt(low % 2 === 0 ? low : low + 1);
  return BigInt(way < 0.5 ? low : low + 1);
}

function percentileOf(population: number[], quantile: number): number | null {
  if (population.length === 0) return null;
  population.sort((left, right) => left - right);
  const position = (population.length - 1) * quantile;
  const low = population[Math.floor(position)] ?? 0;
  const high = population[Math.ceil(position)] ?? 0;
  const way = position - Math.floor(position);
  return Number((low * (1 - way) + high * way).toPrecision(15));
}

/** The judge is asked about UTC only, where all buckets are of one run. */
function originOf({ buckets }: Plan): number {
  return buckets?.runs[0]?.start ?? 0;
}

const zeroOps = ['sum', 'count', 'rate', 'distinct', 'concurrency'];

type Bucketed = (group: Group, bucket: number) => readonly PlainValue[];

function bucketed(plan: Plan, kept: readonly PlainRow[]): Bucketed {
  const { window, buckets } = plan;
  if (buckets === null) return () => [];
  const { stepMicros } = buckets;
  const origin = originOf(plan);
  const bucketOf = ({ ts }: PlainRow) => Math.floor((ts - origin) / stepMicros);
  const covered = new Set(kept.map(bucketOf));
  const isShown = (_: PlainValue, index: number) => plan.calculations[index]?.hidden === false;
  return (group, bucket) => {
    const start = Math.max(origin + bucket * stepMicros, window.start);
    const end = Math.min(origin + (bucket + 1) * stepMicros, window.end);
    const rows = group.rows.filter((row) => bucketOf(row) === bucket);
    const upTo = group.rows.filter((row) => bucketOf(row) <= bucket);
    const isGap = !covered.has(bucket);
    const cells = withFormulas(plan, (item) => {
      if (item.op.startsWith('rate_')) {
        const now = reachedOf(plan, item, rows)[0] ?? null;
        const before = reachedOf(plan, item, upTo).at(-2) ?? null;
        return now === null || before === null ? null : difference(before, now);
      }
      const some = item.op === 'concurrency' ? group.rows : rows;
      const value = calculate(plan, item, some, (end - start) / 1e6, { start, end });
      if (isGap) return item.op === 'concurrency' && value !== 0 ? value : null;
      return value === null && zeroOps.includes(item.op) ? 0 : value;
    });
    return cells
      .map((cell, index) => (isGap && plan.calculations[index]?.formula !== null ? null : cell))
      .filter(isShown);
  };
}

function seriesOf(plan: Plan, shown: readonly Group[], kept: readonly PlainRow[]) {
  const cells = bucketed(plan, kept);
  const count = plan.buckets?.count ?? 0;
  return shown.map((group) =>
    Array.from({ length: count }, (_, bucket) => {
      const value = cells(group, bucket)[0] ?? null;
      return typeof value === 'number' ? value : null;
    }),
  );
}

function longRows(
  plan: Plan,
  shown: readonly Group[],
  shownRows: readonly (readonly PlainValue[])[],
  kept: readonly PlainRow[],
) {
  const cells = bucketed(plan, kept);
  const { stepMicros, count } = plan.buckets ?? { stepMicros: 1, count: 0 };
  const origin = originOf(plan);
  const isFilled = (group: Group, bucket: number) =>
    plan.buckets?.shape !== 'cells' ||
    group.rows.some(({ ts }) => Math.floor((ts - origin) / stepMicros) === bucket);
  return Array.from({ length: count }, (_, bucket) => bucket).flatMap((bucket) =>
    shown
      .map((group, index) => ({ group, index }))
      .filter(({ group }) => isFilled(group, bucket))
      .map(({ group, index }) => [
        origin + bucket * stepMicros,
        ...(shownRows[index] ?? []).slice(0, plan.keys.length),
        ...cells(group, bucket),
      ]),
  );
}
