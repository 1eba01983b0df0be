/** Lines and stacked bars over time in the cells of a terminal. Gaps stay empty. */
import { sanitise, truncateToWidth } from '../base/text.js';
import type { ResultUnit } from '../query/result.js';
import type { ChartLine, ChartTimes } from './chart.js';
import {
  emptyGrid,
  framedLines,
  isAscii,
  letterOf,
  type PlotGrid,
  type PlotStyle,
  plotRows,
  withUnit,
} from './plot.js';
import { niceTicks } from './ticks.js';

interface LinesPanel {
  readonly title: string;
  readonly unit: ResultUnit;
  readonly lines: readonly ChartLine[];
}

/** Dots of a braille cell by column and row. **Source** Unicode 15.1, Braille Patterns. */
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** One scale for all lines, each named by a letter at its peak and in the legend. */
export function drawLines(
  panel: LinesPanel,
  times: ChartTimes,
  style: PlotStyle,
): readonly string[] {
  const values = panel.lines.flatMap((line) => line.values.filter((value) => value !== null));
  const scale = scaleOf(values, panel.unit, style);
  const grid = emptyGrid(scale.rows, scale.columns);
  for (const [index, line] of panel.lines.entries()) {
    if (isAscii(style)) letterLine(grid, line, index, scale);
    else brailleLine(grid, line, index, scale);
  }
  if (!isAscii(style))
    for (const [index, line] of panel.lines.entries()) namePeak(grid, line, index, scale);
  const names = panel.lines.map(({ label }) => label);
  return [...framedLines({ grid, labels: scale.labels, times }, style), ...legend(names, style)];
}

/** Each bucket as one bar, its groups on top of each other, drawn in their letters. */
export function drawStacked(
  panel: LinesPanel,
  times: ChartTimes,
  style: PlotStyle,
): readonly string[] {
  const count = times.starts.length;
  const sums = Array.from({ length: count }, (_, bucket) =>
    panel.lines.reduce((sum, { values }) => sum + Math.max(0, values[bucket] ?? 0), 0),
  );
  const scale = scaleOf(sums, panel.unit, style);
  const grid = emptyGrid(scale.rows, scale.columns);
  for (let column = 0; column < scale.columns; column += 1) {
    const bucket = Math.floor((column * count) / scale.columns);
    let below = 0;
    for (const [index, { values }] of panel.lines.entries()) {
      const top = below + Math.max(0, values[bucket] ?? 0);
      const [from, to] = [scale.heightOf(below), scale.heightOf(top)];
      for (let level = from; level < to; level += 1) {
        const row = grid[scale.rows - 1 - level];
        if (row !== undefined) row[column] = { mark: letterOf(index), series: index };
      }
      below = top;
    }
  }
  const names = panel.lines.map(({ label }) => label);
  return [...framedLines({ grid, labels: scale.labels, times }, style), ...legend(names, style)];
}

interface Scale {
  readonly rows: number;
  readonly columns: number;
  readonly min: number;
  readonly max: number;
  readonly labels: ReadonlyMap<number, string>;
  /** Whole cells below a value. */
  readonly heightOf: (value: number) => number;
}

function scaleOf(values: readonly number[], unit: ResultUnit, style: PlotStyle): Scale {
  const rows = plotRows(style.width);
  const low = values.reduce((least, value) => Math.min(least, value), 0);
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const ticks = niceTicks(low, high, Math.max(2, Math.floor(rows / 3)));
  const [min = 0, max = 1] = [ticks[0], ticks.at(-1)];
  const labels = new Map(
    ticks.map((tick) => {
      const row = Math.round(((max - tick) / (max - min)) * (rows - 1));
      return [row, withUnit(tick, unit)] as const;
    }),
  );
  const gutter = Math.max(...[...labels.values()].map((label) => label.length));
  const heightOf = (value: number): number => Math.round(((value - min) / (max - min)) * rows);
  return { rows, columns: Math.max(8, style.width - gutter - 2), min, max, labels, heightOf };
}

function rowOf(value: number, { min, max, rows }: Scale, parts: number): number {
  return Math.round(((max - value) / (max - min)) * (rows * parts - 1));
}

function brailleLine(grid: PlotGrid, { values }: ChartLine, index: number, scale: Scale): void {
  const width = scale.columns * 2;
  const place = (bucket: number): number => Math.floor(((bucket + 0.5) / values.length) * width);
  for (const [bucket, value] of values.entries()) {
    if (value === null) continue;
    const [x, y] = [place(bucket), rowOf(value, scale, 4)];
    const next = values[bucket + 1] ?? null;
    if (next === null) {
      dot(grid, x, y, index);
      continue;
    }
    const [nextX, nextY] = [place(bucket + 1), rowOf(next, scale, 4)];
    const steps = Math.max(1, Math.abs(nextX - x), Math.abs(nextY - y));
    for (let step = 0; step <= steps; step += 1) {
      const way = step / steps;
      dot(grid, Math.round(x + (nextX - x) * way), Math.round(y + (nextY - y) * way), index);
    }
  }
}

function dot(grid: PlotGrid, x: number, y: number, index: number): void {
  const row = grid[Math.floor(y / 4)];
  const bit = dots[x % 2]?.[y % 4] ?? 0;
  const column = Math.floor(x / 2);
  if (row === undefined || column >= row.length) return;
  const code = row[column]?.mark.codePointAt(0) ?? 0x2800;
  row[column] = { mark: String.fromCodePoint(code | bit), series: index };
}

/** Where two lines meet in a cell neither letter is right: a star. */
function letterLine(grid: PlotGrid, { values }: ChartLine, index: number, scale: Scale): void {
  for (let column = 0; column < scale.columns; column += 1) {
    const value = values[Math.floor((column * values.length) / scale.columns)] ?? null;
    const row = value === null ? undefined : grid[rowOf(value, scale, 1)];
    if (row === undefined) continue;
    const isTaken = (row[column] ?? null) !== null;
    row[column] = isTaken ? { mark: '*', series: null } : { mark: letterOf(index), series: index };
  }
}

function namePeak(grid: PlotGrid, { values }: ChartLine, index: number, scale: Scale): void {
  let peak = -1;
  for (const [bucket, value] of values.entries()) {
    if (value !== null && (peak < 0 || value > (values[peak] ?? value))) peak = bucket;
  }
  const value = values[peak] ?? null;
  if (value === null) return;
  const column = Math.floor(((peak + 0.5) / values.length) * scale.columns);
  const row = grid[Math.max(0, Math.floor(rowOf(value, scale, 4) / 4) - 1)];
  const free = [0, 1, -1, 2, -2].map((offset) => column + offset);
  const isLetter = (place: number): boolean => /[A-Z]/.test(row?.[place]?.mark ?? '');
  const place = free.find((one) => one >= 0 && one < scale.columns && !isLetter(one));
  if (row !== undefined && place !== undefined)
    row[place] = { mark: letterOf(index), series: index };
}

function legend(names: readonly string[], style: PlotStyle): readonly string[] {
  const lines: string[] = [];
  let [line, used] = ['', 0];
  for (const [index, name] of names.entries()) {
    const text = truncateToWidth(sanitise(name), 32, style.glyphs.ellipsis);
    const width = text.length + 4;
    if (used > 0 && used + width > style.width) {
      lines.push(line.trimEnd());
      [line, used] = ['', 0];
    }
    line += `${style.paint.series(letterOf(index), index)} ${text}  `;
    used += width;
  }
  return used === 0 ? lines : [...lines, line.trimEnd()];
}
