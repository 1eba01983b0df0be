import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogfmtReader } from '../../../src/ingest/readers/logfmt.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

function read(text: string, cuts: number[] = []): Recorded {
  const limits = { ...defaultLimits, fields: 5, keyChars: 10 };
  return readAll((sink) => createLogfmtReader({ limits }, sink), text, cuts);
}

describe('logfmt reader', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['a=1 b=two', { a: '1', b: 'two' }],
    ['msg="hello world" ok', { msg: 'hello world', ok: 'true' }],
    ['a="say \\"hi\\"\\n" b=1.10', { a: 'say "hi"\n', b: '1.10' }],
    ['a= b=""', { a: '', b: '' }],
    ['  a=1\t b=2  ', { a: '1', b: '2' }],
    ['a=b=c url=/x?y=z', { a: 'b=c', url: '/x?y=z' }],
    ['a="\\u00fc" b="\\ud800" c="\\u0000"', { a: 'ü', b: '\\ud800', c: '\\u0000' }],
    ['a="\\q" http.path=/', { a: '\\q', 'http.path': '/' }],
    ['a=x"y', { a: 'x"y' }],
    ['2020-04-16T14:12:00.5+00:00 a=1', { time: '2020-04-16T14:12:00.5+00:00', a: '1' }],
    ['[2020-04-16 14:12:00,5] ok a=1', { time: '2020-04-16 14:12:00,5', ok: 'true', a: '1' }],
    [
      '2020-04-16T14:12:00Z app[web.1]: a=1 time=9',
      { line_time: '2020-04-16T14:12:00Z', program: 'app[web.1]', a: '1', time: '9' },
    ],
  ])('reads %s', (text, row) => {
    expect(read(text)).toMatchObject({ records: [{ row }], rejects: [] });
  });

  it.each([
    ['just some words', 'line_shape', 'no key=value in the line'],
    ['a="open', 'line_shape', 'the quote at character 3 is not closed'],
    ['a="x"y b=1', 'line_shape', 'expected a space at character 6'],
    ['=1', 'line_shape', 'no key at character 1'],
    ['a=1 a=2', 'dup_key', 'the key "a" twice'],
    ['a=1 b=1 c=1 d=1 e=1 f=1', 'too_many_fields', '6 keys are over the limit of 5'],
    ['abcdefghijk=1', 'bad_key', 'a key of 11 characters is too long'],
  ])('rejects %s', (text, reason, message) => {
    expect(read(text)).toMatchObject({ records: [], rejects: [{ reason, message }] });
  });

  it('finds the same however the bytes are cut', () => {
    const text = textOf(['a=1', ' ', 'b="x y"', '\n', '"', '\\"', 'c', '=', '\r\n']);
    fc.assert(
      fc.property(text, cutSizes, (value, cuts) => {
        expect(read(value, cuts)).toEqual(read(value));
      }),
      { seed: 61, numRuns: 300 },
    );
  });

  it('reads back any text that was written with quotes', () => {
    const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''));
    fc.assert(
      fc.property(text, (value) => {
        const quoted = value
          .replaceAll('\\', '\\\\')
          .replaceAll('"', '\\"')
          .replaceAll('\n', '\\n')
          .replaceAll('\r', '\\r');
        expect(read(`k="${quoted}"`).records[0]?.row).toEqual({ k: value });
      }),
      { seed: 62 },
    );
  });
});
