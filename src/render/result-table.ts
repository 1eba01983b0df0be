/** A query's Result as a table: columns with units, sparklines on one scale, and its provenance. */
import { unreachable } from '../base/assert.js';
import { changedList, type ItemList } from '../base/item-list.js';
import type {
  Result,
  ResultColumn,
  ResultHeatmap,
  ResultSeries,
  RowIntervals,
} from '../query/result.js';
import { formatDuration } from '../time/duration.js';
import { microsPerDay, microsPerSecond } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type IntervalColumns, intervalColumns, noIntervals } from './interval-columns.js';
import { decimalsFor, formatCount, formatNumber, plural } from './number.js';
import type { Table, TableColumn, TableRow, TailRow } from './table.js';

export interface ResultTableOptions {
  /** Adds the sparkline column when the result carries a series. */
  readonly sparkline: boolean;
  /** Writes an instant in the zone of the output, and that zone's name. */
  readonly instant: (micros: number) => string;
  readonly zone: string;
  /** Shows how far sampling may have moved counts, where that is far. */
  readonly intervals?: boolean;
}

/** **Shape** columns as in the result, then the sparkline; `OTHER` and `TOTAL` as tail rows. */
export function resultTable(result: Result, options: ResultTableOptions): Table {
  const series = options.sparkline ? result.series : null;
  const intervals = options.intervals === true ? intervalColumns(result) : noIntervals;
  const columns = intervals.columns(result.columns.map(tableColumn));
  const all: ItemList<TableRow> =
    intervals === noIntervals
      ? result.rows
      : changedList(result.rows, (row, index) =>
          intervals.cells(row, result.intervals?.rows[index]),
        );
  const tail = [
    ...tailRow('OTHER', result.other, intervals.cells, result.intervals?.other),
    ...tailRow('TOTAL', result.total, intervals.cells, result.intervals?.total),
  ];
  return {
    columns: series === null ? columns : [...columns, seriesColumn(series, options)],
    rows: series === null ? all : changedList(all, (row, index) => withSeries(row, index, series)),
    tail: series === null ? tail : withTailSeries(tail, series),
    seriesMax: series === null ? null : highest(series),
    footer: [...footerOf(result, series, options), ...intervals.footer],
  };
}

function tailRow(
  label: string,
  row: Result['total'],
  cells: IntervalColumns['cells'],
  of: RowIntervals | null | undefined,
): readonly TailRow[] {
  return row === null ? [] : [{ label, cells: cells(row, of ?? undefined) }];
}

/** How a column of an answer is shown. */
export function tableColumn(column: ResultColumn): TableColumn {
  const { name: key, type, unit } = column;
  const base = { key, title: titleOf(column), type, unit };
  if (column.kind === 'time') return { ...base, align: 'left', show: 'instant' };
  if (column.kind === 'breakdown') {
    const show = column.type === 'timestamp' ? 'instant' : 'text';
    return { ...base, align: 'left', show };
  }
  return { ...base, align: 'right', show: showOf(column), essential: true };
}

/** How people see its values. */
export function showOf(column: ResultColumn): TableColumn['show'] {
  if (column.unit === 'ratio') return 'percent';
  switch (column.type) {
    case 'integer':
      return 'count';
    case 'number':
      return 'number';
    case 'timestamp':
      return 'instant';
    case 'string':
    case 'boolean':
      return 'text';
    default:
      return unreachable(column.type);
  }
}

/** Its name with its unit. */
export function titleOf(column: ResultColumn): string {
  const approximate = column.exact ? '' : '~';
  const unit = column.unit === null || column.unit === 'ratio' ? '' : ` ${unitMark(column.unit)}`;
  return `${approximate}${column.name}${unit}`;
}

function unitMark(unit: string): string {
  return unit === 'per second' ? '/s' : unit;
}

/** The column of sparklines, with the times of its ends. */
export function seriesColumn(
  series: Pick<ResultSeries, 'range' | 'stepMicros'>,
  options: Pick<ResultTableOptions, 'instant'>,
): TableColumn {
  const days = series.range.end - series.range.start > 2 * microsPerDay;
  const edge = (micros: number): string => {
    const [date = '', time = ''] = options.instant(micros).split(' ');
    return days ? date.slice(5) : time.slice(0, 5);
  };
  return {
    key: 'series',
    title: `per ${formatDuration(series.stepMicros)}`,
    align: 'left',
    show: 'series',
    edges: [edge(series.range.start), edge(series.range.end)],
  };
}

function withSeries(row: TableRow, index: number, series: ResultSeries): TableRow {
  return [...row, series.values[index] ?? []];
}

/** The scale is that of the rows: the total would flatten them. */
function withTailSeries(tail: readonly TailRow[], { other, total }: ResultSeries) {
  return tail.map((row) => {
    const values = row.label === 'OTHER' ? other : total;
    return { ...row, cells: [...row.cells, values ?? []] };
  });
}

function highest(series: ResultSeries): number {
  return series.values.flat().reduce<number>((best, value) => Math.max(best, value ?? 0), 0);
}

/** The upper end of a scale. */
export function scaleText(top: number): string {
  return formatNumber(top, decimalsFor([top]));
}

function footerOf(
  result: Result,
  series: ResultSeries | null,
  options: ResultTableOptions,
): readonly string[] {
  const { provenance } = result;
  const { files } = provenance;
  const counts = [
    ...rowsText(result),
    eventsText(result),
    ...(series === null ? [] : [`scale 0…${scaleText(highest(series))} for all rows`]),
    options.zone,
  ].join(', ');
  const rolled = files.rolled === undefined ? '' : ` (${formatCount(files.rolled)} by rollups)`;
  const pruned = `${formatCount(files.pruned)} pruned`;
  const read = `${plural(files.read, 'data file')} read${rolled}, ${pruned}`;
  return [
    `${counts}   ${read}`,
    ...windowLine(result.window, options),
    ...tailLine(result),
    ...(provenance.bad === null ? [] : [`bad: ${provenance.bad}`]),
    ...(series === null ? [] : legendOf(series)),
    ...result.heatmaps.map(heatmapLine),
    ...truncation(result),
    ...(provenance.exact ? [] : ['approximate: columns marked ~']),
    ...(provenance.usage ? ['usage: rows are counted as stored, weights are ignored'] : []),
    ...(provenance.weighted ? ['weighted: a row of sample rate n counts as n events'] : []),
  ];
}

/** How many lines there are and what each is; a single line that is everything is not counted. */
function rowsText({ columns, rows }: Result): readonly string[] {
  if (columns.some(({ kind }) => kind === 'time')) return [plural(rows.length, 'row')];
  return columns.some(({ kind }) => kind === 'breakdown') ? [plural(rows.length, 'group')] : [];
}

function eventsText({ provenance, events }: Result): string {
  const { rows, weighted, usage } = provenance;
  if (usage) return plural(rows.matched, 'stored row');
  if (!weighted) return plural(rows.matched, 'event');
  if (events === null) return plural(rows.matched, 'sampled row');
  const text = plural(Math.round(events), 'event');
  return text === plural(rows.matched, 'event')
    ? text
    : `${plural(rows.matched, 'row')} standing for ${text}`;
}

/** An empty dataset has no window. */
function windowLine(window: TimeRange, options: ResultTableOptions): readonly string[] {
  if (window.end <= window.start) return [];
  const { start, end } = outerRange(window);
  return [`window ${options.instant(start)} → ${options.instant(end)}`];
}

/** Whole seconds around a window. */
export function outerRange({ start, end }: TimeRange): TimeRange {
  return {
    start: Math.floor(start / microsPerSecond) * microsPerSecond,
    end: Math.ceil(end / microsPerSecond) * microsPerSecond,
  };
}

function legendOf(series: ResultSeries): readonly string[] {
  const gaps = series.values.some((values) => values.includes(null));
  return gaps ? ['in the sparklines: · none, ╌ nothing kept for that time'] : [];
}

/** Rows are of one bucket each; what stands behind them is not. */
function tailLine({ columns, other, total }: Result): readonly string[] {
  const names = [...(other === null ? [] : ['OTHER']), ...(total === null ? [] : ['TOTAL'])];
  if (names.length === 0 || !columns.some(({ kind }) => kind === 'time')) return [];
  return [`${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} of the whole window`];
}

/** A picture does not fit into a table. */
function heatmapLine({ calculation, unit, bins, binEnd, scale }: ResultHeatmap): string {
  const [low] = bins;
  if (low === undefined) return `${calculation}: no values`;
  const mark = unit === null ? '' : ` ${unitMark(unit)}`;
  const ends = `${formatNumber(low, decimalsFor([low]))}…${formatNumber(binEnd, 0)}${mark}`;
  const ranges = plural(bins.length, `${scale} bin`);
  return `${calculation}: ${ends} in ${ranges}; --json gives the counts`;
}

/** Counted by the query, which knows groups from rows. */
function truncation(result: Result): readonly string[] {
  return result.notes.filter(({ code }) => code === 'truncated').map(({ text }) => text);
}
