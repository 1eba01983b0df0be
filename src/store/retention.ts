/**
 * Removes whole UTC days that are older than the dataset keeps, or that a size cap has no room for,
 * oldest first, as one commit. Days that a hold keeps stay. What it removes is gone from every
 * answer at once, and from the disk when the table's retention of deleted files is over.
 */
import { Fault } from '../base/fault.js';
import type { AddFile, CommitActions } from '../delta/action.js';
import { commit } from '../delta/commit.js';
import { parseStats } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import { removalOf } from './compaction.js';
import { isOwnFile } from './data-file.js';
import { type Dataset, datasetOf, infoOf, refreshDataset } from './dataset.js';
import { type Hold, holdsDay, holdsOf, isActive } from './hold.js';

export interface RetentionRules {
  /** Milliseconds since the epoch; days are counted back from it. */
  readonly nowMs: number;
  readonly keepDays: number;
  /** Most bytes of data files; null for no cap. */
  readonly maxBytes: number | null;
}

export interface ExpiredDay {
  /** UTC, `2020-04-16`. */
  readonly date: string;
  readonly why: 'age' | 'size';
  readonly fileCount: number;
  readonly fileBytes: number;
  /** Null when another tool wrote some of the files. */
  readonly rowCount: number | null;
  /** Names of the holds that keep it; empty when it goes. */
  readonly holds: readonly string[];
}

export interface RetentionPlan {
  /** Days before this one are too old. */
  readonly firstKept: string;
  /** In order of time, held ones among them. */
  readonly days: readonly ExpiredDay[];
  readonly removed: readonly AddFile[];
  /** Files without a day of their own, which are never removed. */
  readonly undatedCount: number;
}

const dayMs = 86_400_000;

/** What would go. A day is too old when all of it is. */
export function planRetention(dataset: Dataset, rules: RetentionRules): RetentionPlan {
  const { nowMs, keepDays, maxBytes } = rules;
  const firstKept = new Date((Math.floor(nowMs / dayMs) - keepDays) * dayMs)
    .toISOString()
    .slice(0, 10);
  const holds = holdsOf(dataset).filter((hold) => isActive(hold, nowMs));
  const byDate = filesByDate(dataset.snapshot.files);
  const days: ExpiredDay[] = [];
  const removed: AddFile[] = [];
  let bytes = dataset.snapshot.files.reduce((sum, { size }) => sum + size, 0);
  for (const [date, files] of byDate) {
    const why = date < firstKept ? 'age' : maxBytes !== null && bytes > maxBytes ? 'size' : null;
    if (why === null) continue;
    const day = dayOf(date, why, files, holds);
    days.push(day);
    if (day.holds.length > 0) continue;
    removed.push(...files);
    bytes -= day.fileBytes;
  }
  const dated = [...byDate.values()].reduce((sum, { length }) => sum + length, 0);
  const undatedCount = dataset.snapshot.files.length - dated;
  return Object.freeze({ firstKept, days, removed, undatedCount });
}

const maxTries = 20;

/** **Faults** CC4002, CC4004, CC5001, CC5005. */
export async function applyRetention(
  dataset: Dataset,
  rules: RetentionRules,
): Promise<{ readonly dataset: Dataset; readonly plan: RetentionPlan }> {
  let current = await refreshDataset(dataset);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const plan = planRetention(current, rules);
    if (plan.removed.length === 0) return { dataset: current, plan };
    const outcome = await commit({
      snapshot: current.snapshot,
      actions: actionsOf(plan, rules),
      overlaps: async () => false,
    });
    current = datasetOf(current, outcome.snapshot);
    if (outcome.kind === 'committed') return { dataset: current, plan };
  }
  throw new Fault('CC4004', { reason: 'its files changed', tries: maxTries });
}

function actionsOf(plan: RetentionPlan, { nowMs, keepDays, maxBytes }: RetentionRules) {
  const actions: CommitActions = {
    commitInfo: infoOf('DELETE', nowMs, {
      keepDays: String(keepDays),
      ...(maxBytes === null ? {} : { maxBytes: String(maxBytes) }),
    }),
    protocol: null,
    metadata: null,
    transactions: [],
    adds: [],
    removes: plan.removed.map((file) => removalOf(file, { nowMs, dataChange: true })),
  };
  return actions;
}

/** In order of date. */
function filesByDate(files: readonly AddFile[]): ReadonlyMap<string, readonly AddFile[]> {
  const byDate = new Map<string, AddFile[]>();
  for (const file of files) {
    const date = file.partitionValues[systemColumns.date] ?? null;
    if (date !== null) byDate.set(date, [...(byDate.get(date) ?? []), file]);
  }
  return new Map([...byDate].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function dayOf(
  date: string,
  why: ExpiredDay['why'],
  files: readonly AddFile[],
  holds: readonly Hold[],
): ExpiredDay {
  const counts = files.map((file) => (isOwnFile(file) ? parseStats(file.stats) : null));
  return Object.freeze({
    date,
    why,
    fileCount: files.length,
    fileBytes: files.reduce((sum, { size }) => sum + size, 0),
    rowCount: counts.reduce<number | null>(
      (sum, stats) => (sum === null || stats === null ? null : sum + stats.numRecords),
      0,
    ),
    holds: holds.filter((hold) => holdsDay(hold, date)).map(({ name }) => name),
  });
}
