import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, padToWidth, sanitise, truncateToWidth } from '../../src/base/text.js';

const hostile: readonly (readonly [string, string])[] = [
  ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
  ['\u001b]52;c;ZXZpbA==\u0007', '\\x1b]52;c;ZXZpbA==\\x07'],
  ['\u001b[2J', '\\x1b[2J'],
  ['\u009b31m', '\\x9b31m'],
  ['\u0090payload\u009c', '\\x90payload\\x9c'],
  ['a\rb', 'a\\x0db'],
  ['a\bb', 'a\\x08b'],
  ['a\nb\tc', 'a\\x0ab\\x09c'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['\u2066x\u2069', '\\u2066x\\u2069'],
  ['zero\u200bwidth', 'zero\\u200bwidth'],
  ['nul\0', 'nul\\x00'],
  ['del\u007f', 'del\\x7f'],
  ['\ud800', '\\ud800'],
  ['\u{e0041}', '\\u{e0041}'],
];

describe('sanitise', () => {
  it.each(hostile)('shows %j as %s', (text, shown) => expect(sanitise(text)).toBe(shown));

  it('leaves ordinary text of any script alone', () => {
    for (const text of ['api-37', 'größe', '東京', '🙂', 'é', 'न']) {
      expect(sanitise(text)).toBe(text);
    }
  });

  it('leaves nothing a terminal acts on, whatever comes in', () => {
    const acts = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !acts.test(sanitise(text))),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['東京', 4],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['\u0301', 0],
    ['🙂', 2],
    ['🇩🇪', 2],
    ['☁️', 2],
    ['…', 1],
  ])('%j takes %i cells', (text, width) => expect(displayWidth(text)).toBe(width));
});

describe('truncateToWidth and padToWidth', () => {
  it('cuts between graphemes and keeps room for the ellipsis', () => {
    expect(truncateToWidth('東京都庁', 5, '…')).toBe('東京…');
    expect(truncateToWidth('東京都庁', 8, '…')).toBe('東京都庁');
    expect(truncateToWidth('e\u0301e\u0301e\u0301', 2, '…')).toBe('e\u0301…');
    expect(truncateToWidth('abcdef', 2, '...')).toBe('..');
  });

  it('never takes more cells than allowed, and pads to exactly the width', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (raw, width) => {
        const cut = truncateToWidth(sanitise(raw), width, '…');
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        expect(displayWidth(padToWidth(cut, width, 'right'))).toBe(width);
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
