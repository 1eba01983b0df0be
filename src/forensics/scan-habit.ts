/**
 * What comes back again and again is how it is, and no incident: a host with bad moments all week,
 * a job that fails every night. Pure.
 */

import { type CellTable, noValue } from './scan-cells.js';
import type { Draft } from './scan-draft.js';
import { firstAt } from './scan-excess.js';
import { type Blocks, blockOf, type Exposure, minuteOf, total } from './scan-exposure.js';
import { upperMedian } from './scan-share.js';
import { isOf } from './scan-subset.js';
import { likelihoodGain } from './scan-walk.js';

/** Chosen by us: bursts that make a habit, and how much of the data they are spread over. */
const fewestBursts = 4;
const spreadShare = 0.4;
/** Chosen by us: in less data nothing can be told from habit. */
const dayMinutes = 1_440;
const leastMinutes = 3 * dayMinutes;
/** Chosen by us: a burst has so many hits, and so many times those of an ordinary block. */
const burstHits = 4;
const burstRatio = 6;
/** Chosen by us: what is so much worse than the other bursts is told all the same. */
const standsOut = 4;

/** A draft, and everything that was seen of its signal. */
export interface HabitQuestion {
  readonly draft: Draft;
  /** All hits before anything was explained. */
  readonly hits: CellTable;
  readonly signal: number;
  readonly blocks: Blocks;
  /** Rows of customers over time. */
  readonly customers: Exposure;
  /** Rows of everybody by block. */
  readonly traffic: Float64Array;
  /** Nats that chance does not reach. */
  readonly bound: number;
}

/** Whether what the draft found is how it is there, and no incident. */
export function isHabit(question: HabitQuestion): boolean {
  const { draft, hits, signal, blocks, traffic } = question;
  if (isThroughout(draft, blocks) || isLifelong(question)) return true;
  if (isOfThatHour(question) || isOneOfMany(question)) return true;
  if (blocks.count * blocks.stepMinutes < leastMinutes) return false;
  const counts = hitsByBlock(draft, hits, signal, blocks);
  const bursts = burstsOf(counts, traffic);
  const [first] = bursts;
  const last = bursts.at(-1);
  if (first === undefined || last === undefined || bursts.length < fewestBursts) return false;
  if (last.block - first.block < spreadShare * blocks.count) return false;
  const [from, to] = [blockOf(blocks, draft.from), blockOf(blocks, draft.to)];
  const isInside = ({ block }: Burst): boolean => block >= from && block <= to;
  const own = bursts.filter(isInside);
  const others = bursts.filter((burst) => !isInside(burst));
  if (others.length < fewestBursts - 1) return own.length >= fewestBursts && isSpread(own, blocks);
  const most = Math.max(0, ...own.map(({ hits: own_ }) => own_));
  const usual = upperMedian(others.map(({ hits: other }) => other));
  if (most >= standsOut * usual) return false;
  const length = Math.max(hits.stepMinutes, draft.to - draft.from);
  const densest = others.map((one) => densestOf(question, one, length));
  return draft.count < standsOut * upperMedian(densest);
}

/** The most hits a burst had in so many minutes: what failed all at once is none of the usual. */
function densestOf(
  { draft: { selection }, hits, signal, blocks }: HabitQuestion,
  { block, last }: Burst,
  length: number,
): number {
  const counts = hits.hits[signal];
  const [from, to] = [minuteOf(blocks, block), minuteOf(blocks, last + 1)];
  let [most, sum] = [0, 0];
  const open: { minute: number; count: number }[] = [];
  for (let at = firstAt(hits.minute, from); at < hits.size; at += 1) {
    const minute = hits.minute[at] ?? 0;
    if (minute >= to) break;
    const count = counts?.[at] ?? 0;
    if (count === 0 || !isOf(hits, selection, at)) continue;
    open.push({ minute, count });
    sum += count;
    for (let first = open[0]; first && first.minute <= minute - length; first = open[0]) {
      sum -= first.count;
      open.shift();
    }
    most = Math.max(most, sum);
  }
  return most;
}

/** Chosen by us, in nats: so much more at that time of other days is no chance. */
const rhythmNats = 6;
/** Chosen by us: days that had some of it, of all that are compared. */
const rhythmDays = { fewest: 3, share: 0.4, each: 2 };
/** **Source** materiality of the definition. */
const leastRatio = 2.5;

/** No more than at the same time of other days, where that is more than at other times. */
function isOfThatHour({ draft, hits, signal, blocks, bound }: HabitQuestion): boolean {
  const length = draft.to - draft.from;
  if (length >= dayMinutes / 2) return false;
  const end = minuteOf(blocks, blocks.count);
  const days: number[] = [];
  const first = Math.ceil((blocks.startMinute - draft.from) / dayMinutes);
  for (let day = first; draft.to + day * dayMinutes <= end; day += 1)
    if (day !== 0) days.push(hitsIn(draft, { hits, signal, shift: day * dayMinutes }));
  const filled = days.filter((count) => count > 0).length;
  const all = days.reduce((sum, count) => sum + count, 0);
  const usual = Math.max(0.5, draft.expected);
  const isMore = (count: number, of: number): boolean =>
    likelihoodGain(count, of * usual) >= rhythmNats;
  // Two other days are enough where each of them says it.
  const isEach = days.length >= rhythmDays.each && days.every((count) => isMore(count, 1));
  const isEnough = filled >= Math.max(rhythmDays.fewest, rhythmDays.share * days.length);
  if (!isEach && !(isEnough && isMore(all, days.length))) return false;
  const expected = all / days.length;
  return draft.count < leastRatio * expected || likelihoodGain(draft.count, expected) < bound;
}

function hitsIn(
  { selection, from, to }: Draft,
  { hits, signal, shift }: Pick<HabitQuestion, 'hits' | 'signal'> & { readonly shift: number },
): number {
  const counts = hits.hits[signal];
  let sum = 0;
  for (let at = firstAt(hits.minute, from + shift); at < hits.size; at += 1) {
    if ((hits.minute[at] ?? 0) >= to + shift) break;
    if (isOf(hits, selection, at)) sum += counts?.[at] ?? 0;
  }
  return sum;
}

/** Chosen by us: minutes of a burst, how many others there must be, and how much of its hits. */
const burst = { longest: 3, others: 3, share: 0.4 };

/** Minutes that are only the worst of many bad ones: where failures come in bursts. */
function isOneOfMany({ draft, hits, signal }: HabitQuestion): boolean {
  const { selection, from, to, count } = draft;
  if (to - from > burst.longest) return false;
  const own = hits.hits[signal];
  const byMinute = new Map<number, number>();
  for (let at = 0; at < hits.size; at += 1) {
    const minute = hits.minute[at] ?? 0;
    if ((minute >= from && minute < to) || !isOf(hits, selection, at)) continue;
    byMinute.set(minute, (byMinute.get(minute) ?? 0) + (own?.[at] ?? 0));
  }
  const least = (burst.share * count) / (to - from);
  return [...byMinute.values()].filter((one) => one >= least).length >= burst.others;
}

/** Chosen by us: what was there for most of a day and more of data is what is usual. */
const throughoutShare = 0.8;
const throughoutMinutes = 1_440;

function isThroughout({ from, to }: Draft, { count, stepMinutes }: Blocks): boolean {
  const all = count * stepMinutes;
  return all >= throughoutMinutes && to - from >= throughoutShare * all;
}

/** Chosen by us: of the data, and in nats what its other events say against the same rate. */
const lifelongShare = 0.25;
const otherwiseNats = 4;
const mostRate = 0.98;

/** Customers of whom nobody knows that they were ever better than in all that time. */
function isLifelong({ draft, hits, signal, blocks, customers }: HabitQuestion): boolean {
  const { selection, shares, from, to } = draft;
  const ids = selection.get('customer');
  if (ids === undefined || selection.size > 1) return false;
  if (to - from < lifelongShare * blocks.count * blocks.stepMinutes) return false;
  const all = new Map([...ids].map((id) => [id, 0]));
  const counts = hits.hits[signal];
  for (let at = 0; at < hits.size; at += 1) {
    const id = hits.values.customer[at] ?? noValue;
    const before = all.get(id);
    if (before !== undefined) all.set(id, before + (counts?.[at] ?? 0));
  }
  return [...ids].every((id) => {
    const inside = (shares.get('customer') ?? []).find((one) => one.id === id);
    const own = { rows: inside?.rows ?? 0, hits: inside?.hits ?? 0 };
    const rows = total(customers.rows.get(id) ?? new Float64Array(0)) - own.rows;
    return betterNats({ rows, hits: (all.get(id) ?? 0) - own.hits }, own) < otherwiseNats;
  });
}

interface Part {
  readonly rows: number;
  readonly hits: number;
}

/** How much better a lower rate of its own explains a part than the rate of another. */
function betterNats({ rows, hits }: Part, other: Part): number {
  const rate = Math.min(mostRate, other.hits / Math.max(1, other.rows));
  const own = hits / Math.max(1, rows);
  if (rows <= 0 || own >= rate) return 0;
  const good = Math.max(0, rows - hits);
  const bad = hits === 0 ? 0 : hits * Math.log(own / rate);
  return bad + good * Math.log((1 - own) / (1 - rate));
}

interface Burst {
  /** Where it begins, and its last block. */
  readonly block: number;
  readonly last: number;
  readonly hits: number;
}

function isSpread(bursts: readonly Burst[], blocks: Blocks): boolean {
  const length = (bursts.at(-1)?.block ?? 0) - (bursts[0]?.block ?? 0);
  return length >= spreadShare * blocks.count;
}

function hitsByBlock(
  { selection }: Draft,
  hits: CellTable,
  signal: number,
  blocks: Blocks,
): Float64Array {
  const own = hits.hits[signal];
  const counts = new Float64Array(blocks.count);
  for (let at = 0; at < hits.size; at += 1) {
    const count = own?.[at] ?? 0;
    if (count === 0) continue;
    if (!isOf(hits, selection, at)) continue;
    const block = blockOf(blocks, hits.minute[at] ?? 0);
    counts[block] = (counts[block] ?? 0) + count;
  }
  return counts;
}

/** Stretches of blocks with many hits for what came then; neighbours are one. */
function burstsOf(counts: Float64Array, traffic: Float64Array): readonly Burst[] {
  const middle = upperMedian([...counts].map((count, at) => count / Math.max(1, traffic[at] ?? 0)));
  const bursts: { block: number; last: number; hits: number }[] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const [block, count] of counts.entries()) {
    const usual = middle * (traffic[block] ?? 0);
    if (count < Math.max(burstHits, burstRatio * (usual + 0.5))) continue;
    const last = bursts.at(-1);
    if (last !== undefined && block - before <= 2) {
      last.hits += count;
      last.last = block;
    } else bursts.push({ block, last: block, hits: count });
    before = block;
  }
  return bursts;
}
