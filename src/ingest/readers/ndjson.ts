/**
 * JSON lines. Whole blocks of lines go through the strict scanner in place; only a line that lies
 * across two chunks is copied, and only a line that is refused is looked at twice.
 */
import { isUtf8 } from 'node:buffer';
import { fail } from '../json-bytes.js';
import { problemOf } from '../json-problem.js';
import { blankLine, createJsonScanner, type JsonScanner } from '../json-scanner.js';
import { createLineSplitter, type LineReader, tooLargeMessage } from '../lines.js';
import type { RecordLimits, RecordPlace } from '../record.js';
import type { RowProblem } from '../stage-options.js';

const newline = 0x0a;
const returnByte = 0x0d;
const endOfLine = Buffer.from('\n');

/** Takes scanned events in order. */
export interface ScanSink {
  /** The event just scanned; a problem when it is refused. */
  readonly event: (scanner: JsonScanner, bytes: Uint8Array) => RowProblem | null;
  readonly reject: (place: RecordPlace, problem: RowProblem) => void;
  readonly blank: () => void;
}

/** Where a reader starts in the decoded stream: not at its start when it reads a part. */
export interface StreamStart {
  readonly line: number;
  readonly byteOffset: number;
}

/** A reader of JSON lines that keeps nothing of a chunk. Rejects all reasons of JSON records. */
export function createNdjsonReader(
  limits: RecordLimits,
  sink: ScanSink,
  start: StreamStart = { line: 1, byteOffset: 0 },
): LineReader {
  const scanner = createJsonScanner(limits);
  let { line, byteOffset } = start;
  let collecting = false;
  const across = createLineSplitter(limits.lineBytes, {
    line({ bytes, terminator }) {
      scanBlock(Buffer.concat([bytes, endOfLine]));
      byteOffset += terminator.length - endOfLine.length;
    },
    tooLarge(place) {
      sink.reject({ ...place, line, byteOffset }, tooLarge(place, limits));
      line += 1;
      byteOffset += (place.whole?.byteLength ?? 0) + endOfLine.length;
    },
  });

  /** Scans the lines of a block that ends with a newline. */
  function scanBlock(block: Buffer): void {
    const clean = isUtf8(block);
    scanner.open(block);
    let at = byteOffset === 0 ? markBytes(block) : 0;
    while (at < block.length) {
      const result = clean ? scanner.scan(block, at) : scanUnclean(block, at);
      const next = result >= 0 ? result : block.indexOf(newline, at);
      if (result === blankLine) {
        sink.blank();
      } else {
        const problem = result >= 0 ? takeEvent(block, at, next) : problemOf(result, limits);
        if (problem !== null) refuse(block, at, next, problem);
      }
      line += 1;
      at = next + 1;
    }
    byteOffset += block.length;
  }

  function scanUnclean(block: Buffer, at: number): number {
    const end = block.indexOf(newline, at);
    return isUtf8(block.subarray(at, end)) ? scanner.scan(block, at) : fail.utf8;
  }

  function takeEvent(block: Buffer, at: number, next: number): RowProblem | null {
    const large = next - at > limits.lineBytes && lineEnd(block, at, next) - at > limits.lineBytes;
    return large ? tooLargeLine : sink.event(scanner, block);
  }

  function refuse(block: Buffer, at: number, next: number, problem: RowProblem): void {
    const end = lineEnd(block, at, next);
    const place = { line, byteOffset: byteOffset + at, raw: block.subarray(at, end) };
    const whole = end - at > limits.lineBytes ? tooLarge(place, limits) : problem;
    sink.reject(place, whole);
  }

  return {
    write(chunk) {
      let from = 0;
      if (collecting) {
        const end = chunk.indexOf(newline) + 1;
        from = end === 0 ? chunk.length : end;
        across.write(Buffer.from(chunk.subarray(0, from)));
        collecting = end === 0;
      }
      const end = chunk.lastIndexOf(newline) + 1;
      if (end > from) scanBlock(chunk.subarray(from, end));
      const rest = Math.max(from, end);
      if (rest < chunk.length) {
        collecting = true;
        across.write(Buffer.from(chunk.subarray(rest)));
      }
    },
    end: () => across.end(),
    unterminated: () => across.unterminated(),
  };
}

/** Says no more than that it is too large; the length is filled in where the line is refused. */
const tooLargeLine: RowProblem = { reason: 'too_large', message: '' };

/** The end of a line without the carriage return before its newline. */
function lineEnd(block: Buffer, at: number, next: number): number {
  return next > at && block[next - 1] === returnByte ? next - 1 : next;
}

/** The byte order mark that a stream may start with. */
function markBytes(block: Buffer): number {
  return block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf ? 3 : 0;
}

function tooLarge(place: RecordPlace, limits: RecordLimits): RowProblem {
  return { reason: 'too_large', message: tooLargeMessage(place, limits.lineBytes) };
}
