/** A random world as files that an engine has open, for whoever asks it and the judge. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import type { World } from './arbitraries.js';
import { type PlainRow, writePlainFiles } from './rows.js';

export interface OpenWorld {
  readonly source: QuerySource;
  /** Of all files, for the judge. */
  readonly rows: readonly PlainRow[];
  readonly engine: Engine;
}

/** Writes the files below `root`; the engine is closed whatever happens. */
export async function withWorld(
  root: string,
  { schema, roles, files: plain, without }: World,
  work: (world: OpenWorld) => Promise<void>,
): Promise<void> {
  const files = await writePlainFiles(mkdtempSync(join(root, 'w')), schema, plain, without);
  const paths = files.map(({ path }) => path);
  const limits = { ...defaultLimits, threads: 2, timeLimitMs: null };
  const engine = await openQueryEngine({ ...limits, files: paths });
  const source = { name: 'test', dataset: 'events', version: 3, schema, roles, files };
  try {
    await work({ source, rows: plain.flatMap((file) => file.rows), engine });
  } finally {
    await engine.close();
  }
}
