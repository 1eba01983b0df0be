/** A format with everything its reader must know, and the reader of each text format. */
import { unreachable } from '../base/assert.js';
import { createJsonScanner } from './json-scanner.js';
import type { LineReader } from './lines.js';
import { createAccessLogReader } from './readers/access-log.js';
import { unwrapLine } from './readers/container-line.js';
import { createCsvReader, type Delimiter } from './readers/csv.js';
import { createElbReader } from './readers/elb-log.js';
import { createJsonArrayReader } from './readers/json-array.js';
import { createLogfmtReader } from './readers/logfmt.js';
import { createNdjsonReader, type ScanSink, type StreamStart } from './readers/ndjson.js';
import { createOtlpReader } from './readers/otlp.js';
import { createPatternReader } from './readers/pattern.js';
import { createPlainReader } from './readers/plain.js';
import { unwrapSyslog } from './readers/syslog-line.js';
import { createW3cReader } from './readers/w3c-log.js';
import { createWrappedReader } from './readers/wrapped.js';
import type { RecordLimits, RecordSink } from './record.js';

/** A format with an event a line, which may stand inside the lines of a container. */
export type LineDialect =
  | { readonly format: 'ndjson' | 'logfmt' | 'elb' }
  | { readonly format: 'access'; readonly tailNames: readonly string[] }
  | { readonly format: 'pattern'; readonly pattern: string }
  /** No format: the line is a message. */
  | { readonly format: 'plain' };

export type TextDialect =
  | Exclude<LineDialect, { readonly format: 'plain' }>
  | { readonly format: 'container' | 'syslog'; readonly inner: LineDialect }
  | { readonly format: 'json' | 'w3c' }
  | {
      readonly format: 'otlp';
      /** Whether each line is a request; else they are documents over several lines. */
      readonly lines: boolean;
    }
  | {
      readonly format: 'csv' | 'tsv';
      readonly delimiter: Delimiter;
      /** Names from outside; null when the first record is the header. */
      readonly columns: readonly string[] | null;
    };

/** Foreign columnar files, which are read in a process of their own. */
export interface ColumnarDialect {
  readonly format: 'parquet' | 'arrow';
}

export type Dialect = TextDialect | ColumnarDialect;

export function isColumnar(dialect: Dialect): dialect is ColumnarDialect {
  return dialect.format === 'parquet' || dialect.format === 'arrow';
}

/**
 * Whether what a record means may rest on lines before it, so that what was added to a file is
 * only understood from its start on.
 */
export function needsStart({ format }: Dialect): boolean {
  return format === 'w3c' || format === 'container';
}

/** Whether what was added to a file are records of their own: not where it is one document. */
export function growsByLines(dialect: Dialect): boolean {
  if (dialect.format === 'otlp') return dialect.lines;
  return dialect.format !== 'json' && !isColumnar(dialect);
}

/** What a reader reports to, whichever way it makes records. */
export interface ReaderSinks {
  readonly scanned: ScanSink;
  readonly records: RecordSink;
}

export interface ReaderOptions {
  readonly path: string;
  readonly limits: RecordLimits;
  /** Where the first byte stands that the reader will see. */
  readonly start: StreamStart;
}

/** The reader of a text format. */
export function createReader(
  dialect: TextDialect,
  options: ReaderOptions,
  sinks: ReaderSinks,
): LineReader {
  const { path, limits, start } = options;
  const records = shifted(sinks.records, start);
  switch (dialect.format) {
    case 'json':
      return createJsonArrayReader(path, limits, sinks.scanned);
    case 'csv':
    case 'tsv': {
      const { delimiter, columns } = dialect;
      return createCsvReader({ path, delimiter, columns, limits }, records);
    }
    case 'otlp':
      return createOtlpReader({ path, limits, lines: dialect.lines }, records);
    case 'w3c':
      return createW3cReader(limits, records);
    case 'container':
    case 'syslog': {
      const mixed = dialect.format === 'syslog';
      const scanner = mixed ? null : createJsonScanner(limits);
      return createWrappedReader(
        {
          limits,
          mixed,
          json: dialect.inner.format === 'ndjson',
          unwrap: (line) =>
            scanner === null ? unwrapSyslog(line) : unwrapLine(line, scanner, limits),
          inner: (inside) => createLineReader(dialect.inner, options, inside),
        },
        { ...sinks, records },
      );
    }
    default:
      return createLineReader(dialect, options, { ...sinks, records });
  }
}

function createLineReader(
  dialect: LineDialect,
  { limits, start }: ReaderOptions,
  { scanned, records }: ReaderSinks,
): LineReader {
  switch (dialect.format) {
    case 'ndjson':
      return createNdjsonReader(limits, scanned, start);
    case 'logfmt':
      return createLogfmtReader({ limits }, records);
    case 'access':
      return createAccessLogReader({ limits, tailNames: dialect.tailNames }, records);
    case 'elb':
      return createElbReader(limits, records);
    case 'pattern':
      return createPatternReader({ limits, pattern: dialect.pattern }, records);
    case 'plain':
      return createPlainReader(limits, records);
    default:
      return unreachable(dialect);
  }
}

/** The same sink for a reader that starts counting at the start of a part. */
function shifted(sink: RecordSink, { line, byteOffset }: StreamStart): RecordSink {
  if (byteOffset === 0) return sink;
  return {
    record: (place, labels, values) =>
      sink.record(
        { ...place, line: place.line + line - 1, byteOffset: place.byteOffset + byteOffset },
        labels,
        values,
      ),
    reject: (place, reason, message) =>
      sink.reject(
        { ...place, line: place.line + line - 1, byteOffset: place.byteOffset + byteOffset },
        reason,
        message,
      ),
    blank: sink.blank,
  };
}
