import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../src/delta/checkpoint.js';
import { commit } from '../../src/delta/commit.js';
import { commitPath, readCommit } from '../../src/delta/log.js';
import { parseStats } from '../../src/delta/stats.js';
import { appendBatch } from '../../src/store/append.js';
import { checksumTag, extraTag, removeUncommitted } from '../../src/store/data-file.js';
import { changeSettings, type Dataset, openDataset } from '../../src/store/dataset.js';
import type { DataFileWriter, WrittenFile } from '../../src/store/ports.js';
import { selectFiles } from '../../src/store/select-files.js';
import { sourceKnown } from '../../src/store/sources.js';
import { statusOf } from '../../src/store/status.js';
import { actions } from '../delta/table.js';
import {
  append,
  ask,
  day,
  hour,
  newDataset,
  noAbort,
  request,
  sha,
  source,
  stage,
  writer,
} from './staged.js';

const twoDays = [
  { ts: day + hour, values: ['web-1', 500] },
  { ts: day + 25 * hour, values: ['web-2', 200] },
];
const hostStatus = [
  { label: 'host.name', type: 'string' },
  { label: 'status', type: 'integer' },
] as const;

async function dataFiles(dataset: Dataset): Promise<string[]> {
  const names = await readdir(dataset.tableDir, { recursive: true });
  return names.filter((name) => name.endsWith('.parquet') && name.startsWith('date=')).sort();
}

/** A snapshot with its transactions as a list, however they are held. */
function said({ snapshot }: Dataset) {
  const transactions = [...(snapshot.transactions?.values() ?? [])];
  return {
    ...snapshot,
    transactions: transactions.sort((a, b) => (a.appId < b.appId ? -1 : 1)),
  };
}

describe('append', () => {
  it('makes one commit with columns, statistics, roles and sources', async () => {
    const dataset = await newDataset();
    const { dataset: after, newColumns } = await append(dataset, {
      staged: [await stage(hostStatus, twoDays)],
      sources: [source({ sha256: sha('a') })],
      roles: { host: ['host.name'], status: ['status'] },
      report: { read: '2' },
    });
    expect(after.snapshot.version).toBe(1);
    expect(newColumns.map(({ name, label, type }) => [name, label, type])).toEqual([
      ['host_name', 'host.name', 'string'],
      ['status', 'status', 'integer'],
    ]);
    expect(after.roles).toEqual({ host: ['host.name'], status: ['status'] });
    expect(sourceKnown(after.snapshot, sha('a'))).toEqual(source({ sha256: sha('a') }));
    const [first] = after.snapshot.files;
    expect(parseStats(first?.stats ?? null)).toEqual({
      numRecords: 1,
      minValues: { ts: '2020-04-16T01:00:00.000000Z', weight: 1, host_name: 'web-1', status: 500 },
      maxValues: { ts: '2020-04-16T01:00:00.000000Z', weight: 1, host_name: 'web-1', status: 500 },
      nullCount: { ts: 0, weight: 0, host_name: 0, status: 0 },
    });
    const info = (await readCommit(after.tableDir, 1))?.commitInfo;
    expect(info?.operationParameters).toEqual({ read: '2', batch: 'b1' });
    expect(await openDataset(after, writer)).toEqual(after);
    expect(await ask(after, 'host_name, status, batch', 'ORDER BY ts')).toEqual([
      ['web-1', '500', 'b1'],
      ['web-2', '200', 'b1'],
    ]);
  });

  it('keeps files private and says what their bytes are', async () => {
    const { dataset } = await append(await newDataset(), {
      staged: [await stage(hostStatus, twoDays)],
    });
    for (const file of dataset.snapshot.files) {
      const path = join(dataset.tableDir, file.path);
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      expect(file.tags[checksumTag]).toBe(hash);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
      expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700);
    }
  });

  it('keeps a type for life and sends other values to extra', async () => {
    const { dataset } = await append(await newDataset(), {
      staged: [await stage(hostStatus, twoDays)],
      roles: { status: ['status'] },
    });
    const later = [{ ts: day + 2 * hour, values: ['web-3', 'teapot'] }];
    const text = [hostStatus[0], { label: 'status', type: 'string' }] as const;
    const outcome = await append(dataset, { staged: [await stage(text, later)] });
    expect(outcome.newColumns).toEqual([]);
    expect(outcome.extras).toEqual([{ label: 'status', valueCount: 1, why: 'type' }]);
    const files = outcome.dataset.snapshot.files.filter((file) => extraTag in file.tags);
    expect(files.map((file) => file.tags[extraTag])).toEqual(['["status"]']);
    expect(await ask(outcome.dataset, "extra['status']", 'WHERE extra IS NOT NULL')).toEqual([
      ['"teapot"'],
    ]);
    const ranges = selectFiles(outcome.dataset, null, [
      { kind: 'in', label: 'status', values: [404] },
    ]);
    expect(ranges.files).toEqual(files);
  });

  it('bounds strings of any characters', async () => {
    const hosts = ['ünï', '😀', 'back\\slash', 'quote"', "it's", 'a\u0001b', 'z'.repeat(300)];
    for (const host of hosts) {
      const staged = [await stage([hostStatus[0]], [{ ts: day, values: [host] }])];
      const { dataset } = await append(await newDataset(), {
        staged,
        roles: { host: ['host.name'] },
      });
      const found = selectFiles(dataset, null, [
        { kind: 'in', label: 'host.name', values: [host] },
      ]);
      expect(found.files.length, host).toBe(1);
      const other = selectFiles(dataset, null, [
        { kind: 'in', label: 'host.name', values: ['nobody'] },
      ]);
      expect(other.files.length, host).toBe(0);
    }
  });

  it('finds the files of a window and knows what is kept', async () => {
    const rows = [0, 1, 4].map((days) => ({ ts: day + days * 24 * hour, values: ['w', 1] }));
    const { dataset } = await append(await newDataset(), {
      staged: [await stage(hostStatus, rows)],
    });
    const window = { start: day + 24 * hour, end: day + 48 * hour };
    expect(selectFiles(dataset, window, [])).toMatchObject({
      files: [{ partitionValues: { date: '2020-04-17' } }],
      prunedCount: 2,
    });
    expect(statusOf(dataset)).toMatchObject({
      version: 1,
      fileCount: 3,
      rowCount: 3,
      foreignFileCount: 0,
      span: { start: day, end: day + 96 * hour + 1 },
      gaps: [{ start: day + 48 * hour, end: day + 96 * hour }],
      columnCount: 2,
    });
  });

  it('takes a batch without rows, so that its sources are known', async () => {
    const { dataset } = await append(await newDataset(), {
      sources: [source({ sha256: sha('e'), readCount: 0 })],
    });
    expect(dataset.snapshot.files).toEqual([]);
    expect(sourceKnown(dataset.snapshot, sha('e'))?.readCount).toBe(0);
  });

  it('writes a checkpoint at every fiftieth version', async () => {
    let dataset = await newDataset();
    for (let n = 1; n <= 50; n += 1) {
      const { dataset: next, checkpointFault } = await append(dataset, {
        sources: [source({ sha256: sha('0').slice(4) + String(n).padStart(4, '0') })],
      });
      expect(checkpointFault).toBeNull();
      dataset = next;
    }
    const names = await readdir(join(dataset.tableDir, '_delta_log'));
    expect(names).toContain('00000000000000000050.checkpoint.parquet');
    expect(names).toContain('_last_checkpoint');
    expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
    const opened = await openDataset(dataset, writer);
    expect({ ...opened, snapshot: said(opened) }).toEqual({ ...dataset, snapshot: said(dataset) });
  });
});

describe('append against others', () => {
  it('reads a table whose files another tool removed and added', async () => {
    const { dataset } = await append(await newDataset(), {
      staged: [await stage(hostStatus, twoDays)],
      sources: [source({ sha256: sha('a') }), source({ sha256: sha('a') })],
    });
    const [gone, kept] = dataset.snapshot.files;
    if (gone === undefined || kept === undefined) throw new Error('two files');
    const { path, partitionValues, size } = gone;
    const foreign = { ...gone, path: 'part 1 %.parquet', stats: null, tags: {} };
    await commit({
      snapshot: dataset.snapshot,
      actions: actions({
        removes: [{ path, partitionValues, size, deletionTimestamp: 1_000, dataChange: true }],
        adds: [foreign],
      }),
      overlaps: async () => false,
    });
    const plain = await openDataset(dataset, writer);
    expect(plain.snapshot.files.map((file) => file.path)).toEqual([kept.path, foreign.path]);
    expect(statusOf(plain)).toMatchObject({ rowCount: null, foreignFileCount: 1 });
    const never = { start: day + 1_000 * hour, end: day + 1_001 * hour };
    expect(selectFiles(plain, never, []).files.map((file) => file.path)).toEqual([foreign.path]);
    await writeCheckpoint(dataset.tableDir, writer, 2_000);
    for (const version of [0, 1, 2]) await rm(commitPath(dataset.tableDir, version));
    const marked = plain.snapshot.files.map((file) => ({ ...file, dataChange: false }));
    const opened = await openDataset(dataset, writer);
    expect(said(opened)).toEqual({ ...said(plain), files: marked });
  });

  it('plans again when another writer brought columns', async () => {
    const dataset = await newDataset();
    const text = [hostStatus[0], { label: 'status', type: 'string' }] as const;
    await append(dataset, {
      staged: [await stage(text, [{ ts: day, values: ['web-9', 'fine'] }])],
    });
    const outcome = await append(dataset, { staged: [await stage(hostStatus, twoDays)] });
    expect(outcome.dataset.snapshot.version).toBe(2);
    expect(outcome.newColumns).toEqual([]);
    expect(outcome.extras).toEqual([{ label: 'status', valueCount: 2, why: 'type' }]);
    expect((await dataFiles(dataset)).length).toBe(outcome.dataset.snapshot.files.length);
  });

  it('keeps settings that changed meanwhile', async () => {
    const dataset = await newDataset();
    await changeSettings(dataset, { bad: 'status = 401', roles: { host: ['pod'] } }, 5);
    const outcome = await append(dataset, {
      staged: [await stage(hostStatus, twoDays)],
      roles: { host: ['host.name'] },
    });
    expect(outcome.dataset.bad).toBe('status = 401');
    expect(outcome.dataset.roles).toEqual({ host: ['pod', 'host.name'] });
    expect(outcome.dataset.keepDays).toBe(60);
  });

  const ours = source({ sha256: sha('a'), bytes: 100 });
  it.each([
    [
      'the same bytes from another path',
      source({ sha256: sha('a'), pathHash: 'ffffffffffff' }),
      true,
    ],
    ['the start of our file', source({ sha256: sha('b'), bytes: 50 }), true],
    ['a start that only looks alike', source({ sha256: sha('c'), bytes: 51 }), false],
    ['a later state of our file', source({ sha256: sha('d'), bytes: 500 }), true],
    ['another file', source({ sha256: sha('e'), pathHash: 'ffffffffffff', bytes: 500 }), false],
  ])('stores nothing twice: %s', async (_, theirs, overlaps) => {
    const dataset = await newDataset();
    await append(dataset, { sources: [theirs] });
    const outcome = await appendBatch(
      request(dataset, {
        staged: [await stage(hostStatus, twoDays)],
        sources: [ours],
        startsWith: async (_source, start) => start.sha256 === sha('b'),
      }),
      writer,
      noAbort,
    );
    expect(outcome.kind).toBe(overlaps ? 'overlap' : 'committed');
    expect(outcome.dataset.snapshot.files.length).toBe(overlaps ? 0 : 2);
    expect((await dataFiles(dataset)).length).toBe(overlaps ? 0 : 2);
  });
});

describe('append that fails', () => {
  it('never removes a file that a commit names, however it failed', async () => {
    const before = await newDataset();
    const written: WrittenFile[] = [];
    const watched: DataFileWriter = {
      ...writer,
      write: async (wanted, signal) => {
        written.push(...(await writer.write(wanted, signal)));
        return written;
      },
    };
    const staged = [await stage(hostStatus, twoDays)];
    await appendBatch(request(before, { staged }), watched, noAbort);
    await removeUncommitted(before, written);
    expect((await dataFiles(before)).length).toBe(2);
    await truncate(join(before.tableDir, '_delta_log', '00000000000000000001.json'), 20);
    await removeUncommitted(before, written);
    expect((await dataFiles(before)).length).toBe(2);
  });

  it('leaves nothing when it is aborted before the commit', async () => {
    const dataset = await newDataset();
    const controller = new AbortController();
    const late: DataFileWriter = {
      ...writer,
      write: async (wanted, signal) => {
        const files = await writer.write(wanted, signal);
        controller.abort(new Error('interrupted'));
        return files;
      },
    };
    const staged = [await stage(hostStatus, twoDays)];
    await expect(
      appendBatch(request(dataset, { staged }), late, controller.signal),
    ).rejects.toThrow('interrupted');
    expect(await dataFiles(dataset)).toEqual([]);
    expect((await openDataset(dataset, writer)).snapshot.version).toBe(0);
  });

  it('refuses fewer rows than were accepted', async () => {
    const dataset = await newDataset();
    const staged = [await stage(hostStatus, twoDays)];
    await expect(
      appendBatch(request(dataset, { staged, rowCount: 3 }), writer, noAbort),
    ).rejects.toThrow('2 rows were written, 3 were accepted');
    expect(await dataFiles(dataset)).toEqual([]);
  });

  it('refuses a file that is not what was written', async () => {
    const dataset = await newDataset();
    const lying: DataFileWriter = {
      ...writer,
      write: async (wanted, signal) =>
        (await writer.write(wanted, signal)).map((file) => ({ ...file, bytes: file.bytes + 1 })),
    };
    const staged = [await stage(hostStatus, twoDays)];
    const failed = appendBatch(request(dataset, { staged }), lying, noAbort);
    await expect(failed).rejects.toMatchObject({ code: 'CC4003' });
    expect(await dataFiles(dataset)).toEqual([]);
  });
});
