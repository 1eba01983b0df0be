import { describe, expect, it } from 'vitest';
import { byTheClock, measureOf } from '../../src/forensics/scan-silence.js';

describe('measureOf', () => {
  const own = new Float64Array([900, 900, 0, 900]);

  it('goes by the others where they say enough', () => {
    const others = new Float64Array([90, 100, 110, 100]);
    expect(measureOf(own, others, { stepMinutes: 60 })).toBe(others);
  });

  it('goes by the clock where a service is nearly all there is', () => {
    const others = new Float64Array([4, 3, 6, 5]);
    expect(measureOf(own, others, { stepMinutes: 60 })).toEqual(byTheClock(4, 60));
  });
});
