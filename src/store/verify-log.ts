/**
 * Checks the log by itself: no version missing, every commit whole, every checkpoint what a replay
 * of the commits gives. Reads around what is damaged, so that one fault does not hide another.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Fault, faultsOf } from '../base/fault.js';
import type { CommitActions } from '../delta/action.js';
import { lastCheckpointText, stateLines } from '../delta/checkpoint.js';
import { checksumsOf } from '../delta/checkpoint-sum.js';
import { errorCode } from '../delta/durable.js';
import { isRecord } from '../delta/json-field.js';
import {
  checkpointPath,
  commitPath,
  type LogListing,
  lastCheckpointName,
  listLog,
  logDir,
  logDirName,
  readCommit,
} from '../delta/log.js';
import type { CheckpointFiles } from '../delta/ports.js';
import { applyActions, emptyState, type TableState } from '../delta/replay.js';
import { readState } from '../delta/snapshot.js';
import { type Damage, plainDamage } from './damage.js';
import { entryOf, type LedgerEntry } from './ledger.js';
import { sourcePathsKey } from './sources.js';

export interface LogCheck {
  /** Versions whose commits are in the log: first and last. Null when none is. */
  readonly commits: {
    readonly first: number;
    readonly last: number;
    readonly count: number;
  } | null;
  readonly checkpointCount: number;
  /** The newest version that can be read; null when none can. */
  readonly state: TableState | null;
  readonly sourcePaths: ReadonlyMap<string, string>;
  readonly damages: readonly Damage[];
}

interface Walk {
  readonly tableDir: string;
  readonly reader: CheckpointFiles;
  readonly listing: LogListing;
  /** Null behind a version that could not be read. */
  state: TableState | null;
  readonly paths: Map<string, string>;
  readonly damages: Damage[];
}

/** Null where there is no table. `say` is told the version at hand. **Faults** CC2003. */
export async function checkLog(
  tableDir: string,
  reader: CheckpointFiles,
  { say, signal }: { readonly say: (version: number) => void; readonly signal: AbortSignal },
): Promise<LogCheck | null> {
  const listing = await listLog(tableDir);
  if (listing === null || listing.commits.length + listing.checkpoints.length === 0) return null;
  const { commits, checkpoints } = listing;
  const state = commits[0] === 0 ? emptyState('all') : null;
  const walk: Walk = { tableDir, reader, listing, state, paths: new Map(), damages: [] };
  const first = Math.min(commits[0] ?? Infinity, checkpoints[0] ?? Infinity);
  const last = Math.max(commits.at(-1) ?? -1, checkpoints.at(-1) ?? -1);
  const [have, marked] = [new Set(commits), new Set(checkpoints)];
  const firstCommit = commits[0] ?? last + 1;
  for (let version = first; version <= last; version += 1) {
    signal.throwIfAborted();
    say(version);
    if (have.has(version)) await applyCommit(walk, version);
    else missingCommit(walk, version, version > firstCommit);
    if (marked.has(version)) await compareCheckpoint(walk, version);
  }
  await checkPointer(walk);
  if (walk.state === null && walk.damages.length === 0) {
    walk.damages.push(logDamage(commitPath(tableDir, firstCommit - 1), 'it is missing'));
  }
  return {
    commits: firstCommit > last ? null : { first: firstCommit, last, count: commits.length },
    checkpointCount: checkpoints.length,
    state: walk.state,
    sourcePaths: walk.paths,
    damages: walk.damages,
  };
}

function inLog(path: string): string {
  return `${logDirName}/${basename(path)}`;
}

function logDamage(path: string, reason: string): Damage {
  return plainDamage(new Fault('CC4020', { path: inLog(path), reason }), inLog(path));
}

function checkpointDamage(path: string, reason: string): Damage {
  return plainDamage(new Fault('CC4021', { path: inLog(path), reason }), inLog(path));
}

async function applyCommit(walk: Walk, version: number): Promise<void> {
  let actions: CommitActions | null;
  try {
    actions = await readCommit(walk.tableDir, version);
  } catch (error) {
    walk.damages.push(logDamage(commitPath(walk.tableDir, version), reasonOf(error)));
    walk.state = null;
    return;
  }
  // Cleaned up since the log was listed.
  if (actions === null) return;
  walk.damages.push(...ledgerDamages(entryOf(version, actions)));
  notePaths(walk.paths, actions);
  if (walk.state !== null) applyActions(walk.state, version, actions);
}

/** Those before the first one left were cleaned up. */
function missingCommit(walk: Walk, version: number, isGap: boolean): void {
  if (isGap) walk.damages.push(logDamage(commitPath(walk.tableDir, version), 'it is missing'));
  walk.state = null;
}

/** The reason of a fault about a file; anything else is a bug and goes on. */
function reasonOf(error: unknown): string {
  const [fault] = faultsOf(error);
  if (fault === undefined) throw error;
  return String(fault.params.reason ?? fault.message);
}

/** The first one there is no replay to compare with is taken as it is, and so is one behind a
 * damaged commit. */
async function compareCheckpoint(walk: Walk, version: number): Promise<void> {
  const { tableDir, reader } = walk;
  const path = checkpointPath(tableDir, version);
  let found: TableState;
  try {
    // Each part has a checksum of its own, and a writer reads transactions by themselves.
    for (const parts of ['files', 'live'] as const) {
      await readState({ tableDir, checkpoints: reader, parts }, version);
    }
    found = await readState({ tableDir, checkpoints: reader, parts: 'all' }, version);
  } catch (error) {
    if ((await listLog(tableDir))?.checkpoints.includes(version) === false) return;
    walk.damages.push(checkpointDamage(path, reasonOf(error)));
    return;
  }
  const replayed = walk.state;
  if (replayed !== null && !isSameState(tableDir, found, replayed)) {
    walk.damages.push(checkpointDamage(path, 'it is not what the commits before it say'));
  } else {
    walk.state ??= found;
  }
}

/** Tombstones may have expired in a checkpoint, and it calls no file new. */
function isSameState(tableDir: string, checkpoint: TableState, replayed: TableState): boolean {
  const bare = (state: TableState): string =>
    checksumsOf(stateLines(tableDir, { ...state, tombstones: new Map() })).live;
  const isKnown = [...checkpoint.tombstones].every(
    ([path, { deletionTimestamp, size }]) =>
      replayed.tombstones.get(path)?.deletionTimestamp === deletionTimestamp &&
      replayed.tombstones.get(path)?.size === size,
  );
  return isKnown && bare(checkpoint) === bare(replayed);
}

/** A missing pointer is no damage while there is one checkpoint at most: whoever wrote that may
 * have been killed before the pointer. Readers list the log then. */
async function checkPointer({ tableDir, listing, damages }: Walk): Promise<void> {
  const path = join(logDir(tableDir), lastCheckpointName);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) {
    if (listing.checkpoints.length > 1) damages.push(checkpointDamage(path, 'it is missing'));
    return;
  }
  const problem = pointerProblem(text);
  if (problem !== null) damages.push(checkpointDamage(path, problem));
  const named = problem === null ? Number(JSON.parse(text).version) : null;
  if (named === null || listing.checkpoints.includes(named)) return;
  const now = await listLog(tableDir);
  if (now?.checkpoints.includes(named) === true) return;
  damages.push(checkpointDamage(path, `it names version ${named}, which has no checkpoint`));
}

/** **Source** Delta transaction protocol, "Last Checkpoint File Schema". */
const pointerFields = [
  ...['version', 'size', 'parts', 'sizeInBytes', 'numOfAddFiles'],
  ...['checkpointSchema', 'checksum', 'tags', 'v2Checkpoint'],
];

function pointerProblem(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not whole JSON';
  }
  if (!isRecord(value)) return 'it is not a JSON object';
  const unknown = Object.keys(value).find((name) => !pointerFields.includes(name));
  if (unknown !== undefined) return `it has the unknown field ${unknown}`;
  const { version, size, sizeInBytes, numOfAddFiles, checksum } = value;
  const numbers = { version, size, sizeInBytes, numOfAddFiles };
  if (typeof version !== 'number') return 'it names no version';
  if (typeof checksum !== 'string') return null;
  const isWhole = JSON.parse(lastCheckpointText(Object(numbers))).checksum === checksum;
  return isWhole ? null : 'its checksum does not match';
}

/** Read = stored + rejected + known already, and as many rows in files as were stored. */
function ledgerDamages(entry: LedgerEntry): readonly Damage[] {
  const { version, readCount, rejectedCount, storedCount, duplicateCount, storedRows } = entry;
  if (readCount === null || storedCount === null) return [];
  const accounted = storedCount + (rejectedCount ?? 0) + (duplicateCount ?? 0);
  const reasons = [
    ...(accounted === readCount ? [] : [`${readCount} records read, ${accounted} accounted for`]),
    ...(storedRows === null || storedRows === storedCount
      ? []
      : [`${storedCount} records stored, ${storedRows} rows in its data files`]),
  ];
  return reasons.map((reason) => plainDamage(new Fault('CC4025', { version, reason }), null));
}

function notePaths(paths: Map<string, string>, { commitInfo }: CommitActions): void {
  let value: unknown;
  try {
    value = JSON.parse(commitInfo.operationParameters[sourcePathsKey] ?? '{}');
  } catch {
    return;
  }
  if (!isRecord(value)) return;
  for (const [sha256, path] of Object.entries(value)) {
    if (typeof path === 'string') paths.set(sha256, path);
  }
}
