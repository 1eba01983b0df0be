/**
 * Engines that the tests of a file share: making one costs more than most of what it is asked. One
 * that is at work is not given away, so that each call finds its own tables alone.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll } from 'vitest';
import { createDataFileWriter } from '../../src/engine/duckdb/data-files.js';
import { type Database, type EngineLimits, openDatabase } from '../../src/engine/duckdb/open.js';
import { gatheredTable, sortedTable } from '../../src/engine/duckdb/staged-query.js';
import type { DataFileWriter } from '../../src/store/ports.js';

/** A writer of data files whose calls take turns at engines that are closed with the test file. */
export function sharedWriter(threads: number): DataFileWriter {
  const idle: Database[] = [];
  afterAll(async () => {
    for (const database of idle.splice(0)) await database.close();
  });
  const open = async (): Promise<Database> => {
    const database = idle.pop() ?? (await openDatabase(limits));
    const close = async (): Promise<void> => {
      const connection = await database.connect();
      for (const table of [sortedTable, gatheredTable]) {
        await connection.run(`DROP TABLE IF EXISTS "${table}"`);
      }
      connection.closeSync();
      idle.push(database);
    };
    return { ...database, close };
  };
  const limits: EngineLimits = { memoryBytes: null, threads, spillDir: null };
  return createDataFileWriter(limits, open);
}

/** What reads the written files back, beside the code under test. */
export function sharedReader(): () => Promise<DuckDBConnection> {
  let instance: Promise<DuckDBInstance> | null = null;
  afterAll(async () => (await instance)?.closeSync());
  return async () => {
    instance ??= DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await (await instance).connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  };
}
