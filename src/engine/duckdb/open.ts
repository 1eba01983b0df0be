/** An in-memory DuckDB with limits, a spill directory of its own, and nothing from the network. */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { writing } from '../../delta/durable.js';
import type { SqlSet } from '../../sql/node.js';
import { printStatement } from '../../sql/print.js';
import { type Duckdb, loadDuckdb } from './load.js';

/** What the engine may use. `null` leaves the choice to DuckDB. */
export interface EngineLimits {
  /** DuckDB takes 80 % of the machine's (or container's) memory when null. */
  readonly memoryBytes: number | null;
  /** DuckDB takes one thread per core when null. */
  readonly threads: number | null;
  /** Parent of the private spill directory; the system's temporary directory when null. */
  readonly spillDir: string | null;
}

export const defaultLimits: EngineLimits = { memoryBytes: null, threads: null, spillDir: null };

/** Each thread holds a few row groups; measured: two threads in 200 MB fail one time in three. */
const bytesPerThread = 128 * 1024 * 1024;

/** How many statements may be at work at a time. */
export function workerCount({ threads, memoryBytes }: EngineLimits): number {
  const cores = threads ?? availableParallelism();
  const room = memoryBytes === null ? cores : Math.floor(memoryBytes / bytesPerThread);
  return Math.max(1, Math.min(cores, room));
}

/** An open instance. **Invariant** `close` ends it and leaves nothing on disk. */
export interface Database {
  readonly duckdb: Duckdb;
  /** Private, for spilling; for whoever must remove it without `close`. */
  readonly spillDir: string;
  readonly connect: () => Promise<DuckDBConnection>;
  readonly limits: EngineLimits;
  /** Changes how many threads work, the caller's own among them. */
  readonly useThreads: (count: number) => Promise<void>;
  /** Only these files can be read from now on, nothing can be written, no setting be changed;
   * settings of the caller come `before`. */
  readonly lock: (files: readonly string[], before?: readonly SqlSet[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How a writer comes by an instance. One that keeps an instance for many calls ends it itself. */
export type OpenDatabase = (limits: EngineLimits) => Promise<Database>;

/** Two processes that share a spill directory destroy each other's files, so it is never shared. */
export async function openDatabase(limits: EngineLimits): Promise<Database> {
  const duckdb = await loadDuckdb();
  const parent = limits.spillDir ?? tmpdir();
  const spillDir = await writing(parent, () => mkdtemp(join(parent, 'coldcase-spill-')));
  const removeSpill = () => rm(spillDir, { recursive: true, force: true }).catch(() => undefined);
  try {
    const instance = await duckdb.DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      temp_directory: spillDir,
      ...(limits.memoryBytes === null ? {} : { memory_limit: `${limits.memoryBytes}B` }),
      ...(limits.threads === null ? {} : { threads: String(limits.threads) }),
    });
    const main = await instance.connect();
    await applySettings(main, [{ kind: 'set', name: 'TimeZone', value: 'UTC' }]);
    return {
      duckdb,
      spillDir,
      limits,
      connect: () => instance.connect(),
      useThreads: (count) =>
        applySettings(main, [{ kind: 'set', name: 'threads', value: String(count) }]),
      lock: (files, before = []) => applySettings(main, [...before, ...lockSettings(files)]),
      close: async () => {
        main.closeSync();
        instance.closeSync();
        await removeSpill();
      },
    };
  } catch (error) {
    await removeSpill();
    throw error;
  }
}

/** Files, not directories: a directory that may be read may be written too. */
function lockSettings(files: readonly string[]): readonly SqlSet[] {
  return [
    { kind: 'set', name: 'allowed_paths', value: files },
    { kind: 'set', name: 'enable_external_access', value: false },
    { kind: 'set', name: 'lock_configuration', value: true },
  ];
}

async function applySettings(
  connection: DuckDBConnection,
  settings: readonly SqlSet[],
): Promise<void> {
  for (const setting of settings) await connection.run(printStatement(setting).sql);
}
