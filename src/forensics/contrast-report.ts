/**
 * Which of the ranked causes are worth a line: a group whose events an earlier line explains is
 * left out, one that selects the same events is named beside it, since data cannot tell them apart.
 * Pure.
 */
import type { Contrast } from './contrast.js';
import { type ContrastCause, groupKey } from './contrast-causes.js';
import { type ContrastItem, itemKey } from './contrast-item.js';
import { addTo, type ContrastCounts, chanceOf, expectedOf, noCounts } from './contrast-score.js';

export interface ExplainedCause {
  readonly cause: ContrastCause;
  /** Groups of the same events, under other names. */
  readonly equivalent: readonly ContrastCause[];
}

/** Two groups are the same from this share of common events on. */
const sameShare = 0.95;
/** A further cause must account for so much of the selected events that earlier ones left. */
const leastLeft = 0.05;
/** And so much of it must be its own. */
const leastOwn = 0.3;
/** What is left must be this many times what was to be expected of it. */
const leastRise = 1.5;
/** And no accident, after a few hundred were looked at. */
const leastChance = 0.0001;
const shownSymptoms = 3;
/** Chosen by us: what the selected events have hardly more often than others marks nothing. */
const leastMore = 1.05;
/** Causes looked at for a place in the report. */
const looked = 200;

/** In order of rank, at most `most`. */
export function explainedCauses(contrast: Contrast, most: number): readonly ExplainedCause[] {
  const shown: { cause: ContrastCause; equivalent: ContrastCause[] }[] = [];
  const marks = contrast.causes.filter((cause) => cause.significant && isMark(contrast, cause));
  for (const cause of marks.slice(0, looked)) {
    if (joins(contrast, shown, cause) || shown.length >= most) continue;
    const others = shown.map((entry) => entry.cause);
    if (isNew(contrast, cause, others)) shown.push({ cause, equivalent: [] });
  }
  for (const symptom of toldSymptoms(contrast)) joins(contrast, shown, symptom);
  return shown;
}

/** More of the selected events have it than of the others or of those before. */
function isMark({ all }: Contrast, { counts }: ContrastCause): boolean {
  const own = counts.selected / Math.max(1, all.selected);
  const [others, allOthers] = [counts.window - counts.selected, all.window - all.selected];
  const usual = [
    ...(allOthers > 0 ? [others / allOthers] : []),
    ...(all.before > 0 ? [counts.before / all.before] : []),
  ];
  return usual.length === 0 || usual.some((share) => own > leastMore * share);
}

/** Whether a shown cause has the same events; names it there, once a column. */
function joins(
  contrast: Contrast,
  shown: readonly { readonly cause: ContrastCause; readonly equivalent: ContrastCause[] }[],
  cause: ContrastCause,
): boolean {
  const same = shown.find((entry) => isSame(contrast, entry.cause, cause));
  if (same === undefined) return false;
  const isTold = cause.items.some(({ column }) =>
    [same.cause, ...same.equivalent].some(({ items }) =>
      items.some((item) => item.column === column),
    ),
  );
  if (!isTold) same.equivalent.push(cause);
  return true;
}

/** Symptoms worth a line: no accident, and more than a few of the selected events. */
export function toldSymptoms({ symptoms, all }: Contrast): readonly ContrastCause[] {
  return symptoms
    .filter(({ significant, counts }) => significant && counts.selected >= leastLeft * all.selected)
    .slice(0, shownSymptoms);
}

function isSame(contrast: Contrast, a: ContrastCause, b: ContrastCause): boolean {
  if (groupKey(a.items) === groupKey(b.items)) return true;
  if (!isOfSize(a.counts.selected, b.counts.selected)) return false;
  if (!isOfSize(a.counts.window, b.counts.window)) return false;
  const both = overlap(contrast, [a.items, b.items]);
  if (both === null) return false;
  const share = (of: (counts: ContrastCounts) => number): number => {
    const union = of(a.counts) + of(b.counts) - of(both);
    return union <= 0 ? 1 : of(both) / union;
  };
  return (
    share(({ selected }) => selected) >= sameShare && share(({ window }) => window) >= sameShare
  );
}

/** Whether two groups may have so much in common: at most all of the smaller one. */
function isOfSize(a: number, b: number): boolean {
  return Math.min(a, b) >= sameShare * Math.max(a, b);
}

/** Whether a cause still stands out when the events of the others are gone. */
function isNew(
  contrast: Contrast,
  cause: ContrastCause,
  others: readonly ContrastCause[],
): boolean {
  if (others.some(({ items }) => shares(items, cause.items))) return false;
  if (cause.counts.selected < leastLeft * contrast.all.selected) return false;
  const own = accepts(contrast, cause.items);
  const known = others.flatMap(({ items }) => accepts(contrast, items) ?? []);
  if (own === null || known.length < others.length) return others.length === 0;
  const [group, all] = [{ ...noCounts }, { ...noCounts }];
  for (const { items, counts } of contrast.leaves) {
    if (known.some((accept) => accept(items))) continue;
    addTo(all, counts);
    if (own(items)) addTo(group, counts);
  }
  return (
    group.selected >= leastLeft * contrast.all.selected &&
    group.selected >= leastOwn * cause.counts.selected &&
    group.selected >= leastRise * expectedOf(group, all) &&
    chanceOf(group, all) <= leastChance
  );
}

/** One of them says all the other says, and more. */
function shares(a: readonly ContrastItem[], b: readonly ContrastItem[]): boolean {
  const keys = new Set(a.map(itemKey));
  const common = b.filter((item) => keys.has(itemKey(item))).length;
  return common === Math.min(a.length, b.length);
}

/** Events that all the groups have; null where their combinations were not counted. */
function overlap(
  contrast: Contrast,
  groups: readonly (readonly ContrastItem[])[],
): ContrastCounts | null {
  const tests = groups.map((items) => accepts(contrast, items));
  if (tests.some((test) => test === null)) return null;
  const sum = { ...noCounts };
  for (const { items, counts } of contrast.leaves) {
    if (tests.every((test) => test?.(items) === true)) addTo(sum, counts);
  }
  return sum;
}

type Test = (items: readonly (ContrastItem | null)[]) => boolean;

/** Null where a condition is not among those whose combinations were counted. */
function accepts(contrast: Contrast, items: readonly ContrastItem[]): Test | null {
  const { combined } = contrast;
  const tests = items.map((item) => {
    const at = combined.indexOf(item.column);
    if (at < 0) return null;
    const held = heldAt(contrast, at);
    const wanted = new Set<ContrastItem>();
    for (const key of membersOf(item)) {
      const own = held.get(key);
      if (own === undefined) return null;
      for (const one of own) wanted.add(one);
    }
    return (leaf: readonly (ContrastItem | null)[]) => {
      const own = leaf[at] ?? null;
      return own !== null && wanted.has(own);
    };
  });
  if (tests.some((test) => test === null)) return null;
  return (leaf) => tests.every((test) => test?.(leaf) === true);
}

type Held = ReadonlyMap<string, readonly ContrastItem[]>;

const heldItems = new WeakMap<Contrast, Map<number, Held>>();

/** What the leaves hold of one column, by its key. */
function heldAt(contrast: Contrast, at: number): Held {
  const known = heldItems.get(contrast) ?? new Map<number, Held>();
  heldItems.set(contrast, known);
  const held = known.get(at) ?? heldBy(contrast, at);
  known.set(at, held);
  return held;
}

function heldBy({ leaves }: Contrast, at: number): Held {
  const held = new Map<string, ContrastItem[]>();
  for (const item of new Set(leaves.map(({ items }) => items[at] ?? null))) {
    if (item === null) continue;
    const own = held.get(itemKey(item));
    if (own === undefined) held.set(itemKey(item), [item]);
    else own.push(item);
  }
  return held;
}

function membersOf(item: ContrastItem): readonly string[] {
  if (item.kind !== 'set') return [itemKey(item)];
  return item.values.map((value) => itemKey({ kind: 'value', column: item.column, value }));
}

/** Share of the other events of the window that are selected: what is left without the group. */
export function rateWithout({ all }: Contrast, { counts }: ContrastCause): number | null {
  const events = all.window - counts.window;
  return events <= 0 ? null : (all.selected - counts.selected) / events;
}

/**
 * The start of the best run of steps with more selected events than expected. **Source** CUSUM,
 * Page 1954. **Units** as the steps are given.
 */
export function onsetOf(
  steps: readonly { readonly start: number; readonly selected: number }[],
  expectedPerStep: number,
): number | null {
  const seen = steps.reduce((sum, { selected }) => sum + selected, 0);
  const expected = Math.max(expectedPerStep, 0.01);
  const ratio = Math.max(2, seen / steps.length / expected / 2);
  let [sum, best] = [0, 0];
  let [start, onset]: [number | null, number | null] = [null, null];
  for (const step of steps) {
    sum += step.selected * Math.log(ratio) - (ratio - 1) * expected;
    if (sum <= 0) {
      [sum, start] = [0, null];
      continue;
    }
    start ??= step.start;
    if (sum > best) [best, onset] = [sum, start];
  }
  return onset;
}
