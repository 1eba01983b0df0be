import { describe, expect, it } from 'vitest';
import { blocksOf } from '../../src/forensics/scan-exposure.js';
import { usualShare } from '../../src/forensics/scan-share.js';
import { microsPerDay } from '../../src/time/instant.js';

/** From Friday 2 January 1970 on; blocks of three hours or so. */
function shareOf(days: number, rows: (day: number, hour: number) => number) {
  const blocks = blocksOf({ start: microsPerDay, end: (1 + days) * microsPerDay });
  const place = (block: number) => {
    const minute = block * blocks.stepMinutes;
    return { day: Math.floor(minute / 1_440), hour: (minute % 1_440) / 60 };
  };
  const own = Float64Array.from({ length: blocks.count }, (_, block) => {
    const { day, hour } = place(block);
    return rows(day, hour);
  });
  const others = own.map(() => 1_000);
  const share = usualShare({ own, others, blocks });
  return (day: number, hour: number): number =>
    Math.round(1_000 * share(Math.round((day * 1_440 + hour * 60) / blocks.stepMinutes)));
}

const isWeekend = (day: number): boolean => day % 7 === 1 || day % 7 === 2;

describe('usualShare', () => {
  it('is that of weekends at weekends, where it is less', () => {
    const share = shareOf(28, (day, hour) => (isWeekend(day) ? 8 : hour < 12 ? 40 : 100));
    expect([share(3, 6), share(3, 18)]).toEqual([40, 100]);
    expect([share(1, 6), share(2, 18), share(15, 12)]).toEqual([8, 8, 8]);
  });

  it('is no more at weekends than on other days', () => {
    const share = shareOf(28, (day) => (isWeekend(day) ? 90 : 40));
    expect([share(1, 12), share(4, 12)]).toEqual([40, 40]);
  });

  it('takes one bad weekend of four for no habit, and none of a week for one', () => {
    const bad = shareOf(28, (day) => (day === 8 || day === 9 ? 0 : 50));
    expect(bad(8, 12)).toBe(50);
    const short = shareOf(7, (day) => (isWeekend(day) ? 5 : 50));
    expect(short(1, 12)).toBe(50);
  });
});
