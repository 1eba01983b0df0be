/**
 * Removing what interrupted ingests left beside the data files: staged rows and temporary log
 * files. Only what is older than a grace time, since it may belong to a running ingest.
 */
import { isTemporaryName } from '../delta/durable.js';
import { logDir } from '../delta/log.js';
import type { Dataset } from './dataset.js';
import { stagingRoot } from './layout.js';
import { type Leftover, oldEntries, removeAll, type SweepResult } from './leftovers.js';

/** No ingest takes longer than this. */
const defaultGraceMs = 24 * 3_600_000;

/** **Units** milliseconds since the epoch; a day of grace when null. */
export interface SweepTime {
  readonly nowMs: number;
  readonly graceMs: number | null;
}

export async function sweep(dataset: Dataset, time: SweepTime): Promise<SweepResult> {
  return sumOf(await removeAll(await interruptedWork(dataset, time), ''));
}

/** What `sweep` would remove. */
export async function countSweep(dataset: Dataset, time: SweepTime): Promise<SweepResult> {
  return sumOf(await interruptedWork(dataset, time));
}

async function interruptedWork(
  { tableDir }: Dataset,
  { nowMs, graceMs }: SweepTime,
): Promise<readonly Leftover[]> {
  const before = nowMs - (graceMs ?? defaultGraceMs);
  return [
    ...(await oldEntries(logDir(tableDir), before, isTemporaryName)),
    ...(await oldEntries(stagingRoot(tableDir), before, () => true)),
  ];
}

function sumOf(leftovers: readonly Leftover[]): SweepResult {
  const removedBytes = leftovers.reduce((sum, { bytes }) => sum + bytes, 0);
  return { removedCount: leftovers.length, removedBytes };
}
