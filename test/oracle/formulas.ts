/** Random formulas over given columns, as trees. */
import fc from 'fast-check';
import {
  type Formula,
  type FormulaValue,
  type InfixOperator,
  infixPowers,
} from '../../src/expression/formula-tree.js';

const span = { start: 0, end: 0 };

function literal(value: FormulaValue): Formula {
  return { kind: 'literal', value, span };
}

function call(name: string, args: readonly Formula[]): Formula {
  return { kind: 'call', name, nameSpan: span, args, span };
}

const values: fc.Arbitrary<FormulaValue> = fc.oneof(
  fc.constantFrom<FormulaValue>(null, true, false),
  fc.constantFrom<FormulaValue>(0n, 1n, -1n, 2n, 10n, 200n, 404n, 1000n),
  fc.constantFrom<FormulaValue>(0.5, -2.5, 1e-5, 1e17, 1e300, 0.1),
  fc.constantFrom<FormulaValue>('', 'true', '12', '-3', '2.5', 'api-1', 'é', 'B', '404', 'x y'),
  fc.constantFrom<FormulaValue>('2020-04-16T01:02:03.25Z', '2020-04-16T23:00:00+02:00'),
);

const patterns = ['^api', '[0-9]+', '(p)i-([0-9])', '/([a-z]*)', 'x?', 'a|(1)', '\\d', 'é.'];
const formats = ['%Y-%m-%dT%H:%M:%S', '%F %T %% %j', '%A %e %b, %U %W %V %G %u %w', '%s %C %p %I'];
const numbers = ['SUM', 'MUL', 'MIN', 'MAX', 'COALESCE', 'CONCAT', 'AND', 'OR'];
const pairs = [
  ...['LT', 'LTE', 'GT', 'GTE', 'EQUALS', 'SUB', 'DIV', 'MOD'],
  ...['STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'PREFIX', 'SUFFIX'],
];
const singles = [
  ...['EXISTS', 'HAS_VALUE', 'NOT', 'BOOL', 'INT', 'FLOAT', 'STRING', 'TO_LOWER', 'LENGTH'],
  ...['UNIX_TIMESTAMP', 'LOG10'],
];

/**
 * Formulas that use each function, infix and classic, over columns with these names; those of the
 * time of an event only over columns of events.
 */
export function formulas(
  columns: readonly string[],
  over: 'events' | 'groups' = 'events',
): fc.Arbitrary<Formula> {
  const column = fc
    .constantFrom(...columns)
    .map((name): Formula => ({ kind: 'column', name, exact: false, span }));
  const leaf = fc.oneof(
    { weight: 3, arbitrary: column },
    { weight: 2, arbitrary: values.map(literal) },
    { weight: over === 'events' ? 1 : 0, arbitrary: fc.constant(call('EVENT_TIMESTAMP', [])) },
  );
  const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
    formula: fc.oneof(
      { maxDepth: 4, depthIdentifier: 'formula' },
      leaf,
      ...branches(tie('formula'), over),
    ),
  }));
  return formula;
}

function branches(
  inner: fc.Arbitrary<Formula>,
  over: 'events' | 'groups',
): fc.Arbitrary<Formula>[] {
  const texts = fc.constantFrom(...patterns).map(literal);
  const ops = Object.keys(infixPowers).filter((op): op is InfixOperator => op in infixPowers);
  const several = fc.array(inner, { minLength: 1, maxLength: 3 });
  const named = (names: readonly string[], args: fc.Arbitrary<readonly Formula[]>) =>
    fc.tuple(fc.constantFrom(...names), args).map(([name, list]) => call(name, list));
  return [
    fc
      .record({ op: fc.constantFrom(...ops), left: inner, right: inner })
      .map((parts): Formula => ({ kind: 'infix', ...parts, span })),
    inner.map((operand): Formula => ({ kind: 'not', operand, span })),
    named(['IF'], fc.array(inner, { minLength: 2, maxLength: 5 })),
    named(numbers, several),
    named(pairs, fc.tuple(inner, inner)),
    named(singles, fc.tuple(inner)),
    named(['IN', 'NOT_IN'], fc.array(inner, { minLength: 2, maxLength: 4 })),
    named(['REG_MATCH', 'REG_VALUE', 'REG_COUNT'], fc.tuple(inner, texts)),
    named(['LENGTH'], fc.tuple(inner, fc.constantFrom('bytes', 'chars').map(literal))),
    named(['FORMAT_TIME'], fc.tuple(fc.constantFrom(...formats).map(literal), inner)),
    ...(over === 'events' ? [named(['INGEST_TIMESTAMP'], fc.constant([]))] : []),
    fc
      .tuple(inner, fc.constantFrom('api-1', '404', ''), inner, fc.option(inner, { nil: null }))
      .map(([value, label, then, otherwise]) => {
        const last = otherwise === null ? [] : [otherwise];
        return call('SWITCH', [value, literal(label), then, ...last]);
      }),
    fc
      .tuple(inner, fc.constantFrom([10n], [0.1], [100n, 0n], [2.5, -5n], [100n, 0n, 250n]))
      .map(([value, sizes]) => call('BUCKET', [value, ...sizes.map(literal)])),
  ];
}
