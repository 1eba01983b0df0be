import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOtlpReader, requestBytes } from '../../../src/ingest/readers/otlp.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

function read(text: string, lines = true, cuts: readonly number[] = []): Recorded {
  const options = { path: '-', lines, limits: defaultLimits };
  return readAll((sink) => createOtlpReader(options, sink), text, cuts);
}

type Json = unknown;
const attribute = (key: string, value: Json) => ({ key, value });
const text = (value: string) => ({ stringValue: value });
const spansOf = (spans: Json, more: object = {}, scope: object = {}) => ({
  resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope, spans }], ...more }],
});
const logsOf = (logRecords: Json) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
const start = '1587046320123456789';
const span = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: '',
  name: 'GET /a',
  kind: 2,
  startTimeUnixNano: start,
  endTimeUnixNano: '1587046320135456790',
};

/** The one event of a request. */
const eventOf = (request: Json, lines = true) => {
  const { records, rejects } = read(JSON.stringify(request, null, lines ? 0 : 2), lines);
  expect(rejects).toEqual([]);
  expect(records).toHaveLength(1);
  return records[0]?.row;
};
const rejectOf = (request: Json) => {
  const { records, rejects } = read(
    `${typeof request === 'string' ? request : JSON.stringify(request)}\n`,
  );
  expect(records).toEqual([]);
  return rejects.map(({ reason, message }) => `${reason}: ${message}`).join();
};

describe('OTLP reader', () => {
  it.each([true, false])('reads a span, a request a line: %s', (lines) => {
    expect(eventOf(spansOf([span]), lines)).toEqual({
      timestamp: start,
      'trace.trace_id': '5b8efff798038103d269b633813fc60c',
      'trace.span_id': 'eee19b7ec3c1b174',
      name: 'GET /a',
      'span.kind': 'server',
      duration_ms: 12.000001,
      status_code: 0,
      'meta.signal_type': 'trace',
      'span.num_events': 0,
      'span.num_links': 0,
    });
  });

  it('reads a log record, and its time of observation for want of another', () => {
    const record = {
      timeUnixNano: start,
      observedTimeUnixNano: '1587046321000000000',
      severityNumber: 17,
      severityText: 'ERROR',
      eventName: 'paid',
      traceId: 'aa',
      spanId: 'bb',
      body: { kvlistValue: { values: [attribute('a', { intValue: '1' })] } },
    };
    const expected = {
      timestamp: start,
      observed_timestamp: '1587046321000000000',
      'trace.trace_id': 'aa',
      'trace.parent_id': 'bb',
      severity: 'ERROR',
      severity_code: 17,
      'event.name': 'paid',
      'meta.signal_type': 'log',
      'body.a': 1,
    };
    expect(eventOf(logsOf([record]))).toEqual(expected);
    const { observed_timestamp: observed, ...rest } = expected;
    const late = { ...record, timeUnixNano: '0' };
    expect(eventOf(logsOf([late]))).toEqual({ ...rest, timestamp: observed });
  });

  it('lets the item win over the scope, that over the resource, and all over its own fields', () => {
    const at = (who: string, ...keys: readonly string[]) =>
      keys.map((key) => attribute(key, text(who)));
    const request = spansOf(
      [{ ...span, attributes: at('item', 'a', 'timestamp', 'name') }],
      { resource: { attributes: at('resource', 'a', 'b', 'c', 'library.name') } },
      { name: 'lib', version: '1', attributes: at('scope', 'a', 'b') },
    );
    expect(eventOf(request)).toMatchObject({
      a: 'item',
      b: 'scope',
      c: 'resource',
      name: 'item',
      timestamp: start,
      'attributes.timestamp': 'item',
      'library.name': 'resource',
      'library.version': '1',
    });
  });

  it.each<[string, Json, Json]>([
    ['text', text(''), ''],
    ['a flag', { boolValue: false }, false],
    ['a whole number', { intValue: '-7' }, -7],
    ['a whole number as number', { intValue: 7 }, 7],
    ['the largest', { intValue: '9223372036854775807' }, 9223372036854775807n],
    ['a decimal', { doubleValue: 0.5 }, 0.5],
    ['bytes', { bytesValue: 'AQI=' }, 'AQI='],
    ['nothing', {}, null],
    ['no value', undefined, null],
    ['an empty map', { kvlistValue: { values: [] } }, { kind: 'json', text: '{}' }],
    [
      'a list',
      { arrayValue: { values: [text('x'), { intValue: '9007199254740993' }, {}] } },
      { kind: 'json', text: '["x",9007199254740993,null]' },
    ],
  ])('reads %s', (_, value, expected) => {
    expect(eventOf(spansOf([{ ...span, attributes: [attribute('k', value)] }]))).toMatchObject({
      k: expected,
    });
  });

  it('keeps whole numbers that are written as numbers, and texts that look like them', () => {
    const request = JSON.stringify(
      spansOf([
        { ...span, name: ':1234567890123456789', attributes: [attribute('k', { intValue: 0 })] },
      ]),
    )
      .replace(`"${start}"`, start)
      .replace('"intValue":0', '"intValue": -9007199254740993');
    expect(read(request).records[0]?.row).toMatchObject({
      timestamp: start,
      name: ':1234567890123456789',
      k: -9007199254740993n,
    });
  });

  it('flattens maps, the deepest as JSON', () => {
    const nest = (depth: number): Json =>
      depth === 0 ? text('x') : { kvlistValue: { values: [attribute('n', nest(depth - 1))] } };
    const event = eventOf(spansOf([{ ...span, attributes: [attribute('k', nest(5))] }]));
    expect(event).toMatchObject({ 'k.n.n.n.n': { kind: 'json', text: '{"n":"x"}' } });
  });

  it('tells an error, its exception, and what it is an error of', () => {
    const exception = [
      attribute('exception.type', text('E')),
      attribute('exception.message', text('m')),
    ];
    const failed = {
      ...span,
      kind: 'SPAN_KIND_CLIENT',
      status: { code: 'STATUS_CODE_ERROR', message: 'no' },
      events: [{ timeUnixNano: start, name: 'exception', attributes: exception }],
      links: [{ traceId: 'aa' }],
    };
    expect(eventOf(spansOf([failed]))).toMatchObject({
      'span.kind': 'client',
      status_code: 2,
      status_message: 'no',
      error: true,
      'exception.type': 'E',
      'exception.message': 'm',
      'span.num_events': 1,
      'span.links': { kind: 'json', text: '[{"traceId":"aa"}]' },
    });
  });

  it.each<[string, Json]>([
    ['ot=th:8', 2],
    ['rojo=1,ot=rv:1;th:c', 4],
    ['ot=th:0', undefined],
    ['ot=p:8;r:62', undefined],
    ['xot=th:c', undefined],
  ])('takes the sample rate from the trace state %s', (traceState, rate) => {
    expect(eventOf(spansOf([{ ...span, traceState }]))?.SampleRate).toBe(rate);
    const own = { ...span, traceState, attributes: [attribute('SampleRate', { intValue: '9' })] };
    expect(eventOf(spansOf([own]))?.SampleRate).toBe(9);
  });

  it('says when a span ends before it starts', () => {
    const event = eventOf(spansOf([{ ...span, endTimeUnixNano: '1587046320000000000' }]));
    expect(event).toMatchObject({ 'meta.invalid_duration': true });
    expect(event).not.toHaveProperty('duration_ms');
    expect(eventOf(spansOf([{ ...span, endTimeUnixNano: 0 }]))).not.toHaveProperty('duration_ms');
  });

  it('reads the names of old collectors', () => {
    const request = {
      resourceSpans: [
        {
          instrumentationLibrarySpans: [{ instrumentationLibrary: { name: 'old' }, spans: [span] }],
        },
      ],
    };
    expect(eventOf(request)).toMatchObject({ 'library.name': 'old', name: 'GET /a' });
  });

  it.each<[Json, string]>([
    ['{"resourceSpans":[', 'json_syntax: not exactly one JSON value'],
    ['{"resourceSpans":[]}{}', 'json_syntax: not exactly one JSON value'],
    ['{"resourceSpans":[],"resourceSpans":[]}', 'dup_key: the same key twice in one object'],
    ['[]', 'not_object: a JSON value, but not an object'],
    [
      { resourceMetrics: [] },
      'line_shape: no resourceSpans and no resourceLogs; metrics are not read',
    ],
    [{ resourceSpans: {} }, 'line_shape: resourceSpans is no list'],
    [{ resourceSpans: [1] }, 'line_shape: resourceSpans holds what is no group of spans'],
    [logsOf(7), 'line_shape: resourceLogs holds what is no group of logRecords'],
    [spansOf(['x']), 'not_object: a span that is no object'],
    [spansOf([{ ...span, startTimeUnixNano: 'now' }]), 'ts_invalid: "now" is no time'],
    [spansOf([{ ...span, events: 1 }]), 'line_shape: events or links are no list'],
    [spansOf([{ ...span, attributes: 1 }]), 'line_shape: attributes are no list'],
    [spansOf([{ ...span, attributes: [{}] }]), 'line_shape: an attribute that has no value'],
    [
      spansOf([{ ...span, attributes: [attribute('k', { intValue: 'x' })] }]),
      'line_shape: an attribute that has no value',
    ],
    [
      spansOf([{ ...span, attributes: [attribute('k', { doubleValue: 'NaN' })] }]),
      'number_range: "k" is no finite number',
    ],
    [
      spansOf([{ ...span, attributes: [attribute('k', {}), attribute('k', {})] }]),
      'dup_key: the attribute "k" twice',
    ],
    [
      spansOf([{ ...span, attributes: [attribute('', {})] }]),
      'bad_key: an attribute with an empty key, or NUL in it',
    ],
    [
      spansOf([{ ...span, attributes: [attribute('k'.repeat(257), {})] }]),
      'bad_key: a key of 257 characters is too long',
    ],
  ])('refuses %j', (request, expected) => {
    expect(rejectOf(request)).toBe(expected);
  });

  it('refuses a single span by what it is, at the line of its request', () => {
    const bad = { ...span, startTimeUnixNano: {} };
    const seen = read(`\n${JSON.stringify(spansOf([span, bad, span]))}\n{"resourceLogs":[]}\n`);
    expect([seen.records.length, seen.blank]).toEqual([2, 2]);
    expect(seen.rejects).toMatchObject([{ line: 2, byteOffset: 1, raw: JSON.stringify(bad) }]);
  });

  it('refuses a request over the limit without holding it', () => {
    const long = `{"resourceSpans":[${' '.repeat(requestBytes)}]}`;
    const seen = read(`${long}\n${JSON.stringify(spansOf([span]))}\n`);
    expect(seen.rejects).toMatchObject([{ reason: 'too_large', byteLength: long.length }]);
    expect(seen.records).toHaveLength(1);
  });

  it.each<[string, boolean]>([
    [JSON.stringify(spansOf([span])), false],
    [`${JSON.stringify(spansOf([span]))}\n{"resourceSp`, true],
    [`${JSON.stringify(spansOf([span]))}\n  `, false],
  ])('knows of the end of %j whether it may go on', (written, open) => {
    const nothing = () => {};
    const sink = { record: nothing, reject: nothing, blank: nothing };
    const reader = createOtlpReader({ path: '-', lines: true, limits: defaultLimits }, sink);
    reader.write(Buffer.from(written));
    reader.end();
    expect(reader.unterminated()).toBe(open);
  });

  it('finds the same however the bytes are cut', () => {
    const pieces = [JSON.stringify(spansOf([span, 1])), '\n', '\n', '{', '"', ' ', '[]', '\r\n'];
    fc.assert(
      fc.property(textOf(pieces), cutSizes, (written, cuts) => {
        expect(read(written, true, cuts)).toEqual(read(written));
      }),
      { seed: 67, numRuns: 100 },
    );
  });
});
