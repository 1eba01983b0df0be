/**
 * Removing what interrupted ingests left behind: staged rows, temporary log files, data files that
 * no commit names. Only what is older than a grace time, since it may belong to a running ingest.
 */
import type { Stats } from 'node:fs';
import { lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporaryName } from '../delta/durable.js';
import { listLog, logDir, readCommit } from '../delta/log.js';
import { type Dataset, refreshDataset } from './dataset.js';
import { stagingRoot } from './layout.js';

/** No ingest takes longer than this between writing a file and committing it. */
const defaultGraceMs = 24 * 3_600_000;

export interface SweepResult {
  readonly removedCount: number;
  readonly removedBytes: number;
}

/** Never touches a file that the log names. **Units** milliseconds since the epoch; a day of grace
 * when null.
 * **Faults** CC4002, CC4003. */
export async function sweep(
  dataset: Dataset,
  time: { readonly nowMs: number; readonly graceMs: number | null },
): Promise<SweepResult> {
  const before = time.nowMs - (time.graceMs ?? defaultGraceMs);
  const orphans = await unnamed(dataset, await oldDataFiles(dataset.tableDir, before));
  const removed = [
    ...(await removeAll(orphans, dataset.tableDir)),
    ...(await removeAll(await oldEntries(logDir(dataset.tableDir), before, isTemporaryName), '')),
    ...(await removeAll(await oldEntries(stagingRoot(dataset.tableDir), before, () => true), '')),
  ];
  return {
    removedCount: removed.length,
    removedBytes: removed.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

interface Leftover {
  readonly path: string;
  readonly bytes: number;
  readonly isDirectory: boolean;
}

/**
 * Those that neither the newest version nor any commit still there names: a removed file may have
 * readers. The files were listed before the log is read, so one committed meanwhile is named.
 */
async function unnamed(dataset: Dataset, files: readonly Leftover[]): Promise<readonly Leftover[]> {
  const { snapshot } = await refreshDataset(dataset);
  const named = new Set(snapshot.files.map(({ path }) => path));
  const dead = files.filter(({ path }) => !named.has(path));
  if (dead.length === 0) return [];
  const listing = await listLog(dataset.tableDir);
  for (const version of listing?.commits ?? []) {
    const actions = await readCommit(dataset.tableDir, version);
    for (const { path } of actions?.adds ?? []) named.add(path);
  }
  return dead.filter(({ path }) => !named.has(path));
}

/** Names our writer gives; anything else in the directory is not ours to remove. */
const dateDirPattern = /^date=\d{4}-\d{2}-\d{2}$/;
const dataFilePattern = /^[ac]-[0-9a-f-]{36}\.parquet$/;

/** Paths relative to the table. */
async function oldDataFiles(tableDir: string, before: number): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const dir of await namesIn(tableDir)) {
    if (!dateDirPattern.test(dir)) continue;
    const isOurs = (name: string) => dataFilePattern.test(name);
    for (const entry of await oldEntries(join(tableDir, dir), before, isOurs)) {
      found.push({ ...entry, path: entry.path.slice(tableDir.length + 1) });
    }
  }
  return found;
}

async function oldEntries(
  dir: string,
  before: number,
  matches: (name: string) => boolean,
): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of await namesIn(dir)) {
    if (!matches(name)) continue;
    const path = join(dir, name);
    const stats: Stats | null = await lstat(path).catch(() => null);
    if (stats === null || stats.mtimeMs >= before) continue;
    found.push({ path, bytes: stats.size, isDirectory: stats.isDirectory() });
  }
  return found;
}

async function namesIn(dir: string): Promise<readonly string[]> {
  return (await readdir(dir).catch(() => [])).sort();
}

async function removeAll(
  leftovers: readonly Leftover[],
  base: string,
): Promise<readonly Leftover[]> {
  const removed: Leftover[] = [];
  for (const leftover of leftovers) {
    const path = join(base, leftover.path);
    const removing = leftover.isDirectory
      ? rm(path, { recursive: true, force: true })
      : unlink(path);
    await removing.then(
      () => removed.push(leftover),
      () => undefined,
    );
  }
  return removed;
}
