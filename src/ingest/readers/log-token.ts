/**
 * The words of an access log line: bare, `[bracketed]`, `"quoted"` with backslash escapes, or
 * `key=` in front of a bare or quoted one. `-` is null, quoted or not.
 */

import { isUtf8 } from 'node:buffer';

export interface LogToken {
  /** Null for `-`. */
  readonly text: string | null;
  readonly key: string | null;
  readonly quote: '' | '"' | '[';
  /** Where the next token begins. */
  readonly end: number;
}

const keyPattern = /^[A-Za-z_][\w.-]*$/;

/** Reads the token at `start`; null at the end of the text or for an empty one. */
export function readToken(text: string, start: number): LogToken | null {
  let at = start;
  while (text[at] === ' ') at += 1;
  if (at >= text.length) return null;
  const first = text[at];
  if (first === '"') return readQuoted(text, at, null);
  if (first === '[') {
    const close = text.indexOf(']', at);
    if (close >= 0 && (close + 1 === text.length || text[close + 1] === ' ')) {
      return { text: dash(text.slice(at + 1, close)), key: null, quote: '[', end: after(close) };
    }
  }
  const end = bareEnd(text, at);
  const equals = text.indexOf('=', at);
  const key = equals > at && equals < end ? text.slice(at, equals) : '';
  if (key === '' || !keyPattern.test(key)) {
    return { text: dash(text.slice(at, end)), key: null, quote: '', end: after(end - 1) };
  }
  if (text[equals + 1] === '"') return readQuoted(text, equals + 1, key);
  const valueEnd = bareEnd(text, equals + 1);
  const value = dash(text.slice(equals + 1, valueEnd));
  return { text: value, key, quote: '', end: after(valueEnd - 1) };
}

/** The end of a bare word. nginx writes lists as `0.001, 0.002`: a comma or colon goes on. */
function bareEnd(text: string, start: number): number {
  let end = start;
  for (;;) {
    const space = text.indexOf(' ', end);
    if (space < 0) return text.length;
    if (text[space - 1] !== ',' || space === start) return space;
    end = space + 1;
  }
}

function after(last: number): number {
  return last + 2;
}

/**
 * A quote closes only before a space or the end, as some servers do not escape quotes inside. A
 * line cut off inside its last quoted word keeps what is there.
 */
function readQuoted(text: string, start: number, key: string | null): LogToken {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && !closesAt(text, start, quote)) quote = text.indexOf('"', quote + 1);
  const close = quote < 0 ? text.length : quote;
  const raw = text.slice(start + 1, close);
  const plain = raw.includes('\\') ? withoutEscapes(raw) : raw;
  return { text: dash(plain), key, quote: '"', end: after(close) };
}

function closesAt(text: string, start: number, quote: number): boolean {
  if (quote + 1 < text.length && text[quote + 1] !== ' ') return false;
  let slashes = 0;
  while (quote - slashes - 1 > start && text[quote - slashes - 1] === '\\') slashes += 1;
  return slashes % 2 === 0;
}

function dash(text: string): string | null {
  return text === '-' ? null : text;
}

const letterEscapes: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, v: 11 };

/**
 * Text without its escapes: `\"`, `\\`, `\n` and the like, and bytes as `\xHH`. When the bytes are
 * not UTF-8 (old clients) or hold a NUL, the text stays as it was written.
 */
export function withoutEscapes(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    const found = byte === 92 ? escapeAt(bytes, at + 1) : null;
    out[length] = found === null ? byte : found.byte;
    length += 1;
    at += found === null ? 0 : found.size;
  }
  const decoded = out.subarray(0, length);
  return isUtf8(decoded) && !decoded.includes(0) ? decoded.toString('utf8') : text;
}

function escapeAt(bytes: Buffer, at: number): { byte: number; size: number } | null {
  const char = String.fromCharCode(bytes[at] ?? 0);
  if (char === '"' || char === '\\') return { byte: bytes[at] ?? 0, size: 1 };
  if (char === 'x') {
    const hex = bytes.toString('latin1', at + 1, at + 3);
    return /^[0-9a-fA-F]{2}$/.test(hex) ? { byte: Number.parseInt(hex, 16), size: 3 } : null;
  }
  const letter = letterEscapes[char];
  return letter === undefined ? null : { byte: letter, size: 1 };
}
