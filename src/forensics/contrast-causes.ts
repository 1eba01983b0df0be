/**
 * From counts of single conditions and of their combinations to a ranked list of what marks the
 * selected events. Pure.
 */
import { present } from '../base/assert.js';
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

/** All combinations of two and three conditions that the leaves hold. */
export function conjunctions(leaves: readonly ContrastLeaf[]): readonly ContrastGroup[] {
  const filled = leaves.filter(
    ({ counts }) => counts.selectedRows > 0 || counts.window > 0 || counts.before > 0,
  );
  const columns = Array.from({ length: filled[0]?.items.length ?? 0 }, (_, at) =>
    codedColumn(filled, at),
  );
  const counts = new Float64Array(filled.length * countNames.length);
  for (const [leaf, { counts: own }] of filled.entries()) {
    for (const [at, name] of countNames.entries())
      counts[leaf * countNames.length + at] = own[name];
  }
  const window = Float64Array.from(filled, ({ counts: { window: own } }) => own);
  const isNews = (first: CodedColumn, second: CodedColumn): boolean =>
    !determines(first, second, window) && !determines(second, first, window);
  return columnSets(columns, isNews).flatMap((own) => groupsOf(own, counts));
}

/** Shares of the events whose value of one column tells that of the other; a host its zone. */
const leastTold = 0.98;
/** Of fewer values, or events, nothing follows. */
const leastValues = 3;
const leastWindow = 100;

/** Whether the first column says all that the second does, so that both say no more. */
function determines(first: CodedColumn, second: CodedColumn, window: Float64Array): boolean {
  const width = second.items.length;
  const sums = new Float64Array(first.items.length * width);
  for (const [leaf, events] of window.entries()) {
    const place = (first.codes[leaf] ?? 0) * width + (second.codes[leaf] ?? 0);
    sums[place] = (sums[place] ?? 0) + events;
  }
  let [told, all, values] = [0, 0, 0];
  const usual = new Set<number>();
  for (let code = 1; code < first.items.length; code += 1) {
    const own = sums.subarray(code * width, (code + 1) * width);
    const total = own.reduce((sum, events) => sum + events, 0);
    if (total === 0) continue;
    const most = Math.max(...own.subarray(1));
    told += most;
    all += total;
    values += 1;
    usual.add(own.indexOf(most, 1));
  }
  const isEnough = values >= leastValues && all >= leastWindow;
  return isEnough && usual.size > 1 && told >= leastTold * all;
}

/** A column of the leaves: which of its items each has, 0 for none. */
interface CodedColumn {
  readonly items: readonly (ContrastItem | null)[];
  readonly codes: Uint32Array;
}

function codedColumn(leaves: readonly ContrastLeaf[], at: number): CodedColumn {
  const items: (ContrastItem | null)[] = [null];
  const byItem = new Map<ContrastItem | null, number>([[null, 0]]);
  const byKey = new Map<string, number>();
  const codeOf = (item: ContrastItem): number => {
    const code = byKey.get(itemKey(item)) ?? items.push(item) - 1;
    byKey.set(itemKey(item), code);
    byItem.set(item, code);
    return code;
  };
  const codes = Uint32Array.from(leaves, ({ items: own }) => {
    const item = own[at] ?? null;
    return byItem.get(item) ?? (item === null ? 0 : codeOf(item));
  });
  return { items, codes };
}

function columnSets(
  columns: readonly CodedColumn[],
  isNews: (first: CodedColumn, second: CodedColumn) => boolean,
): readonly (readonly CodedColumn[])[] {
  return columns.flatMap((first, at) => {
    const seconds = columns.slice(at + 1).filter((second) => isNews(first, second));
    return seconds.flatMap((second, next) => {
      const thirds = seconds.slice(next + 1).filter((third) => isNews(second, third));
      return [[first, second], ...thirds.map((third) => [first, second, third])];
    });
  });
}

const countNames = [
  'selected',
  'window',
  'selectedBefore',
  'before',
  'selectedRows',
  'windowRows',
] as const satisfies readonly (keyof ContrastCounts)[];

/** The counts of each combination of the items of some columns, in a table of all of them. */
function groupsOf(columns: readonly CodedColumn[], counts: Float64Array): readonly ContrastGroup[] {
  const width = countNames.length;
  const size = columns.reduce((product, { items }) => product * items.length, 1);
  const sums = new Float64Array(size * width);
  const leafCount = counts.length / width;
  for (let leaf = 0; leaf < leafCount; leaf += 1) {
    let place = 0;
    let isHeld = true;
    for (const { items, codes } of columns) {
      const code = codes[leaf] ?? 0;
      isHeld &&= code > 0;
      place = place * items.length + code;
    }
    if (!isHeld) continue;
    for (let at = 0; at < width; at += 1) {
      sums[place * width + at] = (sums[place * width + at] ?? 0) + (counts[leaf * width + at] ?? 0);
    }
  }
  const groups: ContrastGroup[] = [];
  for (let place = 0; place < size; place += 1) {
    const own = countsAt(sums, place * width);
    if (own.selectedRows > 0 || own.window > 0 || own.before > 0) {
      groups.push({ items: itemsAt(columns, place), counts: own });
    }
  }
  return groups;
}

function countsAt(sums: Float64Array, from: number): ContrastCounts {
  return {
    selected: sums[from] ?? 0,
    window: sums[from + 1] ?? 0,
    selectedBefore: sums[from + 2] ?? 0,
    before: sums[from + 3] ?? 0,
    selectedRows: sums[from + 4] ?? 0,
    windowRows: sums[from + 5] ?? 0,
  };
}

function itemsAt(columns: readonly CodedColumn[], place: number): readonly ContrastItem[] {
  let rest = place;
  return [...columns]
    .reverse()
    .map(({ items }) => {
      const item = present(items[rest % items.length], 'an item');
      rest = Math.floor(rest / items.length);
      return item;
    })
    .reverse();
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
