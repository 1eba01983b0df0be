/**
 * When all traffic fell to a part of what is usual and came back. There are no peers to compare
 * with, so it is judged by its own days, and both of its ends must be steep: nights, weekends and
 * holidays begin and end slowly. Pure.
 */
import { type Blocks, minuteOf } from './scan-exposure.js';
import type { Span } from './scan-presence.js';
import { dispersionOf } from './scan-rate.js';
import { median, sum } from './scan-share.js';
import {
  type Dip,
  isDaily,
  isDeep,
  isSilent,
  lifeOf,
  type Series,
  shareIn,
  standsOut,
  type Trough,
  troughs,
} from './scan-trough.js';

/** Chosen by us: minutes; what is shorter is a restart, what is longer a day of its own. */
const lengths = { least: 15, most: 600 } as const;
/** Chosen by us: days from which on there is a usual. */
const fewestDays = 6;
/** Chosen by us: hours around a time whose median says how much there is on that day. */
const levelHours = 12;
/** Chosen by us: hours to either side of a lull that must be of one level, and how alike. */
const sideHours = 6;
const sameLevel = 0.75;
/** Chosen by us: minutes around a lull, and the share of what is usual that comes in them. */
const around = { minutes: 60, least: 0.75 } as const;
/** Chosen by us: minutes to either side of an end, between which so much of the usual is lost. */
const steep = { minutes: 30, least: 0.25 } as const;
/** Chosen by us: traffic wanders, so it takes so many times what chance alone does. */
const wander = 1.8;
/** Chosen by us: more of them in one window are a habit. */
const mostLulls = 3;
const [dayMinutes, hourMinutes] = [1_440, 60];

/** The traffic of all, or of one service. */
export interface LullQuestion {
  /** Events by block. */
  readonly events: Float64Array;
  /** How many of them a row stands for in the mean: chance is of rows. */
  readonly weight: number;
  readonly ids: readonly number[];
  /** Of some minutes, of which an hour has a whole number. */
  readonly blocks: Blocks;
  readonly bound: number;
}

/** Falls that stand out from all others. More than three are a habit, and none is told. */
export function lullsOf({ events, weight, ids, blocks, bound }: LullQuestion): readonly Dip[] {
  const unit = Math.max(1, weight);
  const rows = events.map((count) => count / unit);
  const life = lifeOf(rows);
  if ((life.to - life.from) * blocks.stepMinutes < fewestDays * dayMinutes) return [];
  const { usual, hours } = usualOf(rows, life, blocks);
  const spread = [...rows.keys()]
    .slice(life.from, life.to)
    .map((block) => ({ hits: rows[block] ?? 0, expected: usual[block] ?? 0 }));
  const series: Series = { rows, usual, life, dispersion: dispersionOf(spread), blocks };
  const found = troughs(series);
  const lulls: Trough[] = [];
  for (const one of found) {
    if (one.score < wander * bound) break;
    if (lulls.some((other) => touches(one, other))) continue;
    if (isLull(series, one) && isLevel(hours, one, blocks)) lulls.push(one);
  }
  if (lulls.length > mostLulls) return [];
  const next = found.find((one) => !lulls.some((other) => touches(one, other)))?.score ?? 0;
  return lulls
    .filter(({ score }) => score >= standsOut * next)
    .map((one) => ({
      ids,
      score: one.score,
      seen: one.seen * unit,
      expected: one.expected * unit,
      usual: usual.map((value) => value * unit),
      from: minuteOf(blocks, one.from),
      to: minuteOf(blocks, one.to),
    }));
}

function touches(left: Span, right: Span): boolean {
  return left.from < right.to && right.from < left.to;
}

interface Usual {
  readonly usual: Float64Array;
  /** What came in each hour, as a share of the median of the days; null where that is nothing. */
  readonly hours: readonly (number | null)[];
}

/** The median of the days at a time of day, times how much there is around that hour. */
function usualOf(rows: Float64Array, life: Span, { stepMinutes }: Blocks): Usual {
  const perDay = dayMinutes / stepMinutes;
  const perHour = hourMinutes / stepMinutes;
  const near = (block: number): number => {
    const [from, to] = [Math.max(life.from, block - 1), Math.min(life.to, block + 2)];
    return sum(rows, from, to) / (to - from);
  };
  const ofDay = Float64Array.from({ length: perDay }, (_, slot) => {
    const days: number[] = [];
    const first = life.from + ((((slot - life.from) % perDay) + perDay) % perDay);
    for (let block = first; block < life.to; block += perDay) days.push(near(block));
    return median(days);
  });
  const plain = rows.map((_, block) => ofDay[block % perDay] ?? 0);
  const hours = Array.from({ length: Math.ceil(rows.length / perHour) }, (_, hour) => {
    const from = Math.max(life.from, hour * perHour);
    const to = Math.min(life.to, (hour + 1) * perHour);
    const whole = from < to ? sum(plain, from, to) : 0;
    return whole === 0 ? null : sum(rows, from, to) / whole;
  });
  const levels = hours.map((_, hour) => {
    return levelIn(hours, { from: hour - levelHours, to: hour + levelHours + 1 });
  });
  const usual = plain.map((value, block) => value * (levels[Math.floor(block / perHour)] ?? 0));
  return { usual, hours };
}

function levelIn(hours: Usual['hours'], { from, to }: Span): number {
  const own = hours.slice(Math.max(0, from), Math.max(0, to));
  return median(own.filter((one) => one !== null));
}

/** As much before as behind: what comes to stay, and a day of its own, is another level. */
function isLevel(hours: Usual['hours'], { from, to }: Span, { stepMinutes }: Blocks): boolean {
  const perHour = hourMinutes / stepMinutes;
  const [first, last] = [Math.floor(from / perHour), Math.ceil(to / perHour)];
  const before = levelIn(hours, { from: first - sideHours, to: first });
  const behind = levelIn(hours, { from: last, to: last + sideHours });
  return Math.min(before, behind) >= sameLevel * Math.max(before, behind);
}

/** Deep, neither too short nor too long, with steep ends, no habit, and not plainly silent. */
function isLull(series: Series, trough: Trough): boolean {
  const { life, blocks } = series;
  const { from, to } = trough;
  const { stepMinutes } = blocks;
  const minutes = (to - from) * stepMinutes;
  if (!isDeep(trough) || minutes < lengths.least || minutes > lengths.most) return false;
  // A block at either edge holds both what was usual and what was not.
  const sides = (length: number): { readonly before: Span; readonly behind: Span } => {
    const count = length / stepMinutes;
    return {
      before: { from: from - 1 - count, to: from - 1 },
      behind: { from: to + 1, to: to + 1 + count },
    };
  };
  const share = (span: Span): number => shareIn(series, span);
  const wide = sides(around.minutes);
  if (wide.before.from < life.from || wide.behind.to > life.to) return false;
  if (share(wide.before) < around.least || share(wide.behind) < around.least) return false;
  const near = sides(steep.minutes);
  const inner = Math.min(to - from, steep.minutes / stepMinutes);
  if (share(near.before) - share({ from, to: from + inner }) < steep.least) return false;
  if (share(near.behind) - share({ from: to - inner, to }) < steep.least) return false;
  return !isSilent(series, trough) && !isDaily(series, trough);
}
