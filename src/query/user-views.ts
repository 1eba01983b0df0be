/**
 * The views a typed statement reads: what each is called, its columns, and where its rows lie.
 * `events` has the names of the data, `events_raw` the columns as stored.
 */
import { unreachable } from '../base/assert.js';
import { type Schema, systemColumns } from '../event/column.js';
import {
  all,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  select,
  tryCast,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource, SqlType } from '../sql/node.js';
import type { TimeRange } from '../time/range.js';
import { sqlTypes } from './value-sql.js';

export const viewNames = ['events', 'events_raw', 'rejects', 'ledger', 'markers'] as const;
export type ViewName = (typeof viewNames)[number];

/** What lies behind the views of one snapshot. Plain data, so that it can cross processes. */
export interface ViewSource {
  /** Absolute, as are all paths here. */
  readonly tableDir: string;
  readonly version: number;
  readonly schema: Schema;
  readonly paths: readonly string[];
  /** All files have the same columns. */
  readonly oneLayout: boolean;
  /** Labels known to have values in `extra`, sorted; null where files do not say. */
  readonly extraLabels: readonly string[] | null;
  /** Events outside are not in the views. */
  readonly window: TimeRange | null;
  readonly rejectsPaths: readonly string[];
}

export interface ViewColumn {
  readonly name: string;
  readonly type: string;
  /** What it is, for people; empty where the name says it. */
  readonly about: string;
}

/** More would make `select *` useless; the others are in `extra`. Chosen by us. */
export const maxExtraColumns = 200;

interface EventColumn extends ViewColumn {
  readonly value: SqlExpression;
}

const systemTypes: readonly (readonly [string, SqlType])[] = [
  [systemColumns.ts, 'TIMESTAMPTZ'],
  [systemColumns.ingestedAt, 'TIMESTAMPTZ'],
  [systemColumns.weight, 'BIGINT'],
  [systemColumns.batch, 'VARCHAR'],
];
const extraType: SqlType = 'MAP(VARCHAR, VARCHAR)';

/** The columns of a view in their order. */
export function viewColumns(name: ViewName, source: ViewSource): readonly ViewColumn[] {
  switch (name) {
    case 'events':
      return friendlyColumns(source);
    case 'events_raw':
      return rawColumns(source);
    case 'rejects':
      return rejectsColumns;
    case 'ledger':
      return ledgerColumns;
    case 'markers':
      return markersColumns;
    default:
      return unreachable(name);
  }
}

/** A view over data files, or null for one that is filled as a table. */
export function viewQuery(name: ViewName, source: ViewSource): SqlSelect | null {
  switch (name) {
    case 'events':
      return eventsQuery(source, friendlyColumns(source));
    case 'events_raw':
      return eventsQuery(source, rawColumns(source));
    case 'rejects':
      return rejectsQuery(source.rejectsPaths);
    case 'ledger':
    case 'markers':
      return null;
    default:
      return unreachable(name);
  }
}

/** Every path a statement may read. */
export function readablePaths({ paths, rejectsPaths }: ViewSource): readonly string[] {
  return [...paths, ...rejectsPaths];
}

function rawColumns({ schema }: ViewSource): readonly EventColumn[] {
  const stored = schema.map(({ name, label, type }) =>
    eventColumn(name, sqlTypes[type], { about: name === label ? '' : label }),
  );
  return [
    ...systemTypes.map(([name, type]) => eventColumn(name, type, {})),
    ...stored,
    eventColumn(systemColumns.extra, extraType, { about: 'values beside the columns, as JSON' }),
    dateColumn,
  ];
}

const dateColumn: EventColumn = {
  name: systemColumns.date,
  type: 'DATE',
  about: 'UTC date of ts',
  value: cast(call('make_timestamp', call('epoch_us', column(systemColumns.ts))), 'DATE'),
};

/**
 * `ts`, the columns by their labels, labels that are only in `extra`, then what is about the row.
 * A value of another type fills its column where it can be read as one of its type.
 */
function friendlyColumns({ schema, extraLabels }: ViewSource): readonly EventColumn[] {
  const taken = new Set<string>([...Object.values(systemColumns)]);
  const nameFor = (label: string, stored: string): string => {
    const name = [label, stored].find((one) => one !== '' && !taken.has(one.toLowerCase()));
    const chosen = name ?? numbered(stored, taken);
    taken.add(chosen.toLowerCase());
    return chosen;
  };
  const columns = schema.map(({ name, label, type, unit }) => {
    const inExtra = extraLabels === null || extraLabels.includes(label);
    const sqlType = sqlTypes[type];
    const value = inExtra
      ? call('coalesce', column(name), fromExtra(label, sqlType))
      : column(name);
    const shown = nameFor(label, name);
    const about = [unit ?? '', shown === label ? '' : label].filter((word) => word !== '');
    return eventColumn(shown, sqlType, { about: about.join(' '), value });
  });
  const labels = new Set(schema.map(({ label }) => label));
  const others = (extraLabels ?? [])
    .filter((label) => !labels.has(label))
    .slice(0, maxExtraColumns);
  const beside = others.map((label) =>
    eventColumn(nameFor(label, label), 'VARCHAR', {
      about: 'kept beside the columns',
      value: fromExtra(label, 'VARCHAR'),
    }),
  );
  const [ts, ...rest] = systemTypes.map(([name, type]) => eventColumn(name, type, {}));
  return [
    ...(ts === undefined ? [] : [ts]),
    ...columns,
    ...beside,
    ...rest,
    eventColumn(systemColumns.extra, extraType, { about: 'values beside the columns, as JSON' }),
    dateColumn,
  ];
}

function numbered(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number += 1) {
    const one = `${name}_${number}`;
    if (!taken.has(one.toLowerCase())) return one;
  }
}

function eventColumn(
  name: string,
  type: SqlType,
  { about = '', value = column(name) }: { readonly about?: string; readonly value?: SqlExpression },
): EventColumn {
  return { name, type, about, value };
}

function fromExtra(label: string, type: SqlType): SqlExpression {
  const json: SqlExpression = {
    kind: 'element',
    operand: column(systemColumns.extra),
    key: { kind: 'quoted', value: label },
  };
  const plain = call('json_extract_string', json, { kind: 'quoted', value: '$' });
  if (type === 'VARCHAR') return plain;
  const value = tryCast(plain, type);
  return type === 'DOUBLE' ? when([[call('isfinite', value), value]], null) : value;
}

function eventsQuery(source: ViewSource, columns: readonly EventColumn[]): SqlSelect {
  return select(
    columns.map(({ name, value }) => as(value, name)),
    { from: storedRows(source), where: windowCondition(source.window) },
  );
}

function windowCondition(window: TimeRange | null): SqlExpression | null {
  if (window === null) return null;
  const ts = column(systemColumns.ts);
  const instant = (micros: number) => call('make_timestamptz', literal(micros));
  return all([binary('>=', ts, instant(window.start)), binary('<', ts, instant(window.end))]);
}

/** An empty select of every column comes first, so that one that no file has is null. */
function storedRows({ schema, paths, oneLayout }: ViewSource): SqlSource {
  const typed: readonly (readonly [string, SqlType])[] = [
    ...systemTypes,
    ...schema.map(({ name, type }) => [name, sqlTypes[type]] as const),
    [systemColumns.extra, extraType],
  ];
  const empty = emptySelect(typed);
  if (paths.length === 0) return { kind: 'subquery', select: empty, alias: 'stored' };
  const files = select([{ star: true }], {
    from: { kind: 'parquet', files: paths, unionByName: !oneLayout, fileName: false, quoted: true },
  });
  const union = { kind: 'union', byName: true, selects: [empty, files] } as const;
  return { kind: 'subquery', select: union, alias: 'stored' };
}

/** No rows of these columns. */
export function emptySelect(typed: readonly (readonly [string, SqlType])[]): SqlSelect {
  return select(
    typed.map(([name, type]) => as(cast(literal(null), type), name)),
    { where: literal(false) },
  );
}

const rejectsColumns: readonly ViewColumn[] = [
  { name: 'batch', type: 'VARCHAR', about: 'the ingest that refused it' },
  { name: 'source', type: 'VARCHAR', about: 'file' },
  { name: 'line', type: 'BIGINT', about: '' },
  { name: 'byte_offset', type: 'BIGINT', about: '' },
  { name: 'byte_length', type: 'BIGINT', about: '' },
  { name: 'reason', type: 'VARCHAR', about: '' },
  { name: 'message', type: 'VARCHAR', about: '' },
  { name: 'raw', type: 'VARCHAR', about: 'its start; bytes that are no text as \\xNN' },
  { name: 'sha256', type: 'VARCHAR', about: 'of the whole record' },
];

/** A line of a rejects file that counts what had no room has no source and is left out. */
function rejectsQuery(paths: readonly string[]): SqlSelect {
  const typed = rejectsColumns.map(({ name, type }) => [name, sqlTypeOf(type)] as const);
  if (paths.length === 0) return emptySelect(typed);
  const bytes = call('from_base64', column('raw_b64'));
  const values: Readonly<Record<string, SqlExpression>> = {
    batch: call('parse_filename', column('filename'), literal(true)),
    raw: call('coalesce', call('try', call('decode', bytes)), cast(bytes, 'VARCHAR')),
  };
  const stored = rejectsColumns.filter(({ name }) => values[name] === undefined);
  return select(
    rejectsColumns.map(({ name }): SqlColumn => as(values[name] ?? column(name), name)),
    {
      from: {
        kind: 'json files',
        files: paths,
        columns: [...stored.map(({ name, type }) => ({ name, type })), rawColumn],
      },
      where: isNotNull(column('source')),
    },
  );
}

const rawColumn = { name: 'raw_b64', type: 'VARCHAR' };

function sqlTypeOf(type: string): SqlType {
  return type === 'BIGINT' || type === 'TIMESTAMPTZ' ? type : 'VARCHAR';
}

const ledgerColumns: readonly ViewColumn[] = [
  { name: 'version', type: 'BIGINT', about: 'of the dataset after the commit' },
  { name: 'at', type: 'TIMESTAMPTZ', about: 'when it was committed' },
  { name: 'operation', type: 'VARCHAR', about: '' },
  { name: 'writer', type: 'VARCHAR', about: '' },
  { name: 'batch', type: 'VARCHAR', about: 'as in events.batch' },
  { name: 'records_read', type: 'BIGINT', about: '' },
  { name: 'records_rejected', type: 'BIGINT', about: '' },
  { name: 'rows_stored', type: 'BIGINT', about: '' },
  { name: 'sources', type: 'BIGINT', about: 'different inputs' },
  { name: 'source_bytes', type: 'BIGINT', about: 'as given, before decompression' },
  { name: 'files_added', type: 'BIGINT', about: '' },
  { name: 'bytes_added', type: 'BIGINT', about: '' },
  { name: 'files_removed', type: 'BIGINT', about: '' },
];

const markersColumns: readonly ViewColumn[] = [
  { name: 'at', type: 'TIMESTAMPTZ', about: '' },
  { name: 'end', type: 'TIMESTAMPTZ', about: 'null for an instant' },
  { name: 'type', type: 'VARCHAR', about: 'deploy, incident …' },
  { name: 'message', type: 'VARCHAR', about: '' },
  { name: 'url', type: 'VARCHAR', about: '' },
];

/** Columns of a view that is filled as a table, as an empty select. */
export function tableShape(name: 'ledger' | 'markers'): SqlSelect {
  const columns = name === 'ledger' ? ledgerColumns : markersColumns;
  return emptySelect(columns.map((one) => [one.name, sqlTypeOf(one.type)] as const));
}
