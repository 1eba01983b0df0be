import { describe, expect, it } from 'vitest';
import { displayWidth } from '../../src/base/text.js';
import { asciiGlyphs } from '../../src/render/glyphs.js';
import { plain } from '../../src/render/plain.js';
import { textTable, wrapWords } from '../../src/render/text-table.js';
import { countColumn, hostileCells, style, tableOf, text, textColumn } from './fixtures.js';

const fleet = tableOf({
  columns: [
    textColumn('version'),
    textColumn('status'),
    countColumn('count'),
    {
      key: 'series',
      title: 'per 5m',
      align: 'left',
      show: 'series',
      edges: ['14:00', '16:00'],
    },
  ],
  rows: [
    ['build-31877', 200, 22_682, [8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]],
    [
      'build-31904',
      401,
      1_461,
      [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 7, 1, 1, 1, 1, 0, null, null, null],
    ],
  ],
  tail: [{ label: 'TOTAL', cells: [null, null, 24_143, []] }],
  seriesMax: 8,
  footer: ['2 rows, 24,143 events, UTC'],
});

describe('textTable', () => {
  it('shows what a terminal would act on in titles as in cells', () => {
    const columns = hostileCells.map(textColumn);
    const table = tableOf({ columns, rows: [columns.map(() => 'x')] });
    const written = text(textTable(table, { ...style, width: null }));
    expect(written.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(written).toContain('\\x1b]0;pwned\\x07');
  });

  it('aligns columns, draws all series on one scale and labels the total', () => {
    expect(text(textTable(fleet, style))).toMatchInlineSnapshot(`
      "version      status   count  14:00  per 5m  16:00
      build-31877  200     22,682  ████████████████████
      build-31904  401      1,461  ···▁▂▃▄▅▆▇█▇▁▁▁▁·╌╌╌
      TOTAL        –       24,143
      2 rows, 24,143 events, UTC
      "
    `);
  });

  it('draws the same in ASCII', () => {
    expect(text(textTable(fleet, { ...style, glyphs: asciiGlyphs }))).toMatchInlineSnapshot(`
      "version      status   count  14:00  per 5m  16:00
      build-31877  200     22,682  @@@@@@@@@@@@@@@@@@@@
      build-31904  401      1,461  ...:-=+*#@@@::::.___
      TOTAL        -       24,143
      2 rows, 24,143 events, UTC
      "
    `);
  });

  it('leaves columns out from the right and says how many', () => {
    expect(text(textTable(fleet, { ...style, width: 26 }))).toMatchInlineSnapshot(`
      "version      status
      build-31877  200
      build-31904  401
      TOTAL        –
      +2 columns (use --wide)
      2 rows, 24,143 events, UTC
      "
    `);
  });

  it('keeps what was calculated when breakdowns and sparklines no longer fit', () => {
    const columns = fleet.columns.map((column) =>
      column.align === 'right' ? { ...column, essential: true as const } : column,
    );
    const header = (width: number): string =>
      text(textTable({ ...fleet, columns }, { ...style, width })).split('\n')[0] ?? '';
    expect([60, 30, 18].map((width) => header(width).split(/ +/).slice(0, 4))).toEqual([
      ['version', 'status', 'count', '14:00'],
      ['version', 'status', 'count'],
      ['version', 'count'],
    ]);
    for (let width = 15; width < 60; width += 1) expect(header(width)).toContain('count');
  });

  it('never makes a row wider than the terminal', () => {
    const rows = hostileCells.map((cell) => [`${cell}${'長い名前'.repeat(20)}`, cell, 1]);
    const wide = tableOf({
      columns: [textColumn('host'), textColumn('agent'), countColumn('count')],
      rows,
    });
    for (const width of [20, 40, 80]) {
      for (const line of text(textTable(wide, { ...style, width }))
        .trimEnd()
        .split('\n')) {
        expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }
  });

  it('keeps CJK names in line', () => {
    const cjk = tableOf({
      columns: [textColumn('host'), countColumn('count')],
      rows: [
        ['東京-01', 1_200],
        ['api-37', 7],
        ['서울', 30],
      ],
    });
    expect(text(textTable(cjk, style))).toBe(
      ['host     count', '東京-01  1,200', 'api-37       7', '서울        30', ''].join('\n'),
    );
  });

  it('shows missing and empty apart, and hostile text as escapes', () => {
    const table = tableOf({
      columns: [textColumn('value')],
      rows: [null, ...hostileCells].map((cell) => [cell]),
    });
    expect(text(textTable(table, style))).toMatchInlineSnapshot(`
      "value
      –
      \\x1b]0;pwned\\x07
      \\u202egnp.exe
      =HYPERLINK("http://x")
      +1+1
      -2+3
      @SUM(A1)
      \\x09cell
      -12.5
      a|b\`c<d>[e]!*_#
      line\\x0abreak
      say "hi", you
      ""
      "
    `);
  });

  it('plain shows every column in full, without series and footer', () => {
    expect(text(plain(fleet, style))).toMatchInlineSnapshot(`
      "version      status   count
      build-31877  200     22,682
      build-31904  401      1,461
      TOTAL        –       24,143
      "
    `);
  });
});

describe('wrapWords', () => {
  it('goes on under the text behind a label, and keeps an indentation', () => {
    expect(wrapWords('columns   alpha, beta, gamma, delta, eps, zeta, eta', 40)).toEqual([
      'columns   alpha, beta, gamma, delta,',
      '          eps, zeta, eta',
    ]);
    expect(wrapWords(`see       ${'x'.repeat(40)}`, 40)).toEqual([`see       ${'x'.repeat(40)}`]);
    expect(wrapWords('  write the earlier time first, please', 24)).toEqual([
      '  write the earlier time',
      '    first, please',
    ]);
  });
});
