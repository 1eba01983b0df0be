/**
 * What `columns` shows, from the census of the data files instead of their rows: where every value
 * of a column is listed it is the same, and no data file is opened. In doubt rows are read.
 */
import { join } from 'node:path';
import { parseStats } from '../delta/stats.js';
import type { Column, ColumnType } from '../event/column.js';
import { type ColumnCensus, listCensus, readCensus, wholeColumn } from '../store/census.js';
import { extraLabelsOf } from '../store/data-file.js';
import type { Dataset } from '../store/dataset.js';
import type { TakeCensus } from '../store/ports.js';

/** One column of all data files. */
export interface MeasuredColumn {
  /** Share of rows without a value; null where there are no rows. */
  readonly missing: number | null;
  readonly distinct: number;
  /** The most frequent values, as text. */
  readonly examples: readonly string[];
}

/** Data files without a census are looked into, if they are no more than this part of all rows:
 * the files of the last hours. Chosen by us. */
const mostLookedInto = 0.25;

/** Of the columns whose values are all listed, by label. **Faults** those of `take`. */
export async function measureByCensus(
  dataset: Dataset,
  exampleCount: number,
  { take, signal }: { readonly take: TakeCensus; readonly signal: AbortSignal },
): Promise<ReadonlyMap<string, MeasuredColumn>> {
  const { files } = dataset.snapshot;
  const rows = new Map(files.map((file) => [file, parseStats(file.stats)?.numRecords ?? null]));
  const rowCount = [...rows.values()].reduce<number>((sum, count) => sum + (count ?? 0), 0);
  const census = await listCensus(dataset);
  const known: (readonly ColumnCensus[])[] = [];
  const others: string[] = [];
  let otherRows = 0;
  for (const file of files) {
    const columns = await readCensus(census, file.path);
    if (columns !== null) known.push(columns);
    else {
      others.push(join(dataset.tableDir, file.path));
      otherRows += rows.get(file) ?? Number.POSITIVE_INFINITY;
    }
  }
  if (known.length === 0 || otherRows > mostLookedInto * rowCount) return new Map();
  if (others.length > 0) known.push(await take(others, signal));
  const beside = files.map(extraLabelsOf);
  const found = new Map<string, MeasuredColumn>();
  for (const column of dataset.schema) {
    const isElsewhere = beside.some((labels) => labels?.includes(column.label) ?? true);
    const measured = isElsewhere ? null : measureColumn(column, known, rowCount, exampleCount);
    if (measured !== null) found.set(column.label, measured);
  }
  return found;
}

function measureColumn(
  { name, type }: Column,
  known: readonly (readonly ColumnCensus[])[],
  rowCount: number,
  exampleCount: number,
): MeasuredColumn | null {
  const compare = orders[type];
  const values = compare === null ? null : wholeColumn(known, name);
  if (compare === null || values === null) return null;
  const filled = [...values.values()].reduce((sum, { rows }) => sum + rows, 0);
  const byCount = [...values].sort(([a, { weight: of }], [b, { weight: other }]) => {
    if (of !== other) return of > other ? -1 : 1;
    return compare(a, b);
  });
  return {
    missing: rowCount === 0 ? null : (rowCount - filled) / rowCount,
    distinct: values.size,
    examples: byCount.slice(0, exampleCount).map(([value]) => value),
  };
}

type Compare = (a: string, b: string) => number;

/** As the engine orders values of a type; null for those that no census lists. */
const orders: Readonly<Record<ColumnType, Compare | null>> = {
  string: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)),
  integer: (a, b) => (BigInt(a) < BigInt(b) ? -1 : 1),
  boolean: (a, b) => (a < b ? -1 : 1),
  number: null,
  timestamp: null,
};
