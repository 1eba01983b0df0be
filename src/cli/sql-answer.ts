/** The answer to a typed statement: exact cells, where they came from, and how right they are. */
import { unreachable } from '../base/assert.js';
import { uniqueNames } from '../base/text.js';
import type { ResultShape } from '../engine/duckdb/exact-cell.js';
import type { UserSqlEnd } from '../engine/duckdb/user-sql.js';
import type { ColumnType } from '../event/column.js';
import type { QueryFile } from '../query/ports.js';
import type { Note } from '../query/result.js';
import type { ViewSource } from '../query/user-views.js';
import type { JsonValue } from '../render/json.js';
import { formatCount, plural } from '../render/number.js';
import type { Table, TableCell, TableColumn, TableRow } from '../render/table.js';
import type { Answer } from './answer.js';
import { windowFields } from './query-document.js';
import type { SqlRows } from './sql-process.js';

/** The snapshot that is asked, as far as an answer tells of it. */
export interface SqlSnapshot {
  readonly name: string;
  readonly dataset: string;
  readonly version: number;
  /** Files of the snapshot, and those of the window. */
  readonly fileCount: number;
  readonly files: readonly QueryFile[];
  readonly source: ViewSource;
}

/** A statement as typed. */
export interface SqlQuestion {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly rowLimit: number;
}

/** How values of a statement are shown. */
export interface SqlStyle {
  /** Writes an instant in the zone of the output. */
  readonly instant: (micros: number) => string;
  readonly zone: string;
}

/** **Shape** of the document: query, window, columns, rows, total (rows shown), cut, source. */
export function sqlAnswer(
  snapshot: SqlSnapshot,
  question: SqlQuestion,
  result: SqlRows,
  style: SqlStyle,
): Answer {
  const { columns, rows, end } = result;
  const keys = uniqueNames(columns.map(({ name }) => name));
  const shown = columns.map((column, index) => tableColumn(column, keys[index] ?? ''));
  const footer = footerOf(snapshot, end, style);
  const table: Table = { columns: shown, rows, seriesMax: null, footer };
  const machine: Table = { ...table, rows: rows.map((row) => machineRow(row, columns)) };
  const { window } = snapshot.source;
  return {
    blocks: [{ kind: 'table', table }],
    table: machine,
    document: {
      query: {
        sql: question.sql,
        parameters: question.parameters,
        limit: question.rowLimit,
      },
      window: window === null ? null : windowFields(window),
      columns: columns.map(({ type }, index) => ({ key: keys[index] ?? '', type })),
      cut: end.cut,
      source: sourceFields(snapshot),
    },
    prose: false,
    notes: notesOf(snapshot, end),
    next: [],
    exitCode: 0,
  };
}

function tableColumn(column: ResultShape, key: string): TableColumn {
  const { name, kind } = column;
  const right = kind === 'number' || kind === 'decimal';
  const show = kind === 'instant' ? 'instant' : 'text';
  return { key, title: name, align: right ? 'right' : 'left', show, type: columnType(column) };
}

/** For formats that keep types. */
function columnType(column: ResultShape): ColumnType {
  switch (column.kind) {
    case 'number':
      return /INT$/.test(column.type) ? 'integer' : 'number';
    case 'decimal':
      return isShortDecimal(column) ? 'number' : 'string';
    case 'boolean':
      return 'boolean';
    case 'instant':
      return 'timestamp';
    case 'text':
    case 'nested':
      return 'string';
    default:
      return unreachable(column.kind);
  }
}

/** Every decimal of this many digits is itself as a double. **Source** IEEE 754, DBL_DIG. */
const doubleDigits = 15;

/** Short decimals are numbers for machines; longer ones stay texts, which lose no digit. */
function machineRow(row: TableRow, columns: readonly ResultShape[]): TableRow {
  return row.map((cell, index) => machineCell(cell, columns[index]));
}

function machineCell(cell: TableCell, column: ResultShape | undefined): TableCell {
  if (column?.kind !== 'decimal' || typeof cell !== 'string') return cell;
  return isShortDecimal(column) ? Number(cell) : cell;
}

function isShortDecimal({ type }: ResultShape): boolean {
  const width = /^DECIMAL\((\d+),/.exec(type)?.[1];
  return width !== undefined && Number(width) <= doubleDigits;
}

function sourceFields({ name, dataset, version, fileCount, files }: SqlSnapshot): JsonValue {
  return {
    name,
    dataset,
    version,
    files: { total: fileCount, read: files.length, pruned: fileCount - files.length },
    rows: rowsIn(files),
  };
}

/** Null where a file of another tool does not say. */
function rowsIn(files: readonly QueryFile[]): number | null {
  const known = files.every(({ rows, layout }) => rows > 0 || layout !== null);
  return known ? files.reduce((sum, { rows }) => sum + rows, 0) : null;
}

function readsEvents(end: UserSqlEnd): boolean {
  return end.views.some((name) => name === 'events' || name === 'events_raw');
}

function footerOf(
  { version, dataset, fileCount, files, source }: SqlSnapshot,
  end: UserSqlEnd,
  { instant, zone }: SqlStyle,
): readonly string[] {
  const rows = rowsIn(files);
  const events = rows === null ? '' : `, ${plural(rows, 'row')}`;
  const pruned = fileCount - files.length;
  const outside = pruned === 0 ? '' : `, ${formatCount(pruned)} pruned`;
  const read = `${plural(files.length, 'data file')}${events}${outside}`;
  const { window } = source;
  return [
    `${plural(end.rowCount, 'row')}, ${zone}   ${dataset} version ${version}: ${read}`,
    ...(window === null || !readsEvents(end)
      ? []
      : [`window ${instant(window.start)} → ${instant(window.end)}`]),
    ...cutTexts(end),
  ];
}

function cutTexts({ cut, rowCount }: UserSqlEnd): readonly string[] {
  switch (cut) {
    case null:
      return [];
    case 'rows':
      return [`${formatCount(rowCount)} rows shown, there are more; --limit shows more`];
    case 'size':
      return [`${formatCount(rowCount)} rows shown, there are more: the result is too large`];
    default:
      return unreachable(cut);
  }
}

function notesOf({ files }: SqlSnapshot, end: UserSqlEnd): readonly Note[] {
  const notes: Note[] = cutTexts(end).map((text) => ({ level: 'info', code: 'truncated', text }));
  const differs = differences(end);
  if (differs.length > 0) {
    const text = `another run may give other rows or values: ${differs.join('; ')}`;
    notes.push({ level: 'warning', code: 'not_repeatable', text });
  } else if (!end.facts.isOrdered && end.rowCount > 1) {
    const text = 'the order of the rows is not fixed: no order by';
    notes.push({ level: 'info', code: 'unordered', text });
  }
  const sampled = files.some(({ maxWeight }) => maxWeight !== null && maxWeight > 1);
  if (sampled && readsEvents(end)) {
    const text = 'events are sampled: count(*) counts rows, sum(weight) counts events';
    notes.push({ level: 'info', code: 'sampled', text });
  }
  return notes;
}

function differences({ facts }: UserSqlEnd): readonly string[] {
  const { hasArbitraryLimit, isSampled, unstable, unordered } = facts;
  return [
    ...(hasArbitraryLimit ? ['limit or distinct on without order by'] : []),
    ...(isSampled ? ['a sample of rows'] : []),
    ...(unstable.length === 0 ? [] : [unstable.join(', ')]),
    ...unordered.map((name) => `${name}(…) without order by inside`),
  ];
}
