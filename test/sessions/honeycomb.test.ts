/** Paste and go: queries of Honeycomb run as they are, and each difference of `help compat` holds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { topics } from '../../src/cli/topics.js';
import { openSession } from './session.js';

const session = openSession();
const at = ['--store', 'kept'];
const start = 1_587_045_600;

/** An hour of 130 hosts; one event in three has no user; sizes are texts. */
function lines(): string {
  return Array.from({ length: 390 }, (_, index) =>
    JSON.stringify({
      timestamp: new Date((start + index * 9) * 1000).toISOString(),
      'host.name': `api-${index % 130}`,
      ...(index % 3 === 0 ? {} : { user: index % 2 === 0 ? 'ann' : 'bob' }),
      status: index % 10 === 0 ? 500 : 200,
      size: String(index % 4),
      duration_ms: index,
    }),
  ).join('\n');
}

beforeAll(() => {
  const { status } = session.run(['ingest', '-', '--format', 'ndjson', ...at], { input: lines() });
  expect(status).toBe(0);
});
afterAll(() => session.close());

function ask(query: object, more: readonly string[] = []) {
  const { stdout } = session.run(['query', JSON.stringify(query), ...at, ...more, '--json']);
  return JSON.parse(stdout);
}

function shaped(query: object, more: readonly string[] = []) {
  const words = ['query', '--honeycomb', '-', ...at, '--format', 'honeycomb', ...more];
  const { stdout, stderr } = session.run(words, { input: JSON.stringify(query) });
  expect(stderr).not.toContain('error');
  return JSON.parse(stdout);
}

const window = { start_time: start, end_time: start + 3_600 };

/** One test a difference: the first word of its line in `coldcase help compat`. */
const differences: Readonly<Record<string, () => void>> = {
  limit: () => {
    expect(ask({ ...window, breakdowns: ['host.name'] }).rows).toHaveLength(130);
    expect(ask({ ...window, breakdowns: ['host.name'], limit: 20_000 }).ok).toBe(true);
  },
  'no time': () => {
    const answer = ask({});
    expect(answer.window.end).toMatch(/^2020-04-16T14:58:2/);
    expect(answer.warnings.map(({ code }: { code: string }) => code)).toContain('anchor');
  },
  window: () => {
    const answer = ask({ start_time: start + 1, end_time: start + 100_000_000 });
    expect(answer.window.start).toBe('2020-04-16T14:00:01Z');
  },
  granularity: () => {
    expect(ask({ ...window, granularity: 0 }).series).toBeNull();
    expect(ask({ ...window, granularity: 600 }).series.step_us).toBe(600_000_000);
    expect(shaped(window).data.series).toEqual([]);
  },
  missing: () => {
    const count = (op: string, value: unknown) =>
      ask({ ...window, filters: [{ column: 'user', op, value }] }).rows[0].count;
    expect(count('=', 'ann') + count('!=', 'ann')).toBe(260);
    expect(count('=', null)).toBe(130);
    expect(count('not-in', ['ann'])).toBe(count('does-not-contain', 'an'));
  },
  numbers: () => {
    const filters = [
      { column: 'status', op: '=', value: '500' },
      { column: 'size', op: '=', value: 2 },
    ];
    expect(ask({ ...window, filters }).rows[0].count).toBeGreaterThan(0);
  },
  percentiles: () => {
    const calculations = [{ op: 'P50', column: 'duration_ms' }];
    expect(ask({ ...window, calculations }).rows[0]['p50(duration_ms)']).toBe(194.5);
  },
  formulas: () => {
    const filters = [{ column: 'status', op: '=', value: 1 }];
    const calculations = [{ op: 'COUNT', name: 'none', filters }];
    const formulas = [
      { name: 'left', expression: '1 - $COUNT / $none' },
      { name: 'share', expression: 'DIV($none, $"P50(duration_ms)")' },
    ];
    const [row] = ask({ ...window, calculations, formulas, orders: [{ column: 'share' }] }).rows;
    expect(row).toEqual({ none: 0, left: null, share: 0 });
    const { fault } = ask({ formulas: [{ name: 'x', expression: '$nothing' }] });
    expect(fault.code).toBe('CC1237');
  },
  unweighted: () => {
    const calculations = [{ op: 'COUNT_DISTINCT', column: 'host.name' }];
    expect(ask({ ...window, calculations }).columns[0]).toMatchObject({ exact: true });
  },
  columns: () => {
    const { fault } = ask({ ...window, breakdowns: ['host'] });
    expect(fault).toMatchObject({ code: 'CC1201', hint: 'did you mean host.name?' });
  },
  unknown: () => {
    expect(ask({ ...window, breakdwons: [] }).fault.code).toBe('CC1281');
    expect(ask({ ...window, calculations: [{ op: 'MEDIAN' }] }).fault.code).toBe('CC1282');
  },
  metrics: () => {
    const { fault } = ask({ calculations: [{ op: 'HISTOGRAM_COUNT', column: 'x' }] });
    expect(fault.message).toContain('metrics datasets');
  },
  boards: () => {
    const board = {
      name: 'B',
      panels: [
        { type: 'slo', slo_panel: {} },
        { type: 'query', query_panel: { query: window } },
      ],
      preset_filters: [{ column: 'x' }],
    };
    const said = ask(board).warnings.map(({ text }: { text: string }) => text);
    expect(said).toContain('panels[0] is no query (slo)');
    expect(said).toContain('preset_filters of the board are not applied');
    expect(ask({ panels: [{ query_panel: { query_id: 'a' } }] }).fault.code).toBe('CC1282');
  },
};

describe('a difference from Honeycomb', () => {
  const listed = topics.compat
    .slice(topics.compat.indexOf('What differs') + 1)
    .flatMap((line) => /^ {2}(\S+(?: \S+)?) {2,}\S/.exec(line)?.[1] ?? []);

  it('is listed for each test, and tested for each line', () => {
    expect(listed).toEqual(Object.keys(differences));
  });

  for (const [name, holds] of Object.entries(differences)) it(name, holds, 30_000);
});

describe('a pasted query', () => {
  it('answers in their shape', () => {
    const query = {
      ...window,
      breakdowns: ['user'],
      calculations: [
        { op: 'COUNT' },
        { op: 'P999', column: 'duration_ms' },
        { op: 'COUNT_DISTINCT', column: 'host.name' },
        { op: 'COUNT', name: 'bad', filters: [{ column: 'status', op: '>=', value: 500 }] },
      ],
      orders: [{ op: 'COUNT', order: 'descending' }],
      limit: 2,
      granularity: 1800,
    };
    const answer = shaped(query, ['--total', '--other']);
    expect(Object.keys(answer)).toEqual(['query', 'complete', 'data', 'links']);
    expect(answer.query).toEqual(query);
    const { series, results, total_by_aggregate: total, other_by_aggregate: other } = answer.data;
    const number = expect.any(Number);
    const groups = [
      { user: 'ann', COUNT: 130, bad: 26 },
      { user: 'bob', COUNT: 130, bad: 0 },
    ];
    expect(results).toEqual(
      groups.map((group) => ({
        data: { ...group, 'P999(duration_ms)': number, 'COUNT_DISTINCT(host.name)': number },
      })),
    );
    expect(total.data).toMatchObject({ COUNT: 390, bad: 39 });
    expect(other.data).toMatchObject({ COUNT: 130, bad: 13 });
    expect(series).toHaveLength(4);
    expect(series[0].time).toBe('2020-04-16T14:00:00Z');
    const counted = series.map(({ data }: { data: { COUNT: number } }) => data.COUNT);
    expect(counted.reduce((sum: number, count: number) => sum + count, 0)).toBe(260);
  });

  it('comes as a file, a link, standard input or a word, and gives the same answer', () => {
    const query = { ...window, breakdowns: ['user'], filters: [{ column: 'user', op: 'exists' }] };
    const json = JSON.stringify(query);
    writeFileSync(join(session.dir, 'query.json'), json);
    writeFileSync(join(session.dir, 'result.json'), JSON.stringify({ query, data: {}, links: {} }));
    const link = `https://ui.honeycomb.io/t/datasets/d?query=${encodeURIComponent(json)}`;
    const ways = [['--honeycomb', 'query.json'], ['--honeycomb', 'result.json'], [json], [link]];
    const answers = ways.map((words) => session.run(['query', ...words, ...at, '-q']).stdout);
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toBe('user\tcount\nann\t130\nbob\t130\n');
    const command = session.run(['query', json, '--explain', 'command']).stdout.trim();
    expect(command).toBe(
      "coldcase query --by user --where '`user` exists' --window 2020-04-16T14:00:00.000Z..2020-04-16T15:00:00.000Z",
    );
    const yaml = session.run(['query', json, '--explain', 'yaml']).stdout;
    mkdirSync(join(session.dir, 'queries'));
    writeFileSync(join(session.dir, 'queries', 'pasted.yaml'), yaml);
    expect(session.run(['query', '@pasted', ...at, '-q']).stdout).toBe(answers[0]);
  });

  it('of a board is one of several, each under its caption', async () => {
    const board = {
      name: 'On call',
      queries: [
        { caption: 'Users', dataset: 'prod', query: { ...window, breakdowns: ['user'] } },
        {
          query_style: 'graph',
          query: { ...window, calculations: [{ op: 'MAX', column: 'duration_ms' }] },
        },
      ],
    };
    writeFileSync(join(session.dir, 'board.json'), JSON.stringify(board));
    const transcript = session.transcript([
      ['query', '--honeycomb', 'board.json', ...at],
      ['query', '--honeycomb', 'board.json', ...at, '--format', 'csv'],
      ['query', '--honeycomb', 'board.json', ...at, '--explain', 'command'],
      ['query', '--honeycomb', 'board.json', '--where', 'usr = ann', ...at],
      ['query', '--honeycomb', 'none.json', ...at],
      ['query', '{"a":', ...at],
      ['query', 'https://ui.honeycomb.io/t/result/abc', ...at],
      ['columns', '--names', ...at, '--format', 'honeycomb'],
    ]);
    await expect(transcript).toMatchFileSnapshot('golden/honeycomb.txt');
  });
});
