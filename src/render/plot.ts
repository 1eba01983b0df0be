/**
 * The frame of a chart in a terminal: a grid of cells, a y axis with nice numbers, a time axis in a
 * zone, marks for what happened. Every row is as wide as it was asked to be, or less.
 */
import { padToWidth, sanitise, truncateToWidth } from '../base/text.js';
import type { Marker } from '../event/marker.js';
import type { ResultUnit } from '../query/result.js';
import { zoneOffset } from '../time/calendar.js';
import { formatClock, formatDate, formatMoment, formatRange } from '../time/format.js';
import { microsPerDay, microsPerMinute } from '../time/instant.js';
import type { ChartTimes } from './chart.js';
import { asciiGlyphs, type Glyphs, ownText } from './glyphs.js';
import type { Paint } from './paint.js';
import { wrapWords } from './text-table.js';
import { axisNumber, type Tick, timeTicks } from './ticks.js';

/** How a chart is drawn. **Units** `width` in cells. */
export interface PlotStyle {
  readonly width: number;
  readonly glyphs: Glyphs;
  readonly paint: Paint;
  readonly zone: string;
  readonly markers: readonly Marker[];
}

/** One cell: a mark, and the series it is painted as; null is the colour of text. */
export interface PlotCell {
  readonly mark: string;
  readonly series: number | null;
  /** 0 to 1: painted by a ramp instead. */
  readonly heat?: number;
}

/** Rows from the top; an empty cell is null. */
export type PlotGrid = (PlotCell | null)[][];

/** Narrowest and widest chart, and the height of its plot. Chosen by us for common terminals. */
const narrowest = 24;
const widest = 200;
const fewestRows = 8;
const mostRows = 14;

/** The width drawn in. */
export function plotWidth(width: number | null): number {
  return Math.min(widest, Math.max(narrowest, width ?? 80));
}

/** Lines of the plot itself: a chart and its table fit a screen. */
export function plotRows(width: number): number {
  return Math.max(fewestRows, Math.min(mostRows, Math.floor(width / 7)));
}

export function isAscii({ glyphs }: Pick<PlotStyle, 'glyphs'>): boolean {
  return glyphs === asciiGlyphs;
}

/** An empty grid. */
export function emptyGrid(rows: number, columns: number): PlotGrid {
  return Array.from({ length: rows }, () => Array.from({ length: columns }, () => null));
}

/** Letters name series, so that colour never does it alone. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + (index % 26));
}

/** A number of an axis with its unit. */
export function withUnit(value: number, unit: ResultUnit): string {
  const suffix = unit === null || unit === 'ratio' ? '' : unit === 'per second' ? '/s' : ` ${unit}`;
  return `${axisNumber(value, unit)}${suffix}`;
}

export interface Framed {
  readonly grid: PlotGrid;
  /** Labels of rows, by row. */
  readonly labels: ReadonlyMap<number, string>;
  readonly times: ChartTimes;
}

/** The grid between its axes, then the marks that were drawn in. */
export function framedLines({ grid, labels, times }: Framed, style: PlotStyle): readonly string[] {
  const ascii = isAscii(style);
  const gutter = Math.max(...[...labels.values()].map((label) => label.length), 1);
  const columns = grid[0]?.length ?? 0;
  const marks = markersIn(times, style.markers);
  const columnAt = (at: number): number => columnOf(at, times, columns);
  const marked = new Set(marks.map(({ at }) => columnAt(at)));
  const rows = grid.map((cells, row) => {
    const label = padToWidth(labels.get(row) ?? '', gutter, 'right');
    const edge = labels.has(row) ? (ascii ? '+' : '┤') : ascii ? '|' : '│';
    const drawn = cells.map((cell, column) => {
      if (cell === null) return marked.has(column) ? (ascii ? '!' : '┊') : ' ';
      if (cell.heat !== undefined) return style.paint.heat(cell.mark, cell.heat);
      return cell.series === null ? cell.mark : style.paint.series(cell.mark, cell.series);
    });
    return `${style.paint.dim(label)} ${style.paint.dim(edge)}${drawn.join('').trimEnd()}`;
  });
  return [...rows, ...timeAxis(times, { columns, gutter }, style), ...markerLines(marks, style)];
}

/** The column an instant lies in. */
export function columnOf(at: number, { starts, end }: ChartTimes, columns: number): number {
  const start = starts[0] ?? 0;
  const column = Math.floor(((at - start) / (end - start)) * columns);
  return Math.min(columns - 1, Math.max(0, column));
}

function markersIn({ starts, end }: ChartTimes, markers: readonly Marker[]): readonly Marker[] {
  const start = starts[0] ?? 0;
  return markers
    .filter(({ at }) => at >= start && at < end)
    .sort((left, right) => left.at - right.at);
}

function markerLines(markers: readonly Marker[], style: PlotStyle): readonly string[] {
  const mark = isAscii(style) ? '!' : '┊';
  return markers.map(({ at, label, kind }) => {
    const text = `${mark} ${formatMoment(at, style.zone)} ${sanitise(kind)} ${sanitise(label)}`;
    return truncateToWidth(text, style.width, style.glyphs.ellipsis);
  });
}

/** Room for a time of day and a space. */
const tickCells = 9;

function timeAxis(
  times: ChartTimes,
  { columns, gutter }: { readonly columns: number; readonly gutter: number },
  style: PlotStyle,
): readonly string[] {
  const ascii = isAscii(style);
  const range = { start: times.starts[0] ?? 0, end: times.end };
  const ticks = ticksIn(range, Math.max(2, Math.floor(columns / tickCells)), style.zone);
  const line: string[] = Array.from({ length: columns }, () => (ascii ? '-' : '─'));
  const labels: string[] = Array.from({ length: columns }, () => ' ');
  let free = 0;
  for (const { value, label } of ticks) {
    const column = columnOf(value, times, columns);
    if (column < free || column + label.length > columns) continue;
    line[column] = ascii ? '+' : '┬';
    for (const [offset, character] of [...label].entries()) labels[column + offset] = character;
    free = column + label.length + 1;
  }
  const corner = ascii ? '+' : '└';
  const said = `${formatRange(range, style.zone)} ${style.zone}`;
  return [
    style.paint.dim(`${' '.repeat(gutter)} ${corner}${line.join('')}`),
    style.paint.dim(`${' '.repeat(gutter)}  ${labels.join('').trimEnd()}`),
    ...wrapWords(ownText(said, style.glyphs), style.width).map(style.paint.dim),
  ];
}

/** Marks at whole steps of the zone's clock; the axis below says the dates once. */
function ticksIn(
  range: { readonly start: number; readonly end: number },
  count: number,
  zone: string,
): readonly Tick[] {
  const offset = zoneOffset(range.start, zone);
  const ticks = timeTicks({ start: range.start + offset, end: range.end + offset }, count);
  const [first, second] = ticks;
  const step = first && second ? second.value - first.value : microsPerMinute;
  return ticks.map(({ value }) => {
    const at = value - offset;
    const isDay = step >= microsPerDay || (value % microsPerDay === 0 && value !== first?.value);
    return {
      value: at,
      label: isDay ? formatDate(at, zone).slice(5) : formatClock(at, zone, step),
    };
  });
}
