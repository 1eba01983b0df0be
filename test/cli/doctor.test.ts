import { describe, expect, it } from 'vitest';
import {
  failuresOf,
  hoursTwice,
  ignoredFailures,
  type StatusFailures,
} from '../../src/cli/doctor.js';
import { countTwins, type TwinCount } from '../../src/engine/duckdb/twins.js';
import type { Result } from '../../src/query/result.js';
import { append, day, newDataset, noAbort, stage } from '../store/staged.js';

/** A status of a service whose hosts have so many events of it, of so many each in all. */
function failures(
  status: string,
  counts: readonly number[],
  part: Partial<StatusFailures> & { readonly each?: number } = {},
): StatusFailures {
  const { each = 1_000, ...rest } = part;
  const hosts = counts.map((count) => ({ count, all: each }));
  return { service: null, status, badCount: 0, hosts, ...rest };
}

const none = (count: number) => Array.from({ length: count }, () => 0);
const spread = Array.from({ length: 40 }, () => 10);

describe('ignoredFailures', () => {
  it('tells a status that a few hosts have and the rule does not count', () => {
    const few = failures('401', [300, 300, 300, 300, ...Array(36).fill(1)]);
    const bad = failures('500', spread, { badCount: 400 });
    expect(ignoredFailures([few, bad])).toEqual([
      '401 is 76 % of failing statuses and not bad by the rule; 97 % of them on 4 of 40 hosts',
    ]);
  });

  it('is silent about what is spread, what is rare and what the rule counts', () => {
    const rare = failures('401', [5, ...none(39)]);
    const known = failures('503', [500, ...none(39)], { badCount: 500 });
    expect(ignoredFailures([failures('404', spread), rare, known])).toEqual([]);
    expect(ignoredFailures([failures('401', [900])])).toEqual([]);
  });

  it('compares hosts with those of their service, so its own status is no news', () => {
    const login = failures('401', [100, 90, 110, 95], { service: 'login' });
    const other = failures('404', spread, { service: 'web' });
    expect(ignoredFailures([login, other])).toEqual([]);
    const one = failures('401', [390, 2, 1, 0], { service: 'login' });
    expect(ignoredFailures([one, other])).toEqual([
      '401 is 100 % of the failing statuses of login and not bad by the rule; ' +
        '99 % of them on 1 of 4 hosts',
    ]);
  });

  it('expects more of a host that gets more', () => {
    const hosts = [
      { count: 900, all: 90_000 },
      ...Array.from({ length: 9 }, () => ({ count: 10, all: 1_000 })),
    ];
    expect(ignoredFailures([failures('404', [], { hosts })])).toEqual([]);
  });

  it('reads both breakdowns, with hosts that never failed', () => {
    const failing = { rows: [['401', 'a', 's', 30, 0]] } as unknown as Result;
    const traffic = {
      rows: [
        ['a', 's', 100],
        ['b', 's', 200],
        ['c', 'other', 5],
      ],
    } as unknown as Result;
    expect(failuresOf(failing, traffic)).toEqual([
      {
        ...{ service: 's', status: '401', badCount: 0 },
        hosts: [
          { count: 30, all: 100 },
          { count: 0, all: 200 },
        ],
      },
    ]);
  });
});

describe('events that are there twice', () => {
  const columns = [
    { label: 'host', type: 'string' },
    { label: 'n', type: 'integer' },
  ] as const;
  const limits = { memoryBytes: null, threads: 1, spillDir: null };

  const rowsOf = (count: number, from = 0) =>
    Array.from({ length: count }, (_unused, index) => ({
      ts: day + (from + index) * 1_000_000,
      values: [`api-${(from + index) % 2}`, from + index],
    }));

  async function twinsOf(
    ...ingests: readonly (readonly ReturnType<typeof rowsOf>[])[]
  ): Promise<readonly TwinCount[]> {
    let dataset = await newDataset();
    for (const [index, files] of ingests.entries()) {
      const staged = await Promise.all(files.map((rows) => stage(columns, rows)));
      ({ dataset } = await append(dataset, { staged, batch: `b${index}` }));
    }
    const files = dataset.snapshot.files.map(({ path }) => `${dataset.tableDir}/${path}`);
    const { schema } = dataset;
    const none = { name: 'held_by_none', label: 'none', type: 'string', unit: null } as const;
    const request = { files, schema: [...schema, none], host: 'host', everyMinutes: 1 };
    return await countTwins(limits, request, noAbort);
  }

  it('are found when a part of a log came by two ingests', async () => {
    const counts = await twinsOf([rowsOf(1_000)], [rowsOf(200, 900)]);
    expect(counts.map(({ host }) => host)).toEqual(['api-0', 'api-1']);
    expect(hoursTwice(counts)).toMatchObject([
      { host: null, startMicros: day, rowCount: 1_200, eventCount: 1_100, crossedCount: 100 },
    ]);
  });

  it('are found when two files of one ingest hold the same', async () => {
    const counts = await twinsOf([rowsOf(100), rowsOf(100)]);
    expect(hoursTwice(counts).map(({ rowCount, eventCount }) => rowCount - eventCount)).toEqual([
      100,
    ]);
  });

  it('are found on one host of many, and told of it', async () => {
    const counts = await twinsOf(
      [rowsOf(1_000)],
      [rowsOf(80).filter(({ values }) => values[0] === 'api-1')],
    );
    expect(hoursTwice(counts)).toMatchObject([{ host: 'api-1', crossedCount: 40 }]);
  });

  it('are not lines that a log repeats, nor a few by chance', async () => {
    const repeated = [...rowsOf(100), ...rowsOf(30)];
    expect(hoursTwice(await twinsOf([repeated], [rowsOf(100, 4_000)]))).toEqual([]);
    expect(hoursTwice(await twinsOf([rowsOf(100)], [rowsOf(30, 90)]))).toEqual([]);
  });

  it('are looked for in some minutes only where there are many', async () => {
    const dataset = await append(await newDataset(), {
      staged: [await stage(columns, rowsOf(600))],
    });
    const { tableDir, snapshot, schema } = dataset.dataset;
    const files = snapshot.files.map(({ path }) => `${tableDir}/${path}`);
    const [count] = await countTwins(
      limits,
      { files, schema, host: null, everyMinutes: 5 },
      noAbort,
    );
    expect(count).toMatchObject({ host: null, rowCount: 120, singleCount: 120 });
  });
});
