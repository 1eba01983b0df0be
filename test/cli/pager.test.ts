import { describe, expect, it } from 'vitest';
import { fitsScreen, pagerCommand } from '../../src/cli/pager.js';
import { terminalOf } from '../../src/cli/terminal.js';

const noFlags = { color: undefined, ascii: undefined };
const screen = (stdoutTty: boolean, rows: number | undefined = 24) =>
  terminalOf({}, noFlags, { stdoutTty, stderrTty: true, columns: 80, rows });

describe('pagerCommand', () => {
  it.each([
    [{}, 'less -FRX'],
    [{ PAGER: 'more' }, 'more'],
    [{ PAGER: 'more', COLDCASE_PAGER: 'bat' }, 'bat'],
    [{ PAGER: 'more', COLDCASE_PAGER: '' }, null],
    [{ PAGER: 'cat' }, null],
    [{ TERM: 'dumb', PAGER: 'more' }, null],
  ])('with %j is %s', (env, command) => expect(pagerCommand(env, screen(true))).toBe(command));

  it('is none without a screen', () => {
    expect(pagerCommand({ PAGER: 'more' }, screen(false))).toBeNull();
  });
});

describe('fitsScreen', () => {
  it('leaves a line for the prompt', () => {
    expect(fitsScreen('x\n'.repeat(23), screen(true))).toBe(true);
    expect(fitsScreen('x\n'.repeat(24), screen(true))).toBe(false);
  });
});
