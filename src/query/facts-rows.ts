/**
 * The events of a window as facts, as SQL: a minute, a code for each key, the marks. In
 * two layers: behind a join the engine no longer knows the dictionaries of the files, so that what
 * can be told from them comes first.
 */
import { present } from '../base/assert.js';
import { parseExpression } from '../expression/parse.js';
import {
  all,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  parameter,
  select,
} from '../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { bucketStart } from '../time/granularity.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Facts } from './facts.js';
import { boundKey } from './key.js';
import type { Cell } from './ports.js';
import { resolve } from './resolve.js';
import { type Measure, rollupRows, rollupSpec } from './rollup.js';
import { aliases } from './rows-sql.js';
import { filter, querySpec } from './spec.js';

/** Columns of the facts, besides the codes of the keys. */
export const factColumns = {
  minute: 'm',
  rows: 'n',
  events: 'w',
  squares: 'q',
  first: 'a',
  last: 'z',
  /** Whether a mark is true of a row. */
  mark: (index: number) => `h${index}`,
} as const;

/** Some values of a key, by their codes. */
export interface ListedCodes {
  readonly key: number;
  readonly codes: readonly number[];
  readonly values: readonly Cell[];
}

export interface RowsAsked {
  readonly window: TimeRange;
  readonly keys: readonly number[];
  readonly hasMarks: boolean;
  /** The only values of a key that matter. */
  readonly listed: ListedCodes | null;
}

/** One row an event. */
export function rowSelect(facts: Facts, asked: RowsAsked): SqlSelect {
  const { spec, source, weighted } = facts;
  const { window, keys, hasMarks } = asked;
  const marks = hasMarks ? spec.marks : [];
  const limit = hasMarks ? limitByCode(facts, keys) : null;
  const everything = filter(parseExpression('true'));
  const measures: readonly Measure[] = [
    ...marks.map((mark): Measure => {
      if (mark.kind !== 'limit' || limit === null) return mark;
      return { kind: 'rows', where: mark.where ?? everything };
    }),
    { kind: 'first', where: null },
    ...(limit === null || spec.limits === null
      ? []
      : [{ kind: 'quantile', of: spec.limits.of, at: 0.5, where: everything } as const]),
  ];
  const { from } = rollupRows(
    rollupSpec(window, {
      keys: keys.map((key) => present(spec.keys[key], 'a key').breakdown),
      stepMicros: microsPerMinute,
      measures,
      limits: hasMarks && limit === null ? spec.limits : null,
    }),
    source,
  );
  const origin = bucketStart(window.start, microsPerMinute) / microsPerMinute;
  const minute = cast(binary('+', column(aliases.bucket), literal(origin)), 'INTEGER');
  const coded = keys.map((key, at) => codeOf(facts, key, column(aliases.key(at)), asked.listed));
  const conditions = marks.map((_, mark) => `f${mark}`);
  const inner = select(
    [
      as(minute, factColumns.minute),
      as(call('epoch_us', column('ts')), factColumns.first),
      ...coded.map(({ first }, at) => as(first, aliases.key(keys[at] ?? 0))),
      ...(weighted ? [as(column(aliases.weight), factColumns.events)] : []),
      ...conditions.map((name) => as(column(name), name)),
      ...(limit === null ? [] : [as(column(aliases.input(measures.length - 1)), 'x')]),
    ],
    { from },
  );
  const joins = [...coded.flatMap(({ join }) => join ?? []), ...(limit === null ? [] : [limit])];
  return select(
    [
      as(column(factColumns.minute), factColumns.minute),
      as(column(factColumns.first), factColumns.first),
      ...coded.map(({ code }, at) => as(code, aliases.key(keys[at] ?? 0))),
      ...(weighted ? [as(column(factColumns.events), factColumns.events)] : []),
      ...marks.map(({ kind }, mark) => {
        const own = column(`f${mark}`);
        const isTrue = kind === 'limit' && limit !== null ? all([own, limit.above]) : own;
        return as(isTrue, factColumns.mark(mark));
      }),
    ],
    {
      from: joins.reduce(
        (left: SqlSource, { right, on }): SqlSource => {
          return { kind: 'join', type: 'left', left, right, on };
        },
        { kind: 'subquery', select: inner, alias: 'coded' },
      ),
    },
  );
}

interface Join {
  readonly right: SqlSource;
  readonly on: SqlExpression;
}

interface Coded {
  /** In the inner layer: the code, or the value where a join gives the code. */
  readonly first: SqlExpression;
  readonly code: SqlExpression;
  readonly join: Join | null;
}

/** The code of a value: its place in a list, where there are few; null for those without. */
function codeOf(
  { spec, source, codes }: Facts,
  key: number,
  value: SqlExpression,
  listed: ListedCodes | null,
): Coded {
  const { table, size, values } = present(codes[key], 'codes');
  const own = column(aliases.key(key));
  const only = listed?.key === key ? listed : null;
  const given = only?.values ?? values;
  const type = size < 2 ** 7 ? 'TINYINT' : size < 2 ** 15 ? 'SMALLINT' : 'INTEGER';
  if (given === null) {
    const code = cast(column('code', table), type);
    const on = binary('=', own, column('v', table));
    return { first: value, code, join: { right: { kind: 'table', name: table }, on } };
  }
  const { breakdown } = present(spec.keys[key], 'a key');
  const asked = querySpec({ breakdowns: [breakdown], window: spec.window });
  const planKey = present(resolve(asked, source).keys[0], 'a key');
  // Worked out once for each entry of a dictionary of a file, not for each row.
  const list = call('list_value', ...given.map((cell) => boundKey(planKey, cell)));
  const place = call('list_position', list, value);
  const numbers = (only?.codes ?? [...given.keys()]).map((code) => cast(literal(code), type));
  const first: SqlExpression =
    given.length === 0
      ? cast(literal(null), type)
      : { kind: 'element', operand: call('list_value', ...numbers), key: place };
  return { first, code: own, join: null };
}

interface LimitByCode extends Join {
  readonly above: SqlExpression;
}

/** The limit of each row by the codes of its keys; null where not all of their values have one. */
function limitByCode({ spec, codes }: Facts, keys: readonly number[]): LimitByCode | null {
  const { limits } = spec;
  if (limits === null || limits.rows.length === 0) return null;
  const places = limits.keys.map(({ name, exact }) =>
    keys.find((key) => {
      const term = spec.keys[key]?.breakdown.term;
      return term?.name === name && term.exact === exact;
    }),
  );
  const known = places.flatMap((key) => {
    const values = key === undefined ? null : (codes[key]?.values ?? null);
    if (key === undefined || values === null || values.length === spec.keys[key]?.mostValues) {
      return [];
    }
    return [{ key, byText: new Map(values.map((value, code) => [String(value), code])) }];
  });
  if (known.length < limits.keys.length) return null;
  const columns = known.map(({ byText }, at) => {
    const own = limits.rows.map(({ key }) => {
      const cell = key[at] ?? null;
      return literal(cell === null ? null : (byText.get(String(cell)) ?? -1));
    });
    return as(call('unnest', call('list_value', ...own)), `l${at}`);
  });
  const numbers = limits.rows.map(({ limit }) => parameter({ type: 'number', value: limit }));
  const table = select([...columns, as(call('unnest', call('list_value', ...numbers)), 'above')]);
  const value = column('x');
  return {
    right: { kind: 'subquery', select: table, alias: 'limits' },
    on: all(
      known.map(({ key }, at) => {
        const own = column(aliases.key(key));
        return binary('is not distinct from', own, column(`l${at}`, 'limits'));
      }),
    ),
    above: all([isNotNull(value), binary('>', value, column('above', 'limits'))]),
  };
}
