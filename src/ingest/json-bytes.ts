/** Bytes of JSON text: scalars checked against RFC 8259, with no string made on the way. */
import { recordReasons } from './receipt.js';

export const byte = {
  tab: 0x09,
  newline: 0x0a,
  return: 0x0d,
  space: 0x20,
  quote: 0x22,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  openArray: 0x5b,
  backslash: 0x5c,
  closeArray: 0x5d,
  lowerE: 0x65,
  lowerF: 0x66,
  lowerN: 0x6e,
  lowerT: 0x74,
  lowerU: 0x75,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

/** Scanners return the next position, or a reason as a negative number: `-1 - index`. */
export const fail = {
  syntax: -1 - recordReasons.indexOf('json_syntax'),
  utf8: -1 - recordReasons.indexOf('utf8'),
  notObject: -1 - recordReasons.indexOf('not_object'),
  duplicateKey: -1 - recordReasons.indexOf('dup_key'),
  keyConflict: -1 - recordReasons.indexOf('key_conflict'),
  badKey: -1 - recordReasons.indexOf('bad_key'),
  numberRange: -1 - recordReasons.indexOf('number_range'),
  tooDeep: -1 - recordReasons.indexOf('too_deep'),
  tooManyFields: -1 - recordReasons.indexOf('too_many_fields'),
} as const;

/** By the byte after a backslash: the byte it stands for, 0 when it is no escape. */
export const simpleEscapes = escapeTable();
const hexDigits = hexTable();

/** Past spaces, tabs and carriage returns. A newline always ends the record. */
export function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const code = bytes[at];
    if (code !== byte.space && code !== byte.tab && code !== byte.return) return at;
    at += 1;
  }
}

/** From inside a string to its closing quote. Also the rest of a string that has escapes. */
export function skipString(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const code = bytes[at] ?? 0;
    if (code === byte.quote) return at;
    if (code < byte.space) return fail.syntax;
    if (code !== byte.backslash) {
      at += 1;
    } else {
      const after = bytes[at + 1] ?? 0;
      if (after === byte.lowerU) at = skipUnicodeEscape(bytes, at);
      else at = simpleEscapes[after] === 0 ? fail.syntax : at + 2;
      if (at < 0) return at;
    }
  }
}

/** Past `\uXXXX`, and past both halves of a surrogate pair. */
function skipUnicodeEscape(bytes: Uint8Array, at: number): number {
  const unit = hexAt(bytes, at + 2);
  if (unit < 0) return fail.syntax;
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  if (unit > 0xdbff) return fail.utf8;
  if (bytes[at + 6] !== byte.backslash || bytes[at + 7] !== byte.lowerU) return fail.utf8;
  const low = hexAt(bytes, at + 8);
  if (low < 0) return fail.syntax;
  return low >= 0xdc00 && low <= 0xdfff ? at + 12 : fail.utf8;
}

/** The code unit of four hexadecimal digits, or a negative number. */
export function hexAt(bytes: Uint8Array, at: number): number {
  const a = hexDigits[bytes[at] ?? 0] ?? 0xff;
  const b = hexDigits[bytes[at + 1] ?? 0] ?? 0xff;
  const c = hexDigits[bytes[at + 2] ?? 0] ?? 0xff;
  const d = hexDigits[bytes[at + 3] ?? 0] ?? 0xff;
  return (a | b | c | d) > 15 ? -1 : (a << 12) | (b << 8) | (c << 4) | d;
}

/** Past `true`, `false` or `null`, whose first byte is at `from`. */
export function skipWord(bytes: Uint8Array, from: number): number {
  const word =
    bytes[from] === byte.lowerT ? 'true' : bytes[from] === byte.lowerF ? 'false' : 'null';
  for (let index = 0; index < word.length; index += 1) {
    if (bytes[from + index] !== word.charCodeAt(index)) return fail.syntax;
  }
  return from + word.length;
}

/**
 * Writes the text of a checked string with escapes to `target` and returns the end of what it
 * wrote, which is never longer than the source.
 */
export function unescapeInto(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  targetStart: number,
): number {
  let at = start;
  let to = targetStart;
  while (at < end) {
    const code = source[at] ?? 0;
    if (code !== byte.backslash) {
      target[to++] = code;
      at += 1;
      continue;
    }
    const after = source[at + 1] ?? 0;
    if (after !== byte.lowerU) {
      target[to++] = simpleEscapes[after] ?? 0;
      at += 2;
      continue;
    }
    const unit = hexAt(source, at + 2);
    at += 6;
    let point = unit;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      point = 0x10000 + ((unit - 0xd800) << 10) + (hexAt(source, at + 2) - 0xdc00);
      at += 6;
    }
    to = writePoint(target, to, point);
  }
  return to;
}

function writePoint(target: Uint8Array, from: number, point: number): number {
  let to = from;
  if (point < 0x80) {
    target[to++] = point;
    return to;
  }
  if (point < 0x800) {
    target[to++] = 0xc0 | (point >> 6);
  } else {
    if (point < 0x10000) {
      target[to++] = 0xe0 | (point >> 12);
    } else {
      target[to++] = 0xf0 | (point >> 18);
      target[to++] = 0x80 | ((point >> 12) & 0x3f);
    }
    target[to++] = 0x80 | ((point >> 6) & 0x3f);
  }
  target[to++] = 0x80 | (point & 0x3f);
  return to;
}

function escapeTable(): Uint8Array {
  const table = new Uint8Array(256);
  const pairs: Readonly<Record<string, string>> = {
    '"': '"',
    '\\': '\\',
    '/': '/',
    b: '\b',
    f: '\f',
    n: '\n',
    r: '\r',
    t: '\t',
  };
  for (const [name, text] of Object.entries(pairs)) {
    table[name.charCodeAt(0)] = text.charCodeAt(0);
  }
  return table;
}

function hexTable(): Uint8Array {
  const table = new Uint8Array(256).fill(0xff);
  for (let digit = 0; digit < 16; digit += 1) {
    const text = digit.toString(16);
    table[text.charCodeAt(0)] = digit;
    table[text.toUpperCase().charCodeAt(0)] = digit;
  }
  return table;
}
