/** `coldcase silence`: who should have sent something and did not. */
import { scanPort } from '../../forensics/scan-port.js';
import {
  type EntityLife,
  type SilenceReport,
  silenceReport,
  silenceRoles,
} from '../../forensics/silence-ledger.js';
import { searchSilence } from '../../forensics/silence-search.js';
import { rollupSpec, runRollup } from '../../query/rollup.js';
import { breakdown } from '../../query/spec.js';
import { jsonRow } from '../../render/json.js';
import { formatCount, plural } from '../../render/number.js';
import type { Table } from '../../render/table.js';
import { formatRange } from '../../time/format.js';
import { microsPerDay } from '../../time/instant.js';
import type { TimeRange } from '../../time/range.js';
import { type Answer, type Block, linesBlock } from '../answer.js';
import { wholeSeconds } from '../clock-text.js';
import type { CommandModule, Invocation } from '../command.js';
import { damageNotes } from '../damage-notes.js';
import { emptyNext, emptyNote, isEmptySource } from '../empty-answer.js';
import { fileOptionSpecs } from '../file-options.js';
import { openEngine } from '../lazy-engine.js';
import { sourceWords } from '../next-words.js';
import { oneOf, textOption, wholeNumber } from '../option-values.js';
import { windowFields } from '../query-document.js';
import { querySourceOf } from '../query-source.js';
import { shellWord } from '../shell-text.js';
import { openSource } from '../source.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

export const silenceCommand: CommandModule = {
  name: 'silence',
  words: '[files...]',
  summary: 'who should have sent something and did not',
  examples: [
    ['coldcase silence', 'hosts, over the last 60 days of the store'],
    ['coldcase silence --by customer --last 7d', ''],
  ],
  options: [
    { flags: '--by <role>', help: 'host, customer, service or route (host)' },
    ...windowOptionSpecs,
    { flags: '--limit <n>', help: 'most rows of the table (20); other formats have all' },
    ...fileOptionSpecs,
  ],
  run: silence,
};

const ownMicros = 60 * microsPerDay;
const tableLimit = 20;

async function silence(invocation: Invocation): Promise<Answer> {
  const { values, settings, signal, words, progress } = invocation;
  const role = oneOf(textOption(values, 'by') ?? 'host', 'by', silenceRoles);
  const limit = wholeNumber(textOption(values, 'limit') ?? String(tableLimit), 'limit', 1);
  const source = await openSource(invocation);
  const isLong = source.span !== null && source.span.end - source.span.start > ownMicros;
  const chosen = await chooseWindow(invocation, source.span, isLong ? ownMicros : null);
  const window = within(chosen.range, source.span);
  const notes = [...source.notes, ...chosen.notes];
  if (isEmptySource(source) || window === null) return nobody(notes);
  const asked = querySourceOf(source.dataset, source.name, source.fields);
  const engine = await openEngine(
    settings,
    asked.files.map(({ path }) => path),
  );
  try {
    const measures = [
      { kind: 'rows', where: null },
      { kind: 'events', where: null },
      { kind: 'first', where: null },
      { kind: 'last', where: null },
    ] as const;
    const spec = rollupSpec(window, { keys: [breakdown(role)], measures });
    const lives = livesOf(await runRollup(asked, spec, { engine, signal }));
    const port = scanPort(asked, { engine, signal, say: (step) => progress.say(step) });
    const { findings, gaps, unable } = await searchSilence(port, window);
    const report = silenceReport(role, lives, { findings, window });
    const table = tableOf(report);
    return {
      blocks: blocksOf(report, { window, zone: settings.zone, limit, unable }),
      table,
      document: {
        query: { files: words, by: role },
        window: windowFields(window),
        rows: table.rows.map((row) => jsonRow(table, row)),
        total: table.rows.length,
        entities: report.entities,
        present: report.present,
        gaps: gaps.map(windowFields),
        not_judged: unable,
      },
      prose: false,
      notes: [...notes, ...damageNotes(source, [window])],
      next: nextCommands(invocation, report),
      exitCode: 0,
    };
  } finally {
    await engine.close();
  }
}

function within(range: TimeRange | null, span: TimeRange | null): TimeRange | null {
  if (range === null || span === null) return span;
  const start = Math.max(range.start, span.start);
  const end = Math.min(range.end, span.end);
  return start < end ? { start, end } : null;
}

function livesOf(rows: Awaited<ReturnType<typeof runRollup>>): readonly EntityLife[] {
  return rows
    .filter(([name]) => name !== null)
    .map(([name, count, events, first, last]) => ({
      name: String(name),
      rows: Number(count),
      events: Number(events),
      first: Number(first),
      last: Number(last),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

function nobody(notes: Answer['notes']): Answer {
  const table: Table = { columns: [], rows: [], seriesMax: null, footer: [] };
  return {
    blocks: [linesBlock(['no events, so nobody to be missed'])],
    table,
    document: { window: null, rows: [], total: 0, entities: 0, present: 0, gaps: [] },
    prose: false,
    notes: [...notes, emptyNote],
    next: emptyNext,
    exitCode: 0,
  };
}

interface SilenceView {
  readonly window: TimeRange;
  readonly zone: string;
  readonly limit: number;
  /** Why silence was not judged; null: it was. */
  readonly unable: string | null;
}

function blocksOf(report: SilenceReport, { window, zone, limit, unable }: SilenceView): Block[] {
  const { role, entities, present, absences } = report;
  const count = (kind: string): number =>
    new Set(absences.filter((one) => one.kind === kind).flatMap(({ names }) => names)).size;
  const when = `${formatRange(wholeSeconds(window), zone)} ${zone}`;
  const parts = [
    `${formatCount(present)} as usual`,
    ...['silent, peers busy', 'ended', 'too little history'].flatMap((kind) =>
      count(kind) === 0 ? [] : [`${formatCount(count(kind))} ${kind}`],
    ),
  ];
  const judged = unable === null ? [] : [`silence was not judged: ${unable}`];
  const head = linesBlock([`${plural(entities, role)}, ${when}`, parts.join('; '), ...judged]);
  const told = absences.filter(({ kind }) => kind !== 'too little history');
  if (told.length === 0) return [head, linesBlock(['nobody fell silent beyond chance and habit'])];
  const table = tableOf({ ...report, absences: told.slice(0, limit) });
  const shown = table.columns.map((column) => ({ ...column, essential: true as const }));
  const footer =
    told.length > limit
      ? [`${limit} of ${formatCount(told.length)} shown; --limit shows more`]
      : [];
  const rows = table.rows.map((row) =>
    row.map((cell, index) => (index === 2 || index === 3 ? whole(cell) : cell)),
  );
  return [head, { kind: 'table', table: { ...table, columns: shown, rows, footer } }];
}

function whole<T>(cell: T): T | number {
  return typeof cell === 'number' ? Math.floor(cell / 1e6) * 1e6 : cell;
}

/** **Shape** one row an absence. */
function tableOf({ role, absences }: SilenceReport): Table {
  const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
  const time = (key: string) => ({ key, title: key, align: 'left', show: 'instant' }) as const;
  return {
    columns: [
      text(role),
      text('kind'),
      ...['start', 'end'].map(time),
      { key: 'expected', title: 'expected', align: 'right', show: 'count' },
    ],
    rows: absences.map(({ names, kind, start, end, expected }) => [
      names.length === 0 ? null : names.join(', '),
      kind,
      start,
      end,
      expected === null ? null : Math.round(expected),
    ]),
    seriesMax: null,
    footer: [],
  };
}

/** The first that has a name, in order of time. */
function nextCommands(invocation: Invocation, { role, absences }: SilenceReport): string[] {
  const name = absences.find(({ names }) => names.length > 0)?.names[0];
  if (name === undefined) return [];
  const place = sourceWords(invocation);
  const asked =
    role === 'host' || role === 'customer'
      ? [`--${role}`, shellWord(name)]
      : ['--where', shellWord(`${role} = '${name.replace(/[\\']/g, '\\$&')}'`)];
  return [['coldcase trail', ...place, ...asked].join(' ')];
}
