/**
 * Who fell silent: minutes without any event, against what their own share of the traffic of the
 * others made likely. Habits are no silence: what is quiet at the same time on other days, what
 * goes in turn, what fades out before. Pure.
 */
import { type Blocks, blockOf } from './scan-exposure.js';
import { isQuiet, type Presence, type Span } from './scan-presence.js';
import { dispersionOf } from './scan-rate.js';
import { sum, usualShare } from './scan-share.js';

/** A stretch without events that chance does not explain. */
export interface Silence extends Span {
  readonly ids: readonly number[];
  /** Rows that did not come. */
  readonly missing: number;
  /** Nats. */
  readonly score: number;
  /** It did not come back before the data ended. */
  readonly ongoing: boolean;
}

/** When somebody sent anything, and what it is measured by. */
export interface SilenceQuestion {
  readonly presence: Presence;
  /** Rows by block: its own, and those of the others it is compared with. */
  readonly own: Float64Array;
  readonly others: Float64Array;
  readonly blocks: Blocks;
  /** Whole minutes of the window since the epoch. */
  readonly minutes: Span;
  readonly leastMinutes: number;
  readonly bound: number;
  /** Whether silence until the end of the data counts. */
  readonly mayEnd: boolean;
}

const dayMinutes = 1_440;
/** **Source** the definition: a silence stands out from the second longest of its kind. */
const standsOut = 1.8;
/** Chosen by us: quiet at the same time on this share of the other days is a habit. */
const habitShare = 0.15;
/** Chosen by us: minutes; longer ones may be nights where no other day can be looked at. */
const longestNight = 360;
/** Chosen by us: minutes at the ends of the data nothing is said about. */
const edgeMinutes = 10;

/** A stretch without any event, whether it is told or not. */
export interface Absence extends Span {
  readonly ids: readonly number[];
  readonly missing: number;
}

/** Of one: those that are told, and all there were. */
export interface Silences {
  readonly silences: readonly Silence[];
  /** Those that miss a few rows at least, the longest first. */
  readonly absences: readonly Absence[];
}

/** Chosen by us: fewer rows that are missing are chance. */
const fewestMissing = 4;

/** Chosen by us: others that send less than this share of its own say too little to measure by. */
const leastOfOthers = 0.1;

/** What a service is measured by: the others, or the clock where it is nearly all there is. */
export function measureOf(
  own: Float64Array,
  others: Float64Array,
  { stepMinutes }: Pick<Blocks, 'stepMinutes'>,
): Float64Array {
  const enough = sum(others, 0, others.length) >= leastOfOthers * sum(own, 0, own.length);
  return enough ? others : byTheClock(own.length, stepMinutes);
}

/** As many rows a minute as make shares of a readable size. */
export function byTheClock(count: number, stepMinutes: number): Float64Array {
  return new Float64Array(count).fill(stepMinutes * 1_000);
}

/** The longest absence is a silence where it stands out from the next; and all absences. */
export function silencesOf(question: SilenceQuestion): Silences {
  const { presence, minutes, leastMinutes, bound, mayEnd } = question;
  const none = { silences: [], absences: [] };
  if (presence.first < 0) return none;
  const origin = minutes.from;
  const length = minutes.to - minutes.from;
  const gaps = [...presence.gaps];
  const tail = { from: presence.last + 1, to: length };
  const isEnded = tail.to - tail.from >= Math.max(leastMinutes, 60);
  if (mayEnd && isEnded) gaps.push(tail);
  if (gaps.length === 0) return none;
  const shares = usualShare(question);
  const dispersion = dispersionOf(
    Array.from(question.own, (hits, index) => ({
      hits,
      expected: (question.others[index] ?? 0) * shares(index),
    })),
  );
  const judged = gaps
    .map((gap, at) => ({
      gap,
      missing: missingIn(question, gap, shares),
      nats: presence.alone?.[at] ?? 0,
    }))
    .sort((left, right) => right.missing - left.missing);
  const placed = ({ from, to }: Span): Span => ({ from: origin + from, to: origin + to });
  const silences = judged.flatMap(({ gap, missing, nats }, index) => {
    const score = Math.max(missing / dispersion, nats);
    const next = judged[index + 1]?.missing ?? 0;
    const alone = index === 0 ? missing > standsOut * next : false;
    const isTail = gap.to === length;
    if (score < bound || !alone || gap.from < edgeMinutes) return [];
    if (!isTail && gap.to > length - edgeMinutes) return [];
    if (isHabit(presence, gap, minutes)) return [];
    if (isTail && isFading(question, gap, shares)) return [];
    return [{ ids: presence.ids, ...placed(gap), missing, score, ongoing: isTail }];
  });
  const absences = judged
    .filter(({ missing }) => missing >= fewestMissing)
    .map(({ gap, missing }) => ({ ids: presence.ids, ...placed(gap), missing }));
  return { silences, absences };
}

/** Chosen by us: what ends for good at less than this share of its usual had faded out before. */
const fadedShare = 0.6;
const fadeMinutes = 180;
const fewestBeforeEnd = 10;

function isFading(question: SilenceQuestion, gap: Span, shares: (block: number) => number) {
  const { own, blocks, minutes } = question;
  const before = { from: Math.max(0, gap.from - fadeMinutes), to: gap.from };
  const expected = missingIn(question, before, shares);
  let seen = 0;
  for (let at = before.from; at < before.to; at += 1)
    seen += (own[blockOf(blocks, minutes.from + at)] ?? 0) / blocks.stepMinutes;
  return expected >= fewestBeforeEnd && seen < fadedShare * expected;
}

function missingIn(
  { others, blocks, minutes }: SilenceQuestion,
  gap: Span,
  shares: (block: number) => number,
): number {
  let missing = 0;
  for (let at = gap.from; at < gap.to; at += 1) {
    const block = blockOf(blocks, minutes.from + at);
    missing += ((others[block] ?? 0) / blocks.stepMinutes) * shares(block);
  }
  return missing;
}

/** Quiet at the same time on other days, or over a weekend. */
function isHabit(presence: Presence, gap: Span, minutes: Span): boolean {
  const length = gap.to - gap.from;
  let [quiet, days] = [0, 0];
  const most = Math.ceil((minutes.to - minutes.from) / dayMinutes);
  for (let day = -most; day <= most; day += 1) {
    const offset = day * dayMinutes;
    if (Math.abs(offset) < length) continue;
    const answer = isQuiet(presence, { from: gap.from + offset, to: gap.to + offset });
    if (answer === null) continue;
    days += 1;
    if (answer) quiet += 1;
  }
  if (quiet > days * habitShare || (days === 0 && length > longestNight)) return true;
  return isWeekend({ from: minutes.from + gap.from, to: minutes.from + gap.to });
}

/** Most of it lies on a Saturday and Sunday (UTC), and it is at least a day long. */
export function isWeekend({ from, to }: Span): boolean {
  if (to - from < 0.8 * dayMinutes) return false;
  let inside = 0;
  for (let at = from; at < to; at += 60) {
    const day = (Math.floor(at / dayMinutes) + 4) % 7;
    if (day === 0 || day === 6) inside += 60;
  }
  return inside >= 0.6 * (to - from);
}

/** Chosen by us: so many of one service, one after the other, are taken out on purpose. */
const fewestInTurn = 3;

/** Hosts that were away in turn, for about the same time each: a rolling restart or drain. */
export function inTurn(
  gaps: readonly (Span & { readonly service: number })[],
): ReadonlySet<number> {
  const planned = new Set<number>();
  for (const [index, gap] of gaps.entries()) {
    const length = gap.to - gap.from;
    const alike = gaps.filter((other, at) => {
      const own = other.to - other.from;
      const apart = Math.max(other.from - gap.to, gap.from - other.to);
      const isOther = at !== index && other.service === gap.service;
      const isLike = own > length * 0.6 && own < length * 1.7;
      return isOther && isLike && apart > -length * 0.3 && apart < 2 * dayMinutes;
    });
    if (alike.length >= fewestInTurn - 1) planned.add(index);
  }
  return planned;
}

/** Chosen by us: so many others, and of all, that are away as long at other times. */
const scaled = { fewest: 3, share: 0.2, missing: 0.4 };

/**
 * Whether others of the same kind are away as long at other times: a fleet that is scaled up and
 * down, one of which is no more silent than the rest.
 */
export function isScaled(
  silence: Silence,
  { absences, members }: { readonly absences: readonly Absence[]; readonly members: number },
): boolean {
  const own = silence.ids.at(-1);
  const others = new Set<number | undefined>();
  for (const { ids, from, to, missing } of absences) {
    const isElsewhen = to <= silence.from || from >= silence.to;
    if (isElsewhen && missing >= scaled.missing * silence.missing) others.add(ids.at(-1));
  }
  others.delete(own);
  return others.size >= Math.max(scaled.fewest, scaled.share * members);
}
