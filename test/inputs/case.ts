/**
 * A case of the bad-input corpus: bytes, and what the input rules say becomes of them. Record cases
 * stand between two good lines, so that each also shows that its neighbours survive.
 */
import type { FileReason, RecordReason } from '../../src/ingest/receipt.js';
import type { Format } from '../../src/ingest/record.js';

export type Cell = string | number | bigint | boolean | null;

export interface ExpectedReject {
  readonly line: number;
  readonly byteOffset: number;
  readonly reason: RecordReason;
  /** The raw bytes of the record; the rejects file keeps the first 64 KiB. */
  readonly raw: Buffer;
}

export interface Expected {
  readonly read: number;
  readonly stored: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly blank: number;
  readonly reasons: Readonly<Partial<Record<RecordReason, number>>>;
  readonly errorClass: FileReason | null;
  readonly exit: 0 | 1 | 3;
  readonly rejects: readonly ExpectedReject[];
  /** Values of stored events by stored column name; keyed by position in order of time. */
  readonly values: Readonly<Record<number, Readonly<Record<string, Cell>>>>;
}

export interface InputCase {
  readonly name: string;
  /** File name; its suffix is part of the input. */
  readonly file: string;
  readonly bytes: () => Buffer | Promise<Buffer>;
  readonly format: Format | null;
  readonly expected: Expected;
}

export const before = '{"timestamp":"2020-04-16T14:00:00Z","host":"a","n":1}';
export const after = '{"timestamp":"2020-04-16T14:00:02Z","host":"b","n":2}';
/** The time of the line between them. */
export const time = '"timestamp":"2020-04-16T14:00:01Z"';

/** Text with each character one byte: `\xff` is the byte ff. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export const allStored = (count: number): Expected => ({
  read: count,
  stored: count,
  rejected: 0,
  duplicates: 0,
  blank: 0,
  reasons: {},
  errorClass: null,
  exit: 0,
  rejects: [],
  values: {},
});

/** A fault of the whole file: nothing of it is stored. */
export const fileFault = (errorClass: FileReason): Expected => ({
  ...allStored(0),
  errorClass,
  exit: 1,
});

function between(line: string | Buffer): Buffer {
  const raw = typeof line === 'string' ? Buffer.from(line) : line;
  return Buffer.concat([Buffer.from(`${before}\n`), raw, Buffer.from(`\n${after}\n`)]);
}

/** NDJSON in which the second of three lines is rejected. */
export function rejectedLine(name: string, line: string | Buffer, reason: RecordReason): InputCase {
  const raw = typeof line === 'string' ? Buffer.from(line) : line;
  const reject = { line: 2, byteOffset: before.length + 1, reason, raw };
  return {
    name,
    file: 'events.ndjson',
    bytes: () => between(raw),
    format: 'ndjson',
    expected: {
      ...allStored(2),
      read: 3,
      rejected: 1,
      reasons: { [reason]: 1 },
      exit: 3,
      rejects: [reject],
    },
  };
}

/** NDJSON in which all of three lines are stored; `values` are those of the second. */
export function storedLine(
  name: string,
  line: string | Buffer,
  values: Readonly<Record<string, Cell>> = {},
): InputCase {
  return {
    name,
    file: 'events.ndjson',
    bytes: () => between(line),
    format: 'ndjson',
    expected: { ...allStored(3), values: { 1: values } },
  };
}

/** A table of rejected lines with one reason. */
export function rejectedLines(
  reason: RecordReason,
  lines: Readonly<Record<string, string | Buffer>>,
): readonly InputCase[] {
  return Object.entries(lines).map(([name, line]) => {
    return rejectedLine(`${reason}: ${name}`, line, reason);
  });
}

/** A whole file of text or bytes. */
export function wholeFile(
  name: string,
  file: string,
  content: string | Buffer | (() => Buffer | Promise<Buffer>),
  expected: Expected,
  format: Format | null = null,
): InputCase {
  const bytes = typeof content === 'function' ? content : () => Buffer.from(content);
  return { name, file, bytes, format, expected };
}

/** What becomes of a text file some of whose lines are rejected; offsets are worked out here. */
export function withRejects(
  lines: readonly (string | Buffer)[],
  rejected: Readonly<Record<number, RecordReason>>,
  records: number,
): Expected {
  const raws = lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line));
  const rejects = Object.entries(rejected).map(([key, reason]): ExpectedReject => {
    const index = Number(key) - 1;
    const byteOffset = raws.slice(0, index).reduce((sum, raw) => sum + raw.length + 1, 0);
    return { line: index + 1, byteOffset, reason, raw: raws[index] ?? Buffer.alloc(0) };
  });
  const reasons: Partial<Record<RecordReason, number>> = {};
  for (const { reason } of rejects) reasons[reason] = (reasons[reason] ?? 0) + 1;
  return {
    ...allStored(records - rejects.length),
    read: records,
    rejected: rejects.length,
    reasons,
    exit: rejects.length === 0 ? 0 : 3,
    rejects,
  };
}
