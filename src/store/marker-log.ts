/**
 * Markers of a dataset: deploys, incidents, scalings. Kept beside the table under a name no Delta
 * reader looks at, one file that never changes for each time some were added or removed, so that
 * writers never meet and ten thousand of an import are one file.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomId, sha256Hex } from '../base/hash.js';
import { errorCode, makeDirectory, replaceFile } from '../delta/durable.js';
import { integerOf, isRecord, textOf } from '../delta/json-field.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** Something that happened and is no event of the data. */
export interface StoredMarker {
  /** Made of its content: the same marker added twice is one. */
  readonly id: string;
  readonly start: Micros;
  /** Null for an instant. */
  readonly end: Micros | null;
  /** `deploy`, `incident` … */
  readonly type: string;
  readonly message: string;
  readonly url: string | null;
}

const directory = '_markers';
const suffix = '.ndjson';
/** Digits of milliseconds since the epoch, so that names sort as they were written. */
const stampLength = 15;
/** Letters of a hash that tell ten thousand markers apart with a chance of 1 in 5,000 to clash. */
const idLength = 10;

/** A marker with the id its content gives it. */
export function storedMarker(parts: Omit<StoredMarker, 'id'>): StoredMarker {
  const { start, end, type, message, url } = parts;
  const id = sha256Hex(JSON.stringify([start, end, type, message, url])).slice(0, idLength);
  return Object.freeze({ id, ...parts });
}

/** Those that were added and not removed since; in order of time, then of their ids. */
export async function readMarkers(tableDir: string): Promise<readonly StoredMarker[]> {
  const byId = new Map<string, StoredMarker>();
  for (const name of await fileNames(tableDir)) {
    const text = await readFile(join(tableDir, directory, name), 'utf8');
    for (const line of text.split('\n')) applyLine(line, byId);
  }
  return [...byId.values()].sort(
    (left, right) => left.start - right.start || (left.id < right.id ? -1 : 1),
  );
}

/** What it says, without its type where the message begins with it. */
export function markerLabel({ type, message }: StoredMarker): string {
  return message.startsWith(`${type} `) ? message.slice(type.length + 1) : message;
}

/** Those that touch a half-open window. */
export function markersIn(
  markers: readonly StoredMarker[],
  { start, end }: TimeRange,
): readonly StoredMarker[] {
  return markers.filter((one) => one.start < end && (one.end ?? one.start) >= start);
}

/**
 * Adds them as a whole or not at all; how many were not there before. **Units** `nowMs`
 * milliseconds since the epoch. **Faults** CC5001, CC5005.
 */
export async function addMarkers(
  tableDir: string,
  markers: readonly StoredMarker[],
  nowMs: number,
): Promise<number> {
  const known = new Set((await readMarkers(tableDir)).map(({ id }) => id));
  const fresh = new Map(markers.filter(({ id }) => !known.has(id)).map((one) => [one.id, one]));
  if (fresh.size === 0) return 0;
  await writeLines(
    tableDir,
    [...fresh.values()].map((one) => JSON.stringify(one)),
    nowMs,
  );
  return fresh.size;
}

/** **Faults** CC5001, CC5005. */
export async function removeMarker(tableDir: string, id: string, nowMs: number): Promise<void> {
  await writeLines(tableDir, [JSON.stringify({ removed: id })], nowMs);
}

/** In the order they were written. A writer stamps its file later than all it can see. */
async function fileNames(tableDir: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(tableDir, directory));
    return names.filter((name) => name.endsWith(suffix) && !name.startsWith('.')).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function writeLines(
  tableDir: string,
  lines: readonly string[],
  nowMs: number,
): Promise<void> {
  const dir = join(tableDir, directory);
  await makeDirectory(dir);
  const newest = (await fileNames(tableDir)).at(-1)?.slice(0, stampLength);
  const stamp = Math.max(Math.round(nowMs), newest === undefined ? 0 : Number(newest) + 1);
  const name = `${String(stamp).padStart(stampLength, '0')}-${randomId()}${suffix}`;
  await replaceFile(join(dir, name), `${lines.join('\n')}\n`);
}

/** A line that cannot be read is left out: it says nothing that could be shown. */
function applyLine(line: string, byId: Map<string, StoredMarker>): void {
  if (line === '') return;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return;
  }
  if (!isRecord(value)) return;
  const removed = textOf(value, 'removed');
  if (removed !== null) {
    byId.delete(removed);
    return;
  }
  const [id, start] = [textOf(value, 'id'), integerOf(value, 'start')];
  if (id === null || start === null) return;
  byId.set(id, {
    id,
    start,
    end: integerOf(value, 'end'),
    type: textOf(value, 'type') ?? '',
    message: textOf(value, 'message') ?? '',
    url: textOf(value, 'url'),
  });
}
