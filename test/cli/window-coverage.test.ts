import { describe, expect, it } from 'vitest';
import { coverageNotes } from '../../src/cli/window-coverage.js';

const day = 86_400_000_000;
const kept = { start: Date.parse('2020-04-10T00:00:00Z') * 1000, end: 0 };
const span = { start: kept.start, end: kept.start + 6 * day };

function notes(startDays: number, endDays: number, zone = 'UTC') {
  const range = { start: span.start + startDays * day, end: span.start + endDays * day };
  return coverageNotes(range, span, zone).map(({ code, text }) => `${code}: ${text}`);
}

describe('what lies outside the events kept', () => {
  it('is nothing inside, and up to a day on either side', () => {
    expect(notes(0, 6)).toEqual([]);
    expect(notes(2, 3)).toEqual([]);
    expect(notes(-1, 7)).toEqual([]);
  });

  it('is said with what the answer covers', () => {
    expect(notes(-2, 1)).toEqual([
      'before_span: the events kept begin 2020-04-10 00:00 UTC; 2 days of the window lie before; ' +
        'the answer covers 2020-04-10 00:00 → 2020-04-11 00:00',
    ]);
    expect(notes(5, 7.5)).toEqual([
      'after_span: the events kept end 2020-04-16 00:00 UTC; 1 day of the window lies after; ' +
        'the answer covers 2020-04-15 00:00 → 2020-04-16 00:00',
    ]);
    expect(notes(-3, 9, 'Europe/Berlin')).toEqual([
      'before_span: the events kept begin 2020-04-10 02:00 Europe/Berlin; ' +
        '3 days of the window lie before; the events kept end 2020-04-16 02:00 Europe/Berlin; ' +
        '3 days of the window lie after; the answer covers 2020-04-10 02:00 → 2020-04-16 02:00',
    ]);
  });

  it('is the whole window, however short', () => {
    expect(notes(-1, -0.5)).toEqual([
      'before_span: the events kept begin 2020-04-10 00:00 UTC; all of the window lies before',
    ]);
    expect(notes(6, 6.1)).toEqual([
      'after_span: the events kept end 2020-04-16 00:00 UTC; all of the window lies after',
    ]);
  });
});
