/** `coldcase export`: raw events of a store or of files, unlimited, as a file for other tools. */
import { statSync } from 'node:fs';
import { assert, present } from '../../base/assert.js';
import type { ExportEngine } from '../../engine/duckdb/export.js';
import type { ColumnBatch } from '../../query/column-batch.js';
import {
  countQuery,
  disorderQuery,
  type ExportPiece,
  type ExportPlan,
  labelsQuery,
  pieceQuery,
  planExport,
  resolveRows,
  wholePiece,
  wholeQuery,
} from '../../query/export-plan.js';
import type { QuerySource } from '../../query/ports.js';
import type { Note } from '../../query/result.js';
import { noTexts, parseSpec } from '../../query/spec-text.js';
import { formatCount, plural } from '../../render/number.js';
import type { SqlSelect } from '../../sql/node.js';
import { printStatement } from '../../sql/print.js';
import { type Answer, noTable } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { type EventFormat, eventChunks, eventFormatOf } from '../export-format.js';
import { fileOptionSpecs } from '../file-options.js';
import { openExport } from '../lazy-engine.js';
import { listOption, textOption, wholeNumber } from '../option-values.js';
import type { Progress } from '../progress.js';
import { metadataOf } from '../provenance.js';
import { sourceFields, windowFields } from '../query-document.js';
import { querySourceOf } from '../query-source.js';
import { replaceFile, throughFile, writeStream, writeWholeFile } from '../sink.js';
import { formatBytes } from '../size.js';
import { openSource, type Source } from '../source.js';
import { withTimeLimit } from '../time-limit.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const exportCommand: CommandModule = {
  name: 'export',
  words: '[files...]',
  summary: 'raw events as a file for other tools',
  examples: [
    ["coldcase export --where 'status >= 500' -o slice.parquet", ''],
    ['coldcase export --window 2020-04-16 -o day.csv', ''],
    ['coldcase export --columns time,host,status', 'tsv in a pipe'],
  ],
  options: [
    { flags: '--where <expr>', help: 'only these events; see help filters', repeatable: true },
    ...windowOptionSpecs,
    { flags: '--columns <names>', help: 'these roles or columns, in this order', repeatable: true },
    { flags: '--limit <n>', help: 'only the first events (all)' },
    ...fileOptionSpecs,
  ],
  run: exportEvents,
};

async function exportEvents(invocation: Invocation): Promise<Answer> {
  const { settings } = invocation;
  const format = eventFormatOf(settings, invocation.terminal);
  const prepared = await prepare(invocation, format);
  const { output } = settings;
  if (format !== 'parquet') return exportTo(prepared, null);
  // The engine makes a Parquet file itself, and may write no other file.
  const answers: Answer[] = [];
  const write = async (path: string): Promise<void> => {
    answers.push(await exportTo(prepared, path));
  };
  if (output === null) await writeStream(process.stdout, throughFile(write));
  else await replaceFile(output, write);
  return receipt(present(answers[0], 'an answer'), invocation);
}

interface Prepared {
  readonly invocation: Invocation;
  readonly format: EventFormat;
  readonly source: Source;
  readonly querySource: QuerySource;
  readonly resolved: ReturnType<typeof resolveRows>;
  readonly limit: number | null;
  readonly notes: readonly Note[];
}

/** Everything that can be wrong with the question is found before the engine is opened. */
async function prepare(invocation: Invocation, format: EventFormat): Promise<Prepared> {
  const { values } = invocation;
  const limitText = textOption(values, 'limit');
  const limit = limitText === undefined ? null : wholeNumber(limitText, 'limit', 1);
  const texts = { ...noTexts, where: listOption(values, 'where') };
  parseSpec(texts);
  const source = await openSource(invocation);
  const window = await chooseWindow(invocation, source.span, null);
  const querySource = querySourceOf(source.dataset, source.name);
  const resolved = resolveRows(parseSpec({ ...texts, window: window.range }), querySource);
  const notes = [...source.notes, ...window.notes, ...resolved.plan.notes];
  return { invocation, format, source, querySource, resolved, limit, notes };
}

/** Writes the events; `path` is where the engine may put a file. */
async function exportTo(prepared: Prepared, path: string | null): Promise<Answer> {
  const { invocation, resolved, format, querySource, limit } = prepared;
  const { settings, progress } = invocation;
  const signal = withTimeLimit(invocation.signal, settings.timeoutMicros);
  const engine = await openExport(settings, resolved.plan.files.windowPaths, path);
  const ask = async (query: SqlSelect) =>
    (await engine.execute(printStatement(query), signal)).rows;
  try {
    const isUnknown = resolved.scope.extraLabels === null;
    progress.say('looking for columns');
    const labels = isUnknown ? await ask(labelsQuery(resolved.plan)) : [];
    const exported = planExport(resolved, querySource, {
      names: namesOf(invocation),
      free: format === 'ndjson' || format === 'json',
      extraLabels: labels.map(([label]) => String(label)),
    });
    progress.say('counting events');
    const matched = Number((await ask(countQuery(exported)))[0]?.[0] ?? 0);
    const rows = Math.min(matched, limit ?? matched);
    const answer = answerOf(prepared, exported, { matched, rows });
    const metadata = settings.footer ? metadataOf(answer, invocation) : new Map<string, string>();
    if (path !== null) {
      const whole = wholePiece(exported);
      const isSorted = rows > 0 && (await isInOrder({ engine, exported, signal }, whole));
      progress.say(`${isSorted ? '' : 'sorting and '}writing ${plural(rows, 'event')}`);
      await engine.copy(wholeQuery(exported, { limit, isSorted }), metadata, signal);
      return answer;
    }
    assert(format !== 'parquet', 'the engine writes Parquet');
    const batches = batchesOf({ engine, exported, rows, progress, signal });
    const chunks = eventChunks({ format, exported, batches, metadata, answer, invocation });
    if (settings.output === null) await writeStream(process.stdout, chunks);
    else await writeWholeFile(settings.output, chunks);
    return receipt(answer, invocation);
  } finally {
    await engine.close();
  }
}

interface Reading {
  readonly engine: ExportEngine;
  readonly exported: ExportPlan;
  /** How many there will be. */
  readonly rows: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Whether the events of a piece lie in the order they are to come in: then none is sorted. */
async function isInOrder(
  { engine, exported, signal }: Pick<Reading, 'engine' | 'exported' | 'signal'>,
  piece: ExportPiece,
): Promise<boolean> {
  const { rows } = await engine.execute(printStatement(disorderQuery(exported, piece)), signal);
  return Number(rows[0]?.[0]) === 0;
}

/** Piece by piece, so that no more than one of them is held. **Invariant** gives `rows` rows. */
async function* batchesOf(reading: Reading): AsyncGenerator<ColumnBatch> {
  const { engine, exported, rows, progress, signal } = reading;
  let done = 0;
  for (const piece of exported.pieces) {
    if (done >= rows || piece.paths.length === 0) continue;
    const isSorted = await isInOrder(reading, piece);
    const query = pieceQuery(exported, piece, { limit: rows - done, isSorted });
    for await (const batch of engine.batches(query, exported.columns, signal)) {
      yield batch;
      done += batch.rowCount;
      progress.say(`exporting ${formatCount(done)} of ${plural(rows, 'event')}`);
    }
  }
  assert(done === rows, `${done} of ${rows} events were read`);
}

function answerOf(
  { invocation, source, resolved, limit, notes }: Prepared,
  { columns, notes: own }: ExportPlan,
  { matched, rows }: { readonly matched: number; readonly rows: number },
): Answer {
  const { plan } = resolved;
  const truncated = `the first ${formatCount(rows)} of ${plural(matched, 'event')}`;
  const cut: readonly Note[] =
    rows < matched ? [{ level: 'info', code: 'truncated', text: truncated }] : [];
  const provenance = {
    source: source.name,
    dataset: source.dataset.name,
    snapshotVersion: source.dataset.snapshot.version,
    files: { total: plan.files.total, read: plan.files.paths.length, pruned: plan.files.pruned },
    rows: { scanned: plan.files.rows, matched },
    weighted: plan.weighted,
    usage: plan.usage,
    exact: true,
    bad: null,
  };
  return {
    blocks: [],
    table: noTable,
    document: {
      query: {
        columns: columns.map(({ name }) => name),
        where: listOption(invocation.values, 'where'),
        limit,
      },
      window: windowFields(plan.window),
      written: rows,
      total: matched,
      source: sourceFields({ provenance }),
    },
    prose: true,
    notes: [...notes, ...own, ...cut],
    next: [],
    exitCode: 0,
    isWritten: true,
  };
}

/** With what was written, for a person. */
function receipt(answer: Answer, { settings }: Invocation): Answer {
  const { output } = settings;
  const events = plural(Number(answer.document.written), 'event');
  if (output === null) return answer;
  const text = `wrote ${events} to ${output}, ${formatBytes(statSync(output).size)}`;
  return { ...answer, notes: [...answer.notes, { level: 'info', code: 'written', text }] };
}

function namesOf({ values }: Invocation): readonly string[] | null {
  const names = listOption(values, 'columns').flatMap((text) => text.split(','));
  const trimmed = names.map((name) => name.trim()).filter((name) => name !== '');
  return trimmed.length === 0 ? null : trimmed;
}
