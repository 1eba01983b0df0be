/**
 * Fingerprints: the sidecar that says which values a column of ids may hold in one data file, so
 * that a question for one id opens few files. It may say yes in vain, never no.
 * **Source** Putze, Sanders, Singler, "Cache-, Hash- and Space-Efficient Bloom Filters" (2007): one
 * block of memory a value.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { md5, shortHash } from '../base/hash.js';
import type { Column } from '../event/column.js';
import type { RoleName } from '../event/role.js';
import type { Dataset } from './dataset.js';
import { sidecarDir, sidecarNames, sidecarStem } from './sidecar.js';

/** A block is one read of the disk and one line of the cache: bits, then a checksum of them. */
const blockBytes = 64;
const checkBytes = 4;
const blockBits = 8 * (blockBytes - checkBytes);

/** Different values for which a block is made: two bytes each. Measured: docs/store-format.md. */
const blockValues = 32;
const probeCount = 8;

/** Columns of ids, by their roles. */
const fingerprintRoles: readonly RoleName[] = ['trace', 'span', 'customer'];

/** Columns of text that get fingerprints. */
export function fingerprintColumns({ schema, roles }: Dataset): readonly Column[] {
  const labels = new Set(fingerprintRoles.flatMap((role) => roles[role] ?? []));
  return schema.filter(({ label, type }) => type === 'string' && labels.has(label));
}

/** Where the fingerprints of a column lie below `_fingerprint`. */
export function fingerprintAddress({ name }: Column): string {
  return shortHash(JSON.stringify([1, name, blockValues, probeCount]));
}

export function fingerprintName(dataPath: string): string {
  return `${sidecarStem(dataPath)}.bloom`;
}

/** 64 bits of a value, as two numbers: the third and the fourth word of its MD5. */
export type ValueHash = readonly [number, number];

function hashOf(value: string): ValueHash {
  const digest = md5(value);
  return [digest.readUInt32LE(8), digest.readUInt32LE(12)];
}

/** The fingerprints of values by their hashes; `lows[i]` and `highs[i]` belong together. */
export function makeFingerprints(lows: Uint32Array, highs: Uint32Array): Buffer {
  const blockCount = Math.max(1, Math.ceil(lows.length / blockValues));
  const bytes = Buffer.alloc(blockCount * blockBytes);
  lows.forEach((low, index) => {
    const hash: ValueHash = [low, highs[index] ?? 0];
    const start = blockOf(hash, blockCount) * blockBytes;
    for (let probe = 0; probe < probeCount; probe += 1) {
      const bit = bitOf(hash, probe);
      const at = start + (bit >> 3);
      bytes[at] = (bytes[at] ?? 0) | (1 << (bit & 7));
    }
  });
  for (let start = 0; start < bytes.length; start += blockBytes) {
    const block = bytes.subarray(start, start + blockBytes);
    block.writeUInt32LE(checkOf(block), blockBytes - checkBytes);
  }
  return bytes;
}

function blockOf([low]: ValueHash, blockCount: number): number {
  return Math.floor((low / 2 ** 32) * blockCount);
}

/** One of the bits of a block, by double hashing. Without a list of them: this is the hot part. */
function bitOf([low, high]: ValueHash, probe: number): number {
  const step = (high & 0xffff) | 1;
  const skew = low & 0xff;
  return ((high >>> 16) + probe * step + probe * probe * skew) % blockBits;
}

/** FNV-1a of the bits of a block: no single damaged byte keeps it. */
function checkOf(block: Buffer): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < blockBytes - checkBytes; at += 1) {
    hash = Math.imul(hash ^ (block[at] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/** Whether a block may hold a value; a damaged one may hold any. */
function blockMayHold(block: Buffer, hash: ValueHash): boolean {
  if (block.readUInt32LE(blockBytes - checkBytes) !== checkOf(block)) return true;
  for (let probe = 0; probe < probeCount; probe += 1) {
    const bit = bitOf(hash, probe);
    if (((block[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** Whether a file of fingerprints may hold a value. In doubt it may. */
export function fileMayHold(path: string, value: string): boolean {
  let handle: number;
  try {
    handle = openSync(path, 'r');
  } catch {
    return true;
  }
  try {
    const hash = hashOf(value);
    const blockCount = fstatSync(handle).size / blockBytes;
    if (!Number.isInteger(blockCount) || blockCount === 0) return true;
    const block = Buffer.alloc(blockBytes);
    const start = blockOf(hash, blockCount) * blockBytes;
    const isRead = readSync(handle, block, 0, blockBytes, start) === blockBytes;
    return !isRead || blockMayHold(block, hash);
  } catch {
    return true;
  } finally {
    closeSync(handle);
  }
}

/** The fingerprints of one column. */
export interface Fingerprints {
  readonly column: Column;
  readonly dir: string;
  /** Stems of the data files that have some. */
  readonly stems: ReadonlySet<string>;
}

/** What lies beside the data files of a dataset. */
export async function listFingerprints(dataset: Dataset): Promise<readonly Fingerprints[]> {
  const found: Fingerprints[] = [];
  for (const column of fingerprintColumns(dataset)) {
    const dir = sidecarDir(dataset.tableDir, 'fingerprint', fingerprintAddress(column));
    found.push({ column, dir, stems: new Set((await sidecarNames(dir)).keys()) });
  }
  return found;
}

/** Whether a data file may hold a value in a column, by its stored name. */
export function mayHoldValue(
  fingerprints: readonly Fingerprints[],
  dataPath: string,
  { column, value }: { readonly column: string; readonly value: string },
): boolean {
  const known = fingerprints.find((one) => one.column.name === column);
  if (known === undefined || !known.stems.has(sidecarStem(dataPath))) return true;
  return fileMayHold(join(known.dir, fingerprintName(dataPath)), value);
}
