/**
 * Bytes to physical lines, with the number and the byte offset of each. Lines end in `\n` or
 * `\r\n`; a last line without an end is a line. Memory is bounded: of a line over the limit only
 * the start is kept, the rest is hashed and counted. Never decodes and never drops a byte.
 */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { assert } from '../base/assert.js';
import type { RecordLimits, RecordPlace, RecordSink, StreamReader } from './record.js';

/** A physical line; `bytes` is without its end. A byte order mark stays on the first line. */
export interface Line {
  readonly number: number;
  readonly byteOffset: number;
  readonly bytes: Buffer;
  readonly terminator: '' | '\n' | '\r\n';
}

/** A reader that knows, after its end, whether the last line had none: the file may still grow. */
export interface LineReader extends StreamReader {
  readonly unterminated: () => boolean;
}

export interface LineSink {
  readonly line: (line: Line) => void;
  /** `place.raw` is the start of the line, `place.whole` tells its length and hash. */
  readonly tooLarge: (place: RecordPlace) => void;
}

/** How much of an over-long line is kept: what a rejects file shows of a record. */
export const keptBytes = 65_536;

const lineFeed = 10;
const carriageReturn = 13;

/** The line being collected: its parts while it may fit, a running hash once it cannot. */
interface OpenLine {
  parts: Buffer[];
  byteLength: number;
  hash: Hash | null;
  /** A `\r` at the very end of what was seen; it belongs to the line unless `\n` follows. */
  heldReturn: boolean;
}

/** A reader that cuts a stream into lines of at most `lineBytes` bytes (their end not counted). */
export function createLineSplitter(lineBytes: number, sink: LineSink): LineReader {
  let open = emptyLine();
  let number = 1;
  let byteOffset = 0;
  let cut = false;

  function finish(terminator: Line['terminator']): void {
    const byteLength = open.byteLength;
    if (open.hash === null && byteLength <= lineBytes) {
      const bytes = join(open.parts);
      sink.line({ number, byteOffset, bytes, terminator });
    } else {
      sink.tooLarge(largePlace({ open, number, byteOffset }));
    }
    number += 1;
    byteOffset += byteLength + terminator.length;
    open = emptyLine();
  }

  function takeSlow(part: Buffer): void {
    extend(open, part);
    if (open.hash === null && open.byteLength > lineBytes) overflow(open, lineBytes);
  }

  function takeLine(part: Buffer): void {
    if (open.byteLength === 0 && !open.heldReturn && part.length <= lineBytes) {
      const returned = part[part.length - 1] === carriageReturn;
      const bytes = returned ? part.subarray(0, -1) : part;
      sink.line({ number, byteOffset, bytes, terminator: returned ? '\r\n' : '\n' });
      number += 1;
      byteOffset += part.length + 1;
      return;
    }
    if (part.length === 0 && open.heldReturn) {
      open.heldReturn = false;
      finish('\r\n');
      return;
    }
    const returned = part[part.length - 1] === carriageReturn;
    takeSlow(returned ? part.subarray(0, -1) : part);
    finish(returned ? '\r\n' : '\n');
  }

  return {
    write(chunk) {
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(lineFeed, start);
        if (end < 0) break;
        takeLine(chunk.subarray(start, end));
        start = end + 1;
      }
      if (start === chunk.length) return;
      const rest = chunk.subarray(start);
      const returned = rest[rest.length - 1] === carriageReturn;
      takeSlow(returned ? rest.subarray(0, -1) : rest);
      open.heldReturn = returned;
    },
    end() {
      takeSlow(Buffer.alloc(0));
      cut = open.byteLength > 0;
      if (cut) finish('');
    },
    unterminated: () => cut,
  };
}

function emptyLine(): OpenLine {
  return { parts: [], byteLength: 0, hash: null, heldReturn: false };
}

/** Adds a part, and before it the `\r` that was held back. */
function extend(open: OpenLine, part: Buffer): void {
  if (open.heldReturn) {
    open.heldReturn = false;
    extend(open, Buffer.from([carriageReturn]));
  }
  if (part.length === 0) return;
  open.byteLength += part.length;
  if (open.hash === null) open.parts.push(part);
  else open.hash.update(part);
}

/** From here on the line is only hashed and counted. */
function overflow(open: OpenLine, lineBytes: number): void {
  const bytes = join(open.parts);
  open.hash = createHash('sha256').update(bytes);
  open.parts = [Buffer.from(bytes.subarray(0, Math.min(keptBytes, lineBytes)))];
}

function join(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}

function largePlace(at: { open: OpenLine; number: number; byteOffset: number }): RecordPlace {
  const { open, number, byteOffset } = at;
  assert(open.hash !== null, 'an over-long line has a hash');
  return {
    line: number,
    byteOffset,
    raw: join(open.parts),
    whole: { byteLength: open.byteLength, sha256: open.hash.digest('hex') },
  };
}

/** Whether a line holds nothing but spaces, tabs and a byte order mark. */
export function isBlank(line: Line): boolean {
  const { bytes } = line;
  for (let index = hasMark(line) ? 3 : 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte !== 32 && byte !== 9 && byte !== carriageReturn) return false;
  }
  return true;
}

/** The text of a line that is valid UTF-8, without the byte order mark of the first line. */
export function lineText(line: Line): string {
  return line.bytes.toString('utf8', hasMark(line) ? 3 : 0);
}

function hasMark({ byteOffset, bytes }: Line): boolean {
  return byteOffset === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Where the line stands, for a sink. */
export function placeOf(line: Line): RecordPlace {
  return { line: line.number, byteOffset: line.byteOffset, raw: line.bytes };
}

/** What is wrong with the bytes of a text record, or null. Text is strict UTF-8 without NUL. */
export function textProblem(
  bytes: Uint8Array,
): { readonly reason: 'utf8' | 'control'; readonly message: string } | null {
  if (!isUtf8(bytes)) return { reason: 'utf8', message: 'not valid UTF-8' };
  if (bytes.indexOf(0) >= 0) return { reason: 'control', message: 'a NUL byte in text' };
  return null;
}

/** The message of a `too_large` reject. */
export function tooLargeMessage(
  place: Pick<RecordPlace, 'raw' | 'whole'>,
  lineBytes: number,
): string {
  const length = place.whole?.byteLength ?? place.raw.length;
  return `a record of ${length} bytes is over the limit of ${lineBytes}`;
}

/**
 * A reader of formats with one record per line: sorts out blank, over-long and undecodable lines
 * and hands on the text of the others.
 */
export function createTextReader(
  limits: RecordLimits,
  sink: RecordSink,
  take: (line: Line, text: string) => void,
): LineReader {
  return createLineSplitter(limits.lineBytes, {
    line(line) {
      if (isBlank(line)) {
        sink.blank();
        return;
      }
      const problem = textProblem(line.bytes);
      if (problem === null) take(line, lineText(line));
      else sink.reject(placeOf(line), problem.reason, problem.message);
    },
    tooLarge(place) {
      sink.reject(place, 'too_large', tooLargeMessage(place, limits.lineBytes));
    },
  });
}
