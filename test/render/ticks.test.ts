/** Marks of axes: nice, ascending, around the values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisNumber, niceTicks, timeTicks } from '../../src/render/ticks.js';

describe('number ticks', () => {
  it('are steps of 1, 2 or 5 around the values', () => {
    expect(niceTicks(0, 260, 4)).toEqual([0, 100, 200, 300]);
    expect(niceTicks(0, 0.7, 4)).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(niceTicks(-3, 4, 4)).toEqual([-4, -2, 0, 2, 4]);
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.integer({ min: 2, max: 10 }), (a, b, count) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const ticks = niceTicks(min, max, count);
        const slack = (Math.abs(min) + Math.abs(max)) * 1e-9 + 1e-280;
        expect(ticks[0]).toBeLessThanOrEqual(min + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max - slack);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThanOrEqual(count * 2 + 3);
        ticks.slice(1).forEach((tick, index) => {
          expect(tick).toBeGreaterThan(ticks[index] ?? 0);
        });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('say short numbers', () => {
    const shown = [0, 250, 2500, 25_000, 1.5e6, 0.002, 0.2].map((one) => axisNumber(one, null));
    expect(shown).toEqual(['0', '250', '2,500', '25k', '1.5M', '0.002', '0.2']);
    expect(axisNumber(0.125, 'ratio')).toBe('12.5 %');
  });
});

describe('time ticks', () => {
  it('are whole steps of UTC; midnight says the date', () => {
    const at = (text: string): number => Date.parse(text) * 1000;
    const range = { start: at('2020-04-16T22:40Z'), end: at('2020-04-17T01:20Z') };
    expect(timeTicks(range, 6).map(({ label }) => label)).toEqual([
      '2020-04-16 23:00',
      '23:30',
      '04-17',
      '00:30',
      '01:00',
    ]);
  });
});
