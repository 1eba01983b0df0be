/** Where facts are asked: what is kept of them, or the files of the time that is asked about. */
import { all, any, as, binary, cast, column, isNotNull, literal, select } from '../sql/build.js';
import type { SqlExpression, SqlQuery, SqlSelect, SqlSource } from '../sql/node.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type FactOptions, type Facts, type KeptCells, square } from './facts.js';
import type { FactQuestion } from './facts-ask.js';
import { isOneOf, listedCodes } from './facts-codes.js';
import { factColumns, rowSelect } from './facts-rows.js';
import { aliases } from './rows-sql.js';

/** Where a question is answered from. */
export interface Place {
  readonly from: SqlSource;
  readonly conditions: readonly SqlExpression[];
  /** Whether events are counted in cells there, and those with a mark beside them, as no rows. */
  readonly counted: boolean;
  readonly weighted: boolean;
}

/** What is kept, unless something finer is asked for; then the files of that time. */
export async function placeOf(
  facts: Facts,
  question: FactQuestion,
  options: FactOptions,
): Promise<Place> {
  const { weighted, marked } = facts;
  const { only, marks, markedOnly } = question;
  const conditions = partOf(facts, question);
  if (markedOnly && marks.length > 0) {
    return { from: tableOf(marked), conditions, counted: false, weighted };
  }
  const cells = facts.cells.find((one) => isCounted(facts, one, question));
  if (cells !== undefined) {
    const counted = select([{ star: true }], { from: tableOf(cells.table) });
    const from = withHits(facts, counted, question);
    return { from, conditions, counted: true, weighted };
  }
  const listed = only === null ? null : await listedCodes(facts, only, options);
  const window = readWindow(facts, question);
  const rows = rowSelect(facts, { window, keys: keysOf(question), marks: null, listed });
  // The others have no code then, which is told faster than which of many codes it is.
  const own = listed === null ? conditions : [isNotNull(column(aliases.key(listed.key)))];
  if (marks.length === 0) {
    return { from: subquery(rows), conditions: own, counted: false, weighted };
  }
  const from = withHits(facts, asCells(rows, own, weighted), question);
  return { from, conditions, counted: true, weighted };
}

/** Those a question needs. */
function keysOf({ keys, only }: FactQuestion): readonly number[] {
  return only === null || keys.includes(only.key) ? keys : [...keys, only.key];
}

/** Whether whole cells answer the question. */
function isCounted({ spec }: Facts, cells: KeptCells, question: FactQuestion): boolean {
  const { only, stepMicros, window } = question;
  const isEdge = (time: Micros, own: Micros): boolean =>
    time === own || time % spec.stepMicros === 0;
  const { codes } = cells;
  return (
    keysOf(question).every((key) => cells.keys.includes(key)) &&
    (codes === null || (only?.codes.every((code) => codes.has(code)) ?? false)) &&
    (stepMicros === null || stepMicros % spec.stepMicros === 0) &&
    isEdge(window.start, spec.window.start) &&
    isEdge(window.end, spec.window.end)
  );
}

/** Whole minutes of the window asked for, no more than the facts are of. */
function readWindow({ spec }: Facts, { window }: FactQuestion): TimeRange {
  const start = Math.floor(window.start / microsPerMinute) * microsPerMinute;
  const end = Math.ceil(window.end / microsPerMinute) * microsPerMinute;
  return { start: Math.max(start, spec.window.start), end: Math.min(end, spec.window.end) };
}

function tableOf(name: string): SqlSource {
  return { kind: 'table', name };
}

function subquery(of: SqlQuery): SqlSource {
  return { kind: 'subquery', select: of, alias: 'facts' };
}

/** Events, each a cell of its own. */
function asCells(
  rows: SqlSelect,
  conditions: readonly SqlExpression[],
  weighted: boolean,
): SqlSelect {
  const one = cast(literal(1), 'INTEGER');
  return select(
    [
      { star: true },
      as(one, factColumns.rows),
      as(column(factColumns.first), factColumns.last),
      ...(weighted ? [as(square, factColumns.squares)] : []),
    ],
    { from: subquery(rows), where: conditions.length === 0 ? null : all(conditions) },
  );
}

/** Cells, and beside them the events with one of the marks that are asked for. */
function withHits(facts: Facts, counted: SqlSelect, question: FactQuestion): SqlSource {
  if (question.marks.length === 0) return subquery(counted);
  const selects = [counted, hitsSelect(facts, question)];
  return subquery({ kind: 'union', byName: true, selects });
}

/** Events with a mark, as no rows of their own: they are counted already. */
function hitsSelect({ weighted, marked }: Facts, question: FactQuestion): SqlSelect {
  const { marks } = question;
  const names = [
    factColumns.minute,
    ...keysOf(question).map((key) => aliases.key(key)),
    ...marks.map((mark) => factColumns.mark(mark)),
    ...(weighted ? [factColumns.events] : []),
  ];
  return select(
    [
      ...names.map((one) => as(column(one), one)),
      as(cast(literal(0), 'INTEGER'), factColumns.rows),
    ],
    { from: tableOf(marked), where: isMarked(marks) },
  );
}

/** Whether a row has one of the marks. */
export function isMarked(marks: readonly number[]): SqlExpression {
  return any(marks.map((mark) => column(factColumns.mark(mark))));
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
