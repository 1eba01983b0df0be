/**
 * Removes matching events for good: the data files that hold some are written again without them,
 * as one commit. What matched is in no log entry. Held days stay as they are, and so does the
 * ledger: the same source again is still a duplicate.
 */
import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { AddFile, CommitActions, Metadata, Snapshot } from '../delta/action.js';
import { commit } from '../delta/commit.js';
import { parseStats } from '../delta/stats.js';
import type { TimeRange } from '../time/range.js';
import { checkSum, ingestedTagOf, removalOf } from './compaction.js';
import { dateOf } from './damage.js';
import {
  addOf,
  extraLabelsOf,
  isOwnFile,
  layoutOf,
  removeUncommitted,
  secureFiles,
} from './data-file.js';
import { type Dataset, datasetOf, infoOf, refreshDataset } from './dataset.js';
import { withForgotten } from './forgotten.js';
import { type Gap, gapsOf } from './gap.js';
import { holdsDay, holdsOf, isActive } from './hold.js';
import type { FileForgetter, MergedFile } from './ports.js';
import { selectFiles } from './select-files.js';
import { statsColumnsOf } from './settings.js';
import { allBeside, sidecarStem } from './sidecar.js';

export interface ForgetRequest {
  readonly forgetter: FileForgetter;
  /** Null for all of time. */
  readonly window: TimeRange | null;
  /** Held days too. */
  readonly includeHeld: boolean;
  readonly nowMs: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What matched in one data file. */
export interface FileMatches {
  readonly file: AddFile;
  readonly date: string | null;
  readonly rowCount: number;
  readonly matchedCount: number;
  /** Names of the holds that keep its day; empty when its matches go. */
  readonly holds: readonly string[];
}

export interface ForgetPlan {
  /** Files with matches, in order of path. */
  readonly matches: readonly FileMatches[];
  /** Of other tools: neither looked into nor changed. */
  readonly foreign: readonly AddFile[];
  /** Taken out of the table as damaged: not looked into, and may come back. */
  readonly gaps: readonly Gap[];
  readonly lookedAtCount: number;
}

/** Counts what matches. **Faults** CC4003, CC4006, CC5002, CC5003. */
export async function planForget(dataset: Dataset, request: ForgetRequest): Promise<ForgetPlan> {
  const { forgetter, window, includeHeld, nowMs, say, signal } = request;
  const { files } = selectFiles(dataset, window, []);
  const own = files.filter(isOwnFile);
  const holds = includeHeld ? [] : holdsOf(dataset).filter((hold) => isActive(hold, nowMs));
  const matches: FileMatches[] = [];
  for (const [index, file] of own.entries()) {
    signal.throwIfAborted();
    say(`looking into data file ${index + 1} of ${own.length}`);
    const path = join(dataset.tableDir, file.path);
    const { rowCount, matchedCount } = await forgetter.count(path, signal);
    if (matchedCount === 0) continue;
    const date = dateOf(file);
    const keeping = holds.filter((hold) => date !== null && holdsDay(hold, date));
    const names = keeping.map(({ name }) => name);
    matches.push(Object.freeze({ file, date, rowCount, matchedCount, holds: names }));
  }
  const foreign = files.filter((file) => !isOwnFile(file));
  const gaps = gapsOf(dataset).filter((gap) => window === null || touches(gap.window, window));
  return Object.freeze({ matches, foreign, gaps, lookedAtCount: own.length });
}

function touches(a: TimeRange, b: TimeRange): boolean {
  return a.start < b.end && b.start < a.end;
}

export interface ForgetDone {
  readonly dataset: Dataset;
  readonly plan: ForgetPlan;
}

const maxTries = 5;

/** **Faults** those of `planForget`, CC4002, CC4004, CC5001, CC5005. On any nothing is changed. */
export async function forget(dataset: Dataset, request: ForgetRequest): Promise<ForgetDone> {
  let current = await refreshDataset(dataset);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const plan = await planForget(current, request);
    const going = plan.matches.filter(({ holds }) => holds.length === 0);
    if (going.length + plan.gaps.length === 0) return { dataset: current, plan };
    const outcome = await rewrite(current, { ...plan, matches: going }, request);
    if (outcome.done) return { dataset: outcome.dataset, plan };
    current = outcome.dataset;
  }
  throw new Fault('CC4004', { reason: 'its files changed', tries: maxTries });
}

interface Outcome {
  /** False when another writer took one of the files away, or changed the holds. */
  readonly done: boolean;
  readonly dataset: Dataset;
}

async function rewrite(
  dataset: Dataset,
  { matches: going, gaps }: Pick<ForgetPlan, 'matches' | 'gaps'>,
  request: ForgetRequest,
): Promise<Outcome> {
  const { signal, say, nowMs } = request;
  const written: MergedFile[] = [];
  let committed = false;
  try {
    const adds: AddFile[] = [];
    for (const [index, match] of going.entries()) {
      say(`writing data file ${index + 1} of ${going.length} again`);
      const kept = await keptRows(dataset, match, request);
      if (kept === null) continue;
      written.push(kept);
      adds.push(await addOfKept(dataset, match, kept, nowMs));
    }
    signal.throwIfAborted();
    const files = [...going, ...gaps].map(({ file }) => file);
    const outcome = await commitOver(dataset, {
      actions: actionsOf(going, adds, nowMs),
      metadataOf: ({ metadata }) => withForgotten(metadata, files, nowMs),
    });
    committed = outcome.done;
    return outcome;
  } finally {
    const files = written.map(({ file }) => file);
    if (!committed) await removeUncommitted(dataset, files);
  }
}

/** Null when every row matched. */
async function keptRows(
  dataset: Dataset,
  { file, rowCount, matchedCount }: FileMatches,
  { forgetter, signal }: ForgetRequest,
): Promise<MergedFile | null> {
  const { tableDir, schema, roles } = dataset;
  await checkSum(tableDir, file, signal);
  const known = parseStats(file.stats)?.numRecords;
  if (known !== rowCount) {
    const reason = `${rowCount} rows in the file, ${known ?? 'none'} in the log`;
    throw new Fault('CC4003', { path: file.path, reason });
  }
  if (matchedCount === rowCount) return null;
  return await forgetter.rewrite(
    {
      tableDir,
      date: present(dateOf(file), 'a day'),
      path: file.path,
      rowCount,
      matchedCount,
      columns: schema,
      statsColumns: statsColumnsOf(schema, roles),
    },
    signal,
  );
}

async function addOfKept(
  { tableDir, schema, roles }: Dataset,
  { file }: FileMatches,
  { file: kept, columnNames }: MergedFile,
  nowMs: number,
): Promise<AddFile> {
  const [checksum] = await secureFiles(tableDir, [kept]);
  const held = new Set(columnNames);
  const add = addOf(kept, present(checksum, 'a checksum'), {
    schema,
    statsColumns: statsColumnsOf(schema, roles),
    extraLabels: extraLabelsOf(file),
    layout: layoutOf(schema.filter(({ name }) => held.has(name))),
    nowMs,
  });
  return { ...add, tags: { ...add.tags, ...ingestedTagOf([file]) } };
}

/** Counts alone: the log must not say what was to be forgotten. */
function actionsOf(
  going: readonly FileMatches[],
  adds: readonly AddFile[],
  nowMs: number,
): CommitActions {
  const removedRows = going.reduce((sum, { matchedCount }) => sum + matchedCount, 0);
  const rows = going.reduce((sum, { rowCount }) => sum + rowCount, 0);
  return {
    commitInfo: infoOf('DELETE', nowMs, {
      removedRows: String(removedRows),
      keptRows: String(rows - removedRows),
    }),
    protocol: null,
    metadata: null,
    transactions: [],
    adds,
    removes: going.map(({ file }) => removalOf(file, { nowMs, dataChange: true })),
  };
}

interface Change {
  readonly actions: CommitActions;
  /** What becomes of the metadata of the version it is committed on. */
  readonly metadataOf: (snapshot: Snapshot) => Metadata;
}

/** A new column or setting does not touch rows that are there already; a new hold may. */
async function commitOver(dataset: Dataset, { actions, metadataOf }: Change): Promise<Outcome> {
  let current = dataset;
  for (;;) {
    const { snapshot } = current;
    const metadata = metadataOf(snapshot);
    const outcome = await commit({
      ...{ snapshot, actions: { ...actions, metadata } },
      overlaps: async () => false,
    });
    current = datasetOf(dataset, outcome.snapshot);
    if (outcome.kind === 'committed') return { done: true, dataset: current };
    const isSame = JSON.stringify(holdsOf(current)) === JSON.stringify(holdsOf(dataset));
    if (outcome.conflict.kind === 'concurrent delete' || !isSame) {
      return { done: false, dataset: current };
    }
  }
}

/** Takes the files that held the events off the disk at once, with what lies beside them, whoever
 * still reads them. */
export async function eraseNow({ tableDir }: Dataset, files: readonly AddFile[]): Promise<void> {
  const stems = new Set(files.map(({ path }) => sidecarStem(path)));
  const paths = [
    ...files.map(({ path }) => join(tableDir, path)),
    ...(await allBeside(tableDir, stems)),
  ];
  for (const path of paths) await unlink(path).catch(() => undefined);
}
