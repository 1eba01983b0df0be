/**
 * From counts of single conditions and of their combinations to a ranked list of what marks the
 * selected events. Pure.
 */
import type { Cell } from '../query/ports.js';
import { type ContrastItem, itemKey } from './contrast-item.js';
import {
  addCounts,
  type ContrastCounts,
  chanceOf,
  discoveries,
  expectedOf,
  noCounts,
  scoreOf,
} from './contrast-score.js';

/** A group of events by one to three conditions on different columns. */
export interface ContrastGroup {
  readonly items: readonly ContrastItem[];
  readonly counts: ContrastCounts;
}

export interface ContrastCause extends ContrastGroup {
  readonly score: number;
  readonly expected: number;
  /** Of so many selected rows by accident, before all causes are taken together. */
  readonly chance: number;
  /** Whether it is no accident, all causes taken together. Rows count, not what they stand for. */
  readonly significant: boolean;
}

/** A group of fewer selected events is not looked at; chosen as detectors do. */
export const leastEvents = 5;
/** Less of the selected events than this is not worth a line. */
export const leastShare = 0.01;
/** False discoveries among the causes, at most; strict, since ranges and sets were already chosen
 * as the best of many. */
const falseRate = 0.001;

/** Fewest selected events of a group worth counting. */
export function leastSelected({ selected }: ContrastCounts): number {
  return Math.max(leastEvents, Math.ceil(selected * leastShare));
}

/** The groups with more than expected, best first; equal ones by fewer conditions, then by text. */
export function rankCauses(
  groups: readonly ContrastGroup[],
  all: ContrastCounts,
): readonly ContrastCause[] {
  const least = leastSelected(all);
  const candidates = groups
    .filter(({ counts }) => counts.selected >= least && !isEverything(counts, all))
    .map((group) => ({
      ...group,
      score: scoreOf(group.counts, all) * (isFitted(group) ? fittedWorth : 1),
      expected: expectedOf(group.counts, all),
      chance: chanceOf(group.counts, all),
    }))
    .filter(({ score }) => score > 0);
  const passed = discoveries(
    candidates.map(({ chance }) => chance),
    { rate: falseRate, tests: groups.length },
  );
  return inOrder(
    candidates.map((cause, index) => ({ ...cause, significant: passed[index] ?? false })),
  );
}

/** Of causes with the same events in the window, the simplest first if it scores nearly as much. */
const nearlyAsMuch = 0.8;

function inOrder(causes: readonly ContrastCause[]): readonly ContrastCause[] {
  const best = new Map<string, number>();
  for (const { counts, score } of causes) {
    best.set(eventsKey(counts), Math.max(score, best.get(eventsKey(counts)) ?? 0));
  }
  return causes
    .map((cause) => {
      const top = best.get(eventsKey(cause.counts)) ?? cause.score;
      const place = cause.score >= nearlyAsMuch * top ? top : cause.score;
      return { cause, place, text: groupKey(cause.items) };
    })
    .sort(
      (a, b) =>
        b.place - a.place ||
        a.cause.items.length - b.cause.items.length ||
        b.cause.score - a.cause.score ||
        (a.text < b.text ? -1 : 1),
    )
    .map(({ cause }) => Object.freeze(cause));
}

/** Groups of the same counts are taken to be the same events. */
function eventsKey({ selected, window, selectedRows, windowRows }: ContrastCounts): string {
  return [selected, window, selectedRows, windowRows].join(' ');
}

/** A set or a range was picked to fit, which a value or a combination was not. */
const fittedWorth = 0.85;

function isFitted({ items }: ContrastGroup): boolean {
  return items.some(({ kind }) => kind === 'set' || kind === 'range');
}

/** What every event has, now and before, marks nothing. */
function isEverything(counts: ContrastCounts, all: ContrastCounts): boolean {
  return counts.window >= all.window && counts.before >= all.before;
}

export function groupKey(items: readonly ContrastItem[]): string {
  return items.map(itemKey).sort().join(' and ');
}

/** Members of a set stand out at least half as far as the set does. */
const memberShare = 0.5;
/** And none of them is there by accident: one sampled row does not join four hosts. */
const memberChance = 0.001;
/** A set must be worth so much more than its best member alone. */
const setGain = 1.3;
/** A set of most of what there is marks nothing. **Source** the detectors' design: 60 %. */
const mostOfAll = 0.6;

/**
 * The best set of values of one column: those that rose most come first, so the best set of each
 * size is a prefix. Null where one value says as much. **Source** linear-time subset scanning,
 * Neill 2012.
 */
export function bestSet(
  groups: readonly ContrastGroup[],
  all: ContrastCounts,
): ContrastGroup | null {
  const values = groups.flatMap(({ items: [item], counts }) =>
    item?.kind === 'value' && chanceOf(counts, all) <= memberChance
      ? [{ item, counts, expected: expectedOf(counts, all), rise: riseOf(counts, all) }]
      : [],
  );
  const ranked = values.sort(
    (a, b) => b.rise - a.rise || (itemKey(a.item) < itemKey(b.item) ? -1 : 1),
  );
  const single = Math.max(0, ...values.map(({ counts }) => scoreOf(counts, all)));
  let best: { score: number; size: number; counts: ContrastCounts } | null = null;
  let counts = noCounts;
  let expected = 0;
  for (const [index, value] of ranked.entries()) {
    counts = addCounts(counts, value.counts);
    expected += value.expected;
    if (value.rise < 1 + memberShare * (ratioOf(counts.selected, expected) - 1)) break;
    if (counts.window > mostOfAll * all.window) break;
    const score = scoreOf(counts, all);
    if (index > 0 && score > (best?.score ?? single * setGain)) {
      best = { score, size: index + 1, counts };
    }
  }
  const [first] = ranked;
  if (best === null || first === undefined) return null;
  const members = ranked.slice(0, best.size).map(({ item }) => item.value);
  const items = [{ kind: 'set' as const, column: first.item.column, values: members.sort(byText) }];
  return { items, counts: best.counts };
}

function riseOf(counts: ContrastCounts, all: ContrastCounts): number {
  return ratioOf(counts.selected, expectedOf(counts, all));
}

function ratioOf(selected: number, expected: number): number {
  return selected / Math.max(expected, Number.EPSILON);
}

function byText(a: Cell, b: Cell): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The best run of neighbouring bins of one number; `counts` has one entry a bin. */
export function bestRange(
  {
    column,
    edges,
    counts,
  }: {
    readonly column: number;
    readonly edges: readonly number[];
    readonly counts: readonly ContrastCounts[];
  },
  all: ContrastCounts,
): ContrastGroup | null {
  let best: { score: number; group: ContrastGroup } | null = null;
  for (let start = 0; start < counts.length; start += 1) {
    let sum = noCounts;
    for (let end = start; end < counts.length; end += 1) {
      sum = addCounts(sum, counts[end] ?? noCounts);
      if (start === 0 && end === counts.length - 1) continue;
      const score = scoreOf(sum, all);
      if (score <= (best?.score ?? 0)) continue;
      const [low, high] = [edges[start - 1] ?? null, edges[end] ?? null];
      best = { score, group: { items: [{ kind: 'range', column, low, high }], counts: sum } };
    }
  }
  return best?.group ?? null;
}
