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

/** One combination of conditions, one a column; null: none of those looked at. */
export interface ContrastLeaf {
  readonly items: readonly (ContrastItem | null)[];
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
const leastEvents = 5;
/** Less of the selected events than this is not worth a line. */
const leastShare = 0.01;
/** False discoveries among the causes, at most; strict, since ranges and sets were already chosen
 * as the best of many. */
const falseRate = 0.001;
const mostItems = 3;

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
  return candidates
    .map((cause, index) => ({ ...cause, significant: passed[index] ?? false }))
    .map((cause) => ({ cause, text: groupKey(cause.items) }))
    .sort(
      (a, b) =>
        b.cause.score - a.cause.score ||
        a.cause.items.length - b.cause.items.length ||
        (a.text < b.text ? -1 : 1),
    )
    .map(({ cause }) => Object.freeze(cause));
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

/** All combinations of two and three conditions that the leaves hold. */
export function conjunctions(leaves: readonly ContrastLeaf[]): readonly ContrastGroup[] {
  const groups = new Map<string, { items: readonly ContrastItem[]; counts: ContrastCounts }>();
  for (const { items, counts } of leaves) {
    if (counts.selectedRows === 0 && counts.window === 0 && counts.before === 0) continue;
    const held = items.flatMap((item) => (item === null ? [] : [{ item, key: itemKey(item) }]));
    for (const chosen of choices(held, mostItems)) {
      if (chosen.length < 2) continue;
      const key = chosen.map((one) => one.key).join(' and ');
      const known = groups.get(key);
      if (known !== undefined) known.counts = addCounts(known.counts, counts);
      else groups.set(key, { items: chosen.map(({ item }) => item), counts });
    }
  }
  return [...groups.values()];
}

function* choices<T>(list: readonly T[], most: number): Generator<readonly T[]> {
  for (const [index, first] of list.entries()) {
    yield [first];
    if (most === 1) continue;
    for (const rest of choices(list.slice(index + 1), most - 1)) yield [first, ...rest];
  }
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
