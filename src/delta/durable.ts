/**
 * Writing so that a crash or a power cut leaves either nothing or everything. A failed fsync is
 * never tried again: the kernel may have dropped the pages and would call the next one a success.
 */
import { chmod, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../base/fault.js';
import { randomId } from '../base/hash.js';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  EIO: 'the device reports an error',
  ENOENT: 'no such directory',
  ENOTDIR: 'a part of the path is not a directory',
  EEXIST: 'it is already there',
  EMFILE: 'too many open files',
};

/** The code of an operating system error (`ENOENT`), or null for anything else. */
export function errorCode(error: unknown): string | null {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** What a failed write means to a person: CC5001 for a full disk, else CC5005. */
export function writeFault(path: string, error: unknown): Fault {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new Fault('CC5001', { path }, { cause: error });
  const reason = code === null ? 'the write failed' : (reasons[code] ?? code);
  return new Fault('CC5005', { path, reason }, { cause: error });
}

/** Runs one step of writing `path`; its operating system errors become faults. */
export async function writing<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw errorCode(error) === null ? error : writeFault(path, error);
  }
}

/** Forces a file or a directory to disk. **Faults** CC5001, CC5005. */
export async function syncPath(path: string): Promise<void> {
  await writing(path, async () => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Forces the entries of a directory to disk. One that may be written but not listed cannot be
 * opened for that; its entries then reach the disk in the system's own time. */
export async function syncParent(path: string): Promise<void> {
  try {
    await syncPath(path);
  } catch (error) {
    if (!(error instanceof Fault) || errorCode(error.cause) !== 'EACCES') throw error;
  }
}

/** A new private file, complete and synced. Nothing is left behind on failure. */
export async function writeSynced(path: string, text: string): Promise<void> {
  await writing(path, async () => {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } catch (error) {
      await unlink(path).catch(() => undefined);
      throw error;
    } finally {
      await handle.close();
    }
  });
}

/** Puts a file in place as a whole, over an older one, and syncs its directory. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), temporaryName());
  await writeSynced(temporary, text);
  await writing(path, () => rename(temporary, path));
  await syncPath(dirname(path));
}

/** Parents are made too, so ENOENT says that the place takes no directory, not that one lacks. */
export function directoryFault(path: string, error: unknown): unknown {
  const cause = error instanceof Fault ? error.cause : null;
  if (errorCode(cause) !== 'ENOENT') return error;
  return new Fault('CC5005', { path, reason: 'the directory cannot be created' }, { cause });
}

/** Makes private directories, each synced into its parent. Existing ones stay as they are. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await writing(path, () => mkdir(path, { recursive: true, mode: 0o700 })).catch(
    (error: unknown) => {
      throw directoryFault(path, error);
    },
  );
  if (first === undefined) return;
  const top = dirname(first);
  for (let dir = dirname(path); ; dir = dirname(dir)) {
    await syncParent(dir);
    if (dir === top || dir === dirname(dir)) return;
  }
}

const temporaryPrefix = '.tmp-';

/** A name no Delta reader looks at and no two writers share. */
export function temporaryName(): string {
  return `${temporaryPrefix}${randomId()}`;
}

export function isTemporaryName(name: string): boolean {
  return name.startsWith(temporaryPrefix);
}

/** Makes a directory private. **Faults** CC5005. */
export async function chmodDirectory(path: string): Promise<void> {
  await writing(path, () => chmod(path, 0o700));
}
