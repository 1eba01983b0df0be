/**
 * Whether the usual pager would have rung: an objective of 99.9 % that counts server errors alone,
 * with fast and slow burn rates. Pure. **Source** Google's SRE workbook, chapter 5.
 */

/** **Units** events in steps of five minutes. */
export interface PagerSeries {
  readonly events: readonly number[];
  readonly bad: readonly number[];
}

export interface PagerVerdict {
  readonly rang: boolean;
  /** The highest burn over an hour, in times of the budget. */
  readonly mostBurn: number;
}

const budget = 0.001;
const stepMinutes = 5;
/** Burn rates with their long and short windows. */
const rules = [
  { burn: 14.4, longMinutes: 60, shortMinutes: 5 },
  { burn: 6, longMinutes: 360, shortMinutes: 30 },
] as const;

/** Looks at every step from `first` on. */
export function pagerVerdict(series: PagerSeries, first: number): PagerVerdict {
  const events = running(series.events);
  const bad = running(series.bad);
  const burn = (at: number, minutes: number): number => {
    const from = Math.max(0, at + 1 - minutes / stepMinutes);
    const all = (events[at + 1] ?? 0) - (events[from] ?? 0);
    return all === 0 ? 0 : ((bad[at + 1] ?? 0) - (bad[from] ?? 0)) / all / budget;
  };
  let [rang, mostBurn] = [false, 0];
  for (let at = first; at < series.events.length; at += 1) {
    mostBurn = Math.max(mostBurn, burn(at, 60));
    const rings = rules.some(
      (rule) => burn(at, rule.longMinutes) > rule.burn && burn(at, rule.shortMinutes) > rule.burn,
    );
    if (rings) rang = true;
  }
  return { rang, mostBurn };
}

function running(values: readonly number[]): readonly number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}
