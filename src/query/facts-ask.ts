/** Questions about facts, as numbers column by column: counts, minutes, the values behind codes. */
import {
  aggregate,
  all,
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
import type { SqlExpression, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type FactOptions, type Facts, square } from './facts.js';
import { isMarked, type Place, placeOf } from './facts-place.js';
import { factColumns } from './facts-rows.js';
import { wordColumns, wordCount, wordMinutes } from './facts-word.js';
import { aliases } from './rows-sql.js';

/** Only these codes of a key. */
export interface OnlyCodes {
  readonly key: number;
  readonly codes: readonly number[];
}

/** Which facts are counted, by what and how fine. */
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

/** In which minutes there were rows, column by column. */
export interface FactMinutes {
  readonly rowCount: number;
  /** Codes of each key asked for; −1: missing. */
  readonly keys: readonly Float64Array[];
  /** The first minute of a stretch, since the epoch. */
  readonly starts: Float64Array;
  /** Its minutes, those of each word behind those of the word before; see `setMinutes`. */
  readonly words: readonly Float64Array[];
}

/** **Shape** one row a stretch of minutes, by the keys, then by time. */
export async function askMinutes(
  facts: Facts,
  question: Pick<FactQuestion, 'keys' | 'only'>,
  { engine, signal }: FactOptions,
): Promise<FactMinutes> {
  const asked = factQuestion(facts, question);
  const { conditions, from, counted } = await placeOf(facts, asked, { engine, signal });
  const minute = column(factColumns.minute);
  const inWord = binary('%', minute, literal(wordMinutes));
  const start = counted ? minute : binary('-', minute, inWord);
  const words = counted
    ? Array.from({ length: wordCount(facts.spec.stepMicros / microsPerMinute) }, (_, at) =>
        as(aggregate('bit_or', [column(factColumns.word(at))]), factColumns.word(at)),
      )
    : wordColumns(inWord, wordMinutes);
  const codes = asked.keys.map((key) => column(aliases.key(key)));
  const shown = [...codes.map(shownCode), start];
  const query = select(
    [
      ...shown.map((group, index) => as(cast(group, 'INTEGER'), `g${index}`)),
      ...words.map(({ expression, alias }) => as(cast(expression, 'DOUBLE'), alias)),
    ],
    {
      from,
      where: conditions.length === 0 ? null : all(conditions),
      groupBy: [...codes, start],
      orderBy: shown.map((group) => order(group)),
    },
  );
  const { rowCount, columns } = await engine.numbers(printStatement(query), signal);
  const [keys, [starts = new Float64Array(0), ...rest]] = [
    columns.slice(0, codes.length),
    columns.slice(codes.length),
  ];
  return { rowCount, keys, starts, words: rest };
}

/** The start of a bucket, in minutes. */
function bucketOf(stepMicros: Micros): SqlExpression {
  const minutes = stepMicros / microsPerMinute;
  const minute = column(factColumns.minute);
  if (minutes === 1) return minute;
  return binary('*', binary('//', minute, literal(minutes)), literal(minutes));
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
