/**
 * How evenly a group sends at a time: the median of a few bundles of its members against their
 * mean. One that bursts moves its own bundle and not the median. Pure.
 */
import type { Blocks } from './scan-exposure.js';
import type { CountedRows } from './scan-quiet-rows.js';
import { median, sum } from './scan-share.js';

/** Chosen by us: a peer group of fewer has no level of its own. */
export const fewestPeers = 3;
/** Chosen by us. */
const bundles = 9;
/** Chosen by us: rows a bundle should hold, so that the median of them says something. */
const rowsPerBundle = 20;
/** Chosen by us: a bundle that holds less of an equal part is put together with another. */
const leastOfBundle = 0.5;

/**
 * The median of the bundles in a block, or in as many around it as it takes, as a share of their
 * mean: 1 where all have more or less alike, far below where a few send much more than they do.
 */
export function evenness(members: readonly CountedRows[], { count }: Blocks): Float64Array {
  const bundled = bundlesOf(members, count).map((own) => sumsOf(own, count));
  const all = sumsOf(members, count);
  const smallest = Math.min(...bundled.map((sums) => sums[count] ?? 0));
  const ofSmallest = (leastOfBundle * rowsPerBundle * (all[count] ?? 0)) / Math.max(1, smallest);
  const wanted = Math.max(rowsPerBundle * bundled.length, ofSmallest);
  return Float64Array.from({ length: count }, (_, block) => {
    let [from, to] = [block, block + 1];
    while ((all[to] ?? 0) - (all[from] ?? 0) < wanted && (from > 0 || to < count)) {
      [from, to] = [Math.max(0, from - 1), Math.min(count, to + 1)];
    }
    const share = (sums: Float64Array): number =>
      ((sums[to] ?? 0) - (sums[from] ?? 0)) / Math.max(1, sums[count] ?? 0);
    const whole = share(all);
    return whole === 0 ? 0 : median(bundled.map(share)) / whole;
  });
}

/**
 * Bundles of members, the largest dealt out first. Those of members that send hardly anything are
 * put together as long as enough are left: the median would go by their chance.
 */
function bundlesOf(
  members: readonly CountedRows[],
  count: number,
): readonly (readonly CountedRows[])[] {
  const sizes = new Map(members.map((member) => [member, sum(member.rows, 0, count)]));
  const sizeOf = (own: readonly CountedRows[]): number =>
    own.reduce((size, member) => size + (sizes.get(member) ?? 0), 0);
  const sorted = [...members].sort(
    (left, right) =>
      (sizes.get(right) ?? 0) - (sizes.get(left) ?? 0) ||
      (left.ids.join() < right.ids.join() ? -1 : 1),
  );
  let own: readonly (readonly CountedRows[])[] = Array.from(
    { length: Math.min(bundles, members.length) },
    (_, bundle) => sorted.filter((_member, index) => index % bundles === bundle),
  );
  const all = sizeOf(members);
  for (;;) {
    const [last = [], second = [], ...rest] = [...own].sort((a, b) => sizeOf(a) - sizeOf(b));
    const enough = sizeOf(last) * own.length >= leastOfBundle * all;
    if (enough || own.length <= fewestPeers) return own;
    own = [...rest, [...last, ...second]];
  }
}

/** Rows of some members before each block, and of all blocks at the end. */
export function sumsOf(members: readonly CountedRows[], count: number): Float64Array {
  const sums = new Float64Array(count + 1);
  for (let block = 0; block < count; block += 1) {
    const own = members.reduce((all, { rows }) => all + (rows[block] ?? 0), 0);
    sums[block + 1] = (sums[block] ?? 0) + own;
  }
  return sums;
}

/** Chosen by us: where the median has so little of the mean, the mean is a burst of a few. */
const burstShare = 0.5;

/** What the traffic of a group is worth as a measure for one of them: less in a burst of a few. */
export function withoutBursts(members: readonly CountedRows[], blocks: Blocks): Float64Array {
  if (members.length < fewestPeers) return new Float64Array(blocks.count).fill(1);
  return evenness(members, blocks).map((share) => (share < burstShare ? share : 1));
}
