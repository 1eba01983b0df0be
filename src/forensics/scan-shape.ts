/** What shape a failure has over time: all at once, growing, or on and off. Pure. */
import type { DraftSeries } from './scan-draft.js';
import type { Span } from './scan-presence.js';

/** One of the classes of findings that have a rate. */
export interface Shape {
  readonly kind: 'near-total' | 'partial' | 'gradual' | 'flapping' | 'blip';
  /** Where it began, when it grew from nothing. **Units** minutes since the epoch. */
  readonly from: number;
}

const nearTotal = 0.85;
/** **Source** the definition: shorter than three minutes and less than half of the events. */
const blipMinutes = 3;
/** Chosen by us: so few failures within minutes are a burst of what always fails now and then. */
const fewestOfMinutes = 20;
/** Chosen by us: nats by which a growing rate must explain the hits better than a step. */
const growthGain = 4;
/** **Source** the definition: alternations within one window that make it flapping. */
const flapTurns = 3;

/** The shape of hits between two minutes. */
export function shapeOf(series: DraftSeries, { from, to }: Span): Shape {
  const inside = indexes(series, { from, to });
  const sum = (values: readonly number[]) =>
    inside.reduce((all, index) => all + (values[index] ?? 0), 0);
  const rate = sum(series.count) / Math.max(1, sum(series.rows));
  if (turnsOf(series, inside) >= flapTurns) return { kind: 'flapping', from };
  const grown = growthOf(series, { from, to });
  if (grown !== null) return { kind: 'gradual', from: grown };
  const isSmall = rate < 0.5 || sum(series.count) < fewestOfMinutes;
  if (to - from < blipMinutes && isSmall) return { kind: 'blip', from };
  if (rate >= nearTotal) return { kind: 'near-total', from };
  return { kind: 'partial', from };
}

function indexes({ minutes }: DraftSeries, { from, to }: Span): readonly number[] {
  return minutes.flatMap((minute, index) => (minute >= from && minute < to ? [index] : []));
}

/** Chosen by us: how unlikely a stretch must be at the rate of the whole to count as another. */
const oddRun = 0.01;
const fewestRun = 4;

/** Changes between stretches that all failed and that all were well, neither of them by chance. */
function turnsOf(series: DraftSeries, inside: readonly number[]): number {
  const sum = (values: readonly number[]) =>
    inside.reduce((all, index) => all + (values[index] ?? 0), 0);
  const rate = Math.min(0.99, Math.max(0.01, sum(series.count) / Math.max(1, sum(series.rows))));
  const needed = (share: number): number => Math.max(fewestRun, Math.log(oddRun) / Math.log(share));
  const least = { bad: needed(rate), good: needed(1 - rate) };
  let [turns, run, state, sign] = [0, 0, 0, 0];
  for (const index of inside) {
    const rows = series.rows[index] ?? 0;
    const hits = series.count[index] ?? 0;
    const here = hits >= 0.8 * rows ? 1 : hits === 0 ? -1 : 0;
    run = here === sign ? run + rows : rows;
    sign = here;
    if (here === 0 || here === state || run < (here > 0 ? least.bad : least.good)) continue;
    if (state !== 0) turns += 1;
    state = here;
  }
  return turns;
}

/** The start of a rate that grew with time or its square; null where a step fits as well. */
function growthOf(series: DraftSeries, { from, to }: Span): number | null {
  const length = to - from;
  const first = series.minutes[0] ?? from;
  if (length < 60) return null;
  const upTo = indexes(series, { from: first, to });
  const rate = rateOf(series, from, to);
  const step = likelihood(series, upTo, (minute, rows, expected) =>
    minute < from ? expected : Math.max(expected, rows * rate),
  );
  let best: { readonly gain: number; readonly from: number } | null = null;
  for (
    let start = first;
    start < from + length / 3;
    start += Math.max(5, Math.floor(length / 60))
  ) {
    for (const power of [1, 2]) {
      const slope = slopeOf(series, upTo, { start, to, power });
      const value = likelihood(series, upTo, (minute, rows, expected) =>
        minute < start
          ? expected
          : expected + slope * rows * ((minute - start) / (to - start)) ** power,
      );
      if (best === null || value - step > best.gain) best = { gain: value - step, from: start };
    }
  }
  return best !== null && best.gain > growthGain ? best.from : null;
}

function rateOf(series: DraftSeries, from: number, to: number): number {
  let [hits, rows] = [0, 0];
  for (const index of indexes(series, { from, to })) {
    hits += series.count[index] ?? 0;
    rows += series.rows[index] ?? 0;
  }
  return hits / Math.max(1, rows);
}

function slopeOf(
  series: DraftSeries,
  upTo: readonly number[],
  { start, to, power }: { readonly start: number; readonly to: number; readonly power: number },
): number {
  let [excess, weight] = [0, 0];
  for (const index of upTo) {
    const minute = series.minutes[index] ?? 0;
    if (minute < start) continue;
    excess += (series.count[index] ?? 0) - (series.expected[index] ?? 0);
    weight += (series.rows[index] ?? 0) * ((minute - start) / (to - start)) ** power;
  }
  return Math.max(0, excess / Math.max(1e-9, weight));
}

function likelihood(
  series: DraftSeries,
  upTo: readonly number[],
  mean: (minute: number, rows: number, expected: number) => number,
): number {
  let sum = 0;
  for (const index of upTo) {
    const value = Math.max(
      1e-6,
      mean(series.minutes[index] ?? 0, series.rows[index] ?? 0, series.expected[index] ?? 0),
    );
    sum += (series.count[index] ?? 0) * Math.log(value) - value;
  }
  return sum;
}
