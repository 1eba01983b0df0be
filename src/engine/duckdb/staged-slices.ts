/**
 * Slices that are copied straight from the staged files, date by date, without a sorted table in
 * between: measured half the work when the rows are in order, two thirds when they are not. Pure.
 */
import { present } from '../../base/assert.js';
import { systemColumns } from '../../event/column.js';
import { all, binary, call, column, literal, select } from '../../sql/build.js';
import type { SqlExpression, SqlQuery } from '../../sql/node.js';
import type { WriteRequest } from '../../store/ports.js';
import { cutRows, type RowRange, type Slice } from './slice.js';
import {
  fileColumns,
  layoutOf,
  type StagedPart,
  scanOf,
  sortKeys,
  unionOf,
} from './staged-query.js';
import type { Part } from './survey.js';

/** What opening a file once more costs, in rows read. Measured. */
const rowsPerOpening = 1_000;

/** A slice of more scans is left to the sorted table, since each holds memory of its own. */
const scanLimit = 8;

const dayMicros = 86_400_000_000;

/** The parts of one date that one scan can read, in the order of their files. */
interface Scan {
  readonly layout: string;
  readonly staged: readonly StagedPart[];
  /** Row numbers in each of the files. */
  readonly range: RowRange;
  /** Whether rows of the date in this range are left to another slice. */
  readonly isCut: boolean;
}

/** A request with the layouts of its files. */
interface Source {
  readonly request: WriteRequest;
  readonly layouts: readonly string[];
}

/** The slices of all dates; null when a sorted table is the cheaper or the only way. */
export function stagedSlices(
  request: WriteRequest,
  parts: readonly Part[],
): readonly Slice[] | null {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const reading = parts.reduce((sum, { start, end }) => sum + end - start + rowsPerOpening, 0);
  if (reading > 2 * rows) return null;
  const source = { request, layouts: request.staged.map(layoutOf) };
  const slices: Slice[] = [];
  for (const dateParts of partsByDate(parts)) {
    const slicesOfDate = slicesOf(source, dateParts);
    if (slicesOfDate === null) return null;
    slices.push(...slicesOfDate);
  }
  return slices;
}

function partsByDate(parts: readonly Part[]): Iterable<readonly Part[]> {
  const dates = new Map<string, Part[]>();
  for (const part of parts) {
    const known = dates.get(part.date);
    if (known === undefined) dates.set(part.date, [part]);
    else known.push(part);
  }
  return dates.values();
}

/** The slices of one date; null when it must be sorted, and that takes more than one scan. */
function slicesOf(source: Source, parts: readonly Part[]): readonly Slice[] | null {
  const { date } = present(parts[0], 'a part of a date');
  const ordered = isOrdered(parts);
  const cuts = cutRows(parts.reduce((sum, { rows }) => sum + rows, 0));
  const scans = cuts.map((cut) => scansOf(source, parts, cut));
  const most = ordered ? scanLimit : 1;
  if (scans.some(({ length }) => length > most) || (!ordered && cuts.length > 1)) return null;
  return cuts.map(({ start, end }, index) => ({
    date,
    rows: end - start,
    query: queryOf(source.request, date, scans[index] ?? [], ordered),
  }));
}

function isOrdered(parts: readonly Part[]): boolean {
  return parts.every((part, index) => {
    const before = parts[index - 1];
    return part.ordered && (before === undefined || before.maxTs <= part.minTs);
  });
}

/** The scans of the rows `cut` of a date; whole neighbours of one layout share one. */
function scansOf(source: Source, parts: readonly Part[], cut: RowRange): readonly Scan[] {
  const scans: Scan[] = [];
  let rowsBefore = 0;
  for (const part of parts) {
    const first = Math.max(0, cut.start - rowsBefore);
    const last = Math.min(part.rows, cut.end - rowsBefore);
    rowsBefore += part.rows;
    if (first >= last) continue;
    const isCut = last - first < part.rows;
    const staged = present(source.request.staged[part.fileIndex], 'a staged file');
    const range = isCut
      ? { start: part.start + first, end: part.start + last }
      : { start: part.start, end: part.end };
    const scan = {
      layout: present(source.layouts[part.fileIndex], 'a layout'),
      staged: [staged],
      range,
      isCut,
    };
    const before = scans.at(-1);
    if (before !== undefined && canJoin(before, scan)) scans[scans.length - 1] = join(before, scan);
    else scans.push(scan);
  }
  return scans;
}

function canJoin(left: Scan, right: Scan): boolean {
  return left.layout === right.layout && !left.isCut && !right.isCut;
}

function join(left: Scan, right: Scan): Scan {
  const start = Math.min(left.range.start, right.range.start);
  const end = Math.max(left.range.end, right.range.end);
  return { ...left, staged: [...left.staged, ...right.staged], range: { start, end } };
}

function queryOf(
  request: WriteRequest,
  date: string,
  scans: readonly Scan[],
  ordered: boolean,
): SqlQuery {
  const selects = scans.map(({ staged, range }) => ({
    ...scanOf(request, staged, all([...within(range), ...onDate(date)])),
    orderBy: ordered ? [] : sortKeys,
  }));
  const [only, second] = selects;
  const rows = only !== undefined && second === undefined ? only : unionOf(selects);
  return select(fileColumns(request), {
    from: { kind: 'subquery', select: rows, alias: 'rows_of_date' },
  });
}

function within({ start, end }: RowRange): readonly SqlExpression[] {
  const rowNumber = column('file_row_number');
  return [binary('>=', rowNumber, literal(start)), binary('<', rowNumber, literal(end))];
}

function onDate(date: string): readonly SqlExpression[] {
  const start = Date.parse(`${date}T00:00:00Z`) * 1000;
  const instant = (micros: number) => call('make_timestamptz', literal(micros));
  const ts = column(systemColumns.ts);
  return [binary('>=', ts, instant(start)), binary('<', ts, instant(start + dayMicros))];
}
