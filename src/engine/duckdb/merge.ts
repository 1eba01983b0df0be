/**
 * Several data files of one date as one file, sorted by time, with equal instants in the order they
 * had. The content is summed up before and after, so that a row lost or changed is seen.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../base/fault.js';
import { systemColumns } from '../../event/column.js';
import { aggregate, as, call, cast, column, order, select, star } from '../../sql/build.js';
import type { SqlExpression, SqlOrder, SqlSource } from '../../sql/node.js';
import type { MergedFile, MergeRequest } from '../../store/ports.js';
import { readRows } from './cell.js';
import { faultOfFailure } from './failure.js';
import type { Database } from './open.js';
import { runNode, type Session } from './run.js';
import { copyOfSlice } from './slice.js';
import { statsOfCopy } from './written-stats.js';

const { ts, ingestedAt, weight, batch, extra } = systemColumns;

/** Columns that DuckDB adds to a scan, unless the files have one of that name. */
const scanOrder = ['file_index', 'file_row_number'] as const;

/** As the port says. */
export async function mergeFiles(
  open: () => Promise<Database>,
  request: MergeRequest,
  signal: AbortSignal,
): Promise<MergedFile> {
  signal.throwIfAborted();
  const database = await open();
  const path = `date=${request.date}/c-${randomUUID()}.parquet`;
  const absolute = join(request.tableDir, path);
  try {
    const session = { duckdb: database.duckdb, connection: await database.connect() };
    const inputs = request.paths.map((input) => join(request.tableDir, input));
    const names = await namesIn(session, request, inputs, signal);
    const from = parquet(inputs);
    const before = await contentOf(session, from, names, signal);
    const query = select(names.map(named), { from, orderBy: rowOrder(request, names) });
    const { date, rowCount } = request;
    const slice = { date, rows: rowCount, query };
    const copied = await runNode(session, copyOfSlice(slice, absolute), signal);
    const stats = await statsOfCopy(copied, request.statsColumns);
    const after = await contentOf(session, parquet([absolute]), names, signal);
    if (stats.rows !== rowCount || before !== after) {
      const reason = `merging ${request.paths.length} data files of ${date} changed their rows`;
      throw new Fault('CC5002', { reason });
    }
    const columnNames = request.columns.flatMap(({ name }) => (names.includes(name) ? [name] : []));
    return { file: { path, date, ...stats }, columnNames };
  } catch (error) {
    await rm(absolute, { force: true }).catch(() => undefined);
    if (signal.aborted) throw signal.reason;
    throw faultOfFailure(error, { writing: absolute });
  } finally {
    await database.close();
  }
}

export function parquet(files: readonly string[]): SqlSource {
  return { kind: 'parquet', files, unionByName: files.length > 1, fileName: false };
}

/** System columns and those of the request that any file holds, in the order of a data file. */
export async function namesIn(
  session: Session,
  { columns }: Pick<MergeRequest, 'columns'>,
  files: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const query = select([{ star: true }], { from: parquet(files), limit: 0 });
  const held = new Set((await runNode(session, query, signal)).columnNames());
  const own = columns.map(({ name }) => name).filter((name) => held.has(name));
  return [ts, ingestedAt, weight, batch, ...own, extra];
}

export function named(name: string) {
  return as(column(name), name);
}

/** By time; equal instants in the order they had. */
export function rowOrder(
  { columns }: Pick<MergeRequest, 'columns'>,
  names: readonly string[],
): readonly SqlOrder[] {
  const shadowed = columns.some(({ name }) => scanOrder.some((virtual) => virtual === name));
  const ties = shadowed ? [hashOf(names)] : scanOrder.map((name) => column(name));
  return [order(column(ts)), ...ties.map((tie) => order(tie))];
}

function hashOf(names: readonly string[]) {
  return call('hash', ...names.map((name) => column(name)));
}

/** The rows and their hashes summed up, whatever their order. */
export async function contentOf(
  session: Session,
  from: SqlSource,
  names: readonly string[],
  signal: AbortSignal,
  where: SqlExpression | null = null,
): Promise<string> {
  const sum = aggregate('sum', [cast(hashOf(names), 'HUGEINT')]);
  const columns = [as(aggregate('count', [star]), 'n'), as(cast(sum, 'VARCHAR'), 'content')];
  const result = await runNode(session, select(columns, { from, where }), signal);
  const [row] = await readRows(session.duckdb, result);
  return String(row);
}
