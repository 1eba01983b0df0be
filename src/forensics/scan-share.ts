/** What share of the traffic is usual for one value, by time of day if it has enough. Pure. */
import { type Blocks, minuteOf } from './scan-exposure.js';

/** Whose share of whose traffic. */
export interface ShareQuestion {
  /** Rows by block: its own, and those it is compared with. */
  readonly own: ArrayLike<number>;
  readonly others: ArrayLike<number>;
  readonly blocks: Blocks;
}

const dayMinutes = 1_440;
/** **Source** the definition: a share of fewer rows than this is not believed. */
const rowsPerPart = 20;
/** Chosen by us: days from which on a time of day has a share of its own. */
const fewestDays = 4;
const mostSlots = 24;
/** Chosen by us: no time of day is believed to have more than this many times the usual share. */
const mostPeak = 3;

/** Chosen by us: so many days at weekends say what is usual there. */
const fewestWeekendDays = 3;

/**
 * Its usual share of the others in a block: the median of the days, or of all stretches; at
 * weekends no more than that of weekends.
 */
export function usualShare(question: ShareQuestion): (block: number) => number {
  const usual = shareByTime(question);
  const atWeekends = weekendShare(question);
  if (atWeekends === null) return usual;
  return (block) => Math.min(usual(block), atWeekends(block) ?? Number.POSITIVE_INFINITY);
}

/** By time of day, the median of whole days at weekends; null in a block of another day. */
function weekendShare({
  own,
  others,
  blocks,
}: ShareQuestion): ((block: number) => number | null) | null {
  const { stepMinutes, count } = blocks;
  const dayOf = (block: number): number => Math.floor(minuteOf(blocks, block) / dayMinutes);
  const days = new Map<number, number[]>();
  for (let block = 0; block < count; block += 1) {
    const day = dayOf(block);
    if (isAtWeekend(day)) days.set(day, [...(days.get(day) ?? []), block]);
  }
  const whole = [...days.values()].filter((all) => all.length * stepMinutes >= dayMinutes);
  if (whole.length < fewestWeekendDays) return null;
  const rows = whole.flat().reduce((all, block) => all + (own[block] ?? 0), 0);
  const most = Math.min(mostSlots, Math.max(1, Math.floor(dayMinutes / stepMinutes)));
  const slots = Math.max(1, Math.min(most, Math.floor(rows / whole.length / rowsPerPart)));
  const slotOf = (block: number): number =>
    Math.floor((minuteOf(blocks, block) % dayMinutes) / (dayMinutes / slots));
  const shares = Array.from({ length: slots }, (_, slot) =>
    median(
      whole.flatMap((all) => {
        const part = all.filter((block) => slotOf(block) === slot);
        const of = (values: ArrayLike<number>): number =>
          part.reduce((total, block) => total + (values[block] ?? 0), 0);
        return of(others) > 0 ? [of(own) / of(others)] : [];
      }),
    ),
  );
  return (block) => (isAtWeekend(dayOf(block)) ? (shares[slotOf(block)] ?? null) : null);
}

/** Days since the epoch, which began on a Thursday. */
function isAtWeekend(day: number): boolean {
  const weekday = (day + 4) % 7;
  return weekday === 0 || weekday === 6;
}

function shareByTime(question: ShareQuestion): (block: number) => number {
  const { own, blocks } = question;
  const perDay = Math.max(1, Math.round(dayMinutes / blocks.stepMinutes));
  const days = Math.floor(blocks.count / perDay);
  const whole = shareOfStretches(question);
  const rowsPerDay = sum(own, 0, own.length) / Math.max(1, days);
  const slots = Math.min(mostSlots, perDay, Math.floor(rowsPerDay / rowsPerPart));
  if (days < fewestDays || slots < 2) return () => whole;
  const width = Math.ceil(perDay / slots);
  const shares = Array.from({ length: Math.ceil(perDay / width) }, (_, slot) =>
    median(slotShares(question, { slot, width, perDay })),
  );
  return (block) =>
    Math.min(shares[Math.floor((block % perDay) / width)] ?? whole, mostPeak * whole);
}

interface Slot {
  readonly slot: number;
  readonly width: number;
  readonly perDay: number;
}

function slotShares({ own, others, blocks }: ShareQuestion, { slot, width, perDay }: Slot) {
  const shares: number[] = [];
  for (let day = 0; day * perDay < blocks.count; day += 1) {
    const from = day * perDay + slot * width;
    const to = Math.min(blocks.count, (day + 1) * perDay, from + width);
    const all = sum(others, from, to);
    if (all > 0) shares.push(sum(own, from, to) / all);
  }
  return shares;
}

/** The median over stretches of equal traffic of the others, each with enough rows of its own. */
function shareOfStretches({ own, others }: ShareQuestion): number {
  const [allOwn, allOthers] = [sum(own, 0, own.length), sum(others, 0, others.length)];
  const wanted = Math.min(60, Math.floor(allOwn / rowsPerPart));
  if (wanted < 3) return allOwn / Math.max(1, allOthers);
  const shares: number[] = [];
  let [rows, rest] = [0, 0];
  for (let block = 0; block < own.length; block += 1) {
    rows += own[block] ?? 0;
    rest += others[block] ?? 0;
    if (rest < (allOthers / wanted) * 0.999) continue;
    shares.push(rows / rest);
    [rows, rest] = [0, 0];
  }
  return median(shares);
}

/** Of the values from one index to before another. */
export function sum(values: ArrayLike<number>, from: number, to: number): number {
  let all = 0;
  for (let index = from; index < to; index += 1) all += values[index] ?? 0;
  return all;
}

/** Of an even number of values the smaller of both in the middle; 0 of none. */
export function median(values: readonly number[]): number {
  return ranked(values, Math.floor((values.length - 1) / 2));
}

/** As `median`, but the larger of both: what goes beyond it is beyond half of them. */
export function upperMedian(values: readonly number[]): number {
  return ranked(values, Math.floor(values.length / 2));
}

function ranked(values: readonly number[], rank: number): number {
  return Float64Array.from(values).sort()[rank] ?? 0;
}
