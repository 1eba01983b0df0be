/**
 * What a picture of a result shows, before anything is drawn: lines over time, bars of plain
 * groups, heatmaps. Plain data for every kind of drawing. Pure.
 */
import type { Cell } from '../query/ports.js';
import type { Result, ResultColumn, ResultUnit } from '../query/result.js';
import type { TimeRange } from '../time/range.js';

export interface ChartLine {
  readonly label: string;
  /** One a bucket; a gap is null and never zero. */
  readonly values: readonly (number | null)[];
}

export interface ChartBar {
  readonly label: string;
  readonly value: number | null;
}

/** One pair of axes. Panels of a chart share their time axis and the colours of its groups. */
export type ChartPanel =
  | {
      readonly kind: 'lines';
      readonly title: string;
      readonly unit: ResultUnit;
      readonly lines: readonly ChartLine[];
    }
  | {
      readonly kind: 'bars';
      readonly title: string;
      readonly unit: ResultUnit;
      readonly bars: readonly ChartBar[];
    }
  | {
      readonly kind: 'heatmap';
      readonly title: string;
      readonly unit: ResultUnit;
      readonly times: ChartTimes;
      /** Lower bounds, ascending, and where the last bin ends. */
      readonly bins: readonly number[];
      readonly binEnd: number;
      /** A list a bucket with a count a bin; null where nothing is kept. */
      readonly counts: readonly (readonly number[] | null)[];
    };

/** Starts of buckets in micros, ascending, and where the last one ends. */
export interface ChartTimes {
  readonly starts: readonly number[];
  readonly end: number;
}

export interface Chart {
  readonly title: string;
  readonly panels: readonly ChartPanel[];
  /** Of the lines; null where there are none. */
  readonly times: ChartTimes | null;
  /** What is drawn of what there is, when that is not all. */
  readonly remarks: readonly string[];
}

/** As many as the palette tells apart. */
export const mostLines = 8;
/** As many as a page shows; chosen by us. */
export const mostBars = 40;
/** Pairs of axes of one picture; chosen by us. */
const mostPanels = 4;

/** What a picture of the result shows; null where there is nothing that could be drawn. */
export function chartOf(result: Result): Chart | null {
  const title = titleOf(result);
  const heatmaps = heatmapPanels(result);
  const lines = linePanels(result);
  if (lines !== null) {
    const { panels, times, remarks } = lines;
    return { title, panels: [...heatmaps, ...panels], times, remarks };
  }
  if (heatmaps.length > 0) return { title, panels: heatmaps, times: null, remarks: [] };
  return barChart(result, title);
}

function titleOf({ columns }: Result): string {
  const names = (kind: ResultColumn['kind']) =>
    columns.filter((column) => column.kind === kind).map(({ name }) => name);
  const by = names('breakdown');
  const calculations = names('calculation').join(', ');
  return by.length === 0 ? calculations : `${calculations} by ${by.join(', ')}`;
}

interface Lines {
  readonly panels: readonly ChartPanel[];
  readonly times: ChartTimes;
  readonly remarks: readonly string[];
}

function linePanels(result: Result): Lines | null {
  if (result.series !== null) return seriesLines(result, result.series);
  const timeIndex = result.columns.findIndex(({ kind }) => kind === 'time');
  return timeIndex < 0 || result.rows.length === 0 ? null : rowLines(result, timeIndex);
}

function seriesLines(result: Result, series: NonNullable<Result['series']>): Lines {
  const { range, calculation } = series;
  const count = series.values[0]?.length ?? 0;
  const starts = evenStarts(range, count);
  const column = result.columns.find(({ name }) => name === calculation);
  const rows = [...result.rows];
  const lines = series.values.slice(0, mostLines).map((values, index) => ({
    label: groupLabel(result.columns, rows[index] ?? []),
    values,
  }));
  const panel = { kind: 'lines', title: calculation, unit: column?.unit ?? null, lines } as const;
  return {
    panels: [panel],
    times: { starts, end: range.end },
    remarks: leftOut(series.values.length, mostLines, 'groups'),
  };
}

/** Lines from rows of one bucket and group each. */
function rowLines(result: Result, timeIndex: number): Lines {
  const { columns, rows } = result;
  const starts = [...new Set(rows.map((row) => Number(row[timeIndex])))].sort((a, b) => a - b);
  const places = new Map(starts.map((start, index) => [start, index]));
  const groups = new Map<string, (readonly Cell[])[]>();
  for (const row of rows) {
    const key = JSON.stringify(keysOf(columns, row).map(String));
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  const drawn = [...groups.values()].slice(0, mostLines);
  const calculations = numericCalculations(result);
  const panels = calculations.slice(0, mostPanels).map(({ column, index }): ChartPanel => {
    const lines = drawn.map((own): ChartLine => {
      const values: (number | null)[] = starts.map(() => null);
      for (const row of own) {
        values[places.get(Number(row[timeIndex])) ?? 0] = numberOf(row[index] ?? null);
      }
      return { label: groupLabel(columns, own[0] ?? []), values };
    });
    return { kind: 'lines', title: column.name, unit: column.unit, lines };
  });
  const steps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  const step = steps.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const last = starts.at(-1) ?? 0;
  const end = Number.isFinite(step) ? last + step : Math.max(last + 1, result.window.end);
  return {
    panels,
    times: { starts, end },
    remarks: [
      ...leftOut(groups.size, mostLines, 'groups'),
      ...leftOut(calculations.length, mostPanels, 'calculations'),
    ],
  };
}

function barChart(result: Result, title: string): Chart | null {
  const { columns, rows } = result;
  const calculations = numericCalculations(result);
  const isGrouped = columns.some(({ kind }) => kind === 'breakdown');
  if (rows.length === 0 || calculations.length === 0 || !isGrouped) return null;
  const drawn = [...rows].slice(0, mostBars);
  const panels = calculations.slice(0, mostPanels).map(({ column, index }): ChartPanel => {
    const bars = drawn.map((row) => ({
      label: groupLabel(columns, row),
      value: numberOf(row[index] ?? null),
    }));
    return { kind: 'bars', title: column.name, unit: column.unit, bars };
  });
  const remarks = [
    ...leftOut(rows.length, mostBars, 'groups'),
    ...leftOut(calculations.length, mostPanels, 'calculations'),
  ];
  return { title, panels, times: null, remarks };
}

function heatmapPanels({ heatmaps }: Result): readonly ChartPanel[] {
  return heatmaps.slice(0, mostPanels).map(
    ({ calculation, unit, range, bins, binEnd, counts }): ChartPanel => ({
      kind: 'heatmap',
      title: calculation,
      unit,
      times: { starts: evenStarts(range, counts.length), end: range.end },
      bins,
      binEnd,
      counts,
    }),
  );
}

/**
 * Starts of equal buckets. Days on which clocks change are not told apart: they are an hour in so
 * many days.
 */
export function evenStarts({ start, end }: TimeRange, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => start + ((end - start) * index) / count);
}

interface Calculated {
  readonly column: ResultColumn;
  readonly index: number;
}

function numericCalculations({ columns }: Result): readonly Calculated[] {
  return columns.flatMap((column, index) => {
    const isNumber = column.type === 'integer' || column.type === 'number';
    return column.kind === 'calculation' && isNumber ? [{ column, index }] : [];
  });
}

function keysOf(columns: readonly ResultColumn[], row: readonly Cell[]): readonly Cell[] {
  return columns.flatMap(({ kind }, index) => (kind === 'breakdown' ? [row[index] ?? null] : []));
}

/** The values of the breakdowns as one text. */
export function groupLabel(columns: readonly ResultColumn[], row: readonly Cell[]): string {
  const keys = keysOf(columns, row).map((cell) => {
    if (cell === null) return '–';
    return cell === '' ? '""' : String(cell);
  });
  return keys.length === 0 ? 'all events' : keys.join(' · ');
}

/** A cell that is a number; others have no height. */
export function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : null;
}

function leftOut(count: number, most: number, noun: string): readonly string[] {
  return count > most ? [`the first ${most} of ${count} ${noun} are drawn`] : [];
}
