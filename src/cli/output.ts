/**
 * The one place that writes. stdout gets the result and nothing else; notes, progress, hints and
 * faults go to stderr.
 */
import { unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
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
import type { FileContext } from './file-output.js';
import { chooseFormat, isBinary, type OutputFormat } from './format.js';
import { fitsScreen, page, pagerCommand } from './pager.js';
import { commentLines, inFooter, metadataOf, provenanceLines } from './provenance.js';
import type { Settings } from './settings.js';
import { type Chunks, replaceFile, writeStream, writeWholeFile } from './sink.js';
import type { Environment, Terminal } from './terminal.js';

/** Where and how an answer is written. */
export interface OutputContext {
  readonly settings: Settings;
  readonly terminal: Terminal;
  /** Writes an instant in the zone of the output. */
  readonly instant: (micros: number) => string;
  readonly elapsedMs: number;
  readonly env: Environment;
  readonly argv: readonly string[];
  readonly command: string;
  readonly signal: AbortSignal;
  /** The file that was started; what is shipped with it lies beside. */
  readonly entry: URL;
}

/** Writes the answer to stdout or the file, and what is said about it to stderr. */
export async function writeAnswer(answer: Answer, context: OutputContext): Promise<void> {
  const format = formatFor(answer.prose, context);
  if (answer.isWritten !== true) await writeResult(answer, format, context);
  await writeStream(process.stderr, asides(answer, format, context));
}

type Chosen = Pick<OutputContext, 'settings' | 'terminal'>;

function formatFor(prose: boolean, { settings, terminal }: Chosen): OutputFormat {
  const { format, output: file } = settings;
  return chooseFormat({ format, file, prose, stdoutTty: terminal.stdoutTty });
}

/** Before anything is worked out for it. **Faults** CC1311. */
export function refuseTerminal(context: Chosen): void {
  const format = formatFor(false, context);
  if (!isBinary(format) || context.settings.output !== null) return;
  if (context.terminal.stdoutTty) throw new Fault('CC1311', { format });
}

async function writeResult(
  answer: Answer,
  format: OutputFormat,
  context: OutputContext,
): Promise<void> {
  const { output } = context.settings;
  if (output !== null && format === 'parquet') {
    const { writeParquetFile } = await import('./file-output.js');
    const file = fileContext(context);
    await replaceFile(output, (temporary) => writeParquetFile(answer, file, temporary));
    return;
  }
  const chunks = await resultChunks(answer, format, context);
  if (output === null) await writeOut(chunks, format, context);
  else await writeWholeFile(output, chunks);
}

function fileContext(context: OutputContext): FileContext {
  return { ...context, style: { ...tableStyle(context), glyphs: unicodeGlyphs } };
}

/** Through a pager where a person would have to scroll back, else straight to stdout. */
async function writeOut(
  chunks: Chunks,
  format: OutputFormat,
  { settings, terminal, env }: OutputContext,
): Promise<void> {
  const pager = settings.pager && forPeople.has(format) ? pagerCommand(env, terminal) : null;
  if (pager === null) return writeStream(process.stdout, chunks);
  let text = '';
  for await (const chunk of chunks) text += String(chunk);
  if (fitsScreen(text, terminal)) return writeStream(process.stdout, [text]);
  await page(text, pager, env);
}

const forPeople: ReadonlySet<OutputFormat> = new Set(['table', 'plain', 'markdown']);

async function resultChunks(
  answer: Answer,
  format: OutputFormat,
  context: OutputContext,
): Promise<Chunks> {
  const { settings, terminal } = context;
  const toTerminal = terminal.stdoutTty && settings.output === null;
  switch (format) {
    case 'json':
      return [`${jsonText(answerDocument(answer, context.elapsedMs))}\n`];
    case 'honeycomb':
      return [`${jsonText(honeycombOf(answer))}\n`];
    case 'ndjson':
      return [...ndjson(answer.table), ...ndjsonFooter(answer, context)];
    case 'csv':
    case 'tsv': {
      const separator = format === 'csv' ? ',' : '\t';
      const rows = delimited(answer.table, { separator, raw: settings.csvRaw, toTerminal });
      return settings.footerInside ? [...rows, ...commentLines(answer, context)] : rows;
    }
    case 'table':
    case 'plain': {
      const drawn = await chartChunks(answer, format, context);
      const blocks = blockChunks(answer, format, tableStyle(context));
      return drawn.length === 0 ? blocks : [...drawn, ...blocks];
    }
    case 'markdown':
      return [
        ...(await chartChunks(answer, format, context)),
        ...blockChunks(answer, format, { ...tableStyle(context), footer: false }),
        ...markdownFooter(answer, context),
      ];
    case 'html':
    case 'jira':
    case 'svg':
    case 'png':
    case 'arrow':
    case 'arrows':
    case 'parquet': {
      const { fileChunks } = await import('./file-output.js');
      return fileChunks(answer, format, fileContext(context));
    }
    default:
      return unreachable(format);
  }
}

/** A paragraph of its own, so that it is none of the rows. */
function markdownFooter(answer: Answer, context: OutputContext): readonly string[] {
  if (!context.settings.footer) return [];
  const { glyphs } = tableStyle(context);
  const lines = provenanceLines(answer, context);
  return ['\n', ...lines.map((line) => `${escapeMarkdown(ownText(line, glyphs))}  \n`)];
}

/** One more object with a single field that no row has. */
function ndjsonFooter(answer: Answer, context: OutputContext): readonly string[] {
  if (!context.settings.footerInside) return [];
  const said = Object.fromEntries(metadataOf(answer, context));
  return [`${jsonText({ 'coldcase.provenance': said })}\n`];
}

/** **Faults** CC1282. */
function honeycombOf({ honeycomb }: Answer): JsonValue {
  if (honeycomb !== undefined) return honeycomb;
  const problem = 'this answer has no form of Honeycomb; only query has one';
  throw new Fault('CC1282', { path: '--format honeycomb', problem });
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

/** The chart above the table, where one was asked for; in Markdown as it is, in a fence. */
async function chartChunks(
  { drawing, chart }: Answer,
  format: 'table' | 'plain' | 'markdown',
  context: OutputContext,
): Promise<readonly string[]> {
  const drawn = drawing === undefined ? null : (chart?.() ?? null);
  if (drawing === undefined || drawn === null) return [];
  const { terminalChart } = await import('../render/terminal-chart.js');
  const { width, glyphs, paint } = tableStyle(context);
  const style = {
    ...drawing,
    width: width ?? context.terminal.width,
    glyphs,
    paint: format === 'table' ? paint : noColours,
    zone: context.settings.zone,
  };
  const lines = terminalChart(drawn, style);
  const fence = format === 'markdown' ? ['```'] : [];
  return [...fence, ...lines, ...fence, ''].map((line) => `${line}\n`);
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
    rows: () => table.rows.map((row) => jsonRow(table, row)),
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
const missing: ReadonlySet<string> = new Set([
  ...['before_span', 'after_span', 'rejected', 'lost_rows'],
]);

/** What goes to stderr: the footer a machine format cannot hold, notes, what to try next. */
function* asides(answer: Answer, format: OutputFormat, context: OutputContext): Generator<string> {
  if (format === 'json') return;
  const { settings, terminal } = context;
  const style = faultStyle(terminal);
  const own = (text: string): string => ownText(sanitise(text), style.glyphs);
  if (withoutFooter.has(format) && settings.footer && !settings.quiet) {
    yield* footerLines(answer.table, { ...tableStyle(context), paint: style.paint });
  }
  for (const fault of answer.faults ?? []) yield `${faultLines(fault, style).join('\n')}\n`;
  for (const note of answer.notes) {
    if (settings.footer && inFooter.has(note.code)) continue;
    if (withBlocks.has(format) && inBlocks.has(note.code)) continue;
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

/** Formats that show the words of an answer besides its table, and what these have said already. */
const withBlocks: ReadonlySet<OutputFormat> = new Set(['table', 'plain', 'markdown']);
const inBlocks: ReadonlySet<string> = new Set(['stricter']);

/** Formats that do not show where the numbers came from by themselves. */
const withoutFooter: ReadonlySet<OutputFormat> = new Set([
  ...(['csv', 'tsv', 'ndjson', 'plain', 'arrow', 'arrows', 'parquet'] as const),
]);

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
