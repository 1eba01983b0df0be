/**
 * A small file for each dataset with its names and the values met in answers, so that a TAB needs
 * no engine. It lies in the person's cache, never in the store: a question leaves no trace there.
 * Losing it costs nothing but candidates.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRecord, textOf, textsOf } from '../../delta/json-field.js';
import type { Environment } from '../terminal.js';
import type { Known } from './known.js';

export interface CachedKnown extends Known {
  /** Absolute. */
  readonly tableDir: string;
  /** Snapshot the names are of. */
  readonly version: number;
}

const cacheFormat = 1;
/** Candidates beyond these help nobody, and a TAB has to read them. Chosen by us. */
const maxValues = 200;
const maxValueLength = 120;
const maxNames = 64;

/** The directory of such files. **Source** XDG Base Directory Specification. */
export function cacheDir(env: Environment): string {
  const named = env.XDG_CACHE_HOME ?? '';
  return join(named === '' ? join(homedir(), '.cache') : named, 'coldcase', 'complete');
}

/** What is cached of the table, or null. */
export function readCache(env: Environment, tableDir: string): CachedKnown | null {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(env, tableDir), 'utf8'));
    if (!isRecord(value) || value.format !== cacheFormat) return null;
    // Two tables may share a name of a file; the table itself is named inside.
    if (textOf(value, 'tableDir') !== tableDir) return null;
    return {
      tableDir,
      version: typeof value.version === 'number' ? value.version : -1,
      columns: textsOf(value, 'columns'),
      roles: textLists(value.roles),
      values: textLists(value.values),
    };
  } catch {
    return null;
  }
}

/** Adds to what is cached; a cache that cannot be written is done without. */
export function mergeIntoCache(env: Environment, found: CachedKnown): void {
  const before = readCache(env, found.tableDir);
  const merged = before === null ? limited(found) : mergedKnown(before, found);
  if (before !== null && JSON.stringify(before) === JSON.stringify(merged)) return;
  const path = fileOf(env, found.tableDir);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(cacheDir(env), { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify({ format: cacheFormat, ...merged }), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // A read-only home keeps nobody from an answer.
  }
}

/** The newer names; the newer values in front of the older ones. */
export function mergedKnown(before: CachedKnown, found: CachedKnown): CachedKnown {
  const newest = found.version >= before.version ? found : before;
  const values: Record<string, readonly string[]> = { ...found.values };
  for (const [name, older] of Object.entries(before.values)) {
    values[name] = [...new Set([...(values[name] ?? []), ...older])];
  }
  return limited({ ...newest, values });
}

function limited(known: CachedKnown): CachedKnown {
  const names = Object.entries(known.values).slice(0, maxNames);
  const values = names.map(([name, texts]) => [name, texts.filter(isFit).slice(0, maxValues)]);
  return { ...known, values: Object.fromEntries(values) };
}

/** Nothing that would need more than a line, or act on a terminal that lists it. */
function isFit(value: string): boolean {
  return (
    value !== '' &&
    value.length <= maxValueLength &&
    !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)
  );
}

function textLists(value: unknown): Readonly<Record<string, readonly string[]>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.keys(value).map((key) => [key, textsOf(value, key)]));
}

function fileOf(env: Environment, tableDir: string): string {
  return join(cacheDir(env), `${nameOf(tableDir)}.json`);
}

/** A name from the path: not a secret one, so no hash that would first have to be loaded. */
function nameOf(path: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(path))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, '0');
}
