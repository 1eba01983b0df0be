/** docs/errors.md and docs/cli.md say what the source says. `UPDATE_DOCS=1` writes them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faultTable } from '../../src/base/fault-table.js';
import { commandList } from '../../src/cli/command-list.js';
import { cliPage, errorsPage } from './reference.js';

const docs = new URL('../../docs/', import.meta.url);

function compare(name: string, page: string): void {
  const url = new URL(name, docs);
  if (process.env.UPDATE_DOCS) writeFileSync(url, page);
  expect(readFileSync(url, 'utf8'), `UPDATE_DOCS=1 writes docs/${name}`).toBe(page);
}

describe('pages made from the source', () => {
  it('docs/errors.md has every fault code', () => {
    const page = errorsPage();
    for (const code of Object.keys(faultTable)) expect(page).toContain(`</a>${code} |`);
    compare('errors.md', page);
  });

  it('docs/cli.md has every command', async () => {
    const page = await cliPage();
    for (const { name } of commandList) expect(page).toContain(`## coldcase ${name}\n`);
    compare('cli.md', page);
  });
});
