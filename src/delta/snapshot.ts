/**
 * Opening a table: newest readable checkpoint, then every later commit. The log is listed once on
 * opening, so that a missing commit in the middle is seen and not taken for the end; a refresh
 * only probes the next version.
 */
import { AssertionFailure } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { sha256Hex } from '../base/hash.js';
import type { Snapshot } from './action.js';
import { checksumOfActions } from './checkpoint-sum.js';
import { damaged, decodeActions } from './decode.js';
import { checkpointPath, commitPath, type LogListing, listLog, logDir, readCommit } from './log.js';
import type { CheckpointFiles, CheckpointParts } from './ports.js';
import { assertReadable } from './protocol.js';
import { applyActions, emptyState, freezeState, stateOf, type TableState } from './replay.js';
import { transactionsOf } from './transactions.js';

/** Where a state is read from, and how much of it. */
export interface Reading {
  readonly tableDir: string;
  readonly checkpoints: CheckpointFiles;
  readonly parts: CheckpointParts;
}

/** The newest version; null when there is no table. **Faults** CC4002, CC4003. */
export async function loadSnapshot(
  tableDir: string,
  checkpoints: CheckpointFiles,
  parts: CheckpointParts = 'live',
): Promise<Snapshot | null> {
  const state = await loadState(tableDir, checkpoints, parts);
  if (state === null) return null;
  const snapshot = freezeState(tableDir, state);
  assertReadable(snapshot);
  return snapshot;
}

/** The newest version, by reading only what came after this one. **Faults** CC4002, CC4003. */
export async function refreshSnapshot(snapshot: Snapshot): Promise<Snapshot> {
  const state = stateOf(snapshot);
  await replayTail(snapshot.tableDir, state);
  if (state.version === snapshot.version) return snapshot;
  const refreshed = freezeState(snapshot.tableDir, state);
  assertReadable(refreshed);
  return refreshed;
}

/** The state of the newest version; with `all`, every tombstone the log still has. */
export async function loadState(
  tableDir: string,
  checkpoints: CheckpointFiles,
  parts: CheckpointParts,
): Promise<TableState | null> {
  const listing = await listLog(tableDir);
  if (listing === null || isEmpty(listing)) return null;
  try {
    return await stateFrom({ tableDir, checkpoints, parts }, listing);
  } catch (error) {
    // Old commits may have been cleaned up behind a checkpoint that was not there when we looked.
    const later = await listLog(tableDir);
    if (later === null || later.checkpoints.at(-1) === listing.checkpoints.at(-1)) throw error;
    return await stateFrom({ tableDir, checkpoints, parts }, later);
  }
}

function isEmpty({ commits, checkpoints }: LogListing): boolean {
  return commits.length === 0 && checkpoints.length === 0;
}

async function stateFrom(reading: Reading, listing: LogListing): Promise<TableState> {
  const state = await startState(reading, listing);
  await replayTail(reading.tableDir, state);
  const newest = listing.commits.at(-1) ?? -1;
  if (newest > state.version) {
    const missing = commitPath(reading.tableDir, state.version + 1);
    throw damaged(missing, 'it is missing, but later commits exist');
  }
  return state;
}

/** The newest checkpoint that can be read, or nothing when all commits are still there. */
async function startState(reading: Reading, listing: LogListing): Promise<TableState> {
  const { tableDir, parts } = reading;
  let failure: unknown = null;
  for (const version of listing.checkpoints.toReversed()) {
    try {
      return await readState(reading, version);
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      failure ??= error;
    }
  }
  if (listing.commits[0] === 0) return emptyState(parts);
  if (failure instanceof Fault && failure.code === 'CC4002') throw failure;
  if (failure !== null) {
    const newest = checkpointPath(tableDir, listing.checkpoints.at(-1) ?? 0);
    throw damaged(newest, 'the checkpoint cannot be read and older commits are gone', failure);
  }
  if (listing.foreignCheckpoints.length > 0) {
    const feature = 'checkpoints of several parts or of the second form';
    throw new Fault('CC4002', { path: logDir(tableDir), feature });
  }
  throw damaged(commitPath(tableDir, 0), 'it is missing, and there is no checkpoint');
}

/** The state at a checkpoint. **Faults** CC4002, CC4003. */
export async function readState(
  { tableDir, checkpoints, parts }: Reading,
  version: number,
): Promise<TableState> {
  const path = checkpointPath(tableDir, version);
  const state = emptyState(parts);
  const { actions: text, checksum, transactions } = await checkpoints.readCheckpoint(path, parts);
  const actions = decodeActions(text, path);
  const isWhole =
    (checksum === null || checksumOfActions(actions) === checksum) &&
    (transactions === null || sha256Hex(transactions.text) === transactions.checksum);
  if (!isWhole) throw damaged(path, 'its checksum does not match');
  if (transactions !== null) state.transactions = transactionsOf(transactions.text);
  applyActions(state, version, actions);
  if (state.protocol === null || state.metadata === null) {
    throw damaged(path, 'it does not name the protocol and the schema');
  }
  return state;
}

async function replayTail(tableDir: string, state: TableState): Promise<void> {
  for (;;) {
    const actions = await readCommit(tableDir, state.version + 1);
    if (actions === null) return;
    applyActions(state, state.version + 1, actions);
  }
}
