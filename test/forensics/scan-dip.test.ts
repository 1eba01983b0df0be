import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dipsOf } from '../../src/forensics/scan-dip.js';
import { blocksOf } from '../../src/forensics/scan-exposure.js';
import { microsPerHour } from '../../src/time/instant.js';
import { randomOf } from '../scenarios/random.js';

const days = 5;
const blocks = blocksOf({ start: 0, end: days * 24 * microsPerHour });
const bound = 20;

interface Plan {
  readonly seed: number;
  readonly mean: number;
  /** Share of its usual traffic that a member sends in a block. */
  readonly share: (member: number, block: number) => number;
}

function membersOf({ seed, mean, share }: Plan) {
  const random = randomOf(seed);
  return Array.from({ length: 8 }, (_, member) => ({
    ids: [0, member],
    rows: Float64Array.from({ length: blocks.count }, (_unused, block) => {
      const wave = 1 + 0.5 * Math.sin((block / blocks.count) * 2 * Math.PI * days);
      return random.poisson(mean * wave * share(member, block));
    }),
  }));
}

const [from, to] = [200, 216];
const inside = (block: number): boolean => block >= from && block < to;

describe('dipsOf', () => {
  it('finds whoever sends a third for hours, and nobody else', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 7 }), (seed, who) => {
        const share = (member: number, block: number) =>
          member === who && inside(block) ? 0.3 : 1;
        const [dip, ...more] = dipsOf(membersOf({ seed, mean: 20, share }), { blocks, bound });
        expect(more).toEqual([]);
        expect(dip?.ids).toEqual([0, who]);
        expect(Math.abs((dip?.from ?? 0) / blocks.stepMinutes - from)).toBeLessThanOrEqual(1);
        expect(Math.abs((dip?.to ?? 0) / blocks.stepMinutes - to)).toBeLessThanOrEqual(1);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it('does not count days on which somebody was no more as days that were as low', () => {
    const share = (member: number, block: number) => {
      if (member === 3 && block >= 330) return 0;
      return member === 3 && inside(block) ? 0.3 : 1;
    };
    for (let seed = 1; seed <= 10; seed += 1) {
      const dips = dipsOf(membersOf({ seed, mean: 20, share }), { blocks, bound });
      expect(dips.map(({ ids }) => ids)).toEqual([[0, 3]]);
    }
  });

  it.each<[string, Plan['share']]>([
    ['all have less', (_member, block) => (inside(block) ? 0.3 : 1)],
    ['one bursts', (member, block) => (member === 2 && inside(block) ? 20 : 1)],
    ['one has less for good', (member, block) => (member === 2 && block >= from ? 0.3 : 1)],
    ['one has less every night', (member, block) => (member === 2 && block % 96 < 12 ? 0.3 : 1)],
    ['nothing happens', () => 1],
  ])('finds nothing where %s', (_name, share) => {
    for (let seed = 1; seed <= 40; seed += 1) {
      expect(dipsOf(membersOf({ seed, mean: 20, share }), { blocks, bound })).toEqual([]);
    }
  });

  it('does not go by those that send hardly anything', () => {
    const sizes = [9, 4.4, 4.4, 1.8, 0.2, 0.2, 0.2, 0.2];
    const chance = [0.83, 1.15, 1.15, 1.7, 2, 2, 2, 2];
    const share = (member: number, block: number): number =>
      (sizes[member] ?? 0) * (inside(block) ? (chance[member] ?? 0) : 1);
    for (let seed = 1; seed <= 10; seed += 1) {
      expect(dipsOf(membersOf({ seed, mean: 10, share }), { blocks, bound })).toEqual([]);
    }
  });
});
