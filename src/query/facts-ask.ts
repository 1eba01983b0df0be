/** Questions about facts, as numbers column by column: counts, minutes, the values behind codes. */
import { present } from '../base/assert.js';
import {
  aggregate,
  all,
  any,
  as,
  binary,
  call,
  cast,
  column,
  literal,
  order,
  select,
  star,
} from '../sql/build.js';
import type { SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type FactOptions, type Facts, factColumns, rowSelect, square } from './facts.js';
import type { Cell } from './ports.js';
import { aliases } from './rows-sql.js';

/** Only these codes of a key. */
export interface OnlyCodes {
  readonly key: number;
  readonly codes: readonly number[];
}

export interface FactQuestion {
  /** Places in the keys of the facts. */
  readonly keys: readonly number[];
  /** Null: no buckets. Whole minutes. */
  readonly stepMicros: Micros | null;
  /** Places in the marks of the facts. */
  readonly marks: readonly number[];
  /** The part of the window asked for, by minutes; half-open. */
  readonly window: TimeRange;
  readonly only: OnlyCodes | null;
  /** Only rows that have one of the marks. */
  readonly markedOnly: boolean;
  /** Whether to count what rows stand for as well. */
  readonly events: boolean;
  /** Whether to ask for the first and last event, and for the squares of the weights as well. */
  readonly spans: boolean;
  readonly fewestRows: number;
  /** Only groups with so many rows that have one of the marks. */
  readonly fewestMarked: number;
}

/** A question about all rows of the facts, but for the parts given. */
export function factQuestion({ spec }: Facts, parts: Partial<FactQuestion>): FactQuestion {
  return {
    keys: [],
    stepMicros: null,
    marks: [],
    window: spec.window,
    only: null,
    markedOnly: false,
    events: false,
    spans: false,
    fewestRows: 0,
    fewestMarked: 0,
    ...parts,
  };
}

/** Counts of groups, column by column. What was not asked for is empty. */
export interface FactAnswer {
  readonly rowCount: number;
  /** Codes of each key asked for; −1: missing. */
  readonly keys: readonly Float64Array[];
  /** Starts of the buckets, in minutes since the epoch. */
  readonly minutes: Float64Array;
  readonly rows: Float64Array;
  readonly events: Float64Array;
  /** Rows and events of each mark asked for. */
  readonly marked: readonly Float64Array[];
  readonly markedEvents: readonly Float64Array[];
  /** The first and the last event, in micros since the epoch. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  /** Sums of squared weights. */
  readonly squares: Float64Array;
}

/** **Shape** one row a group, in order of the bucket, then of the keys. */
export async function askFacts(
  facts: Facts,
  question: FactQuestion,
  { engine, signal }: FactOptions,
): Promise<FactAnswer> {
  const statement = printStatement(compileFacts(facts, question));
  const { rowCount, columns } = await engine.numbers(statement, signal);
  const rest = [...columns];
  const take = (isAsked: boolean): Float64Array =>
    (isAsked ? rest.shift() : null) ?? new Float64Array(0);
  const { keys, marks, stepMicros, events, spans } = question;
  return {
    rowCount,
    keys: keys.map(() => take(true)),
    minutes: take(stepMicros !== null),
    marked: marks.map(() => take(true)),
    rows: take(true),
    markedEvents: marks.map(() => take(events)),
    events: take(events),
    first: take(spans),
    last: take(spans),
    squares: take(spans),
  };
}

/** As SQL. Exported for what prints it. */
export function compileFacts(facts: Facts, question: FactQuestion): SqlSelect {
  const { keys, stepMicros, marks, markedOnly, fewestRows, fewestMarked } = question;
  const place = placeOf(facts, question);
  const codes = keys.map((key) => column(aliases.key(key)));
  const bucket = stepMicros === null ? [] : [bucketOf(stepMicros)];
  const groups = [...codes, ...bucket];
  const marked = any(marks.map((mark) => isMarked(place, mark)));
  const conditions = [...partOf(facts, question), ...(markedOnly ? [marked] : [])];
  const least = [
    ...(fewestRows > 0 ? [binary('>=', countSql(place, null), literal(fewestRows))] : []),
    ...(fewestMarked > 0 ? [binary('>=', countSql(place, marked), literal(fewestMarked))] : []),
  ];
  const counted = [...marks, null];
  const measures = [
    ...counted.map((mark) => rowsSql(place, mark)),
    ...(question.events ? counted.map((mark) => eventsSql(place, mark)) : []),
    ...(question.spans ? spansSql(place) : []),
  ];
  return select(
    [
      ...groups.map((group, index) => as(group, `g${index}`)),
      ...measures.map((measure, index) => as(cast(measure, 'DOUBLE'), `r${index}`)),
    ],
    {
      from: place.from,
      where: conditions.length === 0 ? null : all(conditions),
      groupBy: groups,
      having: least.length === 0 ? null : all(least),
      orderBy: [...bucket, ...codes].map((group) => order(group)),
    },
  );
}

/** In which minutes of which day there were rows. */
export interface FactMinutes {
  readonly codes: readonly number[];
  /** Minutes since the epoch. */
  readonly dayStart: number;
  /** A zero or a one for each minute of the day. */
  readonly flags: string;
}

const dayMinutes = 1_440;

/** Minutes with rows of each value of some keys, by day. In order of the keys, then the day. */
export async function askMinutes(
  facts: Facts,
  question: Pick<FactQuestion, 'keys' | 'only'>,
  { engine, signal }: FactOptions,
): Promise<readonly FactMinutes[]> {
  const asked = factQuestion(facts, question);
  const place = placeOf(facts, asked);
  const minute = column(factColumns.minute);
  const day = binary('//', minute, literal(dayMinutes));
  const inDay = binary('%', minute, literal(dayMinutes));
  const bits = aggregate('bitstring_agg', [inDay, literal(0), literal(dayMinutes - 1)]);
  const groups = [...asked.keys.map((key) => column(aliases.key(key))), day];
  const conditions = partOf(facts, asked);
  const query = select(
    [...groups.map((group, index) => as(group, `g${index}`)), as(cast(bits, 'VARCHAR'), 'flags')],
    {
      from: place.from,
      where: conditions.length === 0 ? null : all(conditions),
      groupBy: groups,
      orderBy: groups.map((group) => order(group)),
    },
  );
  const { rows } = await engine.execute(printStatement(query), signal);
  const at = asked.keys.length;
  return rows.map((row) => ({
    codes: row.slice(0, at).map(Number),
    dayStart: Number(row[at]) * dayMinutes,
    flags: String(row[at + 1]),
  }));
}

/** A value of a key. */
export interface FactCode {
  readonly code: number;
  readonly value: Cell;
  readonly rows: number;
}

/** Values by their codes; all of them when null. */
export async function readCodes(
  { codes: tables }: Facts,
  key: number,
  codes: readonly number[] | null,
  { engine, signal }: FactOptions,
): Promise<readonly FactCode[]> {
  const code = column('code');
  const where = codes === null ? null : isOneOf(code, codes);
  const query = select(
    [code, column('v'), column(factColumns.rows)].map((one, index) => as(one, `g${index}`)),
    {
      from: { kind: 'table', name: present(tables[key], 'a table of codes') },
      where,
      orderBy: [order(code)],
    },
  );
  const { rows } = await engine.execute(printStatement(query), signal);
  return rows.map(([number, value = null, count]) => ({
    code: Number(number),
    value,
    rows: Number(count),
  }));
}

/** Where a question is answered from, and whether that is counted already. */
interface Place {
  readonly from: SqlSource;
  readonly counted: boolean;
  readonly weighted: boolean;
}

/** What is kept, unless a key is asked for that is not; then the files of that time. */
function placeOf(facts: Facts, { keys, only, window }: FactQuestion): Place {
  const { spec, weighted } = facts;
  const { without } = spec;
  const isKept = without === null || (!keys.includes(without) && only?.key !== without);
  if (isKept) {
    return { from: { kind: 'table', name: facts.table }, counted: without !== null, weighted };
  }
  const read = only === null || keys.includes(only.key) ? keys : [...keys, only.key];
  const rows = rowSelect(facts, window, read);
  return { from: { kind: 'subquery', select: rows, alias: 'facts' }, counted: false, weighted };
}

/** Conditions of the part of the window, and of the values, that are asked for. */
function partOf({ spec }: Facts, { window, only }: FactQuestion): readonly SqlExpression[] {
  const minute = column(factColumns.minute);
  const isWhole = window.start <= spec.window.start && window.end >= spec.window.end;
  return [
    ...(isWhole
      ? []
      : [
          binary('>=', minute, literal(Math.floor(window.start / microsPerMinute))),
          binary('<', minute, literal(Math.ceil(window.end / microsPerMinute))),
        ]),
    ...(only === null ? [] : [isOneOf(column(aliases.key(only.key)), only.codes)]),
  ];
}

function isOneOf(operand: SqlExpression, codes: readonly number[]): SqlExpression {
  if (codes.length === 0) return literal(false);
  return { kind: 'in', operand, list: codes.map((code) => literal(code)), negated: false };
}

/** The start of a bucket, in minutes. */
function bucketOf(stepMicros: Micros): SqlExpression {
  const minutes = stepMicros / microsPerMinute;
  const minute = column(factColumns.minute);
  if (minutes === 1) return minute;
  return binary('*', binary('//', minute, literal(minutes)), literal(minutes));
}

function isMarked({ counted }: Place, mark: number): SqlExpression {
  const own = column(factColumns.mark(mark));
  return counted ? binary('>', own, literal(0)) : own;
}

function rowsSql(place: Place, mark: number | null): SqlExpression {
  if (mark === null) return countSql(place, null);
  if (place.counted) return aggregate('sum', [column(factColumns.mark(mark))]);
  return aggregate('count', [star], { filter: column(factColumns.mark(mark)) });
}

/** Raw rows that meet a condition. */
function countSql({ counted }: Place, filter: SqlExpression | null): SqlExpression {
  if (!counted) return aggregate('count', [star], { filter });
  return call('coalesce', aggregate('sum', [column(factColumns.rows)], { filter }), literal(0));
}

function eventsSql(place: Place, mark: number | null): SqlExpression {
  if (!place.weighted) return rowsSql(place, mark);
  const events = column(factColumns.events);
  const sum =
    mark !== null && place.counted
      ? aggregate('sum', [column(factColumns.markEvents(mark))])
      : aggregate('sum', [events], {
          filter: mark === null ? null : column(factColumns.mark(mark)),
        });
  return call('coalesce', sum, literal(0));
}

function spansSql(place: Place): readonly SqlExpression[] {
  const { counted, weighted } = place;
  return [
    aggregate('min', [column(factColumns.first)]),
    aggregate('max', [column(counted ? factColumns.last : factColumns.first)]),
    weighted
      ? aggregate('sum', [counted ? column(factColumns.squares) : square])
      : countSql(place, null),
  ];
}
