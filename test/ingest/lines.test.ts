import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLineSplitter,
  createTextReader,
  type Line,
  lineText,
} from '../../src/ingest/lines.js';
import { defaultLimits, type RecordPlace } from '../../src/ingest/record.js';
import { cutSizes, readAll, textOf } from './recorded.js';

interface Split {
  readonly lines: readonly [number, number, string, string][];
  readonly large: readonly RecordPlace[];
  readonly unterminated: boolean;
}

function split(text: string | Buffer, lineBytes = 10, cuts: readonly number[] = []): Split {
  const lines: [number, number, string, string][] = [];
  const large: RecordPlace[] = [];
  const splitter = createLineSplitter(lineBytes, {
    line: ({ number, byteOffset, bytes, terminator }) =>
      lines.push([number, byteOffset, bytes.toString('latin1'), terminator]),
    tooLarge: (place) => large.push({ ...place, raw: Buffer.from(place.raw) }),
  });
  const bytes = Buffer.from(text);
  let start = 0;
  for (const cut of cuts) {
    splitter.write(bytes.subarray(start, start + cut));
    start = Math.min(bytes.length, start + cut);
  }
  splitter.write(bytes.subarray(start));
  splitter.end();
  return { lines, large, unterminated: splitter.unterminated() };
}

describe('line splitter', () => {
  it.each<[string, Split['lines'], boolean]>([
    ['', [], false],
    ['a', [[1, 0, 'a', '']], true],
    ['a\n', [[1, 0, 'a', '\n']], false],
    [
      'a\r\nb',
      [
        [1, 0, 'a', '\r\n'],
        [2, 3, 'b', ''],
      ],
      true,
    ],
    [
      '\n\nx\n',
      [
        [1, 0, '', '\n'],
        [2, 1, '', '\n'],
        [3, 2, 'x', '\n'],
      ],
      false,
    ],
    ['a\rb\n', [[1, 0, 'a\rb', '\n']], false],
    ['a\r', [[1, 0, 'a\r', '']], true],
    ['a\r\r\n', [[1, 0, 'a\r', '\r\n']], false],
    ['0123456789\r\n', [[1, 0, '0123456789', '\r\n']], false],
  ])('cuts %j', (text, lines, unterminated) => {
    expect(split(text)).toEqual({ lines, large: [], unterminated });
  });

  it('counts an over-long line once, with its offset, length and hash', () => {
    const long = 'x'.repeat(100_000);
    const seen = split(`ok\n${long}\r\nend\n`, 10, [5, 7, 20_000, 79_000]);
    expect(seen.lines).toEqual([
      [1, 0, 'ok', '\n'],
      [3, 100_005, 'end', '\n'],
    ]);
    expect(seen.large).toEqual([
      {
        line: 2,
        byteOffset: 3,
        raw: expect.anything(),
        whole: {
          byteLength: 100_000,
          sha256: createHash('sha256').update(long).digest('hex'),
        },
      },
    ]);
    expect(Buffer.from(seen.large[0]?.raw ?? []).toString()).toBe('x'.repeat(10));
  });

  it('gives the same lines however the bytes are cut', () => {
    const text = textOf(['a', 'bcd', '\r', '\n', '\r\n', 'ü', '0123456789']);
    fc.assert(
      fc.property(text, cutSizes, (value, cuts) => {
        const whole = split(value);
        const pieces = split(value, 10, cuts);
        expect(pieces.lines).toEqual(whole.lines);
        expect(pieces.unterminated).toBe(whole.unterminated);
        expect(pieces.large).toEqual(whole.large);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it('loses no byte: lines and their ends joined are the input', () => {
    fc.assert(
      fc.property(textOf(['a', '\r', '\n', '\r\n', '{}', ' ']), (value) => {
        const { lines } = split(value, 1000);
        expect(lines.map(([, , text, end]) => text + end).join('')).toBe(value);
      }),
      { seed: 12 },
    );
  });
});

describe('text reader', () => {
  const read = (text: string | Buffer): ReturnType<typeof readAll> =>
    readAll(
      (sink) =>
        createTextReader({ ...defaultLimits, lineBytes: 20 }, sink, (line: Line, found) =>
          sink.record(
            { line: line.number, byteOffset: line.byteOffset, raw: line.bytes },
            ['t'],
            [found],
          ),
        ),
      text,
    );

  it('sorts out blank, undecodable and over-long lines', () => {
    const bytes = Buffer.concat([
      Buffer.from('one\n \t\r\n\n'),
      Buffer.from([0x61, 0xff, 10, 0xed, 0xa0, 0x80, 10, 0xc0, 0x80, 10]),
      Buffer.from('a\0b\nthis line is far too long for it\ntwo'),
    ]);
    const seen = read(bytes);
    expect(seen.records.map((record) => record.row.t)).toEqual(['one', 'two']);
    expect(seen.blank).toBe(2);
    expect(seen.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'utf8'],
      [5, 'utf8'],
      [6, 'utf8'],
      [7, 'control'],
      [8, 'too_large'],
    ]);
    expect(seen.rejects[4]?.message).toBe('a record of 32 bytes is over the limit of 20');
    expect(seen.records[1]?.line).toBe(9);
  });

  it('takes a byte order mark off the first line only', () => {
    const seen = read('\ufeffa\n\ufeffb\n');
    expect(seen.records.map((record) => record.row.t)).toEqual(['a', '\ufeffb']);
    expect(read('\ufeff\n').blank).toBe(1);
  });

  it('decodes what is beyond ASCII', () => {
    const line: Line = { number: 1, byteOffset: 0, bytes: Buffer.from('日本 ü'), terminator: '' };
    expect(lineText(line)).toBe('日本 ü');
  });
});
