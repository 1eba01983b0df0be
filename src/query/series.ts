/** Buckets as values: zero where nothing was counted, null where nothing could be. Pure. */
import { assert, present } from '../base/assert.js';
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
  /** Index of the group, bucket, then the calculations; in a gap what was still going on. */
  readonly rows: readonly (readonly Cell[])[];
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
  const { count } = given.buckets;
  const cells = cellsOf(given);
  return Array.from({ length: given.groupCount }, (_, group) =>
    Array.from({ length: count }, (__, bucket) => numberOf(cells(group, bucket)[0] ?? null)),
  );
}

/** One row a bucket and group: in order of time, then of the groups. */
export function longRows(
  plan: Plan,
  given: GroupBuckets,
  groups: readonly (readonly Cell[])[],
): readonly (readonly Cell[])[] {
  const { buckets } = given;
  const keys = groups.map((group) => group.slice(0, plan.keys.length));
  if (given.groupCount === 0) return [];
  if (buckets.shape === 'cells' || isSparse(given)) return filledRows(given, keys);
  const cells = cellsOf(given);
  return Array.from({ length: buckets.count }, (_, bucket) => bucket).flatMap((bucket) => {
    const start = startOfBucket(buckets, bucket);
    return keys.map((group, index) => [start, ...group, ...cells(index, bucket)]);
  });
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
function filledRows(
  { rows, buckets, calculations }: GroupBuckets,
  keys: readonly (readonly Cell[])[],
): readonly (readonly Cell[])[] {
  return rows
    .map((row) => ({ group: Number(row[0]), bucket: Number(row[1]), row }))
    .sort((left, right) => left.bucket - right.bucket || left.group - right.group)
    .map(({ group, bucket, row }) => [
      startOfBucket(buckets, bucket),
      ...present(keys[group], 'the group of a bucket'),
      ...orEmpty(row.slice(2, 2 + calculations.length), calculations),
    ]);
}

type Cells = (group: number, bucket: number) => readonly Cell[];

function cellsOf(given: GroupBuckets): Cells {
  const { rows, calculations, covered, buckets, groupCount, empty } = given;
  const found = new Map<number, readonly Cell[]>();
  for (const row of rows) {
    const [group, bucket] = [Number(row[0]), Number(row[1])];
    assert(group >= 0 && group < groupCount, 'a bucket belongs to no group');
    assert(bucket >= 0 && bucket < buckets.count, 'a bucket lies outside the window');
    found.set(group * buckets.count + bucket, row.slice(2, 2 + calculations.length));
  }
  const nothing = calculations.map(() => null);
  return (group, bucket) => {
    const cells = found.get(group * buckets.count + bucket);
    if (!covered.has(bucket)) return cells ?? nothing;
    return cells === undefined ? empty : orEmpty(cells, calculations);
  };
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
