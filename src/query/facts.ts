/**
 * Facts: the events of one window as numbers (the minute, a code for each key, marks), kept in the
 * memory of the engine, so that a search can ask much of them and read the files once. What is
 * not kept is read from the files by the same questions. Never for a question of a person.
 */
import { present } from '../base/assert.js';
import {
  aggregate,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  order,
  select,
  star,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { bucketStart } from '../time/granularity.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { QuerySource, SearchEngine } from './ports.js';
import { type Limits, type Measure, rollupRows, rollupSpec } from './rollup.js';
import { aliases } from './rows-sql.js';
import type { Breakdown } from './spec.js';

/** A key, and how many of its values are told apart: those with the most rows. */
export interface FactKey {
  readonly breakdown: Breakdown;
  readonly mostValues: number;
}

export interface FactsSpec {
  readonly window: TimeRange;
  readonly keys: readonly FactKey[];
  /** Conditions of single rows that are counted. */
  readonly marks: readonly Measure[];
  readonly limits: Limits | null;
  /** Null: every event is kept. A key: what is kept is counted by minute without that key. */
  readonly without: number | null;
}

export interface FactOptions {
  readonly engine: SearchEngine;
  readonly signal: AbortSignal;
}

/** Facts that were kept. */
export interface Facts {
  readonly spec: FactsSpec;
  /** Tables in the engine: of the facts, and of the codes of each key. */
  readonly table: string;
  readonly codes: readonly string[];
  readonly source: QuerySource;
  /** Whether some row may stand for more than one event. */
  readonly weighted: boolean;
}

/** Columns of the facts, besides the codes of the keys. */
export const factColumns = {
  minute: 'm',
  rows: 'n',
  events: 'w',
  squares: 'q',
  first: 'a',
  last: 'z',
  mark: (index: number) => `h${index}`,
  markEvents: (index: number) => `e${index}`,
} as const;

/**
 * Makes the codes of each key, 0 for the value with the most rows, then the facts themselves.
 * **Faults** CC1201, CC1202, CC5002, CC5003, CC5004.
 */
export async function keepFacts(
  source: QuerySource,
  spec: FactsSpec,
  { engine, signal }: FactOptions,
): Promise<Facts> {
  const codes: string[] = [];
  for (const key of spec.keys.keys()) {
    codes.push((await engine.keep(codesSelect(source, spec, key), signal)).name);
  }
  const { weighted } = rollupRows(rollupSpec(spec.window), source);
  const facts = { spec, source, weighted, codes };
  const rows = rowSelect(facts, spec.window, keysKept(spec));
  const kept = spec.without === null ? rows : countedSelect(facts, rows);
  const { name: table } = await engine.keep(kept, signal);
  return Object.freeze({ ...facts, table });
}

function keysKept({ keys, without }: FactsSpec): readonly number[] {
  return [...keys.keys()].filter((key) => key !== without);
}

/** **Shape** code, value, rows. Missing values have no code, nor have those beyond the most. */
function codesSelect(source: QuerySource, spec: FactsSpec, key: number): SqlSelect {
  const { breakdown, mostValues } = present(spec.keys[key], 'a key');
  const asked = rollupSpec(spec.window, { keys: [breakdown] });
  const value = column(aliases.key(0));
  const values = select([as(value, 'v'), as(aggregate('count', [star]), factColumns.rows)], {
    from: rollupRows(asked, source).from,
    where: isNotNull(value),
    groupBy: [value],
  });
  const number: SqlExpression = {
    kind: 'window',
    call: call('row_number'),
    partitionBy: [],
    orderBy: [order(column(factColumns.rows), true), order(column('v'))],
    frame: null,
  };
  return select(
    [
      as(cast(binary('-', number, literal(1)), 'INTEGER'), 'code'),
      as(column('v'), 'v'),
      as(column(factColumns.rows), factColumns.rows),
    ],
    {
      from: { kind: 'subquery', select: values, alias: 'codes' },
      orderBy: [order(column('code'))],
      limit: mostValues,
    },
  );
}

/** One row an event: minute, codes, weight, marks. */
export function rowSelect(
  { spec, source, weighted, codes }: Omit<Facts, 'table'>,
  window: TimeRange,
  keys: readonly number[],
): SqlSelect {
  const asked = rollupSpec(window, {
    keys: keys.map((key) => present(spec.keys[key], 'a key').breakdown),
    stepMicros: microsPerMinute,
    measures: [...spec.marks, { kind: 'first', where: null }],
    limits: spec.limits,
  });
  const { from } = rollupRows(asked, source);
  const origin = bucketStart(window.start, microsPerMinute) / microsPerMinute;
  const minute = binary('+', column(aliases.bucket), literal(origin));
  const table = (key: number): string => present(codes[key], 'a table of codes');
  const coded = keys.reduce(
    (left: SqlSource, key, index): SqlSource => ({
      kind: 'join',
      type: 'left',
      left,
      right: { kind: 'table', name: table(key) },
      on: binary('=', column(aliases.key(index)), column('v', table(key))),
    }),
    from,
  );
  return select(
    [
      as(cast(minute, 'INTEGER'), factColumns.minute),
      as(call('epoch_us', column('ts')), factColumns.first),
      ...keys.map((key) =>
        as(call('coalesce', column('code', table(key)), literal(-1)), aliases.key(key)),
      ),
      ...(weighted ? [as(column(aliases.weight), factColumns.events)] : []),
      ...spec.marks.map((_, index) => as(column(`f${index}`), factColumns.mark(index))),
    ],
    { from: coded },
  );
}

/** Of the weight of a row. */
export const square = binary(
  '*',
  cast(column(factColumns.events), 'DOUBLE'),
  column(factColumns.events),
);
const weightSums: readonly SqlColumn[] = [
  as(aggregate('sum', [column(factColumns.events)]), factColumns.events),
  as(aggregate('sum', [square]), factColumns.squares),
];

/** The same counted by minute. */
function countedSelect({ spec, weighted }: Omit<Facts, 'table'>, rows: SqlSelect): SqlSelect {
  const keys = [factColumns.minute, ...keysKept(spec).map((key) => aliases.key(key))];
  const marks = spec.marks.flatMap((_, index): SqlColumn[] => {
    const filter = column(factColumns.mark(index));
    return [
      as(aggregate('count', [star], { filter }), factColumns.mark(index)),
      ...(weighted
        ? [
            as(
              aggregate('sum', [column(factColumns.events)], { filter }),
              factColumns.markEvents(index),
            ),
          ]
        : []),
    ];
  });
  return select(
    [
      ...keys.map((key) => as(column(key), key)),
      as(aggregate('count', [star]), factColumns.rows),
      as(aggregate('min', [column(factColumns.first)]), factColumns.first),
      as(aggregate('max', [column(factColumns.first)]), factColumns.last),
      ...(weighted ? weightSums : []),
      ...marks,
    ],
    {
      from: { kind: 'subquery', select: rows, alias: 'rows' },
      groupBy: keys.map((key) => column(key)),
    },
  );
}
