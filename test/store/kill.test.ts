import { spawn } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import { openDataset } from '../../src/store/dataset.js';
import { knownSources } from '../../src/store/sources.js';
import { statusOf } from '../../src/store/status.js';
import { sweep } from '../../src/store/sweep.js';
import { vacuum } from '../../src/store/vacuum.js';
import { ask, day, hour, newDir, stage, writer } from './staged.js';

const root = new URL('../..', import.meta.url).pathname;
const rowsPerBatch = 6;
let script = '';
let stagedPath = '';

beforeAll(async () => {
  const work = await newDir();
  const rows = Array.from({ length: rowsPerBatch }, (_, n) => ({
    ts: day + n * 12 * hour,
    values: [n],
  }));
  stagedPath = join(work, 'staged.json');
  await writeFile(stagedPath, JSON.stringify(await stage([{ label: 'n', type: 'integer' }], rows)));
  script = join(work, 'ingester.mjs');
  await symlink(join(root, 'node_modules'), join(work, 'node_modules'));
  await build({
    entryPoints: [new URL('ingester.ts', import.meta.url).pathname],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});

interface Run {
  readonly storeDir: string;
  readonly batches: number;
  /** When to kill it: so long after so many acknowledged batches. */
  readonly kill: { readonly afterAcks: number; readonly delayMs: number } | null;
}

/** The batches one process said it stored. */
function ingest({ storeDir, batches, kill }: Run): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, storeDir, stagedPath, String(batches)], {
      // What is killed cannot tidy up.
      env: { ...process.env, TMPDIR: dirname(script) },
    });
    const acknowledged: number[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      acknowledged.push(...chunk.toString().trim().split('\n').map(Number));
      if (kill !== null && acknowledged.length >= kill.afterAcks) {
        setTimeout(() => child.kill('SIGKILL'), kill.delayMs);
      }
    });
    child.stderr.pipe(process.stderr);
    child.on('close', (code) => {
      if (code === 0 || kill !== null) resolve(acknowledged);
      else reject(new Error(`the ingester ended with ${code}`));
    });
  });
}

it('keeps every acknowledged batch, and each once, through kill -9', async () => {
  const place = { storeDir: await newDir(), name: 'events' };
  const batches = 60;
  const acknowledged: number[] = [];
  for (let round = 0; round < 12; round += 1) {
    // Delays step through an append, which takes some 40 ms here.
    const kill = { afterAcks: 1 + (round % 2), delayMs: (round * 7) % 45 };
    acknowledged.push(...(await ingest({ ...place, batches, kill })));
    const dataset = await openDataset(place, writer);
    const stored = knownSources(dataset.snapshot).map(({ sha256 }) => Number(`0x${sha256}`));
    for (const batch of acknowledged) expect(stored).toContain(batch);
    expect(statusOf(dataset).rowCount).toBe(stored.length * rowsPerBatch);
  }
  expect(acknowledged.length).toBeGreaterThan(11);
  expect(acknowledged.length).toBeLessThan(batches);
  await ingest({ ...place, batches, kill: null });
  const dataset = await openDataset(place, writer);
  expect(statusOf(dataset).sourceCount).toBe(batches);
  expect(await ask(dataset, 'count(*), count(DISTINCT batch)')).toEqual([
    [String(batches * rowsPerBatch), String(batches)],
  ]);
  const time = { nowMs: Date.now() + 1_000, graceMs: 0 };
  await sweep(dataset, time);
  await vacuum(dataset, writer, { ...time, dryRun: false });
  for (const left of [
    await sweep(dataset, time),
    await vacuum(dataset, writer, { ...time, dryRun: false }),
  ]) {
    expect(left).toEqual({ removedCount: 0, removedBytes: 0 });
  }
  expect(await ask(dataset, 'count(*)')).toEqual([[String(batches * rowsPerBatch)]]);
});

it('stores each batch once when several processes bring the same ones', async () => {
  const place = { storeDir: await newDir(), name: 'events' };
  const batches = 12;
  const run = { ...place, batches, kill: null };
  const acknowledged = (await Promise.all([run, run, run].map(ingest))).flat();
  expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: batches }, (_, n) => n));
  const dataset = await openDataset(place, writer);
  expect(dataset.snapshot.version).toBe(batches);
  expect(await ask(dataset, 'count(*), count(DISTINCT batch)')).toEqual([
    [String(batches * rowsPerBatch), String(batches)],
  ]);
});
