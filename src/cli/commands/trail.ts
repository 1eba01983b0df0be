/** `coldcase trail`: one host, customer, trace or version in order, with its gaps. */
import { type TrailMarker, trailStory } from '../../forensics/trail-story.js';
import type { Engine, QuerySource } from '../../query/ports.js';
import type { Note } from '../../query/result.js';
import { type Filter, maxLimit } from '../../query/spec.js';
import { noTexts, parseSpec } from '../../query/spec-text.js';
import { runEvents, runTrail, type Trail } from '../../query/trail.js';
import { listCensus, readCensus } from '../../store/census.js';
import { markerLabel, markersIn, readMarkers } from '../../store/marker-log.js';
import type { TimeRange } from '../../time/range.js';
import { type Answer, linesBlock } from '../answer.js';
import { usableRule } from '../bad-rule.js';
import type { CommandModule, Invocation } from '../command.js';
import { emptyNext, emptyNote, isEmptySource } from '../empty-answer.js';
import { type EverOptions, everSeen } from '../ever-seen.js';
import { fileOptionSpecs } from '../file-options.js';
import { openEngine } from '../lazy-engine.js';
import { sourceWords } from '../next-words.js';
import { flagOption, listOption, textOption, wholeNumber } from '../option-values.js';
import { windowFields } from '../query-document.js';
import { questionSource } from '../question-plan.js';
import { givenFinding, selectionOf } from '../scan-selection.js';
import { shellWord } from '../shell-text.js';
import { openSource } from '../source.js';
import { eventsAnswer, trailDocument, trailTable } from '../trail-document.js';
import { allColumns, filtersOf, shapeOf, subjectOf, type TrailSubject } from '../trail-subject.js';
import { trailBlocks } from '../trail-view.js';
import { findingWindow, windowOptionSpecs } from '../window-options.js';

export const trailCommand: CommandModule = {
  name: 'trail',
  words: '[files...]',
  summary: 'one host, customer, trace or version in order, with its gaps',
  examples: [
    ['coldcase trail --host api-37 --window 2020-04-16', ''],
    ['coldcase trail scan:1', 'what the first finding of the last scan is about'],
    ["coldcase trail --customer team-003 --last 7d --bad 'status >= 400'", ''],
    ['coldcase trail --trace 0000181e81a96b1a --all', 'every event of it, as stored'],
  ],
  options: [
    { flags: '--host <name>', help: 'the host to follow' },
    { flags: '--customer <name>', help: 'the customer to follow' },
    { flags: '--trace <id>', help: 'the trace to follow' },
    { flags: '--version <name>', help: 'the version to follow' },
    { flags: '--where <expr>', help: 'the events to follow, or only these', repeatable: true },
    ...windowOptionSpecs,
    { flags: '--bad <expr>', help: 'what counts as failing' },
    { flags: '--all', help: 'every event as stored, in order of time, then of its values' },
    { flags: '--limit <n>', help: 'most runs (60), or events with --all (1,000; files: all)' },
    ...fileOptionSpecs,
  ],
  run: trail,
};

const mostRuns = 60;

async function trail(given: Invocation): Promise<Answer> {
  const { id, files } = selectionOf(given.words, 'trail');
  const invocation: Invocation = { ...given, words: files };
  const { values, settings } = invocation;
  const limit = textOption(values, 'limit');
  const most = limit === undefined ? null : wholeNumber(limit, 'limit', 1);
  const { bad } = parseSpec({
    ...noTexts,
    where: listOption(values, 'where'),
    bad: badText(values),
  });
  const source = await openSource(invocation);
  const selection = await givenFinding(source.dataset, id);
  const { span } = source;
  const window = await findingWindow(invocation, selection, { span, ownMicros: null });
  const range = window.range ?? span;
  const before = [...source.notes, ...window.notes];
  const asked = await questionSource(invocation, source);
  const subject = subjectOf(values, selection, asked);
  if (isEmptySource(source) || range === null || span === null) {
    return nothing(subject, [...before, emptyNote]);
  }
  const own = selection?.signal ?? selection?.rule ?? source.bad;
  const rule = bad ?? usableRule(own, asked).bad;
  const engine = await openEngine(
    settings,
    asked.files.map(({ path }) => path),
  );
  const query = { files, selection: id, subject: subject.name, where: [...subject.where] };
  const tableDir = files.length > 0 ? null : source.dataset.tableDir;
  const question = { asked, tableDir, subject, query, rule, range, span, most, before };
  try {
    return (flagOption(values, 'all') ?? false)
      ? await everyEvent(invocation, question, engine)
      : await timeLine(invocation, question, engine);
  } finally {
    await engine.close();
  }
}

interface TrailQuestion {
  readonly asked: QuerySource;
  /** Null: files have no markers. */
  readonly tableDir: string | null;
  readonly subject: TrailSubject;
  readonly query: Answer['document'];
  readonly rule: Filter | null;
  readonly range: TimeRange;
  /** First to just behind the last event of anybody. */
  readonly span: TimeRange;
  readonly most: number | null;
  readonly before: readonly Note[];
}

async function everyEvent(
  { signal }: Invocation,
  { asked, subject, query, range, most, before }: TrailQuestion,
  engine: Engine,
): Promise<Answer> {
  const keys = allColumns(asked);
  const spec = { where: filtersOf(subject), window: range, keys, most: most ?? maxLimit };
  const found = await runEvents(asked, spec, { engine, signal });
  return { ...eventsAnswer(found, { query, window: range, subject, most }), notes: before };
}

async function timeLine(
  invocation: Invocation,
  question: TrailQuestion,
  engine: Engine,
): Promise<Answer> {
  const { asked, subject, query, rule, range, span, most, before } = question;
  const options = { engine, signal: invocation.signal };
  const shape = shapeOf(subject, asked, rule !== null);
  const where = filtersOf(subject);
  const spec = { where, bad: rule, window: range, ...shape, most: most ?? mostRuns };
  const found = await runTrail(asked, spec, options);
  const { tableDir } = question;
  const censuses = tableDir === null ? null : await listCensus({ tableDir });
  const censusOf: EverOptions['censusOf'] = async (path, columns) =>
    censuses && (await readCensus(censuses, path, columns));
  const ever = isWithin(span, range)
    ? { first: found.first, last: found.last, files: { census: 0, rows: 0 } }
    : await everSeen(asked, { where, window: span }, found, { ...options, censusOf });
  const story = trailStory({
    runs: found.runs,
    pace: found.pace,
    covered: within(range, span),
    ever: { first: ever.first ?? range.start, last: ever.last ?? range.end },
    version: shape.version,
    instance: shape.instance,
    markers: await markersOf(tableDir, range),
    isCut: isCut(found),
  });
  const view = {
    subject,
    trail: found,
    ever,
    story,
    labels: shape.keys.map(({ label }) => label),
    level: shape.levels[found.level] ?? [],
    finer: shape.levels[0] ?? [],
    window: range,
    zone: invocation.settings.zone,
    rule: rule?.at?.text ?? null,
  };
  return {
    blocks: trailBlocks(view),
    table: trailTable(view),
    document: { query, ...trailDocument(view) },
    prose: false,
    notes: [...before, ...found.notes],
    next: nextCommands(invocation, question, found),
    exitCode: 0,
  };
}

async function markersOf(
  tableDir: string | null,
  range: TimeRange,
): Promise<readonly TrailMarker[]> {
  const all = tableDir === null ? [] : markersIn(await readMarkers(tableDir), range);
  return all.map((one) => ({ ...one, text: `${one.type} ${markerLabel(one)}` }));
}

function badText(values: Invocation['values']): string | null {
  return textOption(values, 'bad') ?? null;
}

function isWithin(inner: TimeRange, outer: TimeRange): boolean {
  return outer.start <= inner.start && outer.end >= inner.end;
}

function within(range: TimeRange, span: TimeRange): TimeRange {
  return { start: Math.max(range.start, span.start), end: Math.min(range.end, span.end) };
}

function isCut({ runs, rows }: Trail): boolean {
  return runs.reduce((sum, run) => sum + run.rows, 0) < rows;
}

function nothing(subject: TrailSubject, notes: Answer['notes']): Answer {
  return {
    blocks: [linesBlock([`no events, so nothing of ${subject.name}`])],
    table: { columns: [], rows: [], seriesMax: null, footer: [] },
    document: { query: { subject: subject.name }, window: null, rows: [], total: 0 },
    prose: false,
    notes,
    next: emptyNext,
    exitCode: 0,
  };
}

/** What the others did at that time; of a finding what is left to ask. */
function nextCommands(
  invocation: Invocation,
  { asked, subject, query, rule }: TrailQuestion,
  { first, last }: Trail,
): readonly string[] {
  if (first === null || last === null) return [];
  const { host, version, customer } = asked.roles;
  const ask = (...words: readonly string[]) => [
    ['coldcase', ...words, ...sourceWords(invocation)].join(' '),
  ];
  const isVersioned = host !== undefined && version !== undefined;
  if (typeof query.selection === 'string') {
    const id = query.selection;
    if (isVersioned) return ask('versions', '--window', id);
    return customer === undefined ? [] : ask('affected', id, '--format', 'csv');
  }
  const { start, end } = windowFields({ start: first, end: last + 1 });
  const window = ['--window', `${start}..${end}`];
  if (subject.role === 'host' || subject.role === 'version') {
    return isVersioned ? ask('versions', ...window) : [];
  }
  const where = subject.where.flatMap((text) => ['--where', shellWord(text)]);
  const text = rule?.at?.text;
  const bad = text === undefined ? [] : ['--bad', shellWord(text)];
  return customer === undefined || rule === null
    ? []
    : ask('affected', ...where, ...bad, ...window);
}
