import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiGlyphs, unicodeGlyphs } from '../../src/render/glyphs.js';
import { resample, sparkline } from '../../src/render/sparkline.js';

const series = fc.array(fc.option(fc.nat(1_000), { nil: null }), { maxLength: 60 });

describe('sparkline', () => {
  it('tells nothing kept, none, little and most apart', () => {
    const scale = { max: 1_000, width: 20 };
    const values = [null, 0, 1, 125, 126, 500, 1_000];
    expect(sparkline(values, { ...scale, glyphs: unicodeGlyphs })).toBe('╌·▁▁▂▄█');
    expect(sparkline(values, { ...scale, glyphs: asciiGlyphs })).toBe('_.:::+@');
  });

  it('draws rows of one table on one scale', () => {
    const scale = { max: 100, width: 3, glyphs: unicodeGlyphs };
    expect(sparkline([1, 1, 1], scale)).toBe('▁▁▁');
    expect(sparkline([100, 100, 100], scale)).toBe('███');
  });

  it('draws zeros when there is nothing above', () => {
    expect(sparkline([0, 0], { max: 0, width: 9, glyphs: unicodeGlyphs })).toBe('··');
  });

  it('never loses the highest value, and is as wide as allowed', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 30 }), (values, width) => {
        const short = resample(values, width);
        expect(short.length).toBe(Math.min(values.length, width));
        const highest = (list: readonly (number | null)[]) =>
          Math.max(-1, ...list.map((value) => value ?? -1));
        expect(highest(short)).toBe(highest(values));
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
