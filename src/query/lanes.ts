/**
 * Values whose type is known only row by row, in SQL: one lane a type, of which at most one is
 * filled. Where the type is known there is one lane, and nothing is paid for the others.
 */
import {
  any,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  text,
  tryCast,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression } from '../sql/node.js';

export interface Lanes {
  /** `integer`: 64 bits, else a double. */
  readonly number: { readonly sql: SqlExpression; readonly integer: boolean } | null;
  readonly string: SqlExpression | null;
  readonly boolean: SqlExpression | null;
}

export type LaneName = keyof Lanes;
export const laneNames: readonly LaneName[] = ['number', 'string', 'boolean'];

/** Missing on every row. */
export const noLanes: Lanes = { number: null, string: null, boolean: null };

export function numberLane(sql: SqlExpression, integer = false): Lanes {
  return { ...noLanes, number: { sql, integer } };
}

export function stringLane(sql: SqlExpression): Lanes {
  return { ...noLanes, string: sql };
}

export function booleanLane(sql: SqlExpression): Lanes {
  return { ...noLanes, boolean: sql };
}

/** The lanes there are, as SQL. */
export function filledLanes({ number, string, boolean }: Lanes): readonly SqlExpression[] {
  return [number?.sql ?? null, string, boolean].filter((lane) => lane !== null);
}

/**
 * Names for expressions that stand in more than one place. Without them the text of a formula
 * doubles with each level, and the engine works the same thing out again and again.
 */
export class Lets {
  readonly #levels = new Map<string, number>();
  readonly #layers: SqlColumn[][] = [];
  #count = 0;

  /** A name for the expression, unless it is as short as one. */
  bind(expression: SqlExpression): SqlExpression {
    if (isAtom(expression)) return expression;
    this.#count += 1;
    return this.define(`:${this.#count}`, expression);
  }

  bindAll({ number, string, boolean }: Lanes): Lanes {
    return {
      number: number && { ...number, sql: this.bind(number.sql) },
      string: string && this.bind(string),
      boolean: boolean && this.bind(boolean),
    };
  }

  /** **Invariant** names are of our own making: no stored column has a colon in its name. */
  define(name: string, expression: SqlExpression): SqlExpression {
    const level = this.#levelOf(expression);
    this.#levels.set(name, level);
    const layer = this.#layers[level] ?? [];
    layer.push(as(expression, name));
    this.#layers[level] = layer;
    return column(name);
  }

  /** Selects to be put one around the other; each sees the columns of those before. */
  layers(): readonly (readonly SqlColumn[])[] {
    return this.#layers;
  }

  #levelOf(node: unknown): number {
    if (typeof node !== 'object' || node === null) return 0;
    let level = 0;
    if ('kind' in node && node.kind === 'column' && 'name' in node) {
      const known = this.#levels.get(String(node.name));
      if (known !== undefined) level = known + 1;
    }
    for (const part of Object.values(node)) level = Math.max(level, this.#levelOf(part));
    return level;
  }
}

function isAtom(expression: SqlExpression): boolean {
  const { kind } = expression;
  if (kind === 'cast') return expression.operand.kind === 'parameter';
  return kind === 'column' || kind === 'literal' || kind === 'parameter';
}

/** True where some lane is filled. */
export function isFilled(lanes: Lanes): SqlExpression {
  return any(filledLanes(lanes).map(isNotNull));
}

/** The value of the first condition that holds, else the last value. */
export function choose(
  lets: Lets,
  whens: readonly (readonly [SqlExpression, Lanes])[],
  otherwise: Lanes,
): Lanes {
  const values = [...whens.map(([, value]) => value), otherwise];
  const used = laneNames.filter((name) => values.some((value) => value[name] !== null));
  const bound = used.length < 2 ? whens : whens.map(([c, value]) => [lets.bind(c), value] as const);
  const pick = (lane: (value: Lanes) => SqlExpression | null): SqlExpression =>
    when(
      bound.map(([condition, value]) => [condition, lane(value) ?? literal(null)]),
      lane(otherwise),
    );
  const integer = values.every(({ number }) => number?.integer ?? true);
  return {
    number: used.includes('number')
      ? { sql: pick((value) => numberSql(value, integer)), integer }
      : null,
    string: used.includes('string') ? pick(({ string }) => string) : null,
    boolean: used.includes('boolean') ? pick(({ boolean }) => boolean) : null,
  };
}

/** The first value that is not missing. */
export function firstFilled(lets: Lets, values: readonly Lanes[]): Lanes {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return only;
  const bound = values.map((value) => lets.bindAll(value));
  return choose(
    lets,
    bound.filter((value) => filledLanes(value).length > 0).map((value) => [isFilled(value), value]),
    noLanes,
  );
}

/** The number lane as 64 bits or as a double. */
export function numberSql({ number }: Lanes, integer: boolean): SqlExpression | null {
  if (number === null) return null;
  return number.integer === integer ? number.sql : cast(number.sql, 'DOUBLE');
}

/** As people write it: a whole number without the `.0` of a double. Null stays null. */
export function textSql({ number, string, boolean }: Lanes): SqlExpression | null {
  const parts = [
    number && textOfNumber(number.sql, number.integer),
    string,
    boolean && cast(boolean, 'VARCHAR'),
  ].filter((part) => part !== null);
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 ? first : call('coalesce', ...parts);
}

export function textOfNumber(sql: SqlExpression, integer: boolean): SqlExpression {
  const words = cast(sql, 'VARCHAR');
  return integer ? words : call('regexp_replace', words, text('\\.0$'), text(''));
}

/** Zero without a sign, and null for what is beyond a double. */
export function finiteSql(lets: Lets, expression: SqlExpression): SqlExpression {
  const value = lets.bind(expression);
  const zero = cast(literal(0), 'DOUBLE');
  return when(
    [
      [binary('=', value, literal(0)), zero],
      [call('isfinite', value), value],
    ],
    null,
  );
}

/** The number a text stands for; null when it stands for none. */
export function parsedSql(lets: Lets, string: SqlExpression): SqlExpression {
  return finiteSql(lets, tryCast(string, 'DOUBLE'));
}
