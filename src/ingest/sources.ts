/**
 * What people name on the command line becomes a list of files: files, directories (recursive),
 * globs (`*`, `?`, `[a-z]`, `**`, `{a,b}`, and `{host}`, which captures a value) and `-`. The order
 * is that of the arguments, then by name; a file named twice is listed once. What is passed over is
 * told, never lost in silence.
 */
import {
  accessSync,
  constants,
  lstatSync,
  readdirSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import { faultOfRead, fileFault } from './file-fault.js';
import { type Captures, capturePattern, isGlob, matchGlob, noCaptures } from './glob.js';

export interface SourceFile {
  /** As it was named or found; `-` for standard input. */
  readonly path: string;
  /** Values from `{name}` in a glob or in the source pattern. */
  readonly captures: Captures;
}

export interface SkippedPath {
  readonly path: string;
  readonly reason: 'hidden' | 'not a regular file' | 'a directory' | 'a linked directory';
}

export interface SourceList {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly SkippedPath[];
  /** One for each argument or file that cannot be read; the others are read all the same. */
  readonly faults: readonly Fault[];
}

interface Collector {
  readonly files: SourceFile[];
  readonly skipped: SkippedPath[];
  readonly faults: Fault[];
  readonly seen: Set<string>;
  readonly sourcePattern: string | null;
}

/**
 * Expands arguments. `sourcePattern` captures values from the end of each path, as in
 * `{host}/access.log`. **Faults** (collected) CC2001, CC2002, CC2003, CC2008.
 */
export function expandSources(
  args: readonly string[],
  sourcePattern: string | null = null,
): SourceList {
  const collector: Collector = {
    files: [],
    skipped: [],
    faults: [],
    seen: new Set(),
    sourcePattern,
  };
  for (const arg of args) addArgument(collector, arg);
  const { files, skipped, faults } = collector;
  return { files, skipped, faults };
}

function addArgument(collector: Collector, arg: string): void {
  if (arg === '-') {
    if (!collector.seen.has('-')) collector.files.push({ path: '-', captures: noCaptures });
    collector.seen.add('-');
    return;
  }
  const stats = guarded(collector, arg, () => statSync(arg, { throwIfNoEntry: false }) ?? null);
  if (stats === undefined) return;
  if (stats !== null) addNamed(collector, arg, stats);
  else if (isGlob(arg)) addGlob(collector, arg);
  else collector.faults.push(fileFault('not_found', arg, 'no such file'));
}

function addNamed(collector: Collector, path: string, stats: Stats): void {
  if (stats.isDirectory()) addDirectory(collector, path);
  else if (stats.isFile()) addFile(collector, path, noCaptures);
  else collector.faults.push(fileFault('not_regular_file', path, 'not a regular file'));
}

function addGlob(collector: Collector, pattern: string): void {
  const before = collector.files.length + collector.faults.length;
  const matches = matchGlob(pattern, (directory, error) => {
    collector.faults.push(faultOfRead(error, directory));
  });
  let known = false;
  for (const { path, captures } of matches) {
    const stats = guarded(collector, path, () => statSync(path, { throwIfNoEntry: false }) ?? null);
    if (stats === undefined || stats === null) continue;
    if (stats.isFile()) {
      known = true;
      addFile(collector, path, captures);
    } else {
      const reason = stats.isDirectory() ? 'a directory' : 'not a regular file';
      collector.skipped.push({ path, reason });
    }
  }
  if (!known && before === collector.files.length + collector.faults.length) {
    collector.faults.push(new Fault('CC2008', { pattern, class: 'not_found' }));
  }
}

function addDirectory(collector: Collector, directory: string): void {
  const entries = guarded(collector, directory, () => readdirSync(directory));
  for (const name of entries?.sort() ?? []) {
    const path = join(directory, name);
    if (name.startsWith('.')) {
      collector.skipped.push({ path, reason: 'hidden' });
      continue;
    }
    addFound(collector, path);
  }
}

/** Something found in a directory. Links to files are followed, links to directories may loop. */
function addFound(collector: Collector, path: string): void {
  const stats = guarded(collector, path, () => statSync(path));
  if (stats === undefined) return;
  if (stats.isFile()) addFile(collector, path, noCaptures);
  else if (!stats.isDirectory()) collector.skipped.push({ path, reason: 'not a regular file' });
  else if (isLink(path)) collector.skipped.push({ path, reason: 'a linked directory' });
  else addDirectory(collector, path);
}

function isLink(path: string): boolean {
  return lstatSync(path).isSymbolicLink();
}

function addFile(collector: Collector, path: string, fromGlob: Captures): void {
  const real = guarded(collector, path, () => {
    accessSync(path, constants.R_OK);
    return realpathSync(path);
  });
  if (real === undefined || collector.seen.has(real)) return;
  collector.seen.add(real);
  const { sourcePattern } = collector;
  const fromPattern = sourcePattern === null ? null : capturePattern(sourcePattern, path);
  collector.files.push({ path, captures: { ...fromPattern, ...fromGlob } });
}

/** The value, or undefined after a fault was noted. */
function guarded<T>(collector: Collector, path: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    collector.faults.push(faultOfRead(error, path));
    return undefined;
  }
}
