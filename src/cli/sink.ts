/** Where bytes go: a stream with back-pressure, or a file that appears whole or not at all. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { Fault } from '../base/fault.js';

/** Text is handed on in pieces of about this size. **Units** UTF-16 units. */
const pieceChars = 65_536;

/** Joins small chunks so that a long table costs few writes. */
function* inPieces(chunks: Iterable<string>): Generator<string> {
  let piece = '';
  for (const chunk of chunks) {
    piece += chunk;
    if (piece.length < pieceChars) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Writes all chunks to the stream and resolves when they are handed over. */
export async function writeStream(
  stream: NodeJS.WritableStream,
  chunks: Iterable<string>,
): Promise<void> {
  for (const piece of inPieces(chunks)) {
    await new Promise<void>((resolve, reject) => {
      stream.write(piece, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Writes the file under a temporary name and renames it. **Faults** CC5001, CC5005. */
export function writeWholeFile(path: string, chunks: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'wx', 0o644);
    try {
      for (const piece of inPieces(chunks)) writeAll(file, Buffer.from(piece));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw writeFault(path, error);
  }
}

function writeAll(file: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
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
