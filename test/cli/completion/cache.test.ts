/** What is kept for completion: bounded, private, never a line break, newer names win. */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CachedKnown,
  cacheDir,
  mergedKnown,
  mergeIntoCache,
  readCache,
} from '../../../src/cli/completion/cache.js';

let env: { XDG_CACHE_HOME: string };
beforeEach(() => {
  env = { XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'coldcase-cache-')) };
});
afterEach(() => rmSync(env.XDG_CACHE_HOME, { recursive: true, force: true }));

const known: CachedKnown = {
  tableDir: '/store/events',
  version: 3,
  columns: ['host', 'status'],
  roles: { host: ['host'] },
  values: { host: ['b', 'a'] },
};

describe('the cache', () => {
  it('gives back what was kept, of that table alone', () => {
    mergeIntoCache(env, known);
    expect(readCache(env, '/store/events')).toEqual(known);
    expect(readCache(env, '/other/events')).toBe(null);
    const [file = ''] = readdirSync(cacheDir(env));
    expect(statSync(join(cacheDir(env), file)).mode & 0o777).toBe(0o600);
  });

  it('keeps older values behind newer ones, and the names of the newest snapshot', () => {
    const older = { ...known, version: 2, columns: ['host'], values: { host: ['c'], x: ['1'] } };
    const merged = mergedKnown(known, older);
    expect(merged.columns).toEqual(['host', 'status']);
    expect(merged.values).toEqual({ host: ['c', 'b', 'a'], x: ['1'] });
    expect(mergedKnown(older, known).values.host).toEqual(['b', 'a', 'c']);
  });

  it('keeps no value that needs more than a line or acts on a terminal, and not too many', () => {
    const texts = ['a\nb', 'a\u001b[2J', 'a\u202eb', '', 'x'.repeat(121), 'fine'];
    const many = Array.from({ length: 500 }, (_, index) => `v${index}`);
    mergeIntoCache(env, { ...known, values: { host: texts, many } });
    const kept = readCache(env, known.tableDir);
    expect(kept?.values.host).toEqual(['fine']);
    expect(kept?.values.many).toHaveLength(200);
  });

  it('does without a file that is damaged or of another format', () => {
    mergeIntoCache(env, known);
    const [file = ''] = readdirSync(cacheDir(env));
    for (const text of ['', '{', '[]', '{"format":2}', '{"format":1,"tableDir":"/store/events"}']) {
      writeFileSync(join(cacheDir(env), file), text);
      expect(readCache(env, known.tableDir)?.values ?? {}).toEqual({});
      mergeIntoCache(env, known);
      expect(readCache(env, known.tableDir)?.values).toEqual(known.values);
    }
  });

  it('does without where nothing can be written', () => {
    const blocked = join(env.XDG_CACHE_HOME, 'file');
    writeFileSync(blocked, '');
    expect(() => mergeIntoCache({ XDG_CACHE_HOME: blocked }, known)).not.toThrow();
  });
});
