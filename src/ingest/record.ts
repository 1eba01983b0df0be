/** The seam between readers (bytes to records) and normalising (records to typed columns). */
import type { RecordReason } from './receipt.js';

/**
 * A value as a reader found it. Text formats give strings, but for what their format defines as a
 * number. `number` is the text of a number that neither a double nor int64 holds; `json`
 * is the JSON text of an array or of what lies too deep to flatten.
 */
export type FieldValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | { readonly kind: 'json' | 'number'; readonly text: string };

/** Where a record stands in the decoded stream. Lines count from 1, byte offsets from 0. */
export interface RecordPlace {
  readonly line: number;
  readonly byteOffset: number;
  readonly raw: Uint8Array;
  /** Set when the record was too large to keep: `raw` is only its start. */
  readonly whole?: { readonly byteLength: number; readonly sha256: string };
}

/** Takes what a reader finds, in order. Every record ends in exactly one of the first two. */
export interface RecordSink {
  /** Labels are unique within a record and stay the same array while they do not change. */
  readonly record: (
    place: RecordPlace,
    labels: readonly string[],
    values: readonly FieldValue[],
  ) => void;
  readonly reject: (place: RecordPlace, reason: RecordReason, message: string) => void;
  readonly blank: () => void;
}

/** A reader of one decoded stream. `write` may keep a part of the last chunk until the next. */
export interface StreamReader {
  readonly write: (chunk: Buffer) => void;
  readonly end: () => void;
}

/** **Units** bytes and counts; defaults from the input rules. */
export interface RecordLimits {
  readonly lineBytes: number;
  readonly depth: number;
  readonly fields: number;
  readonly keyChars: number;
}

export const defaultLimits: RecordLimits = {
  lineBytes: 1_048_576,
  depth: 64,
  fields: 2_000,
  keyChars: 256,
};

/** Whether a key is over the limit. **Units** code points: a surrogate pair is one character. */
export function isLongKey(key: string, { keyChars }: RecordLimits): boolean {
  return key.length > keyChars && (key.length > keyChars * 2 || [...key].length > keyChars);
}

export const formats = [
  'ndjson',
  'json',
  'otlp',
  'csv',
  'tsv',
  'access',
  'elb',
  'w3c',
  'container',
  'syslog',
  'logfmt',
  'pattern',
  'parquet',
  'arrow',
] as const;
export type Format = (typeof formats)[number];
