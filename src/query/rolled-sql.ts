/**
 * Rows and cells of rollups as one: a row of data is a cell of its own. Each column of a cell adds
 * up or goes by the smallest or largest, so cells put together are cells again.
 */
import {
  aggregate,
  all,
  as,
  binary,
  call,
  cast,
  column,
  literal,
  select,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { rollupNames } from '../store/rollup.js';

const { rows, surplus, last, least, most, sum } = rollupNames;

/** Decimals are added as whole numbers of 2^-40, so that the order of adding does not matter. */
export const sumScale = 2 ** 40;

/** Decimals from here on would not fit; they are sorted and added as they are. Chosen so that
 * 2^27 values just below it fit in 128 bits. */
export const largeDecimal = 2 ** 60;

/** The sum of a cell as it is read: 128 bits, which a file has no type for. */
export const totalName = '#total';

/** What a row weighs. */
export const weightOfRow = call('coalesce', column('weight'), literal(1));

/** The number a row is measured by. */
export interface RowMeasure {
  readonly value: SqlExpression;
  readonly type: 'integer' | 'number';
}

/** What a row of data has as a cell, beside its own columns. `weighted`: by what it stands for. */
export function cellColumns(measure: RowMeasure | null, weighted: boolean): readonly SqlColumn[] {
  const above = binary('-', weightOfRow, literal(1));
  return [
    as(column('ts'), last),
    as(cast(literal(1), 'BIGINT'), rows),
    ...(weighted ? [as(binary('*', cast(weightOfRow, 'HUGEINT'), above), surplus)] : []),
    ...(measure === null ? [] : measuredColumns(measure, weighted)),
  ];
}

function measuredColumns({ value, type }: RowMeasure, weighted: boolean): readonly SqlColumn[] {
  const whole = type === 'integer' ? cast(value, 'HUGEINT') : scaledSql(value);
  const total = weighted ? binary('*', whole, weightOfRow) : whole;
  return [as(value, least), as(value, most), as(total, totalName)];
}

/** A decimal as the whole number that stands for it in sums; null where it is too large. */
export function scaledSql(value: SqlExpression): SqlExpression {
  const isSmall = binary('<', call('abs', value), literal(largeDecimal));
  return when([[isSmall, cast(binary('*', value, literal(sumScale)), 'HUGEINT')]], null);
}

/** Cells put together; the caller says which are alike. */
export function mergedColumns(hasMeasure: boolean): readonly SqlColumn[] {
  const by = (name: string, of: string) => as(aggregate(name, [column(of)]), of);
  const counted = [by('sum', rows), by('sum', 'weight'), by('sum', surplus)];
  const measured = [by('min', least), by('max', most), by('sum', totalName)];
  return [by('min', 'ts'), by('max', last), ...counted, ...(hasMeasure ? measured : [])];
}

/** The cells of rollups as they are read. */
export function storedCells(
  files: readonly string[],
  hasMeasure: boolean,
  where: readonly SqlExpression[],
): SqlSelect {
  const from: SqlSource = { kind: 'parquet', files, unionByName: false, fileName: false };
  const total = hasMeasure ? [as(cast(column(sum), 'HUGEINT'), totalName)] : [];
  return select([{ star: true }, ...total], { from, where: where.length > 0 ? all(where) : null });
}
