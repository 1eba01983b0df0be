/** Short constructors for SQL nodes. Pure. */
import type {
  BinaryOperator,
  SqlColumn,
  SqlExpression,
  SqlOrder,
  SqlParameter,
  SqlSelect,
  SqlType,
} from './node.js';

export const star: SqlExpression = { kind: 'star' };

export function column(name: string, table: string | null = null): SqlExpression {
  return { kind: 'column', name, table };
}

export function literal(value: number | bigint | boolean | null): SqlExpression {
  return { kind: 'literal', value };
}

export function parameter(value: SqlParameter): SqlExpression {
  return { kind: 'parameter', parameter: value };
}

export function text(value: string): SqlExpression {
  return parameter({ type: 'string', value });
}

export function call(name: string, ...args: readonly SqlExpression[]): SqlExpression {
  return { kind: 'call', name, args, distinct: false, filter: null, orderBy: [] };
}

export function aggregate(
  name: string,
  args: readonly SqlExpression[],
  options: {
    readonly distinct?: boolean;
    readonly filter?: SqlExpression | null;
    readonly orderBy?: readonly SqlOrder[];
  } = {},
): SqlExpression {
  return {
    kind: 'call',
    name,
    args,
    distinct: options.distinct ?? false,
    filter: options.filter ?? null,
    orderBy: options.orderBy ?? [],
  };
}

export function binary(
  op: BinaryOperator,
  left: SqlExpression,
  right: SqlExpression,
): SqlExpression {
  return { kind: 'binary', op, left, right };
}

/** A window over all rows, with no order of its own: that in which the engine reads them. */
export function overAll(call: SqlExpression): SqlExpression {
  return { kind: 'window', call, partitionBy: [], orderBy: [], frame: null };
}

/** Joins with `and`; `true` for none. */
export function all(conditions: readonly SqlExpression[]): SqlExpression {
  return conditions.length === 0
    ? literal(true)
    : conditions.reduce((left, right) => binary('and', left, right));
}

/** Joins with `or`; `false` for none. */
export function any(conditions: readonly SqlExpression[]): SqlExpression {
  return conditions.length === 0
    ? literal(false)
    : conditions.reduce((left, right) => binary('or', left, right));
}

export function not(operand: SqlExpression): SqlExpression {
  return { kind: 'unary', op: 'not', operand };
}

export function isNull(operand: SqlExpression): SqlExpression {
  return { kind: 'null test', operand, negated: false };
}

export function isNotNull(operand: SqlExpression): SqlExpression {
  return { kind: 'null test', operand, negated: true };
}

export function cast(operand: SqlExpression, type: SqlType): SqlExpression {
  return { kind: 'cast', operand, type, onError: 'fail' };
}

export function tryCast(operand: SqlExpression, type: SqlType): SqlExpression {
  return { kind: 'cast', operand, type, onError: 'null' };
}

export function when(
  whens: readonly (readonly [SqlExpression, SqlExpression])[],
  otherwise: SqlExpression | null,
): SqlExpression {
  return {
    kind: 'case',
    whens: whens.map(([condition, then]) => ({ when: condition, then })),
    otherwise,
  };
}

export function as(expression: SqlExpression, alias: string): SqlColumn {
  return { expression, alias };
}

export function order(expression: SqlExpression, descending = false): SqlOrder {
  return { expression, descending, nulls: 'last' };
}

/** A select with everything but its columns empty unless given. */
export function select(
  columns: SqlSelect['columns'],
  parts: Partial<Omit<SqlSelect, 'kind' | 'columns'>> = {},
): SqlSelect {
  return {
    kind: 'select',
    with: [],
    distinct: false,
    from: null,
    where: null,
    groupBy: [],
    having: null,
    orderBy: [],
    limit: null,
    ...parts,
    columns,
  };
}
