import { describe, expect, it } from 'vitest';
import { faultsOf } from '../../src/base/fault.js';
import { calculation } from '../../src/query/spec.js';
import { noTexts, parseSpec, type SpecTexts } from '../../src/query/spec-text.js';

function faults(texts: Partial<SpecTexts>) {
  try {
    parseSpec({ ...noTexts, ...texts });
  } catch (thrown) {
    return faultsOf(thrown).map(({ code, message, hint, at }) => {
      const under = at?.text?.slice(at.start ?? 0, at.end ?? 0);
      return `${code} ${message} | ${hint} | ${at?.option ?? ''} ${under ?? ''}`.trim();
    });
  }
  return [];
}

describe('--by', () => {
  it('reads names, modifiers, lists and repeats', () => {
    const by = ['host,version , status:class', 'route:2,duration:log10', '`a,b:c`:class'];
    const { breakdowns } = parseSpec({ ...noTexts, by });
    expect(breakdowns.map(({ term, modifier }) => [term.name, term.exact, modifier])).toEqual([
      ['host', false, null],
      ['version', false, null],
      ['status', false, 'class'],
      ['route', false, { depth: 2 }],
      ['duration', false, 'log10'],
      ['a,b:c', true, 'class'],
    ]);
    expect(breakdowns.map(({ label }) => label)).toContain('route:2');
  });

  it('points at every fault at once', () => {
    expect(faults({ by: ['host,,version', 'status:klass', ':class'] })).toEqual([
      'CC1003 option --by: a name is missing at a comma | coldcase query --help shows the forms it takes | --by',
      'CC1003 option --by: class, log10 or a depth from 1 to 20 is expected behind the colon | coldcase query --help shows the forms it takes | --by klass',
      'CC1003 option --by: a name is missing before the colon | coldcase query --help shows the forms it takes | --by :class',
    ]);
    expect(faults({ by: ['host', 'host'] })).toEqual([
      'CC1003 option --by: host is named twice | coldcase query --help shows the forms it takes | --by',
    ]);
  });
});

describe('--calc', () => {
  it('reads all calculations', () => {
    const calc = ['count,rate,error_rate', 'sum(x), p99.9(`a b`),p95', 'distinct(host)'];
    const { calculations } = parseSpec({ ...noTexts, calc });
    expect(
      calculations.map(({ op, column, percentile, label }) => [
        op,
        column?.name ?? null,
        percentile,
        label,
      ]),
    ).toEqual([
      ['count', null, null, 'count'],
      ['rate', null, null, 'rate'],
      ['error_rate', null, null, 'error_rate'],
      ['sum', 'x', null, 'sum(x)'],
      ['percentile', 'a b', 99.9, 'p99.9(a b)'],
      ['percentile', null, 95, 'p95'],
      ['distinct', 'host', null, 'distinct(host)'],
    ]);
  });

  it('counts when nothing is asked', () => {
    expect(parseSpec(noTexts).calculations).toEqual([calculation('count')]);
  });

  it('reads filters and names, and the spellings of Honeycomb', () => {
    const calc = ["count where host in ('a, b', c) as `my name`, P99(x)", 'COUNT_DISTINCT(`a,b`)'];
    const { calculations } = parseSpec({ ...noTexts, calc });
    expect(calculations.map(({ op, label, filter }) => [op, label, filter?.at?.text])).toEqual([
      ['count', 'my name', calc[0]],
      ['percentile', 'p99(x)', undefined],
      ['distinct', 'distinct(a,b)', undefined],
    ]);
    const tenths = parseSpec({ ...noTexts, calc: ['P001(x),P999(x),P05(x)'] }).calculations;
    expect(tenths.map(({ percentile }) => percentile)).toEqual([0.1, 99.9, 5]);
  });

  it('points into the filter of a calculation, and refuses names that are calculations', () => {
    expect(faults({ calc: ['rate,count where status === 4', 'count where a = 1 as sum'] })).toEqual(
      [
        'CC1105 expected a value, found = | coldcase help filters shows the expression language | --calc =',
        'CC1210 a calculation cannot be called sum: it is a calculation itself | write as NAME, or as `NAME` for a name with spaces | --calc sum',
      ],
    );
    expect(faults({ by: ['host'], calc: ['count as host'] })).toEqual([
      'CC1003 option --calc: host is the name of a breakdown too | coldcase query --help shows the forms it takes | --calc',
    ]);
  });

  it('names what is wrong with a calculation', () => {
    expect(faults({ calc: ['cuont,p100,sum(,count(x),distinct,avg()'] })).toEqual([
      'CC1203 no calculation cuont | did you mean count? | --calc cuont',
      'CC1203 no calculation p100 | one of count, rate, error_rate, sum, avg, min, max, distinct, p95, p99.9, heatmap … | --calc p100',
      'CC1204 sum needs one name in parentheses | write sum(duration), or sum(`NAME`) for a name with parentheses | --calc sum(,count(x),distinct,avg()',
    ]);
    expect(faults({ calc: ['count(x)', 'distinct', 'avg()'] })).toEqual([
      'CC1204 count needs no column | write count; to count filled values add a filter | --calc count(x)',
      'CC1204 distinct needs a column | write distinct(host) | --calc distinct',
      'CC1204 avg needs a column | write avg(duration) | --calc avg()',
    ]);
  });
});

describe('--having, --order, --limit', () => {
  it('reads comparisons with numbers, shares and durations', () => {
    const having = ['count > 100', 'error_rate>=5%', 'p95(duration) < 250ms'];
    expect(
      parseSpec({ ...noTexts, having }).having.map(({ calculation: { label }, op, value }) => [
        label,
        op,
        value,
      ]),
    ).toEqual([
      ['count', '>', { kind: 'number', value: 100 }],
      ['error_rate', '>=', { kind: 'number', value: 0.05 }],
      ['p95(duration)', '<', { kind: 'duration', micros: 250_000 }],
    ]);
  });

  it('orders by breakdowns and by calculations, shown or not', () => {
    const { orders } = parseSpec({ ...noTexts, by: ['host'], order: ['-p95(took),host', 'count'] });
    expect(orders.map(({ term, descending }) => [term.kind, descending])).toEqual([
      ['calculation', true],
      ['breakdown', false],
      ['calculation', false],
    ]);
  });

  it('takes one condition a time and says how to give two', () => {
    expect(faults({ having: ['count > 4000 and count < 5000'] })[0]).toContain(
      'one condition is expected, found several; give --having once for each, all must hold',
    );
  });

  it('refuses what is not shown, with the nearest name', () => {
    expect(faults({ by: ['version'], order: ['-vresion'], having: ['count'], limit: 0 })).toEqual([
      'CC1003 option --having: a calculation, a comparison and a number are expected: count > 100 | coldcase query --help shows the forms it takes | --having count',
      'CC1201 no column or role vresion | order by what is shown: version; did you mean version? | --order vresion',
      'CC1003 option --limit: a whole number from 1 to 1000000 is expected | coldcase query --help shows the forms it takes | --limit',
    ]);
  });
});

describe('--where and --bad', () => {
  it('adds their faults to the others', () => {
    expect(
      faults({ by: ['a:b'], where: ['status >='], bad: '= 3' }).map((one) => one.slice(0, 6)),
    ).toEqual(['CC1003', 'CC1105', 'CC1105']);
  });
});
