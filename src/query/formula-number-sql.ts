/** Arithmetic, buckets and casts of the formula language as SQL. Arithmetic is in doubles. */
import { unreachable } from '../base/assert.js';
import {
  binary,
  call,
  cast,
  isNotNull,
  literal,
  parameter,
  text,
  tryCast,
  when,
} from '../sql/build.js';
import type { BinaryOperator, SqlExpression } from '../sql/node.js';
import {
  finiteSql,
  type Lanes,
  type Lets,
  noLanes,
  numberLane,
  numberSql,
  parsedSql,
  stringLane,
  textOfNumber,
} from './lanes.js';

type MathName = 'SUM' | 'SUB' | 'MUL' | 'DIV' | 'MOD' | 'LOG10';

/**
 * What no number is in arithmetic: 0, as Honeycomb documents it for fields, or missing, so that a
 * share of nothing is not 100 %.
 */
export type MissingNumber = 'zero' | 'missing';

/** What arithmetic is done with. */
export interface MathContext {
  readonly lets: Lets;
  readonly missing: MissingNumber;
}

/** What is beyond a double is missing, as is what is divided by 0. */
export function mathLanes(context: MathContext, name: MathName, values: readonly Lanes[]): Lanes {
  const { lets } = context;
  const numbers = values.map((value) => readSql(context, value));
  switch (name) {
    case 'SUM':
      return numberLane(finiteSql(lets, joined('+', numbers)));
    case 'SUB':
      return numberLane(finiteSql(lets, joined('-', numbers)));
    case 'MUL':
      return numberLane(finiteSql(lets, joined('*', numbers)));
    case 'DIV':
      return divided(lets, '/', numbers);
    case 'MOD':
      return divided(lets, '%', numbers);
    case 'LOG10': {
      const value = lets.bind(numberOrNull(lets, values[0] ?? noLanes));
      const positive = when([[binary('>', value, literal(0)), value]], null);
      return numberLane(finiteSql(lets, call('log10', positive)));
    }
    default:
      return unreachable(name);
  }
}

function joined(op: BinaryOperator, numbers: readonly SqlExpression[]): SqlExpression {
  const [first = literal(0), ...others] = numbers;
  return others.reduce((left, right) => binary(op, left, right), first);
}

function divided(lets: Lets, op: '/' | '%', numbers: readonly SqlExpression[]): Lanes {
  const [left = literal(0), right = literal(0)] = numbers;
  const divisor = lets.bind(right);
  const safe = when([[binary('<>', divisor, literal(0)), divisor]], null);
  return numberLane(finiteSql(lets, binary(op, left, safe)));
}

/** As a double: texts are read; what is no number is 0 or missing. */
function readSql({ lets, missing }: MathContext, value: Lanes): SqlExpression {
  const number = numberOrNull(lets, value);
  return missing === 'missing' ? number : call('coalesce', number, cast(literal(0), 'DOUBLE'));
}

/** As a double: texts are read; what is no number is null. */
export function numberOrNull(lets: Lets, value: Lanes): SqlExpression {
  const number = numberSql(value, false);
  const parsed = value.string === null ? null : parsedSql(lets, value.string);
  if (number === null) return parsed ?? cast(literal(null), 'DOUBLE');
  return parsed === null ? number : call('coalesce', number, parsed);
}

export function castLanes(context: MathContext, name: 'INT' | 'FLOAT', value: Lanes): Lanes {
  const { lets, missing } = context;
  if (name === 'FLOAT') return numberLane(readSql(context, value));
  const { number, string } = lets.bindAll(value);
  const parsed = string === null ? null : lets.bind(parsedSql(lets, string));
  const whole = (sql: SqlExpression): SqlExpression => tryCast(call('trunc', sql), 'BIGINT');
  const whens: (readonly [SqlExpression, SqlExpression])[] = [
    ...(number === null
      ? []
      : [[isNotNull(number.sql), number.integer ? number.sql : whole(number.sql)] as const]),
    ...(parsed === null ? [] : [[isNotNull(parsed), whole(parsed)] as const]),
  ];
  const zero = cast(literal(missing === 'zero' ? 0 : null), 'BIGINT');
  return numberLane(whens.length === 0 ? zero : when(whens, zero), true);
}

/** Quotients this near to a whole number are one: 1.1 / 0.1 is 11.000000000000002. */
const nearWhole = 1e-9;

/** `low - high` with the high end inside, counted from min or 0. Only numbers have a bucket. */
export function bucketLanes(lets: Lets, value: Lanes, numbers: readonly number[]): Lanes {
  const [size = 1, min = null, max = null] = numbers;
  const number = numberSql(value, false);
  if (number === null) return stringLane(cast(literal(null), 'VARCHAR'));
  const anchor = min ?? 0;
  const x = lets.bind(number);
  const quotient = lets.bind(binary('/', binary('-', x, double(anchor)), double(size)));
  const nearest = lets.bind(call('round', quotient));
  const isNear = binary('<', call('abs', binary('-', quotient, nearest)), double(nearWhole));
  const upper = lets.bind(call('ceil', when([[isNear, nearest]], quotient)));
  const digits = Math.max(decimalsOf(size), decimalsOf(anchor));
  const edge = (index: SqlExpression): SqlExpression =>
    call('round', binary('+', double(anchor), binary('*', index, double(size))), literal(digits));
  const low = edge(binary('-', upper, literal(1)));
  const high = max === null ? edge(upper) : call('least', edge(upper), double(max));
  const label = call(
    'concat',
    textOfNumber(finiteSql(lets, low), false),
    text(' - '),
    textOfNumber(finiteSql(lets, high), false),
  );
  return stringLane(
    when(
      [
        ...(min === null ? [] : [[binary('<=', x, double(min)), text(`< ${min}`)] as const]),
        ...(max === null ? [] : [[binary('>', x, double(max)), text(`> ${max}`)] as const]),
        [isNotNull(x), label],
      ],
      null,
    ),
  );
}

function double(value: number): SqlExpression {
  return cast(parameter({ type: 'number', value }), 'DOUBLE');
}

/** Digits behind the point that a number needs, at most 15. */
export function decimalsOf(value: number): number {
  for (let digits = 0; digits < 15; digits += 1) {
    if (Number(value.toFixed(digits)) === value) return digits;
  }
  return 15;
}
