/**
 * Checks JSON values that are kept as text (arrays, and objects too deep to flatten) by the same
 * rules as all others: syntax, depth, keys. Slower than the main scanner, and rarely needed.
 */
import { byte, fail, skipSpace, skipString, skipWord } from './json-bytes.js';
import { scanNumber } from './json-number.js';
import { isLongKey, type RecordLimits } from './record.js';
import { createScannedRow, type ScannedRow } from './scanned-row.js';

/** From the first byte of a value to after it; `depth` counts the containers around it. */
export type OpaqueScanner = (bytes: Uint8Array, start: number, depth: number) => number;

/** A scanner that counts keys and notes faults in `row`, and leaves its values alone. */
export function createOpaqueScanner(limits: RecordLimits, row: ScannedRow): OpaqueScanner {
  const scratch = createScannedRow(0);

  function value(bytes: Uint8Array, at: number, depth: number): number {
    const code = bytes[at] ?? 0;
    if (code === byte.quote) {
      const end = skipString(bytes, at + 1);
      return end < 0 ? end : end + 1;
    }
    if (code === byte.minus || (code >= byte.zero && code <= byte.nine)) {
      // Kept as text, so no number is out of range here.
      return scanNumber(bytes, at, scratch, 0);
    }
    if (code !== byte.openObject && code !== byte.openArray) return skipWord(bytes, at);
    if (depth >= limits.depth) return fail.tooDeep;
    return code === byte.openObject
      ? members(bytes, at + 1, depth + 1)
      : items(bytes, at + 1, depth + 1);
  }

  function items(bytes: Uint8Array, from: number, depth: number): number {
    let at = skipSpace(bytes, from);
    if (bytes[at] === byte.closeArray) return at + 1;
    for (;;) {
      at = value(bytes, at, depth);
      if (at < 0) return at;
      at = skipSpace(bytes, at);
      if (bytes[at] === byte.closeArray) return at + 1;
      if (bytes[at] !== byte.comma) return fail.syntax;
      at = skipSpace(bytes, at + 1);
    }
  }

  function members(bytes: Uint8Array, from: number, depth: number): number {
    const seen = new Set<string>();
    let at = skipSpace(bytes, from);
    if (bytes[at] === byte.closeObject) return at + 1;
    for (;;) {
      if (bytes[at] !== byte.quote) return fail.syntax;
      const end = skipString(bytes, at + 1);
      if (end < 0) return end;
      checkKey(bytes, { start: at, end: end + 1 }, seen);
      at = skipSpace(bytes, end + 1);
      if (bytes[at] !== byte.colon) return fail.syntax;
      at = value(bytes, skipSpace(bytes, at + 1), depth);
      if (at < 0) return at;
      at = skipSpace(bytes, at);
      if (bytes[at] === byte.closeObject) return at + 1;
      if (bytes[at] !== byte.comma) return fail.syntax;
      at = skipSpace(bytes, at + 1);
    }
  }

  function checkKey(bytes: Uint8Array, range: Range, seen: Set<string>): void {
    const key = decodeString(bytes, range.start, range.end);
    if (isBadKey(key, limits)) note(fail.badKey);
    if (seen.has(key)) note(fail.duplicateKey);
    seen.add(key);
    row.fields += 1;
    if (row.fields > limits.fields) note(fail.tooManyFields);
  }

  function note(reason: number): void {
    if (row.soft === 0) row.soft = reason;
  }

  return value;
}

/** The text of a checked JSON string, its quotes included in the range. */
export function decodeString(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
  return String(JSON.parse(text));
}

export function isBadKey(key: string, limits: RecordLimits): boolean {
  return key === '' || isLongKey(key, limits) || key.includes('\0');
}

interface Range {
  readonly start: number;
  readonly end: number;
}
