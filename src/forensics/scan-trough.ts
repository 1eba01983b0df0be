/**
 * Stretches in which fewer rows came than usual, and what all of them are judged by: how much was
 * missing, whether it was plain silence, and whether it is a habit. Pure.
 * **Source** the scan statistic of `scan-walk.ts`, for the lower tail.
 */
import type { Blocks } from './scan-exposure.js';
import type { Span } from './scan-presence.js';
import { sum } from './scan-share.js';

/** Rows of somebody by block, and what is usual for them. */
export interface Series {
  readonly rows: Float64Array;
  readonly usual: Float64Array;
  /** Blocks from the first to the last with a row. */
  readonly life: Span;
  readonly dispersion: number;
  readonly blocks: Blocks;
}

/** **Units** blocks, rows, nats. */
export interface Trough extends Span {
  readonly expected: number;
  readonly seen: number;
  readonly score: number;
}

/** What a trough is told as. **Units** minutes. */
export interface Dip extends Trough {
  readonly ids: readonly number[];
  /** Expected rows of each block. */
  readonly usual: Float64Array;
}

/** Chosen by us: above this share of what is usual nothing is missing. */
export const mostLeft = 0.6;
/** Chosen by us: so many rows must be missing. */
export const fewestMissing = 30;
/** **Source** as of a silence: it stands out from the next of its kind. */
export const standsOut = 1.8;
/** Chosen by us: as low at the same time on this share of the other days is a habit. */
const habitShare = 0.15;
/** Chosen by us: where half of the blocks are empty it is silent, not less. */
const mostEmpty = 0.5;
/** What is left of the usual, as the walk supposes it. */
const ratios = [0.5, 0.25, 0.1] as const;
const dayMinutes = 1_440;

/** From the first block with a row to the last. **Units** blocks, half-open. */
export function lifeOf(rows: Float64Array): Span {
  let [from, to] = [0, rows.length];
  while (from < to && rows[from] === 0) from += 1;
  while (to > from && rows[to - 1] === 0) to -= 1;
  return { from, to };
}

/** Excursions of the walk for fewer rows than usual, for each ratio; the largest score first. */
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
  return found.sort((left, right) => right.score - left.score);
}

function troughOf({ rows, usual, dispersion }: Series, span: Span): Trough {
  const seen = sum(rows, span.from, span.to);
  const expected = sum(usual, span.from, span.to);
  const log = seen === 0 ? 0 : seen * Math.log(seen / Math.max(expected, 1e-9));
  return { ...span, seen, expected, score: Math.max(0, log + expected - seen) / dispersion };
}

/** How much came of what is usual. */
export function shareIn({ rows, usual }: Series, { from, to }: Span): number {
  return sum(rows, from, to) / Math.max(1e-9, sum(usual, from, to));
}

/** So little came that it counts as missing. */
export function isDeep({ seen, expected }: Trough): boolean {
  return seen <= mostLeft * expected && expected - seen >= fewestMissing;
}

/** So many blocks are empty that it is silent, not less. */
export function isSilent({ rows }: Series, { from, to }: Span): boolean {
  let empty = 0;
  for (let block = from; block < to; block += 1) if (rows[block] === 0) empty += 1;
  return empty > mostEmpty * (to - from);
}

/** As low at the same time of other days of its life. */
export function isDaily(series: Series, { from, to }: Span): boolean {
  const { life, blocks } = series;
  const length = to - from;
  const perDay = Math.round(dayMinutes / blocks.stepMinutes);
  let [low, days] = [0, 0];
  for (let start = from % perDay; start + length <= life.to; start += perDay) {
    if (Math.abs(start - from) < length || start < life.from) continue;
    days += 1;
    if (shareIn(series, { from: start, to: start + length }) <= mostLeft) low += 1;
  }
  return low > days * habitShare;
}
