/** A small store with every kind of file in it, checked and damaged by the tests. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCheckpoint } from '../../src/delta/checkpoint.js';
import { openInspector } from '../../src/engine/duckdb/inspect.js';
import { createRejectsFile } from '../../src/ingest/rejects.js';
import type { Dataset } from '../../src/store/dataset.js';
import { addHold } from '../../src/store/hold.js';
import { makeRejectsDir } from '../../src/store/layout.js';
import { buildSidecars } from '../../src/store/sidecar-build.js';
import { type Verification, verify } from '../../src/store/verify.js';
import {
  append,
  day,
  hour,
  newDataset,
  noAbort,
  sha,
  source,
  stage,
  stageMany,
  writer,
} from './staged.js';

export const nowMs = day / 1000 + 10 * 86_400_000;
export const limits = { memoryBytes: null, threads: 1, spillDir: null };

export async function check(place: Dataset, quick = false): Promise<Verification> {
  const inspector = await openInspector(limits);
  try {
    const say = () => undefined;
    return await verify({ place, inspector, quick, nowMs, say, signal: noAbort });
  } finally {
    await inspector.close();
  }
}

export function codesOf({ damages }: Verification): readonly string[] {
  return damages.map(({ fault }) => fault.code);
}

/** Two ingests of two days each, a checkpoint, another ingest, rejects: every kind of file. */
export async function store(): Promise<Dataset> {
  let dataset = await newDataset();
  for (const n of [0, 1, 2]) {
    const rows = Array.from({ length: 40 }, (_, row) => ({
      ts: day + row * hour + n,
      values: [`web-${row % 5}`, row * n],
    }));
    const columns = [
      { label: 'host.name', type: 'string' },
      { label: 'size', type: 'integer' },
    ] as const;
    const report = {
      read: '42',
      stored: '40',
      rejected: '2',
      duplicates: '0',
      sourcePaths: JSON.stringify({ [sha(String(n))]: `/logs/part-${n}.ndjson` }),
    };
    const part = { batch: `b${n}`, report, sources: [source({ sha256: sha(String(n)) })] };
    const ingestedAt = (1_000 + n) * 1_000;
    const staged = [await stage(columns, rows)];
    dataset = (await append(dataset, { ...part, staged, ingestedAt })).dataset;
    if (n === 1) await writeCheckpoint(dataset.tableDir, writer, nowMs);
  }
  const hold = { name: 'case', window: { start: day, end: day + 1 }, reason: 'r', createdMs: 1 };
  dataset = await addHold(dataset, { ...hold, expiresMs: 2 });
  const dir = await makeRejectsDir(dataset.tableDir);
  const rejects = createRejectsFile(dir);
  const raw = new TextEncoder().encode('not json');
  const place = { source: 'a.ndjson', line: 3, byteOffset: 10, byteLength: 8, sha256: sha('a') };
  rejects.add([{ ...place, reason: 'json_syntax', message: 'no', raw }]);
  rejects.finish(join(dir, '11111111-1111-4111-8111-111111111111.ndjson'), 1);
  return dataset;
}

const busyColumns = [
  { label: 'host.name', type: 'string' },
  { label: 'service.version', type: 'string' },
  { label: 'status', type: 'integer' },
  { label: 'duration_ms', type: 'number' },
  { label: 'trace.id', type: 'string' },
] as const;
const busyValues = [
  "'api-' || i % 7",
  "'build-' || i % 3",
  'if(i % 11 = 0, 500, 200)',
  'i % 1000',
  "'trace-' || i // 5",
];

/** One more ingest, of a day with enough rows for sidecars, which are not made yet. */
export async function appendBusyDay(dataset: Dataset, dayMicros: number): Promise<Dataset> {
  const instant = `${dayMicros} + i * 4_000_000`;
  const appended = await append(dataset, {
    staged: [await stageMany(busyColumns, 21_000, [instant, ...busyValues])],
    ingestedAt: dayMicros,
    sources: [source({ sha256: sha('b') })],
    roles: {
      ...{ host: ['host.name'], version: ['service.version'], status: ['status'] },
      ...{ duration: ['duration_ms'], trace: ['trace.id'] },
    },
  });
  return appended.dataset;
}

/** All sidecars that a dataset lacks, and how many that were. */
export function makeSidecars(dataset: Dataset): ReturnType<typeof buildSidecars> {
  const work = { writer, budgetRows: 1e9, say: () => undefined, signal: noAbort };
  return buildSidecars(dataset, work);
}

/** A day with its sidecars. */
export async function busyStore(): Promise<Dataset> {
  const dataset = await appendBusyDay(await newDataset(), day);
  await makeSidecars(dataset);
  return dataset;
}

export async function flip(path: string, at: number, bit = 1): Promise<void> {
  const handle = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([(byte[0] ?? 0) ^ bit]), 0, 1, at);
  await handle.close();
}
