/** The built program on a store whose log begins with a checkpoint, as those of a week ago do. */
import { spawnSync } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { writeCheckpoint } from '../../src/delta/checkpoint.js';
import { commitPath } from '../../src/delta/log.js';
import { append, day, stage, writer } from '../store/staged.js';
import { appendBusyDay, makeSidecars, nowMs, store } from '../store/whole-store.js';

const cli = new URL('../../dist/cli.js', import.meta.url).pathname;
let storeDir = '';

/** Six small files, a large one with a census, and a hold. */
beforeAll(async () => {
  let dataset = await appendBusyDay(await store(), day);
  await makeSidecars(dataset);
  const columns = [{ label: 'host.name', type: 'string' }] as const;
  const staged = [await stage(columns, [{ ts: day, values: ['late'] }])];
  ({ dataset } = await append(dataset, { staged, batch: 'b9' }));
  await writeCheckpoint(dataset.tableDir, writer, nowMs);
  for (let version = 0; version <= dataset.snapshot.version; version += 1) {
    unlinkSync(commitPath(dataset.tableDir, version));
  }
  ({ storeDir } = dataset);
});

it.each([
  ['status', '21,121'],
  ['columns', 'host.name'],
  ['query --by host.name --since 2020-01-01', 'late'],
  ['query --window hold:case --calc count', 'count'],
  ['versions --window 2020-04-16', 'host'],
])('%s', (command, text) => {
  const args = [cli, ...command.split(' '), '--store', storeDir];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr.includes('error')], stderr).toEqual([0, false]);
  expect(stdout + stderr).toContain(text);
});
