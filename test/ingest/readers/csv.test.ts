import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/base/fault.js';
import {
  type CsvOptions,
  createCsvReader,
  type Delimiter,
} from '../../../src/ingest/readers/csv.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

const plain: CsvOptions = { path: 'a.csv', delimiter: ',', columns: null, limits: defaultLimits };

function read(
  text: string | Buffer,
  options: Partial<CsvOptions> = {},
  cuts: number[] = [],
): Recorded {
  return readAll((sink) => createCsvReader({ ...plain, ...options }, sink), text, cuts);
}

function rows(text: string, options: Partial<CsvOptions> = {}): unknown[] {
  return read(text, options).records.map((record) => Object.values(record.row));
}

function rejects(text: string | Buffer, options: Partial<CsvOptions> = {}): unknown[] {
  return read(text, options).rejects.map(({ line, reason }) => [line, reason]);
}

describe('csv reader', () => {
  it.each<[string, string, unknown[]]>([
    [
      'plain cells',
      'a,b\n1,2\n3,4\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['no last line end', 'a,b\n1,2', [['1', '2']]],
    [
      'CRLF and LF mixed',
      'a,b\r\n1,2\n3,4\r\n',
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['empty is null, quoted empty is text', 'a,b,c\n,"",x\n', [[null, '', 'x']]],
    ['doubled quotes', 'a\n"say ""hi"""\n', [['say "hi"']]],
    ['delimiter and line ends in quotes', 'a,b\n"1,\r\n2\n",3\n', [['1,\r\n2\n', '3']]],
    ['versions and hashes stay text', 'v\n1.10\n7e10\n007\n', [['1.10'], ['7e10'], ['007']]],
    ['spaces belong to the cell', 'a,b\n 1 , 2\n', [[' 1 ', ' 2']]],
    ['last cell empty', 'a,b\n1,\n', [['1', null]]],
    ['a lone return is text', 'a,b\n1\r2,3\n', [['1\r2', '3']]],
    ['header only', 'a,b\n', []],
  ])('%s', (_, text, expected) => {
    expect(rows(text)).toEqual(expected);
    expect(read(text).rejects).toEqual([]);
  });

  it('keeps the physical line and the bytes of records that span lines', () => {
    const seen = read('a,b\n"x\ny",1\n\n2,3,4\n');
    expect(seen.records[0]).toMatchObject({ line: 2, byteOffset: 4, raw: '"x\ny",1' });
    expect(seen.rejects[0]).toMatchObject({ line: 5, byteOffset: 13, reason: 'csv_shape' });
    expect(seen.rejects[0]?.message).toBe('expected 2 cells, found 3');
    expect(seen.blank).toBe(1);
  });

  it.each<[string, string, unknown[], unknown[]]>([
    ['a quote inside a bare cell', 'a,b\n1"2,3\n4,5\n', [[2, 'csv_quote']], [['4', '5']]],
    ['text behind a closing quote', 'a,b\n"1"2,3\n4,5\n', [[2, 'csv_quote']], [['4', '5']]],
    [
      'a quote never closed',
      'a,b\n"1,2\n3,4\n5,6',
      [[2, 'csv_quote']],
      [
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    [
      'closed by a later record',
      'a,b\n1,"2\n3,"4"\n5,6\n',
      [[2, 'csv_quote']],
      [
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    [
      'two in a row',
      'a,b\n"1,2\n"3,4\n5,6\n',
      [
        [2, 'csv_quote'],
        [3, 'csv_quote'],
      ],
      [['5', '6']],
    ],
  ])('resynchronises after %s', (_, text, bad, good) => {
    expect(rejects(text)).toEqual(bad);
    expect(rows(text)).toEqual(good);
  });

  it('gives up an open quote at the limit of a record', () => {
    const limits = { ...defaultLimits, lineBytes: 20 };
    const text = `a,b\n"1,2\n${'3,4\n'.repeat(10)}`;
    expect(rejects(text, { limits })).toEqual([[2, 'csv_quote']]);
    expect(rows(text, { limits })).toHaveLength(10);
    expect(rejects('a,b\n"1234567890\n1234567890",1\n', { limits })).toEqual([[2, 'too_large']]);
    const long = `a,b\n"x\n${'y'.repeat(50)}\n1,2\n`;
    expect(rejects(long, { limits })).toEqual([
      [2, 'csv_quote'],
      [3, 'too_large'],
    ]);
    expect(rows(long, { limits })).toEqual([['1', '2']]);
  });

  it('rejects what is no text, record by record', () => {
    const bytes = Buffer.concat([
      Buffer.from('a,b\n1,'),
      Buffer.from([0xff, 10]),
      Buffer.from('1,\0\n3,4'),
    ]);
    expect(rejects(bytes)).toEqual([
      [2, 'utf8'],
      [3, 'control'],
    ]);
  });

  it.each<[Delimiter]>([['\t'], [';'], ['|']])('reads cells between %j', (delimiter) => {
    const text = `${['a', 'b,c'].join(delimiter)}\n${['1', '"2"'].join(delimiter)}`;
    expect(read(text, { delimiter }).records[0]?.row).toEqual({ a: '1', 'b,c': '2' });
  });

  it('takes a line of tabs as empty cells where tabs are the delimiter', () => {
    expect(rows('a\tb\n\t\n', { delimiter: '\t' })).toEqual([[null, null]]);
    expect(read('a,b\n\t\n').blank).toBe(1);
  });

  it('takes names from outside: then the first line is a record', () => {
    expect(read('1,2\n', { columns: ['a', 'b'] }).records[0]?.row).toEqual({ a: '1', b: '2' });
  });

  it('takes the byte order mark off the header', () => {
    expect(read('\ufeff"a",b\n1,2\n').records[0]?.row).toEqual({ a: '1', b: '2' });
  });

  it('names columns without a name by their place', () => {
    expect(read(',b,""\n0,1,2\n').records[0]?.row).toEqual({
      column_1: '0',
      b: '1',
      column_3: '2',
    });
  });

  it.each([
    ['a,b,a\n1,2,3\n', 'the header names "a" twice, columns 1 and 3'],
    ['a,column_1\n,"b\n', null],
    ['"a,b\n1,2\n', 'a quote is opened and not closed in the header'],
    ['a"b,c\n1,2\n', 'a quote in the middle of a cell in the header'],
    ['a\0,b\n1,2\n', 'a NUL byte in text in the header'],
    [`${'k'.repeat(257)},b\n`, 'the name of column 1 is over 256 long'],
  ])('judges the header of %j', (text, reason) => {
    if (reason === null) {
      expect(read(text).rejects).toHaveLength(1);
      return;
    }
    const fault = faultOf(() => read(text));
    expect(fault.code).toBe('CC2004');
    expect(fault.params.reason).toBe(reason);
  });

  it('finds the same however the bytes are cut', () => {
    const text = textOf(['a', '1,2', ',', '"', '""', '\n', '\r\n', 'ü', '\n1,2\n', '"x\ny"']);
    const limits = { ...defaultLimits, lineBytes: 25 };
    fc.assert(
      fc.property(text, cutSizes, (value, cuts) => {
        const options = { columns: ['a', 'b'], limits };
        expect(read(value, options, cuts)).toEqual(read(value, options));
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  it('counts every physical line of a file without quotes once', () => {
    fc.assert(
      fc.property(textOf(['a', ',', '\n', 'b,c\n', '\r\n']), (value) => {
        const seen = read(value, { columns: ['a', 'b'] });
        const lines = value.split('\n').length - (value.endsWith('\n') || value === '' ? 1 : 0);
        expect(seen.records.length + seen.rejects.length + seen.blank).toBe(lines);
      }),
      { seed: 22 },
    );
  });

  it('reads back what a writer wrote', () => {
    const cell = fc.oneof(
      fc.constantFrom('', 'a,b', '"', '\n', '\r\n', 'x"y', ' ', null),
      fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), cutSizes, (table, cuts) => {
        const lines = table.map((row) => row.map(written).join(','));
        const seen = read(['a,b', ...lines, ''].join('\r\n'), {}, cuts);
        expect(seen.rejects).toEqual([]);
        expect(seen.records.map((record) => Object.values(record.row))).toEqual(table);
      }),
      { seed: 23, numRuns: 300 },
    );
  });
});

function written(cell: string | null): string {
  return cell === null ? '' : `"${cell.replaceAll('"', '""')}"`;
}

function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error('no fault was thrown');
}
