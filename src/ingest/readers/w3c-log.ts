/**
 * Extended log files of the W3C: IIS, CloudFront, proxies. A line `#Fields:` names the columns of
 * the lines below it, which are parted by tabs or by spaces; a file may have several, as a server
 * writes one at each start. `date` and `time` together are the column `time`, in UTC; the others
 * have the names given. `-` is null. Counts, statuses, ports and times taken are numbers, all else
 * is text as it was written, percent signs and all. Directives are no records.
 * **Source** https://www.w3.org/TR/WD-logfile.html
 */
import { createTextReader, type LineReader, placeOf } from '../lines.js';
import { type FieldValue, isLongKey, type RecordLimits, type RecordSink } from '../record.js';

/** The columns that a `#Fields:` line names, and how their values are read. */
interface Columns {
  readonly count: number;
  readonly labels: readonly string[];
  /** The places of `date` and `time`, -1 where there is none. */
  readonly date: number;
  readonly time: number;
  readonly numbers: readonly boolean[];
}

const directive = /^#[A-Za-z][\w-]*:/;
const fieldsLine = /^#Fields:\s*(\S.*)$/i;

/**
 * A reader of W3C logs. Rejects `line_shape`; and below a `#Fields:` that names a column twice or
 * with too long a name everything as `dup_key`, `bad_key`.
 */
export function createW3cReader(limits: RecordLimits, sink: RecordSink): LineReader {
  let columns: Columns | ColumnsProblem = { reason: 'line_shape', message: 'no #Fields above it' };
  let lastIsRecord = false;
  const reader = createTextReader(
    limits,
    {
      record: sink.record,
      blank() {
        lastIsRecord = false;
        sink.blank();
      },
      reject(place, reason, message) {
        lastIsRecord = true;
        sink.reject(place, reason, message);
      },
    },
    (line, text) => {
      lastIsRecord = !directive.test(text);
      if (!lastIsRecord) {
        const names = fieldsLine.exec(text)?.[1];
        if (names !== undefined) columns = columnsOf(names, limits);
        return;
      }
      const found = 'reason' in columns ? columns : readRow(text, columns);
      if ('reason' in found) sink.reject(placeOf(line), found.reason, found.message);
      else sink.record(placeOf(line), 'labels' in columns ? columns.labels : [], found.values);
    },
  );
  // A directive that was cut off is no record that could go on.
  return { ...reader, unterminated: () => reader.unterminated() && lastIsRecord };
}

interface ColumnsProblem {
  readonly reason: 'line_shape' | 'dup_key' | 'bad_key' | 'too_many_fields';
  readonly message: string;
}

function columnsOf(text: string, limits: RecordLimits): Columns | ColumnsProblem {
  const names = text.trim().split(/\s+/);
  if (names.length > limits.fields) {
    const message = `#Fields names ${names.length} columns, over the limit of ${limits.fields}`;
    return { reason: 'too_many_fields', message };
  }
  if (names.some((name) => isLongKey(name, limits))) {
    return { reason: 'bad_key', message: `#Fields has a name over ${limits.keyChars} long` };
  }
  const [date, time] = [names.indexOf('date'), names.indexOf('time')];
  const joined = date >= 0 && time >= 0;
  const labels = joined ? names.filter((name) => name !== 'date') : names;
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) {
    return { reason: 'dup_key', message: `#Fields names ${JSON.stringify(twice)} twice` };
  }
  const numbers = labels.map((label) => numeric.test(label));
  return { count: names.length, labels, date: joined ? date : -1, time, numbers };
}

/** By the identifier behind the prefix; a status of IIS has parts. */
const counts = 'bytes|port|content-len|time-taken|time-to-first-byte|status|substatus|win32-status';
const numeric = new RegExp(`^(?:(?:c|s|cs|sc|sr|rs)-)?(?:${counts})$`);

type Row = { readonly values: readonly FieldValue[] } | ColumnsProblem;

function readRow(text: string, { count, date, time, numbers }: Columns): Row {
  const cells = text.includes('\t') ? text.split('\t') : splitSpaces(text);
  if (cells.length !== count) {
    const message = `expected ${count} fields as in #Fields, found ${cells.length}`;
    return { reason: 'line_shape', message };
  }
  if (date >= 0) {
    cells[time] = `${cells[date] ?? ''} ${cells[time] ?? ''}`;
    cells.splice(date, 1);
  }
  return { values: cells.map((cell, index) => cellValue(cell, numbers[index] === true)) };
}

function cellValue(cell: string, number: boolean): FieldValue {
  if (cell === '-' || cell === '') return null;
  // What a number would not give back, such as 000, stays text.
  return number && /^(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(cell) ? Number(cell) : cell;
}

/** Words, and texts in quotes with doubled ones inside; a quote that ends nowhere is in a word. */
function splitSpaces(text: string): string[] {
  if (!text.includes('"')) return text.trim().split(/ +/);
  const cells: string[] = [];
  let at = 0;
  let closes = true;
  while (at < text.length) {
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    const close: number = closes && text[at] === '"' ? closingQuote(text, at) : -1;
    closes &&= text[at] !== '"' || close >= 0;
    const space = text.indexOf(' ', at);
    const end = close >= 0 ? close + 1 : space < 0 ? text.length : space;
    const cell = close >= 0 ? text.slice(at + 1, close).replaceAll('""', '"') : text.slice(at, end);
    cells.push(cell);
    at = end;
  }
  return cells;
}

/** The quote behind `open` with a space or the end after it that is not one of a pair; or -1. */
function closingQuote(text: string, open: number): number {
  let quote = text.indexOf('"', open + 1);
  while (quote >= 0) {
    let last = quote;
    while (text[last + 1] === '"') last += 1;
    const odd = (last - quote) % 2 === 0;
    if (odd && (last + 1 === text.length || text[last + 1] === ' ')) return last;
    quote = text.indexOf('"', last + 1);
  }
  return -1;
}

/** How many of the lines fit the `#Fields:` above them; null when there is no such line. */
export function fitW3c(
  lines: readonly string[],
  limits: RecordLimits,
): { readonly records: number; readonly fitting: number } | null {
  let columns: Columns | ColumnsProblem | null = null;
  let records = 0;
  let fitting = 0;
  for (const text of lines) {
    const names = fieldsLine.exec(text)?.[1];
    if (names !== undefined) columns = columnsOf(names, limits);
    else if (columns !== null && !directive.test(text)) {
      records += 1;
      if (!('reason' in columns) && !('reason' in readRow(text, columns))) fitting += 1;
    }
  }
  return columns === null ? null : { records, fitting };
}
