/**
 * The one place that writes. stdout gets the result and nothing else; notes, progress, hints and
 * faults go to stderr.
 */
import { sanitise } from '../base/text.js';
import type { Note } from '../query/result.js';
import { delimited } from '../render/delimited.js';
import { asciiGlyphs, type Glyphs, ownText, unicodeGlyphs } from '../render/glyphs.js';
import { type JsonValue, jsonRow, jsonText, ndjson } from '../render/json.js';
import { escapeMarkdown, markdown } from '../render/markdown.js';
import { colours, noColours } from '../render/paint.js';
import { plain } from '../render/plain.js';
import type { Table } from '../render/table.js';
import { footerLines, type TextTableStyle, textTable, wrapWords } from '../render/text-table.js';
import type { Answer } from './answer.js';
import { type FaultStyle, faultDocument, faultLines } from './fault-text.js';
import { chooseFormat, type OutputFormat } from './format.js';
import { fitsScreen, page, pagerCommand } from './pager.js';
import type { Settings } from './settings.js';
import { writeStream, writeWholeFile } from './sink.js';
import type { Environment, Terminal } from './terminal.js';

export interface OutputContext {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Writes an instant in the zone of the output. */
  readonly instant: (micros: number) => string;
  readonly elapsedMs: number;
  readonly env: Environment;
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
  if (settings.output === null) await writeOut(chunks, format, context);
  else writeWholeFile(settings.output, chunks);
  await writeStream(process.stderr, asides(answer, format, context));
}

/** Through a pager where a person would have to scroll back, else straight to stdout. */
async function writeOut(
  chunks: Iterable<string>,
  format: OutputFormat,
  { settings, terminal, env }: OutputContext,
): Promise<void> {
  const pager = settings.pager && forPeople.has(format) ? pagerCommand(env, terminal) : null;
  if (pager === null) return writeStream(process.stdout, chunks);
  const text = [...chunks].join('');
  if (fitsScreen(text, terminal)) return writeStream(process.stdout, [text]);
  await page(text, pager, env);
}

const forPeople: ReadonlySet<OutputFormat> = new Set(['table', 'plain', 'markdown']);

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

function tableStyle(context: OutputContext): TextTableStyle {
  const { settings, terminal, instant } = context;
  const toFile = settings.output !== null;
  return {
    glyphs: glyphsOf(terminal),
    instant,
    width: settings.wide || toFile ? null : terminal.width,
    paint: terminal.colourOut && !toFile ? colours : noColours,
    footer: settings.footer,
  };
}

function* blockChunks(
  answer: Answer,
  format: 'table' | 'plain' | 'markdown',
  style: TextTableStyle,
): Generator<string> {
  let first = true;
  for (const block of answer.blocks) {
    if (!first) yield '\n';
    first = false;
    if (block.kind === 'table') yield* tableChunks(block.table, format, style);
    else if (format === 'markdown') yield* block.lines.map((line) => `${escapeMarkdown(line)}  \n`);
    else {
      const width = format === 'plain' || block.whole ? null : style.width;
      yield* block.lines.map((line) => `${proseLine(line, width, style.glyphs)}\n`);
    }
  }
}

/** A command in a line of prose: to be copied whole, so never wrapped. */
const holdsCommand = /(^|\s)(coldcase [a-z]+ .*-|--[a-z-]+ ')/;

/** Text of ours, with whole words going on in the next line where a screen is too narrow. */
function proseLine(line: string, width: number | null, glyphs: Glyphs): string {
  const room = holdsCommand.test(line) ? null : width;
  return wrapWords(ownText(sanitise(line), glyphs), room).join('\n');
}

function tableChunks(
  table: Table,
  format: 'table' | 'plain' | 'markdown',
  style: TextTableStyle,
): Iterable<string> {
  if (format === 'plain') return plain(table, style);
  return format === 'markdown' ? markdown(table, style) : textTable(table, style);
}

/**
 * The JSON document of an answer. **Shape** fixed order: ok, fault and faults when something
 * failed, query, window, rows, total, partial, warnings, next, elapsedMs, then the command's own.
 */
export function answerDocument(
  answer: Answer,
  elapsedMs: number,
): Readonly<Record<string, JsonValue>> {
  const { faults = [], document, table } = answer;
  const common = {
    query: null,
    window: null,
    rows: table.rows.map((row) => jsonRow(table, row)),
    total: table.rows.length,
    partial: answer.notes.some(({ code }) => missing.has(code)) || faults.length > 0,
    warnings: answer.notes.map(({ level, code, text }) => ({ level, code, text })),
    next: answer.next,
    elapsedMs,
  };
  const { ok: _ok, elapsedMs: _elapsed, ...failed } = faultDocument(faults, elapsedMs);
  return {
    ok: faults.length === 0,
    ...(faults.length === 0 ? {} : failed),
    ...common,
    ...document,
  };
}

/** Codes of notes that say something belonging to the answer is missing from it. */
const missing: ReadonlySet<string> = new Set(['before_span', 'after_span', 'rejected']);

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
    if (note.level === 'info' && settings.quiet) continue;
    yield* noteLines(note, style);
  }
  if (settings.verbose) {
    for (const { name, origin } of settings.origins) yield `${name} from ${sanitise(origin)}\n`;
    yield `took ${context.elapsedMs} ms\n`;
  }
  if (settings.quiet) return;
  for (const command of answer.next) yield `next: ${own(command)}\n`;
}

function* noteLines({ level, text }: Note, style: FaultStyle): Generator<string> {
  const { paint, glyphs } = style;
  const mark = level === 'warning' ? '▲ ' : 'note: ';
  const [first = '', ...others] = wrapWords(
    ownText(mark + sanitise(text), glyphs),
    style.wrapWidth,
  );
  if (level === 'info') yield `${paint.dim(first)}\n`;
  else yield `${paint.yellow(first.slice(0, 1))}${first.slice(1)}\n`;
  for (const line of others) yield `${level === 'info' ? paint.dim(line) : line}\n`;
}

/** How faults and notes are drawn on stderr. */
function faultStyle(terminal: Terminal): FaultStyle {
  return {
    width: terminal.width,
    wrapWidth: terminal.stderrTty ? terminal.width : null,
    glyphs: glyphsOf(terminal),
    paint: terminal.colourErr ? colours : noColours,
  };
}

function glyphsOf(terminal: Terminal): Glyphs {
  return terminal.unicode ? unicodeGlyphs : asciiGlyphs;
}
