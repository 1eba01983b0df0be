/**
 * The questions a person asked and had answered, on this machine alone. One line of JSON each,
 * appended in one write, so that processes side by side keep their lines whole. Nothing of the
 * answers is kept but how many rows they had.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { integerOf, isRecord, textOf, textsOf } from '../delta/json-field.js';
import type { Environment } from './terminal.js';

/** One command that was run. */
export interface HistoryEntry {
  /** **Units** microseconds since the epoch. */
  readonly atMicros: number;
  readonly directory: string;
  /** Arguments behind the program's name. */
  readonly args: readonly string[];
  readonly rows: number;
  readonly elapsedMs: number;
}

/** About 3,000 questions; an older half as long is kept beside it. Chosen by us. **Units** bytes */
export const historyBytes = 512 * 1024;

/** A line longer than a page might be mixed with another's on some file systems. **Units** bytes */
const maxLineBytes = 4_096;

/** Where it lies. **Source** XDG Base Directory Specification. */
export function historyPath(env: Environment): string {
  const named = env.XDG_STATE_HOME ?? '';
  const base = named === '' ? join(homedir(), '.local', 'state') : named;
  return join(base, 'coldcase', 'history.ndjson');
}

/** Appends one question. Where that cannot be, the question is answered all the same. */
export function appendHistory(env: Environment, entry: HistoryEntry): void {
  const line = Buffer.from(`${JSON.stringify(entry)}\n`);
  if (line.length > maxLineBytes) return;
  const path = historyPath(env);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'a', 0o600);
    try {
      writeSync(file, line);
    } finally {
      closeSync(file);
    }
    if (statSync(path).size > historyBytes) putAside(path);
  } catch {
    // A full disk or a read-only home is no reason to fail an answered question.
  }
}

/** Only one process moves the file, and only while it is full; the others append to it. */
function putAside(path: string): void {
  const lock = `${path}.lock`;
  closeSync(openSync(lock, 'wx', 0o600));
  try {
    if (statSync(path).size > historyBytes) renameSync(path, olderPath(path));
  } finally {
    rmSync(lock, { force: true });
  }
}

function olderPath(path: string): string {
  return path.replace(/\.ndjson$/, '.1.ndjson');
}

/** All that is kept, newest first. A damaged line is passed over. */
export function readHistory(env: Environment): readonly HistoryEntry[] {
  const path = historyPath(env);
  const text = [olderPath(path), path].map(readText).join('');
  const entries = text.split('\n').flatMap((line) => entryOf(line) ?? []);
  return entries.toSorted((left, right) => right.atMicros - left.atMicros);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function entryOf(line: string): HistoryEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const atMicros = integerOf(value, 'atMicros');
  const directory = textOf(value, 'directory');
  if (atMicros === null || directory === null) return null;
  const rows = integerOf(value, 'rows') ?? 0;
  const elapsedMs = integerOf(value, 'elapsedMs') ?? 0;
  return { atMicros, directory, args: textsOf(value, 'args'), rows, elapsedMs };
}
