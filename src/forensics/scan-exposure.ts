/** How many rows each value of a dimension had over time, in coarse blocks. */
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Dimension, noValue } from './scan-cells.js';
import { askScan, type ScanFacts } from './scan-facts.js';

/** Blocks of one length over a window. */
export interface Blocks {
  readonly window: TimeRange;
  readonly stepMicros: Micros;
  readonly count: number;
  /** Minutes since the epoch. */
  readonly startMinute: number;
  readonly stepMinutes: number;
}

/** Chosen by us: lengths of a block. */
const steps: readonly Micros[] = [1, 5, 15, 30, 60, 180, 360].map((one) => one * microsPerMinute);
const mostBlocks = 500;

/** Of the shortest length of which few enough cover the window. */
export function blocksOf(window: TimeRange): Blocks {
  const length = window.end - window.start;
  const stepMicros = steps.find((step) => length / step <= mostBlocks) ?? 360 * microsPerMinute;
  return blocksOfStep(window, stepMicros);
}

/** **Units** `stepMicros` is of whole minutes. */
export function blocksOfStep(window: TimeRange, stepMicros: Micros): Blocks {
  const start = Math.floor(window.start / stepMicros) * stepMicros;
  return {
    window,
    stepMicros,
    count: Math.max(1, Math.ceil((window.end - start) / stepMicros)),
    startMinute: start / microsPerMinute,
    stepMinutes: stepMicros / microsPerMinute,
  };
}

/** The block that holds a minute; the nearest one outside of the window. */
export function blockOf({ startMinute, stepMinutes, count }: Blocks, minute: number): number {
  const block = Math.floor((minute - startMinute) / stepMinutes);
  return Math.min(count - 1, Math.max(0, block));
}

/** The first minute of a block, or the end of the last. **Units** minutes since the epoch. */
export function minuteOf({ startMinute, stepMinutes }: Blocks, block: number): number {
  return startMinute + block * stepMinutes;
}

/** Rows by block for each value, and for pairs of values. */
export interface Exposure {
  readonly blocks: Blocks;
  readonly rows: ReadonlyMap<number, Float64Array>;
}

/** One number for two ids; missing values count as a value. */
export function pairOf(left: number, right: number): number {
  return (left + 1) * 4_194_304 + (right + 1);
}

/** The first of the two ids. */
export function serviceOfPair(key: number): number {
  return Math.floor(key / 4_194_304) - 1;
}

/** One dimension, or two for pairs; only some values of the first where given. */
export async function readExposure(
  facts: ScanFacts,
  blocks: Blocks,
  of: readonly [Dimension] | readonly [Dimension, Dimension],
  only: readonly number[] | null = null,
): Promise<Exposure> {
  const rows = new Map<number, Float64Array>();
  if (!of.every((one) => facts.axes.breakdowns.has(one))) return { blocks, rows };
  const { stepMicros } = blocks;
  const found = await askScan(facts, {
    of,
    stepMicros,
    only: only && { dimension: of[0], ids: only },
  });
  const [first, second] = found.keys;
  for (let at = 0; at < found.rowCount; at += 1) {
    const id = first?.[at] ?? noValue;
    const key = second === undefined ? id : pairOf(id, second[at] ?? noValue);
    const own = rows.get(key) ?? new Float64Array(blocks.count);
    const block = blockOf(blocks, found.minutes[at] ?? 0);
    own[block] = (own[block] ?? 0) + (found.rows[at] ?? 0);
    rows.set(key, own);
  }
  return { blocks, rows };
}

/** Rows of all values by block, or of the pairs of one first value. */
export function sumExposure(
  { blocks, rows }: Exposure,
  keep: (key: number) => boolean = () => true,
): Float64Array {
  const sum = new Float64Array(blocks.count);
  for (const [key, own] of rows) {
    if (!keep(key)) continue;
    own.forEach((value, index) => {
      sum[index] = (sum[index] ?? 0) + value;
    });
  }
  return sum;
}

/** Of all values. */
export function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] ?? 0;
  return sum;
}
