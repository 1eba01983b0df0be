/**
 * The `_delta_log` directory: strict names, reading of single commits, put-if-absent.
 * A commit appears by `link()` of a complete synced file: `rename()` would overwrite a winner, and
 * writing in place would show readers half a commit.
 */
import { link, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import type { CommitActions } from './action.js';
import { damaged, decodeCommit } from './decode.js';
import { errorCode, syncPath, temporaryName, writeFault, writeSynced } from './durable.js';

export const logDirName = '_delta_log';
export const lastCheckpointName = '_last_checkpoint';

const commitPattern = /^(\d{20})\.json$/;
const checkpointPattern = /^(\d{20})\.checkpoint\.parquet$/;
const foreignCheckpointPattern = /^(\d{20})\.checkpoint\..+\.(parquet|json)$/;

export function logDir(tableDir: string): string {
  return join(tableDir, logDirName);
}

export function commitPath(tableDir: string, version: number): string {
  return join(logDir(tableDir), `${String(version).padStart(20, '0')}.json`);
}

export function checkpointPath(tableDir: string, version: number): string {
  return join(logDir(tableDir), `${String(version).padStart(20, '0')}.checkpoint.parquet`);
}

/** The versions a log directory holds, ascending. Names that are not exactly ours are ignored. */
export interface LogListing {
  readonly commits: readonly number[];
  /** One Parquet file each (V1). */
  readonly checkpoints: readonly number[];
  /** In several parts or of the second form, which coldcase does not read. */
  readonly foreignCheckpoints: readonly number[];
}

/** Null when there is no log directory. */
export async function listLog(tableDir: string): Promise<LogListing | null> {
  let names: string[];
  try {
    names = await readdir(logDir(tableDir));
  } catch (error) {
    if (isAbsent(error)) return null;
    throw readFault(logDir(tableDir), error);
  }
  const versions = (pattern: RegExp) =>
    names
      .flatMap((name) => pattern.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  const checkpoints = versions(checkpointPattern);
  return Object.freeze({
    commits: versions(commitPattern),
    checkpoints,
    foreignCheckpoints: versions(foreignCheckpointPattern).filter(
      (version) => !checkpoints.includes(version),
    ),
  });
}

/** One commit; null when that version does not exist. **Faults** CC4002, CC4003. */
export async function readCommit(tableDir: string, version: number): Promise<CommitActions | null> {
  const path = commitPath(tableDir, version);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return null;
    throw readFault(path, error);
  }
  return decodeCommit(text, path);
}

/**
 * Makes version `version` exist with this text, unless it exists: then false, and nothing changed.
 * When it returns true the commit is on disk and was read back. **Faults** CC4003, CC5001, CC5005.
 */
export async function putIfAbsent(
  tableDir: string,
  version: number,
  text: string,
): Promise<boolean> {
  const target = commitPath(tableDir, version);
  const temporary = join(logDir(tableDir), temporaryName());
  await writeSynced(temporary, text);
  let won: boolean;
  try {
    won = await linkOrLose(temporary, target);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  if (!won) return false;
  await syncPath(logDir(tableDir));
  // A device may report success and keep something else; nothing is acknowledged unread.
  if ((await readFile(target, 'utf8')) !== text) throw damaged(target, 'it reads back changed');
  return true;
}

async function linkOrLose(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
    return true;
  } catch (error) {
    const code = errorCode(error);
    // A network file system may lose the reply to a link that worked; two names tell.
    if (code === 'EEXIST') return (await stat(temporary)).nlink === 2;
    if (code !== null && ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV'].includes(code)) {
      const reason = 'this file system has no hard links, which a commit needs';
      const hint = 'keep the store on a local file system such as ext4, xfs, btrfs, apfs or ntfs';
      throw new Fault('CC5005', { path: target, reason }, { hint, cause: error });
    }
    throw writeFault(target, error);
  }
}

function isAbsent(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function readFault(path: string, error: unknown): Fault {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return new Fault('CC2003', { path }, { cause: error });
  return damaged(path, `it cannot be read (${code ?? 'unknown error'})`, error);
}
