/** The engine behind the ports of the store and the query. DuckDB is loaded at the first use. */
import { rmSync } from 'node:fs';
import type { CheckpointFiles } from '../delta/ports.js';
import type { ExportEngine } from '../engine/duckdb/export.js';
import type { RowMatch } from '../engine/duckdb/forget.js';
import type { Database, EngineLimits } from '../engine/duckdb/open.js';
import type { ParquetWriter } from '../query/column-batch.js';
import type { SearchEngine } from '../query/ports.js';
import type { DataFileWriter, FileForgetter, FileInspector, TakeCensus } from '../store/ports.js';
import { engineMemory, machineOf } from './machine.js';
import type { Settings } from './settings.js';
import { limitedEngine } from './time-limit.js';

/** What the engine may use: as the settings say, else what the machine and its groups allow. */
export function limitsOf(settings: Settings): EngineLimits {
  const { maxMemoryBytes, threads, spillDir } = settings;
  const machine = machineOf();
  return {
    memoryBytes: maxMemoryBytes ?? engineMemory(machine),
    threads: threads ?? machine.processors,
    spillDir,
  };
}

/** Writes data files and checkpoints. */
export async function openWriter(limits: EngineLimits): Promise<DataFileWriter> {
  const { createDataFileWriter } = await import('../engine/duckdb/data-files.js');
  return createDataFileWriter(limits);
}

/** What an export uses unless the person says more: sorting spills instead of growing. */
const exportMemoryBytes = 1024 ** 3;

/** An engine for many rows that may read these files, and write one where `target` names it. */
export async function openExport(
  settings: Settings,
  files: readonly string[],
  target: string | null,
): Promise<ExportEngine> {
  const { openExportEngine } = await import('../engine/duckdb/export.js');
  const limits = limitsOf(settings);
  const most = Math.min(limits.memoryBytes ?? exportMemoryBytes, exportMemoryBytes);
  const memoryBytes = settings.maxMemoryBytes ?? most;
  // Of a Parquet file several threads hold the more row groups the longer it is; one holds one.
  const threads = target === null ? limits.threads : 1;
  return openExportEngine({ ...limits, memoryBytes, threads, files, timeLimitMs: null, target });
}

/** Looks into files for a check; closed when the work is done, however it ends. */
export async function withInspector<T>(
  limits: EngineLimits,
  work: (inspector: FileInspector) => Promise<T>,
): Promise<T> {
  const { openInspector } = await import('../engine/duckdb/inspect.js');
  const inspector = await openInspector(limits);
  try {
    return await work(inspector);
  } finally {
    await inspector.close();
  }
}

/** Finds and leaves out rows that match; closed when the work is done, however it ends. */
export async function withForgetter<T>(
  limits: EngineLimits,
  match: RowMatch,
  work: (forgetter: FileForgetter) => Promise<T>,
): Promise<T> {
  const { openForgetter } = await import('../engine/duckdb/forget.js');
  const forgetter = await openForgetter(limits, match);
  try {
    return await work(forgetter);
  } finally {
    await forgetter.close();
  }
}

/** Writes tables as Parquet. */
export function parquetWriter(limits: EngineLimits): ParquetWriter {
  return async (request, signal) => {
    const { writeParquet } = await import('../engine/duckdb/parquet-file.js');
    return writeParquet(limits, request, signal);
  };
}

/** Reads and writes checkpoints; most stores opened have none to read. */
export function lazyCheckpoints(limits: EngineLimits): CheckpointFiles {
  return {
    writeCheckpoint: async (from, to, checksums) =>
      (await openWriter(limits)).writeCheckpoint(from, to, checksums),
    // Not by the writer: the program of one command has none.
    readCheckpoint: async (path, parts) => {
      const { openDatabase } = await import('../engine/duckdb/open.js');
      const { readCheckpoint } = await import('../engine/duckdb/checkpoint.js');
      return readCheckpoint(() => openDatabase(limits), path, parts);
    },
  };
}

/** Takes a census of data files that have none. */
export function lazyCensus(limits: EngineLimits): TakeCensus {
  return async (paths, signal) => {
    const { openDatabase } = await import('../engine/duckdb/open.js');
    const { takeCensus } = await import('../engine/duckdb/census.js');
    return takeCensus(() => openDatabase(limits), paths, signal);
  };
}

/** Opened to read a checkpoint and kept for the query, by the settings of the command. */
const kept = new WeakMap<Settings, Database>();

/** As `lazyCheckpoints`, for a command that calls `openEngine` next: one engine does for both. */
export function keptCheckpoints(
  settings: Settings,
  atExit: (cleanup: () => void) => void,
): CheckpointFiles {
  const limits = limitsOf(settings);
  return {
    ...lazyCheckpoints(limits),
    readCheckpoint: async (path, parts) => {
      const { openDatabase } = await import('../engine/duckdb/open.js');
      const { readCheckpointIn } = await import('../engine/duckdb/checkpoint.js');
      const database = kept.get(settings) ?? (await openDatabase(limits));
      if (!kept.has(settings)) {
        atExit(() => rmSync(database.spillDir, { recursive: true, force: true }));
      }
      kept.set(settings, database);
      return readCheckpointIn(database, path, parts);
    },
  };
}

/** An engine that may read these files and nothing else, as long as a question may take. */
export async function openEngine(
  settings: Settings,
  files: readonly string[],
): Promise<SearchEngine> {
  const { lockedEngine, openQueryEngine } = await import('../engine/duckdb/execute.js');
  const bounds = { files, timeLimitMs: null };
  const database = kept.get(settings);
  kept.delete(settings);
  const engine =
    database === undefined
      ? await openQueryEngine({ ...limitsOf(settings), ...bounds })
      : await lockedEngine(database, bounds);
  return limitedEngine(engine, settings.timeoutMicros);
}
