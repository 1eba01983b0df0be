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
import { noTransactions, type Transactions, withTransactions } from './transactions.js';

/** Grows while a log is replayed; frozen into a `Snapshot` at the end. */
export interface TableState {
  version: number;
  protocol: Protocol | null;
  metadata: Metadata | null;
  readonly files: Map<string, AddFile>;
  /** Null where only files were asked for. */
  transactions: Transactions | null;
  /** What came since, not yet among them. */
  newTransactions: Map<string, Transaction>;
  readonly tombstones: Map<string, RemoveFile>;
}

export function emptyState(parts: CheckpointParts): TableState {
  return {
    version: -1,
    protocol: null,
    metadata: null,
    files: new Map(),
    transactions: parts === 'files' ? null : noTransactions,
    newTransactions: new Map(),
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
    newTransactions: new Map(),
    tombstones: new Map(),
  };
}

/** Applies one commit, or all actions of a checkpoint. */
export function applyActions(state: TableState, version: number, actions: CommitActions): void {
  state.version = version;
  state.protocol = actions.protocol ?? state.protocol;
  state.metadata = actions.metadata ?? state.metadata;
  if (state.transactions !== null) {
    for (const one of actions.transactions) state.newTransactions.set(one.appId, one);
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
  if (state.transactions !== null && state.newTransactions.size > 0) {
    state.transactions = withTransactions(state.transactions, state.newTransactions);
    state.newTransactions = new Map();
  }
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
