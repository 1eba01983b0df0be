/**
 * The events of a window as facts, as SQL: a minute, a code for each key, the marks. Marks come
 * first, so that only what is kept for its marks gets codes.
 */
import { present } from '../base/assert.js';
import { parseExpression } from '../expression/parse.js';
import {
  all,
  any,
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
import { boundKeys } from './key.js';
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
  /** Which minutes of a cell hold an event. */
  word: (index: number) => `b${index}`,
  /** Whether a mark is true of a row. */
  mark: (index: number) => `h${index}`,
} as const;

/** Some values of a key, by their codes. */
export interface ListedCodes {
  readonly key: number;
  readonly codes: readonly number[];
  readonly values: readonly Cell[];
}

/** Which events are read one by one, and what of them. */
export interface RowsAsked {
  readonly window: TimeRange;
  readonly keys: readonly number[];
  /** Places of the marks, of which each row has one; null: all rows, without marks. */
  readonly marks: readonly number[] | null;
  /** The only values of a key that matter. */
  readonly listed: ListedCodes | null;
}

/** One row an event. */
export function rowSelect(facts: Facts, asked: RowsAsked): SqlSelect {
  const { weighted } = facts;
  const { window, keys } = asked;
  const marks = asked.marks?.map((mark) => factColumns.mark(mark)) ?? [];
  const origin = bucketStart(window.start, microsPerMinute) / microsPerMinute;
  const minute = cast(binary('+', column(aliases.bucket), literal(origin)), 'INTEGER');
  const coded = keys.map((key) => codeOf(facts, key, asked.listed));
  const marked = markedSource(facts, asked);
  return select(
    [
      as(minute, factColumns.minute),
      as(call('epoch_us', column('ts')), factColumns.first),
      ...coded.map(({ code }, at) => as(code, aliases.key(keys[at] ?? 0))),
      ...(weighted ? [as(column(aliases.weight), factColumns.events)] : []),
      ...marks.map((name) => as(column(name), name)),
    ],
    {
      from: coded.reduce((left, { join }): SqlSource => {
        return join === null ? left : { kind: 'join', type: 'left', left, ...join };
      }, marked),
      where: asked.marks === null ? null : any(marks.map((name) => column(name))),
    },
  );
}

/** The events with their values and marks: what is left out by its marks need not be coded. */
function markedSource(facts: Facts, { window, keys, marks: given }: RowsAsked): SqlSource {
  const { spec, source, weighted } = facts;
  const asked = given ?? [];
  const marks = asked.map((at) => present(spec.marks[at], 'a mark'));
  const isLimited = marks.some(({ kind }) => kind === 'limit');
  const limit = isLimited ? limitOf(facts, keys) : null;
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
  const { from, weighted: isWeighted } = rollupRows(
    rollupSpec(window, {
      keys: keys.map((key) => present(spec.keys[key], 'a key').breakdown),
      stepMicros: microsPerMinute,
      measures,
      limits: isLimited && limit === null ? spec.limits : null,
    }),
    source,
  );
  const values = keys.map((key, at) => as(column(aliases.key(at)), valueName(key)));
  const conditions = marks.map(({ kind }, at) => {
    const own = column(`f${at}`);
    if (kind !== 'limit' || limit === null) return own;
    const value = column(aliases.input(measures.length - 1));
    return all([own, isNotNull(value), binary('>', value, limit)]);
  });
  // Files of this window alone may say that every event of it stands for itself.
  const weight = isWeighted ? column(aliases.weight) : cast(literal(1), 'BIGINT');
  const inner = select(
    [
      ...[aliases.bucket, 'ts'].map((name) => as(column(name), name)),
      ...(weighted ? [as(weight, aliases.weight)] : []),
      ...values,
      ...conditions.map((one, at) => as(one, factColumns.mark(asked[at] ?? at))),
    ],
    { from },
  );
  return { kind: 'subquery', select: inner, alias: 'marked' };
}

/** The value of a key, beside its code. */
function valueName(key: number): string {
  return `v${key}`;
}

interface Coded {
  readonly code: SqlExpression;
  /** The table that has the code, where there are too many for a list. */
  readonly join: { readonly right: SqlSource; readonly on: SqlExpression } | null;
}

/** The code of a value: its place in a list, where there are few; null for those without. */
function codeOf(facts: Facts, key: number, listed: ListedCodes | null): Coded {
  const { table, size, values } = present(facts.codes[key], 'codes');
  const own = column(valueName(key));
  const only = listed?.key === key ? listed : null;
  const given = only?.values ?? values;
  const type = size < 2 ** 7 ? 'TINYINT' : size < 2 ** 15 ? 'SMALLINT' : 'INTEGER';
  if (given === null) {
    const code = cast(column('code', table), type);
    const on = binary('=', own, column('v', table));
    return { code, join: { right: { kind: 'table', name: table }, on } };
  }
  if (given.length === 0) return { code: cast(literal(null), type), join: null };
  const place = placeIn(facts, key, given, own);
  if (only === null) return { code: cast(binary('-', place, literal(1)), type), join: null };
  const numbers = only.codes.map((code) => cast(literal(code), type));
  const code = { kind: 'element', operand: call('list_value', ...numbers), key: place } as const;
  return { code, join: null };
}

/** Which of some values it is, from 1. Worked out once for each entry of a file's dictionary. */
function placeIn(
  { spec, source }: Facts,
  key: number,
  values: readonly Cell[],
  value: SqlExpression,
): SqlExpression {
  const { breakdown } = present(spec.keys[key], 'a key');
  const asked = querySpec({ breakdowns: [breakdown], window: spec.window });
  const planKey = present(resolve(asked, source).keys[0], 'a key');
  return call('list_position', boundKeys(planKey, values), value);
}

/** Chosen by us: limits that are found by their place in a list. */
const mostLimits = 4_096;

/**
 * The limit of the values of the limited keys; null where they are too many for a list, or not all
 * of their values are known.
 */
function limitOf(facts: Facts, keys: readonly number[]): SqlExpression | null {
  const { limits, keys: all_ } = facts.spec;
  if (limits === null || limits.rows.length === 0) return null;
  const known = limits.keys.flatMap(({ name, exact }) => {
    const at = keys.findIndex((key) => {
      const term = all_[key]?.breakdown.term;
      return term?.name === name && term.exact === exact;
    });
    const key = keys[at] ?? -1;
    const values = facts.codes[key]?.values ?? null;
    if (values === null || values.length === all_[key]?.mostValues) return [];
    const texts = ['', ...values.map(String)];
    const place = placeIn(facts, key, values, column(aliases.key(at)));
    return [{ texts, place: call('coalesce', place, literal(0)) }];
  });
  const size = known.reduce((product, { texts }) => product * texts.length, 1);
  if (known.length < limits.keys.length || size > mostLimits) return null;
  // Those without a value come first.
  const placeOf = (key: readonly Cell[]): number =>
    known.reduce((place, { texts }, index) => {
      const cell = key[index] ?? null;
      const own = cell === null ? 0 : texts.indexOf(String(cell), 1);
      return own < 0 ? Number.NaN : place * texts.length + own;
    }, 0);
  const byPlace = new Map(limits.rows.map(({ key, limit }) => [placeOf(key), limit]));
  const list = Array.from({ length: size }, (_, at) => {
    const limit = byPlace.get(at);
    return limit === undefined
      ? cast(literal(null), 'DOUBLE')
      : parameter({ type: 'number', value: limit });
  });
  const place = known.reduce(
    (sum: SqlExpression, one) =>
      binary('+', binary('*', sum, literal(one.texts.length)), one.place),
    literal(0),
  );
  return {
    kind: 'element',
    operand: call('list_value', ...list),
    key: binary('+', place, literal(1)),
  };
}
