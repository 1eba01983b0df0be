/**
 * README and docs/ are executed: every `console` block is run and must print what it says.
 * `UPDATE_DOCS=1` writes what the commands print into the pages instead; read the diff.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPage, settled } from './transcript.js';

const root = new URL('../..', import.meta.url).pathname;
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** Pages of which a good part is transcripts, and how many commands each runs at least. */
const leastSteps = {
  'README.md': 5,
  'docs/inputs.md': 20,
  'docs/queries.md': 15,
  'docs/saved-queries.md': 10,
};
const readmeLines = 160;

describe('pages', () => {
  it('finds the README and the docs, and runs their commands', () => {
    expect(pages).toEqual(expect.arrayContaining(Object.keys(leastSteps)));
  });

  for (const page of pages) {
    it(`${page} prints what it says`, { timeout: 120_000 }, () => {
      const path = join(root, page);
      const markdown = readFileSync(path, 'utf8');
      const ran = runPage(markdown);
      const least = Object.entries(leastSteps).find(([name]) => name === page)?.[1] ?? 0;
      expect(ran.steps.length).toBeGreaterThanOrEqual(least);
      expect(ran.steps.filter(({ actual }) => actual.endsWith('[exit 70]'))).toEqual([]);
      if (process.env.UPDATE_DOCS) {
        if (settled(ran.text) !== settled(markdown)) writeFileSync(path, ran.text);
        return;
      }
      for (const { command, actual, expected } of ran.steps) {
        expect(settled(actual), command).toBe(settled(expected));
      }
    });

    it(`${page} links to what exists`, () => {
      const markdown = readFileSync(join(root, page), 'utf8');
      const links = [...markdown.matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)];
      for (const [whole, file = '', anchor = ''] of links) {
        const target = file === '' ? join(root, page) : join(root, page, '..', file);
        expect(existsSync(target), whole).toBe(true);
        if (anchor === '') continue;
        expect(anchorsOf(readFileSync(target, 'utf8')), whole).toContain(anchor);
      }
    });
  }

  it('keeps the README short', () => {
    const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
    expect(lines.length).toBeLessThanOrEqual(readmeLines);
  });

  it('links every page from the README', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    for (const page of pages.slice(1)) expect(readme).toContain(`](${page})`);
  });
});

/** The anchors of the headings, as they are made on GitHub. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
    const words = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '');
    return `#${words.replace(/ /g, '-')}`;
  });
}
