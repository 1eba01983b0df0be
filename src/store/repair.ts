/**
 * Mends what can be mended without losing evidence: damaged data files leave the table by a commit
 * and only then move to `_quarantine`, files put back return, checkpoints are written again.
 * Nothing is ever deleted.
 */
import { lstat, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import { randomId } from '../base/hash.js';
import type { AddFile, CommitActions, Transaction } from '../delta/action.js';
import { writeCheckpoint } from '../delta/checkpoint.js';
import { commit } from '../delta/commit.js';
import { errorCode, makeDirectory, syncPath, writing } from '../delta/durable.js';
import { logDir } from '../delta/log.js';
import { removalOf } from './compaction.js';
import type { Damage } from './damage.js';
import { checksumTag, ingestTimes, isOwnFile } from './data-file.js';
import { type Dataset, datasetOf, infoOf, refreshDataset } from './dataset.js';
import { forgottenOf, isForgottenFrom } from './forgotten.js';
import { type Gap, gapOf, gapsOf, withGaps } from './gap.js';
import { quarantineDir } from './layout.js';
import type { DataFileWriter } from './ports.js';
import { withSiblings } from './sidecar.js';
import { buildSidecars } from './sidecar-build.js';
import { givenUp, sourceOf } from './sources.js';
import type { Verification } from './verify.js';
import { checksumOf } from './verify-files.js';

export interface RepairPlan {
  /** Damaged or missing data files, which leave the table. */
  readonly lost: readonly Gap[];
  /** Gaps whose file lies in its place again, byte for byte. */
  readonly restored: readonly Gap[];
  /** Damaged checkpoints and pointers, by name, which are written again. */
  readonly checkpoints: readonly string[];
  /** Sidecars that do not say what their rows do, which are made again. Relative to the table. */
  readonly sidecars: readonly string[];
  /** What only a copy can mend. */
  readonly left: readonly Damage[];
}

const fileCodes: readonly string[] = ['CC4022', 'CC4023', 'CC4024'];

/** What would be done about what a verification found. */
export async function planRepair(
  { dataset, damages }: Verification,
  { nowMs, signal }: { readonly nowMs: number; readonly signal: AbortSignal },
): Promise<RepairPlan> {
  if (dataset === null)
    return { lost: [], restored: [], checkpoints: [], sidecars: [], left: damages };
  const files = new Map(dataset.snapshot.files.map((file) => [file.path, file]));
  const lost = damages.flatMap(({ fault, path }) => {
    const file = fileCodes.includes(fault.code) ? files.get(path ?? '') : undefined;
    return file === undefined ? [] : [gapOf(file, nowMs, fault.code)];
  });
  const restored: Gap[] = [];
  for (const gap of gapsOf(dataset)) {
    if (await isInPlace(dataset.tableDir, gap.file, signal)) restored.push(gap);
  }
  const ofCheckpoints = damages.filter(({ fault }) => fault.code === 'CC4021');
  const ofSidecars = damages.filter(({ fault }) => fault.code === 'CC4028');
  const mended = new Set<string>([...fileCodes, 'CC4021', 'CC4028']);
  return Object.freeze({
    lost,
    restored,
    checkpoints: ofCheckpoints.map(({ path }) => basename(path ?? '')),
    sidecars: ofSidecars.flatMap(({ path }) => path ?? []),
    left: damages.filter(({ fault }) => !mended.has(fault.code)),
  });
}

/** Whether a file has the bytes the log says. */
async function isInPlace(tableDir: string, file: AddFile, signal: AbortSignal): Promise<boolean> {
  try {
    return (await checksumOf(join(tableDir, file.path), signal)) === file.tags[checksumTag];
  } catch (error) {
    signal.throwIfAborted();
    if (errorCode(error) === null) throw error;
    return false;
  }
}

export interface Repaired {
  readonly dataset: Dataset;
  /** Files now in quarantine; those missing were not there to move. */
  readonly movedCount: number;
}

const maxTries = 20;

/** Does what was planned. **Faults** CC4002, CC4003, CC4004, CC5001, CC5005. */
export async function applyRepair(
  dataset: Dataset,
  plan: RepairPlan,
  { writer, nowMs }: { readonly writer: DataFileWriter; readonly nowMs: number },
): Promise<Repaired> {
  const { tableDir } = dataset;
  let movedCount = 0;
  // Out of the way first: a reader would believe a checkpoint that can still be read.
  for (const name of plan.checkpoints) {
    if (await quarantine(tableDir, join(logDir(tableDir), name), name)) movedCount += 1;
  }
  const repaired = await changeGaps(dataset, { add: plan.lost, drop: plan.restored }, nowMs);
  const gaps = new Set(gapsOf(repaired).map(({ file }) => file.path));
  for (const { file } of plan.lost.filter(({ file: { path } }) => gaps.has(path))) {
    const name = file.path.replaceAll('/', '-');
    if (await quarantine(tableDir, join(tableDir, file.path), name)) movedCount += 1;
  }
  if (plan.checkpoints.length > 0) await writeCheckpoint(tableDir, writer, nowMs);
  if (plan.sidecars.length > 0) movedCount += await remake(repaired, plan.sidecars, writer);
  return { dataset: repaired, movedCount };
}

/** Moves sidecars away, with the others of the same data files, and makes them again. Returns how
 * many were moved. */
async function remake(
  dataset: Dataset,
  paths: readonly string[],
  writer: DataFileWriter,
): Promise<number> {
  const { tableDir } = dataset;
  let movedCount = 0;
  for (const path of await withSiblings(tableDir, paths)) {
    if (await quarantine(tableDir, join(tableDir, path), basename(path))) movedCount += 1;
  }
  const { signal } = new AbortController();
  const budgetRows = Number.POSITIVE_INFINITY;
  await buildSidecars(dataset, { writer, budgetRows, say: () => undefined, signal });
  return movedCount;
}

/**
 * From now on nothing is said of these gaps, and their files can no longer be put back; so sources
 * with no row left may be ingested again, but those of which rows were forgotten.
 * **Faults** CC4002, CC4004, CC5001, CC5005.
 */
export async function acceptGaps(dataset: Dataset, nowMs: number): Promise<Dataset> {
  const current = await refreshDataset(dataset);
  const gaps = gapsOf(current);
  return await changeGaps(current, { add: [], drop: gaps }, nowMs, { accepted: true });
}

export interface LostSources {
  /** May be ingested again. */
  readonly free: readonly Transaction[];
  /** Stay known: rows of theirs may have been forgotten, and would be back. */
  readonly kept: readonly Transaction[];
}

/**
 * Stored sources whose every row lay in the files of these gaps: ingested when those were, and at
 * no time that a live file has rows of. One that also brought rows of another day is not among
 * them: ingested again, it would bring those twice.
 */
export function sourcesLostIn({ snapshot }: Dataset, gaps: readonly Gap[]): LostSources {
  const live = snapshot.files.filter(isOwnFile).map(ingestTimes);
  if (live.includes(null)) return { free: [], kept: [] };
  const lost = gaps.map(({ file }) => ingestTimes(file));
  const isIn = (times: typeof live, ms: number) =>
    times.some((pair) => pair !== null && ms >= pair[0] && ms <= pair[1]);
  const all = [...present(snapshot.transactions, 'transactions').values()].filter(
    (one) => sourceOf(one) !== null && isIn(lost, one.lastUpdated) && !isIn(live, one.lastUpdated),
  );
  const forgotten = forgottenOf(snapshot);
  const isKept = ({ lastUpdated }: Transaction) => isForgottenFrom(forgotten, lastUpdated);
  return { free: all.filter((one) => !isKept(one)), kept: all.filter(isKept) };
}

/** Takes files out and puts files back, with the record of it, as one commit. */
async function changeGaps(
  dataset: Dataset,
  change: { readonly add: readonly Gap[]; readonly drop: readonly Gap[] },
  nowMs: number,
  { accepted = false }: { readonly accepted?: boolean } = {},
): Promise<Dataset> {
  let current = await refreshDataset(dataset);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const live = new Set(current.snapshot.files.map(({ path }) => path));
    // A merge or retention may have taken one away since; it is not lost twice.
    const add = change.add.filter(({ file }) => live.has(file.path));
    const drop = change.drop.filter(({ file }) => !live.has(file.path));
    const metadata = withGaps(current.snapshot.metadata, { add, drop });
    if (metadata === null) return current;
    const actions: CommitActions = {
      commitInfo: infoOf('REPAIR', nowMs, {
        quarantined: String(add.length),
        ...(accepted ? { accepted: String(drop.length) } : { restored: String(drop.length) }),
      }),
      protocol: null,
      metadata,
      transactions: accepted ? sourcesLostIn(current, drop).free.map(givenUp) : [],
      adds: accepted ? [] : drop.map(({ file }) => ({ ...file, dataChange: true })),
      removes: add.map(({ file }) => removalOf(file, { nowMs, dataChange: true })),
    };
    const { snapshot } = current;
    const outcome = await commit({ snapshot, actions, overlaps: async () => false });
    current = datasetOf(current, outcome.snapshot);
    if (outcome.kind === 'committed') return current;
  }
  throw new Fault('CC4004', { reason: 'its files changed', tries: maxTries });
}

/** Moves a file beside the table under a name of its own. False when there is none. */
async function quarantine(tableDir: string, path: string, name: string): Promise<boolean> {
  const dir = quarantineDir(tableDir);
  await makeDirectory(dir);
  const isTaken = (await lstat(join(dir, name)).catch(() => null)) !== null;
  const target = join(dir, isTaken ? `${randomId()}-${name}` : name);
  try {
    await rename(path, target);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    return await writing(target, () => Promise.reject(error));
  }
  await syncPath(dir);
  return true;
}
