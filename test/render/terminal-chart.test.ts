/** Charts of fixed answers against golden files, and what holds for any of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/base/text.js';
import type { Chart } from '../../src/render/chart.js';
import { chartKinds } from '../../src/render/chart-kind.js';
import { asciiGlyphs, unicodeGlyphs } from '../../src/render/glyphs.js';
import { colours, noColours } from '../../src/render/paint.js';
import { type TerminalChartStyle, terminalChart } from '../../src/render/terminal-chart.js';

const hour = 3_600_000_000;
const start = Date.parse('2020-04-16T12:00:00Z') * 1000;
const times = {
  starts: Array.from({ length: 24 }, (_, index) => start + (index * hour) / 4),
  end: start + 6 * hour,
};
const markers = [
  { at: start + 1.5 * hour, label: 'build-31904', kind: 'deploy' },
  { at: start + 9 * hour, label: 'later', kind: 'deploy' },
];
const style: TerminalChartStyle = {
  width: 80,
  kind: null,
  glyphs: unicodeGlyphs,
  paint: noColours,
  zone: 'UTC',
  markers,
};

const wave = (index: number): number => Math.round(200 + 150 * Math.sin(index / 3));
const lines: Chart = {
  title: 'count by version',
  panels: [
    {
      kind: 'lines',
      title: 'count',
      unit: null,
      lines: [
        {
          label: 'build-31877',
          values: times.starts.map((_, index) => (index > 8 && index < 12 ? null : wave(index))),
        },
        {
          label: 'evil\u001b[31m\u202e',
          values: times.starts.map((_, index) => (index > 8 && index < 12 ? null : index * 4)),
        },
      ],
    },
  ],
  times,
  remarks: ['the first 8 of 9 groups are drawn'],
};
const bars: Chart = {
  title: 'p95 by host',
  panels: [
    {
      kind: 'bars',
      title: 'p95(duration)',
      unit: 'ms',
      bars: [
        { label: 'api-37', value: 1_250.5 },
        { label: '東京-03', value: 40 },
        { label: 'idle', value: 0 },
        { label: 'one', value: 0.01 },
        { label: 'unknown', value: null },
      ],
    },
  ],
  times: null,
  remarks: [],
};
const bins = [1, 2.51, 6.31, 15.8, 39.8, 100, 251, 631];
const heat: Chart = {
  title: 'heatmap(duration)',
  panels: [
    {
      kind: 'heatmap',
      title: 'heatmap(duration)',
      unit: 'ms',
      times,
      bins,
      binEnd: 1_580,
      counts: times.starts.map((_, column) =>
        column === 5 || column === 6
          ? null
          : bins.map((__, bin) =>
              Math.max(0, 300 - 90 * Math.abs(bin - 3 - (column > 15 ? 2 : 0))),
            ),
      ),
    },
  ],
  times: null,
  remarks: [],
};

const charts = { lines, bars, heat };
const looks: Readonly<Record<string, Partial<TerminalChartStyle>>> = {
  '80': {},
  '40': { width: 40, zone: 'Europe/Berlin' },
  '140': { width: 140 },
  ascii: { glyphs: asciiGlyphs },
  colour: { paint: colours },
};

describe('a chart in a terminal', () => {
  for (const [name, chart] of Object.entries(charts)) {
    for (const [look, given] of Object.entries(looks)) {
      it(`${name} at ${look}`, async () => {
        const text = terminalChart(chart, { ...style, ...given }).join('\n');
        await expect(`${text}\n`).toMatchFileSnapshot(`golden/chart-${name}-${look}.txt`);
      });
    }
  }

  it('stacked bars and a histogram', async () => {
    const stacked = terminalChart(lines, { ...style, kind: 'stacked' });
    const histogram = terminalChart(heat, { ...style, kind: 'histogram' });
    const text = [...stacked, '', ...histogram].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot('golden/chart-stacked-histogram.txt');
  });

  it('draws a gap as nothing, zero as the bottom, and one event as something', () => {
    const ascii = { ...style, glyphs: asciiGlyphs, markers: [], width: 34 };
    const values = [1_000, null, 0, 1];
    const panel = {
      kind: 'lines',
      title: 'n',
      unit: null,
      lines: [{ label: 'a', values }],
    } as const;
    const four = { starts: times.starts.slice(0, 4), end: start + hour };
    const drawn = terminalChart({ ...lines, panels: [panel], times: four }, ascii);
    const plot = drawn.filter((line) => /^ *[\d,]* [|+][^-]*$/.test(line) && !line.includes('+-'));
    const column = (part: number): string =>
      plot
        .map((line) => line.slice(7)[Math.floor(((part + 0.5) / 4) * 27)] ?? ' ')
        .join('')
        .trim();
    expect([0, 1, 2, 3].map(column)).toEqual(['A', '', 'A', 'A']);
    const bar = terminalChart(bars, ascii).join('\n');
    expect(bar).toMatch(/one +# 0\.01 ms/);
    expect(bar).toMatch(/idle +0 ms/);
    expect(bar).toMatch(/unknown +-$/m);
  });

  it('never is wider than the terminal, nor says anything a terminal acts on', () => {
    const series = fc.array(fc.option(fc.double({ noNaN: true, min: -1e12, max: 1e12 })), {
      minLength: 1,
      maxLength: 130,
    });
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.string(), values: series }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 40, max: 200 }),
        fc.constantFrom(null, ...chartKinds),
        fc.boolean(),
        (own, width, kind, ascii) => {
          const count = Math.max(...own.map(({ values }) => values.length));
          const even = own.map(({ label, values }) => ({
            label,
            values: Array.from({ length: count }, (_, index) => values[index] ?? null),
          }));
          const starts = Array.from({ length: count }, (_, index) => start + index * hour);
          const panel = { kind: 'lines', title: 'n', unit: 'ms', lines: even } as const;
          const chart = { ...lines, panels: [panel], times: { starts, end: start + count * hour } };
          const glyphs = ascii ? asciiGlyphs : unicodeGlyphs;
          const drawn = terminalChart(chart, { ...style, glyphs, kind, width });
          for (const line of drawn) {
            expect(displayWidth(line)).toBeLessThanOrEqual(width);
            expect(line).not.toMatch(/\p{Cc}/u);
          }
          expect(drawn.length).toBeLessThan(40);
        },
      ),
      { numRuns: 100, seed: 20200416 },
    );
  });
});
