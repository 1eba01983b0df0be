/**
 * Removes log entries that no reader needs any more: those before a checkpoint that is old enough
 * itself and was just read. Never the only way to a version that must still open.
 */
import { stat, unlink } from 'node:fs/promises';
import type { Snapshot } from './action.js';
import { errorCode, syncPath } from './durable.js';
import { checkpointPath, commitPath, listLog, logDir } from './log.js';
import type { CheckpointFiles } from './ports.js';
import { readState } from './snapshot.js';
import { tableInterval } from './table-interval.js';

/**
 * How many entries were removed. **Units** milliseconds since the epoch.
 * **Source** Delta transaction protocol, "Metadata Cleanup".
 */
export async function cleanLog(
  { tableDir, metadata }: Snapshot,
  checkpoints: CheckpointFiles,
  nowMs: number,
): Promise<number> {
  const listing = await listLog(tableDir);
  const before = nowMs - tableInterval(metadata.configuration, 'logRetentionDuration');
  const kept = await newestBefore(tableDir, listing?.checkpoints ?? [], before);
  if (listing === null || kept === null) return 0;
  const reading = { tableDir, checkpoints, parts: 'all' } as const;
  if ((await readState(reading, kept).catch(() => null)) === null) return 0;
  const isOld = (version: number) => version < kept;
  const old = [
    ...listing.commits.filter(isOld).map((version) => commitPath(tableDir, version)),
    ...listing.checkpoints.filter(isOld).map((version) => checkpointPath(tableDir, version)),
  ];
  const removedCount = await removeInOrder(old);
  if (removedCount > 0) await syncPath(logDir(tableDir));
  return removedCount;
}

/** Oldest first, and none behind one that stays: a log with holes would be taken for damaged. */
async function removeInOrder(paths: readonly string[]): Promise<number> {
  for (const [index, path] of paths.entries()) {
    try {
      await unlink(path);
    } catch (error) {
      if (errorCode(error) !== 'ENOENT') return index;
    }
  }
  return paths.length;
}

/** The newest checkpoint written before that instant. */
async function newestBefore(
  tableDir: string,
  versions: readonly number[],
  beforeMs: number,
): Promise<number | null> {
  for (const version of versions.toReversed()) {
    const stats = await stat(checkpointPath(tableDir, version)).catch(() => null);
    if (stats !== null && stats.mtimeMs < beforeMs) return version;
  }
  return null;
}
