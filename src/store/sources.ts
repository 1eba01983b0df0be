/**
 * The ledger of what was ingested. Each stored source is one transaction of the commit that brought
 * its rows, so a crash cannot part the two. The same bytes again are known by their hash; a file
 * that grew is known by the hash of its stored start.
 */
import { present } from '../base/assert.js';
import { sha256Hex } from '../base/hash.js';
import type { Snapshot, Transaction } from '../delta/action.js';

/** How the last stored byte lies: behind a line end, or inside a line that starts at an offset. */
export type SourceTail =
  | { readonly kind: 'whole' }
  /** `stored` tells whether that unfinished line became a record. */
  | { readonly kind: 'open'; readonly lineStart: number; readonly stored: boolean };

/** One stored source. **Units** bytes as given, before decompression; records read from them. */
export interface SourceRecord {
  readonly sha256: string;
  readonly bytes: number;
  readonly readCount: number;
  /** Of the absolute path; tells a file that grew from another that starts alike. */
  readonly pathHash: string;
  readonly tail: SourceTail;
}

const prefix = 'coldcase-source/1/';
const appIdPattern =
  /^([0-9a-f]{64})\/(\d{1,15})\/(\d{1,15})\/([0-9a-f]{12})\/(?:(w)|(s|u)(\d{1,15}))$/;

/** Key of an ingest's commit: a JSON object of the paths of its sources, by SHA-256. */
export const sourcePathsKey = 'sourcePaths';

/** Files that start alike are taken for one that grew only from this size on, unless they have the
 * same path: shorter starts (a header line) are shared by chance. */
const minForeignPrefixBytes = 4_096;

export function pathHashOf(absolutePath: string): string {
  return sha256Hex(absolutePath).slice(0, 12);
}

/** One for each different source, as Delta asks. **Units** milliseconds since the epoch. */
export function sourceTransactions(
  sources: readonly SourceRecord[],
  { transactions }: Snapshot,
  nowMs: number,
): readonly Transaction[] {
  return [...new Set(sources.map(sourceAppId))].map((appId) =>
    Object.freeze({ appId, version: nextVersion(appId, transactions), lastUpdated: nowMs }),
  );
}

/** A source is stored at odd versions of its transaction: 1, or 3 after its rows were given up. */
function nextVersion(appId: string, transactions: Snapshot['transactions']): number {
  const version = present(transactions, 'transactions').get(appId)?.version ?? 0;
  return version + (version % 2 === 0 ? 1 : 0);
}

/** The transaction that gives up a stored source: the same bytes count as new again. */
export function givenUp(transaction: Transaction): Transaction {
  return Object.freeze({ ...transaction, version: transaction.version + 1 });
}

/** The source that a transaction stored; null for those of others, and for one given up. */
export function sourceOf({ appId, version }: Transaction): SourceRecord | null {
  return version % 2 === 0 ? null : parseSource(appId);
}

/** **Shape** `coldcase-source/1/<sha256>/<bytes>/<read>/<pathHash>/<tail>`, the tail being `w`
 * (whole), `s<offset>` (open and stored) or `u<offset>` (open and not stored). */
export function sourceAppId({ sha256, bytes, readCount, pathHash, tail }: SourceRecord): string {
  const end = tail.kind === 'whole' ? 'w' : `${tail.stored ? 's' : 'u'}${tail.lineStart}`;
  return `${prefix}${sha256}/${bytes}/${readCount}/${pathHash}/${end}`;
}

/** Null for transactions of others. */
function parseSource(appId: string): SourceRecord | null {
  const match = appId.startsWith(prefix) ? appIdPattern.exec(appId.slice(prefix.length)) : null;
  if (match === null) return null;
  const [, sha256 = '', bytes, readCount, pathHash = '', whole, stored, lineStart] = match;
  const tail: SourceTail =
    whole === 'w'
      ? { kind: 'whole' }
      : { kind: 'open', lineStart: Number(lineStart), stored: stored === 's' };
  return { sha256, bytes: Number(bytes), readCount: Number(readCount), pathHash, tail };
}

/** A snapshot never changes, so its sources are parsed once, though asked for by every file. */
const sourcesBySnapshot = new WeakMap<Snapshot, readonly SourceRecord[]>();

/** All sources a snapshot knows, in no order: there are 17,000 after 60 days of five minutes. */
export function knownSources(snapshot: Snapshot): readonly SourceRecord[] {
  const known = sourcesBySnapshot.get(snapshot);
  if (known !== undefined) return known;
  const sources: SourceRecord[] = [];
  for (const one of present(snapshot.transactions, 'transactions').values()) {
    const source = sourceOf(one);
    if (source !== null) sources.push(source);
  }
  sourcesBySnapshot.set(snapshot, sources);
  return sources;
}

function byId(a: SourceRecord, b: SourceRecord): number {
  return sourceAppId(a) < sourceAppId(b) ? -1 : 1;
}

/** Those stored within these instants, both included. **Units** milliseconds since the epoch. */
export function sourcesIngestedIn(
  records: readonly { readonly source: SourceRecord; readonly storedMs: number }[],
  [first, last]: readonly [number, number],
): readonly SourceRecord[] {
  return records
    .filter(({ storedMs }) => storedMs >= first && storedMs <= last)
    .map(({ source }) => source);
}

/** The stored source with exactly these bytes, or null. */
export function sourceKnown(snapshot: Snapshot, sha256: string): SourceRecord | null {
  const same = knownSources(snapshot).filter((source) => source.sha256 === sha256);
  return same.sort(byId)[0] ?? null;
}

/**
 * Stored sources that may be the start of a file of this length, longest first. The caller proves
 * one by hashing that many bytes of the file.
 */
export function growthCandidates(
  snapshot: Snapshot,
  file: { readonly bytes: number; readonly pathHash: string },
): readonly SourceRecord[] {
  return knownSources(snapshot)
    .filter((source) => mayBeStartOf(source, file))
    .sort((a, b) => b.bytes - a.bytes || byId(a, b));
}

export function mayBeStartOf(
  source: SourceRecord,
  file: { readonly bytes: number; readonly pathHash: string },
): boolean {
  if (source.readCount === 0 || source.bytes >= file.bytes) return false;
  return source.pathHash === file.pathHash || source.bytes >= minForeignPrefixBytes;
}
