/** The formats of raw events, and the bytes of each from batches of columns. */
import { unreachable } from '../base/assert.js';
import type { ColumnBatch, FileMetadata } from '../query/column-batch.js';
import type { ExportPlan } from '../query/export-plan.js';
import { arrowBytes } from '../render/arrow.js';
import { delimitedEvents, jsonEvents } from '../render/event-rows.js';
import { jsonText } from '../render/json.js';
import type { Answer } from './answer.js';
import type { Invocation } from './command.js';
import { chooseFormat } from './format.js';
import { optionFault } from './option-values.js';
import { commentLines } from './provenance.js';
import type { Settings } from './settings.js';
import type { Chunks } from './sink.js';
import type { Terminal } from './terminal.js';

const eventFormats = ['parquet', 'arrow', 'arrows', 'csv', 'tsv', 'ndjson', 'json'] as const;
/** A format that raw events are written in. */
export type EventFormat = (typeof eventFormats)[number];

/** The format asked for; tab-separated text unless one is. **Faults** CC1003. */
export function eventFormatOf(
  { format, output: file }: Settings,
  { stdoutTty }: Terminal,
): EventFormat {
  const chosen = chooseFormat({ format, file, prose: false, stdoutTty });
  if (format === null && chosen === 'table') return 'tsv';
  const known = eventFormats.find((one) => one === chosen);
  if (known === undefined) {
    const hint = eventFormats.join(', ');
    throw optionFault('format', chosen, { expected: 'a format that holds events', hint });
  }
  return known;
}

/** Raw events on their way to a file. */
export interface EventFile {
  readonly format: Exclude<EventFormat, 'parquet'>;
  readonly exported: ExportPlan;
  readonly batches: AsyncIterable<ColumnBatch>;
  readonly metadata: FileMetadata;
  readonly answer: Answer;
  readonly invocation: Invocation;
}

/** The bytes as they come. */
export function eventChunks(file: EventFile): Chunks {
  const { format, exported, batches, metadata, invocation } = file;
  const { columns, extraLast } = exported;
  const { settings, terminal } = invocation;
  const inside = settings.footerInside;
  switch (format) {
    case 'arrow':
    case 'arrows': {
      const shape = format === 'arrow' ? 'file' : 'stream';
      return arrowBytes({ shape, columns, metadata }, batches);
    }
    case 'csv':
    case 'tsv': {
      const separator = format === 'csv' ? ',' : '\t';
      const toTerminal = terminal.stdoutTty && settings.output === null;
      const style = { separator, raw: settings.csvRaw, toTerminal } as const;
      const lines = delimitedEvents(columns, batches, style);
      return followed(lines, inside ? commentLines(file.answer, invocation) : []);
    }
    case 'ndjson': {
      const said = jsonText({ 'coldcase.provenance': Object.fromEntries(metadata) });
      return followed(
        jsonEvents(columns, batches, { extraLast, shape: 'lines' }),
        inside ? [`${said}\n`] : [],
      );
    }
    case 'json':
      return jsonDocument(file);
    default:
      return unreachable(format);
  }
}

async function* followed(
  lines: AsyncIterable<string>,
  last: readonly string[],
): AsyncGenerator<string> {
  yield* lines;
  yield* last;
}

/** One document with a row a line; what is known beforehand comes before the rows. */
async function* jsonDocument({ exported, batches, answer }: EventFile): AsyncGenerator<string> {
  const { document, notes } = answer;
  const warnings = notes.map(({ level, code, text }) => ({ level, code, text }));
  const head = jsonText({ ok: true, ...document, partial: false, warnings });
  yield `${head.slice(0, -1)},"rows":[`;
  yield* jsonEvents(exported.columns, batches, { extraLast: exported.extraLast, shape: 'list' });
  yield `\n],"next":[],"elapsedMs":${Math.round(performance.now())}}\n`;
}
