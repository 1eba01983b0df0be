/**
 * OTLP as JSON, as the file exporter of the OpenTelemetry Collector writes it: export requests of
 * traces or logs, one a line or one document. Each span and each log record is an event. A request
 * is held as a whole, so there is a limit to its size. Metrics are not read.
 * **Source** https://opentelemetry.io/docs/specs/otlp/
 */
import { isUtf8 } from 'node:buffer';
import { byte, fail, skipSpace } from '../json-bytes.js';
import { createOpaqueScanner } from '../json-opaque.js';
import { problemOf } from '../json-problem.js';
import {
  createLineSplitter,
  isBlank,
  type LineReader,
  placeOf,
  tooLargeMessage,
} from '../lines.js';
import { isLongKey, type RecordLimits, type RecordPlace, type RecordSink } from '../record.js';
import { createScannedRow } from '../scanned-row.js';
import type { RowProblem } from '../stage-options.js';
import { createElementReader, onOneLine } from './json-array.js';
import { type ItemPlace, logFields, spanFields } from './otlp-events.js';
import { type Fields, isObject, type JsonObject, listOf } from './otlp-values.js';

export interface OtlpOptions {
  readonly path: string;
  /** Whether each line is a request; else they are documents over several lines. */
  readonly lines: boolean;
  readonly limits: RecordLimits;
}

/** Chosen: collectors send some 8,000 spans at once, of about 1 KiB each. **Units** bytes. */
export const requestBytes = 33_554_432;

/**
 * A reader of OTLP. Rejects the reasons of JSON and `line_shape` for a request that is none, and
 * `line_shape`, `ts_invalid`, `dup_key`, `bad_key`, `number_range` for single items.
 */
export function createOtlpReader(options: OtlpOptions, sink: RecordSink): LineReader {
  const { path, lines, limits } = options;
  const bytes = Math.max(limits.lineBytes, requestBytes);
  const readRequest = createRequestReader(limits, sink);
  const take = (place: RecordPlace & { readonly raw: Buffer }): boolean => {
    if (place.whole === undefined) return readRequest(place);
    sink.reject(place, 'too_large', tooLargeMessage(place, bytes));
    return false;
  };
  if (!lines) return createElementReader(path, bytes, take);
  let lastIsWhole = true;
  const splitter = createLineSplitter(bytes, {
    line(line) {
      const blank = isBlank(line);
      if (blank) sink.blank();
      lastIsWhole = blank || take({ ...placeOf(line), raw: line.bytes });
    },
    tooLarge(place) {
      lastIsWhole = false;
      sink.reject(place, 'too_large', tooLargeMessage(place, bytes));
    },
  });
  // Only a request that was refused as a whole may be the start of a longer one.
  return { ...splitter, unterminated: () => splitter.unterminated() && !lastIsWhole };
}

type RequestReader = (place: RecordPlace & { readonly raw: Buffer }) => boolean;

/** Whether the request could be read, be there events in it or not. */
function createRequestReader(limits: RecordLimits, sink: RecordSink): RequestReader {
  const row = createScannedRow(0);
  const check = createOpaqueScanner({ ...limits, fields: Number.POSITIVE_INFINITY }, row);
  const addEvent = createEventSink(limits, sink);

  function problemIn(text: Buffer): RowProblem | null {
    if (!isUtf8(text)) return problemOf(fail.utf8, limits);
    row.soft = 0;
    const end = check(text, skipSpace(text, 0), 0);
    if (end < 0) return problemOf(end, limits);
    if (text[skipSpace(text, end)] !== byte.newline) return problemOf(fail.syntax, limits);
    return row.soft === 0 ? null : problemOf(row.soft, limits);
  }

  return (place) => {
    const text = onOneLine(place.raw);
    const problem = problemIn(text);
    const request: unknown = problem === null ? JSON.parse(withExactWholes(text.toString())) : null;
    const items = problem ?? itemsOf(request);
    if ('reason' in items) {
      sink.reject(place, items.reason, items.message);
      return false;
    }
    for (const item of items) addEvent(place, item);
    if (items.length === 0) sink.blank();
    return true;
  };
}

/** Whole numbers of 16 digits and more as texts, as the encoding wants them: `JSON` rounds them. */
function withExactWholes(text: string): string {
  if (!/[:[,]\s*-?\d{16}/.test(text)) return text;
  return text.replace(
    /("(?:[^"\\]|\\.)*")|(-?\d{16,}(?![\d.eE]))/g,
    (whole, quoted: string | undefined) => (quoted === undefined ? `"${whole}"` : whole),
  );
}

/** A span or a log record, or what stands where one should. */
interface Item extends ItemPlace {
  readonly kind: 'span' | 'log';
  readonly value: unknown;
}

const signals = [
  {
    kind: 'span',
    groups: 'resourceSpans',
    scopes: ['scopeSpans', 'instrumentationLibrarySpans'],
    items: 'spans',
  },
  {
    kind: 'log',
    groups: 'resourceLogs',
    scopes: ['scopeLogs', 'instrumentationLibraryLogs'],
    items: 'logRecords',
  },
] as const;

/** All items of a request; a problem when it is none. */
function itemsOf(request: unknown): readonly Item[] | RowProblem {
  if (!isObject(request))
    return { reason: 'not_object', message: 'a JSON value, but not an object' };
  const items: Item[] = [];
  let known = false;
  for (const { kind, groups, scopes, items: itemsKey } of signals) {
    known ||= groups in request;
    const resources = listOf(request[groups]);
    if (resources === undefined) return shapeProblem(`${groups} is no list`);
    for (const group of resources) {
      const lists = scopes.map((key) => (isObject(group) ? listOf(group[key]) : undefined));
      if (!isObject(group) || lists.includes(undefined)) {
        return shapeProblem(`${groups} holds what is no group of ${itemsKey}`);
      }
      for (const scoped of lists.flatMap((list) => list ?? [])) {
        const values = isObject(scoped) ? listOf(scoped[itemsKey]) : undefined;
        if (!isObject(scoped) || values === undefined) {
          return shapeProblem(`${groups} holds what is no group of ${itemsKey}`);
        }
        const scope = scoped.scope ?? scoped.instrumentationLibrary;
        for (const value of values) items.push({ kind, value, resource: group.resource, scope });
      }
    }
  }
  if (known) return items;
  const metrics = 'resourceMetrics' in request ? '; metrics are not read' : '';
  return shapeProblem(`no resourceSpans and no resourceLogs${metrics}`);
}

function shapeProblem(message: string): RowProblem {
  return { reason: 'line_shape', message };
}

/** Hands on items as records, with one array of labels while the labels stay the same. */
function createEventSink(
  limits: RecordLimits,
  sink: RecordSink,
): (request: RecordPlace, item: Item) => void {
  let labels: readonly string[] = [];
  return ({ line, byteOffset }, item) => {
    const place: RecordPlace = {
      line,
      byteOffset,
      // Only a record that is refused is written out again.
      get raw() {
        return Buffer.from(JSON.stringify(item.value));
      },
    };
    const fields = eventOf(item, limits);
    if ('reason' in fields) {
      sink.reject(place, fields.reason, fields.message);
      return;
    }
    const found = [...fields.keys()];
    if (found.length !== labels.length || found.some((label, at) => label !== labels[at])) {
      labels = found;
    }
    sink.record(place, labels, [...fields.values()]);
  };
}

function eventOf({ kind, value, ...place }: Item, limits: RecordLimits): Fields | RowProblem {
  if (!isObject(value)) return { reason: 'not_object', message: `a ${kind} that is no object` };
  const read: (item: JsonObject, at: ItemPlace) => Fields | RowProblem =
    kind === 'span' ? spanFields : logFields;
  const fields = read(value, place);
  if ('reason' in fields) return fields;
  if (fields.size > limits.fields) {
    const message = `${fields.size} attributes are over the limit of ${limits.fields}`;
    return { reason: 'too_many_fields', message };
  }
  const long = [...fields.keys()].find((label) => isLongKey(label, limits));
  if (long === undefined) return fields;
  return { reason: 'bad_key', message: `a key of ${long.length} characters is too long` };
}
