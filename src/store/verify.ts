/**
 * Whether a store is what it says it is: its log by itself, then every live file against the log.
 * Changes nothing. What another process removes meanwhile is no damage.
 */
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { freezeState } from '../delta/replay.js';
import { loadSnapshot } from '../delta/snapshot.js';
import { type Damage, type KnownSources, plainDamage } from './damage.js';
import { isOwnFile } from './data-file.js';
import { type Dataset, type DatasetPlace, datasetOf } from './dataset.js';
import { holdsOf, isActive, isUnreadable } from './hold.js';
import { tableDirOf } from './layout.js';
import { noSweep, type SweepResult } from './leftovers.js';
import type { FileInspector } from './ports.js';
import { sourceOf } from './sources.js';
import { statusOf } from './status.js';
import { countSweep } from './sweep.js';
import { vacuum } from './vacuum.js';
import { checkDataFiles, checkRejectsFiles, type RejectsCheck } from './verify-files.js';
import { checkLog, type LogCheck } from './verify-log.js';
import { checkSidecars } from './verify-sidecars.js';

export interface VerifyRequest {
  readonly place: DatasetPlace;
  readonly inspector: FileInspector;
  readonly quick: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface Verification {
  readonly quick: boolean;
  /** Null when no version can be read; then no data file was looked at. */
  readonly dataset: Dataset | null;
  readonly log: Omit<LogCheck, 'damages' | 'state'>;
  /** Rows of our own files, by the log; null when another tool wrote some. */
  readonly rowCount: number | null;
  readonly fileBytes: number;
  /** Files of other tools, which carry no checksum. */
  readonly foreignCount: number;
  readonly holdCount: number;
  readonly expiredHoldCount: number;
  readonly rejects: Omit<RejectsCheck, 'damages'>;
  /** Rollups and fingerprints compared with the rows of their data files. */
  readonly sidecarCount: number;
  /** What interrupted work left behind, and files whose time is over. */
  readonly leftovers: SweepResult;
  readonly damages: readonly Damage[];
}

/** **Faults** CC4001 there is none, CC4002, CC2003. */
export async function verify(request: VerifyRequest): Promise<Verification> {
  const { place, inspector, signal, say, quick } = request;
  const tableDir = tableDirOf(place.storeDir, place.name);
  const sayVersion = (version: number) => say(`checking the log, version ${version}`);
  const checked = await checkLog(tableDir, inspector, { say: sayVersion, signal });
  if (checked === null) throw new Fault('CC4001', { path: place.storeDir, dataset: place.name });
  const { state, damages, ...log } = checked;
  const dataset = state === null ? null : datasetOf(place, freezeState(tableDir, state));
  const ofFiles = dataset === null ? [] : await filesOf(request, dataset, log.sourcePaths);
  const ofSidecars =
    dataset === null || request.quick
      ? { checkedCount: 0, damages: [] }
      : await checkSidecars({
          dataset,
          inspector,
          damaged: new Set(ofFiles.flatMap(({ path }) => path ?? [])),
          say: (done, all) => say(`checking sidecars, ${done} of ${all}`),
          signal,
        });
  const { damages: ofRejects, ...rejects } = await checkRejectsFiles(tableDir, signal);
  const holds = dataset === null ? [] : holdsOf(dataset);
  const ofHolds = holds
    .filter(isUnreadable)
    .map(({ name }) => plainDamage(new Fault('CC4026', { name }), null));
  const status = dataset === null ? null : statusOf(dataset);
  return Object.freeze({
    quick,
    dataset,
    log,
    rowCount: status?.rowCount ?? null,
    fileBytes: status?.fileBytes ?? 0,
    foreignCount: dataset?.snapshot.files.filter((file) => !isOwnFile(file)).length ?? 0,
    holdCount: holds.length,
    expiredHoldCount: holds.filter((hold) => !isActive(hold, request.nowMs)).length,
    rejects,
    leftovers: dataset === null ? noSweep : await leftoversOf(request, dataset),
    sidecarCount: ofSidecars.checkedCount,
    damages: [...damages, ...ofFiles, ...ofSidecars.damages, ...ofHolds, ...ofRejects],
  });
}

async function filesOf(
  { inspector, quick, say, signal }: VerifyRequest,
  dataset: Dataset,
  paths: ReadonlyMap<string, string>,
): Promise<readonly Damage[]> {
  const { tableDir, snapshot } = dataset;
  const { files } = snapshot;
  const known = sourcesOf(dataset, paths);
  const damages = await checkDataFiles({
    tableDir,
    files,
    known,
    quick,
    inspector,
    say: (done, all) => say(`checking data files, ${Math.floor((100 * done) / Math.max(1, all))}%`),
    signal,
  });
  if (damages.length === 0) return damages;
  // Compaction or retention may have taken a file away since the log was read.
  const newest = await loadSnapshot(tableDir, inspector, 'files').catch(() => null);
  if (newest === null) return damages;
  const live = new Set(newest.files.map(({ path }) => path));
  return damages.filter(({ path }) => path === null || live.has(path));
}

/** The sources of a snapshot, with when each was stored. */
export function sourcesOf({ snapshot }: Dataset, paths: ReadonlyMap<string, string>): KnownSources {
  const transactions = present(snapshot.transactions, 'transactions');
  const records = [...transactions.values()].flatMap((transaction) => {
    const source = sourceOf(transaction);
    return source === null ? [] : [{ source, storedMs: transaction.lastUpdated }];
  });
  return { records, paths };
}

async function leftoversOf(
  { inspector, nowMs }: VerifyRequest,
  dataset: Dataset,
): Promise<SweepResult> {
  const time = { nowMs, graceMs: null };
  const swept = await countSweep(dataset, time);
  const dead = await vacuum(dataset, inspector, { ...time, dryRun: true }).catch(() => noSweep);
  return {
    removedCount: swept.removedCount + dead.removedCount,
    removedBytes: swept.removedBytes + dead.removedBytes,
  };
}
