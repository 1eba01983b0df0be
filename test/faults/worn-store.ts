/** A store that has everything a command may touch, and what it holds, told without the program. */
import { cpSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type Dataset, openDataset } from '../../src/store/dataset.js';
import { addHold } from '../../src/store/hold.js';
import { appendBusyDay } from '../store/whole-store.js';
import { ingestMany, startMs, writer } from './many-ingests.js';

const everyMs = 6 * 3_600_000;
/** The next two commits, an ingest and the merge behind it, make a checkpoint due. */
const version = 98;

/** When the newest of its events happened; ten days later everything may be cleaned up. */
export interface WornStore {
  readonly dir: string;
  readonly endMs: number;
}

/**
 * Three weeks of ingests, with merges, a checkpoint, tombstones, holds, an unmerged day, and a busy
 * one whose sidecars are still to be made.
 */
export async function makeWornStore(parent: string): Promise<WornStore> {
  let dataset: Dataset | null = null;
  let number = 0;
  while (dataset === null || dataset.snapshot.version < version - 2) {
    ({ dataset } = await ingestMany(parent, { from: number, to: number + 1, everyMs }));
    number += 1;
  }
  const busyDay = Math.floor((startMs + (number - 1) * everyMs) / 86_400_000) * 86_400_000;
  dataset = await appendBusyDay(dataset, busyDay * 1000);
  while (dataset.snapshot.version < version) {
    const name = `case-${dataset.snapshot.version}`;
    const window = { start: startMs * 1000, end: startMs * 1000 + 1 };
    dataset = await addHold(dataset, {
      ...{ name, window, reason: 'r', createdMs: startMs },
      expiresMs: startMs + 1,
    });
  }
  return { dir: join(parent, 'store'), endMs: startMs + number * everyMs };
}

/** The same again, ages of files included. */
export function copyStore(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
}

const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await instance.connect();

/** What a question to all files gives; no rows where there are none. */
async function ask(storeDir: string, select: string, rest = ''): Promise<readonly unknown[][]> {
  const dataset = await openDataset({ storeDir, name: 'events' }, writer, 'files');
  const files = dataset.snapshot.files.map(({ path }) => `'${join(dataset.tableDir, path)}'`);
  if (files.length === 0) return [];
  const from = `read_parquet([${files.join(', ')}], union_by_name=true)`;
  return (await connection.runAndReadAll(`SELECT ${select} FROM ${from} ${rest}`)).getRowsJson();
}

/** Rows and their content, whatever files they lie in. Throws where a file cannot be read. */
export async function contentOf(storeDir: string): Promise<string> {
  const columns = 'ts, host_name, service_version, status, duration_ms';
  return JSON.stringify(await ask(storeDir, `count(*), sum(hash(${columns})::HUGEINT)::VARCHAR`));
}

/** The numbers of the events of `writeEvents`, ascending, as often as they are there. */
export async function numbersIn(storeDir: string): Promise<readonly number[]> {
  return (await ask(storeDir, 'id', 'ORDER BY id')).map(([id]) => Number(id));
}

/** Events of `writeEvents` by the number of their file and their host: `7/3`, how many rows, and
 * how many different ones. */
export async function cellsIn(
  storeDir: string,
  eventsPerFile: number,
): Promise<readonly (readonly [string, number, number])[]> {
  const part = `id // ${eventsPerFile}`;
  const host = `id % ${eventsPerFile} % 7`;
  const select = `${part}, ${host}, count(*), count(DISTINCT id)`;
  const rows = await ask(storeDir, select, 'GROUP BY ALL ORDER BY ALL');
  return rows.map(([number, of, count, ids]) => [`${number}/${of}`, Number(count), Number(ids)]);
}

/** Ten events of a day that no other ingest has, and a line that is none: the days before are over
 * and may be merged. */
export function writePart(path: string, endMs: number): void {
  const firstMs = endMs + 86_400_000;
  const lines = Array.from({ length: 10 }, (_unused, index) =>
    JSON.stringify({
      timestamp: new Date(firstMs + index * 1_000).toISOString(),
      'host.name': `api-${index % 7}`,
      'service.version': 'build-3',
      status: 200,
      duration_ms: index,
    }),
  );
  writeFileSync(path, `${lines.join('\n')}\nnot an event\n`);
  utimesSync(path, endMs / 1000, endMs / 1000);
}
