import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/base/fault.js';
import { grokAliases } from '../../../src/ingest/readers/grok.js';
import { compilePattern, createPatternReader } from '../../../src/ingest/readers/pattern.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

function read(pattern: string, text: string, cuts: number[] = []): Recorded {
  return readAll(
    (sink) => createPatternReader({ pattern, limits: defaultLimits }, sink),
    text,
    cuts,
  );
}

const samples: Readonly<Record<string, readonly [string, string]>> = {
  IP: ['2001:db8::1', 'x'],
  IPV4: ['192.0.2.255', '192.0.2.256'],
  IPV6: ['::1', '1'],
  HOSTNAME: ['api-1.example.com', '-'],
  IPORHOST: ['api', '/'],
  HOSTPORT: ['api:80', 'api'],
  INT: ['-5', '1.5'],
  POSINT: ['10', '0'],
  NONNEGINT: ['0', '-1'],
  NUMBER: ['-1.5e3', 'one'],
  BASE10NUM: ['.5', '.'],
  BASE16NUM: ['0xfF', 'g'],
  WORD: ['a_1', 'a b'],
  NOTSPACE: ['a"b', 'a b'],
  SPACE: ['  ', 'a'],
  DATA: ['any thing', 'two\nlines'],
  GREEDYDATA: ['', 'two\nlines'],
  QUOTEDSTRING: ['"a \\" b"', '"a'],
  QS: ['""', 'a'],
  USER: ['john.doe-1', 'a b'],
  USERNAME: ['x', ''],
  EMAILADDRESS: ['a.b@example.com', 'a.b'],
  UUID: ['123e4567-e89b-12d3-a456-426614174000', '123e4567'],
  MAC: ['00:1b:44:11:3a:b7', '00:1b'],
  PATH: ['C:\\logs\\x', 'logs'],
  UNIXPATH: ['/var/log', 'var'],
  URIPATH: ['/a', '/a?b'],
  URIPARAM: ['?a=b', 'a=b'],
  URIPATHPARAM: ['/a?b=c', 'a'],
  URI: ['https://x/y', '//x'],
  HTTPMETHOD: ['GET', 'get'],
  HTTPSTATUS: ['404', '40'],
  HTTPVERSION: ['HTTP/1.1', '1.1'],
  MONTH: ['May', 'Foo'],
  MONTHNUM: ['12', '13'],
  MONTHDAY: ['31', '32'],
  DAY: ['Sun', 'Foo'],
  YEAR: ['2015', '15'],
  TIME: ['10:05:03.5', '10:05'],
  HTTPDATE: ['17/May/2015:10:05:03 +0000', '17/05/2015'],
  SYSLOGTIMESTAMP: ['May  7 10:05:03', '2015'],
  TIMESTAMP_ISO8601: ['2015-05-17T10:05:03.1+02:00', '2015-05-17'],
  ISO8601_TIMEZONE: ['Z', 'UTC'],
  LOGLEVEL: ['Warning', 'wArn'],
  PROG: ['usr/bin-x', 'a b'],
};

describe('pattern reader', () => {
  it('reads named groups; one that took no part is null', () => {
    const seen = read(
      '^(?<host>\\S+) (?:v(?<version>[\\d.]+) )?(?<status>\\d{3})$',
      ['api-1 v1.10 200', 'api-2 500', 'api-3 abc', ''].join('\n'),
    );
    expect(seen.records.map((record) => record.row)).toEqual([
      { host: 'api-1', version: '1.10', status: '200' },
      { host: 'api-2', version: null, status: '500' },
    ]);
    expect(seen.rejects).toMatchObject([{ line: 3, reason: 'line_shape' }]);
  });

  it('reads grok, with dots in names and a type that is ignored', () => {
    const seen = read('%{IP:client.ip} %{WORD} %{NUMBER:took:float}', '192.0.2.1 GET 0.50');
    expect(seen.records[0]?.row).toEqual({ 'client.ip': '192.0.2.1', took: '0.50' });
  });

  it.each([
    ['(?<a>x', 'not a regular expression'],
    ['(x)', 'no named group, as in (?<status>\\d+)'],
    ['%{IPP:a}', 'no alias %{IPP}; did you mean %{IP}?'],
    ['%{constructor:a}', 'no alias %{constructor}'],
    ['%{IP:a} %{IP:a}', 'the same name twice'],
    ['(?<a>(x+)+)$', 'a repeated group that ends in a repetition can take for ever'],
  ])('refuses %s', (pattern, problem) => {
    try {
      compilePattern(pattern);
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(Fault);
      expect(thrown).toMatchObject({ code: 'CC1003', params: { problem } });
      return;
    }
    throw new Error('no fault was thrown');
  });

  it('keeps groups in their order, past classes and escapes', () => {
    const { labels } = compilePattern('\\(?<[(?<no>](?<b>x)(?:y|(?<a>z+\\.)+)');
    expect(labels).toEqual(['b', 'a']);
  });

  it('does not try lines that are too long for it', () => {
    const seen = read('(?<a>x)', `${'x'.repeat(70_000)}\nx`);
    expect(seen).toMatchObject({ records: [{ line: 2 }], rejects: [{ reason: 'too_large' }] });
  });

  it('has a sample for every alias', () => {
    expect(Object.keys(samples)).toEqual(Object.keys(grokAliases));
  });

  it.each(Object.entries(samples))('%s matches what it means', (alias, [good, bad]) => {
    const whole = new RegExp(`^(?:${grokAliases[alias]})$`);
    expect(whole.test(good)).toBe(true);
    expect(whole.test(bad)).toBe(false);
  });

  it('finds the same however the bytes are cut', () => {
    const text = textOf(['a', '1', ' ', '\n', 'ü', '\r\n']);
    fc.assert(
      fc.property(text, cutSizes, (value, cuts) => {
        expect(read('(?<a>[a-z]+)(?<n>\\d)?', value, cuts)).toEqual(
          read('(?<a>[a-z]+)(?<n>\\d)?', value),
        );
      }),
      { seed: 71, numRuns: 200 },
    );
  });
});
