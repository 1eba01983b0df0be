/** Finds rows that match a condition in a data file, and writes the file again without them. */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.js';
import { aggregate, as, cast, literal, not, select, star, when } from '../../sql/build.js';
import type { SqlExpression, SqlSource, SqlType } from '../../sql/node.js';
import type { FileForgetter, MergedFile, RewriteRequest } from '../../store/ports.js';
import { readRows } from './cell.js';
import { faultOfFailure } from './failure.js';
import { contentOf, named, namesIn, parquet, rowOrder } from './merge.js';
import { type EngineLimits, openDatabase } from './open.js';
import { runNode, type Session } from './run.js';
import { copyOfSlice } from './slice.js';
import { statsOfCopy } from './written-stats.js';

/** Which rows: a condition, and the columns it reads with their types. */
export interface RowMatch {
  readonly condition: SqlExpression;
  readonly reads: readonly (readonly [string, SqlType])[];
}

/** As the port says. **Invariant** `close` ends the engine. */
export async function openForgetter(limits: EngineLimits, match: RowMatch): Promise<FileForgetter> {
  const database = await openDatabase(limits);
  const session = { duckdb: database.duckdb, connection: await database.connect() };
  return {
    count: async (path, signal) => {
      try {
        const matched = aggregate('count', [star], { filter: holds(match) });
        const columns = [as(aggregate('count', [star]), 'rows'), as(matched, 'matched')];
        const from = await withColumns(session, path, match, signal);
        const result = await runNode(session, select(columns, { from }), signal);
        const [row] = await readRows(session.duckdb, result);
        return { rowCount: Number(row?.[0]), matchedCount: Number(row?.[1]) };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw faultOfFailure(error, { writing: null });
      }
    },
    rewrite: (request, signal) => rewrite(session, match, request, signal),
    close: async () => {
      session.connection.closeSync();
      await database.close();
    },
  };
}

/** A condition that is not known to hold does not. */
function holds({ condition }: RowMatch): SqlExpression {
  return when([[condition, literal(true)]], literal(false));
}

/** The rows of a file; columns of the condition that it does not hold are null. */
async function withColumns(
  session: Session,
  path: string,
  { reads }: RowMatch,
  signal: AbortSignal,
): Promise<SqlSource> {
  const from = parquet([path]);
  const names = await runNode(session, select([{ star: true }], { from, limit: 0 }), signal);
  const held = new Set(names.columnNames());
  const missing = reads.filter(([name]) => !held.has(name));
  if (missing.length === 0) return from;
  const nulls = missing.map(([name, type]) => as(cast(literal(null), type), name));
  const virtual = held.has('file_row_number') || held.has('file_index');
  const places = virtual ? [] : ['file_index', 'file_row_number'].map(named);
  const wide = select([{ star: true }, ...places, ...nulls], { from });
  return { kind: 'subquery', select: wide, alias: 'stored' };
}

async function rewrite(
  session: Session,
  match: RowMatch,
  request: RewriteRequest,
  signal: AbortSignal,
): Promise<MergedFile> {
  const path = `date=${request.date}/c-${randomUUID()}.parquet`;
  const absolute = join(request.tableDir, path);
  try {
    const old = join(request.tableDir, request.path);
    const names = await namesIn(session, request, [old], signal);
    const from = await withColumns(session, old, match, signal);
    const where = not(holds(match));
    const before = await contentOf(session, from, names, signal, where);
    const orderBy = rowOrder(request, names);
    const query = select(names.map(named), { from, where, orderBy });
    const rows = request.rowCount - request.matchedCount;
    const copied = await runNode(
      session,
      copyOfSlice({ date: request.date, rows, query }, absolute),
      signal,
    );
    const stats = await statsOfCopy(copied, request.statsColumns);
    const after = await contentOf(session, parquet([absolute]), names, signal);
    if (stats.rows !== rows || before !== after) {
      const reason = `writing ${request.path} again changed the rows that stay`;
      throw new Fault('CC5002', { reason });
    }
    const columnNames = request.columns.flatMap(({ name }) => (names.includes(name) ? [name] : []));
    return { file: { path, date: request.date, ...stats }, columnNames };
  } catch (error) {
    await rm(absolute, { force: true }).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
    throw faultOfFailure(error, { writing: absolute });
  }
}
