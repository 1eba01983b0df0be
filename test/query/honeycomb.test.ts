/** Queries of Honeycomb as options of `query`: every operation and operator, every fault. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/base/fault.js';
import { honeycombOptions } from '../../src/query/honeycomb.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';

function asked(query: unknown): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(honeycombOptions(query).map(({ name, texts }) => [name, texts]));
}

function faults(query: unknown, path = ''): readonly string[] {
  try {
    honeycombOptions(query, path);
    return [];
  } catch (error) {
    return faultsOf(error).map(({ code, message, hint }) => `${code} ${message} | ${hint}`);
  }
}

const filter = (op: string, value?: unknown) => asked({ filters: [{ column: 'a', op, value }] });

describe('a query of Honeycomb', () => {
  it('asks for two hours when it says nothing', () => {
    expect(asked({})).toEqual({ last: ['7200s'] });
  });

  it('has every calculation, under the names of ours', () => {
    const ops = {
      SUM: 'sum(x)',
      AVG: 'avg(x)',
      COUNT_DISTINCT: 'distinct(x)',
      HEATMAP: 'heatmap(x)',
      MAX: 'max(x)',
      MIN: 'min(x)',
      P001: 'p0.1(x)',
      P01: 'p1(x)',
      P05: 'p5(x)',
      P10: 'p10(x)',
      P20: 'p20(x)',
      P25: 'p25(x)',
      P50: 'p50(x)',
      P75: 'p75(x)',
      P80: 'p80(x)',
      P90: 'p90(x)',
      P95: 'p95(x)',
      P99: 'p99(x)',
      P999: 'p99.9(x)',
      RATE_AVG: 'rate_avg(x)',
      RATE_SUM: 'rate_sum(x)',
      RATE_MAX: 'rate_max(x)',
    };
    for (const [op, text] of Object.entries(ops)) {
      const { calc = [] } = asked({ calculations: [{ op, column: 'x' }] });
      expect(calc).toEqual([text]);
      expect(parseSpec({ ...noTexts, calc }).calculations[0]?.label).toBe(text);
    }
    const plain = asked({ calculations: [{ op: 'COUNT' }, { op: 'CONCURRENCY', column: null }] });
    expect(plain.calc).toEqual(['count', 'concurrency']);
  });

  it('has every operator', () => {
    const texts: readonly (readonly [string, unknown, string])[] = [
      ['=', 'x', "`a` = 'x'"],
      ['!=', 500, '`a` != 500'],
      ['>', 1.5, '`a` > 1.5'],
      ['>=', '500', '`a` >= 500'],
      ['<', -2, '`a` < -2'],
      ['<=', true, '`a` <= true'],
      ['starts-with', 'a b', "`a` starts 'a b'"],
      ['does-not-start-with', 'x', "not `a` starts 'x'"],
      ['ends-with', 'x', "`a` ends 'x'"],
      ['does-not-end-with', 'x', "not `a` ends 'x'"],
      ['exists', undefined, '`a` exists'],
      ['does-not-exist', null, '`a` missing'],
      ['contains', "x' or 1=1", "`a` contains 'x\\' or 1=1'"],
      ['does-not-contain', 'x', "not `a` contains 'x'"],
      ['in', ['x', 4, '5xx'], "`a` in ('x', 4, '5xx')"],
      ['not-in', ['5m'], "`a` not in ('5m')"],
      ['=', null, '`a` missing'],
      ['!=', null, '`a` exists'],
    ];
    for (const [op, value, text] of texts) expect(filter(op, value).where).toEqual([text]);
  });

  it('joins filters by AND or OR, and gives a calculation its own', () => {
    const filters = [
      { column: 'a', op: '=', value: 'x' },
      { column: 'b', op: 'exists' },
    ];
    expect(asked({ filters }).where).toEqual(["`a` = 'x' and `b` exists"]);
    expect(asked({ filters, filter_combination: 'OR' }).where).toEqual(["`a` = 'x' or `b` exists"]);
    const calculation = { op: 'AVG', column: 'd', name: 'mine', filters, filter_combination: 'OR' };
    const { calc = [] } = asked({ calculations: [calculation] });
    expect(calc).toEqual(["avg(d) where `a` = 'x' or `b` exists as `mine`"]);
    expect(parseSpec({ ...noTexts, calc }).calculations[0]).toMatchObject({ label: 'mine' });
  });

  it('orders, keeps and limits groups', () => {
    const query = {
      breakdowns: ['service.name', 'status', 'odd, name', 'a:b'],
      orders: [{ op: 'P99', column: 'd', order: 'descending' }, { column: 'status' }],
      havings: [{ calculate_op: 'COUNT', op: '>=', value: 10 }],
      limit: 7,
    };
    expect(asked(query)).toMatchObject({
      by: ['service.name', '`status`', '`odd, name`', '`a:b`'],
      order: ['-p99(d)', '`status`'],
      having: ['count >= 10'],
      limit: ['7'],
    });
  });

  it('has a window of two of start, end and range', () => {
    const start = 1_587_046_320;
    const window = (query: object) => asked(query).window;
    const from = '2020-04-16T14:12:00.000Z';
    expect(window({ start_time: start, end_time: start + 60 })).toEqual([
      `${from}..2020-04-16T14:13:00.000Z`,
    ]);
    expect(window({ start_time: start, time_range: 120 })).toEqual([
      `${from}..2020-04-16T14:14:00.000Z`,
    ]);
    expect(window({ end_time: start + 7_200 })).toEqual([`${from}..2020-04-16T16:12:00.000Z`]);
    expect(asked({ time_range: 600 }).last).toEqual(['600s']);
    expect(faults({ start_time: 1, end_time: 2, time_range: 1 })).toEqual([
      'CC1282 time_range: start_time and end_time say it already | coldcase help compat says what is understood',
    ]);
  });

  it('draws a series where a step is set; 0 is none', () => {
    expect(asked({ granularity: 60 })).toMatchObject({ every: ['60s'], sparkline: [] });
    expect(asked({ granularity: 0 })).toEqual({ last: ['7200s'] });
  });

  it('hands on calculated fields, formulas, usage mode and the comparison', () => {
    expect(
      asked({
        calculated_fields: [{ name: 'slow', expression: 'GT($d, 100)' }],
        formulas: [{ name: 'share', expression: '$a / $b' }],
        compare_time_offset_seconds: 86_400,
        usage_mode: true,
      }),
    ).toEqual({
      field: ['slow=GT($d, 100)'],
      formula: ['share=$a / $b'],
      last: ['7200s'],
      compare: ['86400s'],
      usage: [],
    });
  });

  it('finds every fault, with its place', () => {
    const hint = 'coldcase help compat says what is understood';
    expect(
      faults(
        {
          calculatons: [],
          calculations: [{ op: 'P98', column: 'x' }, { op: 'SUM' }, { op: 'COUNT_DATAPOINTS' }],
          filters: [
            { column: 'a', op: 'has' },
            { column: 'a', op: '=', value: {} },
          ],
          filter_combination: 'XOR',
          orders: [{ column: 'a', order: 'up' }],
          havings: [{ calculate_op: 'COUNT', op: '=', value: '1' }],
          limit: 0,
          granularity: -1,
          usage_mode: 1,
        },
        'queries[2].query',
      ),
    ).toEqual([
      'CC1281 unknown key queries[2].query.calculatons in the query of Honeycomb | did you mean calculations?',
      'CC1282 queries[2].query.calculations[0].op: not known: "P98" | did you mean P90?',
      `CC1282 queries[2].query.calculations[1].column: the column of SUM is expected, found nothing | ${hint}`,
      `CC1282 queries[2].query.calculations[2].op: COUNT_DATAPOINTS is of metrics datasets; events have none | ${hint}`,
      'CC1282 queries[2].query.filter_combination: not known: "XOR" | did you mean OR?',
      'CC1282 queries[2].query.filters[0].op: not known: "has" | one of =, !=, >, >=, <, <=, starts-with, does-not-start-with, ends-with, does-not-end-with, exists, does-not-exist, contains, does-not-contain, in, not-in',
      `CC1282 queries[2].query.filters[1].value: a text, a number, true or false is expected, found {} | ${hint}`,
      `CC1282 queries[2].query.havings[0].value: a number is expected, found "1" | ${hint}`,
      'CC1282 queries[2].query.orders[0].order: not known: "up" | one of ascending, descending',
      `CC1282 queries[2].query.limit: a whole number of at least 1 is expected, found 0 | ${hint}`,
      `CC1282 queries[2].query.granularity: seconds, or 0 is expected, found -1 | ${hint}`,
      `CC1282 queries[2].query.usage_mode: true or false is expected, found 1 | ${hint}`,
    ]);
    expect(faults([])).toEqual([`CC1282 the query: an object is expected, found [] | ${hint}`]);
    expect(faults({ filters: [{ column: 'a', op: '=', value: 2 ** 60 }] })).toHaveLength(1);
  });

  it('throws nothing but faults, whatever it is given', () => {
    const op = fc.constantFrom('COUNT', 'SUM', 'P99', '=', 'in', 'exists', 'nope', null);
    const value = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined));
    const part = fc.record({
      op,
      column: value,
      value,
      calculate_op: op,
      order: value,
      name: value,
    });
    const parts = fc.oneof(fc.array(part, { maxLength: 3 }), value);
    const query = fc.record({
      calculations: parts,
      filters: parts,
      orders: parts,
      havings: parts,
      breakdowns: fc.oneof(fc.array(fc.string(), { maxLength: 3 }), value),
      limit: value,
      start_time: fc.oneof(value, fc.double()),
      time_range: value,
      granularity: value,
    });
    fc.assert(
      fc.property(fc.oneof(query, value), (json) => {
        try {
          honeycombOptions(json);
        } catch (error) {
          expect(faultsOf(error).length).toBeGreaterThan(0);
        }
      }),
      { seed: 20200416, numRuns: 2000 },
    );
  });
});
