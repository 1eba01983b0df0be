/** The statistic by itself: what chance gives, what an incident gives, what it cannot teach. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pagerVerdict } from '../../src/forensics/scan-pager.js';
import { dispersionOf, robustRate } from '../../src/forensics/scan-rate.js';
import { excursions, likelihoodGain, sharpest, wilson } from '../../src/forensics/scan-walk.js';
import { randomOf } from '../scenarios/random.js';

const minutes = 2_000;

/** Counts by minute of a steady trickle, with `extra` hits a minute in a window. */
function series(seed: number, extra: number, from = 900, to = 960) {
  const random = randomOf(seed);
  const at = Array.from({ length: minutes }, (_, minute) => minute);
  const expected = at.map(() => 0.05);
  const count = at.map((minute) =>
    random.poisson(0.05 + (minute >= from && minute < to ? extra : 0)),
  );
  return { count, expected, own: expected, size: minutes };
}

describe('the walk', () => {
  it('crosses its bound by chance no more often than promised', () => {
    const bound = Math.log(minutes * 4) + 2;
    let crossed = 0;
    for (let seed = 1; seed <= 300; seed += 1) {
      if (excursions(series(seed, 0), { least: bound, dispersion: 1 }).length > 0) crossed += 1;
    }
    expect(crossed).toBeLessThanOrEqual(300 * Math.exp(-2));
  });

  it('finds an hour of trouble where it is', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const found = excursions(series(seed, 0.7), { least: 20, dispersion: 1 });
      const best = found.reduce((left, right) => (right.score > left.score ? right : left));
      expect(Math.abs(best.first - 900)).toBeLessThan(20);
      expect(Math.abs(best.last - 960)).toBeLessThan(20);
    }
  });

  it('asks more of counts that spread widely', () => {
    const own = series(3, 0.7);
    const narrow = excursions(own, { least: 1, dispersion: 1 });
    const wide = excursions(own, { least: 1, dispersion: 4 });
    const top = (found: typeof narrow) => Math.max(...found.map(({ score }) => score));
    expect(top(wide)).toBeLessThan(top(narrow));
  });
});

describe('the edges', () => {
  it('leave out a stray hit behind rows that were well', () => {
    const rows = [1, ...Array.from({ length: 4 }, () => 1), ...Array.from({ length: 10 }, () => 2)];
    const count = rows.map((own, index) => (index === 0 || index > 4 ? own : 0));
    const expected = rows.map((own) => own * 0.01);
    const found = { first: 5, last: 14 };
    expect(sharpest({ rows, count, expected }, { first: 0, last: 14 })).toEqual(found);
    expect(sharpest({ rows, count, expected }, { first: 8, last: 10 })).toEqual(found);
  });

  it('stay inside whatever they are given', () => {
    const cell = fc.record({
      rows: fc.nat(20),
      count: fc.nat(20),
      mean: fc.double({ min: 0, max: 3, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 40 }), (cells) => {
        const series = {
          rows: cells.map(({ rows, count }) => Math.max(rows, count)),
          count: cells.map(({ count }) => count),
          expected: cells.map(({ mean }) => mean),
        };
        const { first, last } = sharpest(series, { first: 0, last: cells.length - 1 });
        return first >= 0 && first <= last && last < cells.length;
      }),
      { seed: 7 },
    );
  });
});

describe('usual rates', () => {
  it('are not taught by an incident', () => {
    const rows = Array.from({ length: 100 }, () => 200);
    const calm = rows.map((_, index) => (index % 2 === 0 ? 2 : 3));
    const hit = calm.map((count, index) => (index >= 40 && index < 55 ? 180 : count));
    const rate = robustRate(hit, rows, { prior: 0.01, shrink: 100 });
    expect(rate).toBeGreaterThan(0.008);
    expect(rate).toBeLessThan(0.02);
  });

  it('are those of a condition that lasts', () => {
    const rows = Array.from({ length: 60 }, () => 20);
    expect(robustRate(rows, rows, { prior: 0.01, shrink: 2 })).toBeGreaterThan(0.95);
  });

  it('spread as chance does, or wider', () => {
    const even = Array.from({ length: 50 }, () => ({ hits: 4, expected: 4 }));
    expect(dispersionOf(even)).toBe(1);
    const wild = even.map((block, index) => ({ ...block, hits: index % 2 === 0 ? 0 : 12 }));
    expect(dispersionOf(wild)).toBeGreaterThan(3);
  });
});

describe('numbers shown', () => {
  it('hold the share within its interval', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (hits, more) => {
        const of = hits + more + 1;
        const [low, high] = wilson(hits, of);
        return low <= hits / of + 1e-12 && hits / of <= high + 1e-12 && low >= 0 && high <= 1;
      }),
      { seed: 7 },
    );
    expect(likelihoodGain(3, 5)).toBe(0);
  });

  it('tell when a pager would have rung', () => {
    const events = Array.from({ length: 100 }, () => 1_000);
    const quiet = events.map(() => 1);
    expect(pagerVerdict({ events, bad: quiet }, 80).rang).toBe(false);
    const loud = events.map((_, index) => (index >= 80 ? 300 : 1));
    expect(pagerVerdict({ events, bad: loud }, 80).rang).toBe(true);
  });
});
