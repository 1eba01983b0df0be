/**
 * Which data files are worth merging. Pure. A day that is still written to is merged in tiers, so
 * that a row is rewritten a few times and not with every batch; a quiet day becomes one file.
 */
import type { AddFile } from '../delta/action.js';
import { parseStats } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import { isOwnFile } from './data-file.js';

export interface CompactionTask {
  /** UTC, `2020-04-16`. */
  readonly date: string;
  /** At least two, in order of their first event. */
  readonly files: readonly AddFile[];
  readonly rowCount: number;
  readonly fileBytes: number;
}

/** Measured best for all kinds of questions: files of about a million rows, at most 128 MB. */
const targetRows = 1_000_000;
const targetBytes = 128 * 1024 * 1024;

/** Files of a tier are at most this many times as large as each other, and merged when there are
 * this many. Chosen so that 288 batches a day are each written about three times. */
const tierWidth = 8;

/** A day takes no more batches when it is over and none came for an hour. */
const quietMs = 3_600_000;

const dayMs = 86_400_000;

/**
 * The merges worth doing, those that save most files first. `all`: also days still written to.
 * Files of other tools are left alone: their statistics are hints. **Units** milliseconds since
 * the epoch.
 */
export function planCompaction(
  files: readonly AddFile[],
  { nowMs, all }: { readonly nowMs: number; readonly all: boolean },
): readonly CompactionTask[] {
  const today = new Date(Math.floor(nowMs / dayMs) * dayMs).toISOString().slice(0, 10);
  return [...smallFilesByDate(files)]
    .flatMap(([date, small]) => {
      const isQuiet =
        date < today && small.every(({ file }) => nowMs - file.modificationTime >= quietMs);
      const groups = all || isQuiet ? [small] : fullTiers(small);
      return groups.flatMap(packed).map((group) => taskOf(date, group));
    })
    .sort((a, b) => b.files.length - a.files.length || (a.date < b.date ? -1 : 1));
}

interface SmallFile {
  readonly file: AddFile;
  readonly rowCount: number;
  readonly first: string;
}

function smallFilesByDate(files: readonly AddFile[]): ReadonlyMap<string, readonly SmallFile[]> {
  const byDate = new Map<string, SmallFile[]>();
  for (const file of files) {
    const date = file.partitionValues[systemColumns.date] ?? null;
    const stats = isOwnFile(file) ? parseStats(file.stats) : null;
    if (date === null || stats === null) continue;
    const rowCount = stats.numRecords;
    if (rowCount > targetRows / 2 || file.size > targetBytes / 2) continue;
    const first = String(stats.minValues[systemColumns.ts] ?? '');
    byDate.set(date, [...(byDate.get(date) ?? []), { file, rowCount, first }]);
  }
  return byDate;
}

function fullTiers(files: readonly SmallFile[]): readonly (readonly SmallFile[])[] {
  const tiers = new Map<number, SmallFile[]>();
  for (const file of files) {
    const tier = Math.floor(Math.log(Math.max(1, file.rowCount)) / Math.log(tierWidth));
    tiers.set(tier, [...(tiers.get(tier) ?? []), file]);
  }
  return [...tiers.values()].filter((tier) => tier.length >= tierWidth);
}

/** Neighbours in time, each group about one target file; groups of one need no merge. */
function packed(files: readonly SmallFile[]): readonly (readonly SmallFile[])[] {
  const groups: SmallFile[][] = [];
  let [rows, bytes] = [0, 0];
  for (const file of files.toSorted(byTime)) {
    const group = groups.at(-1);
    const fits = rows + file.rowCount <= targetRows && bytes + file.file.size <= targetBytes;
    if (group !== undefined && fits) group.push(file);
    else {
      groups.push([file]);
      [rows, bytes] = [0, 0];
    }
    rows += file.rowCount;
    bytes += file.file.size;
  }
  return groups.filter((group) => group.length > 1);
}

function byTime(a: SmallFile, b: SmallFile): number {
  if (a.first !== b.first) return a.first < b.first ? -1 : 1;
  return a.file.path < b.file.path ? -1 : 1;
}

function taskOf(date: string, files: readonly SmallFile[]): CompactionTask {
  return Object.freeze({
    date,
    files: files.map(({ file }) => file),
    rowCount: files.reduce((sum, { rowCount }) => sum + rowCount, 0),
    fileBytes: files.reduce((sum, { file }) => sum + file.size, 0),
  });
}
