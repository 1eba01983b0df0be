/**
 * Opening a table: newest readable checkpoint, then every later commit. The log is listed once on
 * opening, so that a missing commit in the middle is seen and not taken for the end; a refresh
 * only probes the next version.
 */
import { AssertionFailure } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { Snapshot } from './action.js';
import { damaged, decodeActions } from './decode.js';
import { checkpointPath, commitPath, type LogListing, listLog, logDir, readCommit } from './log.js';
import type { CheckpointFiles } from './ports.js';
import { assertReadable } from './protocol.js';
import { applyActions, emptyState, freezeState, stateOf, type TableState } from './replay.js';

/** The newest version; null when there is no table. **Faults** CC4002, CC4003. */
export async function loadSnapshot(
  tableDir: string,
  checkpoints: CheckpointFiles,
): Promise<Snapshot | null> {
  const state = await loadState(tableDir, checkpoints);
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

/** The state a checkpoint is made of, with the tombstones that later commits brought. */
export async function loadState(
  tableDir: string,
  checkpoints: CheckpointFiles,
): Promise<TableState | null> {
  const listing = await listLog(tableDir);
  if (listing === null || (listing.commits.length === 0 && listing.checkpoints.length === 0)) {
    return null;
  }
  const state = await startState(tableDir, checkpoints, listing);
  await replayTail(tableDir, state);
  const newest = listing.commits.at(-1) ?? -1;
  if (newest > state.version) {
    throw damaged(
      commitPath(tableDir, state.version + 1),
      'it is missing, but later commits exist',
    );
  }
  return state;
}

/** The newest checkpoint that can be read, or nothing when all commits are still there. */
async function startState(
  tableDir: string,
  checkpoints: CheckpointFiles,
  listing: LogListing,
): Promise<TableState> {
  let failure: unknown = null;
  for (const version of listing.checkpoints.toReversed()) {
    try {
      return await readState(tableDir, version, checkpoints);
    } catch (error) {
      if (error instanceof AssertionFailure) throw error;
      failure ??= error;
    }
  }
  if (listing.commits[0] === 0) return emptyState();
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

async function readState(
  tableDir: string,
  version: number,
  checkpoints: CheckpointFiles,
): Promise<TableState> {
  const path = checkpointPath(tableDir, version);
  const state = emptyState();
  applyActions(state, version, decodeActions(await checkpoints.readCheckpoint(path), path));
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
