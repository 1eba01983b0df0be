import { describe, expect, it } from 'vitest';
import { type Environment, terminalOf } from '../../src/cli/terminal.js';

const none = { color: undefined, ascii: undefined };
const tty = { stdoutTty: true, stderrTty: true, columns: 100 };
const pipe = { stdoutTty: false, stderrTty: false, columns: undefined };

describe('colour', () => {
  const cases: readonly (readonly [string, Environment, boolean | undefined, boolean, boolean])[] =
    [
      ['a terminal', {}, undefined, true, true],
      ['a pipe', {}, undefined, false, false],
      ['TERM=dumb', { TERM: 'dumb' }, undefined, true, false],
      ['CLICOLOR=0', { CLICOLOR: '0' }, undefined, true, false],
      [
        'CLICOLOR_FORCE over CLICOLOR=0',
        { CLICOLOR: '0', CLICOLOR_FORCE: '1' },
        undefined,
        false,
        true,
      ],
      [
        'FORCE_COLOR=0 over CLICOLOR_FORCE',
        { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' },
        undefined,
        true,
        false,
      ],
      ['FORCE_COLOR over TERM=dumb', { FORCE_COLOR: '1', TERM: 'dumb' }, undefined, false, true],
      ['NO_COLOR over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, undefined, true, false],
      ['an empty NO_COLOR is not there', { NO_COLOR: '' }, undefined, true, true],
      ['--color over NO_COLOR', { NO_COLOR: '1' }, true, false, true],
      ['--no-color over FORCE_COLOR', { FORCE_COLOR: '1' }, false, true, false],
    ];
  it.each(cases)('%s', (_name, env, color, isTty, colour) => {
    const terminal = terminalOf(env, { ...none, color }, isTty ? tty : pipe);
    expect(terminal.colourOut).toBe(colour);
  });
});

describe('width', () => {
  it.each([
    [{ COLUMNS: '40' }, tty, 40],
    [{}, tty, 100],
    [{}, pipe, 80],
    [{ COLUMNS: 'wide' }, tty, 100],
    [{ COLUMNS: '3' }, tty, 20],
  ])('%j gives %i', (env, streams, width) => {
    expect(terminalOf(env, none, streams).width).toBe(width);
  });
});

describe('unicode', () => {
  it.each([
    [{ LANG: 'C.UTF-8' }, tty, undefined, true],
    [{ LANG: 'C' }, tty, undefined, false],
    [{}, tty, undefined, false],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, tty, undefined, false],
    [{ LC_CTYPE: 'de_DE.utf8', LANG: 'C' }, tty, undefined, true],
    [{ LANG: 'en_US.UTF-8' }, pipe, undefined, false],
    [{ LANG: 'ja_JP.UTF-8' }, tty, undefined, false],
    [{ LANG: 'en_US.UTF-8' }, tty, true, false],
    [{ LANG: 'C' }, pipe, false, true],
  ])('%j', (env, streams, ascii, unicode) => {
    expect(terminalOf(env, { ...none, ascii }, streams).unicode).toBe(unicode);
  });
});
