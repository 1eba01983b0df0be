/** What a command hands back: blocks for people, one table and one document for machines. */
import type { Fault } from '../base/fault.js';
import type { Marker } from '../event/marker.js';
import type { Note } from '../query/result.js';
import type { Chart } from '../render/chart.js';
import type { ChartKind } from '../render/chart-kind.js';
import type { JsonValue } from '../render/json.js';
import type { Table } from '../render/table.js';
import type { Met } from './completion/met.js';
import type { ExitCode } from './exit.js';

/** A part of an answer for people. */
export type Block =
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly whole: boolean }
  | { readonly kind: 'table'; readonly table: Table };

/** How a chart is drawn in text. */
export interface Drawing {
  /** Null: what suits the answer. */
  readonly kind: ChartKind | null;
  readonly markers: readonly Marker[];
}

/** What a command says, in every form it may be asked for. */
export interface Answer {
  /** What `table`, `plain` and `markdown` show, in order. */
  readonly blocks: readonly Block[];
  /** What `csv`, `tsv` and `ndjson` hold. */
  readonly table: Table;
  /** Fields of the JSON document; those that every command has take the place of its own. */
  readonly document: Readonly<Record<string, JsonValue>>;
  /** The same in the shape of Honeycomb, where that format was asked for and there is one. */
  readonly honeycomb?: JsonValue;
  /** True for receipts and reports: in a pipe they stay text instead of turning into TSV. */
  readonly prose: boolean;
  /** What `svg`, `png` and `html` draw, made when it is drawn; null when there is nothing. */
  readonly chart?: () => Chart | null;
  /** The chart is drawn above the table, too: in `table`, `plain` and `markdown`. */
  readonly drawing?: Drawing;
  readonly notes: readonly Note[];
  /** Commands worth trying next. */
  readonly next: readonly string[];
  readonly exitCode: ExitCode;
  /** The command wrote its result itself, as it came. */
  readonly isWritten?: true;
  /** What failed although there is an answer: files left out of an ingest. */
  readonly faults?: readonly Fault[];
  /** Names and values of the dataset asked, for completion. */
  readonly met?: Met | null;
}

/** A table without rows or columns, for answers that are prose only. */
export const noTable: Table = { columns: [], rows: [], seriesMax: null, footer: [] };

/** A block of text. */
export function linesBlock(lines: readonly string[]): Block {
  return { kind: 'lines', lines, whole: false };
}

/** A block whose lines never go on in the next one: SQL, a config to be copied. */
export function wholeLinesBlock(lines: readonly string[]): Block {
  return { kind: 'lines', lines, whole: true };
}

/** An answer that is lines for people. */
export function textAnswer(lines: readonly string[]): Answer {
  return {
    blocks: lines.length === 0 ? [] : [linesBlock(lines)],
    table: noTable,
    document: { text: lines.join('\n') },
    prose: true,
    notes: [],
    next: [],
    exitCode: 0,
  };
}

/** An answer that is a text: a form of a question, a file to be kept. */
export function explanation(text: string): Answer {
  return {
    blocks: [wholeLinesBlock(text.split('\n'))],
    table: noTable,
    document: { explain: text },
    prose: true,
    notes: [],
    next: [],
    exitCode: 0,
  };
}
