import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/query/result.js';
import { resultTable } from '../../src/render/result-table.js';
import { textTable } from '../../src/render/text-table.js';
import { formatMoment } from '../../src/time/format.js';
import { style, text } from './fixtures.js';

const start = Date.UTC(2020, 3, 16, 14) * 1000;
const end = start + 7_200_000_000;
const options = {
  sparkline: true,
  instant: (micros: number) => formatMoment(micros),
  zone: 'UTC',
};

const result: Result = {
  kind: 'result',
  columns: [
    { name: 'host', kind: 'breakdown', type: 'string', unit: null, exact: true },
    { name: 'count', kind: 'calculation', type: 'integer', unit: null, exact: true },
    { name: 'error_rate', kind: 'calculation', type: 'number', unit: 'ratio', exact: true },
    { name: 'p95(duration)', kind: 'calculation', type: 'number', unit: 'ms', exact: true },
    { name: 'rate', kind: 'calculation', type: 'number', unit: 'per second', exact: true },
  ],
  rows: [
    ['api-37', 12_345, 1, 29.25, 1.7],
    [null, 55, 0.0001, null, 0.008],
  ],
  series: {
    calculation: 'count',
    range: { start, end },
    stepMicros: 600_000_000,
    values: [
      [1000, 1500, 2000, 2000, 2000, 2000, 1000, 500, 345, 0, 0, null],
      [0, 0, 0, 55, 0, 0, 0, 0, 0, 0, 0, null],
    ],
    other: null,
    total: null,
  },
  intervals: null,
  heatmaps: [],
  other: [null, 1_000, 0.5, 3, 0.1],
  total: [null, 13_400, 0.9, 12, 2],
  overTime: null,
  groupCount: 9,
  events: 13_400,
  window: { start, end },
  provenance: {
    source: 'store',
    dataset: 'events',
    snapshotVersion: 3,
    files: { total: 5, read: 1, pruned: 4 },
    rows: { scanned: 20_000, matched: 13_400 },
    weighted: true,
    usage: false,
    exact: true,
    bad: 'status >= 500',
  },
  notes: [{ level: 'info', code: 'truncated', text: '2 of 9 groups shown; --limit shows more' }],
};

describe('resultTable', () => {
  it('shows units, one scale, gaps, the others, the total and where it came from', () => {
    const drawn = text(textTable(resultTable(result, options), { ...style, width: 100 }));
    expect(drawn).toMatchInlineSnapshot(`
      "host     count  error_rate  p95(duration) ms  rate /s  14:00 per 10m 16:00
      api-37  12,345     100.0 %              29.3     1.70  ▄▆████▄▂▂··╌
      –           55      <0.1 %                 –  0.00800  ···▁·······╌
      OTHER    1,000      50.0 %               3.0    0.100
      TOTAL   13,400      90.0 %              12.0     2.00
      2 groups, 13,400 events, scale 0…2,000 for all rows, UTC   1 data file read, 4 pruned
      window 2020-04-16 14:00 → 2020-04-16 16:00
      bad: status >= 500
      in the sparklines: · none, ╌ nothing kept for that time
      2 of 9 groups shown; --limit shows more
      weighted: a row of sample rate n counts as n events
      "
    `);
  });

  it('has no series column unless asked, and no lines that do not apply', () => {
    const plainResult: Result = {
      ...result,
      series: null,
      other: null,
      total: null,
      notes: [],
      provenance: { ...result.provenance, weighted: false, bad: null },
    };
    const table = resultTable(plainResult, { ...options, sparkline: false });
    expect(table.columns.map(({ key }) => key)).toEqual([
      'host',
      'count',
      'error_rate',
      'p95(duration)',
      'rate',
    ]);
    expect(table.footer).toEqual([
      '2 groups, 13,400 events, UTC   1 data file read, 4 pruned',
      'window 2020-04-16 14:00 → 2020-04-16 16:00',
    ]);
  });

  it('says that the tail behind rows of one bucket each is of the whole window', () => {
    const time = {
      name: 'time',
      kind: 'time',
      type: 'timestamp',
      unit: null,
      exact: true,
    } as const;
    const rows = result.rows.map((row) => [start, ...row]);
    const tails = { other: [null, null, 1_000, 0.5, 3, 0.1], total: null };
    const long = { ...result, ...tails, series: null, columns: [time, ...result.columns], rows };
    expect(resultTable(long, options).footer).toContain('OTHER is of the whole window');
    expect(resultTable(result, options).footer.join()).not.toContain('whole window');
  });

  it('tells rows from the events they stand for', () => {
    const first = (over: Partial<Result>) =>
      resultTable({ ...result, series: null, ...over }, options).footer[0];
    expect(first({ events: 12_400 })).toMatch(
      /^2 groups, 13,400 rows standing for 12,400 events, UTC /,
    );
    expect(first({})).toMatch(/^2 groups, 13,400 events, UTC /);
    expect(first({ events: null })).toMatch(/^2 groups, 13,400 sampled rows, UTC /);
    const noKeys = { columns: result.columns.slice(1, 2), rows: [[7]], events: 7 };
    expect(first(noKeys)).toMatch(/^13,400 rows standing for 7 events, UTC /);
  });
});
