import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/base/fault.js';
import { findConfigs } from '../../src/cli/config.js';
import { readConfig } from '../../src/cli/config-file.js';
import { settingsOf } from '../../src/cli/settings.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-config-'));
const noHome = { XDG_CONFIG_HOME: join(root, 'nowhere') };
afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

function refusal(text: string): readonly string[] {
  const path = write('bad.yaml', text);
  try {
    readConfig(path);
  } catch (error) {
    return faultsOf(error).map(
      ({ code, message, hint }) => `${code} ${message.replace(path, 'F')} | ${hint}`,
    );
  }
  return [];
}

describe('coldcase.yaml', () => {
  it('reads every key', () => {
    const path = write(
      'full.yaml',
      [
        'store: data/store',
        'keep: 60d',
        'timezone: Europe/Berlin',
        'bad: status >= 500 or status = 401',
        'roles: { host: host.name, version: [service.version, build_id] }',
        'rollup: [service, route]',
        'sources:',
        '  - glob: /var/log/{host}.log*',
        '    format: access',
        '    set: { service: api, shard: 3 }',
      ].join('\n'),
    );
    expect(readConfig(path)).toEqual({
      store: join(root, 'data/store'),
      keep: '60d',
      timezone: 'Europe/Berlin',
      bad: 'status >= 500 or status = 401',
      roles: { host: ['host.name'], version: ['service.version', 'build_id'] },
      rollup: ['service', 'route'],
      sources: [
        { glob: '/var/log/{host}.log*', format: 'access', set: { service: 'api', shard: '3' } },
      ],
    });
  });

  it('refuses what it does not know, all at once, with line and suggestion', () => {
    expect(refusal('rollup: [host, time]\n')).toEqual([
      'CC1302 F:1: rollup.1: expected no time, weight, duration, found "time" | coldcase help config shows a complete example',
    ]);
    expect(refusal('stroe: x\nkeep: 60d\nroles: { hst: a }\nsources: [{ glob: 1 }]\n')).toEqual([
      'CC1301 F:1: unknown key stroe | did you mean store?',
      'CC1301 F:3: unknown key roles.hst | did you mean host?',
      'CC1302 F:4: sources.0.glob: expected string, found 1 | coldcase help config shows a complete example',
    ]);
  });

  it('says where YAML breaks', () => {
    expect(refusal('store: [a\nbad: x\n')[0]).toMatch(/^CC1302 F:2: /);
  });

  it('is found from a folder below, up to the git root and not beyond', async () => {
    write('coldcase.yaml', 'store: outside\n');
    mkdirSync(join(root, 'repo/.git'), { recursive: true });
    mkdirSync(join(root, 'repo/a/b'), { recursive: true });
    expect(await findConfigs(join(root, 'repo/a/b'), noHome)).toEqual([]);
    const path = write('repo/coldcase.yaml', 'store: inside\n');
    expect(await findConfigs(join(root, 'repo/a/b'), noHome)).toEqual([
      { path, config: { store: join(root, 'repo/inside') } },
    ]);
  });
});

describe('settingsOf', () => {
  const configs = [
    { path: '/p/coldcase.yaml', config: { store: '/p/s', timezone: 'Asia/Tokyo' } },
    { path: '/h/config.yaml', config: { store: '/h/s', bad: 'status = 401' } },
  ];

  it('prefers flags, then environment, then the nearer config, then defaults', () => {
    const env = { COLDCASE_STORE: '/env', COLDCASE_MAX_MEMORY: '1GB' };
    const flags = settingsOf({ values: { store: '/flag' }, env, configs });
    expect(flags.store).toBe('/flag');
    expect(settingsOf({ values: {}, env, configs }).store).toBe('/env');
    const config = settingsOf({ values: {}, env: {}, configs });
    expect([config.store, config.zone, config.bad]).toEqual(['/p/s', 'Asia/Tokyo', 'status = 401']);
    const bare = settingsOf({ values: {}, env: {}, configs: [] });
    expect([bare.zone, bare.dataset, bare.storeNamed]).toEqual(['UTC', 'events', false]);
    expect(flags.maxMemoryBytes).toBe(2 ** 30);
    const memory = flags.origins.find(({ name }) => name === 'max-memory');
    expect(memory).toEqual({ name: 'max-memory', text: '1GB', origin: '$COLDCASE_MAX_MEMORY' });
  });

  it('prefers a typed format, then the suffix of the file, then the environment', () => {
    const env = { COLDCASE_FORMAT: 'table' };
    const format = (values: Record<string, unknown>) =>
      settingsOf({ values, env, configs: [] }).format;
    expect(format({})).toBe('table');
    expect(format({ output: 'x.csv' })).toBeNull();
    expect(format({ output: 'x.unknown' })).toBe('table');
    expect(format({ output: 'x.csv', format: 'json' })).toBe('json');
    expect(format({ output: 'x.unknown', format: 'json' })).toBe('json');
    expect(settingsOf({ values: { output: 'x' }, env: {}, configs: [] }).format).toBeNull();
    expect(() => settingsOf({ values: { output: 'x.xyz' }, env: {}, configs: [] })).toThrow(
      'expected a file ending in .csv, .tsv, .json, .ndjson, .jsonl, .md, .markdown, .txt',
    );
    expect(format({ output: 'x.csv', json: true })).toBe('json');
  });
});
