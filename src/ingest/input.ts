/** An input before it is read: where its bytes are, how many there are, and what they hash to. */
import { createHash, type Hash } from 'node:crypto';
import { access, constants, open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathHashOf, type SourceRecord } from '../store/sources.js';
import { type Compression, detectCompression } from './detect.js';
import { faultOfRead, fileFault } from './file-fault.js';
import { lendRange } from './read-range.js';

/** What was named on the command line: a file, or standard input. */
export interface InputSource {
  /** As typed or found; `-` for standard input. */
  readonly path: string;
  /** Columns that its name gives, such as `{host}`. */
  readonly set: ReadonlyMap<string, string>;
  readonly stdin: AsyncIterable<Uint8Array> | null;
}

export interface Input {
  readonly path: string;
  /** Where the bytes are: the file itself, or the spooled standard input. */
  readonly localPath: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly pathHash: string;
  readonly compression: Compression;
  readonly set: ReadonlyMap<string, string>;
  /** What its first bytes hash to: files that start differently are told apart by it. */
  readonly head: string;
  /** The stored source that these bytes continue, or null. */
  readonly grownFrom: SourceRecord | null;
}

/** Content that a file may start with. */
export type StartCandidate = Pick<SourceRecord, 'bytes' | 'sha256'>;

export interface InputContext {
  readonly stagingDir: string;
  readonly candidates: (
    file: Pick<Input, 'bytes' | 'pathHash' | 'head'>,
  ) => readonly StartCandidate[];
  readonly signal: AbortSignal;
}

export interface PreparedInput {
  readonly input: Input;
  /** The longest of the candidates that the file starts with. */
  readonly startSha256: string | null;
}

const headBytes = 4_096;

/**
 * Looks at an input and hashes it. **Faults** by class not_found, not_regular_file, permission,
 * empty.
 */
export async function prepareInput(
  source: InputSource,
  ordinal: number,
  context: InputContext,
): Promise<PreparedInput> {
  const { path } = source;
  const localPath = source.stdin === null ? path : join(context.stagingDir, `stdin-${ordinal}`);
  try {
    if (source.stdin !== null) await spool(source.stdin, localPath, context.signal);
    const status = await stat(localPath);
    if (!status.isFile()) throw fileFault('not_regular_file', path, 'not a regular file');
    await access(localPath, constants.R_OK);
    if (status.size === 0) throw fileFault('empty', path, 'no bytes');
    const pathHash = pathHashOf(source.stdin === null ? resolve(path) : '-');
    const start = await readHead(localPath, headBytes);
    const compression = detectCompression(path, start);
    const head = createHash('sha256').update(start).digest('hex');
    const candidates = context.candidates({ bytes: status.size, pathHash, head });
    const hashes = await hashFile(localPath, status.size, candidates, context.signal);
    const { size: bytes } = status;
    const { whole: sha256, start: startSha256 } = hashes;
    const place = { path, localPath, set: source.set };
    const input = { ...place, bytes, sha256, pathHash, compression, head, grownFrom: null };
    return { input, startSha256 };
  } catch (error) {
    throw context.signal.aborted ? error : faultOfRead(error, path);
  }
}

async function spool(
  stdin: AsyncIterable<Uint8Array>,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of stdin) {
      signal.throwIfAborted();
      await file.write(chunk);
    }
  } finally {
    await file.close();
  }
}

interface Hashes {
  readonly whole: string;
  /** Of the longest candidate whose bytes this file starts with. */
  readonly start: string | null;
}

async function hashFile(
  path: string,
  bytes: number,
  candidates: readonly StartCandidate[],
  signal: AbortSignal,
): Promise<Hashes> {
  const hash = createHash('sha256');
  const waiting = [...candidates].sort((a, b) => a.bytes - b.bytes);
  let start: string | null = null;
  let at = 0;
  for await (const chunk of lendRange(path, 0, bytes)) {
    signal.throwIfAborted();
    let from = 0;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      if (next.bytes > at + chunk.length) break;
      const end = next.bytes - at;
      hash.update(chunk.subarray(from, end));
      from = end;
      if (digestSoFar(hash) === next.sha256) start = next.sha256;
      waiting.shift();
    }
    hash.update(chunk.subarray(from));
    at += chunk.length;
  }
  return { whole: hash.digest('hex'), start };
}

function digestSoFar(hash: Hash): string {
  return hash.copy().digest('hex');
}

/** Whether a file starts with the bytes of a stored source. */
export async function startsWith(input: Input, start: StartCandidate): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const chunk of lendRange(input.localPath, 0, start.bytes)) hash.update(chunk);
  return hash.digest('hex') === start.sha256;
}

/** The first bytes of a file, fewer when it is shorter. */
export async function readHead(path: string, byteCount: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(byteCount);
    const { bytesRead } = await file.read(head, 0, byteCount, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
