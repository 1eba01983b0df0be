import { chmod, cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { commitPath } from '../../src/delta/log.js';
import { type Dataset, openDataset } from '../../src/store/dataset.js';
import { selectFiles } from '../../src/store/select-files.js';
import { growthCandidates, knownSources } from '../../src/store/sources.js';
import { statusOf } from '../../src/store/status.js';
import { append, ask, day, hour, newDir, sha, source, stage, writer } from './staged.js';

const golden = new URL('../formats/v1/store', import.meta.url).pathname;

async function copyOfGolden(): Promise<string> {
  const storeDir = join(await newDir(), 'store');
  await cp(golden, storeDir, { recursive: true });
  for (const name of await readdir(storeDir, { recursive: true })) {
    if (/\.\w+$/.test(name)) await chmod(join(storeDir, name), 0o600);
  }
  return storeDir;
}

describe('a store of format 1', () => {
  let dataset: Dataset;
  beforeAll(async () => {
    dataset = await openDataset({ storeDir: golden, name: 'events' }, writer);
  });

  it('opens with its columns, roles and settings', () => {
    expect(dataset.snapshot.version).toBe(4);
    expect(dataset.schema.map(({ name, label, type, unit }) => [name, label, type, unit])).toEqual([
      ['cache_hit', 'cache.hit', 'boolean', null],
      ['duration_ms', 'duration_ms', 'number', 'ms'],
      ['host_name', 'host.name', 'string', null],
      ['http_status_code', 'http.status_code', 'integer', null],
      ['host_name_2', 'Host.Name', 'string', null],
      ['build', 'build', 'string', null],
    ]);
    expect(dataset.roles).toEqual({
      time: ['time'],
      host: ['host.name'],
      version: ['build'],
      status: ['http.status_code'],
      duration: ['duration_ms'],
    });
    expect(dataset.bad).toBe('status >= 500 or status = 401');
    expect(dataset.keepDays).toBe(60);
  });

  it('says what it keeps', () => {
    expect(statusOf(dataset)).toMatchObject({
      fileCount: 4,
      rowCount: 6,
      foreignFileCount: 0,
      span: { start: day + 2 * hour, end: day + 61 * hour + 1 },
      days: [
        { date: '2020-04-16', rowCount: 3 },
        { date: '2020-04-17', rowCount: 1 },
        { date: '2020-04-18', rowCount: 2 },
      ],
      gaps: [],
    });
    expect(knownSources(dataset.snapshot)).toEqual([
      source({ sha256: sha('1'), bytes: 300, readCount: 3 }),
      source({
        sha256: sha('2'),
        bytes: 80,
        readCount: 1,
        tail: { kind: 'open', lineStart: 60, stored: true },
      }),
    ]);
    const grown = { bytes: 301, pathHash: '0123456789ab' };
    expect(growthCandidates(dataset.snapshot, grown).length).toBe(2);
  });

  it('gives its rows', async () => {
    const columns =
      'epoch_us(ts), host_name, http_status_code, duration_ms, cache_hit, host_name_2, build, extra';
    expect(await ask(dataset, columns, 'ORDER BY ts')).toEqual([
      [
        `${day + 2 * hour}`,
        'web-3',
        null,
        null,
        null,
        'WEB-3',
        null,
        extra('http.status_code', '"teapot"'),
      ],
      [`${day + 14 * hour + 123456}`, 'web-1', '200', 1.5, true, null, null, null],
      [`${day + 15 * hour}`, 'wéb-2', '500', 7, null, null, null, null],
      [`${day + 25 * hour}`, null, '401', 0.25, false, null, null, extra('tags', '[1,2]')],
      [`${day + 60 * hour}`, 'web-1', null, null, null, null, '2.4.1', null],
      [`${day + 61 * hour}`, 'web-4', null, null, null, null, '2.4.0', null],
    ]);
  });

  it('prunes by day, by time and by host', () => {
    const paths = (
      ...args: [Parameters<typeof selectFiles>[1], Parameters<typeof selectFiles>[2]]
    ) => selectFiles(dataset, ...args).files.map(({ partitionValues }) => partitionValues.date);
    expect(paths({ start: day + 24 * hour, end: day + 48 * hour }, [])).toEqual(['2020-04-17']);
    expect(paths({ start: day, end: day + 3 * hour }, [])).toEqual(['2020-04-16']);
    expect(paths(null, [{ kind: 'in', label: 'host.name', values: ['web-4'] }])).toEqual([
      // Its hosts lie around the one asked for.
      '2020-04-16',
      '2020-04-18',
    ]);
  });

  it('opens the same from its checkpoint alone', async () => {
    const storeDir = await copyOfGolden();
    const place = { storeDir, name: 'events' };
    for (const version of [0, 1, 2]) await rm(commitPath(join(storeDir, 'events'), version));
    const { snapshot, ...rest } = await openDataset(place, writer);
    const { snapshot: plain, ...expected } = dataset;
    expect({ ...rest, storeDir: '', tableDir: '' }).toEqual({
      ...expected,
      storeDir: '',
      tableDir: '',
    });
    expect(snapshot.files.map(({ path, stats, tags }) => [path, stats, tags])).toEqual(
      plain.files.map(({ path, stats, tags }) => [path, stats, tags]),
    );
  });

  it('takes new events', async () => {
    const place = { storeDir: await copyOfGolden(), name: 'events' };
    const staged = await stage(
      [{ label: 'http.status_code', type: 'integer' }],
      [{ ts: day, values: [503] }],
    );
    const { dataset: after } = await append(await openDataset(place, writer), { staged: [staged] });
    expect(after.snapshot.version).toBe(5);
    expect(await ask(after, 'count(*), sum(http_status_code)::INT')).toEqual([['7', 1604]]);
  });
});

function extra(key: string, value: string) {
  return [{ key, value }];
}
