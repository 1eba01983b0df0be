/**
 * Answers as files for documents and programs: HTML, Jira, SVG, PNG, Arrow, Parquet. Loaded only
 * for these. Decides what goes into them; `render/` and the engine make the bytes.
 */
import { fileURLToPath } from 'node:url';
import { unreachable } from '../base/assert.js';
import { Fault } from '../base/fault.js';
import type { FileMetadata } from '../query/column-batch.js';
import { arrowBytes } from '../render/arrow.js';
import type { CellStyle } from '../render/cell.js';
import { html, type PagePart } from '../render/html.js';
import { escapeJira, jiraTable } from '../render/jira.js';
import type { Markup } from '../render/markup.js';
import { formatCount } from '../render/number.js';
import { png } from '../render/png.js';
import { svg } from '../render/svg.js';
import { type TypedTable, typedTable } from '../render/typed-table.js';
import type { Answer, Block } from './answer.js';
import { limitsOf, parquetWriter } from './lazy-engine.js';
import { metadataOf, provenanceLines } from './provenance.js';
import type { Settings } from './settings.js';
import { type Chunks, throughFile } from './sink.js';

/** Formats whose makers are loaded only when one is asked for. */
export type FileFormat = 'html' | 'jira' | 'svg' | 'png' | 'arrow' | 'arrows' | 'parquet';

export interface FileContext {
  readonly settings: Settings;
  readonly argv: readonly string[];
  readonly command: string;
  readonly signal: AbortSignal;
  readonly style: CellStyle;
  /** The file that was started; the fonts lie beside it. */
  readonly entry: URL;
}

/** The bytes of the answer. **Faults** CC1310, CC1312, CC5010 and those of the engine. */
export function fileChunks(answer: Answer, format: FileFormat, context: FileContext): Chunks {
  const { settings, style } = context;
  const footer = settings.footer ? provenanceLines(answer, context) : [];
  switch (format) {
    case 'html': {
      const { answer: shown, remarks } = shortened(answer);
      return html(pageOf(shown, context, [...remarks, ...footer]), style);
    }
    case 'jira': {
      const { answer: shown, remarks } = shortened(answer);
      return jiraChunks(shown, style, [...remarks, ...footer]);
    }
    case 'svg':
      return [pictureOf(answer, context, footer).text];
    case 'png':
      return pngChunks(pictureOf(answer, context, footer), context.entry);
    case 'arrow':
    case 'arrows': {
      const { columns, batches } = typedOf(answer, format, context);
      const shape = format === 'arrow' ? 'file' : 'stream';
      return arrowBytes({ shape, columns, metadata: metadata(answer, context) }, batches());
    }
    case 'parquet':
      return throughFile((path) => writeParquetFile(answer, context, path));
    default:
      return unreachable(format);
  }
}

/** Writes the answer as Parquet under this path, which the engine makes. */
export async function writeParquetFile(
  answer: Answer,
  context: FileContext,
  path: string,
): Promise<void> {
  const { columns, batches } = typedOf(answer, 'parquet', context);
  const write = parquetWriter(limitsOf(context.settings));
  const request = { path, columns, batches: batches(), metadata: metadata(answer, context) };
  await write(request, context.signal);
}

function metadata(answer: Answer, { settings, argv }: FileContext): FileMetadata {
  return settings.footer ? metadataOf(answer, { argv, settings }) : new Map();
}

function typedOf(answer: Answer, format: FileFormat, { command }: FileContext): TypedTable {
  if (answer.table.columns.length === 0) throw new Fault('CC1312', { command, format });
  return typedTable(answer.table);
}

/** More is for no reader; whoever wants all of it takes another format. Chosen by us. */
const documentRows = 5_000;

/** What a document shows of the answer, and what it says about that. */
function shortened(answer: Answer): {
  readonly answer: Answer;
  readonly remarks: readonly string[];
} {
  const longest = answer.blocks.reduce(
    (most, block) => Math.max(most, block.kind === 'table' ? block.table.rows.length : 0),
    0,
  );
  if (longest <= documentRows) return { answer, remarks: [] };
  const blocks = answer.blocks.map((block): Block => {
    if (block.kind !== 'table') return block;
    const { table } = block;
    return { ...block, table: { ...table, rows: [...table.rows].slice(0, documentRows) } };
  });
  const all = formatCount(longest);
  const text = `the first ${formatCount(documentRows)} of ${all} rows; all: -o FILE.parquet`;
  return { answer: { ...answer, blocks }, remarks: [text] };
}

function pageOf(answer: Answer, { command }: FileContext, footer: readonly string[]) {
  const parts: readonly PagePart[] = answer.blocks;
  const chart = answer.chart?.();
  const drawing = chart ? svg(chart, { heading: false, footer: [] }) : null;
  return {
    title: chart?.title ?? `coldcase ${command}`,
    parts: drawing === null ? parts : [{ kind: 'chart' as const, drawing }, ...parts],
    footer,
  };
}

function* jiraChunks(
  { blocks }: Answer,
  style: CellStyle,
  footer: readonly string[],
): Generator<string> {
  for (const block of blocks) {
    if (block.kind === 'table') yield* jiraTable(block.table, style);
    else yield* block.lines.map((line) => `${escapeJira(line)}\n`);
    yield '\n';
  }
  yield* footer.map((line) => `${escapeJira(line)}\n`);
}

function pictureOf(answer: Answer, { command }: FileContext, footer: readonly string[]): Markup {
  const chart = answer.chart?.();
  if (chart) return svg(chart, { heading: true, footer });
  const params =
    chart === null
      ? { reason: 'no group has a number to draw', advice: 'widen the window or the filter' }
      : { reason: 'it draws none', advice: 'take --format html, or draw a query' };
  throw new Fault('CC1310', { command, ...params });
}

async function* pngChunks(picture: Markup, entry: URL): AsyncGenerator<Uint8Array> {
  const font = (name: string): string => fileURLToPath(new URL(`fonts/${name}`, entry));
  yield await png(picture, {
    regular: font('DejaVuSans.ttf'),
    bold: font('DejaVuSans-Bold.ttf'),
  });
}
