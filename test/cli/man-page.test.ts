import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { commandList } from '../../src/cli/command-list.js';
import { manPage } from '../../src/cli/man-page.js';

describe('manPage', () => {
  it('has every command, every option and every topic, in ASCII', async () => {
    const page = await manPage();
    for (const { name } of commandList) expect(page).toContain(`.SS coldcase ${name}`);
    expect(page).toContain('\\fB\\-\\-no\\-pager\\fR');
    expect(page).toContain('.SH EXIT\\-CODES');
    expect(page).toMatch(/^[\n\x20-\x7e]*$/);
  });

  it('is drawn without a warning', async () => {
    const { error, stdout, stderr } = spawnSync('man', ['--warnings', '-l', '-'], {
      input: await manPage(),
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', MANWIDTH: '80' },
    });
    if (error !== undefined) return;
    expect(stderr).toBe('');
    expect(stdout).toMatch(/coldcase query \[files\.\.\.\]/);
  });
});
