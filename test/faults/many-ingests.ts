/**
 * A store filled by cron, in compressed time: the clock is handed in, and every file the store
 * keeps is given the age it would have by then. Everything behind the reading of a file is the
 * real thing: commits, merges, checkpoints, clean-up.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointPath, commitPath, readCommit } from '../../src/delta/log.js';
import { createDataFileWriter } from '../../src/engine/duckdb/data-files.js';
import { openDatabase } from '../../src/engine/duckdb/open.js';
import { statsOfCopy } from '../../src/engine/duckdb/written-stats.js';
import type { ColumnType } from '../../src/event/column.js';
import { appendBatch } from '../../src/store/append.js';
import { type Dataset, openOrInitDataset, refreshDataset } from '../../src/store/dataset.js';
import { maintain } from '../../src/store/maintenance.js';
import type { DataFileWriter, StagedFile, WriteRequest } from '../../src/store/ports.js';

export const startMs = Date.UTC(2020, 1, 17);
export const eventsPerIngest = 10;

/** Which ingests to do, and how far apart; a day holds a whole number of them. */
export interface Cron {
  readonly from: number;
  readonly to: number;
  readonly everyMs: number;
}

export interface Filled {
  readonly dataset: Dataset;
  /** Most data files that were live behind an ingest. */
  readonly mostFiles: number;
}

/** Labels, types, and values by the number `n` of the event: as SQL, and as text in a CSV. */
const fields = [
  ['host.name', 'string', `'api-' || (n % 7)`, (n: number) => `api-${n % 7}`],
  ['service.version', 'string', `'build-' || (n % 3)`, (n: number) => `build-${n % 3}`],
  ['status', 'integer', 'if(n % 11 = 0, 500, 200)', (n: number) => (n % 11 === 0 ? 500 : 200)],
  ['duration_ms', 'number', '((n * 7919) % 1000)::DOUBLE', (n: number) => (n * 7919) % 1000],
] as const satisfies readonly (readonly [
  string,
  ColumnType,
  string,
  (n: number) => string | number,
])[];

/** Host, version and status of an event. */
export function groupOf(number: number): string {
  return fields
    .slice(0, 3)
    .map(([, , , value]) => value(number))
    .join(',');
}

const limits = { memoryBytes: null, threads: 1, spillDir: null };
const database = await openDatabase(limits);
const connection = await database.connect();

/** One engine for all ingests: opening one costs more than what it does for ten events. */
export const writer = createDataFileWriter(limits, async () => ({
  ...database,
  close: async () => undefined,
}));

/** Ends it, once all is done. */
export async function closeEngine(): Promise<void> {
  connection.closeSync();
  await database.close();
}

/** What a reader would have staged. */
const staged: StagedFile = {
  path: '',
  rows: eventsPerIngest,
  columns: fields.map(([label, type]) => ({
    label,
    type,
    unit: label === 'duration_ms' ? 'ms' : null,
    valueCount: eventsPerIngest,
    safe: true,
  })),
  extraLabels: [],
};

/** The writer of one ingest: its rows come from their numbers and not from a staged file. */
function writerOf(ingestNumber: number, everyMs: number): DataFileWriter {
  return {
    ...writer,
    write: async ({ tableDir, columns, statsColumns, batch, ingestedAt }: WriteRequest) => {
      const stepMicros = (everyMs * 1000) / eventsPerIngest;
      const first = ingestNumber * eventsPerIngest;
      const date = new Date(startMs + ingestNumber * everyMs).toISOString().slice(0, 10);
      const path = `date=${date}/a-${randomUUID()}.parquet`;
      const values = columns.map(({ name, label }) => {
        const sql = fields.find(([own]) => own === label)?.[2] ?? 'NULL';
        return `${sql} AS ${name}`;
      });
      mkdirSync(join(tableDir, `date=${date}`), { recursive: true, mode: 0o700 });
      const copied = await connection.run(
        `COPY (SELECT make_timestamptz(${startMs * 1000} + n * ${stepMicros}) AS ts,
            make_timestamptz(${ingestedAt}) AS ingested_at, 1::BIGINT AS weight,
            '${batch}' AS batch, ${values.join(', ')}, NULL::MAP(VARCHAR, VARCHAR) AS extra
          FROM range(${first}, ${first + eventsPerIngest}) events(n) ORDER BY ts)
        TO '${join(tableDir, path)}' (FORMAT parquet, COMPRESSION zstd, RETURN_STATS true)`,
      );
      return [{ path, date, ...(await statsOfCopy(copied, statsColumns)) }];
    },
  };
}

/** Each ingest with the maintenance behind it. */
export async function ingestMany(dir: string, { from, to, everyMs }: Cron): Promise<Filled> {
  const place = { storeDir: join(dir, 'store'), name: 'events' };
  let dataset = await openOrInitDataset(place, writer, startMs);
  let mostFiles = 0;
  for (let number = from; number < to; number += 1) {
    const before = dataset;
    const nowMs = startMs + (number + 1) * everyMs;
    dataset = await ingestOne(dataset, { number, everyMs, nowMs });
    await age(before, dataset, nowMs);
    mostFiles = Math.max(mostFiles, dataset.snapshot.files.length);
  }
  return { dataset, mostFiles };
}

async function ingestOne(
  dataset: Dataset,
  { number, everyMs, nowMs }: { number: number; everyMs: number; nowMs: number },
): Promise<Dataset> {
  const { signal } = new AbortController();
  const sha256 = number.toString(16).padStart(64, '0');
  const counts = { read: eventsPerIngest, stored: eventsPerIngest, rejected: 0, duplicates: 0 };
  const outcome = await appendBatch(
    {
      dataset,
      batch: randomUUID(),
      ingestedAt: nowMs * 1000,
      staged: [staged],
      rowCount: eventsPerIngest,
      sources: [{ sha256, bytes: 2_000, readCount: 10, pathHash: sha256.slice(-12), tail: whole }],
      roles: {
        host: ['host.name'],
        version: ['service.version'],
        status: ['status'],
        duration: ['duration_ms'],
      },
      bad: null,
      columnCap: 100,
      report: Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, String(n)])),
      startsWith: async () => false,
    },
    writerOf(number, everyMs),
    signal,
  );
  if (outcome.kind !== 'committed' || outcome.checkpointFault !== null) {
    throw new Error(`ingest ${number}: ${outcome.kind}`);
  }
  const { fault } = await maintain(outcome.dataset, { writer, nowMs, merge: true }, signal);
  if (fault !== null) throw fault;
  return await refreshDataset(outcome.dataset);
}

const whole = { kind: 'whole' } as const;

/** Gives what came since an earlier version the age it would have; a file that was merged at once
 * too, since its age is what the clean-up goes by. */
async function age(
  { snapshot: before }: Dataset,
  { snapshot: { version: newest }, tableDir }: Dataset,
  nowMs: number,
): Promise<void> {
  const paths: string[] = [];
  for (let version = before.version + 1; version <= newest; version += 1) {
    paths.push(commitPath(tableDir, version), checkpointPath(tableDir, version));
    const { adds = [] } = (await readCommit(tableDir, version)) ?? {};
    paths.push(...adds.map(({ path }) => join(tableDir, path)));
  }
  for (const path of paths) if (existsSync(path)) utimesSync(path, nowMs / 1000, nowMs / 1000);
}
