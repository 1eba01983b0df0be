/**
 * A bound formula as SQL. Each function does what Honeycomb documents for every type of its
 * arguments: comparisons are strict in types and never null, arithmetic reads texts as numbers.
 */
import { unreachable } from '../base/assert.js';
import type { BoundFormula } from '../expression/formula-bind.js';
import type { FunctionName } from '../expression/formula-functions.js';
import type { FormulaValue } from '../expression/formula-tree.js';
import {
  all,
  any,
  binary,
  call,
  cast,
  isNotNull,
  literal,
  not,
  parameter,
  text,
  when,
} from '../sql/build.js';
import type { BinaryOperator, SqlExpression } from '../sql/node.js';
import { bucketLanes, castLanes, type MathContext, mathLanes } from './formula-number-sql.js';
import { formatTimeLanes, regexLanes, textLanes, unixTimeLanes } from './formula-text-sql.js';
import {
  booleanLane,
  choose,
  filledLanes,
  firstFilled,
  isFilled,
  type Lanes,
  type Lets,
  noLanes,
  numberLane,
  stringLane,
  textSql,
} from './lanes.js';

export interface FormulaContext<Ref> extends MathContext {
  readonly read: (ref: Ref) => Lanes;
  /** Microseconds since 1970 of a system column. */
  readonly instant: (ref: Ref) => SqlExpression;
}

/** **Invariant** at most one lane is filled on any row. */
export function formulaLanes<Ref>(formula: BoundFormula<Ref>, context: FormulaContext<Ref>): Lanes {
  switch (formula.kind) {
    case 'value':
      return valueLanes(formula.value);
    case 'ref':
      return context.read(formula.ref);
    case 'call':
      return callLanes(formula.name, formula.args, context);
    default:
      return unreachable(formula);
  }
}

function valueLanes(value: FormulaValue): Lanes {
  switch (typeof value) {
    case 'string':
      return stringLane(text(value));
    case 'boolean':
      return booleanLane(literal(value));
    case 'bigint':
      return numberLane(cast(parameter({ type: 'integer', value }), 'BIGINT'), true);
    case 'number':
      return numberLane(cast(parameter({ type: 'number', value }), 'DOUBLE'));
    default:
      return noLanes;
  }
}

function callLanes<Ref>(
  name: FunctionName,
  args: readonly BoundFormula<Ref>[],
  context: FormulaContext<Ref>,
): Lanes {
  const { lets } = context;
  const values = args.map((arg) => formulaLanes(arg, context));
  const [first = noLanes, second = noLanes] = values;
  switch (name) {
    case 'IF':
      return ifLanes(lets, values);
    case 'SWITCH':
      return switchLanes(lets, first, values.slice(1));
    case 'COALESCE':
      return firstFilled(lets, values.map(withoutEmpty));
    case 'LT':
    case 'LTE':
    case 'GT':
    case 'GTE':
    case 'EQUALS':
      return booleanLane(compareLanes(comparisons[name], first, second));
    case 'IN':
      return booleanLane(isOneOf(lets, first, values.slice(1)));
    case 'NOT_IN':
      return booleanLane(not(isOneOf(lets, first, values.slice(1))));
    case 'EXISTS':
      return booleanLane(isFilled(first));
    case 'NOT':
      return booleanLane(not(isTrue(first)));
    case 'AND':
      return booleanLane(all(values.map(isTrue)));
    case 'OR':
      return booleanLane(any(values.map(isTrue)));
    case 'BOOL':
      return booleanLane(isTrue(first));
    case 'MIN':
      return extremeLanes(lets, 'least', values);
    case 'MAX':
      return extremeLanes(lets, 'greatest', values);
    case 'SUM':
    case 'SUB':
    case 'MUL':
    case 'DIV':
    case 'MOD':
    case 'LOG10':
      return mathLanes(context, name, values);
    case 'BUCKET':
      return bucketLanes(lets, first, args.slice(1).map(numberOf));
    case 'INT':
    case 'FLOAT':
      return castLanes(context, name, first);
    case 'STRING':
      return stringLane(call('coalesce', textSql(first) ?? literal(null), text('')));
    case 'CONCAT':
      return stringLane(call('concat', text(''), ...values.map(textSql).filter(isPresent)));
    case 'STARTS_WITH':
    case 'ENDS_WITH':
    case 'CONTAINS':
    case 'TO_LOWER':
      return textLanes(name, first, second);
    case 'LENGTH':
      return textLanes(textOf(args[1]) === 'bytes' ? 'BYTES' : 'LENGTH', first, second);
    case 'REG_MATCH':
    case 'REG_VALUE':
    case 'REG_COUNT':
      return regexLanes(lets, name, first, textOf(args[1]));
    case 'UNIX_TIMESTAMP':
      return unixTimeLanes(lets, first);
    case 'EVENT_TIMESTAMP':
    case 'INGEST_TIMESTAMP': {
      const [moment] = args;
      if (moment?.kind !== 'ref') return noLanes;
      return numberLane(binary('/', context.instant(moment.ref), literal(1_000_000)));
    }
    case 'FORMAT_TIME':
      return formatTimeLanes(lets, textOf(args[0]), second);
    default:
      return unreachable(name);
  }
}

const comparisons = { LT: '<', LTE: '<=', GT: '>', GTE: '>=', EQUALS: '=' } as const;

function isPresent(sql: SqlExpression | null): sql is SqlExpression {
  return sql !== null;
}

function numberOf<Ref>(arg: BoundFormula<Ref>): number {
  return arg.kind === 'value' ? Number(arg.value) : 0;
}

function textOf<Ref>(arg: BoundFormula<Ref> | undefined): string {
  return arg?.kind === 'value' ? String(arg.value) : '';
}

/** Numbers but 0 and the text "true" are true; missing is not. */
export function isTrue({ number, string, boolean }: Lanes): SqlExpression {
  const parts = [
    number && binary('<>', number.sql, literal(0)),
    string && binary('=', string, text('true')),
    boolean,
  ].filter(isPresent);
  return parts.length === 0 ? literal(false) : call('coalesce', ...parts, literal(false));
}

function ifLanes(lets: Lets, values: readonly Lanes[]): Lanes {
  const whens: (readonly [SqlExpression, Lanes])[] = [];
  for (let index = 0; index + 1 < values.length; index += 2) {
    whens.push([isTrue(values[index] ?? noLanes), values[index + 1] ?? noLanes]);
  }
  const otherwise = values.length % 2 === 1 ? values.at(-1) : undefined;
  return choose(lets, whens, otherwise ?? noLanes);
}

function switchLanes(lets: Lets, value: Lanes, cases: readonly Lanes[]): Lanes {
  const bound = lets.bindAll(value);
  const whens: (readonly [SqlExpression, Lanes])[] = [];
  for (let index = 0; index + 1 < cases.length; index += 2) {
    const isCase = compareLanes('=', bound, cases[index] ?? noLanes);
    whens.push([isCase, cases[index + 1] ?? noLanes]);
  }
  const otherwise = cases.length % 2 === 1 ? cases.at(-1) : undefined;
  return choose(lets, whens, otherwise ?? noLanes);
}

/** An empty text counts as missing. */
function withoutEmpty(value: Lanes): Lanes {
  const { string } = value;
  return string === null ? value : { ...value, string: call('nullif', string, text('')) };
}

/** False, not unknown, where a side is missing or the types differ. */
function compareLanes(op: BinaryOperator, left: Lanes, right: Lanes): SqlExpression {
  const pairs: (readonly [SqlExpression | null, SqlExpression | null])[] = [
    [left.number?.sql ?? null, right.number?.sql ?? null],
    [left.string, right.string],
    ...(op === '=' ? [[left.boolean, right.boolean] as const] : []),
  ];
  const parts = pairs.flatMap(([one, other]) =>
    one === null || other === null ? [] : [binary(op, one, other)],
  );
  return parts.length === 0 ? literal(false) : call('coalesce', ...parts, literal(false));
}

function isOneOf(lets: Lets, value: Lanes, options: readonly Lanes[]): SqlExpression {
  const bound = lets.bindAll(value);
  return any(options.map((option) => compareLanes('=', bound, option)));
}

/** Of the type of the first value that is not missing. */
function extremeLanes(lets: Lets, pick: 'least' | 'greatest', values: readonly Lanes[]): Lanes {
  const bound = values.map((value) => lets.bindAll(value));
  const integer = bound.every(({ number }) => number?.integer ?? true);
  const numbers = bound.flatMap(({ number }) => number ?? []);
  const doubles = numbers.map(({ sql, integer: own }) =>
    own === integer ? sql : cast(sql, 'DOUBLE'),
  );
  const strings = bound.flatMap(({ string }) => string ?? []);
  const booleans = bound.flatMap(({ boolean }) => boolean ?? []);
  const kinds = [doubles, strings, booleans].filter((list) => list.length > 0);
  const kind = kinds.length < 2 ? null : lets.bind(firstKind(bound));
  const best = (list: readonly SqlExpression[], index: number): SqlExpression | null => {
    const [first] = list;
    if (first === undefined) return null;
    const one = list.length === 1 ? first : call(pick, ...list);
    return kind === null ? one : when([[binary('=', kind, literal(index)), one]], null);
  };
  const number = best(doubles, 0);
  return {
    number: number && { sql: number, integer },
    string: best(strings, 1),
    boolean: best(booleans, 2),
  };
}

function firstKind(values: readonly Lanes[]): SqlExpression {
  const kinds = values
    .filter((value) => filledLanes(value).length > 0)
    .map(({ number, string, boolean }) => {
      const lanes = [number?.sql ?? null, string, boolean];
      return when(
        lanes.flatMap((lane, index) =>
          lane === null ? [] : [[isNotNull(lane), literal(index)] as const],
        ),
        null,
      );
    });
  return call('coalesce', ...kinds);
}
