import { describe, expect, it } from 'vitest';
import { countInterval, rateInterval, shareInterval } from '../../src/query/interval.js';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const none = { badEvents: 0, badVariance: 0 };

describe('an interval', () => {
  it('is exact where no row stands for several events', () => {
    const whole = { rows: 40, events: 40, variance: 0, badEvents: 3, badVariance: 0 };
    expect(countInterval(whole)).toBeNull();
    expect(rateInterval(whole, 60)).toBeNull();
    expect(shareInterval(whole)).toBeNull();
  });

  it('of 100 rows of rate 10 is 1,000 give or take 186', () => {
    const sums = { rows: 100, events: 1000, variance: 9000, ...none };
    expect(countInterval(sums)).toEqual([814, 1186]);
    expect(rateInterval(sums, 100)).toEqual([8.14, 11.86]);
    expect(rateInterval(sums, 0)).toBeNull();
  });

  it('is never below the rows that were seen', () => {
    expect(countInterval({ rows: 1, events: 1000, variance: 999_000, ...none })?.[0]).toBe(1);
  });

  it('of a share that was never seen is not zero, and lies in 0 to 1', () => {
    const sums = { rows: 100, events: 1000, variance: 9000, ...none };
    expect(shareInterval(sums)).toEqual([0, 0.0334178]);
    expect(shareInterval({ ...sums, badEvents: 1000, badVariance: 9000 })).toEqual([0.966582, 1]);
  });

  it('is narrower where every failure was kept', () => {
    const kept = { rows: 190, events: 1000, variance: 8100, badEvents: 100, badVariance: 0 };
    const [low = 0, high = 0] = shareInterval(kept) ?? [];
    const [lowest = 0, highest = 0] = shareInterval({ ...kept, badVariance: 900 }) ?? [];
    expect(high - low).toBeLessThan(highest - lowest);
    expect(low).toBeLessThan(0.1);
    expect(high).toBeGreaterThan(0.1);
  });

  it('holds the true number about 95 times in 100 when events are sampled', () => {
    const draws = 400;
    let [count, share] = [0, 0];
    const chance = uniform(20200416);
    for (let draw = 0; draw < draws; draw += 1) {
      const sums = { rows: 0, events: 0, variance: 0, badEvents: 0, badVariance: 0 };
      for (let index = 0; index < 1500; index += 1) {
        const rate = index % 3 === 0 ? 2 : 10;
        if (chance() >= 1 / rate) continue;
        sums.rows += 1;
        sums.events += rate;
        sums.variance += rate * (rate - 1);
        if (index % 5 !== 0) continue;
        sums.badEvents += rate;
        sums.badVariance += rate * (rate - 1);
      }
      const [low = 0, high = 0] = countInterval(sums) ?? [];
      const [least = 0, most = 0] = shareInterval(sums) ?? [];
      if (low <= 1500 && high >= 1500) count += 1;
      if (least <= 0.2 && most >= 0.2) share += 1;
    }
    expect(count / draws).toBeGreaterThan(0.92);
    expect(count / draws).toBeLessThan(0.985);
    expect(share / draws).toBeGreaterThan(0.92);
    expect(share / draws).toBeLessThan(0.985);
  });
});
