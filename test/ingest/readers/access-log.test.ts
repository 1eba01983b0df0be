import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAccessLogReader } from '../../../src/ingest/readers/access-log.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

function read(text: string, tailNames: readonly string[] = [], cuts: number[] = []): Recorded {
  return readAll(
    (sink) => createAccessLogReader({ limits: defaultLimits, tailNames }, sink),
    text,
    cuts,
  );
}

const common =
  '192.0.2.7 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326';
const start = '2001:db8::1 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5';
const combined = `${start} "-" "curl/8"`;

describe('access log reader', () => {
  it('reads the Common format', () => {
    expect(read(common).records[0]?.row).toEqual({
      remote_addr: '192.0.2.7',
      ident: null,
      user: 'frank',
      time_local: '10/Oct/2000:13:55:36 -0700',
      method: 'GET',
      path: '/apache_pb.gif',
      query: null,
      protocol: 'HTTP/1.0',
      request: null,
      status: 200,
      bytes: 2326,
      referer: null,
      user_agent: null,
    });
  });

  it('reads the Combined format, IPv6, a query and a missing size', () => {
    const line =
      '2001:db8::1 - - [17/May/2015:10:05:03 +0000] "POST /a?b=c&d HTTP/2.0" 304 - "https://x/" "Mozilla/5.0 (X11)"';
    expect(read(line).records[0]?.row).toMatchObject({
      remote_addr: '2001:db8::1',
      user: null,
      method: 'POST',
      path: '/a',
      query: 'b=c&d',
      protocol: 'HTTP/2.0',
      status: 304,
      bytes: null,
      referer: 'https://x/',
      user_agent: 'Mozilla/5.0 (X11)',
    });
  });

  it.each<[string, object]>([
    ['""', { method: null, path: null, request: '' }],
    ['"-"', { method: null, request: null }],
    ['"\\x16\\x03\\x01"', { method: null, request: '\x16\x03\x01' }],
    ['"GET /a b HTTP/1.1"', { method: null, path: null, request: 'GET /a b HTTP/1.1' }],
    ['"GET /a"', { request: 'GET /a' }],
    ['"GET /say\\"hi HTTP/1.1"', { path: '/say"hi' }],
    ['"GET /\\x22\\xc3\\xbc HTTP/1.1"', { path: '/"ü' }],
    ['"GET /\\xe4\\xe5 HTTP/1.1"', { path: '/\\xe4\\xe5' }],
    ['"GET /\\x00 HTTP/1.1"', { path: '/\\x00' }],
    ['"GET /\\\\ HTTP/1.1"', { path: '/\\' }],
  ])('reads the request %s', (request, expected) => {
    const line = `192.0.2.7 - - [17/May/2015:10:05:03 +0000] ${request} 400 0 "-" "-"`;
    const seen = read(line);
    expect(seen.rejects).toEqual([]);
    expect(seen.records[0]?.row).toMatchObject(expected);
  });

  it.each<[string, object]>([
    [
      'api.example.com:443 192.0.2.7 - -',
      { vhost: 'api.example.com:443', remote_addr: '192.0.2.7' },
    ],
    ['api.example.com 192.0.2.7 - -', { vhost: 'api.example.com', user: null }],
    ['192.0.2.7 - john doe', { remote_addr: '192.0.2.7', user: 'john doe' }],
    ['client.example.com - -', { remote_addr: 'client.example.com' }],
  ])('reads the start %s', (prefix, expected) => {
    const line = `${prefix} [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5`;
    expect(read(line).records[0]?.row).toMatchObject(expected);
  });

  it('names the tail by place or by key', () => {
    const line = `${combined} "-" 0.012 rt=0.5 uct="0.1" status=ok 0.001, 0.002 [x y]`;
    expect(read(line).records[0]?.row).toMatchObject({
      tail_1: null,
      tail_2: '0.012',
      rt: '0.5',
      uct: '0.1',
      tail_status: 'ok',
      tail_6: '0.001, 0.002',
      tail_7: 'x y',
      status: 200,
    });
    expect(read(`${combined} "-" 0.012`, ['xff', 'took']).records[0]?.row).toMatchObject({
      xff: null,
      took: '0.012',
    });
  });

  it('keeps a tail behind a Common line, and a user agent that was cut off', () => {
    expect(read(`${start} 1234`).records[0]?.row).toMatchObject({ referer: null, tail_1: '1234' });
    expect(read(`${start} "-" "Mozilla/5.0 (com`).records[0]?.row).toMatchObject({
      user_agent: 'Mozilla/5.0 (com',
    });
  });

  it.each([
    ['not a log line', 'line_shape'],
    ['192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" abc 5', 'line_shape'],
    ['192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 2000 5', 'line_shape'],
    ['192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200', 'line_shape'],
    ['192.0.2.7 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1 200 5', 'line_shape'],
    ['192.0.2.7 - - "GET / HTTP/1.1" 200 5', 'line_shape'],
    ['', null],
    [`${combined} a=1 a=2`, 'dup_key'],
  ])('judges %j', (line, reason) => {
    const seen = read(`${line}\n`);
    expect(seen.rejects.map((reject) => reject.reason)).toEqual(reason === null ? [] : [reason]);
    expect(seen.records).toEqual([]);
  });

  it('keeps sizes beyond the safe integers', () => {
    const line = common.replace('2326', '999999999999999999');
    expect(read(line).records[0]?.row.bytes).toBe(999999999999999999n);
  });

  it('finds the same however the bytes are cut', () => {
    const text = textOf([common, combined, '\n', '\n', '\r\n', '"', ' ', '\\x22', '[', 'k=v']);
    fc.assert(
      fc.property(text, cutSizes, (value, cuts) => {
        expect(read(value, [], cuts)).toEqual(read(value));
      }),
      { seed: 31, numRuns: 200 },
    );
  });
});
