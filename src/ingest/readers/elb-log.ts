/**
 * Access logs of AWS load balancers, Application and Classic: words and quoted texts between
 * spaces, in the order of the manual. Times, sizes, ports and statuses are numbers; `-` and the
 * time `-1` are null. `client:port` and the target are taken apart; so is the request, into
 * `method`, `vhost`, `path`, `query` and `protocol`, or is `request` as a whole where it is none.
 * A Classic line has the names of an Application one, `target_` for its `backend_`. Fields behind
 * those known here are kept as `field_N`, by their place in the line.
 * **Source** the manual of Elastic Load Balancing, "Access logs" of both kinds.
 */
import { createTextReader, type LineReader, placeOf } from '../lines.js';
import type { FieldValue, RecordLimits, RecordSink } from '../record.js';
import { type LogToken, readToken, withoutEscapes } from './log-token.js';

/** What one line says: labels and values, place by place. */
export interface ElbLine {
  readonly labels: readonly string[];
  readonly values: readonly FieldValue[];
}

/** A reader of load balancer logs. Rejects `line_shape`, `too_many_fields`. */
export function createElbReader(limits: RecordLimits, sink: RecordSink): LineReader {
  return createTextReader(limits, sink, (line, text) => {
    const found = parseElbLine(text);
    if (found === null) {
      sink.reject(placeOf(line), 'line_shape', 'not an access log line of a load balancer');
    } else if (found.labels.length > limits.fields) {
      const message = `${found.labels.length} fields are over the limit of ${limits.fields}`;
      sink.reject(placeOf(line), 'too_many_fields', message);
    } else {
      sink.record(placeOf(line), found.labels, found.values);
    }
  });
}

/** The columns that are seconds, with decimals. */
export const elbSeconds = [
  'request_processing_time',
  'target_processing_time',
  'response_processing_time',
];

const startLabels = [
  'time',
  'elb',
  'client_ip',
  'client_port',
  'target_ip',
  'target_port',
  ...elbSeconds,
  'elb_status_code',
  'target_status_code',
  'received_bytes',
  'sent_bytes',
  'method',
  'vhost',
  'path',
  'query',
  'protocol',
  'request',
  'user_agent',
  'ssl_cipher',
  'ssl_protocol',
];

/** The fields of an Application load balancer behind those, and which of them are quoted. */
const tailFields: readonly (readonly [label: string, quote: '' | '"'])[] = [
  ['target_group_arn', ''],
  ['trace_id', '"'],
  ['domain_name', '"'],
  ['chosen_cert_arn', '"'],
  ['matched_rule_priority', ''],
  ['request_creation_time', ''],
  ['actions_executed', '"'],
  ['redirect_url', '"'],
  ['error_reason', '"'],
  ['target_port_list', '"'],
  ['target_status_code_list', '"'],
  ['classification', '"'],
  ['classification_reason', '"'],
  ['conn_trace_id', ''],
  ['transformed_host', '"'],
  ['transformed_uri', '"'],
  ['request_transform_status', '"'],
];

/** How many fields the manual counts before those of the tail. */
const fieldsBefore = 16;

const seconds = String.raw`(-?\d{1,9}(?:\.\d{1,9})?|-)`;
const status = String.raw`(\d{1,3}|-)`;
const size = String.raw`(\d{1,15}|-)`;
const start = new RegExp(
  String.raw`^(?:([a-z][a-z\d]{1,15}) )?(\d{4}-\d\d-\d\dT[\d:.]+Z) (\S+) (\S+) (\S+) ` +
    `${seconds} ${seconds} ${seconds} ${status} ${status} ${size} ${size} "`,
);

/** What follows a user agent: cipher and protocol, and of an Application line the next two. */
const afterAgent = /" ([^\s"]+) ([^\s"]+)(?:$| (?=[^\s"]+(?: "|$)))/g;

/** Reads one line; null when it has another shape. */
export function parseElbLine(text: string): ElbLine | null {
  const found = start.exec(text);
  if (found === null) return null;
  const [whole, type, time = '', elb = '', client = '', target = '', ...numbers] = found;
  const quoted = readQuoted(text, whole.length);
  if (quoted === null) return null;
  const head: FieldValue[] = [
    time,
    elb,
    ...splitAddress(client),
    ...splitAddress(target),
    ...numbers.slice(0, 3).map(secondsOf),
    ...numbers.slice(3).map(wholeOf),
    ...requestFields(quoted.request),
    quoted.agent,
    quoted.cipher,
    quoted.protocol,
  ];
  if (type === undefined) {
    return quoted.end < text.length ? null : { labels: startLabels, values: head };
  }
  const tail = readTail(text, quoted.end);
  if (tail === null) return null;
  return { labels: applicationLabels(tail.length), values: [type, ...head, ...tail] };
}

interface Quoted {
  readonly request: string;
  readonly agent: string | null;
  readonly cipher: string | null;
  readonly protocol: string | null;
  readonly end: number;
}

/**
 * The request, the user agent and the two words behind. A quote inside of one that is not escaped
 * does not end it: the request ends where the user agent begins, and that where words follow.
 */
function readQuoted(text: string, from: number): Quoted | null {
  const between = text.indexOf('" "', from);
  if (between < 0) {
    // A Classic line of before 2014 ends with its request.
    if (text.length <= from || !text.endsWith('"')) return null;
    const request = text.slice(from, -1);
    return { request, agent: null, cipher: null, protocol: null, end: text.length };
  }
  const agentStart = between + 3;
  afterAgent.lastIndex = agentStart;
  const after = afterAgent.exec(text);
  if (after === null) return null;
  return {
    request: text.slice(from, between),
    agent: plain(text.slice(agentStart, after.index)),
    cipher: dash(after[1] ?? '-'),
    protocol: dash(after[2] ?? '-'),
    end: after.index + after[0].length,
  };
}

/** The fields behind the usual ones; null when a known one is not quoted as it should be. */
function readTail(text: string, from: number): FieldValue[] | null {
  const values: FieldValue[] = [];
  let at = from;
  while (at < text.length) {
    const token = readToken(text, at);
    if (token === null) return null;
    const quote = tailFields[values.length]?.[1];
    if (quote !== undefined && (token.quote === '"') !== (quote === '"')) return null;
    values.push(textOf(token));
    at = token.end;
  }
  const [arn = null] = values;
  const group = typeof arn === 'string' ? /:targetgroup\/([^/]+)\//.exec(arn)?.[1] : undefined;
  return [group ?? null, ...values];
}

function textOf({ key, text }: LogToken): string | null {
  return key === null ? text : `${key}=${text ?? '-'}`;
}

const labelsBySize = new Map<number, readonly string[]>();

/** The labels of a line with a tail of so many fields; the same array each time. */
function applicationLabels(size: number): readonly string[] {
  const known = labelsBySize.get(size);
  if (known !== undefined) return known;
  const tail = Array.from(
    { length: size - 1 },
    (_, index) => tailFields[index]?.[0] ?? `field_${fieldsBefore + index + 1}`,
  );
  const labels = ['type', ...startLabels, 'target_group', ...tail];
  if (labelsBySize.size < knownSizes) labelsBySize.set(size, labels);
  return labels;
}

/** Chosen freely: real logs have a size or two; hostile ones must not fill the memory. */
const knownSizes = 64;

/** `192.0.2.7:2817`, `[2001:db8::7]:2817` and `2001:db8::7:2817`; without a port all is address. */
function splitAddress(text: string): [FieldValue, FieldValue] {
  const parts = /^\[?(.+?)\]?:(\d{1,5})$/.exec(text);
  return parts === null ? [dash(text), null] : [parts[1] ?? null, Number(parts[2])];
}

/** Below zero is none: the balancer could not hand the request on. */
function secondsOf(text: string): number | null {
  return text.startsWith('-') ? null : Number(text);
}

/** What a number would not give back, such as 000, stays text. */
function wholeOf(text: string): number | string | null {
  return String(Number(text)) === text ? Number(text) : dash(text);
}

const noRequest: FieldValue[] = Array.from({ length: 6 }, () => null);

const target = /^([A-Za-z][A-Za-z\d+.-]*:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/;

/** `[method, vhost, path, query, protocol, request]`. A connection without a request has none. */
function requestFields(written: string): FieldValue[] {
  const request = written.includes('\\') ? withoutEscapes(written) : written;
  const parts = request.split(' ');
  if (parts.every((part) => part === '-' || part === '')) return noRequest;
  const [method = '', url = '', protocol = ''] = parts;
  const address = parts.length === 3 ? target.exec(url) : null;
  const known = /^[A-Za-z][A-Za-z_-]*$/.test(method) && /^[A-Z]+\/\d(\.\d)?$/.test(protocol);
  if (address === null || !known) return [null, null, null, null, null, request];
  const [, , vhost = '', path = '', query] = address;
  return [method, vhost === '' ? null : vhost, path, query ?? null, protocol, null];
}

function plain(text: string): string | null {
  return dash(text.includes('\\') ? withoutEscapes(text) : text);
}

function dash(text: string): string | null {
  return text === '-' ? null : text;
}
