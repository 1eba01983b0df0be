/** Bars of groups, histograms and heatmaps in the cells of a terminal. */
import { displayWidth, padToWidth, sanitise, truncateToWidth } from '../base/text.js';
import type { ResultUnit } from '../query/result.js';
import type { ChartBar, ChartPanel } from './chart.js';
import { ownText } from './glyphs.js';
import { formatCount } from './number.js';
import { emptyGrid, framedLines, isAscii, type PlotStyle, plotRows, withUnit } from './plot.js';
import { axisNumber } from './ticks.js';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/** A name is cut to this part of the width. Chosen by us. */
const namePart = 0.4;

/** A bar a group from zero, its value behind it; missing values have no bar. */
export function drawBars(
  bars: readonly ChartBar[],
  unit: ResultUnit,
  style: PlotStyle,
): readonly string[] {
  const most = Math.max(8, Math.floor(style.width * namePart));
  const names = bars.map(({ label }) =>
    truncateToWidth(ownText(sanitise(label), style.glyphs), most, style.glyphs.ellipsis),
  );
  const texts = bars.map(({ value }) =>
    value === null ? style.glyphs.missing : withUnit(value, unit),
  );
  const gutter = Math.max(1, ...names.map(displayWidth));
  const room = Math.max(4, style.width - gutter - 2 - Math.max(1, ...texts.map(displayWidth)));
  const top = bars.reduce((largest, { value }) => Math.max(largest, Math.abs(value ?? 0)), 0);
  return bars.map(({ value }, index) => {
    const name = padToWidth(names[index] ?? '', gutter, 'left');
    const share = top === 0 ? 0 : Math.abs(value ?? 0) / top;
    const bar = barText(share * room, isAscii(style));
    const sign = (value ?? 0) < 0 ? '-' : '';
    return `${name} ${sign}${style.paint.series(bar, 0)} ${texts[index] ?? ''}`.trimEnd();
  });
}

/** Something that is not nothing shows at least its smallest mark. */
function barText(cells: number, ascii: boolean): string {
  if (cells <= 0) return '';
  if (ascii) return '#'.repeat(Math.max(1, Math.round(cells)));
  const parts = Math.max(1, Math.round(cells * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}

type HeatmapPanel = Extract<ChartPanel, { readonly kind: 'heatmap' }>;

/** The whole window as one distribution: a bar a bin, the lowest first. */
export function drawHistogram(panel: HeatmapPanel, style: PlotStyle): readonly string[] {
  const { bins, binEnd, counts, unit } = panel;
  const totals = bins.map((_, bin) => counts.reduce((sum, one) => sum + (one?.[bin] ?? 0), 0));
  const bars = merged(totals, plotRows(style.width) * 2).map(({ from, to, sum }) => {
    const low = axisNumber(bins[from] ?? 0, unit);
    return { label: `${low} … ${withUnit(bins[to] ?? binEnd, unit)}`, value: sum };
  });
  return drawBars(bars, null, style);
}

interface Merged {
  /** Half-open. */
  readonly from: number;
  readonly to: number;
  readonly sum: number;
}

/** Neighbours put together until there are at most so many. */
function merged(values: readonly number[], most: number): readonly Merged[] {
  const size = Math.max(1, Math.ceil(values.length / most));
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const from = index * size;
    const to = Math.min(values.length, from + size);
    return { from, to, sum: values.slice(from, to).reduce((sum, value) => sum + value, 0) };
  });
}

const shades = ' ░▒▓█';
const asciiShades = ' .:-=+*#@';

/** Time to the right, values upwards; the darker, the more events, by the logarithm. */
export function drawHeatmap(panel: HeatmapPanel, style: PlotStyle): readonly string[] {
  const { bins, binEnd, counts, unit, times } = panel;
  const marks = [...(isAscii(style) ? asciiShades : shades)];
  const rows = merged(
    bins.map(() => 0),
    plotRows(style.width),
  );
  const labels = new Map(
    rows.flatMap(({ from }, index) =>
      index % 3 === 0
        ? [[rows.length - 1 - index, withUnit(bins[from] ?? binEnd, unit)] as const]
        : [],
    ),
  );
  const gutter = Math.max(1, ...[...labels.values()].map((label) => label.length));
  const columns = Math.max(8, style.width - gutter - 2);
  const wide = Math.max(counts.length, columns);
  const groups = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * counts.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * counts.length) / columns));
    return counts.length < wide ? counts.slice(from, from + 1) : counts.slice(from, to);
  });
  const sums = groups.map((own) =>
    own.every((one) => one === null)
      ? null
      : rows.map(({ from, to }) =>
          own.reduce((sum, one) => sum + total(one?.slice(from, to) ?? []), 0),
        ),
  );
  const most = sums.reduce((best, column) => Math.max(best, ...(column ?? [])), 0);
  const grid = emptyGrid(rows.length, columns);
  for (const [column, values] of sums.entries()) {
    for (const index of rows.keys()) {
      const row = grid[rows.length - 1 - index];
      const value = values === null ? null : (values[index] ?? 0);
      if (row === undefined || value === 0) continue;
      if (value === null) {
        row[column] = { mark: style.glyphs.gap, series: null };
        continue;
      }
      const heat = most <= 1 ? 1 : Math.log1p(value) / Math.log1p(most);
      const level = Math.max(1, Math.ceil(heat * (marks.length - 1)));
      row[column] = { mark: marks[level] ?? '', series: null, heat };
    }
  }
  const scale = ownText(
    `from 1 to ${formatCount(most)} events: ${marks.slice(1).join('')}`,
    style.glyphs,
  );
  const gap = sums.includes(null) ? `, ${style.glyphs.gap} nothing kept` : '';
  return [...framedLines({ grid, labels, times }, style), style.paint.dim(`${scale}${gap}`)];
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
