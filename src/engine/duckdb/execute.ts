/** The engine of queries: one locked instance that reads the files of one snapshot. */
import type { DuckDBMaterializedResult } from '@duckdb/node-api';
import { assert } from '../../base/assert.js';
import { Fault } from '../../base/fault.js';
import { turns } from '../../base/turns.js';
import type { KeptTable, SearchEngine } from '../../query/ports.js';
import type { SqlCreateTable, Statement } from '../../sql/node.js';
import { printStatement } from '../../sql/print.js';
import { bindParameters } from './bind.js';
import { readLongRows, readNumbers, readRows } from './cell.js';
import { faultOfFailure } from './failure.js';
import type { Duckdb } from './load.js';
import { type Database, type EngineLimits, openDatabase, workerCount } from './open.js';
import { runNode, type Session, withInterrupt } from './run.js';

/** What the queries of an engine may do. */
export interface QueryBounds {
  /** Absolute paths of everything a query may read: the files of the snapshot. */
  readonly files: readonly string[];
  /** A query that runs longer ends with CC5004; null for no limit. */
  readonly timeLimitMs: number | null;
}

export interface QueryEngineOptions extends EngineLimits, QueryBounds {}

/**
 * An engine for statements printed by `src/sql`. Its connections read `files` and nothing else. As
 * many statements are at work at a time as there are threads; others wait.
 */
export async function openQueryEngine(options: QueryEngineOptions): Promise<SearchEngine> {
  return lockedEngine(await openDatabase(options), options);
}

/** As `openQueryEngine`, of an instance that is open. It is locked for good, or closed. */
export async function lockedEngine(database: Database, bounds: QueryBounds): Promise<SearchEngine> {
  try {
    await database.lock(bounds.files);
  } catch (error) {
    await database.close();
    throw error;
  }
  const { timeLimitMs } = bounds;
  const inTurn = turns(workerCount(database.limits));
  const working = <T>(
    signal: AbortSignal,
    work: (session: Session, limited: AbortSignal) => Promise<T>,
  ): Promise<T> => inTurn(() => withConnection(database, { signal, timeLimitMs }, work));
  let keptCount = 0;
  const selecting =
    <T>(read: Reading<T>) =>
    (statement: Statement, signal: AbortSignal): Promise<T> =>
      working(signal, (session, limited) =>
        withInterrupt(session.connection, limited, () => select(session, statement, read)),
      );
  return {
    execute: selecting(async (duckdb, result) => ({
      names: result.columnNames(),
      rows: await readRows(duckdb, result),
    })),
    executeLong: selecting(async (duckdb, result) => ({
      names: result.columnNames(),
      rows: await readLongRows(duckdb, result),
    })),
    numbers: selecting((duckdb, result) => readNumbers(duckdb, result)),
    keep: (query, signal) => {
      keptCount += 1;
      const name = `cells${keptCount}`;
      return working(signal, (session, limited) =>
        keep(database, session, { kind: 'create table', name, query }, limited),
      );
    },
    close: database.close,
  };
}

async function withConnection<T>(
  database: Database,
  { signal, timeLimitMs }: { readonly signal: AbortSignal; readonly timeLimitMs: number | null },
  work: (session: Session, limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const connection = await database.connect();
  const session = { duckdb: database.duckdb, connection };
  try {
    return await withTimeLimit(signal, timeLimitMs, (limited) => work(session, limited));
  } catch (error) {
    if (error instanceof Fault || (signal.aborted && error === signal.reason)) throw error;
    throw faultOfFailure(error, { writing: null });
  } finally {
    connection.closeSync();
  }
}

type Reading<T> = (duckdb: Duckdb, result: DuckDBMaterializedResult) => Promise<T>;

async function select<T>(session: Session, statement: Statement, read: Reading<T>): Promise<T> {
  const { duckdb, connection } = session;
  const prepared = await connection.prepare(statement.sql);
  try {
    // A locked connection may still overwrite the files it reads, so only a SELECT is let through.
    const isSelect = prepared.statementType === duckdb.StatementType.SELECT;
    assert(isSelect, 'a query engine runs nothing but SELECT');
    bindParameters(duckdb, prepared, statement.parameters);
    return await read(duckdb, await prepared.run());
  } finally {
    prepared.destroySync();
  }
}

async function keep(
  database: Database,
  session: Session,
  table: SqlCreateTable,
  signal: AbortSignal,
): Promise<KeptTable> {
  const { name } = table;
  const made = await readRows(session.duckdb, await runNode(session, table, signal));
  return {
    name,
    rowCount: Number(made[0]?.[0] ?? 0),
    drop: async () => {
      const connection = await database.connect();
      await connection.run(printStatement({ kind: 'drop table', name }).sql);
      connection.closeSync();
    },
  };
}

async function withTimeLimit<T>(
  signal: AbortSignal,
  timeLimitMs: number | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (timeLimitMs === null) return work(signal);
  const overTime = new AbortController();
  const fault = new Fault('CC5004', { limit: `${timeLimitMs / 1000}s` });
  const timer = setTimeout(() => overTime.abort(fault), timeLimitMs);
  try {
    return await work(AbortSignal.any([signal, overTime.signal]));
  } finally {
    clearTimeout(timer);
  }
}
