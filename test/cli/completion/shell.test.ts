/** The line read as shells read it, and candidates put into it: a real shell is the judge. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLine } from '../../../src/cli/completion/shell-line.js';
import { replacement } from '../../../src/cli/completion/shell-text.js';

/** What bash makes of the words of a line. */
function wordsInBash(lines: readonly string[]): readonly string[] {
  const script = lines.map((line) => `printf '%s\\0' ${line}`).join('\n');
  const { stdout, status } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.split('\0').slice(0, -1);
}

const breaks = ' \t\n"\'@><=;|&(:';
const hostile = [
  '$(rm -rf ~)',
  '`id`',
  "it's",
  'say "x"',
  '!! !$',
  'a\\b\\',
  '; touch pwned #',
  '~root',
  '{a,b}*?[x]',
  'host = "a b"',
  '$HOME $((1+1)) $IFS',
  '東京 é',
  '-rf',
  '<(cat)',
  '%s %n',
];

describe('the line typed', () => {
  it('is read as bash reads it', () => {
    const lines = [
      `coldcase query --by host`,
      `coldcase query --where 'host = "a b"'`,
      `coldcase a\\ b "c d" 'e'\\''f' g"h"i`,
      `coldcase "\\$x \\\\ \\n"`,
    ];
    for (const line of lines) {
      const { words, current } = readLine(line, 'bash');
      expect([...words, current]).toEqual(wordsInBash([line]));
    }
  });

  it('knows which quotation mark is open, and where the word began', () => {
    expect(readLine("coldcase query --where 'host = ap", 'bash')).toEqual({
      words: ['coldcase', 'query', '--where'],
      current: 'host = ap',
      raw: "'host = ap",
      open: { mark: "'", place: 0 },
      redirected: false,
    });
    expect(readLine("X=1 cd a; Y=2 coldcase 'it\\'s", 'fish').current).toBe("it's");
    expect(readLine('a | coldcase query ', 'zsh').words).toEqual(['coldcase', 'query']);
    expect(readLine('coldcase query > out', 'bash').redirected).toBe(true);
    expect(readLine('coldcase query > out --by ', 'bash').words).toEqual([
      'coldcase',
      'query',
      '--by',
    ]);
  });
});

describe('a candidate in the line', () => {
  const starts = ["'", '"', '', `--where='`, `--where="`, '--where=', `pre'`];

  function lineWith(candidate: string, start: string, typedCount: number): string {
    const whole = start.replace(/['"]$/, '') + candidate;
    const mark = /['"]$/.exec(start)?.[0] ?? '';
    const typed = mark === '' ? start : start + safe(candidate.slice(0, typedCount));
    const line = readLine(`coldcase query ${typed}`, 'bash');
    const text = replacement(whole, line, { shell: 'bash', breaks });
    const kept = mark === '' ? keptByReadline(typed) : start;
    return `${kept}${text}${mark}`;
  }

  /** Only what stands for itself in either kind of quotation marks is typed by hand. */
  function safe(text: string): string {
    return /^[\w =.-]*/.exec(text)?.[0] ?? '';
  }

  function keptByReadline(typed: string): string {
    const last = Math.max(...[...breaks].map((char) => typed.lastIndexOf(char)));
    return typed.slice(0, last + 1);
  }

  it('is one harmless word in bash, however it was begun', () => {
    const cases = hostile.flatMap((text) =>
      starts.map((start) => ({
        text: start.replace(/['"]$/, '') + text,
        line: lineWith(text, start, 3),
      })),
    );
    expect(wordsInBash(cases.map(({ line }) => line))).toEqual(cases.map(({ text }) => text));
  });

  it('is so for any text', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'ab $`\'"\\!;&|<>(){}[]*?~#=%@:^,é'),
      maxLength: 12,
    });
    const properties = fc.asyncProperty(
      fc.array(fc.tuple(text, fc.constantFrom(...starts), fc.nat(4)), {
        minLength: 20,
        maxLength: 20,
      }),
      async (drawn) => {
        const cases = drawn.map(([one, start, count]) => ({
          text: start.replace(/['"]$/, '') + one,
          line: lineWith(one, start, count),
        }));
        expect(wordsInBash(cases.map(({ line }) => line))).toEqual(cases.map((one) => one.text));
      },
    );
    return fc.assert(properties, { seed: 1330, numRuns: 25 });
  });

  it('is left to zsh and fish to quote', () => {
    const line = readLine("coldcase query '", 'zsh');
    expect(replacement('$(x)', line, { shell: 'zsh', breaks: '' })).toBe('$(x)');
  });
});
