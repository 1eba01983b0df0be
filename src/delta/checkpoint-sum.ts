/** What a checkpoint is checked by: SHA-256 sums of its actions, one for each part one may read. */
import { sha256Hex } from '../base/hash.js';
import type { CommitActions } from './action.js';
import { decodeActions } from './decode.js';
import {
  encodeAdd,
  encodeMetadata,
  encodeProtocol,
  encodeRemove,
  encodeTransaction,
} from './encode.js';
import { type CheckpointParts, type CheckpointSums, unreadColumns } from './ports.js';
import { transactionText } from './transactions.js';

/** SHA-256 of what actions say, in whatever order they say it. */
export function checksumOfActions(actions: CommitActions): string {
  const { protocol, metadata, transactions, adds, removes } = actions;
  const lines = [
    ...(protocol === null ? [] : [encodeProtocol(protocol)]),
    ...(metadata === null ? [] : [encodeMetadata(metadata)]),
    ...transactions.map(encodeTransaction),
    ...adds.map(encodeAdd),
    ...removes.map(encodeRemove),
  ];
  return sha256Hex(lines.sort().join('\n'));
}

/** The sums of a checkpoint of these lines. */
export function checksumsOf(lines: readonly string[]): CheckpointSums {
  const actionsOf = (parts: CheckpointParts): CommitActions => {
    const left = unreadColumns[parts].map((kind) => `{"${kind}":`);
    const kept = lines.filter((line) => !left.some((start) => line.startsWith(start)));
    return decodeActions(kept.join('\n'), 'a checkpoint');
  };
  const [files, live, all] = [actionsOf('files'), actionsOf('live'), actionsOf('all')];
  const text = transactionText(live.transactions);
  return {
    files: checksumOfActions(files),
    live: checksumOfActions(live),
    all: checksumOfActions(all),
    transactions: text === null ? null : sha256Hex(text),
  };
}
