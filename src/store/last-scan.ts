/**
 * The last scan of a dataset, kept beside its table under a name no Delta reader looks at. Later
 * commands resolve `scan:1` with it, and the next scan compares.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, makeDirectory, replaceFile } from '../delta/durable.js';
import { isRecord } from '../delta/json-field.js';

const directory = '_coldcase';
const fileName = 'last-scan.json';

export interface LastScan {
  /** What was scanned: snapshot, window and options. The same again compares with `before`. */
  readonly key: string;
  /** What the scan before it knew, as it was written. */
  readonly before: readonly unknown[];
  readonly known: readonly unknown[];
  readonly document: Readonly<Record<string, unknown>>;
}

/** Null when there was none, or when it cannot be read: a scan works without it. */
export async function readLastScan(tableDir: string): Promise<LastScan | null> {
  let text: string;
  try {
    text = await readFile(join(tableDir, directory, fileName), 'utf8');
  } catch (error) {
    if (errorCode(error) !== null) return null;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { key, before, known, document } = value;
  if (typeof key !== 'string' || !Array.isArray(before) || !Array.isArray(known)) return null;
  return isRecord(document) ? { key, before, known, document } : null;
}

/** Replaces it as a whole. `text` is that of a `LastScan`. **Faults** CC5001, CC5005. */
export async function writeLastScan(tableDir: string, text: string): Promise<void> {
  const dir = join(tableDir, directory);
  await makeDirectory(dir);
  await replaceFile(join(dir, fileName), `${text}\n`);
}
