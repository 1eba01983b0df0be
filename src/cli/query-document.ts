/** The JSON document of a query: the question, the answer, and where it came from. */
import type { Result, ResultColumn, ResultHeatmap, RowIntervals } from '../query/result.js';
import { exactInstant } from '../render/cell.js';
import { type JsonValue, jsonRow } from '../render/json.js';
import { resultTable } from '../render/result-table.js';
import type { Table, TableRow } from '../render/table.js';

type Fields = Readonly<Record<string, JsonValue>>;

/**
 * **Shape** `query, window, columns, rows, total, totals, other, over_time, intervals, series,
 * heatmaps, bad, source`. `total` is the number of groups before the limit; `totals` and `other`
 * are rows, or null when not asked for.
 */
export function queryDocument(query: Fields, result: Result): Fields {
  const table = machineTable(result);
  const row = (cells: TableRow | null): JsonValue =>
    cells === null ? null : jsonRow(table, cells);
  return {
    query,
    window: windowFields(result.window),
    columns: result.columns.map(columnFields),
    rows: () => result.rows.map((cells) => jsonRow(table, cells)),
    total: result.groupCount,
    totals: row(result.total),
    other: row(result.other),
    over_time: overTimeFields(result, table),
    intervals: intervalFields(result),
    series: seriesFields(result),
    heatmaps: result.heatmaps.map(heatmapFields),
    bad: result.provenance.bad,
    source: sourceFields(result),
  };
}

/** The table of a result as machines read it. */
export function machineTable(result: Result): Table {
  return resultTable(result, { sparkline: false, instant: exactInstant, zone: 'UTC' });
}

/** A half-open window as two RFC 3339 instants in UTC. */
export function windowFields(range: { readonly start: number; readonly end: number }): Fields {
  return { start: exactInstant(range.start), end: exactInstant(range.end) };
}

function columnFields({ name, kind, type, unit, exact }: ResultColumn): Fields {
  return { key: name, kind, type, unit, exact };
}

function seriesFields({ series }: Result): JsonValue {
  if (series === null) return null;
  const { calculation, range, stepMicros, values, other, total } = series;
  const step = { ...windowFields(range), step_us: stepMicros };
  return { calculation, ...step, values, other, totals: total };
}

function overTimeFields({ overTime }: Result, table: Table): JsonValue {
  if (overTime === null) return null;
  const rows = (list: Result['rows'] | null) => list?.map((row) => jsonRow(table, row)) ?? null;
  return { other: rows(overTime.other), totals: rows(overTime.total) };
}

function intervalFields({ intervals }: Result): JsonValue {
  if (intervals === null) return null;
  const { level, calculations, rows, other, total } = intervals;
  const fields = ({ rows: count, values }: RowIntervals): Fields => ({
    rows: count,
    between: Object.fromEntries(calculations.map((name, index) => [name, values[index] ?? null])),
  });
  return {
    level,
    rows: rows.map(fields),
    other: other && fields(other),
    totals: total && fields(total),
  };
}

function heatmapFields(heatmap: ResultHeatmap): Fields {
  const { calculation, unit, range, stepMicros, scale, bins, binEnd, counts } = heatmap;
  const step = { ...windowFields(range), step_us: stepMicros };
  return { calculation, unit, ...step, scale, bins, bin_end: binEnd, counts };
}

/** **Shape** `name, dataset, version, files, rows, weighted, usage, exact`. */
export function sourceFields({ provenance }: Pick<Result, 'provenance'>): Fields {
  const { source, dataset, snapshotVersion, files, rows, weighted, usage, exact } = provenance;
  return {
    name: source,
    dataset,
    version: snapshotVersion,
    files: { ...files },
    rows: { ...rows },
    weighted,
    usage,
    exact,
  };
}
