/**
 * What a store is like after many small ingests: few files, a bounded log, an opening that reads
 * what a question needs, and answers that no merge changed. COLDCASE_INGESTS sets how many (400,
 * an hour apart); from 10,000 on they are five minutes apart.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkpointInterval } from '../../src/delta/checkpoint.js';
import { listLog } from '../../src/delta/log.js';
import type { CheckpointFiles } from '../../src/delta/ports.js';
import { openDataset } from '../../src/store/dataset.js';
import {
  closeEngine,
  eventsPerIngest,
  type Filled,
  groupOf,
  ingestMany,
  startMs,
  writer,
} from './many-ingests.js';
import { run } from './store-process.js';

const count = Number(process.env.COLDCASE_INGESTS ?? 400);
const everyMs = count < 10_000 ? 3_600_000 : 300_000;
const dayMs = 86_400_000;
const perDay = dayMs / everyMs;
const days = Math.ceil(count / perDay);
/** What is kept of the past, in ingests: seven days, and the day a clean-up may be late. */
const keptIngests = 8 * perDay;
const dir = mkdtempSync(join(tmpdir(), 'coldcase-many-'));
const store = join(dir, 'store');
const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
const nowText = new Date(startMs + count * everyMs).toISOString();
let filled: Filled;

beforeAll(async () => {
  filled = await ingestMany(dir, { from: 0, to: count, everyMs });
}, 7_200_000);

afterAll(async () => {
  await closeEngine();
  rmSync(dir, { recursive: true, force: true });
});

/** The rows of a breakdown over all of time, as the program writes them. */
function breakdown(calculations: string): string {
  const args = ['query', '--by', 'host,version,status', '--calc', calculations, '--format', 'csv'];
  const place = ['--store', store, '--now', nowText, '--since', '2020-01-01'];
  const { stdout, stderr, status } = spawnSync(process.execPath, [cli, ...args, ...place], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

function expectedCounts(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (let index = 0; index < count * eventsPerIngest; index += 1) {
    const key = groupOf(index);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

describe(`${count} ingests in ${days} days`, () => {
  it('leave few data files, and a log of the last week', async () => {
    const { dataset, mostFiles } = filled;
    expect(mostFiles).toBeLessThan(200);
    expect(dataset.snapshot.files.length).toBeLessThan(days + 25);
    expect(dataset.snapshot.transactions?.size).toBe(count);
    const listing = await listLog(dataset.tableDir);
    const commits = listing?.commits ?? [];
    const checkpoints = listing?.checkpoints ?? [];
    // An ingest is one commit, and every eighth brings a merge with it.
    expect(commits.length).toBeLessThan(keptIngests * 1.25 + 2 * checkpointInterval);
    expect(checkpoints.length).toBeLessThan(commits.length / checkpointInterval + 3);
    const onDisk = readdirSync(dataset.tableDir, { recursive: true }).filter((name) =>
      String(name).endsWith('.parquet'),
    );
    expect(onDisk.length).toBeLessThan(days + checkpoints.length + keptIngests * 1.4 + 60);
    process.stdout.write(
      `${count} ingests: ${mostFiles} files at most, ${dataset.snapshot.files.length} in the end, ` +
        `version ${dataset.snapshot.version}, ${commits.length} log entries, ` +
        `${checkpoints.length} checkpoints, ${onDisk.length} Parquet files on disk\n`,
    );
  });

  it('are opened by reading the live files and the newest commits', async () => {
    const read: string[] = [];
    const counting: CheckpointFiles = {
      ...writer,
      readCheckpoint: async (path, parts) => {
        const text = await writer.readCheckpoint(path, parts);
        read.push(text.actions);
        return text;
      },
    };
    const place = { storeDir: store, name: 'events' };
    const opened = await openDataset(place, counting, 'files');
    const [text = '', ...others] = read;
    expect(others).toEqual([]);
    // Protocol and schema, and no line for a source that was ingested.
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(2 + filled.mostFiles);
    expect(opened.snapshot.files).toEqual(filled.dataset.snapshot.files);
    const listing = await listLog(opened.tableDir);
    expect(opened.snapshot.version - (listing?.checkpoints.at(-1) ?? 0)).toBeLessThanOrEqual(
      2 * checkpointInterval,
    );
    const times: number[] = [];
    for (let again = 0; again < 9; again += 1) {
      const begun = performance.now();
      await openDataset(place, writer, 'files');
      times.push(performance.now() - begun);
    }
    const median = times.sort((a, b) => a - b)[4] ?? 0;
    process.stdout.write(`opened in ${median.toFixed(1)} ms, ${text.length} characters read\n`);
  });

  it('answer by host, version and status as the events say, before and after a merge', () => {
    const counts = breakdown('count');
    const [, ...lines] = counts.trimEnd().split('\n');
    const found = lines.map((line) => [line.slice(0, line.lastIndexOf(',')), line]);
    expect(new Map(found.map(([key, line]) => [key, Number(line?.split(',').at(-1))]))).toEqual(
      expectedCounts(),
    );
    const calculations = 'count,sum(duration),p95(duration),max(duration)';
    const before = breakdown(calculations);
    expect(run(store, 'compact', '--now', nowText).status).toBe(0);
    expect(breakdown(calculations)).toBe(before);
    expect(breakdown('count')).toBe(counts);
    expect(run(store, 'verify', '--now', nowText).document).toMatchObject({ whole: true });
  });
});
