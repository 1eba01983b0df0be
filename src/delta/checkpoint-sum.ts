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
import { type CheckpointParts, unreadColumns } from './ports.js';

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

/** The sums of a checkpoint of these lines, by part. */
export function checksumsOf(lines: readonly string[]): Readonly<Record<CheckpointParts, string>> {
  const sum = (parts: CheckpointParts): string => {
    const left = unreadColumns[parts].map((kind) => `{"${kind}":`);
    const kept = lines.filter((line) => !left.some((start) => line.startsWith(start)));
    return checksumOfActions(decodeActions(kept.join('\n'), 'a checkpoint'));
  };
  return { files: sum('files'), live: sum('live'), all: sum('all') };
}
