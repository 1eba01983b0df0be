/**
 * SQL from staged files to the sorted rows of an ingest. Pure. Instants are rebuilt from integers:
 * anything else on TIMESTAMPTZ goes through ICU, 8 to 12 times slower.
 */
import { present } from '../../base/assert.js';
import { type ColumnType, systemColumns } from '../../event/column.js';
import { sqlTypes } from '../../query/value-sql.js';
import {
  any,
  as,
  call,
  cast,
  column,
  isNotNull,
  literal,
  order,
  select,
  text,
  when,
} from '../../sql/build.js';
import type {
  SqlColumn,
  SqlCreateTable,
  SqlExpression,
  SqlOrder,
  SqlQuery,
  SqlSelect,
  SqlSource,
} from '../../sql/node.js';
import type { ColumnSource, WriteRequest } from '../../store/ports.js';

/** A staged file and what becomes of its columns. */
export type StagedPart = WriteRequest['staged'][number];

export const gatheredTable = 'gathered';
export const sortedTable = 'sorted';

/**
 * The tables to make, in order; the last is `sorted`. Rows are in order of time, then of staged
 * file, then of row, so that every run gives the same. Files of one layout are sorted as they are
 * read; of several, they are gathered first, since each further scan below a sort holds memory of
 * its own (measured: ten scans of 0.5 M rows passed a limit of 800 MB, one scan stayed in 400 MB).
 */
export function sortStatements(request: WriteRequest): readonly SqlCreateTable[] {
  if (!hasSeveralLayouts(request)) {
    return [createSorted({ ...scanOf(request, request.staged), orderBy: sortKeys })];
  }
  const gathered: SqlSource = { kind: 'table', name: gatheredTable };
  const keys = [systemColumns.ts, 'rowid'].map((name) => order(column(name)));
  const scans = request.staged.map((part) => scanOf(request, [part]));
  return [
    { kind: 'create table', name: gatheredTable, query: unionOf(scans) },
    createSorted(select(workNames(request).map(columnAs), { from: gathered, orderBy: keys })),
  ];
}

/** The order of rows, on a scan of files in their order. */
export const sortKeys: readonly SqlOrder[] = [
  systemColumns.ts,
  'file_index',
  'file_row_number',
].map((name) => order(column(name)));

/** Whether the rows pass through `gathered` on their way to `sorted`. */
export function hasSeveralLayouts(request: WriteRequest): boolean {
  return new Set(request.staged.map(layoutOf)).size > 1;
}

/** Whether any row of the request has something beside its columns. */
export function hasExtra(request: WriteRequest): boolean {
  return request.staged.some(
    ({ file, extras }) => extras.length > 0 || file.extraLabels.length > 0,
  );
}

/**
 * Names in the tables made here, in order; what is the same in every row is left out. Stored names
 * come in with the COPY: one called `rowid` or `file_index` would take the place of the real one.
 */
function workNames(request: WriteRequest): readonly string[] {
  const columns = request.columns.map((_, index) => workName(index));
  const extra = hasExtra(request) ? ['extra'] : [];
  return [systemColumns.ts, systemColumns.weight, ...columns, ...extra];
}

function workName(index: number): string {
  return `c${index}`;
}

/** The columns of a data file: from a sorted table or a scan, and what all rows share. */
export function fileColumns(request: WriteRequest): readonly SqlColumn[] {
  const ingestedAt = call('make_timestamptz', literal(request.ingestedAt));
  return [
    columnAs(systemColumns.ts),
    as(ingestedAt, systemColumns.ingestedAt),
    columnAs(systemColumns.weight),
    as(text(request.batch), systemColumns.batch),
    ...request.columns.map(({ name }, index) => as(column(workName(index)), name)),
    hasExtra(request) ? columnAs(systemColumns.extra) : as(emptyExtra(), systemColumns.extra),
  ];
}

function createSorted(query: SqlSelect): SqlCreateTable {
  return { kind: 'create table', name: sortedTable, query };
}

/** One after the other. */
export function unionOf(scans: readonly SqlSelect[]): SqlQuery {
  return { kind: 'union', byName: false, selects: scans };
}

function columnAs(name: string): SqlColumn {
  return as(column(name), name);
}

/** Two files of the same layout can be read by one scan. */
export function layoutOf({ file, sources, extras }: StagedPart): string {
  const types = file.columns.map(({ type }) => type);
  const labels = extras.map((index) => file.columns[index]?.label);
  return JSON.stringify([types, sources, extras, labels, file.extraLabels.length > 0]);
}

/** The rows of files of one layout under the names of the sorted table. */
export function scanOf(
  request: WriteRequest,
  parts: readonly StagedPart[],
  where: SqlExpression | null = null,
): SqlSelect {
  const part = present(parts[0], 'a staged file');
  const columns = request.columns.map((stored, index) => {
    const source = present(part.sources[index], `the source of ${stored.name}`);
    const type = sqlTypes[stored.type];
    const value = source.kind === 'absent' ? literal(null) : sourceValue(part, source, stored.type);
    return as(cast(value, type), workName(index));
  });
  const scanned = [
    as(instant(column('ts')), systemColumns.ts),
    columnAs(systemColumns.weight),
    ...columns,
    ...(hasExtra(request) ? [as(extraOf(part), systemColumns.extra)] : []),
  ];
  return select(scanned, { from: parquetSource(parts.map(({ file }) => file.path)), where });
}

function parquetSource(files: readonly string[]): SqlSource {
  return { kind: 'parquet', files, unionByName: false, fileName: false };
}

function sourceValue(
  part: StagedPart,
  { index, integers }: Extract<ColumnSource, { kind: 'copy' }>,
  type: ColumnType,
): SqlExpression {
  const value = stagedValue(part, index, type);
  if (integers === undefined) return value;
  return call('coalesce', value, cast(column(`c${integers}`), sqlTypes.number));
}

function stagedValue(part: StagedPart, index: number, type: ColumnType): SqlExpression {
  const staged = present(part.file.columns[index], 'a staged column');
  const value = column(`c${index}`);
  return staged.type === 'timestamp' && type === 'timestamp' ? instant(value) : value;
}

function instant(value: SqlExpression): SqlExpression {
  return call('make_timestamptz', call('epoch_us', value));
}

function emptyExtra(): SqlExpression {
  return cast(literal(null), 'MAP(VARCHAR, VARCHAR)');
}

/** Label to JSON text: the staged object, then the columns that have no place of their own. */
function extraOf(part: StagedPart): SqlExpression {
  const maps: SqlExpression[] = [];
  if (part.file.extraLabels.length > 0) {
    maps.push(cast(cast(column('extra'), 'JSON'), 'MAP(VARCHAR, VARCHAR)'));
  }
  if (part.extras.length > 0) maps.push(mapOfColumns(part));
  const [first, second] = maps;
  if (first === undefined) return emptyExtra();
  const sources = [
    ...(part.file.extraLabels.length > 0 ? ['extra'] : []),
    ...part.extras.map((index) => `c${index}`),
  ];
  const some = any(sources.map((name) => isNotNull(column(name))));
  const merged = second === undefined ? first : call('map_concat', first, second);
  return when([[some, merged]], emptyExtra());
}

function mapOfColumns(part: StagedPart): SqlExpression {
  const entries = part.extras.map((index) => {
    const staged = present(part.file.columns[index], 'a staged column');
    const value = column(`c${index}`);
    const entry: SqlExpression = {
      kind: 'struct',
      fields: [as(text(staged.label), 'key'), as(jsonOf(value, staged.type), 'value')],
    };
    return when([[isNotNull(value), entry]], null);
  });
  const kept: SqlExpression = {
    kind: 'lambda',
    variables: ['entry'],
    body: isNotNull(column('entry')),
  };
  return call('map_from_entries', call('list_filter', call('list_value', ...entries), kept));
}

function jsonOf(value: SqlExpression, type: ColumnType): SqlExpression {
  const json = (operand: SqlExpression) => cast(call('to_json', operand), 'VARCHAR');
  if (type === 'timestamp') {
    const plain = call('make_timestamp', call('epoch_us', value));
    return json(call('strftime', plain, text('%Y-%m-%dT%H:%M:%S.%fZ')));
  }
  if (type !== 'number') return json(value);
  // JSON has no infinity and no NaN: they become texts.
  return when([[call('isfinite', value), json(value)]], json(cast(value, 'VARCHAR')));
}
