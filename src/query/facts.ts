/**
 * Facts: the events of one window as numbers (a code for each key, marks), so that a search can ask
 * much of them and read the files few times. Kept in the memory of the engine are the events with a
 * mark, one by one, and all events counted in cells of some minutes. What is asked finer than that
 * is read from the files of its time. Never for a question of a person.
 */
import { present } from '../base/assert.js';
import { together } from '../base/together.js';
import {
  aggregate,
  as,
  binary,
  cast,
  column,
  isNotNull,
  literal,
  order,
  select,
  star,
} from '../sql/build.js';
import type { SqlColumn, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type FactCodes, listedCodes } from './facts-codes.js';
import { factColumns, type RowsAsked, rowSelect } from './facts-rows.js';
import { wordColumns } from './facts-word.js';
import type { QuerySource, SearchEngine } from './ports.js';
import { type Limits, type Measure, rollupRows, rollupSpec } from './rollup.js';
import { aliases } from './rows-sql.js';
import type { Breakdown } from './spec.js';

/** A key, and how many of its values are told apart: those with the most rows. */
export interface FactKey {
  readonly breakdown: Breakdown;
  readonly mostValues: number;
}

/** What is kept of the events of a window. */
export interface FactsSpec {
  readonly window: TimeRange;
  readonly keys: readonly FactKey[];
  /** Conditions of single rows that are counted. */
  readonly marks: readonly Measure[];
  readonly limits: Limits | null;
  /** Places of the keys that all events are counted by; of the others the files are asked. */
  readonly counted: readonly number[];
  /** A key with too many values for that, of which some are counted by themselves. */
  readonly followed: FollowedKey | null;
  /** The length of the cells events are counted in. Whole minutes. */
  readonly stepMicros: Micros;
}

/** Which values of a large key are counted by themselves. */
export interface FollowedKey {
  readonly key: number;
  /** How many of its values: those with the most rows. */
  readonly largest: number;
  /** How many besides: those with the most marked rows. */
  readonly mostMarked: number;
}

/** How the engine is asked. */
export interface FactOptions {
  readonly engine: SearchEngine;
  readonly signal: AbortSignal;
}

/** Facts that were kept. */
export interface Facts {
  readonly spec: FactsSpec;
  readonly codes: readonly FactCodes[];
  /** A table in the engine: the events with a mark, one by one. */
  readonly marked: string;
  readonly cells: readonly KeptCells[];
  readonly source: QuerySource;
  /** Whether some row may stand for more than one event. */
  readonly weighted: boolean;
}

/** Events counted in cells. */
export interface KeptCells {
  /** A table in the engine. */
  readonly table: string;
  readonly keys: readonly number[];
  /** Only the events of these values of its one key; null: all events. */
  readonly codes: ReadonlySet<number> | null;
}

/** Keeps facts, by codes of their keys. **Faults** CC1201, CC1202, CC5002, CC5003, CC5004. */
export async function keepFacts(
  source: QuerySource,
  spec: FactsSpec,
  options: FactOptions & Pick<Facts, 'codes'>,
): Promise<Facts> {
  const { engine, signal, codes } = options;
  const { weighted } = rollupRows(rollupSpec(spec.window), source);
  const none: Facts = { spec, source, weighted, codes, marked: '', cells: [] };
  const keepMarked = async () => {
    const { name: marked } = await engine.keep(markedSelect(none), signal);
    return { marked, followed: await keepFollowed({ ...none, marked }, options) };
  };
  const [{ marked, followed }, { name: table }] = await together([
    keepMarked(),
    engine.keep(countedSelect(none, { keys: spec.counted }), signal),
  ]);
  const all: KeptCells = { table, keys: spec.counted, codes: null };
  return Object.freeze({ ...none, marked, cells: [all, ...followed] });
}

async function keepFollowed(facts: Facts, options: FactOptions): Promise<readonly KeptCells[]> {
  const { followed } = facts.spec;
  if (followed === null) return [];
  const { key, largest } = followed;
  const { engine, signal } = options;
  const { rows } = await engine.execute(printStatement(mostMarked(facts, followed)), signal);
  const first = Math.min(largest, present(facts.codes[key], 'codes').size);
  const codes = [...Array(first).keys(), ...rows.flat().map(Number)];
  const listed = await listedCodes(facts, { key, codes }, options);
  const { name: table } = await engine.keep(countedSelect(facts, { keys: [key], listed }), signal);
  return [{ table, keys: [key], codes: new Set(codes) }];
}

/** The codes with the most marked rows. */
function mostMarked({ marked }: Facts, { key, mostMarked: most }: FollowedKey): SqlSelect {
  const code = column(aliases.key(key));
  return select([as(code, 'code')], {
    from: { kind: 'table', name: marked },
    where: isNotNull(code),
    groupBy: [code],
    orderBy: [order(aggregate('count', [star]), true), order(code)],
    limit: most,
  });
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

/** Events by cell and some keys. A cell knows in which of its minutes there were any. */
function countedSelect(
  facts: Facts,
  { keys, listed = null }: Pick<RowsAsked, 'keys'> & Partial<RowsAsked>,
): SqlSelect {
  const { spec, weighted } = facts;
  const rows = rowSelect(facts, { window: spec.window, keys, marks: null, listed });
  const stepMinutes = spec.stepMicros / microsPerMinute;
  const minute = column(factColumns.minute);
  const inCell = binary('%', minute, literal(stepMinutes));
  const cell = binary('-', minute, inCell);
  const names = keys.map((key) => aliases.key(key));
  return select(
    [
      as(cast(cell, 'INTEGER'), factColumns.minute),
      ...names.map((name) => as(column(name), name)),
      as(cast(aggregate('count', [star]), 'INTEGER'), factColumns.rows),
      as(aggregate('min', [column(factColumns.first)]), factColumns.first),
      as(aggregate('max', [column(factColumns.first)]), factColumns.last),
      ...wordColumns(inCell, stepMinutes),
      ...(weighted ? weightSums : []),
    ],
    {
      from: { kind: 'subquery', select: rows, alias: 'facts' },
      where: listed === null ? null : isNotNull(column(aliases.key(listed.key))),
      groupBy: [cell, ...names.map((name) => column(name))],
    },
  );
}

/** In order of time: a table filled in order takes half as long as one filled file by file. */
function markedSelect(facts: Facts): SqlSelect {
  const { window, keys, marks } = facts.spec;
  const all = [...marks.keys()];
  const asked = { window, keys: [...keys.keys()], marks: all, listed: null };
  return { ...rowSelect(facts, asked), orderBy: [order(column(factColumns.first))] };
}
