/**
 * Whose traffic fell to a part of what is usual and came back: counts by block against a share of
 * the level of its peers. Habits, weekends, what fades and what comes for good are no dips. Pure.
 */
import { evenness, fewestPeers, sumsOf } from './scan-even.js';
import { type Blocks, blockOf, minuteOf } from './scan-exposure.js';
import type { CountedRows } from './scan-quiet-rows.js';
import { dispersionOf } from './scan-rate.js';
import { sum, usualShare } from './scan-share.js';
import { isWeekend } from './scan-silence.js';
import {
  type Dip,
  fewestMissing,
  isDaily,
  isDeep,
  isSilent,
  lifeOf,
  mostLeft,
  type Series,
  shareIn,
  standsOut,
  type Trough,
  troughs,
} from './scan-trough.js';

/** Chosen by us: before and behind a dip traffic is at least at this share. */
const leastAround = 0.75;
const leastMinutes = 30;

/** The dip of each member that has one. Fewer than three have no level to fall from. */
export function dipsOf(
  members: readonly CountedRows[],
  { blocks, bound }: { readonly blocks: Blocks; readonly bound: number },
): readonly Dip[] {
  if (members.length < fewestPeers) return [];
  const level = levelOf(members, blocks);
  return members.flatMap(({ ids, rows }) => {
    const life = lifeOf(rows);
    if (sum(rows, 0, rows.length) < fewestMissing) return [];
    const share = usualShare({ own: rows, others: level, blocks });
    const usual = Float64Array.from(level, (value, block) => value * share(block));
    const spread = Array.from(rows, (hits, block) => ({ hits, expected: usual[block] ?? 0 }));
    const dispersion = dispersionOf(spread.slice(life.from, life.to));
    const series: Series = { rows, usual, life, dispersion, blocks };
    const found = troughs(series);
    const best = found.find((trough) => trough.score >= bound && isDip(series, trough));
    if (best === undefined) return [];
    const next = found.find(({ from, to }) => to <= best.from || from >= best.to);
    if (next !== undefined && best.score < standsOut * next.score) return [];
    const [from, to] = [minuteOf(blocks, best.from), minuteOf(blocks, best.to)];
    return [{ ...best, ids, usual, from, to }];
  });
}

/** Traffic of a block against the usual of the group: what all sent, if all sent as the median. */
function levelOf(members: readonly CountedRows[], blocks: Blocks): Float64Array {
  const all = sumsOf(members, blocks.count);
  const mean = (all.at(-1) ?? 0) / blocks.count;
  return evenness(members, blocks).map((share, block) => {
    const own = ((all[block + 1] ?? 0) - (all[block] ?? 0)) / Math.max(1e-9, mean);
    return own * share;
  });
}

/** Deep and long enough, normal around, neither a habit nor a weekend, and not plainly silent. */
function isDip(series: Series, trough: Trough): boolean {
  const { life, blocks } = series;
  const { from, to } = trough;
  const length = to - from;
  if (!isDeep(trough) || length * blocks.stepMinutes < leastMinutes) return false;
  const around = Math.max(1, Math.ceil(length / 2));
  if (from - around < life.from || to + around > life.to) return false;
  // A block at either edge holds both what was usual and what was not.
  const before = { from: Math.max(life.from, from - 1 - around), to: from - 1 };
  const behind = { from: to + 1, to: Math.min(life.to, to + 1 + around) };
  if (shareIn(series, before) < leastAround || shareIn(series, behind) < leastAround) return false;
  if (isSilent(series, trough) || isDaily(series, trough)) return false;
  return !isWeekend({ from: minuteOf(blocks, from), to: minuteOf(blocks, to) });
}

/** Rows of one value by minute, from a minute on. */
export interface MinuteRows {
  readonly from: number;
  readonly rows: ArrayLike<number>;
}

/** The same dip to the minute: the stretch that what is left of the usual explains best. */
export function sharpenedDip(dip: Dip, { from, rows }: MinuteRows, blocks: Blocks): Dip {
  const ratio = Math.max(0.02, Math.min(mostLeft, dip.seen / dip.expected));
  const usual = (at: number): number =>
    (dip.usual[blockOf(blocks, from + at)] ?? 0) / blocks.stepMinutes;
  let best = { gain: 0, from: 0, to: 0 };
  let [gain, first] = [0, 0];
  for (let at = 0; at < rows.length; at += 1) {
    if (gain <= 0) [gain, first] = [0, at];
    gain += (rows[at] ?? 0) * Math.log(ratio) + (1 - ratio) * usual(at);
    if (gain > best.gain) best = { gain, from: first, to: at + 1 };
  }
  if (best.gain <= 0) return dip;
  let [seen, expected] = [0, 0];
  for (let at = best.from; at < best.to; at += 1) {
    seen += rows[at] ?? 0;
    expected += usual(at);
  }
  return { ...dip, from: from + best.from, to: from + best.to, seen, expected };
}
