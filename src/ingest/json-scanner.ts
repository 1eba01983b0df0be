/**
 * A strict RFC 8259 scanner of one event per line, over bytes. It makes no strings and no objects
 * for what is right: an event becomes ranges of bytes in a reused row. This is the hot loop of the
 * ingest; everything here is measured in nanoseconds per byte.
 *
 * The bytes must be valid UTF-8 (checked for whole blocks by the caller) and the event must be
 * followed by a newline, which ends every loop: no position is compared with an end.
 */
import { byte, fail, skipSpace, skipString, skipWord } from './json-bytes.js';
import { scanNumber } from './json-number.js';
import { createOpaqueScanner, decodeString, isBadKey } from './json-opaque.js';
import { childNode, createKeyTable, internKey, type KeyTable } from './key-table.js';
import type { RecordLimits } from './record.js';
import { createScannedRow, type ScannedRow, valueKinds } from './scanned-row.js';

/** How many keys may lead to a value that becomes a column of its own; deeper ones stay JSON. */
export const flattenDepth = 5;

/** A line of nothing but white space. */
export const blankLine = -1000;

export interface JsonScanner {
  /** Names the block that the next events are in. */
  readonly open: (block: Uint8Array) => void;
  readonly view: DataView;
  /**
   * Scans the event that starts at `start` into `row`. Returns the position of its newline,
   * `blankLine`, or a reason as in `fail`.
   */
  readonly scan: (bytes: Uint8Array, start: number) => number;
  readonly row: ScannedRow;
  readonly keys: KeyTable;
  /** Forgets all keys; label ids start anew. */
  readonly reset: () => void;
}

export function createJsonScanner(limits: RecordLimits): JsonScanner {
  const row = createScannedRow(limits.fields);
  const opaque = createOpaqueScanner(limits, row);
  let keys = createKeyTable();
  let last = 0;
  let view: DataView = new DataView(new ArrayBuffer(0));
  let wordEnd = -1;

  /** The members of an object, from after its opening brace to after its closing one. */
  function scanObject(bytes: Uint8Array, from: number, node: number, depth: number): number {
    let at = from;
    if ((bytes[at] ?? 0) <= byte.space) at = skipSpace(bytes, at);
    if (bytes[at] === byte.closeObject) return at + 1;
    for (;;) {
      if (bytes[at] !== byte.quote) return fail.syntax;
      at = scanKey(bytes, at + 1, node);
      if (at < 0) return at;
      if ((bytes[at] ?? 0) <= byte.space) at = skipSpace(bytes, at);
      at = scanValue(bytes, at, last, depth);
      if (at < 0) return at;
      if ((bytes[at] ?? 0) <= byte.space) at = skipSpace(bytes, at);
      const code = bytes[at];
      at += 1;
      if (code === byte.closeObject) return at;
      if (code !== byte.comma) return fail.syntax;
      if ((bytes[at] ?? 0) <= byte.space) at = skipSpace(bytes, at);
    }
  }

  /** From inside a key to after its colon; `last` becomes its entry. */
  function scanKey(bytes: Uint8Array, start: number, node: number): number {
    const guess = keys.next[last] ?? 0;
    const at = keys.node[guess] === node ? matchPattern(guess, start) : -1;
    if (at >= 0) last = guess;
    const after = at >= 0 ? at : lookUpKey(bytes, start, node);
    const keyId = keys.keyId[last] ?? 0;
    if (keys.keySerial[keyId] === row.serial) note(fail.duplicateKey);
    keys.keySerial[keyId] = row.serial;
    row.fields += 1;
    if (row.fields > limits.fields) note(fail.tooManyFields);
    return after;
  }

  /** The position after the pattern of a key when it stands at `start`, else -1. */
  function matchPattern(entry: number, start: number): number {
    const words = keys.words[entry];
    const length = keys.patternLength[entry] ?? 0;
    const lastWord = start + length - 4;
    if (words === undefined || lastWord < start || lastWord > wordEnd) return -1;
    let at = start;
    for (let index = 0; index < words.length; index += 1) {
      if (view.getInt32(Math.min(at, lastWord), true) !== words[index]) return -1;
      at += 4;
    }
    return start + length;
  }

  function lookUpKey(bytes: Uint8Array, start: number, node: number): number {
    const end = skipString(bytes, start);
    if (end < 0) return end;
    const raw = latin1(bytes, start, end);
    let entry = keys.nodes[node]?.byRaw.get(raw);
    if (entry === undefined || isSuspect(raw)) {
      const key = decodeString(bytes, start - 1, end + 1);
      entry ??= internKey(keys, node, raw, key);
      if (isBadKey(key, limits)) note(fail.badKey);
      else keys.next[last] = entry;
    } else {
      keys.next[last] = entry;
    }
    last = entry;
    const colon = skipSpace(bytes, end + 1);
    return bytes[colon] === byte.colon ? colon + 1 : fail.syntax;
  }

  /** Whether a key may be bad. Bad keys are never guessed, so that they are seen every time. */
  function isSuspect(raw: string): boolean {
    return raw === '' || raw.length > limits.keyChars || raw.includes('\\');
  }

  function scanValue(bytes: Uint8Array, at: number, entry: number, depth: number): number {
    const code = bytes[at] ?? 0;
    if (code === byte.openObject && depth < flattenDepth) {
      let inside = at + 1;
      if ((bytes[inside] ?? 0) <= byte.space) inside = skipSpace(bytes, inside);
      if (bytes[inside] !== byte.closeObject) {
        return scanObject(bytes, inside, childNode(keys, entry), depth + 1);
      }
    }
    const index = addLeaf(entry);
    if (code === byte.quote) {
      const start = at + 1;
      let end = skipPlainWords(start);
      let char = bytes[end] ?? 0;
      while (char !== byte.quote && char !== byte.backslash && char >= byte.space) {
        end += 1;
        char = bytes[end] ?? 0;
      }
      row.kind[index] = valueKinds.plain;
      if (char !== byte.quote) {
        end = skipString(bytes, end);
        if (end < 0) return end;
        row.kind[index] = valueKinds.escaped;
      }
      row.start[index] = start;
      row.end[index] = end;
      return end + 1;
    }
    row.start[index] = at;
    if (code === byte.minus || (code >= byte.zero && code <= byte.nine)) {
      return scanNumber(bytes, at, row, index);
    }
    if (code === byte.openObject || code === byte.openArray) {
      row.kind[index] = valueKinds.json;
      row.end[index] = opaque(bytes, at, depth);
      return row.end[index] ?? 0;
    }
    if (code === byte.lowerT) row.kind[index] = valueKinds.true;
    else if (code === byte.lowerF) row.kind[index] = valueKinds.false;
    else row.kind[index] = valueKinds.none;
    return skipWord(bytes, at);
  }

  /**
   * Past whole words without a quote, a backslash or a control character. **Source**
   * https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord; a byte over 0x7f may end the
   * words early, which only costs time.
   */
  function skipPlainWords(start: number): number {
    let at = start;
    while (at <= wordEnd) {
      const word = view.getInt32(at, true);
      const quotes = word ^ 0x22222222;
      const slashes = word ^ 0x5c5c5c5c;
      const special =
        ((quotes - 0x01010101) & ~quotes) |
        ((slashes - 0x01010101) & ~slashes) |
        ((word - 0x20202020) & ~word);
      if ((special & 0x80808080) !== 0) return at;
      at += 4;
    }
    return at;
  }

  /** The row index for the value of a key. Beyond the limit of keys the last one is reused. */
  function addLeaf(entry: number): number {
    const label = keys.labelId[entry] ?? 0;
    if (keys.labelSerial[label] === row.serial) note(fail.keyConflict);
    keys.labelSerial[label] = row.serial;
    const index = Math.min(row.count, limits.fields);
    keys.labelIndex[label] = index;
    row.label[index] = label;
    row.count = index + 1;
    return index;
  }

  function note(reason: number): void {
    if (row.soft === 0) row.soft = reason;
  }

  return {
    row,
    get keys() {
      return keys;
    },
    get view() {
      return view;
    },
    open(block) {
      view = new DataView(block.buffer, block.byteOffset, block.length);
      wordEnd = block.length - 4;
    },
    reset() {
      keys = createKeyTable();
      row.serial = 0;
    },
    scan(bytes, start) {
      row.count = 0;
      row.soft = 0;
      row.fields = 0;
      row.serial += 1;
      last = 0;
      let at = skipSpace(bytes, start);
      if (bytes[at] === byte.newline) return blankLine;
      if (bytes[at] === byte.openObject) {
        at = scanObject(bytes, at + 1, 0, 1);
      } else {
        row.soft = fail.notObject;
        at = opaque(bytes, at, 0);
      }
      if (at < 0) return at;
      at = skipSpace(bytes, at);
      if (bytes[at] !== byte.newline) return fail.syntax;
      return row.soft === 0 ? at : row.soft;
    },
  };
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}
