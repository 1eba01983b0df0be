/**
 * Staged rows to data files, sorted by time, one or more per UTC date. The rows of one request are
 * sorted once into a table that may spill, then copied out in slices; COPY with PARTITION_BY was
 * measured no faster, loses the order at two threads, and leaves its files behind on a full disk.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { assert } from '../../base/assert.js';
import type { SqlCopy } from '../../sql/node.js';
import type { DataFileWriter, WriteRequest, WrittenFile } from '../../store/ports.js';
import { readRows } from './cell.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { faultOfFailure } from './failure.js';
import { type Database, type EngineLimits, openDatabase } from './open.js';
import { runNode, type Session } from './run.js';
import { copyOfSlice, type Slice, sliceBounds, slicesOfDates, slicesQuery } from './slice.js';
import { gatheredTable, hasSeveralLayouts, sortStatements } from './staged-query.js';
import { statsOfCopy } from './written-stats.js';

/** The writer of data files and checkpoints. Each call opens an engine of its own. */
export function createDataFileWriter(limits: EngineLimits): DataFileWriter {
  return {
    write: (request, signal) => write(limits, request, signal),
    writeCheckpoint: (ndjsonPath, checkpointPath) =>
      writeCheckpoint(limits, ndjsonPath, checkpointPath),
    readCheckpoint: (checkpointPath) => readCheckpoint(limits, checkpointPath),
  };
}

async function write(
  limits: EngineLimits,
  request: WriteRequest,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  signal.throwIfAborted();
  if (request.staged.every(({ file }) => file.rows === 0)) return [];
  const workers = workerCount(limits);
  const database = await openDatabase({ ...limits, threads: workers });
  const started: string[] = [];
  try {
    const slices = await sortRows(database, request, signal);
    return await copySlices({ database, request, slices, workers, started, signal });
  } catch (error) {
    await removeFiles(started);
    if (signal.aborted) throw signal.reason;
    throw faultOfFailure(error, { writing: request.tableDir });
  } finally {
    await database.close();
  }
}

/** Makes the sorted table. Returns the slices to copy, in order of time. */
async function sortRows(
  database: Database,
  request: WriteRequest,
  signal: AbortSignal,
): Promise<readonly Slice[]> {
  const connection = await database.connect();
  const session = { duckdb: database.duckdb, connection };
  for (const statement of sortStatements(request)) await runNode(session, statement, signal);
  if (hasSeveralLayouts(request)) {
    await runNode(session, { kind: 'drop table', name: gatheredTable }, signal);
  }
  const result = await runNode(session, slicesQuery, signal);
  const slices = slicesOfDates(await readRows(database.duckdb, result));
  connection.closeSync();
  const sorted = slices.reduce((sum, slice) => sum + slice.end - slice.start, 0);
  const staged = request.staged.reduce((sum, { file }) => sum + file.rows, 0);
  assert(sorted === staged, `${sorted} of ${staged} staged rows were sorted`);
  return slices;
}

/** Each thread holds a few row groups; measured: two threads in 200 MB fail one time in three. */
const bytesPerThread = 128 * 1024 * 1024;

function workerCount({ threads, memoryBytes }: EngineLimits): number {
  const cores = threads ?? availableParallelism();
  const room = memoryBytes === null ? cores : Math.floor(memoryBytes / bytesPerThread);
  return Math.max(1, Math.min(cores, room));
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

/** Several slices at a time: one slice of a usual day is one row group, so one thread's work. */
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
  const length = Math.min(task.workers, task.slices.length);
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
  const copy: SqlCopy = copyOfSlice(request, slice, absolute);
  const stats = await statsOfCopy(await runNode(session, copy, signal), request.statsColumns);
  assert(stats.rows === slice.end - slice.start, `${path} holds ${stats.rows} rows`);
  const bounds = await readRows(session.duckdb, await runNode(session, sliceBounds(slice), signal));
  const [minTs, maxTs] = bounds[0] ?? [];
  assert(typeof minTs === 'number' && typeof maxTs === 'number', 'an instant is out of range');
  return { path, date: slice.date, ...stats, minTs, maxTs };
}

/** Also their directories, where nothing else is in them. */
async function removeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true });
  for (const dir of new Set(paths.map(dirname))) await rmdir(dir).catch(() => undefined);
}
