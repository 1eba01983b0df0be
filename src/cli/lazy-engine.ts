/** The engine behind the ports of the store and the query. DuckDB is loaded at the first use. */
import type { CheckpointFiles } from '../delta/ports.js';
import type { EngineLimits } from '../engine/duckdb/open.js';
import type { Engine } from '../query/ports.js';
import type { DataFileWriter } from '../store/ports.js';
import type { Settings } from './settings.js';

/** What the engine may use, as the settings say. */
export function limitsOf(settings: Settings): EngineLimits {
  return { memoryBytes: settings.maxMemoryBytes, threads: settings.threads, spillDir: null };
}

/** Writes data files and checkpoints. */
export async function openWriter(limits: EngineLimits): Promise<DataFileWriter> {
  const { createDataFileWriter } = await import('../engine/duckdb/data-files.js');
  return createDataFileWriter(limits);
}

/** Reads and writes checkpoints; most stores opened have none to read. */
export function lazyCheckpoints(limits: EngineLimits): CheckpointFiles {
  return {
    writeCheckpoint: async (from, to) => (await openWriter(limits)).writeCheckpoint(from, to),
    readCheckpoint: async (path) => (await openWriter(limits)).readCheckpoint(path),
  };
}

/** An engine that may read these files and nothing else. */
export async function openEngine(settings: Settings, files: readonly string[]): Promise<Engine> {
  const { openQueryEngine } = await import('../engine/duckdb/execute.js');
  const { timeoutMicros } = settings;
  const timeLimitMs = timeoutMicros === null ? null : Math.max(1, timeoutMicros / 1000);
  return openQueryEngine({ ...limitsOf(settings), files, timeLimitMs });
}
