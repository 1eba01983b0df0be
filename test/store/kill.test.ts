import { spawn } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { openDataset } from '../../src/store/dataset.js';
import { knownSources } from '../../src/store/sources.js';
import { statusOf } from '../../src/store/status.js';
import { sweep } from '../../src/store/sweep.js';
import { ask, day, hour, newDir, stage, writer } from './staged.js';

const root = new URL('../..', import.meta.url).pathname;
const batches = 60;
const kills = 12;
const rowsPerBatch = 6;

it('keeps every acknowledged batch, and each once, through kill -9', async () => {
  const [storeDir, work] = [await newDir(), await newDir()];
  const rows = Array.from({ length: rowsPerBatch }, (_, n) => ({
    ts: day + n * 12 * hour,
    values: [n],
  }));
  const stagedPath = join(work, 'staged.json');
  await writeFile(stagedPath, JSON.stringify(await stage([{ label: 'n', type: 'integer' }], rows)));
  const script = join(work, 'killed.mjs');
  await symlink(join(root, 'node_modules'), join(work, 'node_modules'));
  await build({
    entryPoints: [new URL('killed.ts', import.meta.url).pathname],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });

  const acknowledged: number[] = [];
  const place = { storeDir, name: 'events' };
  const run = (killAfterAcks: number | null, delayMs: number) =>
    new Promise<void>((resolve) => {
      const child = spawn(process.execPath, [script, storeDir, stagedPath, String(batches)]);
      let acks = 0;
      child.stdout.on('data', (chunk: Buffer) => {
        const numbers = chunk.toString().trim().split('\n').map(Number);
        acknowledged.push(...numbers);
        acks += numbers.length;
        if (killAfterAcks !== null && acks >= killAfterAcks) {
          setTimeout(() => child.kill('SIGKILL'), delayMs);
        }
      });
      child.on('close', () => resolve());
    });
  for (let round = 0; round < kills; round += 1) {
    // Delays step through an append, which takes some 40 ms here.
    await run(1 + (round % 2), (round * 7) % 45);
    const dataset = await openDataset(place, writer);
    const stored = knownSources(dataset.snapshot).map(({ sha256 }) => Number(`0x${sha256}`));
    for (const batch of acknowledged) expect(stored).toContain(batch);
    expect(statusOf(dataset).rowCount).toBe(stored.length * rowsPerBatch);
  }
  expect(acknowledged.length).toBeLessThan(batches);
  await run(null, 0);
  const dataset = await openDataset(place, writer);
  expect(statusOf(dataset).sourceCount).toBe(batches);
  expect(await ask(dataset, 'count(*), count(DISTINCT batch)')).toEqual([
    [String(batches * rowsPerBatch), String(batches)],
  ]);
  const nowMs = Date.now() + 1_000;
  await sweep(dataset, { nowMs, graceMs: 0 });
  expect(await sweep(dataset, { nowMs, graceMs: 0 })).toEqual({ removedCount: 0, removedBytes: 0 });
  expect(await ask(dataset, 'count(*)')).toEqual([[String(batches * rowsPerBatch)]]);
});
