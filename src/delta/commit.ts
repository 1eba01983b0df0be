/** One atomic change of a table: try the next version, and on a lost race judge and try again. */

import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { CommitActions, Snapshot } from './action.js';
import { type Conflict, judgeConflict } from './conflict.js';
import { encodeCommit } from './encode.js';
import { putIfAbsent, readCommit } from './log.js';
import { assertWritable } from './protocol.js';
import { applyActions, freezeState, stateOf } from './replay.js';

/** Each lost race is another writer's progress, so only a crowd gets near it. */
const maxCommitTries = 1_000;

/** The snapshot is the newest one known: with our commit, or with the winner that stopped it. */
export type CommitOutcome =
  | { readonly kind: 'committed'; readonly snapshot: Snapshot }
  | { readonly kind: 'conflict'; readonly conflict: Conflict; readonly snapshot: Snapshot };

export interface CommitRequest {
  /** What the actions were planned against. */
  readonly snapshot: Snapshot;
  readonly actions: CommitActions;
  /** The caller's own rule, asked of each winner before the general ones. */
  readonly overlaps: (winner: CommitActions) => Promise<boolean>;
}

/** **Faults** CC4002 the table may not be written, CC4004 too many races, CC5001, CC5005. */
export async function commit(request: CommitRequest): Promise<CommitOutcome> {
  const { actions } = request;
  const text = encodeCommit(actions);
  let { snapshot } = request;
  for (let tries = 0; tries < maxCommitTries; tries += 1) {
    assertWritable(snapshot);
    const version = snapshot.version + 1;
    if (await putIfAbsent(snapshot.tableDir, version, text)) {
      return { kind: 'committed', snapshot: advance(snapshot, actions) };
    }
    const winner = present(await readCommit(snapshot.tableDir, version), `version ${version}`);
    snapshot = advance(snapshot, winner);
    if (await request.overlaps(winner)) {
      return { kind: 'conflict', conflict: { kind: 'overlap' }, snapshot };
    }
    const conflict = judgeConflict(actions, winner);
    if (conflict !== null) return { kind: 'conflict', conflict, snapshot };
  }
  throw new Fault('CC4004', { reason: 'many commits', tries: maxCommitTries });
}

/** The next version, without reading the log again. */
function advance(snapshot: Snapshot, actions: CommitActions): Snapshot {
  const state = stateOf(snapshot);
  applyActions(state, snapshot.version + 1, actions);
  return freezeState(snapshot.tableDir, state);
}
