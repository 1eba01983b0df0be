/**
 * Removes data files that the table no longer needs: those a commit removed longer ago than the
 * table's retention of deleted files, and those no commit ever named. What is younger may have
 * readers, or belong to a writer at work. Directories stay: a writer may be about to fill one.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckpointFiles } from '../delta/ports.js';
import { loadState } from '../delta/snapshot.js';
import { tableInterval } from '../delta/table-interval.js';
import { censusAddress } from './census.js';
import type { Dataset } from './dataset.js';
import { fingerprintAddress, fingerprintColumns } from './fingerprint.js';
import { gapsIn } from './gap.js';
import { type Leftover, noSweep, oldEntries, removeAll, type SweepResult } from './leftovers.js';
import { rollupAddress } from './rollup.js';
import { deadSidecars } from './sidecar.js';

/** Names our writer gives; anything else in the directory is not ours to remove. */
const dateDirPattern = /^date=\d{4}-\d{2}-\d{2}$/;
const dataFilePattern = /^[ac]-[0-9a-f-]{36}\.parquet$/;

/** No ingest takes longer than this between writing a file and committing it. */
const orphanGraceMs = 24 * 3_600_000;

export interface VacuumTime {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** In place of what the table says of removed files and a day for orphans; null: as they are. */
  readonly graceMs: number | null;
  /** Only count. */
  readonly dryRun: boolean;
}

/** **Invariant** a file that the newest version names stays, and so does one of a gap.
 * **Faults** CC4002, CC4003. */
export async function vacuum(
  dataset: Dataset,
  checkpoints: CheckpointFiles,
  { nowMs, graceMs, dryRun }: VacuumTime,
): Promise<SweepResult> {
  const { tableDir } = dataset;
  // Listed before the log is read, so that a file committed meanwhile is known to be live.
  const found = await oldDataFiles(tableDir, nowMs - (graceMs ?? orphanGraceMs));
  const state = await loadState(tableDir, checkpoints, 'all');
  if (state === null) return noSweep;
  const configuration = state.metadata?.configuration ?? {};
  const gaps = new Set(gapsIn(configuration).map(({ file }) => file.path));
  const keepMs = graceMs ?? tableInterval(configuration, 'deletedFileRetentionDuration');
  const dead = found.filter(({ path }) => {
    if (state.files.has(path) || gaps.has(path)) return false;
    const tombstone = state.tombstones.get(path);
    return tombstone === undefined || nowMs - tombstone.deletionTimestamp > keepMs;
  });
  const removed = dryRun ? dead : await removeAll(dead, tableDir);
  const current = new Map([
    ['rollup', [rollupAddress(dataset) ?? []].flat()],
    ['fingerprint', fingerprintColumns(dataset).map(fingerprintAddress)],
    ['census', [censusAddress]],
  ] as const);
  const beside = await deadSidecars(tableDir, current, { nowMs, graceMs });
  if (!dryRun) await removeAll(beside, tableDir);
  const removedBytes = removed.reduce((sum, { bytes }) => sum + bytes, 0);
  return { removedCount: removed.length, removedBytes };
}

/** Paths relative to the table. */
async function oldDataFiles(tableDir: string, before: number): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const dir of (await readdir(tableDir)).sort()) {
    if (!dateDirPattern.test(dir)) continue;
    const isOurs = (name: string) => dataFilePattern.test(name);
    for (const entry of await oldEntries(join(tableDir, dir), before, isOurs)) {
      found.push({ ...entry, path: `${dir}/${entry.path.slice(join(tableDir, dir).length + 1)}` });
    }
  }
  return found;
}
