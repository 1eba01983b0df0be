import { describe, expect, it } from 'vitest';
import { type DelimitedStyle, delimited } from '../../src/render/delimited.js';
import { jsonText, ndjson } from '../../src/render/json.js';
import { escapeMarkdown, markdown } from '../../src/render/markdown.js';
import { countColumn, hostileCells, style, tableOf, text, textColumn } from './fixtures.js';

const csv: DelimitedStyle = { separator: ',', raw: false, toTerminal: false };
const hostile = tableOf({
  columns: [textColumn('value'), countColumn('count')],
  rows: hostileCells.map((cell, index) => [cell, index]),
});

describe('csv and tsv', () => {
  it('quotes as RFC 4180 and takes the power from formulas', () => {
    const lines = text(delimited(hostile, csv)).split('\n');
    expect(lines.slice(3, 9)).toEqual([
      `"'=HYPERLINK(""http://x"")",2`,
      "'+1+1,3",
      "'-2+3,4",
      "'@SUM(A1),5",
      "'\tcell,6",
      '-12.5,7',
    ]);
    expect(lines.slice(10)).toEqual(['"line', 'break",9', '"say ""hi"", you",10', '"",11', '']);
  });

  it('leaves formulas alone when asked to', () => {
    expect(text(delimited(hostile, { ...csv, raw: true }))).toContain('\n+1+1,3\n');
  });

  it('is harmless on a terminal', () => {
    const shown = text(delimited(hostile, { ...csv, separator: '\t', toTerminal: true }));
    expect(shown).not.toMatch(/[\u001b\u202e]/);
  });

  it('writes exact values: no separators, missing empty, instants in RFC 3339', () => {
    const table = tableOf({
      columns: [
        { key: 'at', title: 'at', align: 'left', show: 'instant' },
        countColumn('count'),
        { key: 'share', title: 'share', align: 'right', show: 'percent' },
      ],
      rows: [
        [1_587_046_200_000_000, 1_234_567, 0.123456789],
        [1_587_046_200_123_456, 9_007_199_254_740_993n, null],
      ],
    });
    expect(text(delimited(table, csv))).toBe(
      [
        'at,count,share',
        '2020-04-16T14:10:00Z,1234567,0.123456789',
        '2020-04-16T14:10:00.123456Z,9007199254740993,',
        '',
      ].join('\n'),
    );
  });
});

describe('json', () => {
  it('keeps big integers exact and escapes what a terminal may act on', () => {
    expect(jsonText({ n: 9_007_199_254_740_993n, s: '\u009b\u202e"\n', l: [1, null, true] })).toBe(
      '{"n":9007199254740993,"s":"\\u009b\\u202e\\"\\n","l":[1,null,true]}',
    );
  });

  it('gives back every hostile text unchanged', () => {
    const lines = text(ndjson(hostile)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).value)).toEqual(hostileCells);
  });

  it('labels a tail row in a text column before one of instants', () => {
    const time = { key: 'time', title: 'time', align: 'left', show: 'instant' } as const;
    const tail = [{ label: 'OTHER', cells: [null, null, 3] }];
    const columns = [time, textColumn('host'), countColumn('count')];
    const rows = [[0, 'a', 1]];
    expect(text(delimited(tableOf({ columns, rows, tail }), csv))).toBe(
      'time,host,count\n1970-01-01T00:00:00Z,a,1\n,OTHER,3\n',
    );
  });

  it('marks tail rows', () => {
    const table = tableOf({
      columns: [textColumn('host'), countColumn('count')],
      rows: [['a', 1]],
      tail: [{ label: 'OTHER', cells: [null, 9] }],
    });
    expect(text(ndjson(table))).toBe(
      '{"host":"a","count":1}\n{"row":"other","host":null,"count":9}\n',
    );
  });
});

describe('markdown', () => {
  it('cannot be broken out of', () => {
    expect(text(markdown(hostile, style))).toMatchInlineSnapshot(`
      "| value | count |
      | --- | ---: |
      | \\\\x1b\\]0;pwned\\\\x07 | 0 |
      | \\\\u202egnp.exe | 1 |
      | =HYPERLINK("http://x") | 2 |
      | +1+1 | 3 |
      | -2+3 | 4 |
      | @SUM(A1) | 5 |
      | \\\\x09cell | 6 |
      | -12.5 | 7 |
      | a\\|b\\\`c\\<d\\>\\[e\\]\\!\\*\\_\\# | 8 |
      | line\\\\x0abreak | 9 |
      | say "hi", you | 10 |
      | "" | 11 |
      "
    `);
  });

  it('escapes every character that could become markup', () => {
    expect(escapeMarkdown('|`<>[]!*_#\\&~')).toBe('\\|\\`\\<\\>\\[\\]\\!\\*\\_\\#\\\\\\&\\~');
  });
});
