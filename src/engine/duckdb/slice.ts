/** Which sorted rows go to which data file. Pure. */
import { assert } from '../../base/assert.js';
import { systemColumns } from '../../event/column.js';
import type { Cell } from '../../query/ports.js';
import {
  aggregate,
  as,
  binary,
  call,
  cast,
  column,
  literal,
  order,
  select,
  star,
} from '../../sql/build.js';
import type { SqlCopy, SqlQuery, SqlSelect } from '../../sql/node.js';
import type { WriteRequest } from '../../store/ports.js';
import { fileColumns, sortedTable } from './staged-query.js';

/** The rows of one data file, in their order. */
export interface Slice {
  readonly date: string;
  readonly rows: number;
  readonly query: SqlQuery;
}

/** A half-open range of rows. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** A date is cut into equal files nearest to this; measured best for all kinds of query. */
const rowsPerFile = 1_000_000;

/** DuckDB's default, measured best against 20,480 and 491,520. */
const rowGroupRows = 122_880;

/** Cuts so many rows of one date into files of about `rowsPerFile`. */
export function cutRows(rowCount: number): readonly RowRange[] {
  const fileCount = Math.max(1, Math.round(rowCount / rowsPerFile));
  const edge = (index: number) => Math.floor((index * rowCount) / fileCount);
  return Array.from({ length: fileCount }, (_, index) => ({
    start: edge(index),
    end: edge(index + 1),
  }));
}

const rowId = column('rowid');
const ts = column(systemColumns.ts);

/** **Shape** one row per UTC date of the sorted table: date, first row, last row, rows. */
export const slicesQuery: SqlSelect = select(
  [
    as(cast(call('make_timestamp', call('epoch_us', ts)), 'DATE'), 'date'),
    as(aggregate('min', [rowId]), 'first'),
    as(aggregate('max', [rowId]), 'last'),
    as(aggregate('count', [star]), 'rows'),
  ],
  {
    from: { kind: 'table', name: sortedTable },
    groupBy: [literal(1)],
    orderBy: [order(literal(1))],
  },
);

/** Cuts the dates of `slicesQuery`. */
export function sortedSlices(
  request: WriteRequest,
  dates: readonly (readonly Cell[])[],
): readonly Slice[] {
  return dates.flatMap(([date, first, last, rowCount]) => {
    assert(typeof date === 'string' && typeof first === 'number', 'a date has its first row');
    assert(
      typeof last === 'number' && last - first + 1 === rowCount,
      'rows of a date lie together',
    );
    return cutRows(rowCount).map(({ start, end }) => ({
      date,
      rows: end - start,
      query: select(fileColumns(request), {
        from: { kind: 'table', name: sortedTable },
        where: binary(
          'and',
          binary('>=', rowId, literal(first + start)),
          binary('<', rowId, literal(first + end)),
        ),
      }),
    }));
  });
}

/** Writes a slice to `path`; the result holds the statistics of the file. */
export function copyOfSlice({ query }: Slice, path: string): SqlCopy {
  return {
    kind: 'copy',
    query,
    path,
    options: [
      { name: 'FORMAT', value: 'parquet' },
      { name: 'COMPRESSION', value: 'zstd' },
      { name: 'PARQUET_VERSION', value: 'v2' },
      { name: 'ROW_GROUP_SIZE', value: rowGroupRows },
      { name: 'RETURN_STATS', value: true },
    ],
  };
}
