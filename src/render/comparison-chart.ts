/** What a picture of a comparison shows: each group now, and the same group there. Pure. */
import type { Comparison } from '../query/compare-result.js';
import { type Chart, type ChartPanel, evenStarts, groupLabel, mostLines } from './chart.js';

/** As many groups as a screen shows with their baselines; chosen by us. */
const mostGroups = 12;

/** Lines over time where there are some, else bars of the first calculation. */
export function comparisonChart(comparison: Comparison): Chart | null {
  const { series, calculations, rows, hasTime } = comparison;
  const [column] = calculations;
  if (column === undefined || rows.length === 0 || hasTime) return null;
  const names = ['', ...comparison.baselines.map(({ name }) => ` (${backOf(name)})`)];
  const labelOf = (row: number, window: number): string =>
    `${groupLabel(comparison.keys, rows[row]?.keys ?? [])}${names[window] ?? ''}`;
  const most = series === null ? mostGroups : Math.max(1, Math.floor(mostLines / names.length));
  const drawn = [...rows.slice(0, most).keys()];
  const panel: ChartPanel =
    series === null
      ? {
          kind: 'bars',
          title: column.name,
          unit: column.unit,
          bars: drawn.flatMap((row) => {
            const cell = rows[row]?.cells[0];
            const values = [cell?.value, ...(cell?.baselines ?? []).map(({ value }) => value)];
            return values.map((value, window) => {
              const isNumber = typeof value === 'number' || typeof value === 'bigint';
              return { label: labelOf(row, window), value: isNumber ? Number(value) : null };
            });
          }),
        }
      : {
          kind: 'lines',
          title: column.name,
          unit: column.unit,
          lines: drawn.flatMap((row) =>
            (series.values[row] ?? []).map((values, window) => ({
              label: labelOf(row, window),
              values,
            })),
          ),
        };
  const count = series?.values[0]?.[0]?.length ?? 0;
  const times = series && { starts: evenStarts(series.range, count), end: series.range.end };
  const left = `the first ${most} of ${rows.length} groups are drawn`;
  return { title: column.name, panels: [panel], times, remarks: rows.length > most ? [left] : [] };
}

function backOf(name: string): string {
  return name === 'before' ? name : `${name} before`;
}
