/**
 * Raw events as rows of a file: which columns, in which order, read in which pieces. Plain data and
 * SQL; nothing is run here.
 */
import { type Fault, throwAll } from '../base/fault.js';
import { uniqueNames } from '../base/text.js';
import type { ColumnType } from '../event/column.js';
import {
  aggregate,
  as,
  binary,
  call,
  cast,
  column,
  order,
  overAll,
  parameter,
  select,
  star,
} from '../sql/build.js';
import type { SqlExpression, SqlSelect } from '../sql/node.js';
import type { FileColumn } from './column-batch.js';
import { type Field, hasExtra, shownUse } from './field.js';
import type { Plan } from './plan.js';
import type { QueryFile, QuerySource } from './ports.js';
import { filesFor } from './prune.js';
import { resolve } from './resolve.js';
import type { Note } from './result.js';
import { keptRows, positions } from './rows-sql.js';
import { findField, resolveTerm, type Scope, scopeOf, systemSchema } from './scope.js';
import { type QuerySpec, term } from './spec.js';
import { valueSql } from './value-sql.js';

/** A column of the file and where its values come from. */
export interface ExportColumn extends FileColumn {
  readonly expression: SqlExpression;
}

/** Files that overlap in time are read together; pieces follow each other in time. */
export interface ExportPiece {
  readonly paths: readonly string[];
  /** Half-open, micros; null where the window is the only bound. */
  readonly start: number | null;
  readonly end: number | null;
}

export interface ExportPlan {
  readonly plan: Plan;
  readonly columns: readonly ExportColumn[];
  /** The last column is what lies beside the columns, as a JSON object of JSON texts. */
  readonly extraLast: boolean;
  readonly pieces: readonly ExportPiece[];
  readonly notes: readonly Note[];
}

export interface ExportAsk {
  /** Roles or columns, in their order; null for all that the data has. */
  readonly names: readonly string[] | null;
  /** Whether each row may have fields and types of its own, as in JSON. */
  readonly free: boolean;
  /** Labels with values beside the columns. */
  readonly extraLabels: readonly string[];
}

/** Rows of a piece: a table of so many is sorted at a time. Chosen to hold it in some 200 MB. */
const pieceRows = 500_000;

/** More labels than this beside the columns become one column of JSON. Chosen by us. */
const mostExtraColumns = 200;

/** What the question reads, before columns are chosen. **Faults** as `resolve`. */
export function resolveRows(
  spec: QuerySpec,
  source: QuerySource,
): { readonly plan: Plan; readonly scope: Scope } {
  const plan = resolve(spec, source);
  return { plan, scope: scopeOf(source, filesFor(source.files, spec.window)) };
}

/** Labels beside the columns where the log does not know them. **Shape** one column, sorted. */
export function labelsQuery(plan: Plan): SqlSelect {
  const keys = call('unnest', call('map_keys', column('extra')));
  const wide: Plan = { ...plan, readsExtra: true };
  const labels = select([as(keys, 'label')], keptRows(wide, 'matched'));
  return select([as(column('label'), 'label')], {
    from: { kind: 'subquery', select: labels, alias: 'labels' },
    groupBy: [column('label')],
    orderBy: [order(column('label'))],
  });
}

/** **Shape** one row: how many rows there are. */
export function countQuery({ plan }: ExportPlan): SqlSelect {
  return select([as(aggregate('count', [star]), 'rows')], keptRows(plan, 'matched'));
}

/** The columns and pieces of an export. **Faults** CC1201. */
export function planExport(
  { plan, scope }: { readonly plan: Plan; readonly scope: Scope },
  source: QuerySource,
  ask: ExportAsk,
): ExportPlan {
  const own =
    scope.extraLabels === null ? { ...scope, extraLabels: new Set(ask.extraLabels) } : scope;
  const { columns, extraLast, fields } =
    ask.names === null ? allColumns(plan, own, ask) : namedColumns(own, ask.names);
  const stored = fields.flatMap(({ sources }) =>
    sources.flatMap((part) => (part.kind === 'column' ? [part.column] : [])),
  );
  const ts = systemSchema.filter(({ name }) => name === 'ts');
  const byName = new Map([...plan.columns, ...ts, ...stored].map((one) => [one.name, one]));
  const readsExtra = plan.readsExtra || extraLast || fields.some(hasExtra);
  const names = uniqueNames(columns.map(({ name }) => name));
  return {
    plan: { ...plan, columns: [...byName.values()], readsExtra },
    columns: columns.map((one, index) => ({ ...one, name: names[index] ?? one.name })),
    extraLast,
    pieces: piecesOf(source.files, plan),
    notes: extraLast && ask.free ? [] : textNotes(fields),
  };
}

interface Chosen {
  readonly columns: readonly ExportColumn[];
  readonly extraLast: boolean;
  readonly fields: readonly Field[];
}

function namedColumns(scope: Scope, names: readonly string[]): Chosen {
  const faults: Fault[] = [];
  const fields = names.flatMap((name) => {
    const asked = { ...term(name), at: { option: '--columns' } };
    return resolveTerm(scope, asked, faults) ?? [];
  });
  throwAll(faults);
  return { columns: fields.map(shownColumn), extraLast: false, fields };
}

/** The time and weight under the names they had, then all columns, then what lies beside them. */
function allColumns(plan: Plan, scope: Scope, ask: ExportAsk): Chosen {
  const labels = new Set(scope.schema.map(({ label }) => label));
  const taken = (role: 'time' | 'weight', name: string): string =>
    scope.roles[role]?.find((label) => !labels.has(label)) ?? name;
  const system: ExportColumn[] = [systemColumn(taken('time', 'ts'), 'ts', 'timestamp')];
  if (plan.weighted) system.push(systemColumn(taken('weight', 'weight'), 'weight', 'integer'));
  if (ask.free) {
    const stored = scope.schema.map(
      ({ label, name, type, unit }): ExportColumn => ({
        name: label,
        type,
        unit,
        expression: column(name),
      }),
    );
    const fields = scope.schema.flatMap(({ label }) => findField(scope, label, true) ?? []);
    return { columns: [...system, ...stored, extraColumn], extraLast: true, fields };
  }
  const extra = [...(scope.extraLabels ?? [])].filter((label) => !labels.has(label)).sort();
  const beside = extra.length > mostExtraColumns ? [] : extra;
  const fields = [...scope.schema.map(({ label }) => label), ...beside].flatMap(
    (label) => findField(scope, label, true) ?? [],
  );
  const isMany = beside.length < extra.length;
  const columns = [...system, ...fields.map(shownColumn), ...(isMany ? [extraColumn] : [])];
  return { columns, extraLast: isMany, fields };
}

const extraColumn: ExportColumn = {
  name: 'extra',
  type: 'string',
  unit: null,
  expression: cast(call('to_json', column('extra')), 'VARCHAR'),
};

function systemColumn(name: string, stored: string, type: ColumnType): ExportColumn {
  return { name, type, unit: null, expression: column(stored) };
}

function shownColumn(field: Field): ExportColumn {
  const use = shownUse(field);
  const unit = use.as === 'string' ? null : field.unit;
  return { name: field.label, type: use.as, unit, expression: valueSql(use) };
}

function textNotes(fields: readonly Field[]): readonly Note[] {
  const mixed = fields.filter((field) => hasExtra(field) && field.type !== 'string');
  if (mixed.length === 0) return [];
  const names = mixed.map(({ label }) => label).join(', ');
  const text = `text, since some values are of another type: ${names}`;
  return [{ level: 'info', code: 'mixed_types', text }];
}

/** Cut where a file begins, once enough rows have gone before. */
export function piecesOf(all: readonly QueryFile[], { files }: Plan): readonly ExportPiece[] {
  const wanted = new Set(files.paths);
  const read = all.filter(({ path }) => wanted.has(path)).toSorted(byTime);
  const cuts: number[] = [];
  let rows = 0;
  for (const file of read) {
    const last = cuts.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (rows >= pieceRows && file.minTs !== null && file.minTs > last) {
      cuts.push(file.minTs);
      rows = 0;
    }
    rows += file.rows;
  }
  return [null, ...cuts].map((start, index) => {
    const end = cuts[index] ?? null;
    const inside = read.filter(
      ({ minTs, maxTs }) =>
        (end === null || minTs === null || minTs < end) &&
        (start === null || maxTs === null || maxTs >= start),
    );
    return { start, end, paths: inside.map(({ path }) => path) };
  });
}

/** Files without bounds first; then by time, so that pieces of one ingest lie as they were. */
function byTime(left: QueryFile, right: QueryFile): number {
  const start = (left.minTs ?? -1) - (right.minTs ?? -1);
  const end = (left.maxTs ?? -1) - (right.maxTs ?? -1);
  return start || end || (left.path < right.path ? -1 : 1);
}

export interface PieceOptions {
  readonly limit: number | null;
  /** The rows lie in their order: see `disorderQuery`. */
  readonly isSorted: boolean;
}

/**
 * The rows of one piece. **Shape** the columns as `c0`, `c1` …, in order of time, then of the
 * place in the files: a total order, the same at any number of threads.
 */
export function pieceQuery(
  { plan, columns }: ExportPlan,
  piece: ExportPiece,
  { limit, isSorted }: PieceOptions,
): SqlSelect {
  const aliases = columns.map((_, index) => `c${index}`);
  const query = rowsQuery({ plan, columns }, piece, { aliases, limit });
  return isSorted ? { ...query, orderBy: [] } : query;
}

/**
 * **Shape** one row: in how many places an event of the piece comes before the one it follows in
 * the files. Without any, the engine gives the rows as they lie, which is the order of the piece.
 */
export function disorderQuery({ plan }: ExportPlan, piece: ExportPiece): SqlSelect {
  const ts = column('ts');
  const before = overAll(call('lag', ts));
  const rows = rowsQuery({ plan, columns: [] }, piece, { aliases: [], limit: null });
  const steps = select([as(binary('<', ts, before), 'back')], {
    from: rows.from,
    where: rows.where,
  });
  return select([as(aggregate('count', [star]), 'steps')], {
    from: { kind: 'subquery', select: steps, alias: 'steps' },
    where: column('back'),
  });
}

function rowsQuery(
  { plan, columns }: Pick<ExportPlan, 'plan' | 'columns'>,
  { paths, start, end }: ExportPiece,
  { aliases, limit }: { readonly aliases: readonly string[]; readonly limit: number | null },
): SqlSelect {
  const within = { ...plan, files: { ...plan.files, paths } };
  const { from, where } = keptRows(within, 'matched', positions);
  const bound = (value: number): SqlExpression => parameter({ type: 'timestamp', value });
  const cuts = [
    ...(start === null ? [] : [binary('>=', column('ts'), bound(start))]),
    ...(end === null ? [] : [binary('<', column('ts'), bound(end))]),
  ];
  const conditions = [...(where === null ? [] : [where]), ...cuts];
  const [first, ...others] = conditions;
  return select(
    columns.map(({ expression }, index) => as(expression, aliases[index] ?? '')),
    {
      from,
      where:
        first === undefined ? null : others.reduce((all, one) => binary('and', all, one), first),
      // Of the events: a column of the file may have one of these names.
      orderBy: ['ts', ...positions].map((name) => order(column(name, 'events'))),
      limit,
    },
  );
}

/** All rows as one query with the names of the columns, for what the engine writes itself. */
export function wholeQuery(exported: ExportPlan, { limit, isSorted }: PieceOptions): SqlSelect {
  const aliases = exported.columns.map(({ name }) => name);
  const query = rowsQuery(exported, wholePiece(exported), { aliases, limit });
  return isSorted ? { ...query, orderBy: [] } : query;
}

/** All pieces as one. */
export function wholePiece({ pieces }: ExportPlan): ExportPiece {
  const paths = [...new Set(pieces.flatMap((piece) => piece.paths))];
  return { paths, start: null, end: null };
}
