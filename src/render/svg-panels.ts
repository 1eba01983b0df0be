/** The panels of a chart as SVG: lines over time and bars. Pure. */
import { unreachable } from '../base/assert.js';
import { displayWidth, truncateToWidth } from '../base/text.js';
import type { ResultUnit } from '../query/result.js';
import type { ChartLine, ChartPanel, ChartTimes } from './chart.js';
import { element, joined, type Markup } from './markup.js';
import { decimalsFor, formatNumber } from './number.js';
import {
  axisHeight,
  charWidth,
  colourOf,
  dashOf,
  type Frame,
  ink,
  plotHeight,
  textAt,
  timeAxis,
  timeScale,
  yAxis,
} from './svg-axes.js';
import { drawHeatmap } from './svg-heatmap.js';
import { axisNumber, numberTicks, type Tick } from './ticks.js';

/** **Units** pixels. */
const titleHeight = 28;
const barHeight = 22;
const widestLabel = 44;

/** How high the panel is drawn. **Units** pixels. */
export function panelHeight(panel: ChartPanel): number {
  const plot = panel.kind === 'bars' ? panel.bars.length * barHeight : plotHeight;
  return titleHeight + plot + axisHeight + 12;
}

/** One panel below `frame.top`. */
export function drawPanel(panel: ChartPanel, times: ChartTimes | null, frame: Frame): Markup {
  const fill = ink.text;
  const at = { x: 16, y: frame.top + 14, size: 13, weight: 'bold', fill } as const;
  const title = textAt(titled(panel), at);
  const body = { ...frame, top: frame.top + titleHeight };
  switch (panel.kind) {
    case 'lines':
      return times === null ? title : joined([title, drawLines(panel, times, body)]);
    case 'bars':
      return joined([title, drawBars(panel, body)]);
    case 'heatmap':
      return joined([title, drawHeatmap(panel, body)]);
    default:
      return unreachable(panel);
  }
}

function titled({ title, unit }: ChartPanel): string {
  if (unit === null || unit === 'ratio') return title;
  return `${title} (${unit === 'us' ? 'µs' : unit})`;
}

function drawLines(
  { lines, unit }: Extract<ChartPanel, { kind: 'lines' }>,
  times: ChartTimes,
  frame: Frame,
): Markup {
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const ticks = numberTicks(boundsOf(values), 4, unit);
  const place = placing(frame, times, ticks);
  const drawn = lines.map((line, index) => drawLine(line, index, place)).reverse();
  return joined([yAxis(ticks, frame, place.y), timeAxis(times, frame), ...drawn]);
}

/** Zero is always on the axis. */
function boundsOf(values: readonly number[]): { readonly min: number; readonly max: number } {
  return {
    min: values.reduce((min, value) => Math.min(min, value), 0),
    max: values.reduce((max, value) => Math.max(max, value), 0),
  };
}

interface Placing {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
}

/** A bucket stands at its middle. */
function placing(frame: Frame, times: ChartTimes, ticks: readonly Tick[]): Placing {
  const { starts, end } = times;
  const scale = timeScale(times, frame);
  const low = ticks[0]?.value ?? 0;
  const high = ticks.at(-1)?.value ?? 1;
  return {
    x: (index) => scale(((starts[index] ?? end) + (starts[index + 1] ?? end)) / 2),
    y: (value) => frame.top + plotHeight * (1 - (value - low) / (high - low)),
  };
}

/** A path for each run of buckets with a value; one alone is a dot, since a line needs two. */
function drawLine({ values }: ChartLine, index: number, { x, y }: Placing): Markup {
  const paths: string[] = [];
  const dots: Markup[] = [];
  const colour = colourOf(index);
  for (const run of runsOf(values)) {
    const points = thinned(values, run, x);
    const [first] = points;
    if (points.length === 1 && first !== undefined) {
      dots.push(element('circle', { cx: first.x, cy: y(first.value), r: 2.5, fill: colour }));
    } else {
      const steps = points.map((point) => `${pixels(point.x)} ${pixels(y(point.value))}`);
      paths.push(`M${steps.join('L')}`);
    }
  }
  const path = element('path', {
    d: paths.join(''),
    fill: 'none',
    stroke: colour,
    'stroke-width': 1.8,
    'stroke-linejoin': 'round',
    'stroke-dasharray': dashOf(index),
  });
  return joined(paths.length === 0 ? dots : [path, ...dots]);
}

function pixels(value: number): string {
  return String(Math.round(value * 10) / 10);
}

interface Run {
  readonly start: number;
  end: number;
}

function runsOf(values: ChartLine['values']): readonly Run[] {
  const runs: Run[] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last !== undefined && last.end === index) last.end = index + 1;
    else runs.push({ start: index, end: index + 1 });
  });
  return runs;
}

interface Point {
  readonly x: number;
  readonly value: number;
}

/** Of more than two buckets on one pixel only the lowest and the highest, in their order. */
function thinned(values: ChartLine['values'], { start, end }: Run, x: Placing['x']): Point[] {
  const points: Point[] = [];
  let shared: (Point & { readonly index: number })[] = [];
  const flush = (): void => {
    const sorted = [...shared].sort((a, b) => a.value - b.value || a.index - b.index);
    const extremes = new Set([sorted[0], sorted.at(-1)]);
    points.push(...shared.filter((point) => shared.length <= 2 || extremes.has(point)));
    shared = [];
  };
  for (let index = start; index < end; index += 1) {
    const point = { index, x: x(index), value: values[index] ?? 0 };
    if (shared.length > 0 && Math.floor(shared[0]?.x ?? 0) !== Math.floor(point.x)) flush();
    shared.push(point);
  }
  flush();
  return points;
}

function drawBars({ bars, unit }: Extract<ChartPanel, { kind: 'bars' }>, frame: Frame): Markup {
  const longest = bars.reduce((most, { label }) => Math.max(most, displayWidth(label)), 0);
  const labelWidth = Math.min(widestLabel, longest);
  const left = Math.round(labelWidth * charWidth) + 30;
  const known = bars.flatMap(({ value }) => (value === null ? [] : [value]));
  const ticks = numberTicks(boundsOf(known), 5, unit);
  const [low, high] = [ticks[0]?.value ?? 0, ticks.at(-1)?.value ?? 1];
  const width = frame.width - left - frame.right - 60;
  const x = (value: number): number => left + ((value - low) / (high - low)) * width;
  const bottom = frame.top + bars.length * barHeight;
  const grid = ticks.flatMap(({ value, label }) => {
    const stroke = value === 0 ? ink.axis : ink.grid;
    return [
      element('line', { x1: x(value), x2: x(value), y1: frame.top, y2: bottom, stroke }),
      textAt(label, { x: x(value), y: bottom + 17, anchor: 'middle' }),
    ];
  });
  const says = barText(unit, known);
  const drawn = bars.flatMap(({ label, value }, index) => {
    const y = frame.top + index * barHeight;
    const ends = [x(0), x(value ?? 0)];
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    const shown = truncateToWidth(label, labelWidth, '…');
    const size = { x: from, y: y + 4, width: Math.max(1, to - from), height: barHeight - 8 };
    return [
      textAt(shown, { x: left - 10, y: y + 15, anchor: 'end', fill: ink.text }),
      ...(value === null || value === 0 ? [] : [element('rect', { ...size, fill: colourOf(0) })]),
      textAt(value === null ? 'no value' : says(value), { x: to + 6, y: y + 15 }),
    ];
  });
  return joined([...grid, ...drawn]);
}

function barText(unit: ResultUnit, known: readonly number[]): (value: number) => string {
  const decimals = decimalsFor(known);
  return (value) =>
    unit === 'ratio'
      ? axisNumber(Number(value.toPrecision(3)), unit)
      : formatNumber(value, decimals);
}
