/** A heatmap as SVG: time to the right, values upwards, darker is more. Pure. */
import { displayWidth } from '../base/text.js';
import type { ChartPanel } from './chart.js';
import { element, joined, type Markup } from './markup.js';
import { charWidth, type Frame, ink, plotHeight, textAt, timeAxis, timeScale } from './svg-axes.js';
import { axisNumber } from './ticks.js';

type HeatmapPanel = Extract<ChartPanel, { kind: 'heatmap' }>;

/** Light to dark in one hue, so that it reads without colour; nothing counted stays paper. */
const shades = [
  '#deebf7',
  '#c6dbef',
  '#9ecae1',
  '#6baed6',
  '#4292c6',
  '#2171b5',
  '#08519c',
  '#08306b',
];
const gapFill = '#ececec';

/** The body of a panel and its axes. A time of which nothing is kept is grey. */
export function drawHeatmap(panel: HeatmapPanel, frame: Frame): Markup {
  const { bins, counts, times } = panel;
  const place = timeScale(times, frame);
  const height = plotHeight / Math.max(1, bins.length);
  const most = counts.reduce(
    (max, column) => (column ?? []).reduce((top, count) => Math.max(top, count), max),
    0,
  );
  const cells = counts.flatMap((column, index) => {
    const x = place(times.starts[index] ?? 0);
    const width = place(times.starts[index + 1] ?? times.end) - x;
    if (column === null) {
      return [element('rect', { x, y: frame.top, width, height: plotHeight, fill: gapFill })];
    }
    return column.flatMap((count, bin) => {
      if (count <= 0) return [];
      const y = frame.top + plotHeight - (bin + 1) * height;
      const fill = shadeOf(count, most);
      // A little larger, so that no paper shines through between neighbours.
      return [element('rect', { x, y, width: width + 0.3, height: height + 0.3, fill })];
    });
  });
  const box = element('rect', {
    x: frame.left,
    y: frame.top,
    width: frame.width - frame.left - frame.right,
    height: plotHeight,
    fill: 'none',
    stroke: ink.axis,
  });
  const hasGaps = counts.includes(null);
  const axes = [valueAxis(panel, frame, height), timeAxis(times, frame)];
  return joined([...cells, box, ...axes, legend(most, hasGaps, frame)]);
}

function valueAxis({ bins, binEnd, unit }: HeatmapPanel, frame: Frame, height: number): Markup {
  const every = Math.max(1, Math.ceil(bins.length / 6));
  const edges = bins.length === 0 ? [] : [...bins, binEnd];
  return joined(
    edges.flatMap((value, index) => {
      if (index % every !== 0) return [];
      const y = frame.top + plotHeight - index * height + 4;
      const label = axisNumber(Number(value.toPrecision(3)), unit);
      return [textAt(label, { x: frame.left - 8, y, anchor: 'end' })];
    }),
  );
}

/** By powers: a few slow events must be seen beside thousands of quick ones. */
function shadeOf(count: number, most: number): string {
  const share = most <= 1 ? 1 : Math.log1p(count) / Math.log1p(most);
  return shades[Math.min(shades.length - 1, Math.floor(share * shades.length))] ?? ink.text;
}

function legend(most: number, hasGaps: boolean, frame: Frame): Markup {
  const size = 16;
  const gap = hasGaps ? '   grey: nothing kept' : '';
  const label = `${axisNumber(Math.max(1, Math.round(most)), null)} events${gap}`;
  const right = frame.width - frame.right - displayWidth(label) * charWidth - 8;
  const left = right - shades.length * size;
  const y = frame.top - 18;
  return joined([
    textAt('1', { x: left - 6, y: y + 10, anchor: 'end' }),
    ...shades.map((fill, index) =>
      element('rect', { x: left + index * size, y, width: size, height: 12, fill }),
    ),
    textAt(label, { x: right + 6, y: y + 10 }),
  ]);
}
