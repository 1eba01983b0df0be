/** Where readers report records they refuse, and how many bytes of them are kept. */
import { createHash } from 'node:crypto';
import { keptBytes } from './lines.js';
import type { RecordReason, Rejected } from './receipt.js';
import type { RecordPlace } from './record.js';
import { rejectsFileLimit } from './rejects.js';

/** What a line of the rejects file takes beside the record: names, a hash, a message. */
const lineBytes = 256;

/** Whether more rejects would not fit the rejects file even if they were the only ones. */
export function isFull({ bytes }: RejectList): boolean {
  return bytes > rejectsFileLimit;
}

/** What was refused and what was blank. Plain data, so that a worker can send it. */
export interface RejectList {
  readonly rejects: Rejected[];
  readonly reasons: Partial<Record<RecordReason, number>>;
  rejected: number;
  blank: number;
  /** About how many bytes of the rejects file `rejects` will take. */
  bytes: number;
}

export function createRejectList(): RejectList {
  return { rejects: [], reasons: {}, rejected: 0, blank: 0, bytes: 0 };
}

/** Counts a rejected record, and keeps it while there is room. */
export function addReject(
  list: RejectList,
  source: string,
  place: RecordPlace,
  problem: { readonly reason: RecordReason; readonly message: string },
): void {
  list.rejected += 1;
  list.reasons[problem.reason] = (list.reasons[problem.reason] ?? 0) + 1;
  if (isFull(list)) return;
  const { raw, whole } = place;
  const start = Buffer.from(raw.subarray(0, keptBytes));
  list.bytes += lineBytes + source.length + Math.ceil(start.length / 3) * 4;
  list.rejects.push({
    source,
    line: place.line,
    byteOffset: place.byteOffset,
    byteLength: whole?.byteLength ?? raw.length,
    reason: problem.reason,
    message: problem.message,
    raw: start,
    sha256: whole?.sha256 ?? createHash('sha256').update(raw).digest('hex'),
  });
}
