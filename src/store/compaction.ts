/**
 * Merges small data files of a day into one, as one commit that changes no answer. Beside ingests,
 * retention and other compactions: whoever takes a file away first wins, and ours is given up.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { present } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { AddFile, CommitActions } from '../delta/action.js';
import { commit } from '../delta/commit.js';
import { errorCode } from '../delta/durable.js';
import type { CompactionTask } from './compaction-plan.js';
import {
  addOf,
  checksumTag,
  extraLabelsOf,
  ingestedTag,
  ingestTimes,
  layoutOf,
  removeUncommitted,
  secureFiles,
} from './data-file.js';
import { type Dataset, datasetOf, infoOf } from './dataset.js';
import type { DataFileWriter, MergedFile } from './ports.js';
import { statsColumnsOf } from './settings.js';

export type CompactionOutcome =
  | {
      readonly kind: 'committed';
      readonly dataset: Dataset;
      readonly fileCount: number;
      readonly fileBytes: number;
    }
  /** Another writer removed one of the files meanwhile; nothing was changed. */
  | { readonly kind: 'overtaken'; readonly dataset: Dataset };

/**
 * Each file is compared with its checksum first: what a disk changed must not be made good by a
 * new one. **Faults** CC4002, CC4003, CC4004, CC4006, CC5001, CC5002, CC5003, CC5005.
 */
export async function compactTask(
  dataset: Dataset,
  task: CompactionTask,
  { writer, nowMs }: { readonly writer: DataFileWriter; readonly nowMs: number },
  signal: AbortSignal,
): Promise<CompactionOutcome> {
  for (const file of task.files) await checkSum(dataset.tableDir, file, signal);
  const merged = await writer.merge(
    {
      tableDir: dataset.tableDir,
      date: task.date,
      paths: task.files.map(({ path }) => path),
      rowCount: task.rowCount,
      columns: dataset.schema,
      statsColumns: statsColumnsOf(dataset.schema, dataset.roles),
    },
    signal,
  );
  let committed = false;
  try {
    const added = await addOfMerged(dataset, task, merged, nowMs);
    const actions: CommitActions = {
      commitInfo: infoOf('OPTIMIZE', nowMs, { files: String(task.files.length) }),
      protocol: null,
      metadata: null,
      transactions: [],
      adds: [added],
      removes: task.files.map((file) => removalOf(file, { nowMs, dataChange: false })),
    };
    signal.throwIfAborted();
    const outcome = await commitOver(dataset, actions);
    committed = outcome.kind === 'committed';
    return outcome;
  } finally {
    if (!committed) await removeUncommitted(dataset, [merged.file]);
  }
}

/** A new column or setting does not touch rows that are kept as they are; only a lost file does. */
async function commitOver(dataset: Dataset, actions: CommitActions): Promise<CompactionOutcome> {
  let { snapshot } = dataset;
  for (;;) {
    const outcome = await commit({ snapshot, actions, overlaps: async () => false });
    const newest = datasetOf(dataset, outcome.snapshot);
    if (outcome.kind === 'committed') {
      const [file] = actions.adds;
      const fileBytes = file?.size ?? 0;
      return { kind: 'committed', dataset: newest, fileCount: 1, fileBytes };
    }
    if (outcome.conflict.kind === 'concurrent delete') {
      return { kind: 'overtaken', dataset: newest };
    }
    snapshot = outcome.snapshot;
  }
}

async function addOfMerged(
  dataset: Dataset,
  task: CompactionTask,
  { file, columnNames }: MergedFile,
  nowMs: number,
): Promise<AddFile> {
  const { schema, roles, tableDir } = dataset;
  const [checksum] = await secureFiles(tableDir, [file]);
  const held = new Set(columnNames);
  const labels = task.files.map(extraLabelsOf);
  const add = addOf(file, present(checksum, 'a checksum'), {
    schema,
    statsColumns: statsColumnsOf(schema, roles),
    extraLabels: labels.some((list) => list === null)
      ? null
      : [...new Set(labels.flatMap((list) => list ?? []))].sort(),
    layout: layoutOf(schema.filter(({ name }) => held.has(name))),
    nowMs,
  });
  const ingested = ingestedTagOf(task.files);
  return { ...add, tags: { ...add.tags, ...ingested }, dataChange: false };
}

/** When the rows of these files were ingested; nothing where one of them does not know. */
export function ingestedTagOf(files: readonly AddFile[]): Readonly<Record<string, string>> {
  const times = files.map(ingestTimes);
  if (times.includes(null)) return {};
  const all = times.flatMap((pair) => pair ?? []);
  const first = all.reduce((least, time) => Math.min(least, time), Number.MAX_SAFE_INTEGER);
  const last = all.reduce((most, time) => Math.max(most, time), 0);
  return { [ingestedTag]: `${first}-${last}` };
}

/** The log entry that takes a file away. **Units** milliseconds since the epoch. */
export function removalOf(
  { path, partitionValues, size }: AddFile,
  { nowMs, dataChange }: { readonly nowMs: number; readonly dataChange: boolean },
): CommitActions['removes'][number] {
  return { path, deletionTimestamp: nowMs, dataChange, partitionValues, size };
}

/** **Faults** CC4003, CC4006. */
export async function checkSum(
  tableDir: string,
  file: AddFile,
  signal: AbortSignal,
): Promise<void> {
  const path = join(tableDir, file.path);
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new Fault('CC4006', { path }, { cause: error });
    throw error;
  }
  if (hash.digest('hex') === file.tags[checksumTag]) return;
  throw new Fault('CC4003', { path, reason: 'its bytes are not those that were stored' });
}
