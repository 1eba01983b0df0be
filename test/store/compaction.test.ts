import { existsSync } from 'node:fs';
import { open, readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../src/delta/checkpoint.js';
import { listLog } from '../../src/delta/log.js';
import { cleanLog } from '../../src/delta/log-cleanup.js';
import { compactTask } from '../../src/store/compaction.js';
import { planCompaction } from '../../src/store/compaction-plan.js';
import { changeSettings, type Dataset, openDataset } from '../../src/store/dataset.js';
import { maintain } from '../../src/store/maintenance.js';
import { vacuum } from '../../src/store/vacuum.js';
import { append, ask, day, hour, newDataset, noAbort, stage, writer } from './staged.js';

const dayMs = 86_400_000;
const nowMs = day / 1000 + 10 * dayMs;
const columns = [
  { label: 'host.name', type: 'string' },
  { label: 'size', type: 'number' },
] as const;
const all = 'ts::VARCHAR, weight, batch, host_name, size, extra::VARCHAR';

/** A day of batches, each of the same instants, so that ties are met. */
async function batches(count: number, extra?: string): Promise<Dataset> {
  let dataset = await newDataset();
  for (let n = 0; n < count; n += 1) {
    const rows = Array.from({ length: 5 }, (_, row) => ({
      ts: day + Math.floor(row / 2) * hour,
      values: [`web-${n}-${row}`, n + row / 8],
      ...(extra === undefined || n % 2 === 0 ? {} : { extra }),
    }));
    const wide =
      n === count - 1 ? [...columns, { label: 'late', type: 'string' as const }] : columns;
    const values =
      wide.length === 3 ? rows.map((row) => ({ ...row, values: [...row.values, 'x'] })) : rows;
    const labels =
      extra === undefined || n % 2 === 0
        ? []
        : [{ label: 'odd', type: 'string' as const, valueCount: 5 }];
    const staged = [await stage(wide, values, labels)];
    dataset = (await append(dataset, { staged, batch: `b${n}`, roles: { host: ['host.name'] } }))
      .dataset;
  }
  return dataset;
}

function plan(dataset: Dataset, all = true) {
  return planCompaction(dataset.snapshot.files, { nowMs, all });
}

describe('compaction', () => {
  it('makes one file of a day, with every row as it was', async () => {
    const before = await batches(4, '{"odd":"1"}');
    const [task, ...others] = plan(before);
    expect(others).toEqual([]);
    if (task === undefined) throw new Error('nothing to merge');
    expect(task).toMatchObject({ date: '2020-04-16', rowCount: 20 });
    const outcome = await compactTask(before, task, { writer, nowMs }, noAbort);
    expect(outcome.kind).toBe('committed');
    const after = outcome.dataset;
    expect(after.snapshot.files.length).toBe(1);
    expect(await ask(after, all, 'ORDER BY ALL')).toEqual(await ask(before, all, 'ORDER BY ALL'));
    const [file] = after.snapshot.files;
    expect(file?.path).toMatch(/^date=2020-04-16\/c-/);
    expect(JSON.parse(file?.tags['coldcase.extra'] ?? '')).toEqual(['odd']);
    expect(JSON.parse(file?.stats ?? '')).toMatchObject({
      numRecords: 20,
      minValues: { host_name: 'web-0-0' },
      maxValues: { host_name: 'web-3-4' },
    });
    expect(plan(after)).toEqual([]);
    expect(await openDataset(after, writer)).toEqual(after);
  });

  it('sorts by time and keeps the order of equal instants', async () => {
    const before = await batches(3);
    const [task] = plan(before);
    if (task === undefined) throw new Error('nothing to merge');
    const { dataset } = await compactTask(before, task, { writer, nowMs }, noAbort);
    const order = task.files.map(({ path }) =>
      before.snapshot.files.findIndex((f) => f.path === path),
    );
    const expected = [0, 1, 2].flatMap((slot) =>
      order.flatMap((n) =>
        [0, 1, 2, 3, 4].filter((row) => Math.floor(row / 2) === slot).map((row) => [n, row]),
      ),
    );
    const hosts = (await ask(dataset, 'host_name')).map(([host]) =>
      String(host).split('-').slice(1).map(Number),
    );
    const byFile = await Promise.all(
      before.snapshot.files.map(async (file) => {
        const one = { ...before, snapshot: { ...before.snapshot, files: [file] } };
        return Number(String((await ask(one, 'min(host_name)'))[0]?.[0]).split('-')[1]);
      }),
    );
    expect(hosts).toEqual(expected.map(([n = 0, row]) => [byFile[n], row]));
  });

  it('refuses to make good what the disk changed', async () => {
    const dataset = await batches(3);
    const [task] = plan(dataset);
    if (task === undefined) throw new Error('nothing to merge');
    const path = join(dataset.tableDir, task.files[1]?.path ?? '');
    const handle = await open(path, 'r+');
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, 40);
    await handle.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 40);
    await handle.close();
    await expect(compactTask(dataset, task, { writer, nowMs }, noAbort)).rejects.toMatchObject({
      code: 'CC4003',
      params: { path, reason: 'its bytes are not those that were stored' },
    });
    expect((await openDataset(dataset, writer)).snapshot.version).toBe(dataset.snapshot.version);
  });

  it('gives way to another compaction, and not to a change of settings', async () => {
    const dataset = await batches(3);
    const [task] = plan(dataset);
    if (task === undefined) throw new Error('nothing to merge');
    await changeSettings(dataset, { keepDays: 5 }, nowMs);
    const first = await compactTask(dataset, task, { writer, nowMs }, noAbort);
    expect(first.kind).toBe('committed');
    expect(first.dataset.keepDays).toBe(5);
    const second = await compactTask(dataset, task, { writer, nowMs }, noAbort);
    expect(second.kind).toBe('overtaken');
    const files = await readdir(join(dataset.tableDir, 'date=2020-04-16'));
    expect(files.filter((name) => name.startsWith('c-')).length).toBe(1);
  });

  it('merges a day that is written to in tiers, and a quiet one whole', async () => {
    const dataset = await batches(3);
    const files = dataset.snapshot.files.map((file) => ({ ...file, modificationTime: nowMs }));
    expect(planCompaction(files, { nowMs, all: false })).toEqual([]);
    expect(planCompaction(files, { nowMs: nowMs + 3_600_000, all: false }).length).toBe(1);
    const file = (rows: number, n: number) => ({
      ...(files[0] ?? { path: '' }),
      path: `date=2020-04-16/a-${rows}-${n}.parquet`,
      stats: JSON.stringify({ numRecords: rows, minValues: {}, maxValues: {}, nullCount: {} }),
      modificationTime: nowMs,
    });
    const eight = Array.from({ length: 8 }, (_, n) => file(100, n));
    const larger = Array.from({ length: 7 }, (_, n) => file(5_000, n));
    const mixed = [...eight, ...larger] as typeof files;
    const tasks = planCompaction(mixed, { nowMs, all: false });
    expect(tasks.map(({ files: merged, rowCount }) => [merged.length, rowCount])).toEqual([
      [8, 800],
    ]);
    const whole = planCompaction(
      [file(400_000, 1), file(400_000, 2), file(400_000, 3)] as typeof files,
      { nowMs, all: true },
    );
    expect(whole.map(({ rowCount }) => rowCount)).toEqual([800_000]);
    const foreign = mixed.map(({ tags: _, ...rest }) => ({ ...rest, tags: {} }));
    expect(planCompaction(foreign, { nowMs, all: true })).toEqual([]);
  });
});

describe('maintenance', () => {
  it('keeps files few while batches come, and every row', async () => {
    let dataset = await newDataset();
    let merged = 0;
    const staged = [await stage(columns, [{ ts: day, values: ['a', 1] }])];
    for (let n = 0; n < 70; n += 1) {
      dataset = (await append(dataset, { staged, batch: `b${n}`, ingestedAt: nowMs * 1000 }))
        .dataset;
      const report = await maintain(dataset, { writer, nowMs, merge: true }, noAbort);
      expect(report.fault).toBeNull();
      merged += report.mergedCount;
      dataset = await openDataset(dataset, writer);
      expect(dataset.snapshot.files.length).toBeLessThan(16);
    }
    expect(merged).toBe(72);
    expect(await ask(dataset, 'count(*), count(DISTINCT batch)')).toEqual([['70', '70']]);
    const listing = await listLog(dataset.tableDir);
    expect(listing?.checkpoints).toEqual([50]);
  });
});

describe('vacuum and log clean-up', () => {
  it('removes merged files only when their time is over, whatever checkpoints came between', async () => {
    const before = await batches(3);
    const [task] = plan(before);
    if (task === undefined) throw new Error('nothing to merge');
    const { dataset } = await compactTask(before, task, { writer, nowMs }, noAbort);
    for (const file of before.snapshot.files) {
      await utimes(join(dataset.tableDir, file.path), 1, 1);
    }
    const at = (days: number) => ({ nowMs: nowMs + days * dayMs, graceMs: null, dryRun: false });
    await writeCheckpoint(dataset.tableDir, writer, nowMs);
    const settled = await changeSettings(dataset, { keepDays: 9 }, nowMs);
    await writeCheckpoint(settled.tableDir, writer, nowMs);
    expect(await vacuum(settled, writer, at(7))).toEqual({ removedCount: 0, removedBytes: 0 });
    const dry = await vacuum(settled, writer, { ...at(8), dryRun: true });
    expect(dry.removedCount).toBe(3);
    expect(existsSync(join(dataset.tableDir, task.files[0]?.path ?? ''))).toBe(true);
    expect(await vacuum(settled, writer, at(8))).toEqual(dry);
    expect(await ask(settled, 'count(*)')).toEqual([['15']]);
    expect(existsSync(join(dataset.tableDir, task.files[0]?.path ?? ''))).toBe(false);
  });

  it('removes orphans after a day', async () => {
    const { tableDir, ...dataset } = await batches(1);
    const orphan = join(
      tableDir,
      'date=2020-04-16',
      'a-00000000-0000-4000-8000-000000000001.parquet',
    );
    await (await open(orphan, 'w')).close();
    await utimes(orphan, nowMs / 1000 - 3_600, nowMs / 1000 - 3_600);
    const time = { nowMs, graceMs: null, dryRun: false };
    const table = { ...dataset, tableDir };
    expect((await vacuum(table, writer, time)).removedCount).toBe(0);
    await utimes(orphan, nowMs / 1000 - 90_000, nowMs / 1000 - 90_000);
    expect((await vacuum(table, writer, time)).removedCount).toBe(1);
  });

  it('removes what lies before an old checkpoint, and nothing without one', async () => {
    const dataset = await batches(3);
    const later = Date.now() + 8 * dayMs;
    expect(await cleanLog(dataset.snapshot, writer, later)).toBe(0);
    await writeCheckpoint(dataset.tableDir, writer, nowMs);
    expect(await cleanLog(dataset.snapshot, writer, Date.now())).toBe(0);
    expect(await cleanLog(dataset.snapshot, writer, later)).toBe(3);
    expect(await listLog(dataset.tableDir)).toMatchObject({ commits: [3], checkpoints: [3] });
    expect((await openDataset(dataset, writer)).snapshot.files.length).toBe(3);
  });
});
