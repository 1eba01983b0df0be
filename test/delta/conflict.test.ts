import { describe, expect, it } from 'vitest';
import type { CommitActions, Snapshot } from '../../src/delta/action.js';
import { commit } from '../../src/delta/commit.js';
import { judgeConflict } from '../../src/delta/conflict.js';
import { encodeCommit } from '../../src/delta/encode.js';
import { putIfAbsent } from '../../src/delta/log.js';
import { ownProtocol } from '../../src/delta/protocol.js';
import { loadSnapshot } from '../../src/delta/snapshot.js';
import { actions, add, creation, metadata, remove, tableOf, textCheckpoints } from './table.js';

const txn = (appId: string, version: number) => ({ appId, version, lastUpdated: 0 });

describe('judging a lost race', () => {
  const append = actions({ adds: [add('new')], transactions: [txn('mine', 2)] });
  it.each<[string, CommitActions, CommitActions, unknown]>([
    ['appends stand side by side', append, actions({ adds: [add('other')] }), null],
    ['another stream', append, actions({ transactions: [txn('theirs', 9)] }), null],
    ['an older batch of our stream', append, actions({ transactions: [txn('mine', 1)] }), null],
    [
      'our batch',
      append,
      actions({ transactions: [txn('mine', 2)] }),
      { kind: 'already committed', appIds: ['mine'] },
    ],
    ['a new schema', append, actions({ metadata }), { kind: 'metadata changed' }],
    ['a new protocol', append, actions({ protocol: ownProtocol }), { kind: 'protocol changed' }],
    ['a removal of other files', append, actions({ removes: [remove('old')] }), null],
    [
      'a removal of the file we remove',
      actions({ removes: [remove('old')] }),
      actions({ removes: [remove('old')] }),
      { kind: 'concurrent delete', path: 'old' },
    ],
  ])('%s', (_, ours, winner, expected) => {
    expect(judgeConflict(ours, winner)).toEqual(expected);
  });
});

describe('commit', () => {
  const noOverlap = async () => false;

  async function raced(winners: readonly CommitActions[]): Promise<Snapshot> {
    const tableDir = await tableOf([creation]);
    const snapshot = await loadSnapshot(tableDir, textCheckpoints);
    if (snapshot === null) throw new Error('no table');
    for (const [index, winner] of winners.entries()) {
      await putIfAbsent(tableDir, index + 1, encodeCommit(winner));
    }
    return snapshot;
  }

  it('goes past winners that do not matter', async () => {
    const snapshot = await raced([actions({ adds: [add('a')] }), actions({ adds: [add('b')] })]);
    const ours = actions({ adds: [add('c')] });
    const outcome = await commit({ snapshot, actions: ours, overlaps: noOverlap });
    expect(outcome.kind).toBe('committed');
    expect(outcome.snapshot.version).toBe(3);
    expect(outcome.snapshot.files.map(({ path }) => path)).toEqual(['a', 'b', 'c']);
    const loaded = await loadSnapshot(snapshot.tableDir, textCheckpoints);
    expect(loaded).toEqual(outcome.snapshot);
  });

  it('stops at a conflict with the snapshot that shows it', async () => {
    const snapshot = await raced([actions({ adds: [add('a')] }), actions({ metadata })]);
    const outcome = await commit({
      snapshot,
      actions: actions({ adds: [add('c')] }),
      overlaps: noOverlap,
    });
    expect(outcome).toMatchObject({ kind: 'conflict', conflict: { kind: 'metadata changed' } });
    expect(outcome.snapshot.version).toBe(2);
  });

  it('asks the caller about every winner', async () => {
    const snapshot = await raced([actions({ adds: [add('a')] }), actions({ metadata })]);
    const asked: number[] = [];
    const outcome = await commit({
      snapshot,
      actions: actions({}),
      overlaps: async (winner) => asked.push(winner.adds.length) === 2,
    });
    expect(asked).toEqual([1, 0]);
    expect(outcome).toMatchObject({ kind: 'conflict', conflict: { kind: 'overlap' } });
  });

  it.each([
    [{ 'delta.appendOnly': 'true' }, {}, 'appendOnly'],
    [{ 'delta.constraints.c': 'n > 0' }, {}, 'checkConstraints'],
    [{}, { 'delta.invariants': '{}' }, 'invariants'],
  ])('refuses to write under %j %j', async (configuration, fieldMetadata, feature) => {
    const fields = metadata.fields.map((field) => ({ ...field, metadata: fieldMetadata }));
    const changed = { ...metadata, fields, configuration };
    const tableDir = await tableOf([creation, actions({ metadata: changed })]);
    const snapshot = await loadSnapshot(tableDir, textCheckpoints);
    if (snapshot === null) throw new Error('no table');
    await expect(commit({ snapshot, actions: actions({}), overlaps: noOverlap })).rejects.toThrow(
      `the Delta feature ${feature},`,
    );
  });

  it('refuses to write above writer 2', async () => {
    const protocol = { minReaderVersion: 1, minWriterVersion: 4 };
    const tableDir = await tableOf([creation, actions({ protocol })]);
    const snapshot = await loadSnapshot(tableDir, textCheckpoints);
    if (snapshot === null) throw new Error('no table');
    await expect(commit({ snapshot, actions: actions({}), overlaps: noOverlap })).rejects.toThrow(
      'the Delta feature writer version 4,',
    );
  });
});
