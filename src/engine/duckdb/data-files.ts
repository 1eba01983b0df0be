/**
 * Staged rows to data files, sorted by time, one or more per UTC date. A survey of the instants
 * says how: date by date straight from the staged files, or, where rows of a date are scattered,
 * from a sorted table that may spill. COPY with PARTITION_BY was measured no faster, loses the
 * order at two threads, and leaves its files behind on a full disk.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '../../base/assert.js';
import type { SqlSelect } from '../../sql/node.js';
import type { DataFileWriter, SidecarMaker, WriteRequest, WrittenFile } from '../../store/ports.js';
import { readRows } from './cell.js';
import { takeCensus } from './census.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { faultOfFailure } from './failure.js';
import { mergeFiles } from './merge.js';
import {
  type Database,
  type EngineLimits,
  type OpenDatabase,
  openDatabase,
  workerCount,
} from './open.js';
import { writeRollups } from './rollup-file.js';
import { runNode, type Session } from './run.js';
import { copyOfSlice, type Slice, slicesQuery, sortedSlices } from './slice.js';
import { gatheredTable, hasSeveralLayouts, sortStatements } from './staged-query.js';
import { stagedSlices } from './staged-slices.js';
import { partsOf, surveyQuery } from './survey.js';
import { valueHashes } from './value-hashes.js';
import { statsOfCopy } from './written-stats.js';

/** The writer of data files and checkpoints. Each call opens an engine of its own, unless told. */
export function createDataFileWriter(
  limits: EngineLimits,
  open: OpenDatabase = openDatabase,
): DataFileWriter {
  const openOne = () => open(limits);
  return {
    write: (request, signal) => write({ limits, open }, request, signal),
    merge: (request, signal) => mergeFiles(openOne, request, signal),
    // Of a day's rows: two threads took twice the CPU of one, most of it waiting for each other.
    openSidecars: async () => sidecarMaker(await open({ ...limits, threads: 1 })),
    writeCheckpoint: (ndjsonPath, checkpointPath, checksums) =>
      writeCheckpoint(openOne, { ndjsonPath, checkpointPath, checksums }),
    readCheckpoint: (checkpointPath, parts) => readCheckpoint(openOne, checkpointPath, parts),
  };
}

function sidecarMaker(database: Database): SidecarMaker {
  const shared = async () => ({ ...database, close: async () => undefined });
  return {
    rollUp: (request, target, signal) => writeRollups(shared, request, target, signal),
    census: (paths, signal) => takeCensus(shared, paths, signal),
    valueHashes: (path, name, signal) => valueHashes(shared, { path, name }, signal),
    close: database.close,
  };
}

async function write(
  { limits, open }: { readonly limits: EngineLimits; readonly open: OpenDatabase },
  request: WriteRequest,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  signal.throwIfAborted();
  if (request.staged.every(({ file }) => file.rows === 0)) return [];
  const workers = workerCount(limits);
  const database = await open({ ...limits, threads: workers });
  const started: string[] = [];
  try {
    const slices = await findSlices(database, request, signal);
    return await copySlices({ database, request, slices, workers, started, signal });
  } catch (error) {
    await removeFiles(started);
    if (signal.aborted) throw signal.reason;
    throw faultOfFailure(error, { writing: request.tableDir });
  } finally {
    await database.close();
  }
}

/** The slices to copy, in order of time. Makes the sorted table when they need it. */
async function findSlices(
  database: Database,
  request: WriteRequest,
  signal: AbortSignal,
): Promise<readonly Slice[]> {
  const connection = await database.connect();
  const session = { duckdb: database.duckdb, connection };
  const read = async (query: SqlSelect) =>
    readRows(session.duckdb, await runNode(session, query, signal));
  const files = request.staged.map(({ file }) => file);
  let slices = stagedSlices(request, partsOf(await read(surveyQuery(files))));
  if (slices === null) {
    for (const statement of sortStatements(request)) await runNode(session, statement, signal);
    if (hasSeveralLayouts(request)) {
      await runNode(session, { kind: 'drop table', name: gatheredTable }, signal);
    }
    slices = sortedSlices(request, await read(slicesQuery));
  }
  connection.closeSync();
  const found = slices.reduce((sum, { rows }) => sum + rows, 0);
  const staged = files.reduce((sum, { rows }) => sum + rows, 0);
  assert(found === staged, `${found} of ${staged} staged rows have a place`);
  return slices;
}

interface CopyTask {
  readonly database: Database;
  readonly request: WriteRequest;
  readonly slices: readonly Slice[];
  readonly workers: number;
  /** Filled with the path of every file before it is begun. */
  readonly started: string[];
  readonly signal: AbortSignal;
}

/** Threads of Node's pool; a connection at work holds one of them. */
const connectionLimit = 4;

/**
 * Several slices at a time: one slice of a usual day is one row group, so one thread's work. The
 * engine counts one thread for whoever waits for it; more threads than cores cost a third more.
 */
async function copySlices(task: CopyTask): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = [];
  const queue = task.slices.entries();
  const failed = new AbortController();
  const signal = AbortSignal.any([task.signal, failed.signal]);
  const worker = async (): Promise<void> => {
    const connection = await task.database.connect();
    const session = { duckdb: task.database.duckdb, connection };
    try {
      for (const [index, slice] of queue) {
        written[index] = await copySlice(session, task, slice, signal);
      }
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      connection.closeSync();
    }
  };
  const length = Math.min(task.workers, task.slices.length, connectionLimit);
  await task.database.useThreads(task.workers - length + 1);
  const ends = await Promise.allSettled(Array.from({ length }, worker));
  if (failed.signal.aborted) throw failed.signal.reason;
  assert(
    ends.every(({ status }) => status === 'fulfilled'),
    'a copy failed without a reason',
  );
  return written;
}

async function copySlice(
  session: Session,
  task: CopyTask,
  slice: Slice,
  signal: AbortSignal,
): Promise<WrittenFile> {
  const { request } = task;
  const path = `date=${slice.date}/${request.prefix}-${randomUUID()}.parquet`;
  const absolute = join(request.tableDir, path);
  task.started.push(absolute);
  await mkdir(dirname(absolute), { recursive: true, mode: 0o700 });
  const result = await runNode(session, copyOfSlice(slice, absolute), signal);
  const stats = await statsOfCopy(result, request.statsColumns);
  assert(stats.rows === slice.rows, `${path} holds ${stats.rows} rows`);
  return { path, date: slice.date, ...stats };
}

/** Also their directories, where nothing else is in them. */
async function removeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true }).catch(() => undefined);
  for (const dir of new Set(paths.map(dirname))) await rmdir(dir).catch(() => undefined);
}
