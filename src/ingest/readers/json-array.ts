/**
 * One JSON array of events, or one or several events over many lines: the structure is followed
 * byte by byte only to cut out the elements, each of which goes through the same strict scanner as
 * a line of JSON lines. Memory is bounded by the largest allowed event.
 */
import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { fileFault } from '../file-fault.js';
import { byte, fail } from '../json-bytes.js';
import { problemOf } from '../json-problem.js';
import { createJsonScanner, type JsonScanner } from '../json-scanner.js';
import { keptBytes, type LineReader, tooLargeMessage } from '../lines.js';
import type { RecordLimits, RecordPlace } from '../record.js';
import type { ScanSink } from './ndjson.js';

/** The element being collected. */
interface OpenElement {
  line: number;
  byteOffset: number;
  parts: Buffer[];
  byteLength: number;
  /** Set once the element is too large to keep; `parts` then holds only its start. */
  hash: Hash | null;
  depth: number;
  inString: boolean;
  escaped: boolean;
  /** Whether it started with a bracket, and so ends with one. */
  container: boolean;
}

/** An element as it is written. */
export interface ElementPlace extends RecordPlace {
  readonly raw: Buffer;
}

/** Before the first byte, inside the array (or a sequence of values), or behind its end. */
type Phase = 'start' | 'array' | 'sequence' | 'end';

/** A reader of JSON documents. **Faults** by class format: an array that does not close. */
export function createJsonArrayReader(
  path: string,
  limits: RecordLimits,
  sink: ScanSink,
): LineReader {
  const scanner = createJsonScanner(limits);
  return createElementReader(path, limits.lineBytes, (place) => {
    judge(place, scanner, limits, sink);
  });
}

/**
 * Cuts the elements out of a document and hands on each as it is written; of one over
 * `elementBytes` only the start, with `whole`. **Faults** by class format: an array that does not
 * close.
 */
export function createElementReader(
  path: string,
  elementBytes: number,
  take: (place: ElementPlace) => void,
): LineReader {
  let phase: Phase = 'start';
  let element: OpenElement | null = null;
  /** Whether a comma is due before the next element of the array. */
  let commaDue = false;
  let elements = 0;
  let line = 1;
  let byteOffset = 0;

  function start(at: number, container: boolean): OpenElement {
    if (commaDue) throw fileFault('format', path, `no comma before the value at line ${line}`);
    const place = { line, byteOffset: byteOffset + at };
    const state = { depth: 0, inString: false, escaped: false, container };
    return { ...place, ...state, parts: [], byteLength: 0, hash: null };
  }

  function finish(open: OpenElement): void {
    element = null;
    elements += 1;
    commaDue = phase === 'array';
    take(placeOfElement(open));
  }

  /** Takes a byte that lies between elements. Returns whether it starts one. */
  function takeBetween(code: number, at: number): boolean {
    if (code === byte.space || code === byte.tab || code === byte.return) return false;
    if (code === byte.newline) return false;
    if (phase === 'start') {
      phase = code === byte.openArray ? 'array' : 'sequence';
      if (phase === 'array') return false;
    }
    if (phase === 'end') throw fileFault('format', path, `line ${line}: text after the array`);
    if (phase === 'array' && code === byte.closeArray) {
      if (!commaDue && elements > 0) throw fileFault('format', path, 'a comma before the end');
      phase = 'end';
      return false;
    }
    if (phase === 'array' && code === byte.comma) {
      if (!commaDue) throw fileFault('format', path, `line ${line}: a comma too many`);
      commaDue = false;
      return false;
    }
    element = start(at, code === byte.openObject || code === byte.openArray);
    return true;
  }

  return {
    write(chunk) {
      let from = byteOffset === 0 && chunk[0] === 0xef && chunk[1] === 0xbb ? 3 : 0;
      for (let at = from; at < chunk.length; at += 1) {
        const code = chunk[at] ?? 0;
        if (element === null) {
          if (takeBetween(code, at)) from = at;
        }
        if (element !== null) {
          const end = endOf(element, code);
          if (end !== 'inside') {
            const after = end === 'after' ? at + 1 : at;
            keep(element, chunk.subarray(from, after), elementBytes);
            finish(element);
            if (end === 'before') takeBetween(code, at);
          }
        }
        if (code === byte.newline) line += 1;
      }
      if (element !== null) keep(element, chunk.subarray(from), elementBytes);
      byteOffset += chunk.length;
    },
    end() {
      if (element !== null && phase === 'sequence' && !element.container) finish(element);
      if (element !== null) throw fileFault('format', path, 'the last value does not end');
      if (phase === 'array') throw fileFault('format', path, 'the array does not end');
    },
    unterminated: () => false,
  };
}

function placeOfElement({ line, byteOffset, parts, byteLength, hash }: OpenElement): ElementPlace {
  const place = { line, byteOffset, raw: joinParts(parts) };
  return hash === null ? place : { ...place, whole: { byteLength, sha256: hash.digest('hex') } };
}

/** Hands on an element that is complete, or says why it is refused. */
function judge(
  place: ElementPlace,
  scanner: JsonScanner,
  limits: RecordLimits,
  sink: ScanSink,
): void {
  if (place.whole !== undefined) {
    const message = tooLargeMessage(place, limits.lineBytes);
    sink.reject(place, { reason: 'too_large', message });
    return;
  }
  const { raw } = place;
  const text = onOneLine(raw);
  scanner.open(text);
  const result = isUtf8(raw) ? scanner.scan(text, 0) : fail.utf8;
  const problem = result < 0 ? problemOf(result, limits) : sink.event(scanner, text);
  if (problem !== null) sink.reject(place, problem);
}

/** Follows one byte of an element: `after` closes it, `before` means it ended one byte earlier. */
function endOf(open: OpenElement, code: number): 'inside' | 'after' | 'before' {
  if (open.inString) {
    if (open.escaped) open.escaped = false;
    else if (code === byte.backslash) open.escaped = true;
    else if (code === byte.quote) open.inString = false;
    return 'inside';
  }
  if (code === byte.quote) {
    open.inString = true;
  } else if (code === byte.openObject || code === byte.openArray) {
    open.depth += 1;
  } else if (code === byte.closeObject || code === byte.closeArray) {
    if (open.depth === 0) return 'before';
    open.depth -= 1;
    if (open.depth === 0 && open.container) return 'after';
  } else if (open.depth === 0 && (code === byte.comma || code === byte.newline)) {
    return 'before';
  }
  return 'inside';
}

function keep(open: OpenElement, part: Buffer, limit: number): void {
  open.byteLength += part.length;
  if (open.hash !== null) {
    open.hash.update(part);
    return;
  }
  open.parts.push(part);
  if (open.byteLength <= limit) return;
  const bytes = joinParts(open.parts);
  open.hash = createHash('sha256').update(bytes);
  open.parts = [Buffer.from(bytes.subarray(0, keptBytes))];
}

function joinParts(parts: readonly Buffer[]): Buffer {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}

/**
 * The element with a newline behind it and none between its tokens, as the scanner wants it. A
 * newline inside a string stays, and is found to be one.
 */
export function onOneLine(raw: Buffer): Buffer {
  const text = Buffer.allocUnsafe(raw.length + 1);
  let inString = false;
  let escaped = false;
  for (let at = 0; at < raw.length; at += 1) {
    const code = raw[at] ?? 0;
    text[at] = code === byte.newline && !inString ? byte.space : code;
    if (escaped) escaped = false;
    else if (inString && code === byte.backslash) escaped = true;
    else if (code === byte.quote) inString = !inString;
  }
  text[raw.length] = byte.newline;
  return text;
}
