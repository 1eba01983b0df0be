/**
 * One ingest, one commit: plan the columns, write the data files, force them to disk, make them
 * visible. Before the commit nothing is to be seen; after it everything is, and stays.
 */
import { unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { CommitActions } from '../delta/action.js';
import { isCheckpointDue, writeCheckpoint } from '../delta/checkpoint.js';
import { commit } from '../delta/commit.js';
import type { Conflict } from '../delta/conflict.js';
import type { Column } from '../event/column.js';
import type { Roles } from '../event/role.js';
import type { Micros } from '../time/instant.js';
import { type ColumnPlan, planColumns } from './column-plan.js';
import { addOf, layoutOf, removeUncommitted, secureFiles } from './data-file.js';
import { type Dataset, datasetOf, evolveMetadata, infoOf } from './dataset.js';
import type { DataFileWriter, StagedFile, WrittenFile } from './ports.js';
import { defaultSettings, mergeRoles, type Settings, statsColumnsOf } from './settings.js';
import { mayBeStartOf, type SourceRecord, sourceOf, sourceTransactions } from './sources.js';

export interface AppendRequest {
  /** The version the sources were looked up in. */
  readonly dataset: Dataset;
  readonly batch: string;
  readonly ingestedAt: Micros;
  readonly staged: readonly StagedFile[];
  /** Rows accepted by the readers; exactly as many must arrive in data files. */
  readonly rowCount: number;
  readonly sources: readonly SourceRecord[];
  /** Roles found in this ingest; added behind the known ones. */
  readonly roles: Roles;
  /** The rule for a failed event that comes with the first status, unless one was set. */
  readonly bad: string | null;
  readonly columnCap: number;
  /** Free text for the log: what was read, rejected, from where. */
  readonly report: Readonly<Record<string, string>>;
  /** Whether our source begins with the bytes of `start`; asked when a race was lost. */
  readonly startsWith: (source: SourceRecord, start: SourceRecord) => Promise<boolean>;
}

export type AppendOutcome =
  | {
      readonly kind: 'committed';
      readonly dataset: Dataset;
      readonly fileCount: number;
      readonly fileBytes: number;
      readonly newColumns: readonly Column[];
      /** Values that went to `extra`, by label. */
      readonly extras: ColumnPlan['extras'];
      /** The batch is safe, but the checkpoint behind it failed. */
      readonly checkpointFault: Fault | null;
    }
  /** Another writer stored some of the same content meanwhile; nothing was stored. Look the sources
   * up again in this dataset. */
  | { readonly kind: 'overlap'; readonly dataset: Dataset };

/** Each try lost to another writer's change of the schema. */
const maxPlanTries = 20;

/** **Faults** CC4002, CC4004, CC5001, CC5003, CC5005. On any fault or abort nothing is stored. */
export async function appendBatch(
  request: AppendRequest,
  writer: DataFileWriter,
  signal: AbortSignal,
): Promise<AppendOutcome> {
  let { dataset } = request;
  for (let tries = 0; tries < maxPlanTries; tries += 1) {
    const outcome = await tryAppend({ ...request, dataset }, writer, signal);
    if (outcome.kind !== 'plan again') return outcome;
    dataset = outcome.dataset;
  }
  throw new Fault('CC4004', { reason: 'its columns changed', tries: maxPlanTries });
}

type TryOutcome = AppendOutcome | { readonly kind: 'plan again'; readonly dataset: Dataset };

async function tryAppend(
  request: AppendRequest,
  writer: DataFileWriter,
  signal: AbortSignal,
): Promise<TryOutcome> {
  const { dataset } = request;
  const nowMs = Math.floor(request.ingestedAt / 1000);
  const roles = mergeRoles(dataset.roles, request.roles);
  const plan = planColumns({
    schema: dataset.schema,
    takenNames: new Set(dataset.snapshot.metadata.fields.map(({ name }) => name)),
    staged: request.staged,
    columnCap: request.columnCap,
    preferredLabels: new Set(Object.values(roles).flat()),
  });
  const statsColumns = statsColumnsOf(plan.schema, roles);
  const files = await writeFiles(request, plan, statsColumns, writer, signal);
  let committed = false;
  try {
    checkRowCount(request.rowCount, files);
    const checksums = await secureFiles(dataset.tableDir, files);
    const extraLabels = plan.extras.map(({ label }) => label);
    const layout = layoutOf(plan.columns);
    const context = { schema: plan.schema, statsColumns, extraLabels, layout, nowMs };
    const actions: CommitActions = {
      commitInfo: infoOf('WRITE', nowMs, { ...request.report, batch: request.batch }),
      protocol: null,
      metadata: changedMetadata(dataset, plan, settingsWith(request, roles)),
      transactions: sourceTransactions(request.sources, dataset.snapshot, nowMs),
      adds: files.map((file, index) => addOf(file, checksums[index] ?? '', context)),
      removes: [],
    };
    signal.throwIfAborted();
    const overlaps = (winner: CommitActions) => overlapsSources(request, winner);
    const outcome = await commit({ snapshot: dataset.snapshot, actions, overlaps });
    const newest = datasetOf(dataset, outcome.snapshot);
    if (outcome.kind === 'committed') {
      committed = true;
      return await report(newest, plan, files, writer, nowMs);
    }
    return { kind: afterConflict(outcome.conflict), dataset: newest };
  } finally {
    if (!committed) await removeUncommitted(dataset, files);
  }
}

/** A changed protocol is planned again too: the next try refuses it by name. */
function afterConflict(conflict: Conflict): 'plan again' | 'overlap' {
  switch (conflict.kind) {
    case 'metadata changed':
    case 'protocol changed':
    case 'concurrent delete':
      return 'plan again';
    case 'already committed':
    case 'overlap':
      return 'overlap';
    default:
      return unreachable(conflict);
  }
}

async function writeFiles(
  request: AppendRequest,
  plan: ColumnPlan,
  statsColumns: readonly string[],
  writer: DataFileWriter,
  signal: AbortSignal,
): Promise<readonly WrittenFile[]> {
  if (request.rowCount === 0) return [];
  return await writer.write(
    {
      tableDir: request.dataset.tableDir,
      prefix: 'a',
      columns: plan.columns.map(({ name, label, type }) => ({ name, label, type })),
      staged: plan.staged,
      batch: request.batch,
      ingestedAt: request.ingestedAt,
      statsColumns,
    },
    signal,
  );
}

function checkRowCount(expected: number, files: readonly WrittenFile[]): void {
  const written = files.reduce((sum, { rows }) => sum + rows, 0);
  if (written === expected) return;
  const reason = `${written} rows were written, ${expected} were accepted`;
  throw new Fault('CC5002', { reason });
}

function settingsWith({ dataset, bad }: AppendRequest, roles: Roles): Settings {
  const isFirst = (dataset.roles.status ?? []).length === 0;
  const isUnset = dataset.bad === defaultSettings.bad;
  const { keepDays, rollup } = dataset;
  return { roles, bad: (isFirst && isUnset ? bad : null) ?? dataset.bad, keepDays, rollup };
}

/** Null when this batch brings neither a column nor a role. */
function changedMetadata(
  dataset: Dataset,
  plan: ColumnPlan,
  settings: Settings,
): CommitActions['metadata'] {
  const sameRoles = JSON.stringify(settings.roles) === JSON.stringify(dataset.roles);
  if (plan.newColumns.length === 0 && sameRoles) return null;
  return evolveMetadata(dataset, plan.newColumns, settings);
}

/** Whether a commit that came first holds content of ours: the same bytes, a start of ours, or a
 * longer state of the same file. */
async function overlapsSources(request: AppendRequest, winner: CommitActions): Promise<boolean> {
  const theirs = winner.transactions.flatMap((one) => sourceOf(one) ?? []);
  for (const source of request.sources) {
    for (const other of theirs) {
      if (source.sha256 === other.sha256) return true;
      if (source.pathHash === other.pathHash && mayBeStartOf(source, other)) return true;
      if (mayBeStartOf(other, source) && (await request.startsWith(source, other))) return true;
    }
  }
  return false;
}

async function report(
  dataset: Dataset,
  plan: ColumnPlan,
  files: readonly WrittenFile[],
  writer: DataFileWriter,
  nowMs: number,
): Promise<AppendOutcome> {
  return {
    kind: 'committed',
    dataset,
    fileCount: files.length,
    fileBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    newColumns: plan.newColumns,
    extras: plan.extras,
    checkpointFault: await checkpointWhenDue(dataset, writer, nowMs),
  };
}

async function checkpointWhenDue(
  dataset: Dataset,
  writer: DataFileWriter,
  nowMs: number,
): Promise<Fault | null> {
  const to = dataset.snapshot.version;
  if (!isCheckpointDue({ from: to - 1, to })) return null;
  try {
    await writeCheckpoint(dataset.tableDir, writer, nowMs);
    return null;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
