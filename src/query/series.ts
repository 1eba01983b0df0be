/** Buckets as values: zero where nothing was counted, null where nothing could be. Pure. */
import { assert, present } from '../base/assert.js';
import { heldList, type ItemList, lazyList } from '../base/item-list.js';
import { startOfBucket } from '../time/granularity.js';
import type { Plan, PlanBuckets, PlanCalculation } from './plan.js';
import type { Cell } from './ports.js';
import type { ResultSeries } from './result.js';

/** What the engine gave for the groups shown. */
export interface GroupBuckets {
  readonly buckets: PlanBuckets;
  readonly calculations: readonly PlanCalculation[];
  readonly groupCount: number;
  /** Buckets in which the dataset has any event; the others are gaps. */
  readonly covered: ReadonlySet<number>;
  /** Index of the group, bucket, then the calculations; by bucket, then by group. In a gap what was
   * still going on. */
  readonly rows: ItemList<readonly Cell[]>;
  /** The calculations where a group has no event, outside of gaps. */
  readonly empty: readonly Cell[];
}

/** The calculations of a plan that are shown. */
export function visible(plan: Plan): readonly PlanCalculation[] {
  return plan.calculations.filter(({ hidden }) => !hidden);
}

/**
 * Interpolation and differences leave noise behind the 15th digit: 31.999999999999993 for 32. Those
 * of formulas may leave it behind the 13th, 65.1999999999999 for 165.4 − 100.2; a number that is
 * long there too, as a third is, keeps all its digits.
 */
export function shownCell({ op }: PlanCalculation, cell: Cell): Cell {
  if (typeof cell !== 'number' || Number.isInteger(cell)) return cell;
  if (op === 'formula') {
    const isShort = /000e/.test(cell.toExponential(12));
    return isShort ? Number(cell.toPrecision(13)) : cell;
  }
  return op === 'percentile' || op.startsWith('rate_') ? Number(cell.toPrecision(15)) : cell;
}

/** The first calculation of each group over time. */
export function bucketValues(
  given: GroupBuckets,
  tail: { readonly other: GroupBuckets | null; readonly total: GroupBuckets | null },
): ResultSeries {
  const first = present(given.calculations[0], 'the first calculation');
  const { stepMicros, count } = given.buckets;
  const range = {
    start: startOfBucket(given.buckets, 0),
    end: startOfBucket(given.buckets, count),
  };
  const values = firstValues(given);
  const other = tail.other && present(firstValues(tail.other)[0], 'the others');
  const total = tail.total && present(firstValues(tail.total)[0], 'the total');
  return { calculation: first.label, range, stepMicros, values, other, total };
}

function firstValues(given: GroupBuckets): readonly (readonly (number | null)[])[] {
  const { buckets, covered, groupCount, calculations, empty } = given;
  const nothing = numberOf(empty[0] ?? null);
  const blank = Array.from({ length: buckets.count }, (_, bucket) =>
    covered.has(bucket) ? nothing : null,
  );
  const values = Array.from({ length: groupCount }, () => [...blank]);
  for (const row of given.rows) {
    const { group, bucket } = placeOf(row, given);
    const cells = row.slice(2, 3);
    const [value = null] = covered.has(bucket) ? orEmpty(cells, calculations.slice(0, 1)) : cells;
    present(values[group], 'the group of a bucket')[bucket] = numberOf(value);
  }
  return values;
}

/** One row a bucket and group: in order of time, then of the groups. */
export function longRows(
  plan: Plan,
  given: GroupBuckets,
  groups: readonly (readonly Cell[])[],
): ItemList<readonly Cell[]> {
  const { buckets, groupCount, rows } = given;
  const keys = groups.map((group) => group.slice(0, plan.keys.length));
  if (groupCount === 0) return [];
  const isFilled = buckets.shape === 'cells' || isSparse(given);
  const list = isFilled
    ? lazyList(rows.length, () => filledRows(given, keys))
    : lazyList(groupCount * buckets.count, () => denseRows(given, keys));
  return heldList(list, mostHeldRows);
}

/** Rows an answer over time holds; more are made when they are written. Chosen by us. */
const mostHeldRows = 10_000;

/** A row for each group in each bucket. */
function* denseRows(
  { buckets, rows, covered, empty, calculations }: GroupBuckets,
  keys: readonly (readonly Cell[])[],
): Generator<readonly Cell[]> {
  const nothing = calculations.map(() => null);
  const zeros = orEmpty([], calculations);
  const filled = rows[Symbol.iterator]();
  let next = filled.next();
  for (let bucket = 0; bucket < buckets.count; bucket += 1) {
    const start = startOfBucket(buckets, bucket);
    const isCovered = covered.has(bucket);
    for (const [group, key] of keys.entries()) {
      const [rowGroup, rowBucket] = next.done === true ? [] : next.value;
      if (next.done === true || rowBucket !== bucket || rowGroup !== group) {
        yield longRow(start, key, [], isCovered ? empty : nothing);
      } else {
        yield longRow(start, key, next.value, isCovered ? zeros : nothing);
        next = filled.next();
      }
    }
  }
  assert(next.done === true, 'a bucket lies outside the window or in no group');
}

/** Rows that are written out for buckets without an event of their group; chosen by us. */
const mostDenseRows = 1_000_000;

/** Whether rows for every bucket of every group would be too many: only filled ones are there. */
export function isSparse({
  groupCount,
  buckets,
}: Pick<GroupBuckets, 'groupCount' | 'buckets'>): boolean {
  return buckets.shape === 'rows' && groupCount * buckets.count > mostDenseRows;
}

/** Only what there is: fleets of thousands of hosts have millions of empty cells. */
function* filledRows(
  { rows, buckets, calculations }: GroupBuckets,
  keys: readonly (readonly Cell[])[],
): Generator<readonly Cell[]> {
  const zeros = orEmpty([], calculations);
  let [last, start] = [-1, 0];
  for (const row of rows) {
    const bucket = Number(row[1]);
    const key = present(keys[Number(row[0])], 'the group of a bucket');
    if (bucket !== last) {
      assert(bucket >= 0 && bucket < buckets.count, 'a bucket lies outside the window');
      last = bucket;
      start = startOfBucket(buckets, bucket);
    }
    yield longRow(start, key, row, zeros);
  }
}

/** The cells of `row` behind its place, and `blank` where it has none; as one list of that size. */
function longRow(
  start: number,
  key: readonly Cell[],
  row: readonly Cell[],
  blank: readonly Cell[],
): readonly Cell[] {
  const long = new Array<Cell>(1 + key.length + blank.length);
  long[0] = start;
  for (let index = 0; index < key.length; index += 1) long[1 + index] = key[index] ?? null;
  for (let index = 0; index < blank.length; index += 1) {
    long[1 + key.length + index] = row[2 + index] ?? blank[index] ?? null;
  }
  return long;
}

function placeOf(
  [first = null, second = null]: readonly Cell[],
  { groupCount, buckets }: Pick<GroupBuckets, 'groupCount' | 'buckets'>,
): { readonly group: number; readonly bucket: number } {
  const [group, bucket] = [Number(first), Number(second)];
  assert(group >= 0 && group < groupCount, 'a bucket belongs to no group');
  assert(bucket >= 0 && bucket < buckets.count, 'a bucket lies outside the window');
  return { group, bucket };
}

/** Calculations with a 0 for each that counts nothing; all of them where no cells are given. */
export function orEmpty(
  cells: readonly Cell[],
  calculations: readonly PlanCalculation[],
): readonly Cell[] {
  return calculations.map(({ op }, index) => cells[index] ?? (isCountLike(op) ? 0 : null));
}

/** Calculations that are 0, not unknown, where there is no event. */
function isCountLike(op: PlanCalculation['op']): boolean {
  return ['count', 'rate', 'sum', 'distinct', 'concurrency'].includes(op);
}

function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : null;
}
