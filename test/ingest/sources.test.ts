import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expandSources, type SourceList } from '../../src/ingest/sources.js';

let root = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'coldcase-sources-'));
  const files = [
    'logs/api-1.access.log',
    'logs/api-2.access.log.1',
    'logs/api-10.error.log',
    'logs/.hidden.log',
    'logs/deep/er/x.log',
    'logs/deep/y.log',
    'logs/.git/z.log',
    'hosts/a/access.log',
    'hosts/b/access.log',
    'odd/a[1].log',
    'odd/a1.log',
    'odd/b c.log',
    'odd/ü.log',
  ];
  for (const file of files) {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '{}');
  }
  symlinkSync(join(root, 'logs/deep/y.log'), join(root, 'hosts/link.log'));
  symlinkSync(root, join(root, 'hosts/loop'));
  execFileSync('mkfifo', [join(root, 'odd/pipe')]);
});

afterAll(() => rmSync(root, { recursive: true }));

function expand(args: readonly string[], pattern: string | null = null): SourceList {
  return expandSources(
    args.map((arg) => (arg === '-' ? arg : join(root, arg))),
    pattern,
  );
}

function names(list: SourceList): string[] {
  return list.files.map(({ path }) => path.replace(`${root}/`, ''));
}

describe('expandSources', () => {
  it.each<[string, string[]]>([
    ['logs/*.log', ['logs/api-1.access.log', 'logs/api-10.error.log']],
    ['logs/*.access.log*', ['logs/api-1.access.log', 'logs/api-2.access.log.1']],
    ['logs/api-?.*', ['logs/api-1.access.log', 'logs/api-2.access.log.1']],
    ['logs/api-[2-9]*', ['logs/api-2.access.log.1']],
    ['logs/api-[!2-9]*', ['logs/api-1.access.log', 'logs/api-10.error.log']],
    [
      'logs/**/*.log',
      ['logs/api-1.access.log', 'logs/api-10.error.log', 'logs/deep/er/x.log', 'logs/deep/y.log'],
    ],
    ['logs/.*.log', ['logs/.hidden.log']],
    ['hosts/{a,b}/access.log', ['hosts/a/access.log', 'hosts/b/access.log']],
    ['{hosts/a,logs/deep}/*.log', ['hosts/a/access.log', 'logs/deep/y.log']],
    ['*/deep/y.log', ['logs/deep/y.log']],
    ['hosts/*/logs/deep/y.log', ['hosts/loop/logs/deep/y.log']],
    ['hosts/**/y.log', []],
    ['odd/a[1].log', ['odd/a[1].log']],
    ['odd/\\a[1].log', ['odd/a1.log']],
    ['odd/a\\[?].log', ['odd/a[1].log']],
    ['odd/? c.log', ['odd/b c.log']],
    ['odd/?.log', ['odd/ü.log']],
  ])('expands %s', (pattern, expected) => {
    const list = expand([pattern]);
    expect(names(list)).toEqual(expected);
    expect(list.faults.map((fault) => fault.code)).toEqual(expected.length === 0 ? ['CC2008'] : []);
  });

  it('captures values from a glob', () => {
    const list = expand(['logs/{host}.access.log*']);
    expect(list.files.map((file) => file.captures)).toEqual([{ host: 'api-1' }, { host: 'api-2' }]);
    expect(expand(['hosts/{host.name}/{kind}.log']).files[1]?.captures).toEqual({
      'host.name': 'b',
      kind: 'access',
    });
  });

  it('captures values by a source pattern from the end of the path', () => {
    const list = expand(['hosts/a', 'logs/deep/y.log'], '{host}/access.log');
    expect(list.files.map((file) => file.captures)).toEqual([{ host: 'a' }, {}]);
    const deep = expand(['logs/deep'], '{app}/**/{name}.log');
    expect(deep.files.map((file) => file.captures.name)).toEqual(['x', 'y']);
  });

  it('reads directories recursively and tells what it passes over', () => {
    const list = expand(['logs']);
    expect(names(list)).toEqual([
      'logs/api-1.access.log',
      'logs/api-10.error.log',
      'logs/api-2.access.log.1',
      'logs/deep/er/x.log',
      'logs/deep/y.log',
    ]);
    expect(list.skipped.map(({ path, reason }) => [path.replace(`${root}/`, ''), reason])).toEqual([
      ['logs/.git', 'hidden'],
      ['logs/.hidden.log', 'hidden'],
    ]);
    const odd = expand(['odd', 'hosts']);
    expect(odd.skipped.map(({ reason }) => reason)).toEqual([
      'not a regular file',
      'a linked directory',
    ]);
    expect(names(odd)).toContain('hosts/link.log');
  });

  it('lists a file once, in the order of the arguments', () => {
    const list = expand(['hosts/b/access.log', 'hosts/*/access.log', '-', 'hosts/b', '-']);
    expect(names(list)).toEqual(['hosts/b/access.log', 'hosts/a/access.log', '-']);
    expect(names(expand(['hosts/link.log', 'logs/deep/y.log']))).toEqual(['hosts/link.log']);
  });

  it('collects faults and keeps the files that are there', () => {
    const list = expand([
      'nothing.log',
      'no*match',
      'odd/pipe',
      'hosts/a/access.log',
      'odd/a1.log/x',
    ]);
    expect(list.faults.map((fault) => fault.code)).toEqual([
      'CC2001',
      'CC2008',
      'CC2002',
      'CC2001',
    ]);
    expect(names(list)).toEqual(['hosts/a/access.log']);
  });

  it('tells a glob that matches only a directory or a pipe', () => {
    const list = expand(['logs/dee*', 'odd/pip*']);
    expect(list.skipped.map(({ reason }) => reason)).toEqual(['a directory', 'not a regular file']);
    expect(list.faults.map((fault) => fault.code)).toEqual(['CC2008', 'CC2008']);
  });

  it('refuses braces that explode', () => {
    const bomb = '{a,b}'.repeat(12);
    expect(() => expandSources([bomb])).toThrow('more than 1000 alternatives');
  });
});
