/**
 * When the rows were ingested of which some were forgotten, as a property of the table. A source of
 * such a time is never given up, since ingested again it would bring those back. Says nothing of
 * what was forgotten.
 */
import type { AddFile, Metadata, Snapshot } from '../delta/action.js';
import { isRecord } from '../delta/json-field.js';
import { ingestTimes } from './data-file.js';

/** First and last, both included. **Units** milliseconds since the epoch. */
type IngestSpan = readonly [number, number];

export interface Forgotten {
  readonly spans: readonly IngestSpan[];
  /** Of the last `forget`; null where there was none. */
  readonly lastMs: number | null;
}

const key = 'coldcase.forgotten';

/** Beyond these the nearest become one: more sources stay known than need to. Chosen by us. */
const mostSpans = 200;

export function forgottenOf({ metadata }: Pick<Snapshot, 'metadata'>): Forgotten {
  const text = metadata.configuration[key];
  if (text === undefined) return { spans: [], lastMs: null };
  return decode(text) ?? { spans: [[0, Number.MAX_SAFE_INTEGER]], lastMs: null };
}

export function isForgottenFrom({ spans }: Forgotten, storedMs: number): boolean {
  return spans.some(([first, last]) => storedMs >= first && storedMs <= last);
}

/** Metadata that knows that rows of these files were forgotten, or may have been. */
export function withForgotten(
  metadata: Metadata,
  files: readonly AddFile[],
  nowMs: number,
): Metadata {
  const spans = files.map((file) => ingestTimes(file) ?? ([0, nowMs] as const));
  const joined = join([...forgottenOf({ metadata }).spans, ...spans]);
  const text = JSON.stringify({ ingested: joined, last: nowMs });
  return Object.freeze({ ...metadata, configuration: { ...metadata.configuration, [key]: text } });
}

/** In order, those that touch as one. */
function join(spans: readonly IngestSpan[]): readonly IngestSpan[] {
  const joined: [number, number][] = [];
  for (const [first, last] of [...spans].sort(([a], [b]) => a - b)) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1]) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  while (joined.length > mostSpans) {
    const gaps = joined.slice(1).map(([first], index) => first - (joined[index]?.[1] ?? first));
    const at = gaps.indexOf(gaps.reduce((least, gap) => Math.min(least, gap)));
    const [, last] = joined[at + 1] ?? [0, 0];
    joined.splice(at, 2, [joined[at]?.[0] ?? 0, last]);
  }
  return joined;
}

/** Null for what cannot be read. */
function decode(text: string): Forgotten | null {
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value) || !Array.isArray(value.ingested)) return null;
  const spans = value.ingested.filter(isSpan);
  if (spans.length < value.ingested.length) return null;
  return { spans, lastMs: typeof value.last === 'number' ? value.last : null };
}

function isSpan(value: unknown): value is IngestSpan {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
}
