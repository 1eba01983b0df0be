/** Slices of the sorted table: which rows go to which data file. Pure. */
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
  select,
  star,
} from '../../sql/build.js';
import type { SqlCopy, SqlExpression, SqlSelect } from '../../sql/node.js';
import type { WriteRequest } from '../../store/ports.js';
import { fileColumns, sortedTable } from './staged-query.js';

/** Rows of one date, as a half-open range of row numbers of the sorted table. */
export interface Slice {
  readonly date: string;
  readonly start: number;
  readonly end: number;
}

/** A date is cut into equal files nearest to this; measured best for all kinds of query. */
const rowsPerFile = 1_000_000;

/** DuckDB's default, measured best against 20,480 and 491,520. */
const rowGroupRows = 122_880;

const rowId = column('rowid');
const ts = column(systemColumns.ts);

/** **Shape** one row per UTC date: date, first row, last row, rows. */
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
    orderBy: [{ expression: literal(1), descending: false, nulls: 'last' }],
  },
);

/** Cuts each date of `slicesQuery` into files of about `rowsPerFile`. */
export function slicesOfDates(rows: readonly (readonly Cell[])[]): readonly Slice[] {
  return rows.flatMap(([date, first, last, rowCount]) => {
    assert(typeof date === 'string' && typeof first === 'number', 'a date has its first row');
    assert(
      typeof last === 'number' && last - first + 1 === rowCount,
      'rows of a date lie together',
    );
    const fileCount = Math.max(1, Math.round(rowCount / rowsPerFile));
    const edge = (index: number) => first + Math.floor((index * rowCount) / fileCount);
    return Array.from({ length: fileCount }, (_, index) => ({
      date,
      start: edge(index),
      end: edge(index + 1),
    }));
  });
}

/** Writes a slice to `path`; the result holds the statistics of the file. */
export function copyOfSlice(request: WriteRequest, slice: Slice, path: string): SqlCopy {
  return {
    kind: 'copy',
    query: select(fileColumns(request), {
      from: { kind: 'table', name: sortedTable },
      where: within(slice),
    }),
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

/** **Shape** one row: first and last instant, in micros. */
export function sliceBounds(slice: Slice): SqlSelect {
  return select(
    [
      as(call('epoch_us', aggregate('min', [ts])), 'min'),
      as(call('epoch_us', aggregate('max', [ts])), 'max'),
    ],
    { from: { kind: 'table', name: sortedTable }, where: within(slice) },
  );
}

function within({ start, end }: Slice): SqlExpression {
  return binary('and', binary('>=', rowId, literal(start)), binary('<', rowId, literal(end)));
}
