/** Compares files with what the log says of them: data files, and the rejects beside them. */
import { createReadStream } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Fault, faultsOf } from '../base/fault.js';
import { sha256 } from '../base/hash.js';
import type { AddFile } from '../delta/action.js';
import { errorCode } from '../delta/durable.js';
import { parseStats, timestampMicros } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import { type Damage, dateOf, fileDamage, type KnownSources, plainDamage } from './damage.js';
import { checksumTag, isOwnFile } from './data-file.js';
import { checksumPath, rejectsFiles } from './ledger.js';
import type { FileFacts, FileInspector } from './ports.js';

/** Two at a time keep a disk and a core busy; a check should not take the machine. */
const filesAtOnce = 2;

export interface FilesRequest {
  readonly tableDir: string;
  readonly files: readonly AddFile[];
  readonly known: KnownSources;
  /** Only whether each is there, has its size, and begins and ends as it should. */
  readonly quick: boolean;
  readonly inspector: FileInspector;
  /** Told bytes done and bytes in all. */
  readonly say: (doneBytes: number, allBytes: number) => void;
  readonly signal: AbortSignal;
}

/** In order of the files. */
export async function checkDataFiles(request: FilesRequest): Promise<readonly Damage[]> {
  const { files, known, signal, say } = request;
  const found: (Damage | null)[] = files.map(() => null);
  const allBytes = files.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  const queue = files.entries();
  const worker = async (): Promise<void> => {
    for (const [index, file] of queue) {
      signal.throwIfAborted();
      const problem = await problemOf(request, file);
      if (problem !== null) found[index] = fileDamage(file, problem, known);
      doneBytes += file.size;
      say(doneBytes, allBytes);
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, worker));
  return found.flatMap((damage) => damage ?? []);
}

interface Problem {
  readonly code: 'CC4022' | 'CC4023' | 'CC4024';
  readonly reason: string;
}

function damagedBy(reason: string): Problem {
  return { code: 'CC4023', reason };
}

async function problemOf(request: FilesRequest, file: AddFile): Promise<Problem | null> {
  const { tableDir, quick, inspector, signal } = request;
  const path = join(tableDir, file.path);
  try {
    const { size } = await lstat(path);
    if (size !== file.size) return damagedBy(`it has ${size} bytes, ${file.size} were stored`);
    if (quick) return await endsProblem(path, size);
    const expected = file.tags[checksumTag];
    if (expected !== undefined && (await checksumOf(path, signal)) !== expected) {
      return damagedBy('its bytes are not those that were stored');
    }
    return factsProblem(file, await inspector.factsOf(path, signal));
  } catch (error) {
    signal.throwIfAborted();
    const code = errorCode(error);
    const [fault] = faultsOf(error);
    if (code === 'ENOENT' || fault?.code === 'CC4006') return { code: 'CC4022', reason: '' };
    if (code !== null) return damagedBy(`it cannot be read (${code})`);
    if (fault === undefined) throw error;
    return damagedBy(String(fault.params.reason ?? fault.message));
  }
}

const magic = 'PAR1';

/** Parquet begins and ends with the same four letters. */
async function endsProblem(path: string, size: number): Promise<Problem | null> {
  const read = async (start: number): Promise<string> => {
    let text = '';
    for await (const chunk of createReadStream(path, { start, end: start + magic.length - 1 })) {
      text += Buffer.from(chunk).toString('latin1');
    }
    return text;
  };
  if (size < 2 * magic.length) return damagedBy('it is not a complete Parquet file');
  const isWhole = (await read(0)) === magic && (await read(size - magic.length)) === magic;
  return isWhole ? null : damagedBy('it is not a complete Parquet file');
}

/** What others say of their files is a hint, so only ours must agree. */
function factsProblem(file: AddFile, facts: FileFacts): Problem | null {
  if (!isOwnFile(file)) return null;
  const stats = parseStats(file.stats);
  const reasons = [
    stats?.numRecords === facts.rowCount
      ? []
      : [`${facts.rowCount} rows in the file, ${stats?.numRecords ?? 'none'} in the log`],
    facts.nullCount === 0 ? [] : [`${facts.nullCount} rows without an instant`],
    isBound(stats?.minValues[systemColumns.ts], 'min', facts.minTs) &&
    isBound(stats?.maxValues[systemColumns.ts], 'max', facts.maxTs)
      ? []
      : ['its first and last instant are others'],
    [facts.minTs, facts.maxTs].every((ts) => ts === null || utcDate(ts) === dateOf(file))
      ? []
      : [`it holds events of another day than ${dateOf(file)}`],
  ].flat();
  return reasons.length === 0 ? null : { code: 'CC4024', reason: reasons.join('; ') };
}

function isBound(said: string | number | undefined, side: 'min' | 'max', found: number | null) {
  return (typeof said === 'string' ? timestampMicros(said, side) : null) === found;
}

function utcDate(micros: number): string {
  return new Date(Math.floor(micros / 1000)).toISOString().slice(0, 10);
}

/** SHA-256 of a file as it is on disk. */
export async function checksumOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = sha256();
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}

export interface RejectsCheck {
  readonly checkedCount: number;
  /** Written before coldcase kept their checksums. */
  readonly uncheckedCount: number;
  readonly damages: readonly Damage[];
}

export async function checkRejectsFiles(
  tableDir: string,
  signal: AbortSignal,
): Promise<RejectsCheck> {
  const damages: Damage[] = [];
  let [checkedCount, uncheckedCount] = [0, 0];
  for (const path of await rejectsFiles(tableDir)) {
    const said = await readFile(checksumPath(path), 'utf8').catch(() => null);
    if (said === null) uncheckedCount += 1;
    else {
      checkedCount += 1;
      const line = `${await checksumOf(path, signal)}  ${basename(path)}\n`;
      const shown = `_rejects/${basename(path)}`;
      const params = { path: shown, reason: 'its bytes are not those that were written' };
      if (line !== said) damages.push(plainDamage(new Fault('CC4027', params), shown));
    }
  }
  return { checkedCount, uncheckedCount, damages };
}
