/**
 * Gaps: data files that were damaged and taken out of the table, as properties of the table, so
 * that they outlive the clean-up of the log. Every question that touches one says so, until the
 * file is put back or the gap accepted.
 */
import type { AddFile, Metadata } from '../delta/action.js';
import { decodeActions } from '../delta/decode.js';
import { encodeAdd } from '../delta/encode.js';
import { integerOf, isRecord, textOf } from '../delta/json-field.js';
import { parseStats, timestampMicros } from '../delta/stats.js';
import { systemColumns } from '../event/column.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Dataset } from './dataset.js';

export interface Gap {
  /** As the log had it, so that it can be put back. */
  readonly file: AddFile;
  /** Where its events lie. */
  readonly window: TimeRange;
  /** Null when it is not known. */
  readonly rowCount: number | null;
  /** Milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly why: string;
}

const keyPrefix = 'coldcase.gap.';

/** Those of a snapshot, in order of their files. */
export function gapsOf({ snapshot }: Pick<Dataset, 'snapshot'>): readonly Gap[] {
  return gapsIn(snapshot.metadata.configuration);
}

export function gapsIn(configuration: Metadata['configuration']): readonly Gap[] {
  return Object.keys(configuration)
    .filter((key) => key.startsWith(keyPrefix))
    .sort()
    .flatMap((key) => decodeGap(configuration[key] ?? '') ?? []);
}

/** Metadata with some gaps more and some fewer; null when that changes nothing. */
export function withGaps(
  metadata: Metadata,
  change: { readonly add: readonly Gap[]; readonly drop: readonly Gap[] },
): Metadata | null {
  if (change.add.length + change.drop.length === 0) return null;
  const dropped = new Set(change.drop.map(keyOf));
  const kept = Object.entries(metadata.configuration).filter(([key]) => !dropped.has(key));
  const added = change.add.map((gap) => [keyOf(gap), encodeGap(gap)] as const);
  return Object.freeze({ ...metadata, configuration: Object.fromEntries([...kept, ...added]) });
}

export function gapOf(file: AddFile, sinceMs: number, why: string): Gap {
  const rowCount = parseStats(file.stats)?.numRecords ?? null;
  return Object.freeze({ file, window: windowOf(file), rowCount, sinceMs, why });
}

/** First to just behind the last event; the whole day where the log does not say. */
function windowOf(file: AddFile): TimeRange {
  const stats = parseStats(file.stats);
  const bound = (value: string | number | undefined, side: 'min' | 'max') =>
    typeof value === 'string' ? timestampMicros(value, side) : null;
  const first = bound(stats?.minValues[systemColumns.ts], 'min');
  const last = bound(stats?.maxValues[systemColumns.ts], 'max');
  if (first !== null && last !== null) return { start: first, end: last + 1 };
  const day = Date.parse(`${file.partitionValues[systemColumns.date] ?? ''}T00:00:00Z`) * 1000;
  if (Number.isNaN(day)) return { start: Number.MIN_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER };
  return { start: day, end: day + microsPerDay };
}

function keyOf({ file }: Gap): string {
  return `${keyPrefix}${file.path}`;
}

function encodeGap({ file, sinceMs, why }: Gap): string {
  return JSON.stringify({ since: sinceMs, why, file: encodeAdd(file) });
}

function decodeGap(text: string): Gap | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value)) return null;
    const [file] = decodeActions(textOf(value, 'file') ?? '', 'a gap').adds;
    if (file === undefined) return null;
    return gapOf(file, integerOf(value, 'since') ?? 0, textOf(value, 'why') ?? '');
  } catch {
    return null;
  }
}
