import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeCommit } from '../../src/delta/encode.js';
import { putIfAbsent } from '../../src/delta/log.js';
import {
  changeSettings,
  initDataset,
  listDatasets,
  openDataset,
  openOrInitDataset,
} from '../../src/store/dataset.js';
import { makeRejectsDir, makeStagingDir } from '../../src/store/layout.js';
import { sweep } from '../../src/store/sweep.js';
import { vacuum } from '../../src/store/vacuum.js';
import { actions, metadata, tableOf } from '../delta/table.js';
import { append, ask, day, newDataset, newDir, stage, writer } from './staged.js';

describe('dataset', () => {
  it('starts empty with the defaults, private, and once', async () => {
    const storeDir = join(await newDir(), 'a', 'store');
    const place = { storeDir, name: 'events' };
    await expect(openDataset(place, writer)).rejects.toThrow(
      `${storeDir} is not a coldcase store (no events/_delta_log)`,
    );
    await initDataset(place, 5);
    const dataset = await openDataset(place, writer);
    expect(dataset).toMatchObject({
      schema: [],
      roles: {},
      bad: 'status >= 500',
      keepDays: 60,
      snapshot: { version: 0, protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    });
    expect(dataset.snapshot.metadata.fields.map(({ name }) => name)).toEqual([
      'ts',
      'ingested_at',
      'weight',
      'batch',
      'extra',
      'date',
    ]);
    for (const dir of [storeDir, dataset.tableDir, join(dataset.tableDir, '_delta_log')]) {
      expect((await stat(dir)).mode & 0o777).toBe(0o700);
    }
    await expect(initDataset(place, 6)).rejects.toThrow(
      `${dataset.tableDir} already holds a store`,
    );
    expect(await openOrInitDataset(place, writer, 7)).toEqual(dataset);
    expect(await listDatasets(storeDir)).toEqual(['events']);
  });

  it('is made once when several make it at the same time', async () => {
    const place = { storeDir: await newDir(), name: 'events' };
    const made = await Promise.allSettled([1, 2, 3, 4].map((now) => initDataset(place, now)));
    expect(made.filter(({ status }) => status === 'fulfilled').length).toBe(1);
    expect((await openOrInitDataset(place, writer, 9)).snapshot.version).toBe(0);
  });

  it.each(['', '.', '..', 'A', '../x', 'a/b', '_x', 'x'.repeat(65)])(
    'is never called %j',
    async (name) => {
      const storeDir = await newDir();
      await expect(initDataset({ storeDir, name }, 1)).rejects.toThrow(
        'option --dataset: expected',
      );
    },
  );

  it('keeps changed settings and columns apart from each other', async () => {
    const staged = [await stage([{ label: 'a b', type: 'integer' }], [{ ts: day, values: [1] }])];
    const { dataset } = await append(await newDataset(), { staged });
    const changed = await changeSettings(dataset, { keepDays: 90, roles: { host: ['a b'] } }, 9);
    expect(changed).toMatchObject({ keepDays: 90, bad: 'status >= 500', roles: { host: ['a b'] } });
    expect(changed.schema).toEqual([{ name: 'a_b', label: 'a b', type: 'integer', unit: null }]);
    expect(changed.snapshot.metadata.configuration['delta.dataSkippingStatsColumns']).toBe(
      'ts,weight,a_b',
    );
    expect(await openDataset(dataset, writer)).toEqual(changed);
  });

  it('refuses a table that coldcase did not make, or a later coldcase', async () => {
    const tableDir = await tableOf([]);
    const place = { storeDir: join(tableDir, '..'), name: 'x' };
    for (const [configuration, feature] of [
      [{}, 'a table without coldcase.format'],
      [{ 'coldcase.format': '2' }, 'format 2'],
    ] as const) {
      const storeDir = await newDir();
      await initDataset({ storeDir, name: 'x' }, 1);
      const changed = actions({ metadata: { ...metadata, configuration } });
      await putIfAbsent(join(storeDir, 'x'), 1, encodeCommit(changed));
      await expect(openDataset({ ...place, storeDir }, writer)).rejects.toThrow(
        `${join(storeDir, 'x')} uses the Delta feature ${feature},`,
      );
    }
  });
});

describe('sweep', () => {
  it('removes old leftovers and nothing else', async () => {
    const staged = [await stage([{ label: 'a', type: 'integer' }], [{ ts: day, values: [1] }])];
    const { dataset } = await append(await newDataset(), { staged });
    const { tableDir } = dataset;
    const nowMs = 1_700_000_000_000;
    const old = new Date(nowMs - 100_000);
    const young = new Date(nowMs - 10_000);
    const put = async (path: string, time: Date) => {
      await mkdir(join(tableDir, path, '..'), { recursive: true });
      await writeFile(join(tableDir, path), 'leftover');
      await utimes(join(tableDir, path), time, time);
    };
    const uuid = '00000000-0000-4000-8000-00000000000';
    await put(`date=2020-04-16/a-${uuid}1.parquet`, old);
    await put(`date=2020-04-16/a-${uuid}2.parquet`, young);
    await put('date=2020-04-16/notes.txt', old);
    await put('_delta_log/.tmp-1', old);
    await put('_delta_log/.tmp-2', young);
    const staging = await makeStagingDir(tableDir);
    await utimes(staging, old, old);
    await makeStagingDir(tableDir);
    await writeFile(join(await makeRejectsDir(tableDir), 'r.ndjson'), '');
    for (const file of dataset.snapshot.files) await utimes(join(tableDir, file.path), old, old);

    const swept = await sweep(dataset, { nowMs, graceMs: 50_000 });
    expect(swept.removedCount).toBe(2);
    const vacuumed = await vacuum(dataset, writer, { nowMs, graceMs: 50_000, dryRun: false });
    expect(vacuumed.removedCount).toBe(1);
    const left = await readdir(tableDir, { recursive: true });
    expect(left).toContain(`date=2020-04-16/a-${uuid}2.parquet`);
    expect(left).not.toContain(`date=2020-04-16/a-${uuid}1.parquet`);
    expect(left).toContain('date=2020-04-16/notes.txt');
    expect(left).toContain('_delta_log/.tmp-2');
    expect(left).not.toContain('_delta_log/.tmp-1');
    expect((await readdir(join(tableDir, '_staging'))).length).toBe(1);
    expect(left).toContain('_rejects/r.ndjson');
    expect(await ask(dataset, 'count(*)')).toEqual([['1']]);
  });
});
