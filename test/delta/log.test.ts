import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { listLog, logDir, putIfAbsent, readCommit } from '../../src/delta/log.js';
import { loadSnapshot } from '../../src/delta/snapshot.js';
import { creation, emptyDir, tableOf, textCheckpoints } from './table.js';

const processes = 4;
const commitsEach = 25;

it('loses no commit when several processes race for versions', async () => {
  const tableDir = await tableOf([creation]);
  const script = join(await emptyDir(), 'racer.mjs');
  await build({
    entryPoints: [new URL('racer.ts', import.meta.url).pathname],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const run = promisify(execFile);
  await Promise.all(
    Array.from({ length: processes }, (_, id) =>
      run(process.execPath, [script, tableDir, String(id), String(commitsEach)]),
    ),
  );
  const snapshot = await loadSnapshot(tableDir, textCheckpoints);
  expect(snapshot?.version).toBe(processes * commitsEach);
  const paths = new Set(snapshot?.files.map(({ path }) => path));
  for (let id = 0; id < processes; id += 1) {
    for (let n = 0; n < commitsEach; n += 1) expect(paths).toContain(`${id}-${n}.parquet`);
  }
  const names = await readdir(logDir(tableDir));
  expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
});

it('puts a version once and never overwrites it', async () => {
  const tableDir = await tableOf([creation]);
  expect(await putIfAbsent(tableDir, 1, '{"txn":{"appId":"first","version":1}}\n')).toBe(true);
  expect(await putIfAbsent(tableDir, 1, '{"txn":{"appId":"second","version":1}}\n')).toBe(false);
  expect((await readCommit(tableDir, 1))?.transactions[0]?.appId).toBe('first');
  expect(await readCommit(tableDir, 2)).toBeNull();
});

it('lists only names that are exactly those of the log', async () => {
  const tableDir = await tableOf([creation]);
  const stray = [
    '00000000000000000007.json#1',
    '.tmp-x',
    '7.json',
    '00000000000000000009.crc',
    '00000000000000000002.checkpoint.parquet',
    '00000000000000000003.checkpoint.0000000001.0000000002.parquet',
  ];
  for (const name of stray) await writeFile(join(logDir(tableDir), name), 'x');
  expect(await listLog(tableDir)).toEqual({
    commits: [0],
    checkpoints: [2],
    foreignCheckpoints: [3],
  });
  expect(await listLog(join(tableDir, 'nowhere'))).toBeNull();
});
