/** The filter language: trees by their printed form, faults as whole messages. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { isBareName, maxExpressionDepth, parseExpression } from '../../src/expression/parse.js';
import { printExpression } from '../../src/expression/print.js';
import type { Expression, Literal, Reference } from '../../src/expression/tree.js';

const span = { start: 0, end: 0 };

/** The tree without spans, so that trees of different texts can be compared. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== 'span');
  return Object.fromEntries(entries.map(([key, inner]) => [key, bare(inner)]));
}

function refusal(text: string): string {
  try {
    return `parsed: ${printExpression(parseExpression(text))}`;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { start = 0, end = 0 } = error.at ?? {};
    const usual = error.hint.startsWith('coldcase help') ? '' : ` | ${error.hint}`;
    return `${error.code} ${error.message} @${start}-${end}${usual}`;
  }
}

const printed: Readonly<Record<string, string>> = {
  'status >= 500': 'status >= 500',
  'status>=500': 'status >= 500',
  'status == 500': 'status = 500',
  'status <> 500': 'status != 500',
  'status != -1': 'status != -1',
  'status in (401,5xx)': 'status in (401, 5xx)',
  'status NOT IN ( 200 , "a b" )': "status not in (200, 'a b')",
  'host = api-37': "host = 'api-37'",
  'host = "it\'s"': "host = 'it\\'s'",
  "msg = 'a\\nb\\u0041\\\\'": "msg = 'a\\u000abA\\\\'",
  'version = 1.10': 'version = 1.10',
  'path = /v1/users/:id': "path = '/v1/users/:id'",
  'at > 2020-04-16T14:10:00Z': "at > '2020-04-16T14:10:00Z'",
  'host ~ ^api-': "host ~ '^api-'",
  'host !~ ^(a|b)-[()]+$': "host !~ '^(a|b)-[()]+$'",
  "host ~ 'it\\'s \\d+'": "host ~ 'it\\'s \\d+'",
  '(host ~ ^api-(1|2)) and up = true': "host ~ '^api-(1|2)' and up = true",
  'duration > 250ms': 'duration > 250ms',
  'duration between 1.5s and 1h30m': 'duration between 1.5s and 1h30m',
  'trace exists or trace missing': 'trace exists or trace missing',
  'host starts api': "host starts 'api'",
  "host STARTS WITH 'api-'": "host starts 'api-'",
  'host ends with -01': "host ends '-01'",
  'not host contains pi': "not host contains 'pi'",
  '`odd name``s` = 1': '`odd name``s` = 1',
  'a = `b`': 'a = `b`',
  'http.response.status_code = 401': 'http.response.status_code = 401',
  'k8s.pod-name = x and @timestamp exists': "k8s.pod-name = 'x' and @timestamp exists",
  'a = 1 or b = 2 and c = 3': 'a = 1 or b = 2 and c = 3',
  '(a = 1 or b = 2) and c = 3': '(a = 1 or b = 2) and c = 3',
  '(a = 1 and b = 2) and c = 3': '(a = 1 and b = 2) and c = 3',
  'a = 1 and (b = 2)': 'a = 1 and b = 2',
  'NOT a = 1 and not not (b = 2 or c = 3)': 'not a = 1 and not not (b = 2 or c = 3)',
  TRUE: 'true',
  'not false': 'not false',
  'x = 99999999999999999999': 'x = 99999999999999999999',
  'x = 1e3': 'x = 1e3',
  'naïve.größe = ñ': "naïve.größe = 'ñ'",
  'a\n=\t1': 'a = 1',
};

const refusals: Readonly<Record<string, string>> = {
  'status >= 500 adn host = api-37':
    'CC1105 expected and, or, or the end, found adn @14-17 | did you mean and?',
  '': 'CC1105 expected a column or role, found the end @0-0',
  '   ': 'CC1105 expected a column or role, found the end @3-3',
  status: 'CC1105 expected an operator such as =, in or ~, found the end @6-6',
  'status >': 'CC1105 expected a value, found the end @8-8',
  'status >= >= 5': 'CC1105 expected a value, found >= @10-12',
  'status im (1)':
    'CC1105 expected an operator such as =, in or ~, found im @7-9 | did you mean in?',
  'host like api%':
    'CC1105 expected an operator such as =, in or ~, found like @5-9 | write ~ with a regular expression, starts, ends or contains',
  'host is null':
    'CC1105 expected an operator such as =, in or ~, found is @5-7 | write exists or missing behind the name',
  'host = null':
    'CC1105 expected a value, found null @7-11 | write exists or missing behind the name',
  'host = and': "CC1105 expected a value, found and @7-10 | write 'and' if that is the value",
  'a = 1 && b = 2': 'CC1105 expected and, or, or the end, found && @6-8 | write and',
  '! a = 1':
    'CC1105 expected a column or role, found ! @0-1 | write not in front of the name, or !=',
  'a =~ x': 'CC1105 expected an operator such as =, in or ~, found =~ @2-4 | write ~',
  'in = 3':
    'CC1105 expected a column or role, found in @0-2 | write `in` if that is the name of a column',
  '500 = status':
    'CC1105 expected a column or role, found 500 @0-3 | write `500` if that is the name of a column',
  "'a b' = 1":
    "CC1105 expected a column or role, found 'a b' @0-5 | write `a b` if that is the name of a column",
  'status in 401': 'CC1105 expected ( behind in, found 401 @10-13 | write in (401, 5xx)',
  'status in ()': 'CC1105 expected a value, found ) @11-12',
  'status in (1,)': 'CC1105 expected a value, found ) @13-14',
  'status in (1 2)': 'CC1105 expected , or ), found 2 @13-14',
  'status in (1': 'CC1105 expected , or ), found the end @12-12',
  'a not like 1':
    'CC1105 expected in behind not, found like @6-10 | write ~ with a regular expression, starts, ends or contains',
  'a not on (1)': 'CC1105 expected in behind not, found on @6-8 | did you mean in?',
  'a between 1 or 2': 'CC1105 expected and between the two values, found or @12-14',
  '(a = 1': 'CC1105 expected and, or, or ), found the end @6-6',
  'a = 1)': 'CC1105 expected and, or, or the end, found ) @5-6',
  "a = 'x": "CC1105 expected a closing ', found the end @4-6",
  'a = "x\\"': 'CC1105 expected a closing ", found the end @4-8',
  '`a': 'CC1105 expected a closing `, found the end @0-2',
  '`` = 1': 'CC1105 expected a column name in backticks, found `` @0-2',
  "a = '\\d'": "CC1105 expected an escape such as \\\\, \\', \\n or \\u00e9, found \\d @5-7",
  'a = 1e400': 'CC1105 expected a number up to 1.8e308, found 1e400 @4-9',
  'a starts and': 'CC1105 expected the text it starts with, found and @9-12',
  'a contains': 'CC1105 expected the text it contains, found the end @10-10',
  'a ~': 'CC1105 expected a regular expression, found nothing @3-3',
  'a ~ (x': 'CC1105 expected a regular expression, found ( without ) @4-6',
  "a ~ 'x)'": 'CC1105 expected a regular expression, found ) without ( @4-8',
  'a ~ [x': 'CC1105 expected a regular expression, found [ without ] @4-6',
  'a ~ *x': 'CC1105 expected a regular expression, found * with nothing to repeat @4-6',
  'a ~ x\\': 'CC1105 expected a regular expression, found a backslash at the end @4-6',
  'a ~ (?=x)': 'CC1105 expected a regular expression, found the look-around (?= @4-9',
  'a ~ (x)\\1': 'CC1105 expected a regular expression, found the back reference \\1 @4-9',
  'a ~ x{2000}': 'CC1105 expected a regular expression, found more than 1000 repeats @4-11',
};

describe('parse', () => {
  it.each(Object.entries(printed))('%s', (text, expected) => {
    expect(printExpression(parseExpression(text))).toBe(expected);
  });

  it.each(Object.entries(refusals))('refuses %s', (text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  it('accepts what RE2 accepts', () => {
    const patterns = [
      '(?i)api',
      '(?P<n>a)+',
      '[[:alpha:]]+',
      '[]a]',
      'a{2,}?',
      'a{x',
      '\\bx\\b',
      '(?:a|b)*',
    ];
    for (const pattern of patterns) {
      expect(printExpression(parseExpression(`a ~ ${pattern}`))).toBe(`a ~ '${pattern}'`);
    }
  });

  it('keeps positions and what was typed', () => {
    expect(parseExpression('a = 1.10')).toEqual({
      kind: 'compare',
      op: '=',
      left: { kind: 'reference', name: 'a', exact: false, span: { start: 0, end: 1 } },
      right: { kind: 'number', value: 1.1, text: '1.10', span: { start: 4, end: 8 } },
      span: { start: 0, end: 8 },
    });
    const long = parseExpression('  (x in (1, 2)) and y missing ');
    expect(long.span).toEqual({ start: 3, end: 29 });
  });

  it('is bounded in length and depth', () => {
    const deep = (levels: number) => `${'('.repeat(levels)}a=1${')'.repeat(levels)}`;
    expect(printExpression(parseExpression(deep(maxExpressionDepth)))).toBe('a = 1');
    expect(refusal(deep(maxExpressionDepth + 1))).toBe(
      'CC1105 expected at most 100 levels of ( and not, found more @100-101',
    );
    expect(refusal(deep(30_000))).toContain('at most 100 levels');
    expect(refusal(`a = ${'x'.repeat(65_533)}`)).toBe(
      'CC1105 expected at most 64 KiB of text, found 65537 bytes @65536-65537',
    );
    const wide = Array.from({ length: 9000 }, () => 'a = 1').join(' or ');
    expect(refusal(wide)).toContain('at most 64 KiB');
  });

  it('names the option in the place', () => {
    expect(() => parseExpression('a', '--where')).toThrow(
      expect.objectContaining({ at: { option: '--where', text: 'a', start: 1, end: 1 } }),
    );
  });
});

const name = fc.oneof(
  fc.constantFrom('status', 'http.response.status_code', 'k8s.pod-name', '@timestamp', 'with'),
  fc.string({ minLength: 1, maxLength: 6, unit: 'binary' }),
);
const reference: fc.Arbitrary<Reference> = fc.tuple(name, fc.boolean()).map(([text, exact]) => ({
  kind: 'reference',
  name: text,
  exact: exact || !isBareName(text),
  span,
}));
const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.string({ unit: 'binary' }).map((value): Literal => ({ kind: 'string', value, span })),
  fc.bigInt().map((value): Literal => ({ kind: 'integer', value, text: String(value), span })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((value) => !Number.isInteger(value))
    .map((value): Literal => ({ kind: 'number', value, text: String(value), span })),
  fc.boolean().map((value): Literal => ({ kind: 'boolean', value, text: String(value), span })),
  fc.integer({ min: 1, max: 9 }).map((hundreds): Literal => {
    return { kind: 'class', hundreds, text: `${hundreds}xx`, span };
  }),
  fc.integer({ min: 0, max: 1e6 }).map((ms): Literal => {
    return { kind: 'duration', micros: ms * 1000, text: `${ms}ms`, span };
  }),
);
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('=' as const, '!=' as const, '<' as const, '>=' as const),
      reference,
      fc.oneof(
        literal,
        reference.map((right) => ({ ...right, exact: true })),
      ),
    )
    .map(([op, left, right]): Expression => ({ kind: 'compare', op, left, right, span })),
  fc
    .tuple(reference, fc.array(literal, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([left, values, negated]): Expression => ({ kind: 'in', left, values, negated, span })),
  fc
    .tuple(reference, literal, literal)
    .map(([left, low, high]): Expression => ({ kind: 'between', left, low, high, span })),
  fc
    .tuple(reference, fc.constantFrom('^a', "it's", 'a "b" (c|d)', '\\d+\\\\', '[)]'), fc.boolean())
    .map(([left, pattern, negated]): Expression => {
      return { kind: 'match', left, pattern, negated, span };
    }),
  fc
    .tuple(
      reference,
      fc.constantFrom('starts' as const, 'ends' as const, 'contains' as const),
      fc.string({ unit: 'binary' }),
    )
    .map(([left, kind, part]): Expression => ({ kind, left, part, span })),
  fc
    .tuple(reference, fc.boolean())
    .map(([left, negated]): Expression => ({ kind: 'exists', left, negated, span })),
  fc.boolean().map((value): Expression => ({ kind: 'constant', value, span })),
);
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('tree'), { minLength: 2, maxLength: 4 }),
      )
      .map(([kind, operands]): Expression => ({ kind, operands, span })),
    tie('tree').map((operand): Expression => ({ kind: 'not', operand, span })),
  ),
}));

describe('print', () => {
  it('writes text that parses to the same tree', () => {
    const property = fc.property(tree, (expression) => {
      const text = printExpression(expression);
      expect(bare(parseExpression(text)), text).toEqual(bare(expression));
    });
    fc.assert(property, { seed: 20200416, numRuns: 2000 });
  });

  it('changes nothing the second time, and parsing throws only faults', () => {
    const word = fc.constantFrom(
      ...Object.keys(printed).flatMap((text) => text.split(/(?<=\()|(?=\))| /)),
      ...Object.keys(refusals),
      '\\',
      '\u0000',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
      fc
        .array(fc.constantFrom(...Object.keys(printed)), { minLength: 1, maxLength: 3 })
        .map((all) => all.join(' or ')),
    );
    let parsed = 0;
    const property = fc.property(texts, (text) => {
      let expression: Expression;
      try {
        expression = parseExpression(text);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
        return;
      }
      parsed += 1;
      const again = printExpression(expression);
      expect(bare(parseExpression(again)), again).toEqual(bare(expression));
      expect(printExpression(parseExpression(again))).toBe(again);
    });
    fc.assert(property, { seed: 20200416, numRuns: 5000 });
    expect(parsed).toBeGreaterThan(500);
  });
});
