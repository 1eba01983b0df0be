/**
 * The rejects file: one JSON object per refused record, with where it stood and what it was, so
 * that it can be looked at, repaired and read again.
 */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../base/fault.js';
import type { Rejected } from './receipt.js';

/** **Units** bytes. **Source** the input rules leave it open; room for 200,000 short lines. */
export const rejectsFileLimit = 64 * 1_048_576;

/** Writes `<batch>.ndjson` into `dir`, forced to disk. Returns its path. **Faults** CC5001. */
export function writeRejects(
  dir: string,
  batch: string,
  rejects: Iterable<Rejected>,
  rejectedCount: number,
): string {
  const path = join(dir, `${batch}.ndjson`);
  try {
    const fd = openSync(path, 'wx', 0o600);
    try {
      writeLines(fd, rejects, rejectedCount);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new Fault('CC5001', { path }, { cause });
    throw new Fault('CC5005', { path, reason: code }, { cause });
  }
  return path;
}

function writeLines(fd: number, rejects: Iterable<Rejected>, rejectedCount: number): void {
  let written = 0;
  let bytes = 0;
  for (const reject of rejects) {
    const line = `${rejectLine(reject)}\n`;
    bytes += line.length;
    if (bytes > rejectsFileLimit) break;
    writeSync(fd, line);
    written += 1;
  }
  if (written === rejectedCount) return;
  const omitted = rejectedCount - written;
  writeSync(fd, `${JSON.stringify({ omitted, written, rejected: rejectedCount })}\n`);
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
