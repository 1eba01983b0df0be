import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  epochTimestamp,
  inTimeRange,
  parseTimestamp,
  readTimestamp,
} from '../../src/ingest/timestamp.js';

const base = Date.UTC(2015, 4, 17, 10, 5, 3) * 1000;

describe('parseTimestamp', () => {
  it.each<[string, number, boolean]>([
    ['2015-05-17T10:05:03Z', base, true],
    ['2015-05-17t10:05:03z', base, true],
    ['2015-05-17 10:05:03', base, true],
    ['2015-05-17T10:05:03', base, true],
    ['2015-05-17 10:05:03 UTC', base, true],
    ['2015-05-17T15:35:03+05:30', base, true],
    ['2015-05-17T12:05:03+0200', base, true],
    ['2015-05-17 12:05:03 +0200', base, true],
    ['2015-05-17T05:05:03-05', base, true],
    ['2015-05-17T10:05:03.1Z', base + 100_000, true],
    ['2015-05-17T10:05:03,123Z', base + 123_000, true],
    ['2015-05-17T10:05:03.123456Z', base + 123_456, true],
    ['2015-05-17T10:05:03.123456000Z', base + 123_456, true],
    ['2015-05-17T10:05:03.123456789Z', base + 123_456, false],
    ['2015-05-17T10:05Z', base - 3_000_000, true],
    ['17/May/2015:10:05:03 +0000', base, true],
    ['17/May/2015:12:05:03 +0200', base, true],
    ['[17/May/2015:10:05:03 +0000]', base, true],
    ['2015/05/17 10:05:03', base, true],
    ['17.05.2015 10:05:03', base, true],
    ['17.5.2015, 10:05:03,250', base + 250_000, true],
    ['17.05.2015 10:05', base - 3_000_000, true],
    ['Sun May 17 10:05:03.250000 2015', base + 250_000, true],
    ['[Sun May 17 10:05:03 2015]', base, true],
    ['Sun, 17 May 2015 10:05:03 GMT', base, true],
    ['1431857103', base, true],
    ['1431857103.5', base + 500_000, true],
    ['1431857103.123456', base + 123_456, true],
    ['1431857103.1234567', base + 123_456, false],
    ['1431857103123', base + 123_000, true],
    ['1431857103123.25', base + 123_250, true],
    ['1431857103123456', base + 123_456, true],
    ['1431857103123456789', base + 123_456, false],
    ['1431857103123456000', base + 123_456, true],
    ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29) * 1000, true],
    ['2016-12-31T23:59:60Z', Date.UTC(2017, 0, 1) * 1000, true],
  ])('reads %s', (text, micros, exact) => {
    expect(parseTimestamp(text)).toEqual({ micros, exact });
  });

  it.each([
    '',
    ' ',
    'now',
    'infinity',
    '-infinity',
    'epoch',
    'today',
    'NaN',
    'true',
    '-',
    '2015-05-17',
    '2015-02-30T00:00:00Z',
    '2015-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2015-13-01T00:00:00Z',
    '2015-00-01T00:00:00Z',
    '2015-05-00T00:00:00Z',
    '2015-05-17T24:00:00Z',
    '2015-05-17T10:60:00Z',
    '2015-05-17T10:05:60Z',
    '2015-05-17T10:05:03.Z',
    '2015-05-17T10:05:03+24:00',
    '2015-05-17T10:05:03+05:60',
    '2015-05-17T10:05:03+5',
    '2015-05-17T10:05:03 ',
    '2015-05-17T10:05:03Z ',
    ' 2015-05-17T10:05:03Z',
    '2015-05-17T10:05:03ZZ',
    '2015-05-17T10:05:03X',
    '2015-05-17_10:05:03Z',
    '2015-5-17T10:05:03Z',
    '15-05-17T10:05:03Z',
    '31/Feb/2015:10:05:03 +0000',
    '17/Foo/2015:10:05:03 +0000',
    '17/May/2015:25:05:03 +0000',
    'May 17 10:05:03',
    '05.17.2015 10:05:03',
    '17.05.15 10:05:03',
    '0x5',
    '1,431,857,103',
    '1431857103Z',
    '99999999999999999999',
    '1e99',
    '１431857103',
  ])('finds no time in %j', (text) => {
    expect(parseTimestamp(text)).toBe('invalid');
  });

  it.each<[string, number, number]>([
    ['May 17 10:05:03', Date.UTC(2015, 5, 1), Date.UTC(2015, 4, 17, 10, 5, 3)],
    ['Dec 31 23:59:59', Date.UTC(2015, 0, 2), Date.UTC(2014, 11, 31, 23, 59, 59)],
    ['Jan  1 00:00:01', Date.UTC(2014, 11, 31, 23), Date.UTC(2015, 0, 1, 0, 0, 1)],
    ['Feb 29 12:00:00', Date.UTC(2019, 5, 1), Date.UTC(2016, 1, 29, 12)],
  ])('takes the year of %s from the reference and stays out of the future', (text, at, wanted) => {
    expect(parseTimestamp(text, at * 1000)).toEqual({ micros: wanted * 1000, exact: true });
  });

  it('agrees with Date.UTC on any instant', () => {
    const min = Date.UTC(1970, 0, 1);
    const max = Date.UTC(2199, 11, 31);
    fc.assert(
      fc.property(fc.integer({ min, max }), fc.integer({ min: -1439, max: 1439 }), (ms, offset) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(offset);
        const pad = (value: number): string => String(value).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
        expect(parseTimestamp(`${local}${zone}`)).toEqual({ micros: ms * 1000, exact: true });
      }),
      { seed: 41, numRuns: 2000 },
    );
  });

  it('accepts a day exactly when the calendar has it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1999, max: 2101 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (year, month, day) => {
          const pad = (value: number): string => String(value).padStart(2, '0');
          const date = new Date(Date.UTC(year, month - 1, day));
          const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
          const found = parseTimestamp(`${year}-${pad(month)}-${pad(day)}T00:00:00Z`);
          expect(found).toEqual(real ? { micros: date.getTime() * 1000, exact: true } : 'invalid');
        },
      ),
      { seed: 42, numRuns: 2000 },
    );
  });
});

describe('epochTimestamp', () => {
  it.each<[number | bigint, number | 'invalid']>([
    [1431857103, base],
    [1431857103.123456, base + 123_456],
    [1646861401.5241024, base + 215_004_298_524_102],
    [1431857103123, base + 123_000],
    [1431857103123456n, base + 123_456],
    [1431857103123456789n, base + 123_456],
    [0, 0],
    [-1, -1_000_000],
    [1.431857103e9, base],
    [Number.NaN, 'invalid'],
    [Number.POSITIVE_INFINITY, 'invalid'],
    [1e-7, 'invalid'],
    [1e300, 'invalid'],
  ])('reads %s', (value, expected) => {
    const found = epochTimestamp(value);
    expect(found === 'invalid' ? found : found.micros).toBe(expected);
  });

  it('says when digits below a microsecond were dropped', () => {
    expect(epochTimestamp(1646861401.5241024)).toMatchObject({ exact: false });
    expect(epochTimestamp(1646861401.524102)).toMatchObject({ exact: true });
  });
});

describe('inTimeRange', () => {
  const now = Date.UTC(2020, 0, 1) * 1000;
  it.each<[number, boolean]>([
    [Date.UTC(2000, 0, 1) * 1000, true],
    [Date.UTC(2000, 0, 1) * 1000 - 1, false],
    [now + 86_400_000_000, true],
    [now + 86_400_000_001, false],
  ])('judges %d', (micros, expected) => {
    expect(inTimeRange(micros, now)).toBe(expected);
  });
});

describe('readTimestamp', () => {
  it('reads text and numbers, and nothing else', () => {
    expect(readTimestamp('2015-05-17T10:05:03Z')).toEqual({ micros: base, exact: true });
    expect(readTimestamp(1431857103)).toEqual({ micros: base, exact: true });
    expect(readTimestamp(1431857103000n)).toEqual({ micros: base, exact: true });
    expect(readTimestamp(true)).toBeNull();
    expect(readTimestamp('soon')).toBeNull();
    expect(readTimestamp({ kind: 'json', text: '[1431857103]' })).toBeNull();
  });
});
