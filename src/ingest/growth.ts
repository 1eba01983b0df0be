/**
 * A file that grew since it was stored: only what is new is read. Where its old end lies inside a
 * line, that line is read again when it had not been stored, and its rest is refused when it had.
 */
import { createHash } from 'node:crypto';
import type { SourceRecord } from '../store/sources.js';
import type { Input } from './input.js';
import { keptBytes } from './lines.js';
import { lendRange, readRange } from './read-range.js';
import type { StreamStart } from './readers/ndjson.js';
import type { Rejected } from './receipt.js';

export interface Tail {
  /** Where reading starts, in raw bytes of the uncompressed file. */
  readonly rawStart: number;
  readonly start: StreamStart;
  /** Records of the stored start. */
  readonly duplicates: number;
  /** How many of them are met again because reading starts before their end. */
  readonly skipRecords: number;
  /** The rest of a stored line that went on, or null. */
  readonly continuation: Rejected | null;
}

const newline = 0x0a;

/** `fromStart` for formats whose lines are understood only by those before them. */
export async function planTail(
  input: Input,
  known: SourceRecord,
  fromStart: boolean,
): Promise<Tail> {
  const { tail } = known;
  if (input.compression !== 'none') return packedTail(known);
  if (fromStart && !(tail.kind === 'open' && tail.stored)) return packedTail(known);
  const again = tail.kind === 'open' && !tail.stored;
  const from = again ? tail.lineStart : known.bytes;
  const rest = tail.kind === 'open' && tail.stored ? await restOfLine(input, from) : null;
  const rawStart = from + (rest?.byteLength ?? 0);
  const line = (await countNewlines(input.localPath, rawStart)) + 1;
  const duplicates = known.readCount - (again ? 1 : 0);
  const continuation =
    rest === null || rest.blank ? null : continuationOf(input, { ...rest, from, line });
  const added = { rawStart, start: { line, byteOffset: rawStart }, skipRecords: 0 };
  return { ...(fromStart ? wholeFile(duplicates) : added), duplicates, continuation };
}

/**
 * Where there is no middle to start at, as in compressed data, what is stored is read again and
 * passed over. A line that was cut is read as it is now: it may have gone on.
 */
function packedTail({ readCount, tail }: SourceRecord): Tail {
  const duplicates = readCount - (tail.kind === 'open' ? 1 : 0);
  return { ...wholeFile(duplicates), duplicates, continuation: null };
}

function wholeFile(skipRecords: number): Pick<Tail, 'rawStart' | 'start' | 'skipRecords'> {
  return { rawStart: 0, start: { line: 1, byteOffset: 0 }, skipRecords };
}

interface RestOfLine {
  /** With its line end. */
  readonly byteLength: number;
  readonly raw: Buffer;
  readonly sha256: string;
  /** Nothing but the line end was missing. */
  readonly blank: boolean;
}

async function restOfLine(input: Input, from: number): Promise<RestOfLine> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let byteLength = 0;
  for await (const chunk of readRange(input.localPath, from, input.bytes)) {
    const end = chunk.indexOf(newline);
    const part = end < 0 ? chunk : chunk.subarray(0, end);
    hash.update(part);
    if (byteLength < keptBytes) parts.push(part);
    byteLength += end < 0 ? part.length : end + 1;
    if (end >= 0) break;
  }
  const raw = Buffer.concat(parts);
  const blank = raw.length === 0 || (raw.length === 1 && raw[0] === 0x0d);
  return { byteLength, raw: raw.subarray(0, keptBytes), sha256: hash.digest('hex'), blank };
}

function continuationOf(
  input: Input,
  rest: RestOfLine & { readonly from: number; readonly line: number },
): Rejected {
  return {
    source: input.path,
    line: rest.line - 1,
    byteOffset: rest.from,
    byteLength: rest.byteLength,
    reason: 'line_shape',
    message: 'goes on with a line whose start is stored already as a record of its own',
    raw: rest.raw,
    sha256: rest.sha256,
  };
}

async function countNewlines(path: string, end: number): Promise<number> {
  let count = 0;
  if (end === 0) return count;
  for await (const chunk of lendRange(path, 0, end)) {
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) count += 1;
  }
  return count;
}
