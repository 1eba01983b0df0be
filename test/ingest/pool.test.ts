import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultDecodeLimits } from '../../src/ingest/decompress.js';
import { createPool } from '../../src/ingest/pool.js';
import { defaultLimits } from '../../src/ingest/record.js';
import { type StageOutcome, type StageRequest, stageInput } from '../../src/ingest/stage-input.js';

let dir: string;
let workerEntry: URL;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'coldcase-pool-'));
  const outfile = join(dir, 'worker.mjs');
  await build({
    entryPoints: [new URL('../../src/ingest/worker.ts', import.meta.url).pathname],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  workerEntry = pathToFileURL(outfile);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Lines of many lengths, with refused and blank ones among them. */
function content(): string {
  const lines = Array.from({ length: 3000 }, (_, index) => {
    if (index % 97 === 5) return `{"broken":${index}`;
    if (index % 101 === 7) return ' ';
    const more =
      index % 3 === 0 ? { extra: 'x'.repeat(index % 200), list: [index] } : { n: index / 4 };
    return JSON.stringify({
      timestamp: new Date(1587045600000 + index).toISOString(),
      index,
      ...more,
    });
  });
  return lines.join('\n');
}

function requestFor(path: string, name: string): StageRequest {
  const bytes = readFileSync(path).length;
  return {
    path,
    localPath: path,
    compression: 'none',
    dialect: { format: 'ndjson' },
    limits: defaultLimits,
    decodeLimits: defaultDecodeLimits,
    stage: {
      path: join(dir, `${name}.parquet`),
      timeLabels: ['timestamp'],
      weightLabels: [],
      units: new Map(),
      lengths: new Set(),
      set: new Map(),
      earliest: 0,
      latest: Number.MAX_SAFE_INTEGER,
    },
    rawStart: 0,
    rawEnd: bytes,
    skipRecords: 0,
    start: { line: 1, byteOffset: 0 },
    allowPartial: false,
  };
}

/** Labels and values of one row. */
type Cells = readonly (readonly [string, string])[];

async function rowsOf({ files }: StageOutcome): Promise<readonly Cells[]> {
  const rows: Cells[] = [];
  for (const { path, columns } of files) {
    const labels = new Map(columns.map(({ label }, index) => [`c${index}`, label]));
    for (const row of await parquetReadObjects({ file: await asyncBufferFromFile(path) })) {
      const named = Object.entries(row)
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]): [string, string] => [labels.get(name) ?? name, String(value)])
        .sort();
      rows.push(named);
    }
  }
  return rows;
}

/** A thread hands on bytes as plain arrays. */
function plainRejects({ rejects }: StageOutcome): readonly unknown[] {
  return rejects.rejects.map(({ raw, ...rest }) => ({ ...rest, raw: Buffer.from(raw).toString() }));
}

describe('workers', () => {
  it('give the same rows and rejects in the same order, however many they are', async () => {
    const path = join(dir, 'events.ndjson');
    writeFileSync(path, content());
    const never = new AbortController().signal;
    const seen = new Set<string>();
    for (const workers of [1, 2, 3, 7]) {
      const pool = createPool({ workerEntry, workers, minPartBytes: 1_000 });
      let bytes = 0;
      const outcome = await pool(requestFor(path, `w${workers}`), never, (read) => {
        bytes += read;
      });
      expect(bytes).toBe(readFileSync(path).length);
      expect(outcome.files).toHaveLength(workers);
      const { files, ...rest } = outcome;
      const digest = createHash('sha256')
        .update(JSON.stringify(await rowsOf(outcome)))
        .update(JSON.stringify(plainRejects(outcome)))
        .update(JSON.stringify({ ...rest, rejects: { ...rest.rejects, rejects: [] } }))
        .digest('hex');
      seen.add(digest);
      expect(outcome.rows + outcome.rejects.rejected + outcome.rejects.blank).toBe(3000);
      expect(outcome.rejects.rejects[3]?.line).toBe(3 * 97 + 5 + 1);
    }
    expect(seen.size).toBe(1);
  });

  it('read several files at a time, each as if it were alone', async () => {
    const path = join(dir, 'several.ndjson');
    writeFileSync(path, content());
    const never = new AbortController().signal;
    const whole = readFileSync(path).length;
    const pool = createPool({ workerEntry, workers: 2, minPartBytes: whole });
    const outcomes = await Promise.all(
      ['s0', 's1', 's2', 's3'].map((name) => pool(requestFor(path, name), never, () => {})),
    );
    const rows = await Promise.all(outcomes.map(rowsOf));
    expect(new Set(rows.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(new Set(outcomes.map((one) => JSON.stringify(plainRejects(one)))).size).toBe(1);
    const inWorkers = outcomes.filter(({ files }) => files[0]?.path.endsWith('-0.parquet'));
    expect(inWorkers).toHaveLength(3);
  });

  it('go on to the next part', async () => {
    const path = join(dir, 'parts.ndjson');
    writeFileSync(path, content());
    let started = 0;
    const count = () => {
      started += 1;
    };
    process.on('worker', count);
    const pool = createPool({ workerEntry, workers: 2, minPartBytes: 1_000 });
    const never = new AbortController().signal;
    const names = ['p0', 'p1', 'p2', 'p3'];
    await Promise.all(names.map((name) => pool(requestFor(path, name), never, () => {})));
    process.off('worker', count);
    expect(started).toBe(2);
  });

  it('read lines that lie across what is read at once', async () => {
    const path = join(dir, 'long.ndjson');
    const texts = Array.from({ length: 160 }, (_, index) => `${index}`.repeat(10_000 + index * 7));
    const lines = texts.map((text, index) =>
      JSON.stringify({ timestamp: 1587045600 + index, text }),
    );
    writeFileSync(path, lines.join('\n'));
    const request = requestFor(path, 'long');
    const outcome = await stageInput(request, new AbortController().signal, () => {});
    const found = (await rowsOf(outcome)).map((row) => new Map(row).get('text'));
    expect(found).toEqual(texts);
  });

  it('end a batch where the date changes, unless few rows are in it', async () => {
    const path = join(dir, 'dates.ndjson');
    const rowsOfDates = [8_200, 100, 9_000, 5];
    const lines = rowsOfDates.flatMap((rows, date) =>
      Array.from({ length: rows }, (_, n) => `{"timestamp":${1586995200 + date * 86_400 + n}}`),
    );
    writeFileSync(path, lines.join('\n'));
    const request = requestFor(path, 'dates');
    await stageInput(request, new AbortController().signal, () => {});
    const file = await asyncBufferFromFile(request.stage.path);
    const groups = (await parquetMetadataAsync(file)).row_groups;
    expect(groups.map(({ num_rows }) => Number(num_rows))).toEqual([8_200, 9_100, 5]);
  });

  it('give the fault of the part that failed', async () => {
    const path = join(dir, 'failed.ndjson');
    writeFileSync(path, content());
    const pool = createPool({ workerEntry, workers: 3, minPartBytes: 1_000 });
    const request = requestFor(path, 'nowhere/failed');
    const outcome = pool(request, new AbortController().signal, () => {});
    await expect(outcome).rejects.toMatchObject({ code: 'CC5005' });
  });

  it('stop when the ingest is aborted', async () => {
    const path = join(dir, 'aborted.ndjson');
    writeFileSync(path, content());
    const controller = new AbortController();
    const pool = createPool({ workerEntry, workers: 3, minPartBytes: 1_000 });
    const outcome = pool(requestFor(path, 'aborted'), controller.signal, () => {});
    controller.abort();
    await expect(outcome).rejects.toMatchObject({ name: 'AbortError' });
  });
});
