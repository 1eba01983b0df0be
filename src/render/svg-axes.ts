/** What all panels of a picture share: colours, texts, grids and the axis of time. Pure. */
import { displayWidth } from '../base/text.js';
import type { ChartTimes } from './chart.js';
import { element, joined, type Markup } from './markup.js';
import { type Tick, timeTicks } from './ticks.js';

/** **Source** Okabe and Ito, "Color Universal Design"; the light ones darkened for white paper. */
const palette = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#AA4499',
  '#B8860B',
  '#3C9BD6',
  '#7A3E1D',
  '#333333',
] as const;

/** Beside the colours: whoever sees none tells lines apart by their dashes. */
const dashes = ['', '7 3', '2 3', '10 3 2 3', '', '7 3', '2 3', '10 3 2 3'] as const;

export const ink = { text: '#1a1a1a', soft: '#4a5160', axis: '#8a93a0', grid: '#e3e6eb' } as const;

/** **Units** pixels. The body of a panel lies between its margins, `top` is its upper edge. */
export interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

/** **Units** pixels: the body of a panel over time, and the room below it for its axis. */
export const plotHeight = 190;
export const axisHeight = 30;

/** Pixels of a character of 12 px of our font on average, a little wide. */
export const charWidth = 7.3;

export function colourOf(index: number): string {
  return palette[index % palette.length] ?? ink.text;
}

export function dashOf(index: number): string {
  return dashes[index % dashes.length] ?? '';
}

/** A text on one line at a place. `size` is 12 unless given. */
export function textAt(
  text: string,
  at: {
    readonly x: number;
    readonly y: number;
    readonly anchor?: 'middle' | 'end';
    readonly fill?: string;
    readonly size?: number;
    readonly weight?: 'bold';
  },
): Markup {
  const attributes = {
    x: at.x,
    y: at.y,
    'font-size': at.size ?? 12,
    'font-weight': at.weight ?? '',
    'text-anchor': at.anchor ?? '',
    fill: at.fill ?? ink.soft,
  };
  return element('text', attributes, text);
}

/** Grid lines with their values at the left. */
export function yAxis(ticks: readonly Tick[], frame: Frame, y: (value: number) => number): Markup {
  const x2 = frame.width - frame.right;
  return joined(
    ticks.flatMap(({ value, label }) => {
      const at = Math.round(y(value)) + 0.5;
      const stroke = value === 0 ? ink.axis : ink.grid;
      return [
        element('line', { x1: frame.left, x2, y1: at, y2: at, stroke }),
        textAt(label, { x: frame.left - 8, y: at + 4, anchor: 'end' }),
      ];
    }),
  );
}

/** Place of an instant between the margins. */
export function timeScale({ starts, end }: ChartTimes, frame: Frame): (micros: number) => number {
  const first = starts[0] ?? 0;
  const width = frame.width - frame.left - frame.right;
  return (micros) => frame.left + ((micros - first) / (end - first)) * width;
}

/** Times below the body of a panel, each label inside the picture. */
export function timeAxis(times: ChartTimes, frame: Frame): Markup {
  const bottom = frame.top + plotHeight;
  const place = timeScale(times, frame);
  const zone = textAt('UTC', { x: 16, y: bottom + 19 });
  let free = frame.left - 30;
  const marks = timeTicks({ start: times.starts[0] ?? 0, end: times.end }, 8).flatMap(
    ({ value, label }) => {
      const x = place(value);
      const half = (displayWidth(label) * charWidth) / 2;
      const at = Math.min(frame.width - 4 - half, Math.max(free + half, x));
      const stroke = ink.axis;
      const mark = element('line', { x1: x, x2: x, y1: bottom, y2: bottom + 5, stroke });
      if (at - x > half) return [mark];
      free = at + half + 8;
      return [mark, textAt(label, { x: at, y: bottom + 19, anchor: 'middle' })];
    },
  );
  return joined([...marks, zone]);
}
