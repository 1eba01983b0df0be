import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketsOf, startOfBucket } from '../../src/time/granularity.js';
import { microsPerDay, microsPerHour } from '../../src/time/instant.js';
import {
  bucketsBack,
  instantBack,
  rangeBack,
  readShift,
  shiftBetween,
} from '../../src/time/shift.js';

const berlin = 'Europe/Berlin';
const at = (text: string): number => Date.parse(text) * 1000;
const iso = (micros: number): string => new Date(micros / 1000).toISOString();

describe('readShift', () => {
  it('reads weeks and days as days of the calendar, the rest as time', () => {
    expect(readShift('1d')).toEqual({ days: 1, micros: 0 });
    expect(readShift('2w')).toEqual({ days: 14, micros: 0 });
    expect(readShift('1w2d12h')).toEqual({ days: 9, micros: 12 * microsPerHour });
    expect(readShift('90m')).toEqual({ days: 0, micros: 1.5 * microsPerHour });
    for (const text of ['', '0d', 'x', '1', '-1d', 'd', '1d1d', '0.5us']) {
      expect(readShift(text), text).toBeNull();
    }
  });
});

describe('a window moved back', () => {
  it('keeps the clock where clocks changed in between', () => {
    const day = { start: at('2020-03-29T22:00:00Z'), end: at('2020-03-30T22:00:00Z') };
    const before = rangeBack(day, { days: 1, micros: 0 }, berlin);
    expect([iso(before.start), iso(before.end)]).toEqual([
      '2020-03-28T23:00:00.000Z',
      '2020-03-29T22:00:00.000Z',
    ]);
    const elapsed = rangeBack(day, { days: 0, micros: microsPerDay }, berlin);
    expect(iso(elapsed.start)).toBe('2020-03-28T22:00:00.000Z');
  });

  it('is found again between two instants', () => {
    const noon = at('2020-04-16T10:00:00Z');
    const before = at('2020-03-26T11:00:00Z');
    expect(shiftBetween(noon, before, berlin)).toEqual({ days: 21, micros: 0 });
    expect(shiftBetween(noon, before, 'UTC')).toEqual({ days: 0, micros: noon - before });
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01'), max: at('2021-01-01') }),
        fc.integer({ min: -400, max: 400 }),
        fc.constantFrom('UTC', berlin, 'America/St_Johns'),
        (from, hours, zone) => {
          const to = from - hours * microsPerHour;
          expect(instantBack(from, shiftBetween(from, to, zone), zone)).toBe(to);
        },
      ),
      { seed: 20200416 },
    );
  });
});

describe('buckets moved back', () => {
  it('leave out an hour that the clock skipped', () => {
    const monday = { start: at('2020-03-29T22:00:00Z'), end: at('2020-03-30T04:00:00Z') };
    const buckets = bucketsOf(monday, microsPerHour, berlin);
    const aligned = bucketsBack(buckets, { days: 1, micros: 0 }, berlin);
    expect(aligned.places).toEqual([0, 1, null, 2, 3, 4]);
    expect(aligned.buckets).toEqual({
      runs: [{ first: 0, start: at('2020-03-28T23:00:00Z'), stepMicros: microsPerHour }],
      count: 5,
    });
  });

  it('give an hour that the clock showed twice one bucket of two hours', () => {
    const monday = { start: at('2020-10-25T23:00:00Z'), end: at('2020-10-26T05:00:00Z') };
    const buckets = bucketsOf(monday, microsPerHour, berlin);
    const aligned = bucketsBack(buckets, { days: 1, micros: 0 }, berlin);
    const starts = aligned.places.map((place) => startOfBucket(aligned.buckets, place ?? -1));
    expect(starts.map((start) => iso(start).slice(11, 13))).toEqual([
      '22',
      '23',
      '00',
      '02',
      '03',
      '04',
    ]);
  });

  it('follow each other without gaps or overlaps', () => {
    const steps = fc.constantFrom(0.25, 0.5, 1, 6, 24).map((hours) => hours * microsPerHour);
    const shifts = fc.record({
      days: fc.integer({ min: 0, max: 40 }),
      micros: fc.constantFrom(1, microsPerHour, 90_000_000),
    });
    const zones = fc.constantFrom('UTC', berlin, 'America/New_York', 'Australia/Lord_Howe');
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01'), max: at('2021-01-01') }),
        fc.integer({ min: 1, max: 72 }),
        steps,
        shifts,
        zones,
        (start, hours, step, shift, zone) => {
          const range = { start, end: start + hours * microsPerHour };
          const buckets = bucketsOf(range, step, zone);
          const aligned = bucketsBack(buckets, shift, zone);
          const kept = aligned.places.filter((place) => place !== null);
          expect(kept).toEqual(Array.from({ length: aligned.buckets.count }, (_, index) => index));
          const edges = [...kept, aligned.buckets.count].map((place) =>
            startOfBucket(aligned.buckets, place),
          );
          expect(edges).toEqual([...new Set(edges)].sort((left, right) => left - right));
          expect(edges.at(-1)).toBe(
            instantBack(startOfBucket(buckets, buckets.count), shift, zone),
          );
          for (const [index, place] of aligned.places.entries()) {
            if (place === null) continue;
            const length = (edges[place + 1] ?? 0) - (edges[place] ?? 0);
            const own = startOfBucket(buckets, index + 1) - startOfBucket(buckets, index);
            expect(Math.abs(length - own)).toBeLessThanOrEqual(2 * microsPerHour);
          }
        },
      ),
      { numRuns: 300, seed: 20200416 },
    );
  });
});
