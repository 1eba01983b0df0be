/**
 * Whose traffic fell to a part of what is usual and came back: counts by block against a share of
 * the level of its peers. Habits, weekends, what fades and what comes for good are no dips. Pure.
 * **Source** the scan statistic of `scan-walk.ts`, for the lower tail.
 */
import { evenness, fewestPeers, sumsOf } from './scan-even.js';
import { type Blocks, blockOf } from './scan-exposure.js';
import type { Span } from './scan-presence.js';
import type { CountedRows } from './scan-quiet-rows.js';
import { dispersionOf } from './scan-rate.js';
import { sum, usualShare } from './scan-share.js';
import { isWeekend } from './scan-silence.js';

export interface Dip extends Span {
  readonly ids: readonly number[];
  readonly expected: number;
  readonly seen: number;
  /** Nats. */
  readonly score: number;
  /** Expected rows of each block. */
  readonly usual: Float64Array;
}

/** Chosen by us: above this share of what is usual nothing is missing. */
export const mostLeft = 0.6;
/** Chosen by us: before and behind a dip traffic is at least at this share. */
const leastAround = 0.75;
/** Chosen by us: so many rows must be missing. */
export const fewestMissing = 30;
/** **Source** as of a silence: it stands out from the next of its kind. */
export const standsOut = 1.8;
/** Chosen by us: as low at the same time on this share of the other days is a habit. */
export const habitShare = 0.15;
/** Chosen by us: where half of the blocks are empty it is silent, not less. */
export const mostEmpty = 0.5;
const leastMinutes = 30;
const dayMinutes = 1_440;
/** What is left of the usual, as the walk supposes it. */
const ratios = [0.5, 0.25, 0.1] as const;

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
    const found = troughs(series).sort((left, right) => right.score - left.score);
    const best = found.find((trough) => trough.score >= bound && isDip(series, trough));
    if (best === undefined) return [];
    const next = found.find(({ from, to }) => to <= best.from || from >= best.to);
    if (next !== undefined && best.score < standsOut * next.score) return [];
    const minute = (block: number): number => blocks.startMinute + block * blocks.stepMinutes;
    return [{ ...best, ids, usual, from: minute(best.from), to: minute(best.to) }];
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

/** Blocks, half-open. */
export function lifeOf(rows: Float64Array): Span {
  let [from, to] = [0, rows.length];
  while (from < to && rows[from] === 0) from += 1;
  while (to > from && rows[to - 1] === 0) to -= 1;
  return { from, to };
}

export interface Series {
  readonly rows: Float64Array;
  readonly usual: Float64Array;
  readonly life: Span;
  readonly dispersion: number;
  readonly blocks: Blocks;
}

/** In blocks. */
export interface Trough extends Span {
  readonly expected: number;
  readonly seen: number;
  readonly score: number;
}

/** Excursions of the walk for fewer rows than usual, for each ratio. */
export function troughs(series: Series): Trough[] {
  const { rows, usual, life } = series;
  const found: Trough[] = [];
  for (const ratio of ratios) {
    let [level, first, best, last] = [0, life.from, 0, life.from];
    for (let block = life.from; block <= life.to; block += 1) {
      const expected = block < life.to ? (usual[block] ?? 0) : 0;
      const seen = rows[block] ?? 0;
      const gain =
        block < life.to
          ? seen * Math.log(ratio) + (1 - ratio) * expected
          : Number.NEGATIVE_INFINITY;
      if (level + gain <= 0) {
        if (best > 0) found.push(troughOf(series, { from: first, to: last + 1 }));
        [level, best, first] = [0, 0, block + 1];
        continue;
      }
      level += gain;
      if (level > best) [best, last] = [level, block];
    }
  }
  return found;
}

function troughOf({ rows, usual, dispersion }: Series, span: Span): Trough {
  const seen = sum(rows, span.from, span.to);
  const expected = sum(usual, span.from, span.to);
  const log = seen === 0 ? 0 : seen * Math.log(seen / Math.max(expected, 1e-9));
  return { ...span, seen, expected, score: Math.max(0, log + expected - seen) / dispersion };
}

/** Deep and long enough, normal around, neither a habit nor a weekend, and not plainly silent. */
function isDip(series: Series, { from, to, seen, expected }: Trough): boolean {
  const { rows, usual, life, blocks } = series;
  const length = to - from;
  if (seen > mostLeft * expected || expected - seen < fewestMissing) return false;
  if (length * blocks.stepMinutes < leastMinutes) return false;
  const ratio = (start: number, end: number): number =>
    sum(rows, start, end) / Math.max(1e-9, sum(usual, start, end));
  const around = Math.max(1, Math.ceil(length / 2));
  if (from - around < life.from || to + around > life.to) return false;
  // A block at either edge holds both what was usual and what was not.
  const before = ratio(Math.max(life.from, from - 1 - around), from - 1);
  const behind = ratio(to + 1, Math.min(life.to, to + 1 + around));
  if (before < leastAround || behind < leastAround) return false;
  let empty = 0;
  for (let block = from; block < to; block += 1) if (rows[block] === 0) empty += 1;
  if (empty > mostEmpty * length) return false;
  const perDay = Math.round(dayMinutes / blocks.stepMinutes);
  let [low, days] = [0, 0];
  for (let shift = from % perDay; shift + length <= rows.length; shift += perDay) {
    if (Math.abs(shift - from) < length || shift < life.from) continue;
    days += 1;
    if (ratio(shift, shift + length) < mostLeft) low += 1;
  }
  if (low > days * habitShare) return false;
  const minute = (block: number): number => blocks.startMinute + block * blocks.stepMinutes;
  return !isWeekend({ from: minute(from), to: minute(to) });
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
