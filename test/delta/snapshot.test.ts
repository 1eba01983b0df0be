import { mkdir, readFile, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CommitActions, Snapshot } from '../../src/delta/action.js';
import { writeCheckpoint } from '../../src/delta/checkpoint.js';
import { encodeCommit } from '../../src/delta/encode.js';
import { checkpointPath, commitPath, listLog, logDir, putIfAbsent } from '../../src/delta/log.js';
import { cleanLog } from '../../src/delta/log-cleanup.js';
import { loadSnapshot, refreshSnapshot } from '../../src/delta/snapshot.js';
import { actions, add, creation, metadata, remove, tableOf, textCheckpoints } from './table.js';

const history: readonly CommitActions[] = [
  creation,
  actions({
    adds: [add('b'), add('a')],
    transactions: [{ appId: 'x', version: 1, lastUpdated: 3 }],
  }),
  actions({ removes: [remove('a')], adds: [add('c')] }),
  actions({ metadata: { ...metadata, configuration: { k: 'v' } } }),
];

async function load(tableDir: string): Promise<Snapshot> {
  const snapshot = await loadSnapshot(tableDir, textCheckpoints);
  if (snapshot === null) throw new Error('no table');
  return snapshot;
}

/** What a snapshot says, without the marks a checkpoint leaves on its adds. */
function content(snapshot: Snapshot) {
  const { version, protocol, metadata: meta, files, transactions } = snapshot;
  return {
    version,
    protocol,
    meta,
    files: files.map(({ dataChange: _, ...file }) => file),
    transactions: [...(transactions?.values() ?? [])],
  };
}

describe('snapshot', () => {
  it('replays the log in order', async () => {
    const snapshot = await load(await tableOf(history));
    expect(snapshot.version).toBe(3);
    expect(snapshot.files.map(({ path }) => path)).toEqual(['b', 'c']);
    expect(snapshot.metadata.configuration).toEqual({ k: 'v' });
    expect(snapshot.transactions?.get('x')?.version).toBe(1);
  });

  it('is the same from a checkpoint, with and without the commits below it', async () => {
    const tableDir = await tableOf(history);
    const plain = content(await load(tableDir));
    await writeCheckpoint(tableDir, textCheckpoints, 1);
    expect(content(await load(tableDir))).toEqual(plain);
    const next = actions({ adds: [add('d')] });
    await putIfAbsent(tableDir, 4, encodeCommit(next));
    const later = content(await load(tableDir));
    for (const version of [0, 1, 2]) await rm(commitPath(tableDir, version));
    expect(content(await load(tableDir))).toEqual(later);
    expect(later.files.map(({ path }) => path)).toEqual(['b', 'c', 'd']);
  });

  it('of the files alone knows no transactions, now and later, and says so', async () => {
    const tableDir = await tableOf(history);
    const plain = content(await load(tableDir));
    for (const checkpointed of [false, true]) {
      if (checkpointed) await writeCheckpoint(tableDir, textCheckpoints, 1);
      const snapshot = await loadSnapshot(tableDir, textCheckpoints, 'files');
      if (snapshot === null) throw new Error('no table');
      expect(snapshot.transactions).toBeNull();
      expect(content(snapshot)).toEqual({ ...plain, transactions: [] });
    }
    const before = await loadSnapshot(tableDir, textCheckpoints, 'files');
    const next = actions({ transactions: [{ appId: 'y', version: 1, lastUpdated: 3 }] });
    await putIfAbsent(tableDir, 4, encodeCommit(next));
    if (before === null) throw new Error('no table');
    const later = await refreshSnapshot(before);
    expect([later.version, later.transactions]).toEqual([4, null]);
    expect((await load(tableDir)).transactions?.size).toBe(2);
  });

  it('says where the newest checkpoint is, and needs nobody to say so', async () => {
    const tableDir = await tableOf(history);
    await writeCheckpoint(tableDir, textCheckpoints, 1);
    const pointer = join(logDir(tableDir), '_last_checkpoint');
    expect(JSON.parse(await readFile(pointer, 'utf8'))).toMatchObject({
      version: 3,
      size: 6,
      numOfAddFiles: 2,
    });
    const before = content(await load(tableDir));
    await writeFile(pointer, '{"version":');
    expect(content(await load(tableDir))).toEqual(before);
    await rm(pointer);
    expect(content(await load(tableDir))).toEqual(before);
  });

  it('passes over a broken checkpoint while the commits are there', async () => {
    const tableDir = await tableOf(history);
    const before = content(await load(tableDir));
    await writeCheckpoint(tableDir, textCheckpoints, 1);
    await truncate(checkpointPath(tableDir, 3), 40);
    expect(content(await load(tableDir))).toEqual(before);
    await rm(commitPath(tableDir, 0));
    await expect(load(tableDir)).rejects.toThrow(
      /00003\.checkpoint\.parquet is damaged: the checkpoint cannot be read and older commits/,
    );
  });

  it('keeps unexpired tombstones in a checkpoint and drops the others', async () => {
    const tableDir = await tableOf(history);
    const hasTombstone = async () =>
      (await readFile(checkpointPath(tableDir, 3), 'utf8')).includes('"remove"');
    await writeCheckpoint(tableDir, textCheckpoints, 1);
    expect(await hasTombstone()).toBe(true);
    await writeCheckpoint(tableDir, textCheckpoints, 8 * 86_400_000);
    expect(await hasTombstone()).toBe(false);
  });

  it('is cleaned up oldest first, and never behind an entry that stays', async () => {
    const tableDir = await tableOf(history);
    const snapshot = await load(tableDir);
    await writeCheckpoint(tableDir, textCheckpoints, 1);
    await rm(commitPath(tableDir, 1));
    await mkdir(commitPath(tableDir, 1));
    const later = Date.now() + 30 * 86_400_000;
    expect(await cleanLog(snapshot, textCheckpoints, later)).toBe(1);
    expect((await listLog(tableDir))?.commits).toEqual([1, 2, 3]);
    await rmdir(commitPath(tableDir, 1));
    expect(await cleanLog(snapshot, textCheckpoints, later)).toBe(1);
    expect((await listLog(tableDir))?.commits).toEqual([3]);
  });

  it('never takes a missing commit for the end', async () => {
    const tableDir = await tableOf(history);
    await rm(commitPath(tableDir, 2));
    await expect(load(tableDir)).rejects.toThrow(
      /00002\.json is damaged: it is missing, but later commits exist/,
    );
    await rm(commitPath(tableDir, 0));
    await expect(load(tableDir)).rejects.toThrow(
      /00000\.json is damaged: it is missing, and there is no checkpoint/,
    );
  });

  it('names the damaged file', async () => {
    const tableDir = await tableOf(history);
    await truncate(commitPath(tableDir, 2), 30);
    await expect(load(tableDir)).rejects.toThrow(
      `${commitPath(tableDir, 2)} is damaged: a line is not whole JSON`,
    );
  });

  it('refreshes by what is new, and is null without a table', async () => {
    const tableDir = await tableOf(history.slice(0, 2));
    const old = await load(tableDir);
    expect(await refreshSnapshot(old)).toBe(old);
    await putIfAbsent(tableDir, 2, encodeCommit(actions({ adds: [add('z')] })));
    const fresh = await refreshSnapshot(old);
    expect(fresh.files.map(({ path }) => path)).toEqual(['a', 'b', 'z']);
    expect(old.files.map(({ path }) => path)).toEqual(['a', 'b']);
    expect(await loadSnapshot(join(tableDir, 'nowhere'), textCheckpoints)).toBeNull();
  });
});

describe('refusal', () => {
  it.each([
    [{ protocol: { minReaderVersion: 2, minWriterVersion: 5 } }, 'reader version 2'],
    [
      {
        protocol: {
          minReaderVersion: 3,
          minWriterVersion: 7,
          readerFeatures: ['deletionVectors'],
        },
      },
      'reader version 3 (deletionVectors)',
    ],
    [
      { metadata: { ...metadata, configuration: { 'delta.columnMapping.mode': 'name' } } },
      'columnMapping',
    ],
  ])('does not read what it does not know: %j', async (part, feature) => {
    const tableDir = await tableOf([creation, actions(part)]);
    await expect(load(tableDir)).rejects.toThrow(
      `${tableDir} uses the Delta feature ${feature}, which this version does not know`,
    );
  });

  it('does not read checkpoints of several parts unless the commits are all there', async () => {
    const tableDir = await tableOf(history);
    const part = '00000000000000000003.checkpoint.0000000001.0000000002.parquet';
    await writeFile(join(logDir(tableDir), part), '');
    expect((await load(tableDir)).version).toBe(3);
    await rm(commitPath(tableDir, 0));
    await expect(load(tableDir)).rejects.toThrow(/checkpoints of several parts/);
  });
});
