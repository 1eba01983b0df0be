/**
 * May a commit that lost the race for its version try the next one? Judged against each winner.
 * **Source** the conflict rules of the Delta protocol, for blind appends, removals and metadata.
 */
import type { CommitActions } from './action.js';

export type Conflict =
  | { readonly kind: 'protocol changed' }
  /** Some of our transactions are in the log already; nothing of this commit may be added. */
  | { readonly kind: 'already committed'; readonly appIds: readonly string[] }
  /** A path we remove is gone already. */
  | { readonly kind: 'concurrent delete'; readonly path: string }
  /** The schema or settings moved: plan again against the new ones. */
  | { readonly kind: 'metadata changed' }
  /** The caller's own rule says that the winner overlaps with this commit. */
  | { readonly kind: 'overlap' };

/** Null when both commits can stand. The gravest conflict wins, in the order of the kinds. */
export function judgeConflict(ours: CommitActions, winner: CommitActions): Conflict | null {
  if (winner.protocol !== null) return { kind: 'protocol changed' };
  const won = new Map(winner.transactions.map(({ appId, version }) => [appId, version]));
  const appIds = ours.transactions
    .filter(({ appId, version }) => (won.get(appId) ?? Number.NEGATIVE_INFINITY) >= version)
    .map(({ appId }) => appId);
  if (appIds.length > 0) return { kind: 'already committed', appIds };
  const removed = new Set(winner.removes.map(({ path }) => path));
  const lost = ours.removes.find(({ path }) => removed.has(path));
  if (lost !== undefined) return { kind: 'concurrent delete', path: lost.path };
  if (winner.metadata !== null) return { kind: 'metadata changed' };
  return null;
}
