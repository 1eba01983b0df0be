/**
 * Answers of several windows side by side: a pure join on the breakdowns. A group that one window
 * lacks is kept and marked; what was not kept of a window is unknown and never 0.
 */
import { present } from '../base/assert.js';
import type { TimeRange } from '../time/range.js';
import type { Cell } from './ports.js';
import type { ResultColumn } from './result.js';

/** A calculation, as far as a comparison must know it. */
export interface ComparedCalculation {
  readonly column: ResultColumn;
  /** What it is where there are no events: 0 for counts, else unknown; of formulas anything. */
  readonly empty: Cell;
  /** Whether it grows with the length of a window, so that windows are compared by rate. */
  readonly grows: boolean;
}

/** What one window answered. */
export interface WindowValues {
  readonly range: TimeRange;
  /** False: nothing at all is kept of that time. */
  readonly isKept: boolean;
  /** Keys, then the calculations. */
  readonly rows: readonly (readonly Cell[])[];
}

/** One window, or several of which the median is taken. */
export interface Baseline {
  readonly name: string;
  readonly isBand: boolean;
  readonly windows: readonly WindowValues[];
}

/** A calculation of a group against one baseline. */
export interface ComparedBaseline {
  /** The value there; of several windows their median. */
  readonly value: Cell;
  /** Smallest and largest of several windows; null for a single one. */
  readonly low: Cell;
  readonly high: Cell;
  /** Value now less value there, both over the length of the window now. */
  readonly change: Cell;
  /** Value now divided by the value there; null where that is 0 or unknown. */
  readonly ratio: number | null;
}

export interface ComparedCell {
  readonly value: Cell;
  /** In the order of the baselines. */
  readonly baselines: readonly ComparedBaseline[];
}

/** `new`: in no baseline; `vanished`: only there. Null where that is not known. */
export type GroupState = 'new' | 'vanished' | 'both' | null;

export interface ComparedGroup {
  readonly keys: readonly Cell[];
  readonly state: GroupState;
  /** One a calculation. */
  readonly cells: readonly ComparedCell[];
}

export interface Comparing {
  readonly keyCount: number;
  readonly calculations: readonly ComparedCalculation[];
  readonly current: WindowValues;
  readonly baselines: readonly Baseline[];
}

/** All groups of all windows, each once, in the order of their keys. */
export function joinGroups(comparing: Comparing): readonly ComparedGroup[] {
  const { keyCount, current, baselines } = comparing;
  const windows = [current, ...baselines.flatMap((baseline) => baseline.windows)];
  const found = windows.map(({ rows }) => byKeys(rows, keyCount));
  const all = new Map<string, readonly Cell[]>();
  for (const { rows } of windows) {
    for (const row of rows) {
      const keys = row.slice(0, keyCount);
      const name = keyName(keys);
      if (!all.has(name)) all.set(name, keys);
    }
  }
  const groups = [...all].map(([name, keys]): ComparedGroup => {
    const rows = found.map((window) => window.get(name)?.slice(keyCount) ?? null);
    return { keys, state: stateOf(windows, rows), cells: comparedCells(comparing, rows) };
  });
  return groups.sort((left, right) => compareKeys(left.keys, right.keys));
}

/**
 * The calculations of one group, one bucket or a total. `rows`: of the window now, then of all
 * windows of all baselines; null where there is no such row.
 */
export function comparedCells(
  { calculations, current, baselines }: Comparing,
  rows: readonly (readonly Cell[] | null)[],
): readonly ComparedCell[] {
  const [now = null, ...before] = rows;
  return calculations.map((calculation, index) => {
    const cellOf = (window: WindowValues, row: readonly Cell[] | null): Cell => {
      if (!window.isKept) return null;
      return row === null ? calculation.empty : (row[index] ?? null);
    };
    const value = cellOf(current, now);
    let next = 0;
    return {
      value,
      baselines: baselines.map(({ windows, isBand }) => {
        const cells = windows.map((window) => {
          const cell = cellOf(window, before[next] ?? null);
          next += 1;
          return { cell, scale: calculation.grows ? scaleOf(current, window) : 1 };
        });
        return isBand
          ? againstBand(value, cells)
          : againstOne(value, present(cells[0], 'a window'));
      }),
    };
  });
}

interface Scaled {
  readonly cell: Cell;
  /** What the value is multiplied by to be over the length of the window now. */
  readonly scale: number;
}

function scaleOf({ range }: WindowValues, other: WindowValues): number {
  return (range.end - range.start) / (other.range.end - other.range.start);
}

function againstOne(value: Cell, { cell, scale }: Scaled): ComparedBaseline {
  const there = scale === 1 ? cell : scaled({ cell, scale });
  return { value: cell, low: null, high: null, ...differenceOf(value, there) };
}

function againstBand(value: Cell, cells: readonly Scaled[]): ComparedBaseline {
  const values = cells
    .flatMap((one) => scaled(one) ?? [])
    .sort((left, right) => Number(left) - Number(right));
  const median = medianOf(values);
  const [low = null, high = null] = [values[0], values.at(-1)];
  return { value: median, low, high, ...differenceOf(value, median) };
}

function scaled({ cell, scale }: Scaled): number | bigint | null {
  if (typeof cell !== 'number' && typeof cell !== 'bigint') return null;
  return scale === 1 ? cell : steady(Number(cell) * scale);
}

/** Of an even count the mean of the two in the middle. */
function medianOf(sorted: readonly (number | bigint)[]): number | bigint | null {
  const high = sorted[Math.floor(sorted.length / 2)];
  const low = sorted[Math.floor((sorted.length - 1) / 2)];
  if (high === undefined || low === undefined) return null;
  return high === low ? high : steady((Number(low) + Number(high)) / 2);
}

function differenceOf(now: Cell, there: Cell): { change: Cell; ratio: number | null } {
  if (!isNumber(now) || !isNumber(there)) return { change: null, ratio: null };
  const change =
    typeof now === 'bigint' || typeof there === 'bigint'
      ? exactChange(now, there)
      : withoutNoise(now - there, Math.max(Math.abs(now), Math.abs(there)));
  const ratio = Number(there) === 0 ? null : steady(Number(now) / Number(there));
  return { change, ratio };
}

function exactChange(now: number | bigint, there: number | bigint): number | bigint {
  if (Number.isInteger(Number(now)) && Number.isInteger(Number(there))) {
    return BigInt(now) - BigInt(there);
  }
  return Number(now) - Number(there);
}

/** A difference is as exact as the larger of the two: its noise is that one's 16th digit. */
function withoutNoise(difference: number, largest: number): number {
  const decimals = 14 - Math.floor(Math.log10(largest));
  return largest > 0 && decimals <= 100 && decimals >= 0
    ? Number(difference.toFixed(decimals))
    : difference;
}

/** Division leaves noise behind the 15th digit. */
function steady(value: number): number {
  return Number(value.toPrecision(15));
}

function isNumber(cell: Cell): cell is number | bigint {
  return typeof cell === 'number' || typeof cell === 'bigint';
}

function stateOf(
  [current, ...others]: readonly WindowValues[],
  [now = null, ...before]: readonly (readonly Cell[] | null)[],
): GroupState {
  const isThere = before.some((row) => row !== null);
  if (now !== null && isThere) return 'both';
  if (now !== null) return others.some(({ isKept }) => isKept) ? 'new' : null;
  return current?.isKept === true ? 'vanished' : null;
}

function byKeys(
  rows: readonly (readonly Cell[])[],
  keyCount: number,
): ReadonlyMap<string, readonly Cell[]> {
  return new Map(rows.map((row) => [keyName(row.slice(0, keyCount)), row]));
}

/** A text that only the same keys have. */
export function keyName(keys: readonly Cell[]): string {
  return JSON.stringify(keys.map((key) => [key === null ? '' : typeof key, String(key)]));
}

function compareKeys(left: readonly Cell[], right: readonly Cell[]): number {
  for (const [index, cell] of left.entries()) {
    const order = compareCells(cell, right[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

/** Missing values last; texts by code point, as the engine orders them. */
export function compareCells(left: Cell, right: Cell): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === 'string' || typeof right === 'string') {
    return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
  }
  return left < right ? -1 : Number(left > right);
}
