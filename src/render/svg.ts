/**
 * A chart as one SVG picture: title, legend, panels, and where the numbers came from. Nothing from
 * elsewhere; every text is escaped. Times are UTC.
 */
import { displayWidth, truncateToWidth } from '../base/text.js';
import type { Chart } from './chart.js';
import { element, joined, type Markup, markup } from './markup.js';
import { charWidth, colourOf, dashOf, ink, textAt } from './svg-axes.js';
import { drawPanel, panelHeight } from './svg-panels.js';
import { wrapWords } from './text-table.js';

/** **Units** pixels: what a page or a slide shows without shrinking. */
const width = 1000;
const margins = { left: 84, right: 28, top: 18 } as const;
const legendRow = 20;
const footerRow = 16;
const footerChars = 150;

/** The fonts a picture asks for; the first is the one we ship. */
export const chartFont = 'DejaVu Sans';

/** A page has a heading of its own. `footer` says where the numbers came from; empty for none. */
export function svg(
  chart: Chart,
  { heading, footer }: { readonly heading: boolean; readonly footer: readonly string[] },
): Markup {
  let y = margins.top + (heading ? 24 : 0);
  const drawn: Markup[] = [];
  const legend = legendOf(chart);
  drawn.push(...legend.rows.map((row, index) => drawLegendRow(row, y + index * legendRow)));
  y += legend.rows.length * legendRow + 8;
  for (const panel of chart.panels) {
    drawn.push(drawPanel(panel, chart.times, { ...margins, width, top: y }));
    y += panelHeight(panel);
  }
  const lines = [...chart.remarks, ...footer].flatMap((line) => wrapWords(line, footerChars));
  y += 8;
  lines.forEach((line, index) => {
    const text = truncateToWidth(line, footerChars, '…');
    drawn.push(textAt(text, { x: 16, y: y + index * footerRow, size: 11 }));
  });
  const height = Math.round(y + lines.length * footerRow);
  const title = truncateToWidth(chart.title, 96, '…');
  const fonts = `'${chartFont}',Verdana,Arial,sans-serif`;
  const size = markup`width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const place = { x: 16, y: margins.top + 8, size: 17, weight: 'bold', fill: ink.text } as const;
  return markup`<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${fonts}" role="img">
<title>${title}</title>
${element('rect', { width, height, fill: '#ffffff' })}
${heading ? textAt(title, place) : ''}
${drawn}
</svg>
`;
}

interface LegendEntry {
  readonly label: string;
  readonly index: number;
  readonly x: number;
}

/** The groups in rows as wide as the picture. A single line needs none. */
function legendOf({ panels }: Chart): { readonly rows: readonly (readonly LegendEntry[])[] } {
  const lines = panels.find((panel) => panel.kind === 'lines')?.lines ?? [];
  if (lines.length < 2) return { rows: [] };
  const rows: LegendEntry[][] = [[]];
  let x = 16;
  lines.forEach(({ label: whole }, index) => {
    const label = truncateToWidth(whole, 60, '…');
    const length = 34 + displayWidth(label) * charWidth + 18;
    if (x + length > width - 16 && x > 16) {
      rows.push([]);
      x = 16;
    }
    rows.at(-1)?.push({ label, index, x });
    x += length;
  });
  return { rows };
}

function drawLegendRow(entries: readonly LegendEntry[], y: number): Markup {
  return joined(
    entries.flatMap(({ label, index, x }) => [
      element('line', {
        x1: x,
        x2: x + 26,
        y1: y + 8,
        y2: y + 8,
        stroke: colourOf(index),
        'stroke-width': 2.5,
        'stroke-dasharray': dashOf(index),
      }),
      textAt(label, { x: x + 32, y: y + 12, fill: ink.text }),
    ]),
  );
}
