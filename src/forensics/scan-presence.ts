/** When each value of a dimension sent anything, to the minute, and when nothing came. */
import type { FactMinutes } from '../query/facts-ask.js';
import { setMinutes, wordMinutes } from '../query/facts-word.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Dimension, noValue } from './scan-cells.js';
import { askScanMinutes, type ScanFacts } from './scan-facts.js';

/** **Units** minutes since the epoch, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** When a value sent anything. **Units** minutes of the window. */
export interface Presence {
  readonly ids: readonly number[];
  /** Minutes with an event. */
  readonly count: number;
  /** Those of the first and the last event, both included. */
  readonly first: number;
  readonly last: number;
  /** Stretches without any event between them that were long enough to be told. */
  readonly gaps: readonly Span[];
  /** Of everything: nats that say of each gap that it is none of the usual ones around it. */
  readonly alone: readonly number[] | null;
}

/** Whole minutes of a window. */
export function minutesOf({ start, end }: TimeRange): Span {
  return { from: Math.floor(start / microsPerMinute), to: Math.ceil(end / microsPerMinute) };
}

/** Chosen by us: values whose minutes are held at once, some 100 kilobytes each. */
const valuesAtOnce = 200;

/** Whose minutes are asked for. */
export interface PresenceQuestion {
  readonly of: readonly Dimension[];
  /** Values of the last dimension; null where there is none. */
  readonly ids: readonly number[] | null;
  /** A gap is told from so many minutes on. */
  readonly least: number;
}

/** When each value sent anything, in order of the values. */
export async function readPresence(
  facts: ScanFacts,
  { of, ids, least }: PresenceQuestion,
): Promise<readonly Presence[]> {
  const last = of.at(-1);
  if (ids === null || last === undefined) {
    return presencesOf(await askScanMinutes(facts, { of }), facts.window, least);
  }
  const found: Presence[] = [];
  for (let at = 0; at < ids.length; at += valuesAtOnce) {
    const only = { dimension: last, ids: ids.slice(at, at + valuesAtOnce) };
    const rows = await askScanMinutes(facts, { of, only });
    found.push(...presencesOf(rows, facts.window, least));
  }
  return found;
}

function presencesOf(
  { rowCount, keys, starts, words }: FactMinutes,
  window: TimeRange,
  least: number,
): readonly Presence[] {
  const { from, to } = minutesOf(window);
  const found: Presence[] = [];
  for (let at = 0; at < rowCount; ) {
    const ids = keys.map((codes) => codes[at] ?? noValue);
    const minutes = new Uint8Array(to - from);
    for (; keys.every((codes, key) => codes[at] === ids[key]) && at < rowCount; at += 1) {
      const offset = (starts[at] ?? 0) - from;
      for (let word = 0; word < words.length; word += 1)
        setMinutes(minutes, offset + word * wordMinutes, words[word]?.[at] ?? 0);
    }
    const presence = presenceOf(ids, minutes, least);
    const ofAll = () => presence.gaps.map((gap) => aloneNats(minutes, gap));
    found.push(ids.length > 0 ? presence : { ...presence, alone: ofAll() });
  }
  return found;
}

/** Exported for its test. */
export function presenceOf(ids: readonly number[], minutes: Uint8Array, least: number): Presence {
  const first = minutes.indexOf(1);
  const gaps: Span[] = [];
  let [before, count] = [first, 0];
  for (let at = Math.max(0, first); at < minutes.length; at += 1) {
    if (minutes[at] !== 1) continue;
    count += 1;
    if (at - before - 1 >= least) gaps.push({ from: before + 1, to: at });
    before = at;
  }
  return { ids, count, first, last: before, gaps, alone: null };
}

/** Chosen by us: minutes to either side of a gap that say how empty minutes usually end. */
const around = { least: 60, most: 360 };

/**
 * How unlikely so long a gap is by how soon empty minutes end before and behind it, whichever of
 * both says less. No level is needed for it: it holds where nobody else sends anything.
 */
export function aloneNats(minutes: Uint8Array, { from, to }: Span): number {
  const side = Math.min(around.most, Math.max(around.least, to - from));
  const ending = Math.min(
    endingRate(minutes, { from: Math.max(0, from - side), to: from }),
    endingRate(minutes, { from: to, to: Math.min(minutes.length, to + side) }),
  );
  return -(to - from) * Math.log(1 - ending);
}

/** Of empty minutes those that are followed by one with an event, never all. */
function endingRate(minutes: Uint8Array, { from, to }: Span): number {
  let [empty, ended] = [0, 0];
  for (let at = from; at + 1 < to; at += 1) {
    if (minutes[at] === 1) continue;
    empty += 1;
    if (minutes[at + 1] === 1) ended += 1;
  }
  // Where hardly a minute is empty that is how likely the next one is not.
  const filled = Math.max(0, to - from - empty) / Math.max(1, to - from);
  const prior = 2;
  return (ended + prior * Math.min(0.98, filled)) / (empty + prior + 0.02);
}

/**
 * Whether no event came in a stretch as long as a gap that is told, or longer; null unless the
 * value was there before and after.
 */
export function isQuiet({ gaps, first, last }: Presence, { from, to }: Span): boolean | null {
  if (from < first || to > last) return null;
  return gaps.some((gap) => gap.from <= from && to <= gap.to);
}
