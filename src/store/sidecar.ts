/**
 * Sidecars: immutable files beside the data files, each a pure function of one data file and a
 * definition, at an address made of both. One that is missing costs time and never an answer. Their
 * directory begins with `_`, so that no Delta reader sees them.
 */
import { chmod, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  isTemporaryName,
  makeDirectory,
  syncPath,
  temporaryName,
  writing,
} from '../delta/durable.js';
import { type Leftover, oldEntries } from './leftovers.js';

export type SidecarKind = 'rollup' | 'fingerprint' | 'census';

/** One for each kind and definition. */
export function sidecarDir(tableDir: string, kind: SidecarKind, address: string): string {
  return join(tableDir, `_${kind}`, address);
}

/** What the sidecars of a data file are called, up to the first point. */
export function sidecarStem(dataPath: string): string {
  return basename(dataPath, '.parquet');
}

/** Names of the sidecars of a directory by the stem of their data file. */
export async function sidecarNames(dir: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const byStem = new Map<string, string[]>();
  for (const name of (await readdir(dir).catch(() => [])).sort()) {
    if (isTemporaryName(name)) continue;
    const others = byStem.get(stemOf(name));
    if (others === undefined) byStem.set(stemOf(name), [name]);
    else others.push(name);
  }
  return byStem;
}

function stemOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

/** These sidecars and all others of the same data files and definitions. Relative to the table. */
export async function withSiblings(
  tableDir: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const all = new Set<string>();
  for (const path of paths) {
    const dir = dirname(path);
    const names = (await sidecarNames(join(tableDir, dir))).get(stemOf(basename(path))) ?? [];
    for (const name of names) all.add(join(dir, name));
  }
  return [...all];
}

/**
 * Writes under temporary names, forces all of them to disk, then gives them the names that `write`
 * says, in that order: a crash leaves whole sidecars or none. **Faults** CC5001, CC5005.
 */
export async function placeSidecars(
  dir: string,
  write: (temporary: (key: number) => string) => Promise<ReadonlyMap<string, string>>,
): Promise<void> {
  await makeDirectory(dir);
  const made = new Map<number, string>();
  const temporary = (key: number): string => {
    const path = made.get(key) ?? join(dir, temporaryName());
    made.set(key, path);
    return path;
  };
  try {
    const names = await write(temporary);
    for (const path of names.keys()) {
      await writing(path, () => chmod(path, 0o600));
      await syncPath(path);
    }
    for (const [path, name] of names) await writing(path, () => rename(path, join(dir, name)));
    await syncPath(dir);
  } finally {
    // One that stays is removed with the dead ones.
    for (const path of made.values()) await rm(path, { force: true }).catch(() => undefined);
  }
}

const sidecarKinds: readonly SidecarKind[] = ['rollup', 'fingerprint', 'census'];

/** Every sidecar of these data files, of old definitions too. */
export async function allBeside(
  tableDir: string,
  stems: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const kind of sidecarKinds) {
    for (const definition of await readdir(join(tableDir, `_${kind}`)).catch(() => [])) {
      const dir = sidecarDir(tableDir, kind, definition);
      const names = await readdir(dir).catch(() => []);
      found.push(...names.filter((name) => stems.has(stemOf(name))).map((name) => join(dir, name)));
    }
  }
  return found;
}

/** Without a place to lie in, a sidecar this old belongs to nobody at work. Chosen by us. */
const defaultGraceMs = 3_600_000;

/**
 * Sidecars of data files that are gone, those of other definitions than the `current` ones, and
 * what a crash left. Paths relative to the table. **Units** milliseconds since the epoch.
 */
export async function deadSidecars(
  tableDir: string,
  current: ReadonlyMap<SidecarKind, readonly string[]>,
  { nowMs, graceMs }: { readonly nowMs: number; readonly graceMs: number | null },
): Promise<readonly Leftover[]> {
  const before = nowMs - (graceMs ?? defaultGraceMs);
  const found: (Leftover & { readonly isOld: boolean })[] = [];
  for (const [kind, addresses] of current) {
    for (const definition of await readdir(join(tableDir, `_${kind}`)).catch(() => [])) {
      const dir = sidecarDir(tableDir, kind, definition);
      for (const entry of await oldEntries(dir, before, () => true)) {
        found.push({ ...entry, isOld: !addresses.includes(definition) });
      }
    }
  }
  // Listed last: a data file that came meanwhile is there.
  const stems = found.length === 0 ? new Set<string>() : await dataFileStems(tableDir);
  return found
    .filter(({ path, isOld }) => isOld || !stems.has(stemOf(basename(path))))
    .map(({ path, bytes, isDirectory }) => {
      return { path: path.slice(tableDir.length + 1), bytes, isDirectory };
    });
}

async function dataFileStems(tableDir: string): Promise<ReadonlySet<string>> {
  const stems = new Set<string>();
  for (const dir of await readdir(tableDir)) {
    if (!dir.startsWith('date=')) continue;
    for (const name of await readdir(join(tableDir, dir))) stems.add(sidecarStem(name));
  }
  return stems;
}
