/**
 * Whether the usual pager would have rung: an objective of 99.9 % that counts server errors alone,
 * with fast and slow burn rates. Pure. **Source** Google's SRE workbook, chapter 5.
 */

import { type PagerRule, uncountedBy } from './scan-status.js';

/** **Units** events in steps of five minutes. */
export interface PagerSeries {
  readonly events: readonly number[];
  readonly bad: readonly number[];
}

/** Whether it rang, and how near it came. */
export interface PagerVerdict {
  readonly rang: boolean;
  /** The highest burn over an hour, in times of the budget. */
  readonly mostBurn: number;
  /** The bad events of that hour. */
  readonly mostBad: number;
}

const budget = 0.001;
/** In times of the budget. */
export const fastBurn = 14.4;
/**
 * Chosen by us: fewer bad events in the long window ring no pager. **Source** the same chapter, of
 * services with little traffic: there a single failure would, and nobody keeps such an alert.
 */
const fewestBad = 3;
const stepMinutes = 5;
/** Burn rates with their long and short windows. */
const rules = [
  { burn: fastBurn, longMinutes: 60, shortMinutes: 5 },
  { burn: 6, longMinutes: 360, shortMinutes: 30 },
] as const;

/** Looks at every step from `first` on. */
export function pagerVerdict(series: PagerSeries, first: number): PagerVerdict {
  const events = running(series.events);
  const bad = running(series.bad);
  const within = (sums: readonly number[], at: number, minutes: number): number =>
    (sums[at + 1] ?? 0) - (sums[Math.max(0, at + 1 - minutes / stepMinutes)] ?? 0);
  const burn = (at: number, minutes: number): number => {
    const all = within(events, at, minutes);
    return all === 0 ? 0 : within(bad, at, minutes) / all / budget;
  };
  let [rang, mostBurn, mostBad] = [false, 0, 0];
  for (let at = first; at < series.events.length; at += 1) {
    const own = burn(at, 60);
    if (own > mostBurn) [mostBurn, mostBad] = [own, within(bad, at, 60)];
    rang ||= rules.some(
      (rule) =>
        within(bad, at, rule.longMinutes) >= fewestBad &&
        burn(at, rule.longMinutes) > rule.burn &&
        burn(at, rule.shortMinutes) > rule.burn,
    );
  }
  return { rang, mostBurn, mostBad };
}

function running(values: readonly number[]): readonly number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

/** Of a finding: whether its events are failures at all, and their statuses. */
export interface PagerSubject {
  readonly isCounted: boolean;
  readonly statuses: Parameters<typeof uncountedBy>[1];
}

/** The sentence about the pager. */
export function whyUnnoticed(
  { rang, mostBurn, mostBad }: PagerVerdict,
  pager: PagerRule | null,
  { isCounted, statuses }: PagerSubject,
): string {
  if (pager === null) return 'no status says so: nothing counts it';
  const { what } = pager;
  const times = `${mostBurn.toFixed(1)} times the budget of 99.9 % over an hour`;
  if (rang && isCounted) return `a pager that counts ${what} would have rung: ${times}`;
  // Few failures among few events are a high share of them, and still nothing that rings.
  const few = `${what} are too few to ring, ${mostBad} within an hour`;
  const burn = (of: string) =>
    mostBurn > fastBurn ? few : `${of} burned ${times}, under ${fastBurn}`;
  if (!isCounted) return `no status says so: ${rang ? `only other ${what} rang` : burn(what)}`;
  const uncounted = uncountedBy(pager, statuses);
  if (uncounted.length > 0) return `${uncounted.join(', ')} is no server error: ${burn(what)}`;
  return `the others hid it: ${burn(`${what} of the whole service`)}`;
}
