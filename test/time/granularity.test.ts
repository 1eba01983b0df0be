import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import {
  formatDuration,
  parseDuration,
  readDuration,
  readWrittenDuration,
} from '../../src/time/duration.js';
import { formatInstant, formatMoment, formatRange } from '../../src/time/format.js';
import {
  bucketStarts,
  chooseStep,
  maxAutoBuckets,
  resolveStep,
} from '../../src/time/granularity.js';
import { microsPerDay, microsPerHour, microsPerMinute } from '../../src/time/instant.js';

const start = Date.UTC(2020, 3, 16) * 1000;
const span = (micros: number) => ({ start, end: start + micros });

describe('granularity', () => {
  it.each([
    [2 * microsPerHour, '1m'],
    [93 * microsPerMinute, '1m'],
    [microsPerDay, '15m'],
    [7 * microsPerDay, '2h'],
    [60 * microsPerDay, '12h'],
    [365 * microsPerDay, '7d'],
    [1000 * microsPerDay, '28d'],
    [1000, '1ms'],
  ])('chooses a nice step for %d µs', (micros, expected) => {
    expect(formatDuration(chooseStep(span(micros)))).toBe(expected);
  });

  it('covers every window with at most 120 aligned buckets', () => {
    const property = fc.property(
      fc.integer({ min: -8e14, max: 7e15 }),
      fc.oneof(fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 1, max: 1e15 })),
      (from, length) => {
        const range = { start: from, end: from + length };
        const step = chooseStep(range);
        const starts = bucketStarts(range, step);
        expect(starts.length).toBeLessThanOrEqual(maxAutoBuckets);
        expect(starts[0]).toBeLessThanOrEqual(from);
        expect((starts[0] ?? 0) + step).toBeGreaterThan(from);
        expect(starts.at(-1)).toBeLessThan(range.end);
        expect((starts.at(-1) ?? 0) + step).toBeGreaterThanOrEqual(range.end);
      },
    );
    fc.assert(property, { seed: 20200416, numRuns: 1000 });
  });

  it('aligns weeks to Monday and gives no bucket for an empty window', () => {
    const [first] = bucketStarts(span(microsPerDay), 7 * microsPerDay);
    expect(formatInstant(first ?? 0)).toBe('2020-04-13T00:00:00Z');
    expect(bucketStarts(span(0), microsPerDay)).toEqual([]);
  });

  it('takes the step asked for, within a limit', () => {
    expect(resolveStep('5m', span(microsPerDay))).toBe(5 * microsPerMinute);
    expect(resolveStep(null, span(microsPerDay))).toBe(15 * microsPerMinute);
    const refuse = (every: string): string => {
      try {
        return String(resolveStep(every, span(microsPerDay)));
      } catch (error) {
        return error instanceof Fault ? `${error.code} ${error.message} | ${error.hint}` : 'bug';
      }
    };
    expect(resolveStep('1m', span(60 * microsPerDay))).toBe(microsPerMinute);
    expect(refuse('100ms')).toBe(
      'CC1003 option --every: 100ms gives 864000 buckets, more than 100000 | write --every 1s or more',
    );
    expect(refuse('fast')).toBe('CC1103 cannot read fast as a duration | write 30s, 5m, 1h or 2d');
  });
});

describe('a duration', () => {
  it.each([
    ['250ms', 250_000],
    ['1.5s', 1_500_000],
    ['2m', 120_000_000],
    ['2min', 120_000_000],
    ['1h30m', 5_400_000_000],
    ['3d', 259_200_000_000],
    ['1w', 604_800_000_000],
    ['7µs', 7],
    ['500ns', 0.5],
    ['5', null],
    ['m', null],
    ['5 m', null],
    ['-5m', null],
    ['1e3s', null],
    ['99999999999999d', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(readDuration(text)).toBe(expected);
  });

  it.each<[string, number | null]>([
    ['12.3ms', 12.3],
    ['4.042817ms', 4.042817],
    ['1.5 s', 1500],
    ['1h2m3.25s', 3_723_250],
    ['850µs', 0.85],
    ['1ns', 0.000_001],
    ['0s', 0],
    ['12,3ms', null],
    ['12', null],
    ['-1s', null],
    ['1s 2ms', null],
    ['1s'.repeat(40), null],
  ])('of a program, %s, in milliseconds', (text, expected) => {
    expect(readWrittenDuration(text)).toBe(expected);
  });

  it('is read back as it was written', () => {
    const property = fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (micros) => {
      expect(parseDuration(formatDuration(micros))).toBe(micros);
    });
    fc.assert(property, { seed: 20200416 });
    expect(formatDuration(0)).toBe('0s');
    expect(formatDuration(-1000)).toBe('-1ms');
  });
});

describe('an instant for people', () => {
  it('is as short as it can be', () => {
    const range = { start: start + 51_120_000_000, end: start + 56_700_250_000 };
    expect(formatRange(range)).toBe('2020-04-16 14:12 → 15:45:00.250');
    expect(formatRange(span(microsPerDay))).toBe('2020-04-16 00:00 → 2020-04-17 00:00');
    expect(formatMoment(start, 'Asia/Kathmandu')).toBe('2020-04-16 05:45');
    expect(formatInstant(-1)).toBe('1969-12-31T23:59:59.999999Z');
  });
});
