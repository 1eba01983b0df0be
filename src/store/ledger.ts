/** What the log says of each commit still in it, and the rejects files: for people to ask. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitActions } from '../delta/action.js';
import { listLog, readCommit } from '../delta/log.js';
import { parseStats } from '../delta/stats.js';
import { rejectsDir } from './layout.js';
import { sourceOf } from './sources.js';

/** One commit. Null where it says nothing of the kind, as those of other tools do. */
export interface LedgerEntry {
  readonly version: number;
  /** **Units** milliseconds since the epoch. */
  readonly timestampMs: number | null;
  readonly operation: string | null;
  readonly writer: string | null;
  readonly batch: string | null;
  /** Records read and rejected by the ingest. */
  readonly readCount: number | null;
  readonly rejectedCount: number | null;
  /** Records it stored, and those it knew already; null before coldcase said so. */
  readonly storedCount: number | null;
  readonly duplicateCount: number | null;
  /** Rows in the data files added; null when one of them does not say. */
  readonly storedRows: number | null;
  readonly sourceCount: number;
  readonly sourceBytes: number;
  readonly addedFiles: number;
  readonly addedBytes: number;
  readonly removedFiles: number;
}

/** The commits up to a version, oldest first. **Faults** CC4002, CC4003. */
export async function readLedger(
  tableDir: string,
  version: number,
): Promise<readonly LedgerEntry[]> {
  const listing = await listLog(tableDir);
  const entries: LedgerEntry[] = [];
  for (const number of listing?.commits ?? []) {
    const actions = number > version ? null : await readCommit(tableDir, number);
    if (actions !== null) entries.push(entryOf(number, actions));
  }
  return entries;
}

/** What one commit says. */
export function entryOf(version: number, actions: CommitActions): LedgerEntry {
  const { commitInfo, adds, removes, transactions } = actions;
  const { batch, read, rejected, stored, duplicates } = commitInfo.operationParameters;
  const sources = transactions.flatMap((one) => sourceOf(one) ?? []);
  return {
    version,
    timestampMs: commitInfo.timestamp > 0 ? commitInfo.timestamp : null,
    operation: filled(commitInfo.operation),
    writer: filled(commitInfo.engineInfo),
    batch: filled(batch),
    readCount: countOf(read),
    rejectedCount: countOf(rejected),
    storedCount: countOf(stored),
    duplicateCount: countOf(duplicates),
    storedRows: rowsOf(adds),
    sourceCount: sources.length,
    sourceBytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
    addedFiles: adds.length,
    addedBytes: adds.reduce((sum, { size }) => sum + size, 0),
    removedFiles: removes.length,
  };
}

function filled(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function countOf(text: string | undefined): number | null {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : null;
}

function rowsOf(adds: CommitActions['adds']): number | null {
  let rows = 0;
  for (const { stats } of adds) {
    const known = parseStats(stats);
    if (known === null) return null;
    rows += known.numRecords;
  }
  return rows;
}

/** Beside a rejects file: its checksum, as `sha256sum -c` reads it. */
export function checksumPath(rejectsFile: string): string {
  return `${rejectsFile}.sha256`;
}

const rejectsPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.ndjson$/;

/** Paths of the rejects files of a dataset, each named after its batch; links are left out. */
export async function rejectsFiles(tableDir: string): Promise<readonly string[]> {
  const dir = rejectsDir(tableDir);
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && rejectsPattern.test(entry.name))
    .map(({ name }) => join(dir, name))
    .sort();
}
