/** Small tables of plain files for the tests of the log. No data files, no engine. */
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddFile, CommitActions, Metadata } from '../../src/delta/action.js';
import { encodeCommit } from '../../src/delta/encode.js';
import { logDir, putIfAbsent } from '../../src/delta/log.js';
import type { CheckpointFiles } from '../../src/delta/ports.js';
import { ownProtocol } from '../../src/delta/protocol.js';

/** Keeps the actions of a checkpoint as the text they are. */
export const textCheckpoints: CheckpointFiles = {
  writeCheckpoint: async (ndjsonPath, checkpointPath) => {
    await cp(ndjsonPath, checkpointPath);
    return (await readFile(ndjsonPath, 'utf8')).trimEnd().split('\n').length;
  },
  readCheckpoint: async (checkpointPath) => {
    const text = await readFile(checkpointPath, 'utf8');
    return { actions: text, checksum: null, transactions: null };
  },
};

export const metadata: Metadata = {
  id: '4d2f6f0e-0000-4000-8000-000000000001',
  name: 'events',
  fields: [
    { name: 'ts', type: 'timestamp', nullable: true, metadata: {} },
    { name: 'n', type: 'long', nullable: true, metadata: { 'coldcase.name': 'a.n' } },
    { name: 'date', type: 'date', nullable: true, metadata: {} },
  ],
  partitionColumns: ['date'],
  configuration: {},
  createdTime: 0,
};

export function actions(part: Partial<CommitActions>): CommitActions {
  return {
    commitInfo: { timestamp: 1, operation: 'WRITE', engineInfo: 'test', operationParameters: {} },
    protocol: null,
    metadata: null,
    transactions: [],
    adds: [],
    removes: [],
    ...part,
  };
}

export const creation = actions({ protocol: ownProtocol, metadata });

export function add(path: string, part: Partial<AddFile> = {}): AddFile {
  return {
    path,
    partitionValues: { date: '2020-04-16' },
    size: 10,
    modificationTime: 1,
    dataChange: true,
    stats: null,
    tags: {},
    ...part,
  };
}

export function remove(path: string): CommitActions['removes'][number] {
  return {
    path,
    deletionTimestamp: 1,
    dataChange: true,
    partitionValues: { date: '2020-04-16' },
    size: 10,
  };
}

export async function emptyDir(): Promise<string> {
  return await mkdtemp(join(tmpdir(), 'coldcase-test-'));
}

/** A table with these commits, the first of them version 0. */
export async function tableOf(commits: readonly CommitActions[]): Promise<string> {
  const tableDir = await emptyDir();
  await mkdir(logDir(tableDir));
  for (const [version, commit] of commits.entries()) {
    await putIfAbsent(tableDir, version, encodeCommit(commit));
  }
  return tableDir;
}
