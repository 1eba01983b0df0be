/** Data files between the engine and the commit: read back, hashed, made private, on disk. */
import { open, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../base/fault.js';
import { sha256, sha256Hex } from '../base/hash.js';
import type { AddFile } from '../delta/action.js';
import { chmodDirectory, syncPath, writing } from '../delta/durable.js';
import { refreshSnapshot } from '../delta/snapshot.js';
import { encodeStats, formatMicros } from '../delta/stats.js';
import { type Schema, systemColumns } from '../event/column.js';
import type { Dataset } from './dataset.js';
import type { WrittenFile } from './ports.js';
import { deltaTypeOf } from './table-schema.js';

/** SHA-256 of a data file. Its presence marks a file that coldcase wrote. */
export const checksumTag = 'coldcase.sha256';
/** Labels with values in `extra` of a file, as a JSON list; `*` stands for too many to list. */
export const extraTag = 'coldcase.extra';

/** Which columns a file has, as a short hash: files with the same one can be read as one. */
export const layoutTag = 'coldcase.layout';

/** When the rows of a merged file were ingested: `FIRST-LAST`, milliseconds since the epoch. */
export const ingestedTag = 'coldcase.ingested';

/** When the first and the last of a file's rows were ingested, as its sources say it too.
 * **Units** milliseconds since the epoch. Null for files of others. */
export function ingestTimes(file: AddFile): readonly [number, number] | null {
  if (!isOwnFile(file)) return null;
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(file.tags[ingestedTag] ?? '');
  if (match !== null) return [Number(match[1]), Number(match[2])];
  return isMerged(file) ? null : [file.modificationTime, file.modificationTime];
}

/** Whether a file was made of others. */
function isMerged({ path }: AddFile): boolean {
  return /(^|\/)c-[^/]*$/.test(path);
}

const parquetMagic = 'PAR1';
const readBytes = 1 << 20;
/** More than a disk gains from at once, few enough for a hard limit on open files. */
const filesAtOnce = 8;

/**
 * Reads every file back as it is on disk, and forces files and directories to disk. Returns the
 * SHA-256 of each. **Faults** CC4003 a file is not what the engine said, CC5001, CC5005.
 */
export async function secureFiles(
  tableDir: string,
  files: readonly WrittenFile[],
): Promise<readonly string[]> {
  const checksums: string[] = [];
  const queue = files.entries();
  const worker = async (): Promise<void> => {
    for (const [index, { path, bytes }] of queue) {
      checksums[index] = await secureFile(join(tableDir, path), bytes);
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, worker));
  const dirs = new Set(files.map(({ path }) => dirname(join(tableDir, path))));
  for (const dir of dirs) {
    await chmodDirectory(dir);
    await syncPath(dir);
  }
  if (dirs.size > 0) await syncPath(tableDir);
  return checksums;
}

async function secureFile(path: string, bytes: number): Promise<string> {
  return await writing(path, async () => {
    const handle = await open(path, 'r');
    try {
      await handle.chmod(0o600);
      await handle.sync();
      const hash = sha256();
      const buffer = Buffer.allocUnsafe(readBytes);
      let [head, tail, length] = ['', '', 0];
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, readBytes, length);
        if (bytesRead === 0) break;
        const chunk = buffer.subarray(0, bytesRead);
        hash.update(chunk);
        if (length === 0) head = chunk.toString('latin1', 0, 4);
        tail = (tail + chunk.toString('latin1', Math.max(0, bytesRead - 4))).slice(-4);
        length += bytesRead;
      }
      if (length !== bytes || head !== parquetMagic || tail !== parquetMagic) {
        const reason = `it reads back as ${length} bytes, ${bytes} were written`;
        throw new Fault('CC4003', { path, reason });
      }
      return hash.digest('hex');
    } finally {
      await handle.close();
    }
  });
}

/** The log entry of a data file. **Units** milliseconds since the epoch. */
export function addOf(
  file: WrittenFile,
  checksum: string,
  context: {
    readonly schema: Schema;
    readonly statsColumns: readonly string[];
    /** Null: not known. */
    readonly extraLabels: readonly string[] | null;
    readonly layout: string;
    readonly nowMs: number;
  },
): AddFile {
  const { extraLabels } = context;
  return Object.freeze({
    path: file.path,
    partitionValues: { [systemColumns.date]: file.date },
    size: file.bytes,
    modificationTime: context.nowMs,
    dataChange: true,
    stats: statsOf(file, context.schema, context.statsColumns),
    tags: {
      [checksumTag]: checksum,
      [layoutTag]: context.layout,
      ...(extraLabels?.length === 0 ? {} : { [extraTag]: encodeExtraLabels(extraLabels) }),
    },
  });
}

/** The layout of files with these columns, in this order. */
export function layoutOf(columns: Schema): string {
  return sha256Hex(JSON.stringify(columns.map(({ name }) => name))).slice(0, 12);
}

/** Null for files of other writers. */
export function layoutOfFile(file: AddFile): string | null {
  return file.tags[layoutTag] ?? null;
}

function statsOf(file: WrittenFile, schema: Schema, statsColumns: readonly string[]): string {
  const types = new Map(schema.map(({ name, type }) => [name, deltaTypeOf(type)]));
  types.set(systemColumns.weight, 'long');
  const measured = statsColumns.flatMap((name) => {
    const type = types.get(name);
    const column = file.columns[name];
    return type === undefined || column === undefined ? [] : [{ name, type, ...column }];
  });
  const ts = {
    name: systemColumns.ts,
    type: 'timestamp' as const,
    min: formatMicros(file.minTs),
    max: formatMicros(file.maxTs),
    nullCount: 0,
    hasNan: false,
  };
  return encodeStats(file.rows, [ts, ...measured]);
}

/** A wide log has thousands; a list of 4,000 names is some 50 KB of the commit. Chosen by us. */
const maxExtraLabels = 4000;
const anyLabel = '*';

function encodeExtraLabels(labels: readonly string[] | null): string {
  const isKnown = labels !== null && labels.length <= maxExtraLabels;
  return JSON.stringify(isKnown ? labels : [anyLabel]);
}

/** Whether coldcase wrote the file, so that what the log says of it is more than a hint. */
export function isOwnFile(file: AddFile): boolean {
  return file.tags[checksumTag] !== undefined;
}

/** Labels with values in `extra` of a file. Null when they are not known: too many, or the file of
 * another writer. */
export function extraLabelsOf(file: AddFile): readonly string[] | null {
  if (!isOwnFile(file)) return null;
  const text = file.tags[extraTag];
  if (text === undefined) return [];
  try {
    const labels: unknown = JSON.parse(text);
    if (!Array.isArray(labels) || labels.includes(anyLabel)) return null;
    return labels.filter((label): label is string => typeof label === 'string');
  } catch {
    return null;
  }
}

/**
 * Removes files that no commit names. When the log cannot be read, or names one of them, all stay:
 * an orphan costs space, a missing file costs the table.
 */
export async function removeUncommitted(
  dataset: Dataset,
  files: readonly WrittenFile[],
): Promise<void> {
  const snapshot = await refreshSnapshot(dataset.snapshot).catch(() => null);
  if (snapshot === null) return;
  const live = new Set(snapshot.files.map(({ path }) => path));
  if (files.some(({ path }) => live.has(path))) return;
  for (const { path } of files) {
    await unlink(join(dataset.tableDir, path)).catch(() => undefined);
  }
}
