/** The question of a comparison: one window, what it is compared with, and in what order. */
import { present } from '../base/assert.js';
import type { TimeRange } from '../time/range.js';
import { rangeBack, type Shift, shiftBetween } from '../time/shift.js';
import type { ComparedCalculation } from './compare.js';
import type { CompareHaving, CompareOrder, CompareTerm } from './compare-order.js';
import type { BaselineSpec, ComparedTerm, CompareTerms } from './compare-text.js';
import type { Engine, QuerySource } from './ports.js';
import type { ResultColumn } from './result.js';
import { type Calculation, type HavingValue, maxLimit, type QuerySpec } from './spec.js';

/** A window of a baseline, and how far back it lies. */
export interface ShiftedWindow {
  readonly range: TimeRange;
  readonly shift: Shift;
}

export interface BaselineWindows {
  readonly name: string;
  readonly isBand: boolean;
  readonly windows: readonly ShiftedWindow[];
}

export interface CompareQuestion extends CompareTerms {
  readonly window: TimeRange;
  readonly baselines: readonly BaselineWindows[];
  /** Whose clock days and weeks go by. */
  readonly zone: string;
}

/** The windows of a baseline for the window now. */
export function windowsOf(asked: BaselineSpec, now: TimeRange, zone: string): BaselineWindows {
  const windows = asked.shifts.map((shift) => ({ range: rangeBack(now, shift, zone), shift }));
  return { name: asked.name, isBand: asked.isBand, windows };
}

/** A baseline of any one window. */
export function windowAsBaseline(
  name: string,
  range: TimeRange,
  { now, zone }: { readonly now: TimeRange; readonly zone: string },
): BaselineWindows {
  const shift = shiftBetween(now.start, range.start, zone);
  return { name, isBand: false, windows: [{ range, shift }] };
}

/** Calculations that are only ordered or kept by. */
function trailingOf({ spec, orders, having }: CompareTerms): readonly Calculation[] {
  const asked = [
    ...spec.calculations,
    ...orders.flatMap(({ term }) => (term.kind === 'breakdown' ? [] : (term.calculation ?? []))),
    ...having.flatMap((one) =>
      'difference' in one ? (one.difference.calculation ?? []) : one.calculation,
    ),
  ].filter((one) => one.op !== 'formula');
  const first = new Map(asked.toReversed().map((one) => [one.label, one]));
  return asked.filter((one) => first.get(one.label) === one).slice(spec.calculations.length);
}

/** How many values of a group are shown. */
export function shownCount({ calculations, formulas }: QuerySpec): number {
  return calculations.length + formulas.length;
}

interface Names {
  readonly spec: QuerySpec;
  readonly baselines: readonly BaselineWindows[];
  readonly columns: readonly ResultColumn[];
}

/** The orders as indexes into groups. */
export function ordersOf(
  question: CompareQuestion,
  calculations: readonly ComparedCalculation[],
): readonly CompareOrder[] {
  const names = namesOf(question, calculations);
  return question.orders.map(({ term, descending }) => ({
    term: termOf(term, names),
    descending,
  }));
}

/** The conditions as indexes into groups, their values in the unit of what they are about. */
export function conditionsOf(
  question: CompareQuestion,
  calculations: readonly ComparedCalculation[],
): readonly CompareHaving[] {
  const names = namesOf(question, calculations);
  return question.having.map((one) => {
    const asked: ComparedTerm =
      'difference' in one ? one.difference : { kind: 'calculation', calculation: one.calculation };
    const term = termOf(asked, names);
    const unit = term.kind === 'ratio' ? null : (names.columns[term.index]?.unit ?? null);
    return { term, op: one.op, value: valueIn(one.value, unit) };
  });
}

function namesOf(
  { spec, baselines }: CompareQuestion,
  calculations: readonly ComparedCalculation[],
): Names {
  return { spec, baselines, columns: calculations.map(({ column }) => column) };
}

function termOf(term: ComparedTerm, { spec, baselines, columns }: Names): CompareTerm {
  const indexOf = (label: string): number => columns.findIndex(({ name }) => name === label);
  switch (term.kind) {
    case 'breakdown': {
      const index = spec.breakdowns.findIndex(({ label }) => label === term.label);
      return { kind: 'key', index };
    }
    case 'calculation':
      return { kind: 'value', index: indexOf(term.calculation.label) };
    default: {
      const { kind, calculation, baseline } = term;
      const place = baselines.findIndex(({ name }) => name === baseline);
      const label = calculation?.label ?? present(columns[0], 'a calculation').name;
      return { kind, index: indexOf(label), baseline: Math.max(0, place) };
    }
  }
}

const microsPer: Readonly<Record<string, number>> = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 };

/** A duration in the unit of the column; where that has none, as microseconds. */
function valueIn(value: HavingValue, unit: ResultColumn['unit']): number {
  if (value.kind === 'number') return value.value;
  if (value.kind === 'time') return value.micros;
  return value.micros / (unit === null ? 1 : (microsPer[unit] ?? 1));
}

/** What every step of one comparison needs. */
export interface CompareRun {
  readonly source: QuerySource;
  readonly question: CompareQuestion;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** All groups of one window: which are shown is known only when all windows are. */
export function windowSpec(question: CompareQuestion, window: TimeRange): QuerySpec {
  return {
    ...question.spec,
    trailing: trailingOf(question),
    window,
    every: null,
    having: [],
    orders: [],
    limit: maxLimit,
    other: false,
  };
}

/** Names mean the same in all windows. */
export function hull({ window, baselines }: CompareQuestion): TimeRange {
  const ranges = [window, ...baselines.flatMap(({ windows }) => windows.map(({ range }) => range))];
  return {
    start: Math.min(...ranges.map(({ start }) => start)),
    end: Math.max(...ranges.map(({ end }) => end)),
  };
}

/** Windows in one list, as the baselines have them. */
export function baselinesOf<T>(
  { baselines }: CompareQuestion,
  windows: readonly T[],
): readonly { readonly name: string; readonly isBand: boolean; readonly windows: readonly T[] }[] {
  let next = 1;
  return baselines.map(({ name, isBand, windows: own }) => {
    const start = next;
    next += own.length;
    return { name, isBand, windows: windows.slice(start, next) };
  });
}
