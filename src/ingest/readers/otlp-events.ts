/**
 * Spans and log records of OTLP as events. An attribute of the item wins over one of its scope,
 * that over one of the resource, and that over the fields of the item itself, but for its time.
 */
import type { FieldValue } from '../record.js';
import type { RowProblem } from '../stage-options.js';
import {
  addAttributes,
  addValue,
  type Fields,
  isObject,
  type JsonObject,
  listOf,
  plainWhole,
  textOf,
  wholeOf,
} from './otlp-values.js';

/** Where an item stands: what it shares with others. */
export interface ItemPlace {
  readonly resource: unknown;
  readonly scope: unknown;
}

/** The column of the time. An attribute of this name is kept as `attributes.timestamp`. */
export const timeLabel = 'timestamp';

/** What a kind of item has of its own. */
type OwnFields = (item: JsonObject, fields: Fields) => RowProblem | null;

/** A span as fields. */
export function spanFields(item: JsonObject, place: ItemPlace): Fields | RowProblem {
  return fieldsOf(item, place, ownOfSpan);
}

/** A log record as fields. */
export function logFields(item: JsonObject, place: ItemPlace): Fields | RowProblem {
  return fieldsOf(item, place, ownOfLog);
}

function fieldsOf(
  item: JsonObject,
  { resource, scope }: ItemPlace,
  own: OwnFields,
): Fields | RowProblem {
  const fields: Fields = new Map();
  for (const holder of [item, scope, resource]) {
    const attributes = isObject(holder) ? holder.attributes : undefined;
    const problem = addAttributes(fields, attributes);
    if (problem !== null) return problem;
  }
  const time = fields.get(timeLabel);
  if (fields.delete(timeLabel) && time !== undefined) fields.set(`attributes.${timeLabel}`, time);
  const problem = own(item, fields);
  if (problem !== null) return problem;
  if (isObject(scope)) {
    add(fields, 'library.name', textOf(scope.name));
    add(fields, 'library.version', textOf(scope.version));
  }
  return fields;
}

/** Sets what nobody set before; null is nothing. */
function add(fields: Fields, label: string, value: FieldValue): void {
  if (value !== null && !fields.has(label)) fields.set(label, value);
}

/** A time in nanoseconds as its digits; null for none. */
function nanosOf(value: unknown): FieldValue | RowProblem {
  if (value === undefined || value === null || value === '') return null;
  const nanos = wholeOf(value);
  if (nanos !== undefined) return nanos === 0n ? null : nanos.toString();
  return { reason: 'ts_invalid', message: `${JSON.stringify(value).slice(0, 60)} is no time` };
}

function isProblem(value: FieldValue | RowProblem): value is RowProblem {
  return typeof value === 'object' && value !== null && 'reason' in value;
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const codes = ['UNSET', 'OK', 'ERROR'];

/** The number of an enum that is written as number or by name; null for what is neither. */
function enumOf(value: unknown, names: readonly string[], prefix: string): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !value.startsWith(prefix)) return null;
  const name = value.slice(prefix.length).toLowerCase();
  const found = names.findIndex((one) => one.toLowerCase() === name);
  return found < 0 ? null : found;
}

function ownOfSpan(span: JsonObject, fields: Fields): RowProblem | null {
  const start = nanosOf(span.startTimeUnixNano);
  const end = nanosOf(span.endTimeUnixNano);
  if (isProblem(start)) return start;
  if (isProblem(end)) return end;
  fields.set(timeLabel, start);
  addIds(fields, span, 'trace.span_id');
  add(fields, 'trace.parent_id', textOf(span.parentSpanId));
  add(fields, 'trace.trace_state', textOf(span.traceState));
  add(fields, 'name', textOf(span.name));
  add(fields, 'span.kind', kinds[enumOf(span.kind, kinds, 'SPAN_KIND_') ?? 0] ?? null);
  addDuration(fields, start, end);
  const status = isObject(span.status) ? span.status : {};
  const code = enumOf(status.code, codes, 'STATUS_CODE_') ?? 0;
  add(fields, 'status_code', code);
  add(fields, 'status_message', textOf(status.message));
  if (code === 2) add(fields, 'error', true);
  add(fields, 'meta.signal_type', 'trace');
  addSampleRate(fields, span.traceState);
  return addEvents(fields, span);
}

function addIds(fields: Fields, item: JsonObject, spanLabel: string): void {
  add(fields, 'trace.trace_id', textOf(item.traceId));
  add(fields, spanLabel, textOf(item.spanId));
}

/** Milliseconds. A span that ends before it starts has none. */
function addDuration(fields: Fields, start: FieldValue, end: FieldValue): void {
  if (typeof start !== 'string' || typeof end !== 'string') return;
  const nanos = BigInt(end) - BigInt(start);
  if (nanos < 0n) add(fields, 'meta.invalid_duration', true);
  else add(fields, 'duration_ms', Number(nanos) / 1e6);
}

/** Events and links are kept as JSON; of exceptions, type and message stand beside as well. */
function addEvents(fields: Fields, span: JsonObject): RowProblem | null {
  const events = listOf(span.events);
  const links = listOf(span.links);
  if (events === undefined || links === undefined) {
    return { reason: 'line_shape', message: 'events or links are no list' };
  }
  add(fields, 'span.num_events', events.length);
  add(fields, 'span.num_links', links.length);
  if (events.length > 0) add(fields, 'span.events', { kind: 'json', text: JSON.stringify(events) });
  if (links.length > 0) add(fields, 'span.links', { kind: 'json', text: JSON.stringify(links) });
  for (const event of events) {
    if (!isObject(event) || event.name !== 'exception') continue;
    const exception: Fields = new Map();
    const problem = addAttributes(exception, event.attributes);
    if (problem !== null) return problem;
    for (const label of ['exception.type', 'exception.message']) {
      add(fields, label, exception.get(label) ?? null);
    }
  }
  return null;
}

const wholeThreshold = 2 ** 56;

/**
 * How many spans one stands for, by the threshold of its trace state (`ot=th:c`), rounded.
 * **Source** https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
function addSampleRate(fields: Fields, traceState: unknown): void {
  if (fields.has('sampleRate') || fields.has('SampleRate') || typeof traceState !== 'string')
    return;
  const found = /(?:^|,)\s*ot=(?:[^,]*;)?th:([\da-f]{1,14})(?:[;,]|\s|$)/.exec(traceState);
  if (found === null) return;
  const threshold = Number.parseInt((found[1] ?? '').padEnd(14, '0'), 16);
  const rate = Math.round(wholeThreshold / (wholeThreshold - threshold));
  if (rate > 1) add(fields, 'SampleRate', rate);
}

function ownOfLog(record: JsonObject, fields: Fields): RowProblem | null {
  const time = nanosOf(record.timeUnixNano);
  const observed = nanosOf(record.observedTimeUnixNano);
  if (isProblem(time)) return time;
  if (isProblem(observed)) return observed;
  fields.set(timeLabel, time ?? observed);
  if (time !== null) add(fields, 'observed_timestamp', observed);
  addIds(fields, record, 'trace.parent_id');
  add(fields, 'severity', textOf(record.severityText));
  add(fields, 'severity_code', plainWhole(wholeOf(record.severityNumber)) ?? null);
  add(fields, 'event.name', textOf(record.eventName));
  add(fields, 'meta.signal_type', 'log');
  const body: Fields = new Map();
  const problem = addValue(body, 'body', record.body, 0);
  for (const [label, value] of body) add(fields, label, value);
  return problem;
}
