import { describe, expect, it } from 'vitest';
import { withoutBursts } from '../../src/forensics/scan-even.js';
import { blocksOf } from '../../src/forensics/scan-exposure.js';
import { microsPerHour } from '../../src/time/instant.js';

const blocks = blocksOf({ start: 0, end: 100 * microsPerHour });
const members = (rows: (member: number, block: number) => number) =>
  Array.from({ length: 12 }, (_, member) => ({
    ids: [member],
    rows: Float64Array.from({ length: blocks.count }, (_unused, block) => rows(member, block)),
  }));

describe('withoutBursts', () => {
  it('takes the traffic of all as it is, also where all have more or less', () => {
    const busy = members((member, block) => (30 / (member + 1)) * (block > 40 ? 5 : 1));
    expect(new Set(withoutBursts(busy, blocks))).toEqual(new Set([1]));
  });

  it('takes no burst of one for traffic of all', () => {
    const burst = members((member, block) => (member === 3 && block === 50 ? 5_000 : 20));
    const worth = withoutBursts(burst, blocks);
    expect(worth[50]).toBeLessThan(0.1);
    expect([worth[40], worth[60]]).toEqual([1, 1]);
  });

  it('says nothing of two', () => {
    const two = members((member, block) => (member === 1 && block === 50 ? 5_000 : 20)).slice(0, 2);
    expect(new Set(withoutBursts(two, blocks))).toEqual(new Set([1]));
  });
});
