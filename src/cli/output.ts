/**
 * The one place that writes. stdout gets the result and nothing else; notes, progress, hints and
 * faults go to stderr.
 */
import { sanitise } from '../base/text.js';
import { delimited } from '../render/delimited.js';
import { asciiGlyphs, type Glyphs, ownText, unicodeGlyphs } from '../render/glyphs.js';
import { type JsonValue, jsonText, ndjson } from '../render/json.js';
import { escapeMarkdown, markdown } from '../render/markdown.js';
import { colours, noColours } from '../render/paint.js';
import { plain } from '../render/plain.js';
import type { Table } from '../render/table.js';
import { footerLines, type TextTableStyle, textTable, wrapWords } from '../render/text-table.js';
import type { Answer } from './answer.js';
import { type FaultStyle, faultDocument, faultLines } from './fault-text.js';
import { chooseFormat, type OutputFormat } from './format.js';
import type { Settings } from './settings.js';
import { writeStream, writeWholeFile } from './sink.js';
import type { Terminal } from './terminal.js';

export interface OutputContext {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Writes an instant in the zone of the output. */
  readonly instant: (micros: number) => string;
  readonly elapsedMs: number;
}

/** Writes the answer to stdout or the file, and what is said about it to stderr. */
export async function writeAnswer(answer: Answer, context: OutputContext): Promise<void> {
  const { settings, terminal } = context;
  const format = chooseFormat({
    format: settings.format,
    file: settings.output,
    prose: answer.prose,
    stdoutTty: terminal.stdoutTty,
  });
  const chunks = resultChunks(answer, format, context);
  if (settings.output === null) await writeStream(process.stdout, chunks);
  else writeWholeFile(settings.output, chunks);
  await writeStream(process.stderr, asides(answer, format, context));
}

function resultChunks(
  answer: Answer,
  format: OutputFormat,
  context: OutputContext,
): Iterable<string> {
  const { settings, terminal } = context;
  const toTerminal = terminal.stdoutTty && settings.output === null;
  switch (format) {
    case 'json':
      return [`${jsonText(answerDocument(answer, context.elapsedMs))}\n`];
    case 'ndjson':
      return ndjson(answer.table);
    case 'csv':
    case 'tsv': {
      const separator = format === 'csv' ? ',' : '\t';
      return delimited(answer.table, { separator, raw: settings.csvRaw, toTerminal });
    }
    case 'table':
    case 'plain':
    case 'markdown':
      return blockChunks(answer, format, tableStyle(context));
  }
}

/** A command a person may copy must stay whole, so only a terminal wraps. */
interface ProseStyle extends TextTableStyle {
  readonly proseWidth: number | null;
}

function tableStyle(context: OutputContext): ProseStyle {
  const { settings, terminal, instant } = context;
  const toFile = settings.output !== null;
  return {
    glyphs: glyphsOf(terminal),
    instant,
    width: settings.wide || toFile ? null : terminal.width,
    paint: terminal.colourOut && !toFile ? colours : noColours,
    footer: settings.footer,
    proseWidth: terminal.stdoutTty && !toFile ? terminal.width : null,
  };
}

function* blockChunks(
  answer: Answer,
  format: 'table' | 'plain' | 'markdown',
  style: ProseStyle,
): Generator<string> {
  let first = true;
  for (const block of answer.blocks) {
    if (!first) yield '\n';
    first = false;
    if (block.kind === 'table') yield* tableChunks(block.table, format, style);
    else if (format === 'markdown') yield* block.lines.map((line) => `${escapeMarkdown(line)}  \n`);
    else yield* block.lines.map((line) => `${proseLine(line, style)}\n`);
  }
}

/** Text of ours, with whole words going on in the next line where a screen is too narrow. */
function proseLine(line: string, style: ProseStyle): string {
  return wrapWords(ownText(sanitise(line), style.glyphs), style.proseWidth).join('\n');
}

function tableChunks(
  table: Table,
  format: 'table' | 'plain' | 'markdown',
  style: ProseStyle,
): Iterable<string> {
  if (format === 'plain') return plain(table, style);
  return format === 'markdown' ? markdown(table, style) : textTable(table, style);
}

/**
 * The JSON document of an answer. **Shape** fixed order: ok, fault and faults when something
 * failed, the command's fields, then what of the rest the command has no field of that name for.
 */
export function answerDocument(
  answer: Answer,
  elapsedMs: number,
): Readonly<Record<string, JsonValue>> {
  const { faults = [], document } = answer;
  const rest = Object.entries({
    partial: answer.notes.some(({ code }) => missing.has(code)) || faults.length > 0,
    warnings: answer.notes.map(({ level, code, text }) => ({ level, code, text })),
    next: answer.next,
    elapsedMs,
  });
  const { ok: _ok, elapsedMs: _elapsed, ...failed } = faultDocument(faults, elapsedMs);
  return {
    ok: faults.length === 0,
    ...(faults.length === 0 ? {} : failed),
    ...document,
    ...Object.fromEntries(rest.filter(([key]) => !Object.hasOwn(document, key))),
  };
}

/** Codes of notes that say something belonging to the answer is missing from it. */
const missing: ReadonlySet<string> = new Set(['before_span', 'rejected']);

/** Codes of notes whose text the footer of a result holds already. */
const inFooter: ReadonlySet<string> = new Set(['bad', 'truncated']);

/** What goes to stderr: the footer a machine format cannot hold, notes, what to try next. */
function* asides(answer: Answer, format: OutputFormat, context: OutputContext): Generator<string> {
  if (format === 'json') return;
  const { settings, terminal } = context;
  const style = faultStyle(terminal);
  const own = (text: string): string => ownText(sanitise(text), style.glyphs);
  const machine = format === 'csv' || format === 'tsv' || format === 'ndjson' || format === 'plain';
  if (machine && settings.footer && !settings.quiet) {
    yield* footerLines(answer.table, { ...tableStyle(context), paint: style.paint });
  }
  for (const fault of answer.faults ?? []) yield `${faultLines(fault, style).join('\n')}\n`;
  for (const note of answer.notes) {
    if (settings.footer && inFooter.has(note.code)) continue;
    if (note.level === 'warning') yield `${style.paint.yellow(own('▲'))} ${own(note.text)}\n`;
    else if (!settings.quiet) yield `${style.paint.dim(`note: ${own(note.text)}`)}\n`;
  }
  if (settings.verbose) {
    for (const [name, origin] of settings.origins) yield `${name} from ${origin}\n`;
    yield `took ${context.elapsedMs} ms\n`;
  }
  if (settings.quiet) return;
  for (const command of answer.next) yield `next: ${own(command)}\n`;
}

/** How faults and notes are drawn on stderr. */
export function faultStyle(terminal: Terminal): FaultStyle {
  return {
    width: terminal.width,
    glyphs: glyphsOf(terminal),
    paint: terminal.colourErr ? colours : noColours,
  };
}

function glyphsOf(terminal: Terminal): Glyphs {
  return terminal.unicode ? unicodeGlyphs : asciiGlyphs;
}
