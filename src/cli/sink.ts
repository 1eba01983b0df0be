/** Where bytes go: a stream with back-pressure, or a file that appears whole or not at all. */
import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import { inPieces } from '../render/pieces.js';

/** Text, or bytes that go out as they are. */
export type Chunk = string | Uint8Array;
export type Chunks = Iterable<string> | AsyncIterable<Chunk>;

/** Few pieces of many chunks; what comes bit by bit from elsewhere comes in pieces already. */
function piecesOf(chunks: Chunks): Chunks {
  return Symbol.iterator in chunks ? inPieces(chunks) : chunks;
}

/** Writes all chunks to the stream and resolves when they are handed over. */
export async function writeStream(stream: NodeJS.WritableStream, chunks: Chunks): Promise<void> {
  for await (const piece of piecesOf(chunks)) {
    await new Promise<void>((resolve, reject) => {
      stream.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Writes the file under a temporary name and renames it. **Faults** CC5001, CC5005. */
export async function writeWholeFile(path: string, chunks: Chunks): Promise<void> {
  await replaceFile(path, async (temporary) => {
    const file = guarded(path, () => openSync(temporary, 'wx', 0o644));
    try {
      for await (const piece of piecesOf(chunks)) {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        guarded(path, () => writeAll(file, bytes));
      }
    } finally {
      closeSync(file);
    }
  });
}

/**
 * Lets `write` make a file under a temporary name beside `path`, then puts it in its place. However
 * it ends, also by a signal, nothing is left under that name. **Faults** CC5001, CC5005.
 */
export async function replaceFile(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const remove = (): void => rmSync(temporary, { force: true });
  process.on('exit', remove);
  try {
    await write(temporary);
    guarded(path, () => {
      syncFile(temporary);
      renameSync(temporary, path);
    });
  } catch (error) {
    remove();
    throw error;
  } finally {
    process.off('exit', remove);
  }
}

/** The bytes of a file that `write` makes: for formats whose end must be written first. */
export async function* throughFile(
  write: (path: string) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  const dir = mkdtempSync(join(tmpdir(), 'coldcase-out-'));
  const remove = (): void => rmSync(dir, { recursive: true, force: true });
  process.on('exit', remove);
  try {
    const path = join(dir, 'answer');
    await write(path);
    for await (const bytes of createReadStream(path)) yield bytes;
  } finally {
    remove();
    process.off('exit', remove);
  }
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

function guarded<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw writeFault(path, error);
  }
}

function writeFault(path: string, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC') return new Fault('CC5001', { path }, { cause: error });
  const known = reasons[code];
  if (known !== undefined) return new Fault('CC5005', { path, reason: known });
  const reason = error instanceof Error ? error.message : String(error);
  return new Fault('CC5005', { path, reason }, { cause: error });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist',
  EACCES: 'no permission',
  EISDIR: 'it is a directory',
  EROFS: 'the file system is read-only',
  EEXIST: 'its temporary name is taken',
};
