import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createW3cReader, fitW3c } from '../../../src/ingest/readers/w3c-log.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

function read(text: string, cuts: number[] = []): Recorded {
  return readAll((sink) => createW3cReader(defaultLimits, sink), text, cuts);
}

const rowsOf = (text: string) => {
  const { records, rejects } = read(text);
  expect(rejects).toEqual([]);
  return records.map(({ row }) => row);
};

const iis =
  '#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n' +
  '#Date: 2026-03-17 00:00:01\r\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query ' +
  's-port cs-username c-ip cs(User-Agent) sc-status sc-substatus sc-win32-status time-taken\r\n';
const iisRow =
  '2026-03-17 08:01:15 10.0.2.10 GET /Dashboard.aspx - 80 DOM\\jsmith 2001:db8::7 ' +
  'Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64) 404 14 2147942402 1250\r\n';

describe('W3C log reader', () => {
  it('reads a log of IIS', () => {
    expect(rowsOf(iis + iisRow)).toEqual([
      {
        time: '2026-03-17 08:01:15',
        's-ip': '10.0.2.10',
        'cs-method': 'GET',
        'cs-uri-stem': '/Dashboard.aspx',
        'cs-uri-query': null,
        's-port': 80,
        'cs-username': 'DOM\\jsmith',
        'c-ip': '2001:db8::7',
        'cs(User-Agent)': 'Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)',
        'sc-status': 404,
        'sc-substatus': 14,
        'sc-win32-status': 2_147_942_402,
        'time-taken': 1250,
      },
    ]);
  });

  it('reads a log of CloudFront: names between spaces, values between tabs', () => {
    const fields = 'date time x-edge-location sc-bytes cs(Host) sc-status time-taken cs(Cookie)';
    const row = '2014-05-23\t01:13:11\tFRA2\t182\td1.cloudfront.net\t000\t0.001\tzip=98101; a%20b';
    expect(rowsOf(`#Version: 1.0\n#Fields: ${fields}\n${row}\n`)).toEqual([
      {
        time: '2014-05-23 01:13:11',
        'x-edge-location': 'FRA2',
        'sc-bytes': 182,
        'cs(Host)': 'd1.cloudfront.net',
        'sc-status': '000',
        'time-taken': 0.001,
        'cs(Cookie)': 'zip=98101; a%20b',
      },
    ]);
  });

  it('takes other names where #Fields comes again, and the time as it is without a date', () => {
    const text = '#Fields: time a\n1 2\n#Date: 2020-01-01\n#fields:\tb date x time\n1 d x t\n';
    expect(rowsOf(text)).toEqual([
      { time: '1', a: '2' },
      { b: '1', x: 'x', time: 'd t' },
    ]);
  });

  it.each([
    ['"say ""hi"" now" x', 'say "hi" now', 'x'],
    ['"a b" "c"', 'a b', 'c'],
    ['"a b', '"a', 'b'],
    ['x"y "', 'x"y', '"'],
    ['"" -', null, null],
  ])('reads the fields of %j', (line, a, b) => {
    const seen = read(`#Fields: a b\n${line}\n`);
    expect(seen.records[0]?.row ?? seen.rejects[0]?.message).toEqual({ a, b });
  });

  it.each([
    ['1 2\n', 'line_shape', 'no #Fields above it'],
    ['#Fields: a b\n1 2 3\n', 'line_shape', 'expected 2 fields as in #Fields, found 3'],
    ['#Fields: a b\n# 1 2\n', 'line_shape', 'expected 2 fields as in #Fields, found 3'],
    ['#Fields: a a\n1 2\n', 'dup_key', '#Fields names "a" twice'],
    [`#Fields: ${'k'.repeat(257)}\n1\n`, 'bad_key', '#Fields has a name over 256 long'],
  ])('refuses a line of %j', (text, reason, message) => {
    expect(read(text).rejects).toMatchObject([{ reason, message }]);
  });

  it.each([
    ['#Fields: a b\n1 2', true],
    ['#Fields: a b\n1 2\n#Fie', true],
    ['#Fields: a b\n1 2\n#Fields: a', false],
    ['#Fields: a b\n1 2\n', false],
  ])('knows of %j whether a record may go on', (text, open) => {
    const nothing = () => {};
    const sink = { record: nothing, reject: nothing, blank: nothing };
    const reader = createW3cReader(defaultLimits, sink);
    reader.write(Buffer.from(text));
    reader.end();
    expect(reader.unterminated()).toBe(open);
  });

  it('tells how many lines fit', () => {
    expect(fitW3c(['#Version: 1.0', '#Fields: a b', '1 2', '1'], defaultLimits)).toEqual({
      records: 2,
      fitting: 1,
    });
    expect(fitW3c(['a b', '1 2'], defaultLimits)).toBeNull();
  });

  it('finds the same however the bytes are cut, and accounts for every line', () => {
    const pieces = [iis, iisRow, '#Fields: a b\n', '"', '""', ' ', 'x', '\t', '\n', '#', '#Date: '];
    fc.assert(
      fc.property(textOf(pieces), cutSizes, (text, cuts) => {
        const seen = read(text);
        expect(read(text, cuts)).toEqual(seen);
        const lines = text
          .split('\n')
          .filter((line, at, all) => at < all.length - 1 || line !== '');
        const said = lines.filter((line) => /^#[A-Za-z][\w-]*:/.test(line)).length;
        expect(seen.records.length + seen.rejects.length + seen.blank + said).toBe(lines.length);
      }),
      { seed: 53, numRuns: 200 },
    );
  });
});
