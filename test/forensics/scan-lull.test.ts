import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocksOfStep } from '../../src/forensics/scan-exposure.js';
import { lullsOf } from '../../src/forensics/scan-lull.js';
import { microsPerHour, microsPerMinute } from '../../src/time/instant.js';
import { randomOf } from '../scenarios/random.js';

const [days, perDay, bound] = [14, 288, 20];
const blocks = blocksOfStep({ start: 0, end: days * 24 * microsPerHour }, 5 * microsPerMinute);

/** Traffic with days and weekends, of which a share comes in some blocks. */
function eventsOf(seed: number, share: (block: number) => number): Float64Array {
  const random = randomOf(seed);
  return Float64Array.from({ length: blocks.count }, (_, block) => {
    const [day, time] = [Math.floor(block / perDay), (block % perDay) / perDay];
    const weekend = day % 7 >= 5 ? 0.5 : 1;
    const wave = 1 + 0.6 * Math.sin(time * 2 * Math.PI);
    return random.poisson(40 * weekend * wave * share(block));
  });
}

function lulls(seed: number, share: (block: number) => number, weight = 1) {
  const events = eventsOf(seed, share).map((count) => count * weight);
  return lullsOf({ events, weight, ids: [], blocks, bound });
}

const start = 8 * perDay + 150;
const inside = (block: number, length = 12): boolean => block >= start && block < start + length;

describe('lullsOf', () => {
  it('finds when 45 % came for an hour, whatever a row stands for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(1, 20), (seed, weight) => {
        const share = (block: number): number => (inside(block) ? 0.45 : 1);
        const [lull, ...more] = lulls(seed, share, weight);
        expect(more).toEqual([]);
        expect(Math.abs((lull?.from ?? 0) / 5 - start)).toBeLessThanOrEqual(1);
        expect(Math.abs((lull?.to ?? 0) / 5 - start - 12)).toBeLessThanOrEqual(1);
        expect((lull?.seen ?? 0) / (lull?.expected ?? 1)).toBeCloseTo(0.45, 0.5);
      }),
      { seed: 7, numRuns: 30 },
    );
  });

  const holiday = (block: number): number => {
    const time = (block - 8 * perDay) / perDay;
    return time >= 0 && time < 1 ? 1 - 0.6 * Math.sin(time * Math.PI) : 1;
  };
  it.each<[string, (block: number) => number]>([
    ['nothing happens', () => 1],
    ['a day is a holiday', holiday],
    ['less comes from then on', (block) => (block >= start ? 0.4 : 1)],
    ['less comes every night', (block) => (block % perDay < 8 ? 0.3 : 1)],
    ['less comes on three days a week', (block) => (block % 672 < 12 ? 0.3 : 1)],
    ['much more comes for an hour', (block) => (inside(block) ? 5 : 1)],
    ['nothing comes for an hour', (block) => (inside(block) ? 0 : 1)],
    ['a fifth is missing', (block) => (inside(block, 24) ? 0.8 : 1)],
    ['the data ends', (block) => (block >= start ? 0 : 1)],
  ])('finds nothing where %s', (_name, share) => {
    for (let seed = 1; seed <= 20; seed += 1) expect(lulls(seed, share)).toEqual([]);
  });
});
