/** In which minutes each value of a dimension sent anything: one flag a minute. */
import { present } from '../base/assert.js';
import { type Measure, rollupSpec } from '../query/rollup.js';
import { microsPerDay, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Axes, type Dictionaries, type Dimension, idOf } from './scan-cells.js';
import { filterOf, quoted, type ScanPort } from './scan-port.js';

/** **Units** minutes since the epoch, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Presence {
  readonly ids: readonly number[];
  /** One entry a minute of the window: 1 where an event came. */
  readonly minutes: Uint8Array;
  /** Minutes of the window of the first and the last event, both included. */
  readonly first: number;
  readonly last: number;
}

export interface PresenceQuestion {
  readonly window: TimeRange;
  readonly axes: Axes;
  readonly of: readonly Dimension[];
  /** Only these values of the last dimension; null for all. */
  readonly only: readonly string[] | null;
}

/** Whole minutes of a window. */
export function minutesOf({ start, end }: TimeRange): Span {
  return { from: Math.floor(start / microsPerMinute), to: Math.ceil(end / microsPerMinute) };
}

export async function readPresence(
  port: ScanPort,
  dictionaries: Dictionaries,
  { window, axes, of, only }: PresenceQuestion,
): Promise<readonly Presence[]> {
  const keys = of.map((one) => present(axes.breakdowns.get(one), one));
  const measures: readonly Measure[] = [{ kind: 'minutes' }];
  const last = of.at(-1);
  const where =
    only === null || last === undefined
      ? []
      : [filterOf(`${last} in (${only.map(quoted).join(', ')})`)];
  const rows = await port.rollup(
    rollupSpec(window, { keys, stepMicros: microsPerDay, measures, where }),
  );
  const { from, to } = minutesOf(window);
  const byKey = new Map<
    string,
    { readonly ids: readonly number[]; readonly minutes: Uint8Array }
  >();
  for (const row of rows) {
    const ids = of.map((one, index) => idOf(dictionaries[one], row[index] ?? null));
    const key = ids.join(',');
    const own = byKey.get(key) ?? { ids, minutes: new Uint8Array(to - from) };
    byKey.set(key, own);
    mark(own.minutes, Number(row[of.length]) / microsPerMinute - from, String(row[of.length + 1]));
  }
  return [...byKey.values()]
    .map(({ ids, minutes }) => ({
      ids,
      minutes,
      first: minutes.indexOf(1),
      last: minutes.lastIndexOf(1),
    }))
    .sort((left, right) => compareIds(left.ids, right.ids));
}

function mark(minutes: Uint8Array, offset: number, bits: string): void {
  for (let at = bits.indexOf('1'); at >= 0; at = bits.indexOf('1', at + 1)) {
    const minute = offset + at;
    if (minute >= 0 && minute < minutes.length) minutes[minute] = 1;
  }
}

function compareIds(left: readonly number[], right: readonly number[]): number {
  for (const [index, id] of left.entries()) {
    const other = right[index] ?? 0;
    if (id !== other) return id - other;
  }
  return 0;
}

/** Stretches without an event between the first and the last, at least so long, as minutes. */
export function gapsOf({ minutes, first, last }: Presence, least: number): readonly Span[] {
  const gaps: Span[] = [];
  let before = first;
  for (let at = first + 1; at <= last; at += 1) {
    if (minutes[at] !== 1) continue;
    if (at - before - 1 >= least) gaps.push({ from: before + 1, to: at });
    before = at;
  }
  return gaps;
}

/** Whether no event came in a stretch; only where the value was there before and after. */
export function isQuiet({ minutes, first, last }: Presence, { from, to }: Span): boolean | null {
  if (from < first || to > last) return null;
  for (let at = from; at < to; at += 1) if (minutes[at] === 1) return false;
  return true;
}
