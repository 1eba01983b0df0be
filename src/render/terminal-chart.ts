/** A chart as text for a terminal: each panel with its title, by the kind asked for. */
import { sanitise, truncateToWidth } from '../base/text.js';
import type { Chart, ChartPanel } from './chart.js';
import type { ChartKind } from './chart-kind.js';
import { ownText } from './glyphs.js';
import { type PlotStyle, plotWidth } from './plot.js';
import { drawBars, drawHeatmap, drawHistogram } from './plot-bars.js';
import { drawLines, drawStacked } from './plot-lines.js';

/** **Units** `width` in cells; null is that of a page. `kind` null: what suits the answer. */
export interface TerminalChartStyle extends Omit<PlotStyle, 'width'> {
  readonly width: number | null;
  readonly kind: ChartKind | null;
}

/** Lines of text, panel by panel, then what was left out. */
export function terminalChart(chart: Chart, given: TerminalChartStyle): readonly string[] {
  const style = { ...given, width: plotWidth(given.width) };
  const isHeat = given.kind === 'heatmap' || given.kind === 'histogram';
  const fitting = chart.panels.filter(({ kind }) => (kind === 'heatmap') === isHeat);
  const panels = given.kind === null || fitting.length === 0 ? chart.panels : fitting;
  const lines = panels.flatMap((panel, index) => [
    ...(index === 0 ? [] : ['']),
    style.paint.bold(titleText(panel.title, style)),
    ...panelLines(panel, chart, style),
  ]);
  return [...lines, ...chart.remarks.map((text) => style.paint.dim(titleText(text, style)))];
}

function titleText(text: string, { width, glyphs }: PlotStyle): string {
  return truncateToWidth(ownText(sanitise(text), glyphs), width, glyphs.ellipsis);
}

type Style = PlotStyle & Pick<TerminalChartStyle, 'kind'>;

function panelLines(panel: ChartPanel, chart: Chart, style: Style): readonly string[] {
  switch (panel.kind) {
    case 'lines': {
      if (chart.times === null) return [];
      const draw = style.kind === 'stacked' ? drawStacked : drawLines;
      return draw(panel, chart.times, style);
    }
    case 'bars':
      return drawBars(panel.bars, panel.unit, style);
    case 'heatmap': {
      if (panel.bins.length === 0) return [style.paint.dim('no event has a value')];
      const isOne = panel.counts.length === 1 || style.kind === 'histogram';
      return isOne ? drawHistogram(panel, style) : drawHeatmap(panel, style);
    }
  }
}
