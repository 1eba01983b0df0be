import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/base/fault.js';
import type { QueryFile, QuerySource } from '../../src/query/ports.js';
import { filesFor, spanOf } from '../../src/query/prune.js';
import { resolve } from '../../src/query/resolve.js';
import { noTexts, parseSpec, type SpecTexts } from '../../src/query/spec-text.js';

const hour = 3_600_000_000;

function file(index: number, parts: Partial<QueryFile> = {}): QueryFile {
  return {
    path: `/t/f${index}.parquet`,
    date: '1970-01-01',
    rows: 10,
    minTs: index * hour,
    maxTs: (index + 1) * hour - 1,
    extraLabels: [],
    maxWeight: 1,
    stats: null,
    layout: null,
    ...parts,
  };
}

const source: QuerySource = {
  name: './.coldcase',
  dataset: 'events',
  version: 7,
  schema: [
    { name: 'host_name', label: 'host.name', type: 'string', unit: null },
    { name: 'status', label: 'http.status', type: 'integer', unit: null },
    { name: 'duration_ms', label: 'duration_ms', type: 'integer', unit: 'ms' },
    { name: 'seconds', label: 'seconds', type: 'number', unit: 's' },
    { name: 'host', label: 'host', type: 'integer', unit: null },
  ],
  roles: { host: ['host.name'], status: ['http.status'], duration: ['duration_ms', 'seconds'] },
  files: [file(0), file(1, { extraLabels: ['http.status', 'only'] }), file(2, { maxWeight: 4 })],
};

function planOf(texts: Partial<SpecTexts>, from = source) {
  return resolve(parseSpec({ ...noTexts, ...texts }), from);
}

function faults(texts: Partial<SpecTexts>) {
  try {
    planOf(texts);
  } catch (thrown) {
    return faultsOf(thrown).map(({ code, message, hint, at }) => {
      const under = at?.text?.slice(at.start ?? 0, at.end ?? 0);
      return `${code} ${message} | ${hint} | ${at?.option ?? ''} ${under ?? ''}`.trim();
    });
  }
  return [];
}

describe('names', () => {
  it('finds a role first, a column in backticks, then labels and stored names', () => {
    const keys = planOf({ by: ['host', '`host`', 'http.status', 'host_name', 'ts', 'date'] }).keys;
    expect(keys.map(({ use, type }) => [use.field.kind, type])).toEqual([
      ['role', 'string'],
      ['column', 'integer'],
      ['column', 'string'],
      ['column', 'string'],
      ['column', 'timestamp'],
      ['column', 'string'],
    ]);
  });

  it('reads extra only where a file read lists the label', () => {
    const first = { window: { start: 0, end: hour } };
    expect(planOf({ ...first, by: ['status'] }).keys[0]?.type).toBe('integer');
    expect(planOf({ by: ['status'] }).keys[0]?.type).toBe('string');
    expect(planOf({ by: ['only'] }).readsExtra).toBe(true);
    expect(faults({ ...first, by: ['only'] })[0]).toMatch(/^CC1201 no column or role only/);
  });

  it('reads a name in backticks from extra where nobody listed what lies there', () => {
    const unlisted = { ...source, files: [file(0, { extraLabels: null })] };
    expect(planOf({ by: ['`c1190`'] }, unlisted).readsExtra).toBe(true);
    expect(() => planOf({ by: ['c1190'] }, unlisted)).toThrow(/no column or role c1190/);
    expect(faults({ by: ['`c1190`'] })[0]).toMatch(/^CC1201/);
  });

  it('brings durations of other units to one', () => {
    const [p95] = planOf({ calc: ['p95'] }).calculations;
    expect(p95?.unit).toBe('ms');
    const scales = p95?.use?.field.sources.map((one) => (one.kind === 'column' ? one.scale : 0));
    expect(scales).toEqual([1, 1000]);
    expect(planOf({ having: ['p95 > 250us'] }).having[0]?.value).toBe(0.25);
  });

  it('reports faults of fields, breakdowns, calculations and filters together', () => {
    const found = faults({
      fields: ['slow=GTT($status, 1)', 'twice=$slw * 2'],
      by: ['hst', 'slow'],
      calc: ['error_rate', 'p95(root.duration)', 'count where any.status = 500', 'sum(twice)'],
      where: ['statsu = 500', 'twice > 1'],
      bad: 'root.status >= 500',
    });
    expect(found.map((text) => text.slice(0, text.indexOf(' |')))).toEqual([
      'CC1231 no function GTT',
      'CC1201 no column or role slw',
      'CC1201 no column or role hst',
      'CC1241 root.duration is of another span, and only the event itself is looked at here',
      'CC1241 any.status is of another span, and only the event itself is looked at here',
      'CC1201 no column or role statsu',
      'CC1241 root.status is of another span, and only the event itself is looked at here',
    ]);
    expect(found[3]).toContain(
      '| root. serves in --where; root. and parent. also in --by | --calc root.duration',
    );
    expect(found[6]).toContain('--bad root.status');
  });

  it('says which field of the question hides one of the configuration', () => {
    const config = parseSpec({ ...noTexts, fields: ['slow=1', 'other=2'] }).fields;
    const codes = (by: readonly string[]) =>
      planOf({ fields: ['slow=3'], by }, { ...source, fields: config }).notes.map(
        ({ code, text }) => `${code} ${text}`,
      );
    expect(codes(['slow'])).toEqual([
      'hidden_field slow is that of --field; the configuration has another',
    ]);
    expect(codes(['other'])).toEqual([]);
  });

  it('reports all faults with suggestions and places', () => {
    const texts = { by: ['hst,host:2:'], calc: ['sum(ts)'], where: ['statsu >= 500'] };
    expect(faults({ ...texts, by: ['hst', 'duration:2'] })).toEqual([
      'CC1201 no column or role hst | did you mean host? | --by hst',
      'CC1204 duration:2 needs text | duration is number | --by duration',
      'CC1204 sum(ts) needs a number | ts is timestamp | --calc ts',
      'CC1201 no column or role statsu | did you mean status? | --where statsu',
    ]);
    expect(faults({ by: ['xyz'] })).toEqual([
      'CC1201 no column or role xyz | there are time, host, status, duration, weight, host.name, http.status, duration_ms, seconds, only, ts, ingested_at … all: coldcase columns | --by xyz',
    ]);
    expect(faults({ calc: ['error_rate'] })).toEqual([
      'CC1204 error_rate needs to know what counts as bad | give --bad EXPR, for example --bad "status >= 500" | --calc',
    ]);
  });
});

describe('calculations', () => {
  it('adds those of HAVING and the order as hidden ones, each once', () => {
    const plan = planOf({
      calc: ['count'],
      having: ['count > 1', 'max > 3'],
      order: ['-max(duration)'],
    });
    expect(plan.calculations.map(({ label, hidden }) => [label, hidden])).toEqual([
      ['count', false],
      ['max', true],
    ]);
    expect(plan.orders).toEqual([{ kind: 'calculation', index: 1, descending: true }]);
  });
});

describe('files', () => {
  it('reads only files whose time can overlap the half-open window', () => {
    const paths = (start: number, end: number) =>
      filesFor(source.files, { start, end }).map(({ path }) => path.slice(3, 5));
    expect(paths(0, hour)).toEqual(['f0']);
    expect(paths(hour - 1, hour)).toEqual(['f0']);
    expect(paths(hour, 2 * hour + 1)).toEqual(['f1', 'f2']);
    expect(paths(3 * hour, 4 * hour)).toEqual([]);
  });

  it('always reads a file of unknown times', () => {
    const unknown = file(9, { minTs: null, maxTs: null, date: '' });
    expect(filesFor([unknown], { start: 0, end: 1 })).toEqual([unknown]);
    expect(spanOf([unknown])).toEqual({ start: 0, end: 0 });
    expect(spanOf([file(0), file(2)])).toEqual({ start: 0, end: 3 * hour });
  });

  it('is weighted only when a file read has weights', () => {
    expect(planOf({ window: { start: 0, end: 2 * hour } }).weighted).toBe(false);
    const sampled = planOf({ calc: ['count,distinct(host)'] });
    expect(sampled.weighted).toBe(true);
    expect(sampled.notes.map(({ code }) => code)).toEqual(['unweighted']);
    expect(planOf({}).files).toMatchObject({ total: 3, pruned: 0, rows: 30 });
  });

  it('chooses at most 120 buckets and refuses too many', () => {
    const every = { stepMicros: null, shape: 'series' as const };
    expect(planOf({ every }).buckets).toEqual({
      runs: [{ first: 0, start: 0, stepMicros: 300_000_000 }],
      stepMicros: 300_000_000,
      count: 36,
      shape: 'series',
    });
    const refused = (shape: 'rows' | 'series') => faults({ every: { stepMicros: 1000, shape } })[0];
    expect(refused('rows')).toMatch(
      /^CC1003 option --every: it gives \d+ buckets, more than 100000/,
    );
    expect(refused('series')).toMatch(/more than 10000\b/);
  });
});
