/** The state of a table as its commits are applied one after the other. Later actions win. */
import type {
  AddFile,
  CommitActions,
  Metadata,
  Protocol,
  RemoveFile,
  Snapshot,
  Transaction,
} from './action.js';
import { damaged } from './decode.js';
import { logDir } from './log.js';
import type { CheckpointParts } from './ports.js';

/** Grows while a log is replayed; frozen into a `Snapshot` at the end. */
export interface TableState {
  version: number;
  protocol: Protocol | null;
  metadata: Metadata | null;
  readonly files: Map<string, AddFile>;
  /** Null where only files were asked for. */
  transactions: ReadonlyMap<string, Transaction> | null;
  /** The same map while no snapshot has it; else it is copied before the next change, since there
   * may be 17,000 of them. */
  ownTransactions: Map<string, Transaction> | null;
  readonly tombstones: Map<string, RemoveFile>;
}

export function emptyState(parts: CheckpointParts): TableState {
  const transactions = parts === 'files' ? null : new Map<string, Transaction>();
  return {
    version: -1,
    protocol: null,
    metadata: null,
    files: new Map(),
    transactions,
    ownTransactions: transactions,
    tombstones: new Map(),
  };
}

export function stateOf(snapshot: Snapshot): TableState {
  return {
    version: snapshot.version,
    protocol: snapshot.protocol,
    metadata: snapshot.metadata,
    files: new Map(snapshot.files.map((file) => [file.path, file])),
    transactions: snapshot.transactions,
    ownTransactions: null,
    tombstones: new Map(),
  };
}

/** Applies one commit, or all actions of a checkpoint. */
export function applyActions(state: TableState, version: number, actions: CommitActions): void {
  state.version = version;
  state.protocol = actions.protocol ?? state.protocol;
  state.metadata = actions.metadata ?? state.metadata;
  if (state.transactions !== null && actions.transactions.length > 0) {
    state.ownTransactions ??= new Map(state.transactions);
    for (const one of actions.transactions) state.ownTransactions.set(one.appId, one);
    state.transactions = state.ownTransactions;
  }
  for (const file of actions.removes) {
    state.files.delete(file.path);
    state.tombstones.set(file.path, file);
  }
  for (const file of actions.adds) {
    state.files.set(file.path, file);
    state.tombstones.delete(file.path);
  }
}

/** **Faults** CC4003 when the log never said what the table is. */
export function freezeState(tableDir: string, state: TableState): Snapshot {
  state.ownTransactions = null;
  const { version, protocol, metadata } = state;
  if (protocol === null) throw damaged(logDir(tableDir), 'no commit names the protocol');
  if (metadata === null) throw damaged(logDir(tableDir), 'no commit names the schema');
  const files = [...state.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return Object.freeze({
    tableDir,
    version,
    protocol,
    metadata,
    files: Object.freeze(files),
    transactions: state.transactions,
  });
}
