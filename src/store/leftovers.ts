/** Old files and directories, found and removed. Knows nothing of what they are. */
import type { Stats } from 'node:fs';
import { lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export interface SweepResult {
  readonly removedCount: number;
  readonly removedBytes: number;
}

export const noSweep: SweepResult = Object.freeze({ removedCount: 0, removedBytes: 0 });

export interface Leftover {
  readonly path: string;
  readonly bytes: number;
  readonly isDirectory: boolean;
}

/** Entries of a directory last changed before an instant; none where there is no directory.
 * **Units** milliseconds since the epoch. */
export async function oldEntries(
  dir: string,
  beforeMs: number,
  matches: (name: string) => boolean,
): Promise<readonly Leftover[]> {
  const found: Leftover[] = [];
  for (const name of (await readdir(dir).catch(() => [])).sort()) {
    if (!matches(name)) continue;
    const path = join(dir, name);
    const stats: Stats | null = await lstat(path).catch(() => null);
    if (stats === null || stats.mtimeMs >= beforeMs) continue;
    found.push({ path, bytes: stats.size, isDirectory: stats.isDirectory() });
  }
  return found;
}

/** Those that could be removed; paths are relative to `base`. */
export async function removeAll(
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
