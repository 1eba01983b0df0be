/** Where the rows of each date lie in the staged files, and whether they are in order. Pure. */
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
  overAll,
  select,
  star,
} from '../../sql/build.js';
import type { SqlExpression, SqlSelect } from '../../sql/node.js';
import type { StagedFile } from '../../store/ports.js';
import type { Micros } from '../../time/instant.js';

/** The rows of one date in one staged file. */
export interface Part {
  /** The place of the file in the request. */
  readonly fileIndex: number;
  readonly date: string;
  /** The half-open range of row numbers in which they lie, perhaps among rows of other dates. */
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  readonly minTs: Micros;
  readonly maxTs: Micros;
  /** Whether no row is earlier than the one before it. False says only that it is not known. */
  readonly ordered: boolean;
}

/** Reads `ts` and nothing else, in one pass. **Shape** one row per date and file: see `partsOf`. */
export function surveyQuery(files: readonly StagedFile[]): SqlSelect {
  const ts = column(systemColumns.ts);
  const fileIndex = column('file_index');
  const rowNumber = column('file_row_number');
  // Without an order of its own, the window goes by the order of the files and their rows.
  const before = overAll(call('lag', ts));
  const scan = select(
    [
      as(ts, 'ts'),
      as(before, 'before'),
      as(fileIndex, 'file_index'),
      as(rowNumber, 'file_row_number'),
    ],
    {
      from: {
        kind: 'parquet',
        files: files.map(({ path }) => path),
        unionByName: false,
        fileName: false,
      },
    },
  );
  const micros = (instant: SqlExpression) => call('epoch_us', instant);
  return select(
    [
      as(fileIndex, 'file'),
      as(cast(call('make_timestamp', micros(ts)), 'DATE'), 'date'),
      as(aggregate('min', [rowNumber]), 'first'),
      as(aggregate('max', [rowNumber]), 'last'),
      as(aggregate('count', [star]), 'rows'),
      as(micros(aggregate('min', [ts])), 'min_ts'),
      as(micros(aggregate('max', [ts])), 'max_ts'),
      as(aggregate('count', [star], { filter: binary('<', ts, column('before')) }), 'descents'),
    ],
    {
      from: { kind: 'subquery', select: scan, alias: 'scan' },
      groupBy: [literal(1), literal(2)],
      orderBy: [order(literal(2)), order(literal(1))],
    },
  );
}

/** The rows of `surveyQuery`: by date, then by file. */
export function partsOf(rows: readonly (readonly Cell[])[]): readonly Part[] {
  return rows.map(([file, date, first, last, count, minTs, maxTs, descents]) => {
    assert(typeof date === 'string', 'a date is a text');
    const start = Number(first);
    const end = Number(last) + 1;
    const rowCount = Number(count);
    return {
      fileIndex: Number(file),
      date,
      start,
      end,
      rows: rowCount,
      minTs: Number(minTs),
      maxTs: Number(maxTs),
      ordered: descents === 0 && end - start === rowCount,
    };
  });
}
