/**
 * Removing what interrupted ingests left beside the data files: staged rows and temporary log
 * files. Only what is older than a grace time, since it may belong to a running ingest.
 */
import { isTemporaryName } from '../delta/durable.js';
import { logDir } from '../delta/log.js';
import type { Dataset } from './dataset.js';
import { stagingRoot } from './layout.js';
import { oldEntries, removeAll, type SweepResult } from './leftovers.js';

/** No ingest takes longer than this. */
const defaultGraceMs = 24 * 3_600_000;

/** **Units** milliseconds since the epoch; a day of grace when null. */
export async function sweep(
  { tableDir }: Dataset,
  time: { readonly nowMs: number; readonly graceMs: number | null },
): Promise<SweepResult> {
  const before = time.nowMs - (time.graceMs ?? defaultGraceMs);
  const removed = [
    ...(await removeAll(await oldEntries(logDir(tableDir), before, isTemporaryName), '')),
    ...(await removeAll(await oldEntries(stagingRoot(tableDir), before, () => true), '')),
  ];
  const removedBytes = removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return { removedCount: removed.length, removedBytes };
}
