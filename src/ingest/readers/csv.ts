/**
 * CSV and TSV as RFC 4180 has it, strictly: quoted cells may hold delimiters, doubled quotes and
 * line ends; every record has as many cells as the header. Cells are text and never typed; an
 * empty cell is null, a quoted empty one is "". A record with broken quoting costs its first
 * physical line only: reading goes on at the next line, so that one quote cannot eat the file.
 *
 * Header names: an empty one becomes `column_N` by its place from 1 (spreadsheets and data frames
 * write their index so); a name twice is a fault of the file, since no record could tell the two
 * apart.
 * **Source** https://www.rfc-editor.org/rfc/rfc4180
 */
import type { Fault } from '../../base/fault.js';
import { fileFault } from '../file-fault.js';
import {
  createLineSplitter,
  isBlank,
  type Line,
  type LineReader,
  textProblem,
  tooLargeMessage,
} from '../lines.js';
import type { RecordReason } from '../receipt.js';
import {
  type FieldValue,
  isLongKey,
  type RecordLimits,
  type RecordPlace,
  type RecordSink,
} from '../record.js';
import { type CellState, parseCells, startCells } from './csv-cells.js';

export const delimiters = [',', '\t', ';', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

export interface CsvOptions {
  /** For faults of the header. */
  readonly path: string;
  readonly delimiter: Delimiter;
  /** Names given from outside; null when the first record is the header. */
  readonly columns: readonly string[] | null;
  readonly limits: RecordLimits;
}

/** A record being collected: its physical lines, and how far its cells are read. */
interface OpenRecord {
  readonly lines: Line[];
  readonly state: CellState;
  byteLength: number;
}

/**
 * A reader of CSV. Rejects `csv_shape`, `csv_quote`, `utf8`, `control`, `too_large`.
 * **Faults** CC2004 for a header that cannot name columns.
 */
export function createCsvReader(options: CsvOptions, sink: RecordSink): LineReader {
  const { delimiter, limits } = options;
  let labels = options.columns === null ? null : checkHeader(options.columns, options);
  let open: OpenRecord | null = null;

  function take(line: Line): void {
    if (open === null && isEmpty(line, delimiter)) {
      sink.blank();
      return;
    }
    const record: OpenRecord = open ?? { lines: [], state: startCells(), byteLength: 0 };
    record.lines.push(line);
    record.byteLength += line.bytes.length + line.terminator.length;
    const outcome = readLine(record, line, delimiter);
    open = null;
    if (outcome === 'broken') giveUp(record, 'a quote in the middle of a cell');
    else if (outcome === 'complete') finish(record);
    else if (record.byteLength > limits.lineBytes) giveUp(record, unclosed);
    else open = record;
  }

  function finish(record: OpenRecord): void {
    const place = placeOfAll(record.lines);
    const { cells } = record.state;
    const shape = { raw: place.raw, found: cells.length, wanted: labels?.length ?? null };
    const problem = recordProblem(shape, limits);
    if (labels === null) {
      if (problem !== null) throw headerFault(options, `${problem.message} in the header`);
      labels = checkHeader(cells.map(headerText), options);
    } else if (problem === null) sink.record(place, labels, cells);
    else sink.reject(place, problem.reason, problem.message);
  }

  /** Rejects the first line and reads the others again as if they began a record. */
  function giveUp(record: OpenRecord, message: string): void {
    if (labels === null) throw headerFault(options, `${message} in the header`);
    const [first, ...others] = record.lines;
    if (first !== undefined) sink.reject(placeOfAll([first]), 'csv_quote', message);
    for (const line of others) take(line);
  }

  function giveUpOpen(): void {
    while (open !== null) {
      const record = open;
      open = null;
      giveUp(record, unclosed);
    }
  }

  const splitter = createLineSplitter(limits.lineBytes, {
    line: take,
    tooLarge(place) {
      giveUpOpen();
      if (labels === null) throw headerFault(options, 'the header is over the limit of a line');
      sink.reject(place, 'too_large', tooLargeMessage(place, limits.lineBytes));
    },
  });
  return {
    ...splitter,
    end() {
      splitter.end();
      giveUpOpen();
    },
  };
}

interface RecordShape {
  readonly raw: Uint8Array;
  readonly found: number;
  /** Null for a header, which may have any number of cells. */
  readonly wanted: number | null;
}

/** What is wrong with a record whose quoting is whole, or null. */
function recordProblem(
  { raw, found, wanted }: RecordShape,
  limits: RecordLimits,
): { readonly reason: RecordReason; readonly message: string } | null {
  if (raw.length > limits.lineBytes) {
    return { reason: 'too_large', message: tooLargeMessage({ raw }, limits.lineBytes) };
  }
  const problem = textProblem(raw);
  if (problem !== null || wanted === null || found === wanted) return problem;
  return { reason: 'csv_shape', message: `expected ${wanted} cells, found ${found}` };
}

const unclosed = 'a quote is opened and not closed';

/** Only spaces; a line of tabs is a record of empty cells where tabs are the delimiter. */
function isEmpty(line: Line, delimiter: Delimiter): boolean {
  return isBlank(line) && !(delimiter === '\t' && line.bytes.includes(9));
}

function readLine(record: OpenRecord, line: Line, delimiter: Delimiter): CellState['outcome'] {
  const text = line.bytes.toString('utf8', line.byteOffset === 0 ? markLength(line.bytes) : 0);
  parseCells({ state: record.state, text, terminator: line.terminator, delimiter });
  return record.state.outcome;
}

function markLength(bytes: Buffer): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function placeOfAll(lines: readonly Line[]): RecordPlace {
  const [first] = lines;
  if (first === undefined) return { line: 0, byteOffset: 0, raw: Buffer.alloc(0) };
  const { number, byteOffset, bytes } = first;
  if (lines.length === 1) return { line: number, byteOffset, raw: bytes };
  const parts = lines.flatMap((line, index) =>
    index === lines.length - 1 ? [line.bytes] : [line.bytes, Buffer.from(line.terminator)],
  );
  return { line: number, byteOffset, raw: Buffer.concat(parts) };
}

function headerText(cell: FieldValue): string {
  return typeof cell === 'string' ? cell : '';
}

function checkHeader(names: readonly string[], options: CsvOptions): readonly string[] {
  const { limits } = options;
  if (names.length > limits.fields) {
    throw headerFault(options, `${names.length} columns are over the limit of ${limits.fields}`);
  }
  const places = new Map<string, number>();
  return names.map((given, index) => {
    const name = given.trim() === '' ? `column_${index + 1}` : given;
    const earlier = places.get(name);
    if (earlier !== undefined) {
      const where = `columns ${earlier + 1} and ${index + 1}`;
      throw headerFault(options, `the header names ${JSON.stringify(name)} twice, ${where}`);
    }
    if (isLongKey(name, limits)) {
      throw headerFault(options, `the name of column ${index + 1} is over ${limits.keyChars} long`);
    }
    places.set(name, index);
    return name;
  });
}

function headerFault({ path }: CsvOptions, reason: string): Fault {
  return fileFault('format', path, reason, { at: { file: path, line: 1 } });
}
