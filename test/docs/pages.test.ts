/**
 * README and docs/ are executed: every `console` block is run and must print what it says.
 * `UPDATE_DOCS=1` writes what the commands print into the pages instead; read the diff.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runPage } from './transcript.js';

const root = new URL('../..', import.meta.url).pathname;
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe('pages', () => {
  it('finds the README and the docs', () => {
    expect(pages.length).toBeGreaterThan(4);
  });

  for (const page of pages) {
    it(`${page} prints what it says`, () => {
      const path = join(root, page);
      const markdown = readFileSync(path, 'utf8');
      const ran = runPage(markdown);
      if (process.env.UPDATE_DOCS) writeFileSync(path, ran.text);
      else for (const step of ran.steps) expect(step.actual, step.command).toBe(step.expected);
      if (page === 'README.md') expect(ran.steps.length).toBeGreaterThan(5);
    });

    it(`${page} links to what exists`, () => {
      const markdown = readFileSync(join(root, page), 'utf8');
      const links = [...markdown.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((m) => m[1] ?? '');
      for (const link of links) {
        expect(() => readFileSync(join(root, page, '..', link)), link).not.toThrow(/ENOENT/);
      }
    });
  }
});
