/**
 * Runs statements that somebody typed on a locked instance: parsed by the engine, judged by lists
 * of what is allowed, and only then prepared and run. Meant for a process of its own: some
 * functions take memory beyond every limit or do not stop.
 */
import type { DuckDBPreparedStatement, DuckDBResult } from '@duckdb/node-api';
import { Fault } from '../../base/fault.js';
import type { Cell } from '../../query/ports.js';
import {
  readablePaths,
  tableShape,
  type ViewName,
  type ViewSource,
  viewColumns,
  viewNames,
  viewQuery,
} from '../../query/user-views.js';
import { judgeStatement, type StatementFacts } from '../../sql/allowed-statement.js';
import { as, call, select, text } from '../../sql/build.js';
import {
  quoteDottedNames,
  quoteDottedWords,
  type SentStatement,
  sentAsTyped,
} from '../../sql/dotted-names.js';
import type { SqlSet } from '../../sql/node.js';
import { columnReferences, type ParsedText, parsedText } from '../../sql/tree.js';
import { readLedger } from '../../store/ledger.js';
import { readRows } from './cell.js';
import { cellKindOf, exactRows, type ResultShape } from './exact-cell.js';
import { type Database, type EngineLimits, openDatabase } from './open.js';
import { runNode, type Session, withInterrupt } from './run.js';
import { fillMarkers } from './user-markers.js';
import { engineFault, firstWords, parseFault, problemFault } from './user-sql-fault.js';

/** **Units** bytes. **Source** the design: 900 joined texts took the parser 16 s. */
export const maxStatementBytes = 65_536;
/** **Units** characters of text in a result; what is behind them is left out and said. */
const maxResultChars = 256 * 1_048_576;
/** **Units** bytes on disk. Chosen by us: spilling must not fill the disk of others. */
const maxSpill = '16GB';

export interface UserStatement {
  readonly sql: string;
  /** By name, without `$`; each is bound as a text that takes the type asked of it. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Rows behind these are not read. */
  readonly rowLimit: number;
}

export interface UserSqlEnd {
  readonly rowCount: number;
  /** Why rows are missing at the end; null when none are. */
  readonly cut: 'rows' | 'size' | null;
  readonly facts: Omit<StatementFacts, 'views' | 'tableNames'>;
  readonly views: readonly string[];
}

export interface UserSqlSink {
  readonly columns: (columns: readonly ResultShape[]) => void;
  /** Resolves when there is room for more. */
  readonly rows: (rows: readonly (readonly Cell[])[]) => void | Promise<void>;
}

export interface UserSql {
  /** **Faults** CC1250 to CC1257, CC4003, CC4006, CC5001 to CC5003. */
  readonly run: (
    statement: UserStatement,
    sink: UserSqlSink,
    signal: AbortSignal,
  ) => Promise<UserSqlEnd>;
  readonly close: () => Promise<void>;
}

/** An instance that reads the files of the views and nothing else. */
export async function openUserSql(limits: EngineLimits, source: ViewSource): Promise<UserSql> {
  const database = await openDatabase(limits);
  const before: readonly SqlSet[] = [
    { kind: 'set', name: 'errors_as_json', value: true },
    { kind: 'set', name: 'max_temp_directory_size', value: maxSpill },
  ];
  try {
    await database.lock(readablePaths(source), before);
  } catch (error) {
    await database.close();
    throw error;
  }
  const made = new Set<ViewName>();
  return {
    run: (statement, sink, signal) =>
      onConnection(database, signal, (session) =>
        runStatement({ session, source, made, signal }, statement, sink),
      ),
    close: database.close,
  };
}

async function onConnection<T>(
  database: Database,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  try {
    const session = { duckdb: database.duckdb, connection };
    return await withInterrupt(connection, signal, () => work(session));
  } finally {
    connection.closeSync();
  }
}

interface Run {
  readonly session: Session;
  readonly source: ViewSource;
  readonly made: Set<ViewName>;
  readonly signal: AbortSignal;
}

async function runStatement(
  run: Run,
  asked: UserStatement,
  sink: UserSqlSink,
): Promise<UserSqlEnd> {
  refuseText(asked.sql);
  const { statement, facts } = await judged(run, asked.sql);
  const names = knownNames(run.source, facts);
  try {
    await makeViews(run, facts);
    const prepared = await run.session.connection.prepare(statement.sent);
    try {
      refuseOthers(run.session, prepared, asked.sql);
      bindTexts(prepared, asked.parameters);
      const result = await prepared.stream();
      const { rowCount, cut } = await readResult(run.session, result, asked.rowLimit, sink);
      const { views, tableNames: _, ...rest } = facts;
      return { rowCount, cut, facts: rest, views: [...views] };
    } finally {
      prepared.destroySync();
    }
  } catch (error) {
    run.signal.throwIfAborted();
    throw engineFault(error, statement, names);
  }
}

/** A NUL would cut the text short for one part of the engine and not for another. */
function refuseText(sql: string): void {
  const bytes = Buffer.byteLength(sql);
  if (sql.includes('\0')) throw new Fault('CC1257', { problem: 'it holds a NUL' });
  if (bytes <= maxStatementBytes) return;
  throw new Fault('CC1257', { problem: `${bytes} bytes, more than ${maxStatementBytes}` });
}

interface Judged {
  readonly statement: SentStatement;
  readonly facts: StatementFacts;
}

/** What is judged is the tree of the very text that runs. */
async function judged(run: Run, typed: string): Promise<Judged> {
  const labels = dottedLabels(run.source);
  let statement = sentAsTyped(typed);
  let parsed = await parse(run, statement);
  if (parsed.kind === 'failed' && parsed.isSyntax) {
    const other = quoteDottedWords(typed, labels);
    const again = other.sent === typed ? parsed : await parse(run, other);
    if (again.kind === 'failed') throw parseFault(statement, parsed);
    [statement, parsed] = [other, again];
  } else if (parsed.kind === 'statements' && statement.sent === typed) {
    const { tableNames } = judgeStatement(parsed.nodes, new Set()).facts;
    const references = columnReferences(parsed.nodes);
    statement = quoteDottedNames(typed, references, { labels, tableNames });
    if (statement.sent !== typed) parsed = await parse(run, statement);
  }
  if (parsed.kind === 'failed') throw parseFault(statement, parsed);
  const [node, second] = parsed.nodes;
  if (node === undefined) throw new Fault('CC1251', { found: 'none' });
  if (second !== undefined) {
    throw new Fault('CC1251', { found: `${parsed.nodes.length} statements` });
  }
  const { problems, facts } = judgeStatement(node, new Set<string>(viewNames));
  const [problem] = problems;
  if (problem !== undefined) {
    throw problemFault(statement, problem, knownNames(run.source, facts));
  }
  return { statement, facts };
}

/** Only the parser: nothing is looked up, and nothing runs. */
async function parse({ session, signal }: Run, statement: SentStatement): Promise<ParsedText> {
  const query = select([as(call('json_serialize_sql', text(statement.sent)), 'tree')]);
  try {
    const [row] = await readRows(session.duckdb, await runNode(session, query, signal));
    return parsedText(String(row?.[0]));
  } catch (error) {
    signal.throwIfAborted();
    throw engineFault(error, statement, { views: [], columns: [] });
  }
}

function dottedLabels(source: ViewSource): ReadonlyMap<string, string> {
  const names = viewColumns('events', source).map(({ name }) => name);
  const dotted = names.filter((name) => name.includes('.'));
  return new Map(dotted.map((name) => [name.toLowerCase(), name]));
}

function knownNames(source: ViewSource, facts: StatementFacts) {
  const read = viewNames.filter((name) => facts.views.has(name));
  const columns = read.flatMap((name) => viewColumns(name, source).map((one) => one.name));
  return { views: viewNames, columns: [...new Set(columns)] };
}

/** Views are made when a statement first reads them: some cost the opening of files. */
async function makeViews(run: Run, { views }: StatementFacts): Promise<void> {
  const { session, source, made, signal } = run;
  for (const name of viewNames) {
    if (!views.has(name) || made.has(name)) continue;
    const query = viewQuery(name, source);
    if (query !== null) await runNode(session, { kind: 'create view', name, query }, signal);
    else if (name === 'ledger') await fillLedger(session, source, signal);
    else await fillMarkers(session, source.tableDir, signal);
    made.add(name);
  }
}

async function fillLedger(
  session: Session,
  source: ViewSource,
  signal: AbortSignal,
): Promise<void> {
  const entries = await readLedger(source.tableDir, source.version);
  await runNode(
    session,
    { kind: 'create table', name: 'ledger', query: tableShape('ledger') },
    signal,
  );
  const appender = await session.connection.createAppender('ledger');
  const addText = (value: string | null): void => {
    if (value === null) appender.appendNull();
    else appender.appendVarchar(value);
  };
  const addCount = (value: number | null): void => {
    if (value === null) appender.appendNull();
    else appender.appendBigInt(BigInt(value));
  };
  for (const entry of entries) {
    addCount(entry.version);
    if (entry.timestampMs === null) appender.appendNull();
    else {
      const micros = BigInt(entry.timestampMs) * 1000n;
      appender.appendTimestampTZ(new session.duckdb.DuckDBTimestampTZValue(micros));
    }
    for (const value of [entry.operation, entry.writer, entry.batch]) addText(value);
    for (const value of [entry.readCount, entry.rejectedCount, entry.storedRows]) addCount(value);
    for (const value of [entry.sourceCount, entry.sourceBytes, entry.addedFiles]) addCount(value);
    for (const value of [entry.addedBytes, entry.removedFiles]) addCount(value);
    appender.endRow();
  }
  appender.closeSync();
}

/** A second look by the engine itself, should the tree and the plan ever disagree. */
function refuseOthers({ duckdb }: Session, prepared: DuckDBPreparedStatement, typed: string): void {
  if (prepared.statementType === duckdb.StatementType.SELECT) return;
  throw new Fault('CC1251', { found: firstWords(typed) });
}

/** **Faults** CC1256 for one that is missing, and for one that nothing asks for. */
function bindTexts(
  prepared: DuckDBPreparedStatement,
  parameters: Readonly<Record<string, string>>,
): void {
  const asked = new Set<string>();
  for (let index = 1; index <= prepared.parameterCount; index += 1) {
    const name = prepared.parameterName(index);
    asked.add(name);
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new Fault('CC1256', { name, problem: 'no value was given' });
    prepared.bindVarchar(index, value);
  }
  const unused = Object.keys(parameters).find((name) => !asked.has(name));
  if (unused === undefined) return;
  throw new Fault('CC1256', { name: unused, problem: 'the statement does not ask for it' });
}

async function readResult(
  { duckdb }: Session,
  result: DuckDBResult,
  rowLimit: number,
  sink: UserSqlSink,
): Promise<Pick<UserSqlEnd, 'rowCount' | 'cut'>> {
  const types = result.columnTypes();
  const names = result.columnNames();
  sink.columns(
    types.map((type, index) => ({
      name: names[index] ?? '',
      type: String(type),
      kind: cellKindOf(duckdb, type),
    })),
  );
  let rowCount = 0;
  let chars = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return { rowCount, cut: null };
    const room = rowLimit - rowCount;
    if (room <= 0) return { rowCount, cut: 'rows' };
    const rows = exactRows(duckdb, chunk, types, room);
    const fitting = rows.findIndex((row) => {
      chars += sizeOf(row);
      return chars > maxResultChars;
    });
    const kept = fitting < 0 ? rows : rows.slice(0, fitting);
    rowCount += kept.length;
    await sink.rows(kept);
    if (fitting >= 0) return { rowCount, cut: 'size' };
    if (chunk.rowCount > room) return { rowCount, cut: 'rows' };
  }
}

/** A number takes about as much as a short text. */
const plainCellChars = 8;

function sizeOf(row: readonly Cell[]): number {
  return row.reduce<number>(
    (sum, cell) => sum + (typeof cell === 'string' ? cell.length : plainCellChars),
    0,
  );
}
