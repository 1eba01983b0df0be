/** Intervals of estimated counts as columns of a table, where sampling makes them wide. Pure. */
import type { Cell } from '../query/ports.js';
import type { Interval, Result, ResultColumn, RowIntervals } from '../query/result.js';
import { formatCount, formatNumber, formatPercent } from './number.js';
import type { TableCell, TableColumn, TableRow } from './table.js';

/** What a table has besides the answer itself. */
export interface IntervalColumns {
  readonly columns: (columns: readonly TableColumn[]) => readonly TableColumn[];
  readonly cells: (row: readonly Cell[], of: RowIntervals | undefined) => TableRow;
  readonly footer: readonly string[];
}

export const noIntervals: IntervalColumns = {
  columns: (columns) => columns,
  cells: (row) => row,
  footer: [],
};

/** From here on a count could mislead: a tenth of it, or one percentage point. Chosen by us. */
const wideShare = 0.1;
const widePoints = 0.01;
/** Below so many rows the normal approximation is no longer one. Chosen by us. */
const fewRows = 10;

/** A column behind each calculation that has a wide interval in any row. */
export function intervalColumns(result: Result): IntervalColumns {
  const { intervals, columns } = result;
  if (intervals === null) return noIntervals;
  const all = [...intervals.rows, ...[intervals.other ?? [], intervals.total ?? []].flat()];
  const wide = intervals.calculations.flatMap((name, place) => {
    const index = columns.findIndex((one) => one.kind === 'calculation' && one.name === name);
    const column = columns[index];
    const isShown = all.some(({ values }) => isWide(values[place] ?? null, column));
    return column !== undefined && isShown ? [{ column, index, place }] : [];
  });
  if (wide.length === 0) return noIntervals;
  const insert = <T>(list: readonly T[], make: (at: (typeof wide)[number]) => T): readonly T[] =>
    list.flatMap((item, index) => {
      const at = wide.find((one) => one.index === index);
      return at === undefined ? [item] : [item, make(at)];
    });
  const isFew = all.some((of) => isRough(of));
  return {
    columns: (shown) => insert(shown, ({ column }) => intervalColumn(column)),
    cells: (row, of) =>
      insert<TableCell>(row, ({ column, place }) => cellOf(of, of?.values[place] ?? null, column)),
    footer: [
      'sampled: the true number lies in the range beside it with a chance of 95 %',
      ...(isFew ? [`* fewer than ${fewRows} rows: the range is rough`] : []),
    ],
  };
}

function intervalColumn({ name }: ResultColumn): TableColumn {
  return { key: `${name} 95 %`, title: '95 %', align: 'right', show: 'text' };
}

function cellOf(
  of: RowIntervals | undefined,
  interval: Interval | null,
  column: ResultColumn,
): string | null {
  if (of === undefined || interval === null) return null;
  const [low, high] = interval.map((value) => textOf(value, column));
  return `${low}…${high}${isRough(of) ? '*' : ''}`;
}

function textOf(value: number, { unit, type }: ResultColumn): string {
  if (unit === 'ratio') return formatPercent(value);
  return type === 'integer' ? formatCount(value) : formatNumber(value, 0);
}

function isRough({ rows, values }: RowIntervals): boolean {
  return rows < fewRows && values.some((interval) => interval !== null);
}

function isWide(interval: Interval | null, column: ResultColumn | undefined): boolean {
  if (interval === null || column === undefined) return false;
  const [low, high] = interval;
  const half = (high - low) / 2;
  return column.unit === 'ratio' ? half >= widePoints : half >= (wideShare * (high + low)) / 2;
}
