import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsOf, startOfBucket } from '../../src/time/granularity.js';
import { microsPerDay, microsPerHour } from '../../src/time/instant.js';

const at = (text: string): number => Date.parse(text) * 1000;
const starts = (buckets: ReturnType<typeof bucketsOf>): readonly string[] =>
  Array.from({ length: buckets.count + 1 }, (_, index) =>
    new Date(startOfBucket(buckets, index) / 1000).toISOString().slice(0, 16),
  );

describe('days of a zone', () => {
  it('are 23 and 25 hours long when clocks change', () => {
    const spring = { start: at('2020-03-28T12:00:00Z'), end: at('2020-03-30T12:00:00Z') };
    expect(starts(bucketsOf(spring, microsPerDay, 'Europe/Berlin'))).toEqual([
      '2020-03-27T23:00',
      '2020-03-28T23:00',
      '2020-03-29T22:00',
      '2020-03-30T22:00',
    ]);
    const autumn = { start: at('2020-10-25T00:00:00Z'), end: at('2020-10-26T00:00:00Z') };
    expect(starts(bucketsOf(autumn, microsPerDay, 'Europe/Berlin'))).toEqual([
      '2020-10-24T22:00',
      '2020-10-25T23:00',
      '2020-10-26T23:00',
    ]);
  });

  it('make weeks that begin on Monday', () => {
    const range = { start: at('2020-03-26T00:00:00Z'), end: at('2020-03-31T00:00:00Z') };
    expect(starts(bucketsOf(range, 7 * microsPerDay, 'Europe/Berlin'))).toEqual([
      '2020-03-22T23:00',
      '2020-03-29T22:00',
      '2020-04-05T22:00',
    ]);
  });

  it('are those of UTC for hours and in UTC', () => {
    const range = { start: at('2020-03-29T00:30:00Z'), end: at('2020-03-29T03:00:00Z') };
    for (const [step, zone] of [
      [microsPerHour, 'Europe/Berlin'],
      [microsPerDay, 'UTC'],
    ] as const) {
      const { runs } = bucketsOf(range, step, zone);
      expect(runs).toEqual([{ first: 0, start: at('2020-03-29T00:00:00Z'), stepMicros: step }]);
    }
  });

  it('cover every window without holes', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', '+05:30'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 800 }),
        fc.integer({ min: 1, max: 500 * 24 }),
        fc.constantFrom(1, 2, 7),
        (zone, day, hours, days) => {
          const start = at('2019-01-01T05:17:00Z') + day * microsPerDay;
          const range = { start, end: start + hours * microsPerHour };
          const buckets = bucketsOf(range, days * microsPerDay, zone);
          expect(startOfBucket(buckets, 0)).toBeLessThanOrEqual(range.start);
          expect(startOfBucket(buckets, 1)).toBeGreaterThan(range.start);
          expect(startOfBucket(buckets, buckets.count - 1)).toBeLessThan(range.end);
          expect(startOfBucket(buckets, buckets.count)).toBeGreaterThanOrEqual(range.end);
        },
      ),
      { seed: 7, numRuns: 200 },
    );
  });
});
