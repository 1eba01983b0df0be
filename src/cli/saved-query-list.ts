/**
 * Where saved queries lie: `queries/` here or above, up to the git root; the folders of the config;
 * those that come with the program. The first of a name wins.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Fault } from '../base/fault.js';
import { suggest } from '../base/suggest.js';
import { directoriesAbove } from './config.js';
import { type SavedFile, savedName } from './saved-query-file.js';

const folder = 'queries';

/** Where saved queries are looked for. */
export interface SavedPlaces {
  readonly directory: string;
  /** Folders named by the config, absolute, nearest first. */
  readonly configured: readonly string[];
  /** Beside the program, or above its source. */
  readonly shipped: string;
}

/** The folder that comes with the program, seen from its entry or from its source. */
export function shippedQueries(entry: string): string {
  const found = ['../queries', '../../queries', '../../../queries']
    .map((path) => fileURLToPath(new URL(path, entry)))
    .find((path) => existsSync(path));
  return found ?? fileURLToPath(new URL('../queries', entry));
}

/** A file of a name, and those of the same name that it hides. */
export interface NamedFile extends SavedFile {
  readonly name: string;
  readonly hides: readonly SavedFile[];
}

/** By name; the nearest file of each. */
export function savedFiles(places: SavedPlaces): readonly NamedFile[] {
  const { directory, configured, shipped } = places;
  const project = directoriesAbove(directory)
    .map((path) => join(path, folder))
    .filter((path) => existsSync(path))
    .slice(0, 1);
  const folders = [
    ...project.map((path) => ({ path, origin: 'project' as const })),
    ...configured.map((path) => ({ path, origin: 'config' as const })),
    { path: shipped, origin: 'shipped' as const },
  ];
  const seen = new Set<string>();
  const found = new Map<string, SavedFile[]>();
  for (const { path, origin } of folders.toReversed()) {
    const real = existsSync(path) ? realpathSync(path) : path;
    if (seen.has(real)) continue;
    seen.add(real);
    for (const file of yamlFiles(path)) {
      const shown =
        origin === 'shipped' ? `${folder}/${file}` : shownPath(directory, join(path, file));
      const name = savedName(file);
      const saved = { path: join(path, file), shown, origin };
      found.set(name, [saved, ...(found.get(name) ?? [])]);
    }
  }
  return [...found.entries()]
    .flatMap(([name, [first, ...hides]]) => (first === undefined ? [] : { ...first, name, hides }))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

function yamlFiles(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return files
    .map(({ name }) => name)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .toSorted();
}

function shownPath(directory: string, path: string): string {
  const below = relative(directory, path);
  return below.startsWith('..') ? path : below;
}

/** The file of a name. **Faults** CC1270. */
export function findSaved(places: SavedPlaces, name: string): NamedFile {
  const files = savedFiles(places);
  const found = files.find((file) => file.name === name);
  if (found !== undefined) return found;
  const near = suggest(
    name,
    files.map((file) => file.name),
  );
  const own = `coldcase queries lists them; one of your own would be ${folder}/${name}.yaml`;
  const hint = near === null ? own : `did you mean @${near}?`;
  throw new Fault('CC1270', { name }, { hint });
}
