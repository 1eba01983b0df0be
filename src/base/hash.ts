/** SHA-256 and random names. Node's crypto is loaded at the first use: a question needs none. */
import type { Hash } from 'node:crypto';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

/** A SHA-256 to be fed piece by piece. **Units** about 6 ms the first time, to load it. */
export function sha256(): Hash {
  const { createHash }: typeof import('node:crypto') = load('node:crypto');
  return createHash('sha256');
}

/** SHA-256 of a small text. */
export function sha256Hex(text: string): string {
  return sha256().update(text).digest('hex');
}

/** MD5 of a small text, where a format of others asks for it. */
export function md5Hex(text: string): string {
  return md5(text).toString('hex');
}

/** MD5 of a small text, 16 bytes, where an engine must make the same hash. */
export function md5(text: string): Buffer {
  const { createHash }: typeof import('node:crypto') = load('node:crypto');
  return createHash('md5').update(text).digest();
}

/** A random UUID (version 4). */
export function randomId(): string {
  return globalThis.crypto.randomUUID();
}

/** 64 bits that tell texts of our own apart, without loading anything; no proof of anything.
 * **Source** FNV-1a. */
export function shortHash(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}
