/** What a dataset keeps and where it has holes, from the log alone; no data file is opened. */
import type { AddFile } from '../delta/action.js';
import { parseStats, timestampMicros } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { isOwnFile } from './data-file.js';
import type { Dataset } from './dataset.js';
import { knownSources } from './sources.js';

export interface DayCoverage {
  /** UTC, `2020-04-16`. */
  readonly date: string;
  readonly fileCount: number;
  readonly fileBytes: number;
  /** Rows in files of coldcase; null when another tool wrote some of them and they are unknown. */
  readonly rowCount: number | null;
}

export interface DatasetStatus {
  readonly version: number;
  readonly fileCount: number;
  readonly fileBytes: number;
  /** Null as for a day. */
  readonly rowCount: number | null;
  /** Files another tool added; their statistics are hints, so nothing is counted from them. */
  readonly foreignFileCount: number;
  /** First to last event, the end just behind the last; null for an empty dataset. */
  readonly span: TimeRange | null;
  /** Days with files, ascending. */
  readonly days: readonly DayCoverage[];
  /** Whole UTC days without events between the first and the last day, merged. */
  readonly gaps: readonly TimeRange[];
  readonly sourceCount: number;
  readonly columnCount: number;
}

export function statusOf(dataset: Dataset): DatasetStatus {
  const { files, version } = dataset.snapshot;
  const days = daysOf(files);
  return Object.freeze({
    version,
    fileCount: files.length,
    fileBytes: sum(files.map(({ size }) => size)),
    rowCount: rowsOf(files),
    foreignFileCount: files.filter((file) => !isOwnFile(file)).length,
    span: spanOf(dataset),
    days,
    gaps: gapsOf(days.map(({ date }) => date)),
    sourceCount: knownSources(dataset.snapshot).length,
    columnCount: dataset.schema.length,
  });
}

function daysOf(files: readonly AddFile[]): readonly DayCoverage[] {
  const byDate = new Map<string, AddFile[]>();
  for (const file of files) {
    const date = file.partitionValues[systemColumns.date] ?? null;
    if (date !== null) byDate.set(date, [...(byDate.get(date) ?? []), file]);
  }
  return [...byDate]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, ofDay]) => ({
      date,
      fileCount: ofDay.length,
      fileBytes: sum(ofDay.map(({ size }) => size)),
      rowCount: rowsOf(ofDay),
    }));
}

function rowsOf(files: readonly AddFile[]): number | null {
  let rowCount = 0;
  for (const file of files) {
    const stats = isOwnFile(file) ? parseStats(file.stats) : null;
    if (stats === null) return null;
    rowCount += stats.numRecords;
  }
  return rowCount;
}

/** First to just behind the last event; null for an empty dataset. */
export function spanOf({ snapshot }: Dataset): TimeRange | null {
  let start = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const file of snapshot.files) {
    const stats = parseStats(file.stats);
    start = Math.min(start, boundOf(stats?.minValues[systemColumns.ts], 'min') ?? start);
    last = Math.max(last, boundOf(stats?.maxValues[systemColumns.ts], 'max') ?? last);
  }
  return start <= last ? { start, end: last + 1 } : null;
}

function boundOf(value: string | number | undefined, side: 'min' | 'max'): number | null {
  return typeof value === 'string' ? timestampMicros(value, side) : null;
}

function gapsOf(dates: readonly string[]): readonly TimeRange[] {
  return dates.slice(1).flatMap((date, index) => {
    const start = startOfDay(dates[index] ?? date) + microsPerDay;
    const end = startOfDay(date);
    return end > start ? [{ start, end }] : [];
  });
}

function startOfDay(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) * 1000;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
