import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { displayWidth } from '../../src/base/text.js';
import { faultDocument, faultLines } from '../../src/cli/fault-text.js';
import { asciiGlyphs, unicodeGlyphs } from '../../src/render/glyphs.js';
import { noColours } from '../../src/render/paint.js';

const style = { width: 80, wrapWidth: null, glyphs: unicodeGlyphs, paint: noColours };
const text = (fault: Fault, width = 80): string =>
  faultLines(fault, { ...style, width }).join('\n');

describe('faultLines', () => {
  it('points into the text typed', () => {
    const at = { option: '--by', text: 'hostnme,version', start: 0, end: 7 };
    const fault = new Fault('CC1201', { name: 'hostnme' }, { at, hint: 'did you mean host?' });
    expect(text(fault)).toBe(
      [
        'error CC1201: no column or role hostnme',
        '  --by hostnme,version',
        '       ^^^^^^^  did you mean host?',
      ].join('\n'),
    );
  });

  it('names a missing data file without the words of the engine', () => {
    const cause = new Error('Permission Error: file system operations are disabled');
    const lines = text(new Fault('CC4006', { path: '/s/a.parquet' }, { cause })).split('\n');
    expect(lines[0]).toBe('error CC4006: the data file /s/a.parquet is missing');
    expect(lines).toHaveLength(2);
  });

  it('puts the caret under wide characters', () => {
    const at = { option: '--where', text: '東京 = adn x', start: 5, end: 8 };
    const fault = new Fault('CC1105', { expected: 'a value', found: 'adn' }, { at, hint: 'h' });
    expect(text(fault)).toBe(
      [
        'error CC1105: expected a value, found adn',
        '  --where 東京 = adn x',
        '                 ^^^  h',
      ].join('\n'),
    );
  });

  it('shows the part around the place when the text is long, within the width', () => {
    const long = `${'status = 1 or '.repeat(40)}adn${' or status = 2'.repeat(40)}`;
    const at = { option: '--where', text: long, start: 560, end: 563 };
    const fault = new Fault('CC1105', { expected: 'a value', found: 'adn' }, { at, hint: 'h' });
    for (const width of [40, 80]) {
      const [, shown = '', caret = ''] = text(fault, width).split('\n');
      expect(displayWidth(shown)).toBeLessThanOrEqual(width);
      const place = caret.indexOf('^^^');
      expect(shown.slice(place, place + 3)).toBe('adn');
    }
  });

  it('makes hostile text harmless, in the message and in the pointer', () => {
    const name = '\u001b]0;x\u0007\u202e';
    const at = { option: '--by', text: name, start: 0, end: name.length };
    const shown = text(new Fault('CC1201', { name }, { at, hint: name }));
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(shown).toContain('\\x1b]0;x\\x07\\u202e');
  });

  it('gives the hint its own line without a place, and names the file it has', () => {
    const at = { file: 'a.ndjson', line: 7 };
    const fault = new Fault('CC4003', { path: 'table', reason: 'a gap' }, { at, hint: 'restore' });
    expect(text(fault)).toBe('error CC4003: table is damaged: a gap\n  in a.ndjson:7\n  restore');
  });

  it('walks the chain of causes', () => {
    const cause = new Error('outer', { cause: new Error('inner\nand more') });
    const fault = new Fault('CC5002', { reason: 'r' }, { cause, hint: 'h' });
    expect(text(fault).split('\n').slice(2)).toEqual(['  because outer', '  because inner']);
  });

  it('goes on in the next line on a terminal, and stays whole elsewhere', () => {
    const fault = new Fault(
      'CC1203',
      { name: 'p'.repeat(30) },
      { hint: 'one of these '.repeat(6) },
    );
    expect(text(fault, 40).split('\n').length).toBe(2);
    const lines = faultLines(fault, { ...style, width: 40, wrapWidth: 40 });
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.slice(1).map(displayWidth))).toBeLessThanOrEqual(40);
  });

  it('keeps to ASCII where it must', () => {
    const fault = new Fault('CC1203', { name: 'p500' });
    expect(faultLines(fault, { ...style, glyphs: asciiGlyphs }).join('')).not.toMatch(
      /[^\x20-\x7e]/,
    );
  });
});

describe('faultDocument', () => {
  it('has the first fault and all of them', () => {
    const faults = [new Fault('CC1001', { name: 'x' }), new Fault('CC2001', { path: 'y' })];
    expect(faultDocument(faults, 12)).toEqual({
      ok: false,
      fault: {
        code: 'CC1001',
        message: 'no command x',
        hint: 'coldcase --help lists the commands',
        at: null,
      },
      faults: [
        expect.objectContaining({ code: 'CC1001' }),
        expect.objectContaining({ code: 'CC2001' }),
      ],
      elapsedMs: 12,
    });
  });
});
