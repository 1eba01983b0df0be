/** HTML, Jira and pictures: nothing of the data becomes markup, nothing comes from elsewhere. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Chart } from '../../src/render/chart.js';
import { html } from '../../src/render/html.js';
import { escapeJira, jiraTable } from '../../src/render/jira.js';
import { escapeMarkup } from '../../src/render/markup.js';
import { png } from '../../src/render/png.js';
import { svg } from '../../src/render/svg.js';
import { countColumn, hostileCells, style, tableOf, text, textColumn } from './fixtures.js';

const hostile = [
  ...hostileCells,
  '</td></table><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!--',
  ']]>&amp;&#0;',
  '{{constructor}}',
  'javascript:alert(1)',
  '||x||\n|y|',
  '{code}*b*{code}',
];

const lineChart: Chart = {
  title: hostile.join(' '),
  panels: [
    {
      kind: 'lines',
      title: 'p95(duration)',
      unit: 'ms',
      lines: hostile.slice(0, 3).map((label, index) => ({
        label,
        values: [1, 2, null, null, index, 5, null, 7],
      })),
    },
    {
      kind: 'bars',
      title: 'bars',
      unit: null,
      bars: hostile.map((label, value) => ({ label, value })),
    },
    {
      kind: 'heatmap',
      title: 'heat',
      unit: 'ms',
      times: { starts: [0, 60e6], end: 120e6 },
      bins: [1, 10],
      binEnd: 100,
      counts: [[3, 0], null],
    },
  ],
  times: { starts: [0, 1, 2, 3, 4, 5, 6, 7].map((hour) => hour * 3600e6), end: 8 * 3600e6 },
  remarks: [],
};

const table = tableOf({
  columns: [textColumn('<b>'), countColumn('count')],
  rows: hostile.map((cell, index) => [cell, index]),
});
const page = text(
  html(
    {
      title: hostile[0] ?? '',
      parts: [
        { kind: 'chart', drawing: svg(lineChart, { heading: true, footer: ['from <here>'] }) },
        { kind: 'table', table },
        { kind: 'lines', lines: hostile },
      ],
      footer: ['query <x>'],
    },
    style,
  ),
);

const ownTags =
  'html head meta title body h1 div svg rect text line path circle table thead tbody tr th td p br';

/** Every tag of ours, so that what remains is text. */
function tagsOf(markup: string): Set<string> {
  return new Set([...markup.matchAll(/<\/?([a-zA-Z!][\w-]*)/g)].map(([, tag = '']) => tag));
}

describe('HTML', () => {
  it('holds no tag and no attribute that is not ours', () => {
    expect([...tagsOf(page)].filter((tag) => !ownTags.split(' ').includes(tag))).toEqual([
      '!DOCTYPE',
    ]);
    expect(page).not.toMatch(/<[^>]* on\w+=/);
    expect(page).not.toMatch(/<(script|img|iframe|link|object|embed|a)\b/i);
  });

  it('asks for nothing from elsewhere and forbids it', () => {
    expect(page).toContain('default-src &#39;none&#39;');
    const tags = [...page.matchAll(/<[a-z][^>]*>/g)].map(([tag]) => tag);
    const attributes = tags.flatMap((tag) =>
      [...tag.matchAll(/ ([\w:-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => ({
        name,
        value,
      })),
    );
    expect(attributes.length).toBeGreaterThan(100);
    expect(
      attributes.filter(({ name }) => /^(src|href|xlink:href|on.*|action)$/.test(name)),
    ).toEqual([]);
    expect(attributes.filter(({ value }) => /url\(|import|expression/i.test(value))).toEqual([]);
    const outside = attributes.filter(({ value }) => /https?:/.test(value));
    expect(new Set(outside.map(({ name, value }) => `${name}=${value}`))).toEqual(
      new Set(['xmlns=http://www.w3.org/2000/svg']),
    );
  });

  it('is a table whose styles travel with it, and formulas are texts', () => {
    expect(page).toMatch(/<table style="/);
    expect(page).not.toMatch(/class=/);
    expect(page).toContain('&#39;=HYPERLINK(&#34;http://x&#34;)');
    expect(page).toContain('>-12.5</td>');
  });

  it('shows direction marks and control characters instead of obeying them', () => {
    expect(page).not.toMatch(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/,
    );
    expect(page).toContain('\\u202e');
  });

  it('escapes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        expect(escapeMarkup(any)).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe('Jira', () => {
  it('keeps each row on its line with as many cells as columns', () => {
    const lines = text(jiraTable(table, style)).trimEnd().split('\n');
    expect(lines.length).toBe(hostile.length + 1);
    for (const line of lines.slice(1)) {
      expect(line.replace(/\\./g, '').split('|').length, line).toBe(4);
    }
  });

  it('takes the meaning from every sign, and leaves dates and names as they are', () => {
    expect(escapeJira('{code}*b*|x|[~you] :) (x)')).toBe(
      '\\{code\\}\\*b\\*\\|x\\|\\[\\~you\\] :\\) \\(x\\)',
    );
    expect(escapeJira('2020-04-16 api-37')).toBe('2020-04-16 api-37');
    expect(escapeJira('-gone- +new+')).toBe('\\-gone\\- \\+new\\+');
  });
});

describe('pictures', () => {
  const picture = svg(lineChart, { heading: true, footer: ['from <here>'] });

  it('escape every text and name no other file', () => {
    expect([...tagsOf(picture.text)].toSorted()).toEqual(
      ['circle', 'line', 'path', 'rect', 'svg', 'text', 'title'].toSorted(),
    );
    expect(picture.text).not.toMatch(/href|url\(|<script|<image/i);
    expect(picture.text).toContain('from &#60;here&#62;');
  });

  it('draw a gap as a gap: a new path begins behind it, a lone value is a dot', () => {
    const path = /<path d="([^"]*)"/.exec(picture.text)?.[1] ?? '';
    expect(path.match(/M/g)?.length).toBe(2);
    expect(picture.text.match(/<circle/g)?.length).toBe(3);
  });

  it('become a PNG with our own letters', async () => {
    const require = createRequire(import.meta.url);
    const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
    const files = {
      regular: join(fonts, 'DejaVuSans.ttf'),
      bold: join(fonts, 'DejaVuSans-Bold.ttf'),
    };
    const bytes = Buffer.from(await png(picture, files));
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.readUInt32BE(16)).toBe(2000);
    const bare = { heading: true, footer: [] };
    const blank = svg({ ...lineChart, title: '', panels: [], remarks: [] }, bare);
    const withText = svg({ ...lineChart, title: 'words', panels: [], remarks: [] }, bare);
    expect((await png(withText, files)).length).toBeGreaterThan((await png(blank, files)).length);
  });

  it('say which font is missing', async () => {
    const gone = { regular: '/nowhere/a.ttf', bold: '/nowhere/b.ttf' };
    await expect(png(picture, gone)).rejects.toMatchObject({ code: 'CC5010' });
  });
});
