/**
 * Access logs in the Common and Combined formats of Apache and nginx, with any tail and with or
 * without the virtual host in front. Fields are `vhost`, `remote_addr`, `ident`, `user`,
 * `time_local`, `method`, `path`, `query`, `protocol`, `request` (only a request that is not
 * `METHOD target PROTOCOL`), `status`, `bytes`, `referer`, `user_agent`; `-` is null. What follows
 * is the tail: `key=value` is named by its key, the others `tail_1`, `tail_2` … by their place
 * among the fields of the tail, or as detection named them.
 * **Source** https://httpd.apache.org/docs/2.4/mod/mod_log_config.html
 */

import { createTextReader, type LineReader, placeOf } from '../lines.js';
import type { FieldValue, RecordLimits, RecordSink } from '../record.js';
import { type LogToken, readToken } from './log-token.js';

export interface AccessLogOptions {
  readonly limits: RecordLimits;
  /** Names of the tail's fields by place, where they are known; see `detect.ts`. */
  readonly tailNames: readonly string[];
}

/** What one line says; `problem` instead when it is not an access log line. */
export interface AccessLine {
  /** The fields before the tail, as in `headLabels`. */
  readonly head: readonly FieldValue[];
  readonly withVhost: boolean;
  readonly tail: readonly LogToken[];
}

const headLabels = [
  'remote_addr',
  'ident',
  'user',
  'time_local',
  'method',
  'path',
  'query',
  'protocol',
  'request',
  'status',
  'bytes',
  'referer',
  'user_agent',
];

/** A reader of access log lines. Rejects `line_shape`, `number_range`, `dup_key`. */
export function createAccessLogReader(options: AccessLogOptions, sink: RecordSink): LineReader {
  const labelsOf = labelCache(options.tailNames);
  return createTextReader(options.limits, sink, (line, text) => {
    const found = parseAccessLine(text);
    if (found === null) {
      sink.reject(placeOf(line), 'line_shape', 'not a Common or Combined access log line');
      return;
    }
    const labels = labelsOf(found);
    if (labels === null) {
      sink.reject(placeOf(line), 'dup_key', 'the same key twice in the tail');
      return;
    }
    if (labels.length > options.limits.fields) {
      const message = `${labels.length} fields are over the limit of ${options.limits.fields}`;
      sink.reject(placeOf(line), 'too_many_fields', message);
      return;
    }
    const { head, tail } = found;
    const values = tail.length === 0 ? head : [...head, ...tail.map((token) => token.text)];
    sink.record(placeOf(line), labels, values);
  });
}

/** Reads one line; null when it has another shape. */
export function parseAccessLine(text: string): AccessLine | null {
  const bracket = text.indexOf(' [');
  const closing = text.indexOf('] ', bracket);
  if (bracket < 0 || closing < 0) return null;
  const prefix = splitPrefix(text.slice(0, bracket));
  if (prefix === null) return null;
  const request = readToken(text, closing + 2);
  if (request === null || request.quote !== '"') return null;
  const status = readToken(text, request.end);
  const statusValue = status === null ? undefined : statusOf(status);
  if (status === null || statusValue === undefined) return null;
  const bytes = readToken(text, status.end);
  const bytesValue = bytes === null ? undefined : bytesOf(bytes);
  if (bytes === null || bytesValue === undefined) return null;
  const rest = readTail(text, bytes.end);
  if (rest === null) return null;
  const combined = rest[0]?.quote === '"' && rest[1]?.quote === '"' && rest[0].key === null;
  return {
    head: [
      ...prefix,
      dashNull(text.slice(bracket + 2, closing)),
      ...requestFields(request.text),
      statusValue,
      bytesValue,
      combined ? (rest[0]?.text ?? null) : null,
      combined ? (rest[1]?.text ?? null) : null,
    ],
    withVhost: prefix.length === 4,
    tail: combined ? rest.slice(2) : rest,
  };
}

const addressPattern = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]+)$/;

/** `addr ident user`, or `vhost addr ident user`. A user name may hold spaces. */
function splitPrefix(text: string): FieldValue[] | null {
  const words = text.split(' ');
  const [first = '', second = ''] = words;
  if (words.length < 3 || first === '' || second === '') return null;
  const vhost =
    words.length >= 4 &&
    !addressPattern.test(first) &&
    (addressPattern.test(second) || /:\d{1,5}$/.test(first));
  const rest = vhost ? words.slice(1) : words;
  const fields = [rest[0] ?? '', rest[1] ?? '', rest.slice(2).join(' ')];
  return (vhost ? [first, ...fields] : fields).map(dashNull);
}

function dashNull(text: string): string | null {
  return text === '-' ? null : text;
}

/** `[method, path, query, protocol, request]`; a request of another shape is kept whole. */
function requestFields(request: string | null): FieldValue[] {
  if (request === null) return [null, null, null, null, null];
  const parts = request.split(' ');
  const [method = '', target = '', protocol = ''] = parts;
  const known = /^[A-Za-z][A-Za-z_-]*$/.test(method) && /^[A-Z]+\/\d(\.\d)?$/.test(protocol);
  if (parts.length !== 3 || !known || target === '') return [null, null, null, null, request];
  const mark = target.indexOf('?');
  if (mark < 0) return [method, target, null, protocol, null];
  return [method, target.slice(0, mark), target.slice(mark + 1), protocol, null];
}

/** Undefined for what is no status: three digits or `-`. */
function statusOf(token: LogToken): FieldValue | undefined {
  if (token.quote !== '' || token.key !== null) return undefined;
  if (token.text === null) return null;
  return /^\d{3}$/.test(token.text) ? Number(token.text) : undefined;
}

/** Undefined for what is no byte count: up to 18 digits (all of them fit 64 bits) or `-`. */
function bytesOf(token: LogToken): FieldValue | undefined {
  if (token.quote !== '' || token.key !== null) return undefined;
  if (token.text === null) return null;
  if (!/^\d{1,18}$/.test(token.text)) return undefined;
  const value = Number(token.text);
  return Number.isSafeInteger(value) ? value : BigInt(token.text);
}

function readTail(text: string, start: number): LogToken[] | null {
  const tokens: LogToken[] = [];
  let at = start;
  while (at < text.length) {
    const token = readToken(text, at);
    if (token === null) return null;
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

/** Labels by shape of the line, so that the same array serves all lines of one shape. */
function labelCache(tailNames: readonly string[]): (line: AccessLine) => readonly string[] | null {
  const known = new Map<string, readonly string[] | null>();
  return (line) => {
    const keys = line.tail.length === 0 ? '-' : line.tail.map((token) => token.key ?? '').join(' ');
    const shape = line.withVhost ? `vhost ${keys}` : `plain ${keys}`;
    const cached = known.get(shape);
    if (cached !== undefined) return cached;
    const labels = labelsOf(line, tailNames);
    if (known.size < cachedShapes) known.set(shape, labels);
    return labels;
  };
}

/** Chosen freely: real logs have one shape or a few; a hostile one must not fill the memory. */
const cachedShapes = 256;

function labelsOf(line: AccessLine, tailNames: readonly string[]): readonly string[] | null {
  const head = line.withVhost ? ['vhost', ...headLabels] : headLabels;
  const taken = new Set(head);
  const tail = line.tail.map((token, index) => {
    if (token.key === null) return tailNames[index] ?? `tail_${index + 1}`;
    return taken.has(token.key) ? `tail_${token.key}` : token.key;
  });
  const labels = [...head, ...tail];
  return new Set(labels).size === labels.length ? labels : null;
}
