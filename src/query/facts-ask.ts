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
  isNotNull,
  literal,
  order,
  select,
  star,
} from '../sql/build.js';
import type { SqlExpression, SqlQuery, SqlSelect, SqlSource } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type FactOptions, type Facts, mostListed, square } from './facts.js';
import { factColumns, type ListedCodes, rowSelect } from './facts-rows.js';
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
  const place = await placeOf(facts, question, { engine, signal });
  const statement = printStatement(compileFacts(place, question));
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

function compileFacts(place: Place, question: FactQuestion): SqlSelect {
  const { keys, stepMicros, marks, markedOnly, fewestRows, fewestMarked } = question;
  const codes = keys.map((key) => column(aliases.key(key)));
  const shownCodes = codes.map(shownCode);
  const bucket = stepMicros === null ? [] : [bucketOf(stepMicros)];
  const marked = isMarked(marks);
  const conditions = [...place.conditions, ...(markedOnly ? [marked] : [])];
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
      ...[...shownCodes, ...bucket].map((group, index) => as(cast(group, 'INTEGER'), `g${index}`)),
      ...measures.map((measure, index) => as(cast(measure, 'DOUBLE'), `r${index}`)),
    ],
    {
      from: place.from,
      where: conditions.length === 0 ? null : all(conditions),
      groupBy: [...codes, ...bucket],
      having: least.length === 0 ? null : all(least),
      orderBy: [...bucket, ...shownCodes].map((group) => order(group)),
    },
  );
}

/** Of a missing value −1, which comes first. */
function shownCode(code: SqlExpression): SqlExpression {
  return call('coalesce', code, literal(-1));
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
  const place = await placeOf(facts, asked, { engine, signal });
  const minute = column(factColumns.minute);
  const day = binary('//', minute, literal(dayMinutes));
  const inDay = binary('%', minute, literal(dayMinutes));
  const bits = aggregate('bitstring_agg', [inDay, literal(0), literal(dayMinutes - 1)]);
  const codes = asked.keys.map((key) => column(aliases.key(key)));
  const shown = [...codes.map(shownCode), day];
  const { conditions } = place;
  const query = select(
    [...shown.map((group, index) => as(group, `g${index}`)), as(cast(bits, 'VARCHAR'), 'flags')],
    {
      from: place.from,
      where: conditions.length === 0 ? null : all(conditions),
      groupBy: [...codes, day],
      orderBy: shown.map((group) => order(group)),
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
      from: { kind: 'table', name: present(tables[key], 'codes').table },
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

/** Where a question is answered from. */
interface Place {
  readonly from: SqlSource;
  readonly conditions: readonly SqlExpression[];
  /** Whether events are counted by minute there, and those with a mark beside them, as no rows. */
  readonly counted: boolean;
  readonly weighted: boolean;
}

/** What is kept, unless a key is asked for that is not; then the files of that time. */
async function placeOf(facts: Facts, question: FactQuestion, options: FactOptions): Promise<Place> {
  const { spec, weighted, rows, cells } = facts;
  const { keys, only, marks, markedOnly, window } = question;
  const conditions = partOf(facts, question);
  const isWhole = spec.without === null;
  if (isWhole || (markedOnly && marks.length > 0)) {
    return { from: allOf(rows.map(tableSelect)), conditions, counted: false, weighted };
  }
  const { without } = spec;
  if (keys.includes(without ?? -1) || only?.key === without) {
    const read = only === null || keys.includes(only.key) ? keys : [...keys, only.key];
    const listed = only === null ? null : await listedOf(facts, only, options);
    const asked = { window, keys: read, hasMarks: marks.length > 0, listed };
    // The others have no code then, which is told faster than which of many codes it is.
    const own = listed === null ? conditions : [isNotNull(column(aliases.key(listed.key)))];
    return { from: allOf([rowSelect(facts, asked)]), conditions: own, counted: false, weighted };
  }
  const counted = cells.map(tableSelect);
  const hits = marks.length === 0 ? [] : rows.map((name) => hitsSelect(facts, name));
  return { from: allOf([...counted, ...hits]), conditions, counted: true, weighted };
}

function tableSelect(name: string): SqlSelect {
  return select([{ star: true }], { from: { kind: 'table', name } });
}

function allOf(selects: readonly SqlSelect[]): SqlSource {
  const [only] = selects;
  const query = selects.length === 1 && only ? only : unionOf(selects);
  return { kind: 'subquery', select: query, alias: 'facts' };
}

function unionOf(selects: readonly SqlSelect[]): SqlQuery {
  return { kind: 'union', byName: true, selects };
}

/** Events with a mark, as no rows of their own: they are counted already. */
function hitsSelect({ spec, weighted }: Facts, name: string): SqlSelect {
  const kept = [...spec.keys.keys()].filter((key) => key !== spec.without);
  const marks = [...spec.marks.keys()].map((mark) => factColumns.mark(mark));
  const names = [factColumns.minute, ...kept.map((key) => aliases.key(key)), ...marks];
  return select(
    [
      ...[...names, ...(weighted ? [factColumns.events] : [])].map((one) => as(column(one), one)),
      as(cast(literal(0), 'INTEGER'), factColumns.rows),
    ],
    { from: { kind: 'table', name } },
  );
}

/** The values asked for by their codes, where they are few enough to be a list. */
async function listedOf(
  facts: Facts,
  { key, codes }: OnlyCodes,
  options: FactOptions,
): Promise<ListedCodes | null> {
  if (codes.length > mostListed) return null;
  const found = await readCodes(facts, key, codes, options);
  return {
    key,
    codes: found.map(({ code }) => code),
    values: found.map(({ value }) => value),
  };
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
  const [first, last] = [Math.min(...codes), Math.max(...codes)];
  // A list of many makes the engine join; a range is compared.
  if (new Set(codes).size === last - first + 1) {
    return all([binary('>=', operand, literal(first)), binary('<=', operand, literal(last))]);
  }
  return { kind: 'in', operand, list: codes.map((code) => literal(code)), negated: false };
}

/** The start of a bucket, in minutes. */
function bucketOf(stepMicros: Micros): SqlExpression {
  const minutes = stepMicros / microsPerMinute;
  const minute = column(factColumns.minute);
  if (minutes === 1) return minute;
  return binary('*', binary('//', minute, literal(minutes)), literal(minutes));
}

/** Whether a row has one of the marks. */
function isMarked(marks: readonly number[]): SqlExpression {
  return any(marks.map((mark) => column(factColumns.mark(mark))));
}

function rowsSql(place: Place, mark: number | null): SqlExpression {
  if (mark === null) return countSql(place, null);
  return aggregate('count', [star], { filter: isMarked([mark]) });
}

/** Raw rows; those that meet a condition of their marks. */
function countSql({ counted }: Place, marked: SqlExpression | null): SqlExpression {
  if (!counted || marked !== null) return aggregate('count', [star], { filter: marked });
  return call('coalesce', aggregate('sum', [column(factColumns.rows)]), literal(0));
}

function eventsSql(place: Place, mark: number | null): SqlExpression {
  if (!place.weighted) return rowsSql(place, mark);
  const isCell = place.counted ? binary('>', column(factColumns.rows), literal(0)) : null;
  const filter = mark === null ? isCell : isMarked([mark]);
  const sum = aggregate('sum', [column(factColumns.events)], { filter });
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
