/**
 * Facts: the events of one window as numbers (the minute, a code for each key, marks), kept in the
 * memory of the engine, so that a search can ask much of them and read the files once. What is
 * not kept is read from the files by the same questions. Never for a question of a person.
 */
import { present } from '../base/assert.js';
import {
  aggregate,
  any,
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
import type { SqlColumn, SqlExpression, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { factColumns, rowSelect } from './facts-rows.js';
import type { Cell, QuerySource, SearchEngine } from './ports.js';
import { filesFor } from './prune.js';
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
  /**
   * Null: every event is kept. A key: events with a mark are, and all of them counted by minute
   * without that key.
   */
  readonly without: number | null;
}

export interface FactOptions {
  readonly engine: SearchEngine;
  readonly signal: AbortSignal;
}

/** The values of a key that are told apart. */
export interface FactCodes {
  /** A table in the engine. */
  readonly table: string;
  readonly size: number;
  /** In order of their codes; null where they are too many for a list. */
  readonly values: readonly Cell[] | null;
}

/** Facts that were kept. */
export interface Facts {
  readonly spec: FactsSpec;
  /** Tables in the engine, one or more after each other in time; of events one by one. */
  readonly rows: readonly string[];
  /** All events counted by minute; empty where `rows` are all events. */
  readonly cells: readonly string[];
  readonly codes: readonly FactCodes[];
  readonly source: QuerySource;
  /** Whether some row may stand for more than one event. */
  readonly weighted: boolean;
}

/** Chosen by us: values found by their place in a list; a list of more is slower than a join. */
export const mostListed = 512;
/** Chosen by us: events that are held at once before they are counted by minute. */
const rowsAtOnce = 8_000_000;

/**
 * Makes the codes of each key, 0 for the value with the most rows, then the facts themselves.
 * **Faults** CC1201, CC1202, CC5002, CC5003, CC5004.
 */
export async function keepFacts(
  source: QuerySource,
  spec: FactsSpec,
  options: FactOptions,
): Promise<Facts> {
  const codes: FactCodes[] = [];
  for (const key of spec.keys.keys()) codes.push(await keepCodes(source, spec, key, options));
  const { weighted } = rollupRows(rollupSpec(spec.window), source);
  const facts: Facts = { spec, source, weighted, codes, rows: [], cells: [] };
  const kept =
    spec.without === null ? await keepRows(facts, options) : await keepCells(facts, options);
  return Object.freeze({ ...facts, ...kept });
}

type Kept = Pick<Facts, 'rows' | 'cells'>;

async function keepRows(facts: Facts, { engine, signal }: FactOptions): Promise<Kept> {
  const { keys, window } = facts.spec;
  const rows = rowSelect(facts, { window, keys: [...keys.keys()], hasMarks: true, listed: null });
  const { name } = await engine.keep(rows, signal);
  return { rows: [name], cells: [] };
}

/** Part after part, so that no more than some events are held one by one. */
async function keepCells(facts: Facts, { engine, signal }: FactOptions): Promise<Kept> {
  const rows: string[] = [];
  const cells: string[] = [];
  const keys = [...facts.spec.keys.keys()];
  for (const window of partsOf(facts)) {
    const part = rowSelect(facts, { window, keys, hasMarks: true, listed: null });
    const { name, drop } = await engine.keep(part, signal);
    cells.push((await engine.keep(countedSelect(facts, name), signal)).name);
    rows.push((await engine.keep(markedSelect(facts, name), signal)).name);
    await drop();
  }
  return { rows, cells };
}

/** Parts of the window, by whole days, with not too many events each. */
function partsOf({ source, spec: { window } }: Facts): readonly TimeRange[] {
  const first = Math.floor(window.start / microsPerDay);
  const last = Math.ceil(window.end / microsPerDay);
  const days = Array.from({ length: last - first }, (_, at): TimeRange => {
    const start = (first + at) * microsPerDay;
    return {
      start: Math.max(window.start, start),
      end: Math.min(window.end, start + microsPerDay),
    };
  });
  const parts: { range: TimeRange; rows: number }[] = [];
  for (const day of days) {
    const rows = filesFor(source.files, day).reduce((sum, file) => sum + file.rows, 0);
    const part = parts.at(-1);
    if (part !== undefined && part.rows + rows <= rowsAtOnce) {
      part.range = { start: part.range.start, end: day.end };
      part.rows += rows;
    } else parts.push({ range: day, rows });
  }
  return parts.map(({ range }) => range);
}

async function keepCodes(
  source: QuerySource,
  spec: FactsSpec,
  key: number,
  { engine, signal }: FactOptions,
): Promise<FactCodes> {
  const kept = await engine.keep(codesSelect(source, spec, key), signal);
  const { name: table, rowCount: size } = kept;
  if (size > mostListed) return { table, size, values: null };
  const asked = select([as(column('v'), 'v')], {
    from: { kind: 'table', name: table },
    orderBy: [order(column('code'))],
  });
  const { rows } = await engine.execute(printStatement(asked), signal);
  return { table, size, values: rows.map(([value = null]) => value) };
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

/** Kept events counted by minute. */
function countedSelect({ spec, weighted }: Facts, table: string): SqlSelect {
  const kept = [...spec.keys.keys()].filter((key) => key !== spec.without);
  const keys = [factColumns.minute, ...kept.map((key) => aliases.key(key))];
  return select(
    [
      ...keys.map((key) => as(column(key), key)),
      as(cast(aggregate('count', [star]), 'INTEGER'), factColumns.rows),
      as(aggregate('min', [column(factColumns.first)]), factColumns.first),
      as(aggregate('max', [column(factColumns.first)]), factColumns.last),
      ...(weighted ? weightSums : []),
    ],
    { from: { kind: 'table', name: table }, groupBy: keys.map((key) => column(key)) },
  );
}

/** Those with a mark. */
function markedSelect({ spec }: Facts, table: string): SqlSelect {
  const isMarked = any([...spec.marks.keys()].map((mark) => column(factColumns.mark(mark))));
  return select([{ star: true }], { from: { kind: 'table', name: table }, where: isMarked });
}
