/** Random datasets and random questions about them. */
import fc from 'fast-check';
import type { Column, Schema } from '../../src/event/column.js';
import type { Roles } from '../../src/event/role.js';
import type { SpecTexts } from '../../src/query/spec-text.js';
import { noTexts } from '../../src/query/spec-text.js';
import type { PlainFile, PlainRow, PlainValue } from './rows.js';

const day = Date.parse('2020-04-16T00:00:00Z') * 1000;
const dayMicros = 86_400_000_000;
const dates = ['2020-04-16', '2020-04-17', '2020-04-18'];

export interface World {
  readonly schema: Schema;
  readonly roles: Roles;
  readonly files: readonly PlainFile[];
  /** Stored names a file was written without. */
  readonly without: readonly (readonly string[])[];
}

const hosts = ['api-1', 'api-2', 'é', '\uff5e', '\u{1f600}', '', 'NULL', "o'neil"];
const paths = ['/', '/a', '/a/b', '/a/b/c?x=1', 'a/b', '/a#z', '/a//b'];

function column(name: string, label: string, type: Column['type'], unit: Column['unit'] = null) {
  return { name, label, type, unit };
}

const schemas: fc.Arbitrary<{ readonly schema: Schema; readonly roles: Roles }> = fc
  .record({
    statusIsText: fc.boolean(),
    durationIsNumber: fc.boolean(),
    secondDuration: fc.constantFrom(null, 'ms' as const, 's' as const),
  })
  .map(({ statusIsText, durationIsNumber, secondDuration }) => ({
    schema: [
      column('host_name', 'host.name', 'string'),
      column('status', 'http.status', statusIsText ? 'string' : 'integer'),
      column('url', 'url', 'string'),
      column('duration_ms', 'duration_ms', durationIsNumber ? 'number' : 'integer', 'ms'),
      column('took', 'took', 'number', secondDuration),
      column('cached', 'cached', 'boolean'),
      column('started', 'started', 'timestamp'),
      column('c0', 'n', 'integer'),
      column('size', 'size', 'string'),
      column('trace_id', 'trace.trace_id', 'string'),
      column('span_id', 'trace.span_id', 'string'),
      column('parent_id', 'trace.parent_id', 'string'),
    ],
    roles: {
      host: ['host.name'],
      status: ['http.status'],
      route: ['url'],
      trace: ['trace.trace_id'],
      span: ['trace.span_id'],
      parent: ['trace.parent_id'],
      duration: secondDuration === null ? ['duration_ms'] : ['duration_ms', 'took'],
    },
  }));

function randomValue({ name, type }: Column): fc.Arbitrary<PlainValue> {
  const sparse = (value: fc.Arbitrary<PlainValue>) => fc.option(value, { freq: 6, nil: null });
  if (name === 'host_name') return sparse(fc.constantFrom(...hosts));
  if (name === 'url') return sparse(fc.constantFrom(...paths));
  if (name === 'status') {
    const codes = fc.constantFrom(200, 201, 404, 401, 500, 503);
    return sparse(
      type === 'integer' ? codes : codes.map((code) => (code === 201 ? '-' : `${code}`)),
    );
  }
  if (name === 'trace_id') return sparse(fc.constantFrom('t1', 't2', 't3', ''));
  if (name === 'span_id') return sparse(fc.constantFrom('a', 'b', 'c', 'd', 'e'));
  if (name === 'parent_id') return fc.option(fc.constantFrom('a', 'b', 'c', ''), { nil: null });
  if (name === 'size') {
    return sparse(fc.constantFrom('0', '12', '-3', '2.5', '1000', '99', '-', '', 'nan', '12 kB'));
  }
  switch (type) {
    case 'integer':
      return sparse(fc.constantFrom(-7, 0, 1, 2, 3, 10, 99, 100, 1000));
    case 'number':
      return sparse(fc.constantFrom(-1.5, 0, 0.1, 0.25, 1, 2.5, 10, 99.9, 100, 1e3, 1e30, -1e30));
    case 'boolean':
      return sparse(fc.boolean());
    case 'timestamp':
      return sparse(fc.constantFrom(day, day + 1, day + dayMicros));
    default:
      return fc.constant(null);
  }
}

const extras = fc.option(
  fc.dictionary(
    fc.constantFrom('http.status', 'duration_ms', 'n', 'bonus', 'size'),
    fc.constantFrom('"fast"', '12', '"404"', 'true', '-3', '"2.5"', '[1]'),
    { minKeys: 1, maxKeys: 2 },
  ),
  { freq: 4, nil: {} },
);

function rowsOf(schema: Schema, index: number, withExtra: boolean, weights: readonly number[]) {
  const values = fc.record(
    Object.fromEntries(schema.map((item) => [item.name, randomValue(item)] as const)),
  );
  const step = dayMicros / 48;
  const row = fc
    .record({
      slot: fc.integer({ min: 0, max: 47 }),
      within: fc.constantFrom(0, 1, step - 1),
      weight: fc.constantFrom(...weights),
      batch: fc.constantFrom('b1', 'b2'),
      values,
      extra: withExtra ? extras : fc.constant({}),
    })
    .map(({ slot, within, weight, batch, values: filled, extra }): PlainRow => {
      const own = schema.filter(({ label }) => label in extra).map(({ name }) => [name, null]);
      const ts = day + index * dayMicros + slot * step + within;
      return { ts, weight, batch, values: { ...filled, ...Object.fromEntries(own) }, extra };
    });
  return fc.array(row, { maxLength: 25 });
}

export const worlds: fc.Arbitrary<World> = fc
  .tuple(
    schemas,
    fc.integer({ min: 0, max: 3 }),
    fc.boolean(),
    fc.constantFrom([1], [1, 1, 2, 7]),
    fc.boolean(),
  )
  .chain(([{ schema, roles }, fileCount, withExtra, weights, grown]) =>
    fc
      .tuple(
        ...Array.from({ length: fileCount }, (_, index) =>
          rowsOf(schema, index, withExtra, weights),
        ),
      )
      .map((lists): World => {
        const missing = grown ? ['took', 'cached', 'c0'] : [];
        const files = lists.map((rows, index) => ({
          date: dates[index] ?? '',
          rows: index === 0 ? rows.map((row) => withoutColumns(row, missing)) : rows,
        }));
        return { schema, roles, files, without: [missing] };
      }),
  );

function withoutColumns(row: PlainRow, names: readonly string[]): PlainRow {
  const kept = Object.entries(row.values).filter(([name]) => !names.includes(name));
  return { ...row, values: Object.fromEntries(kept) };
}

const filters = [
  'status >= 400',
  'status = 4xx',
  'status != 404',
  'status in (401, 5xx)',
  'not status in (200, 404)',
  'status between 400 and 450',
  'host ~ "^api-[0-9]$"',
  'host !~ "1"',
  'host starts "api"',
  'host ends "1"',
  'not host contains "pi-0"',
  'host = "\u{1f600}" or host < "e"',
  'host exists and status missing',
  'duration > 2ms',
  'duration_ms <= 99.9',
  'cached = true or cached missing',
  'started = 2020-04-16',
  'started > "2020-04-16T00:00:00Z"',
  'duration_ms > `n`',
  'date = "2020-04-17"',
  'ts < "2020-04-17T06:00:00Z"',
  'batch = b1',
  'weight > 1',
  'not (host = api-1 and status = 200)',
  'size > 12',
  'size <= 99.5',
  'size between -3 and 99',
  'not size >= 12',
  'size = 12',
  'size in (12, "-")',
  "size > '2'",
  'n > 3 or n = -7',
  'took in (0.1, 1, 100)',
  'host = api-1',
  'size exists or status missing',
  'root.status = 200',
  'root.host exists and status >= 400',
  'parent.host = api-1 and parent.status < 500',
  'child.status = 5xx',
  'any.cached = true and any2.status = 404',
  'none.status >= 500',
  'not any.host = api-1',
  '(any.n > 3 or any.n = -7) and none.duration > 99ms',
];
const breakdowns = [
  'host',
  'status',
  'status:class',
  'route:1',
  'route:2',
  'duration:log10',
  'n:class',
  'duration:class',
  'duration_ms',
  'cached',
  'started',
  '`host.name`',
  'c0',
  'date',
  'weight',
  'size',
  'size:class',
  'size:log10',
  'root.host',
  'root.status:class',
  'parent.n',
  'root.duration:log10',
  'duration',
];
const calculations = [
  'count',
  'rate',
  'error_rate',
  'sum(duration)',
  'sum(n)',
  'avg(duration)',
  'avg(n)',
  'avg(cached)',
  'min(host)',
  'max(duration)',
  'min(started)',
  'max(n)',
  'distinct(host)',
  'distinct(status)',
  'p50(duration)',
  'p95(duration)',
  'p99.9(n)',
  'p10',
  'sum(size)',
  'avg(size)',
  'min(size)',
  'max(status)',
  'p50(size)',
  'distinct(size)',
  'concurrency',
  'concurrency(duration_ms)',
  'rate_sum(n)',
  'rate_avg(duration)',
  'rate_max(n)',
  'rate_avg(size)',
  'heatmap(duration)',
  'heatmap(n)',
  'heatmap(size) where host ~ "api"',
  'count where status >= 500 as failed',
  'count where host in ("api-1", "NULL")',
  'error_rate where cached = true',
  'rate where n > 0',
  'sum(n) where status < 400',
  'avg(took) where duration > 1ms as slow',
  'p90(duration) where cached = false',
  'distinct(host) where not status = 404',
  'max(n) where host exists',
  'concurrency where status = 5xx',
  'COUNT_DISTINCT(n)',
  'P25(took)',
];

export interface Question extends SpecTexts {
  readonly every: {
    readonly stepMicros: number | null;
    readonly shape: 'rows' | 'cells' | 'series';
  } | null;
}

export const questions: fc.Arbitrary<Question> = fc
  .record({
    by: fc.uniqueArray(fc.constantFrom(...breakdowns), { maxLength: 3 }),
    calc: fc.uniqueArray(fc.constantFrom(...calculations), { maxLength: 5 }),
    where: fc.array(fc.constantFrom(...filters), { maxLength: 2 }),
    having: fc.option(
      fc.constantFrom(
        'count > 3',
        'count <= 2',
        'avg(n) >= 1',
        'p50(duration) < 5ms',
        'count where status >= 500 >= 1',
        'rate_sum(n) > 0',
        'concurrency > 0.00001',
        'P50(n) > 2',
      ),
      { freq: 2, nil: null },
    ),
    order: fc.constantFrom(
      [],
      ['-count'],
      ['count'],
      ['-max(duration)'],
      ['avg(n)', '-count'],
      ['-count where cached = true'],
      ['rate_max(n)'],
      ['-COUNT_DISTINCT(host)', 'concurrency'],
    ),
    limit: fc.constantFrom(1, 2, 5, 1000),
    window: fc.option(
      fc
        .tuple(
          fc.integer({ min: -4, max: 80 }),
          fc.integer({ min: 1, max: 100 }),
          fc.constantFrom(0, 1),
        )
        .map(([from, length, offset]) => {
          const step = dayMicros / 24;
          return { start: day + from * step + offset, end: day + (from + length) * step };
        }),
      { nil: null },
    ),
    every: fc.option(
      fc.record({
        stepMicros: fc.constantFrom(null, dayMicros / 4, 7 * 3_600_000_000),
        shape: fc.constantFrom('rows' as const, 'series' as const, 'cells' as const),
      }),
      { nil: null },
    ),
    other: fc.boolean(),
    total: fc.boolean(),
    usage: fc.boolean(),
  })
  .map(({ having, ...rest }) => ({
    ...noTexts,
    ...rest,
    having: having === null ? [] : [having],
    bad: 'status >= 500',
  }));
