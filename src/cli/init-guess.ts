/** What files are, guessed from their first bytes as ingest would: nothing is stored. */
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { throwAll } from '../base/fault.js';
import { defaultDecodeLimits } from '../ingest/decompress.js';
import { detectCompression } from '../ingest/detect.js';
import { faultOfRead } from '../ingest/file-fault.js';
import { createInputReaders } from '../ingest/input-readers.js';
import { type InputPlan, planInput } from '../ingest/plan-input.js';
import type { RoleChoice } from '../ingest/receipt.js';
import { defaultLimits, type Format } from '../ingest/record.js';
import type { Invocation } from './command.js';
import { inputsOf } from './ingest-run.js';

/** Files that are read in the same way. */
export interface GuessedKind {
  readonly format: Format;
  readonly why: string;
  readonly choices: readonly RoleChoice[];
  readonly paths: readonly string[];
  /** What its statuses say of a failed event, where they are none of HTTP's. */
  readonly bad: string | null;
  readonly notes: readonly string[];
}

/** What the files of a directory seem to be. */
export interface GuessedFiles {
  readonly fileCount: number;
  /** Most files first. */
  readonly kinds: readonly GuessedKind[];
}

/** Files looked at: enough to meet every kind of a directory in seconds. Chosen by us. */
const lookedAt = 50;

const headBytes = 16;

/** **Faults** those of naming and of recognising files, all at once. */
export async function guessFiles(
  invocation: Invocation,
  words: readonly string[],
): Promise<GuessedFiles> {
  const { sources, faults } = inputsOf(words, null);
  throwAll(faults);
  const kinds = new Map<string, GuessedKind>();
  for (const { path } of sources.slice(0, lookedAt)) {
    invocation.progress.say(`looking at ${path}`);
    const { dialect, why, choices, bad, notes } = await planOf(path, invocation);
    const labels = choices.map(({ role, labels }) => [role, labels]);
    const key = JSON.stringify([dialect.format, labels]);
    const before = kinds.get(key);
    const kind = before ?? { format: dialect.format, why, choices, bad, notes, paths: [] };
    kinds.set(key, { ...kind, paths: [...kind.paths, path] });
  }
  const found = [...kinds.values()].sort((a, b) => b.paths.length - a.paths.length);
  return { fileCount: sources.length, kinds: found };
}

async function planOf(path: string, { clock, signal, entries }: Invocation): Promise<InputPlan> {
  const readers = createInputReaders({
    workerEntry: entries.worker,
    childEntry: entries.child,
    workers: 1,
  });
  const options = {
    format: null,
    pattern: null,
    map: new Map(),
    set: new Map(),
    limits: defaultLimits,
    decodeLimits: defaultDecodeLimits,
  };
  const input = await lookAt(path);
  return planInput(input, options, { roles: {}, now: clock.now() }, (sample) =>
    readers.sample(sample, signal),
  );
}

async function lookAt(path: string) {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      const compression = detectCompression(path, buffer.subarray(0, bytesRead));
      const { size: bytes } = await file.stat();
      return { path, localPath: path, bytes, compression, set: new Map<string, string>() };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw faultOfRead(error, path);
  }
}

/** The globs a config names the files by: as typed, or one for a list the shell expanded. */
export function globsOf(paths: readonly string[]): readonly string[] {
  const [first = ''] = paths;
  if (paths.length === 1) return paths;
  const directory = first.slice(0, first.lastIndexOf('/') + 1);
  const suffix = extname(first);
  const isAlike = paths.every(
    (path) => path.slice(0, path.lastIndexOf('/') + 1) === directory && extname(path) === suffix,
  );
  return isAlike ? [`${directory}*${suffix}`] : paths;
}

/** The column of each role, for a config. Roles without a column are left out. */
export function roleColumns({ choices }: GuessedKind): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(choices.map(({ role, labels }) => [role, labels]));
}
