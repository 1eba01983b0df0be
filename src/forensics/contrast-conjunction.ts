/** Events by two and three conditions at once, out of the counts of whole combinations. Pure. */
import { present } from '../base/assert.js';
import type { ContrastGroup } from './contrast-causes.js';
import { type ContrastItem, itemKey } from './contrast-item.js';
import type { ContrastCounts } from './contrast-score.js';

/** One combination of conditions, one a column; null: none of those looked at. */
export interface ContrastLeaf {
  readonly items: readonly (ContrastItem | null)[];
  readonly counts: ContrastCounts;
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
