/** TAB in the built program: what an ingest and an answer taught, without an engine. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSession } from './session.js';

const session = openSession();
const evil = '$(touch pwned)';

beforeAll(() => {
  const rows = ['api-01', 'api-02', evil, 'two words'].map((host, index) =>
    JSON.stringify({
      timestamp: `2026-11-20T10:00:0${index}Z`,
      host,
      status: 200,
      agent: `a${index}`,
    }),
  );
  writeFileSync(join(session.dir, 'in.ndjson'), `${rows.join('\n')}\n`);
  expect(session.run(['ingest', 'in.ndjson']).status).toBe(0);
});
afterAll(() => session.close());

function tab(line: string, shell = 'bash'): readonly string[] {
  const breaks = ' \t\n"\'@><=;|&(:';
  const { stdout, stderr, status } = session.run(['__complete', shell, line, breaks]);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout
    .trimEnd()
    .split('\n')
    .map((one) => one.split('\t')[0] ?? '');
}

describe('a TAB', () => {
  it('knows names and values of roles after an ingest', () => {
    expect(tab('coldcase query --by ho')).toEqual(['list', 'host']);
    expect(tab("coldcase query --where 'host = api-")).toEqual([
      'list-on',
      'host = api-01',
      'host = api-02',
    ]);
    expect(tab('coldcase query --where \'host = "$')).toEqual(['list-on', `host = "${evil}"`]);
    expect(tab('coldcase query --where "host = \\"$')).toEqual([
      'list-on',
      'host = \\"\\$(touch pwned)\\"',
    ]);
  });

  it('knows the values of an answer after it was given', () => {
    expect(tab("coldcase query --where 'agent = ")).toEqual(['list-on']);
    expect(session.run(['query', '--by', 'agent']).status).toBe(0);
    expect(tab("coldcase query --where 'agent = a1")).toEqual(['list-on', 'agent = a1']);
  });

  it('sees a column that another process has added since', () => {
    const row = { timestamp: '2026-11-20T10:01:00Z', host: 'api-01', status: 200, rack: 'r1' };
    writeFileSync(join(session.dir, 'more.ndjson'), `${JSON.stringify(row)}\n`);
    const other = join(session.dir, 'other-home');
    mkdirSync(other);
    session.run(['ingest', 'more.ndjson'], { env: { XDG_CACHE_HOME: other } });
    expect(tab('coldcase query --by ra')).toEqual(['list', 'rack']);
  });

  it('leaves nothing in the store, and what it runs is nothing of the data', () => {
    const files = readdirSync(session.dir, { recursive: true }).map(String);
    expect(files.filter((name) => name.includes('pwned'))).toEqual([]);
    expect(readdirSync(join(session.dir, '.coldcase', 'events')).toSorted()).toEqual([
      '_delta_log',
      '_staging',
      'date=2026-11-20',
    ]);
  });

  it('prints a script for each shell, and refuses others', () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { stdout, status } = session.run(['complete', shell]);
      expect(status).toBe(0);
      expect(stdout).toContain(`coldcase __complete ${shell} `);
      expect(stdout).not.toContain('eval');
    }
    const { stderr, status } = session.run(['complete', 'fihs']);
    expect(status).toBe(2);
    expect(stderr).toContain('CC1330');
    expect(stderr).toContain('did you mean fish?');
  });

  it('loads one small file and no parser', () => {
    const path = new URL('../../dist/complete.js', import.meta.url);
    const code = readFileSync(path, 'utf8');
    expect(code.length).toBeLessThan(82_000);
    expect(code).not.toMatch(/node-bindings|CommanderError/);
  });
});

describe('names of saved queries', () => {
  it('are those that query takes', () => {
    expect(tab('coldcase query @hosts-f')).toEqual(['list', 'hosts-failing']);
    expect(tab('coldcase query @hosts-f', 'fish')).toEqual(['list', '@hosts-failing']);
    expect(tab('coldcase queries hosts-f')).toEqual(['list', 'hosts-failing']);
  });
});
