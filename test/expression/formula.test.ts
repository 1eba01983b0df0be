import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { checkFormula } from '../../src/expression/formula-check.js';
import {
  formulaAliases,
  formulaFunctions,
  functionOf,
  refusedFunctions,
} from '../../src/expression/formula-functions.js';
import { parseFormula } from '../../src/expression/formula-parse.js';
import { printFormula } from '../../src/expression/formula-print.js';
import type { Formula } from '../../src/expression/formula-tree.js';
import { formulas } from '../oracle/formulas.js';

const source = (text: string) => ({ text, option: '--field' });
const parse = (text: string) => parseFormula(source(text));

function withoutSpans(formula: Formula): unknown {
  return JSON.parse(
    JSON.stringify(formula, (key, value: unknown) => {
      if (key === 'span' || key === 'nameSpan') return undefined;
      return typeof value === 'bigint' ? `${value}n` : value;
    }),
  );
}

function faultsOf(text: string, known: readonly string[] = ['x']): readonly string[] {
  try {
    const found = checkFormula(parse(text), source(text), {
      column: ({ name }, at) =>
        known.includes(name) ? null : new Fault('CC1201', { name }, { at }),
      moment: () => null,
    });
    return found.map((fault) => describeFault(fault));
  } catch (thrown) {
    if (thrown instanceof Fault) return [describeFault(thrown)];
    throw thrown;
  }
}

function describeFault({ code, message, hint, at }: Fault): string {
  return `${code} ${at?.start}-${at?.end} ${message} (${hint})`;
}

describe('print', () => {
  it('is undone by parse', () => {
    fc.assert(
      fc.property(
        formulas(['x', 'host.name', 'a b', '1st', 'a-b', 'é/ü', 'quote"d', 'tab\t']),
        (formula) => {
          expect(withoutSpans(parse(printFormula(formula)))).toEqual(withoutSpans(formula));
        },
      ),
      { numRuns: 2_000, seed: 20200416 },
    );
  });

  it.each([
    ['IF(LT($x,5),"a",)', 'IF(LT($x, 5), "a")'],
    ['1+2*3', '1 + 2 * 3'],
    ['(1+2)*3', '(1 + 2) * 3'],
    ['1 - 2 - 3', '1 - 2 - 3'],
    ['1 - (2 - 3)', '1 - (2 - 3)'],
    ['1 - 2 + 3', '1 - 2 + 3'],
    ['1 + 2 - 3', '1 + 2 - 3'],
    ['(1 + 2) - 3', '(1 + 2) - 3'],
    ['1-2', '1 - 2'],
    ['1 - -2', '1 - -2'],
    ['!$x AND $y', '!$x AND $y'],
    ['!($x AND $y)', '!($x AND $y)'],
    ['$a OR $b AND $c = 1 < 2', '$a OR $b AND $c = 1 < 2'],
    ['AND($a, OR($b, $c)) OR true', 'AND($a, OR($b, $c)) OR true'],
    ['$a-b', '$a-b'],
    ['$a.b/c:d?e=f', '$a.b/c:d?e=f'],
    ['$"a b"', '$"a b"'],
    ['$`raw name`', '$`raw name`'],
    ['$1st', '$"1st"'],
    ['REG_MATCH($x, `\\d+`)', 'REG_MATCH($x, `\\d+`)'],
    ['"tab\\t \\u00e9 \\x41 \\101 \\""', '"tab\\u0009 é A A \\""'],
    ['4e2 + .5 + 5.', '400.0 + 0.5 + 5.0'],
    ['18446744073709551616', '18446744073709552000.0'],
    ['null', 'null'],
  ])('writes %s as %s', (text, printed) => {
    expect(printFormula(parse(text))).toBe(printed);
  });
});

describe('the functions', () => {
  /** docs.honeycomb.io/reference/calculated-field-formula, read in 2026: 39 functions. */
  const documented =
    'IF SWITCH COALESCE LT LTE GT GTE EQUALS IN EXISTS NOT AND OR MIN MAX SUM SUB MUL DIV MOD ' +
    'LOG10 BUCKET INT FLOAT BOOL STRING CONCAT STARTS_WITH ENDS_WITH CONTAINS TO_LOWER LENGTH ' +
    'REG_MATCH REG_VALUE REG_COUNT UNIX_TIMESTAMP EVENT_TIMESTAMP INGEST_TIMESTAMP FORMAT_TIME';
  /** Seen in formulas and tools of Honeycomb, but not documented. */
  const seen = 'NOT_IN HAS_VALUE PREFIX SUFFIX METRO_HASH RAND';

  it('are all that Honeycomb documents', () => {
    const names = documented.split(' ');
    expect(names).toHaveLength(39);
    for (const name of names) expect(functionOf(name)).toBe(name);
    const more = Object.keys(formulaFunctions).filter((name) => !names.includes(name));
    expect(more).toEqual(['NOT_IN']);
  });

  it('and those seen, each of which works or says why it cannot', () => {
    const known = [...Object.keys(formulaFunctions), ...Object.keys(formulaAliases)];
    const refused = Object.keys(refusedFunctions);
    for (const name of seen.split(' ')) expect([...known, ...refused]).toContain(name);
    expect(refused.filter((name) => known.includes(name))).toEqual([]);
  });
});

describe('a formula with a fault', () => {
  it.each([
    [
      '',
      [
        'CC1230 0-0 expected a value, a $column or a function, found the end (coldcase help fields shows the formula language)',
      ],
    ],
    [
      '$x >',
      [
        'CC1230 4-4 expected a value, a $column or a function, found the end (coldcase help fields shows the formula language)',
      ],
    ],
    [
      'GT($x, 5',
      [
        'CC1230 8-8 expected an operator, a comma or ), found the end (coldcase help fields shows the formula language)',
      ],
    ],
    [
      'x > 5',
      ['CC1230 0-1 expected a value, a $column or a function, found x (a column is written $x)'],
    ],
    [
      '$x and $x',
      ['CC1230 3-6 expected an operator such as + or AND, or the end, found and (write AND)'],
    ],
    [
      '$x && $x',
      ['CC1230 3-4 expected an operator such as + or AND, or the end, found & (write AND)'],
    ],
    [
      "'a'",
      [
        'CC1230 0-1 expected a value, a $column or a function, found \' (texts stand in "…" or `…`)',
      ],
    ],
    [
      '"a',
      [
        'CC1230 0-2 expected a closing ", found the end (coldcase help fields shows the formula language)',
      ],
    ],
    [
      '"\\q"',
      [
        'CC1230 1-3 expected an escape such as \\", \\\\, \\n or \\u00e9, found \\q (coldcase help fields shows the formula language)',
      ],
    ],
    [
      '"\\ud83d"',
      [
        'CC1230 1-7 expected an escape such as \\", \\\\, \\n or \\u00e9, found \\ud83d (coldcase help fields shows the formula language)',
      ],
    ],
    [
      '$',
      [
        'CC1230 0-1 expected a column name behind $, found the end (coldcase help fields shows the formula language)',
      ],
    ],
    [
      '1e999',
      [
        'CC1230 0-5 expected a number up to 1.8e308, found 1e999 (coldcase help fields shows the formula language)',
      ],
    ],
    ['GTT($x, 5)', ['CC1231 0-3 no function GTT (did you mean GT?)']],
    ['gt($x, 5)', ['CC1231 0-2 no function gt (did you mean GT?)']],
    [
      'RAND()',
      [
        'CC1234 0-4 RAND cannot be calculated here (two runs of one question give the same answer; use MOD of a number of the event)',
      ],
    ],
    [
      'METRO_HASH($x)',
      [
        'CC1234 0-10 METRO_HASH cannot be calculated here (no engine has this hash, and another would give other values; group by the value)',
      ],
    ],
    ['SUB(1)', ['CC1232 0-6 SUB takes 2 arguments, found 1 (write SUB(a, b))']],
    ['PREFIX("a")', ['CC1232 0-11 PREFIX takes 2 arguments, found 1 (write STARTS_WITH(a, b))']],
    [
      'BUCKET($x)',
      ['CC1232 0-10 BUCKET takes 2 to 4 arguments, found 1 (write BUCKET(a, size, min, max))'],
    ],
    [
      'BUCKET($x, 0)',
      [
        'CC1233 11-12 BUCKET needs a size above 0, found 0 (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'BUCKET($x, 1, 5, 5)',
      [
        'CC1233 17-18 BUCKET needs max above min, found 5 (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'BUCKET($x, $x)',
      [
        'CC1233 11-13 BUCKET needs numbers for size, min and max, found $x (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'REG_MATCH($x, $x)',
      [
        'CC1233 14-16 REG_MATCH needs a regular expression as text: `^api-`, found $x (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'REG_VALUE($x, `(a`)',
      [
        'CC1233 14-18 REG_VALUE needs a regular expression, found ( without ) (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'SWITCH($x, 5, 1)',
      [
        'CC1233 11-12 SWITCH needs a text such as "prod" as a case, found 5 (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'LENGTH($x, "words")',
      [
        'CC1233 11-18 LENGTH needs "bytes" or "chars", found "words" (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'FORMAT_TIME("%Q", 1)',
      [
        'CC1233 12-16 FORMAT_TIME needs fields of strftime (POSIX, no locale), found %Q (coldcase help fields shows what it takes)',
      ],
    ],
    [
      'IF($y, LTT(1, 2), $z)',
      [
        'CC1201 3-5 no column or role y (coldcase columns lists what there is)',
        'CC1231 7-10 no function LTT (did you mean LT?)',
        'CC1201 18-20 no column or role z (coldcase columns lists what there is)',
      ],
    ],
  ])('%s', (text, expected) => {
    expect(faultsOf(text)).toEqual(expected);
  });

  it('is refused when it is too deep, too large or too long', () => {
    expect(faultsOf(`${'('.repeat(101)}1${')'.repeat(101)}`)[0]).toMatch(/^CC1230 100-101/);
    expect(faultsOf(Array.from({ length: 1001 }, () => '1').join('+'))[0]).toMatch(/^CC1230/);
    expect(faultsOf(`"${'a'.repeat(70_000)}"`)[0]).toMatch(/at most 64 KiB of text/);
    expect(faultsOf(Array.from({ length: 900 }, () => '1').join('+'))).toEqual([]);
  });
});
