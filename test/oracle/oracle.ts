/**
 * The judge: a plan run row by row over plain rows, without SQL, without pruning, with every row of
 * weight w written out w times where that matters.
 */
import { unreachable } from '../../src/base/assert.js';
import type { Plan, PlanCalculation } from '../../src/query/plan.js';
import type { Note } from '../../src/query/result.js';
import { textsAsNumbers, unreadNotes } from '../../src/query/unread.js';
import type { PlainRow, PlainValue } from './rows.js';
import { compared, holds, keyOf, orderOf, readField, shownKeyOf } from './values.js';

export interface Verdict {
  readonly rows: readonly (readonly PlainValue[])[];
  readonly other: readonly PlainValue[] | null;
  readonly total: readonly PlainValue[] | null;
  readonly groupCount: number;
  readonly matched: number;
  readonly series: readonly (readonly (number | null)[])[] | null;
}

interface Group {
  readonly keys: readonly PlainValue[];
  readonly rows: readonly PlainRow[];
  readonly values: readonly PlainValue[];
}

/** The notes on text that a plan reads as numbers. */
export function judgeUnread(plan: Plan, all: readonly PlainRow[]): readonly Note[] {
  const { window } = plan;
  const kept = all.filter(({ ts }) => !plan.windowed || (ts >= window.start && ts < window.end));
  const matched = kept.filter((row) => plan.where.every((one) => holds(one, row) === true));
  return textsAsNumbers(plan).flatMap((item) => {
    const filled = (item.over === 'window' ? kept : matched).filter(
      (row) => (readField({ field: item.use.field, as: 'string' }, row) ?? '') !== '',
    );
    const unread = filled.filter((row) => readField(item.use, row) === null);
    return unreadNotes([item], [filled.length, unread.length]);
  });
}

/** What the answer to a plan must be. */
export function judge(plan: Plan, all: readonly PlainRow[]): Verdict {
  const { window, keys } = plan;
  const kept = all.filter(({ ts }) => !plan.windowed || (ts >= window.start && ts < window.end));
  const matched = kept.filter((row) => plan.where.every((one) => holds(one, row) === true));
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
    ...visible(plan.calculations.map((item) => calculate(plan, item, rows, seconds))),
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
  };
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
    values: plan.calculations.map((item) => calculate(plan, item, group.rows, seconds)),
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
): PlainValue {
  const events = rows.reduce((sum, { weight }) => sum + weight, 0);
  const { use } = item;
  const filled = rows.flatMap((row) => {
    const value = use === null ? null : readField(use, row);
    return value === null ? [] : [{ value, weight: row.weight }];
  });
  switch (item.op) {
    case 'count':
      return events;
    case 'rate':
      return seconds === 0 ? null : events / seconds;
    case 'error_rate': {
      const bad = rows.filter((row) => plan.bad && holds(plan.bad.condition, row) === true);
      return events === 0 ? null : bad.reduce((sum, { weight }) => sum + weight, 0) / events;
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
    default:
      return unreachable(item.op);
  }
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

type Bucketed = (group: Group, bucket: number) => readonly PlainValue[];

function bucketed(plan: Plan, kept: readonly PlainRow[]): Bucketed {
  const { window, buckets } = plan;
  if (buckets === null) return () => [];
  const { stepMicros } = buckets;
  const origin = originOf(plan);
  const bucketOf = ({ ts }: PlainRow) => Math.floor((ts - origin) / stepMicros);
  const covered = new Set(kept.map(bucketOf));
  const items = plan.calculations.filter(({ hidden }) => !hidden);
  return (group, bucket) => {
    if (!covered.has(bucket)) return items.map(() => null);
    const start = Math.max(origin + bucket * stepMicros, window.start);
    const end = Math.min(origin + (bucket + 1) * stepMicros, window.end);
    const rows = group.rows.filter((row) => bucketOf(row) === bucket);
    return items.map((item) => {
      const value = calculate(plan, item, rows, (end - start) / 1e6);
      return value === null && ['sum', 'count', 'rate', 'distinct'].includes(item.op) ? 0 : value;
    });
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
