import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReader, type LineDialect } from '../../../src/ingest/dialect.js';
import { fieldOf } from '../../../src/ingest/field-value.js';
import { defaultLimits, type FieldValue, type RecordLimits } from '../../../src/ingest/record.js';
import { createRecorder, cutSizes, type Recorded, textOf } from '../recorded.js';

const time = '2020-04-16T14:12:00.123456789Z';
const cri = (content: string, tag = 'F', stream = 'stdout') =>
  `${time} ${stream} ${tag} ${content}\n`;
const docker = (log: string, stream = 'stdout', more: object = {}) =>
  `${JSON.stringify({ log, stream, ...more, time })}\n`;

interface Read extends Recorded {
  readonly unterminated: boolean;
}

interface ReadOptions {
  readonly format?: 'ndjson' | 'logfmt' | 'plain';
  readonly cuts?: readonly number[];
  readonly limits?: RecordLimits;
}

/** Reads container lines; events of JSON are recorded like those of other formats. */
function read(text: string | Buffer, options: ReadOptions = {}): Read {
  const { format = 'plain', cuts = [], limits = defaultLimits } = options;
  const { seen, sink } = createRecorder();
  const inner: LineDialect = { format };
  const reader = createReader(
    { format: 'container', inner },
    { path: '-', limits, start: { line: 1, byteOffset: 0 } },
    {
      records: sink,
      scanned: {
        event({ row, keys }, bytes) {
          const fields: Record<string, FieldValue> = {};
          for (let at = 0; at < row.count; at += 1) {
            fields[keys.labels[row.label[at] ?? 0] ?? ''] = fieldOf(row, at, bytes);
          }
          seen.records.push({ line: 0, byteOffset: 0, raw: '', row: fields });
          return null;
        },
        reject: (place, { reason, message }) => sink.reject(place, reason, message),
        blank: sink.blank,
      },
    },
  );
  const bytes = Buffer.from(text);
  let start = 0;
  for (const cut of cuts) {
    reader.write(Buffer.from(bytes.subarray(start, start + cut)));
    start = Math.min(bytes.length, start + cut);
  }
  reader.write(bytes.subarray(start));
  reader.end();
  return { ...seen, unterminated: reader.unterminated() };
}

const wrapper = { observed_timestamp: time, 'log.iostream': 'stdout' };
const rowsOf = (text: string, options: ReadOptions = {}) => {
  const { records, rejects } = read(text, options);
  expect(rejects).toEqual([]);
  return records.map(({ row }) => row);
};

describe('reader of container logs', () => {
  it('reads JSON inside, with what the wrapper says', () => {
    const text =
      cri('{"a":{"b":1}}') + cri('{}') + docker(' {"a":"x"}\n', 'stdout', { attrs: { tag: 't' } });
    expect(rowsOf(text, { format: 'ndjson' })).toEqual([
      { ...wrapper, 'a.b': 1 },
      wrapper,
      { ...wrapper, 'attrs.tag': 't', a: 'x' },
    ]);
  });

  it('lets a line keep a column of its own by the name of one of the wrapper', () => {
    const own = '"log.iostream":"mine"';
    expect(rowsOf(cri(`{${own}}`), { format: 'ndjson' })).toEqual([
      { 'log.iostream': 'mine', observed_timestamp: time },
    ]);
    expect(rowsOf(docker('log.iostream=mine a=1\r\n'), { format: 'logfmt' })).toEqual([
      { a: '1', 'log.iostream': 'mine', observed_timestamp: time },
    ]);
  });

  it('reads other lines as messages', () => {
    const text = `${cri('Starting, ok') + cri('', 'F')}${time} stdout F\n${docker('a "b"\n', 'stderr')}`;
    expect(rowsOf(text)).toEqual([
      { ...wrapper, message: 'Starting, ok' },
      { ...wrapper, 'log.iostream': 'stderr', message: 'a "b"' },
    ]);
    expect(read(text).blank).toBe(2);
  });

  it('puts together what was cut, within a character and between the streams', () => {
    const [start, end] = [Buffer.from('ä').subarray(0, 1), Buffer.from('ä').subarray(1)];
    const text = Buffer.concat([
      Buffer.from(cri('a', 'P').trimEnd()),
      start,
      Buffer.from(`\n${cri('x', 'P', 'stderr')}`),
      Buffer.from(`${time} stdout P `),
      end,
      Buffer.from(`\n${cri('y', 'F', 'stderr')}${cri('b', 'F:x')}`),
      Buffer.from(docker('p') + docker('q\n')),
    ]);
    const seen = read(text);
    expect(seen.records.map(({ row, line }) => [line, row.message])).toEqual([
      [2, 'xy'],
      [1, 'aäb'],
      [6, 'pq'],
    ]);
    expect(seen.rejects).toEqual([]);
  });

  it.each<[string, string, string, number]>([
    ['oops\n', 'line_shape', 'not a line of a container log', 1],
    [`${time} stdout X a\n`, 'line_shape', 'not a line of a container log', 1],
    ['{"log":"a\\n"\n', 'json_syntax', 'not exactly one JSON value', 1],
    ['{"log":"a\\n","log":"b"}\n', 'dup_key', 'the same key twice in one object', 1],
    [
      '{"log":1,"stream":"stdout","time":"x"}\n',
      'line_shape',
      'no text in "log" or "time" of a container log',
      1,
    ],
    [docker('a\n', 'mine'), 'line_shape', 'neither stdout nor stderr in "stream"', 1],
    [docker('a\nb\n'), 'line_shape', 'a line end inside a line', 1],
    [cri('a') + cri('\xff', 'F').replace('\xff', '\0'), 'control', 'a NUL byte in text', 2],
    [cri('a') + cri('b', 'P'), 'line_shape', 'the file ends before the parts of this line do', 2],
    [
      docker('a\n') + docker('b'),
      'line_shape',
      'the file ends before the parts of this line do',
      2,
    ],
  ])('refuses %j', (text, reason, message, line) => {
    expect(read(text).rejects).toMatchObject([{ line, reason, message }]);
  });

  it('refuses JSON inside that is none, once', () => {
    const text = cri('{"a":1,"a":2}') + cri('{') + cri('panic') + cri('[1]');
    const { rejects, records } = read(text, { format: 'ndjson' });
    const reasons = ['dup_key', 'json_syntax', 'json_syntax', 'not_object'];
    expect(rejects.map(({ reason, line }) => [line, reason])).toEqual(
      reasons.map((reason, at) => [at + 1, reason]),
    );
    expect(records).toEqual([]);
  });

  it('holds no more than a line of a record that goes on and on', () => {
    const limits = { ...defaultLimits, lineBytes: 200 };
    const part = cri('x'.repeat(100), 'P');
    const seen = read(part.repeat(9) + cri('end') + cri('after'), { limits });
    expect(seen.records.map(({ row }) => row.message)).toEqual(['after']);
    const byteLength = part.length * 9 + cri('end').length - 1;
    expect(seen.rejects).toMatchObject([{ line: 1, reason: 'too_large', byteLength }]);
  });

  it.each<[string, boolean, number, number]>([
    [cri('a'), false, 1, 0],
    [cri('a').trimEnd(), true, 1, 0],
    [`${cri('a')}  `, false, 1, 0],
    [cri('a', 'P'), true, 0, 1],
    [cri('a', 'P') + cri('b').trimEnd(), true, 1, 0],
    [cri('a', 'P') + cri('b', 'P', 'stderr') + cri('c').trimEnd(), true, 0, 1],
    [cri('a', 'P') + time, true, 0, 1],
    [cri('a') + time, true, 1, 1],
  ])('knows of %j that its end is one record at most', (text, open, stored, refused) => {
    const seen = read(text);
    expect(seen.unterminated).toBe(open);
    expect([seen.records.length, seen.rejects.length]).toEqual([stored, refused]);
  });

  it('gives what was written, however it was cut into parts and streams', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((text) => {
      return text.trim() !== '' && !/[\0-\x1f\ufeff]/.test(text);
    });
    const lines = fc.array(fc.tuple(line, fc.constantFrom('stdout', 'stderr'), fc.nat(4)));
    fc.assert(
      fc.property(lines, fc.boolean(), cutSizes, (all, json, cuts) => {
        const parts = all.map(([text, stream, size]) => {
          const bytes = Buffer.from(text);
          const at = Math.min(size, bytes.length);
          const pieces = at === 0 || json ? [bytes] : [bytes.subarray(0, at), bytes.subarray(at)];
          return pieces.map((piece, place) => {
            const last = place === pieces.length - 1;
            if (json) return Buffer.from(docker(`${piece.toString()}\n`, stream));
            const start = Buffer.from(`${time} ${stream} ${last ? 'F' : 'P'} `);
            return Buffer.concat([start, piece, Buffer.from('\n')]);
          });
        });
        const seen = read(Buffer.concat(parts.flat()), { cuts });
        const found = seen.records.map(({ row }) => [row.message, row['log.iostream']]);
        expect(found).toEqual(all.map(([text, stream]) => [text, stream]));
      }),
      { seed: 59, numRuns: 100 },
    );
  });

  it('accounts for every line that is whole', () => {
    const pieces = [cri('{"a":1}'), docker('{"b":1}\n'), cri(''), 'x\n', '\n', ' ', '{', '"', time];
    fc.assert(
      fc.property(textOf(pieces), cutSizes, (text, cuts) => {
        const seen = read(text, { format: 'ndjson' });
        expect(read(text, { format: 'ndjson', cuts })).toEqual(seen);
        const lines = text.split('\n').filter((one, at, all) => at < all.length - 1 || one !== '');
        expect(seen.records.length + seen.rejects.length + seen.blank).toBe(lines.length);
      }),
      { seed: 61, numRuns: 150 },
    );
  });
});
