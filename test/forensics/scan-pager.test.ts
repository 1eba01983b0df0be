import { describe, expect, it } from 'vitest';
import { pagerVerdict } from '../../src/forensics/scan-pager.js';

const steps = 24;
const at = (places: Readonly<Record<number, number>>, usual = 0) =>
  Array.from({ length: steps }, (_, step) => places[step] ?? usual);

describe('pagerVerdict', () => {
  it('rings where many of many fail', () => {
    const bad = at({ 12: 30, 13: 30 });
    expect(pagerVerdict({ events: at({}, 100), bad }, 0)).toMatchObject({ rang: true });
  });

  it('does not ring for one failure among few events, however high its share', () => {
    const verdict = pagerVerdict({ events: at({}, 2), bad: at({ 12: 1 }) }, 0);
    expect(verdict).toMatchObject({ rang: false, mostBad: 1 });
    expect(verdict.mostBurn).toBeGreaterThan(14.4);
  });

  it('does not ring for what lies before', () => {
    const bad = at({ 0: 90 });
    expect(pagerVerdict({ events: at({}, 1000), bad }, 20).rang).toBe(false);
  });
});
