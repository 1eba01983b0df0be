/** What a picture of a comparison shows: each group now, and the same group there. Pure. */
import type { ComparedRow, Comparison } from '../query/compare-result.js';
import type { Cell } from '../query/ports.js';
import {
  type Chart,
  type ChartTimes,
  evenStarts,
  groupLabel,
  mostLines,
  numberOf,
} from './chart.js';

/** As many groups as a screen shows with their baselines; chosen by us. */
const mostGroups = 12;

/** The first calculation: lines over time where there are some, else bars. */
export function comparisonChart(comparison: Comparison): Chart | null {
  const { calculations, rows } = comparison;
  const [column] = calculations;
  if (column === undefined || rows.length === 0) return null;
  const names = ['', ...comparison.baselines.map(({ name }) => ` (${backOf(name)})`)];
  const labelsOf = (keys: readonly Cell[]): readonly string[] =>
    names.map((name) => `${groupLabel(comparison.keys, keys)}${name}`);
  const { title, unit } = { title: column.name, unit: column.unit };
  const overTime = linesOf(comparison);
  if (overTime === null) {
    const bars = rows.slice(0, mostGroups).flatMap(({ keys, cells }) => {
      const labels = labelsOf(keys);
      return numbersOf(cells).map((value, window) => ({ label: labels[window] ?? '', value }));
    });
    const remarks = leftOut(rows.length, mostGroups);
    return { title, panels: [{ kind: 'bars', title, unit, bars }], times: null, remarks };
  }
  const { times, groups } = overTime;
  const most = Math.max(1, Math.floor(mostLines / names.length));
  const lines = groups.slice(0, most).flatMap(({ keys, windows }) => {
    const labels = labelsOf(keys);
    return windows.map((values, window) => ({ label: labels[window] ?? '', values }));
  });
  const remarks = leftOut(groups.length, most);
  return { title, panels: [{ kind: 'lines', title, unit, lines }], times, remarks };
}

interface LinesOverTime {
  readonly times: ChartTimes;
  /** `windows`: the values now, then those of each baseline. */
  readonly groups: readonly {
    readonly keys: readonly Cell[];
    readonly windows: readonly (readonly (number | null)[])[];
  }[];
}

function linesOf({ series, hasTime, rows, window }: Comparison): LinesOverTime | null {
  if (series !== null) {
    const count = series.values[0]?.[0]?.length ?? 0;
    const times = { starts: evenStarts(series.range, count), end: series.range.end };
    const groups = rows.map(({ keys }, row) => ({ keys, windows: series.values[row] ?? [] }));
    return { times, groups };
  }
  if (!hasTime) return null;
  const starts = [...new Set(rows.map(({ time }) => time ?? 0))];
  const count = rows.length / starts.length;
  const groups = rows.slice(0, count).map(({ keys, cells }, group) => {
    const values = starts.map((_, bucket) => numbersOf(rows[bucket * count + group]?.cells ?? []));
    const windows = numbersOf(cells).map((_, at) => values.map((all) => all[at] ?? null));
    return { keys, windows };
  });
  return { times: { starts, end: window.range.end }, groups };
}

/** Of the first calculation: now, then there. */
function numbersOf([cell]: ComparedRow['cells']): readonly (number | null)[] {
  return [cell?.value, ...(cell?.baselines ?? []).map(({ value }) => value)].map((value) =>
    numberOf(value ?? null),
  );
}

function leftOut(count: number, most: number): readonly string[] {
  return count > most ? [`the first ${most} of ${count} groups are drawn`] : [];
}

function backOf(name: string): string {
  return name === 'before' ? name : `${name} before`;
}
