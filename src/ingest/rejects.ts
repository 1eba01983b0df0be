/**
 * The rejects file: one JSON object per refused record, with where it stood and what it was, so
 * that it can be looked at, repaired and read again.
 */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Fault } from '../base/fault.js';
import { sha256 } from '../base/hash.js';
import { checksumPath } from '../store/ledger.js';
import type { Rejected } from './receipt.js';

/** **Units** bytes. **Source** the input rules leave it open; room for 200,000 short lines. */
export const rejectsFileLimit = 64 * 1_048_576;

/** A rejects file while it is written. It has no name of its own until it is finished. */
export interface RejectsFile {
  /** Writes them while there is room; those behind are only counted. **Faults** CC5001, CC5005. */
  readonly add: (rejects: Iterable<Rejected>) => void;
  /** Says how many there was no room for, forces all to disk and moves it to its place. */
  readonly finish: (path: string, rejectedCount: number) => void;
  /** Closes it as it is. */
  readonly close: () => void;
}

/** Opens a file in a private directory. **Faults** CC5001, CC5005. */
export function createRejectsFile(privateDir: string): RejectsFile {
  const draft = join(privateDir, 'rejects.ndjson');
  let fd: number | null = null;
  let written = 0;
  let bytes = 0;
  let full = false;
  const hash = sha256();

  function write(text: string): void {
    guarded(draft, () => {
      fd ??= openSync(draft, 'wx', 0o600);
      // Unlike `writeSync`, it goes on when the disk takes a part.
      writeFileSync(fd, text);
      hash.update(text);
    });
  }

  function close(): void {
    if (fd !== null) closeSync(fd);
    fd = null;
  }

  return {
    add(rejects) {
      for (const reject of full ? [] : rejects) {
        const line = `${rejectLine(reject)}\n`;
        bytes += line.length;
        full = bytes > rejectsFileLimit;
        if (full) return;
        write(line);
        written += 1;
      }
    },
    finish(path, rejectedCount) {
      const omitted = rejectedCount - written;
      if (omitted > 0) {
        write(`${JSON.stringify({ omitted, written, rejected: rejectedCount })}\n`);
      }
      guarded(path, () => {
        if (fd !== null) fsyncSync(fd);
        writeFileSync(checksumPath(path), `${hash.digest('hex')}  ${basename(path)}\n`, {
          mode: 0o600,
          flush: true,
        });
        renameSync(draft, path);
      });
      close();
    },
    close,
  };
}

function guarded(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('CC5001', { path }, { cause });
    throw new Fault('CC5005', { path, reason: code }, { cause });
  }
}

/** One record of the rejects file. */
export function rejectLine(reject: Rejected): string {
  return JSON.stringify({
    source: reject.source,
    line: reject.line,
    byte_offset: reject.byteOffset,
    byte_length: reject.byteLength,
    reason: reject.reason,
    message: reject.message,
    raw_b64: Buffer.from(reject.raw).toString('base64'),
    sha256: reject.sha256,
  });
}
