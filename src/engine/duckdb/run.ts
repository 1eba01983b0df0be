/** Runs one printed statement on one connection, and stops when it is told to. */
import type { DuckDBConnection, DuckDBMaterializedResult, DuckDBResult } from '@duckdb/node-api';
import type { SqlStatement, Statement } from '../../sql/node.js';
import { printStatement } from '../../sql/print.js';
import { bindParameters } from './bind.js';
import { type FailureContext, faultOfFailure } from './failure.js';
import type { Duckdb } from './load.js';
import type { Database } from './open.js';

/** A first interrupt can arrive before the statement has begun, so it is said again. */
const interruptEveryMs = 20;

/** Some functions ignore interrupts for seconds; the caller is not kept longer than this. */
const patienceMs = 700;

export interface Session {
  readonly duckdb: Duckdb;
  readonly connection: DuckDBConnection;
}

/** Does `work` in an instance that is closed behind it. **Faults** as of `faultOfFailure`. */
export async function inSession<T>(
  open: () => Promise<Database>,
  { signal, writing }: FailureContext & { readonly signal: AbortSignal },
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const database = await open();
  try {
    const session = { duckdb: database.duckdb, connection: await database.connect() };
    try {
      return await work(session);
    } finally {
      session.connection.closeSync();
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw faultOfFailure(error, { writing });
  } finally {
    await database.close();
  }
}

/** Prints, binds and runs. Rejects with the reason of `signal` once it is aborted. */
export function runNode(
  session: Session,
  node: SqlStatement,
  signal: AbortSignal,
): Promise<DuckDBMaterializedResult> {
  return runStatement(session, printStatement(node), signal);
}

export function runStatement(
  session: Session,
  statement: Statement,
  signal: AbortSignal,
): Promise<DuckDBMaterializedResult> {
  return withInterrupt(session.connection, signal, async () => {
    const prepared = await session.connection.prepare(statement.sql);
    try {
      bindParameters(session.duckdb, prepared, statement.parameters);
      return await prepared.run();
    } finally {
      prepared.destroySync();
    }
  });
}

/** Rows as they come, for results that need not fit in memory. */
export async function streamNode(session: Session, node: SqlStatement): Promise<DuckDBResult> {
  const { sql, parameters } = printStatement(node);
  const prepared = await session.connection.prepare(sql);
  bindParameters(session.duckdb, prepared, parameters);
  return prepared.stream();
}

/** Does `work` while passing on an abort as an interrupt of the connection. */
export async function withInterrupt<T>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  let repeat: NodeJS.Timeout | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  let onAbort = (): void => undefined;
  const abandoned = new Promise<never>((_, reject) => {
    onAbort = () => {
      connection.interrupt();
      repeat = setInterval(() => connection.interrupt(), interruptEveryMs);
      giveUp = setTimeout(() => reject(signal.reason), patienceMs);
    };
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), abandoned]);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    clearInterval(repeat);
    clearTimeout(giveUp);
  }
}
