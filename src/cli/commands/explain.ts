/** `coldcase explain`: what marks the bad events of a window, over every column. */
import { Fault } from '../../base/fault.js';
import { parseExpression } from '../../expression/parse.js';
import type { Expression } from '../../expression/tree.js';
import { type Contrast, contrast } from '../../forensics/contrast.js';
import { filterOfItems } from '../../forensics/contrast-item.js';
import { type ExplainedCause, explainedCauses, onsetOf } from '../../forensics/contrast-report.js';
import type { Engine, QuerySource } from '../../query/ports.js';
import { type Measure, rollupSpec, runRollup } from '../../query/rollup.js';
import { type Filter, filter } from '../../query/spec.js';
import { exactInstant } from '../../render/cell.js';
import { printStatement } from '../../sql/print.js';
import { bucketsOf, chooseStep } from '../../time/granularity.js';
import { microsPerHour } from '../../time/instant.js';
import type { TimeRange } from '../../time/range.js';
import { resolveWindow } from '../../time/window.js';
import type { Answer } from '../answer.js';
import type { CommandModule, Invocation } from '../command.js';
import { emptyNext, isEmptySource } from '../empty-answer.js';
import { explainAnswer } from '../explain-view.js';
import { fileOptionSpecs } from '../file-options.js';
import { openEngine } from '../lazy-engine.js';
import { missingAnswer } from '../missing-answer.js';
import { sourceWords } from '../next-words.js';
import { listOption, textOption, wholeNumber } from '../option-values.js';
import { querySourceOf } from '../query-source.js';
import { givenFinding, type ScanSelection, selectionOf } from '../scan-selection.js';
import { openSource, type Source } from '../source.js';
import { findingWindow, windowOptionSpecs } from '../window-options.js';

export const explainCommand: CommandModule = {
  name: 'explain',
  words: '[files...]',
  summary: 'what marks the bad events: every column, all rows, no window to draw',
  examples: [
    ['coldcase explain scan:1', 'the first finding of the last scan'],
    ['coldcase explain --window 2020-04-16T14:12..15:45', ''],
    ["coldcase explain --at '2020-04-16 14:12' --bad 'status in (401, 5xx)'", ''],
    ["coldcase explain --last 2h --bad 'duration > 2s'", 'any expression may be bad'],
    ['coldcase explain --window today --against yesterday', 'two windows, all events'],
  ],
  options: [
    ...windowOptionSpecs,
    { flags: '--bad <expr>', help: 'the events asked about (what the store says)' },
    { flags: '--where <expr>', help: 'only among these events', repeatable: true },
    { flags: '--baseline <a..b>', help: 'the past compared with (ten windows before)' },
    { flags: '--against <a..b>', help: 'all events of the window against all of this one' },
    { flags: '--limit <n>', help: 'most causes in JSON and tables for machines (20)' },
    ...fileOptionSpecs,
  ],
  run: explain,
};

/** Without a window: what happened last. */
const ownWindow = 24 * microsPerHour;
/** The past is so many times as long as the window. **Source** the detectors' design: ten. */
const pastFactor = 10;
const shownCauses = 5;
const defaultLimit = 20;
const none = { causes: [], rows: [], total: 0 } as const;

async function explain(given: Invocation): Promise<Answer> {
  const { id, files: words } = selectionOf(given.words, 'explain');
  const invocation: Invocation = { ...given, words };
  const { values, settings, signal, progress } = invocation;
  const limit = textOption(values, 'limit');
  const most = limit === undefined ? defaultLimit : wholeNumber(limit, 'limit', 1);
  const where = listOption(values, 'where').map((text) => filterOf('--where', text));
  const source = await openSource(invocation);
  if (isEmptySource(source)) return emptyAnswer(source);
  const selection = await givenFinding(source.dataset, id);
  const asked = querySourceOf(source.dataset, source.name);
  const { roles } = asked;
  const unseen = missingAnswer(invocation, selection, { span: source.span, roles, document: none });
  if (unseen !== null) return unseen;
  const question = await questionOf(invocation, source, selection);
  const files = asked.files.map(({ path }) => path);
  const engine = await openEngine(settings, files);
  try {
    progress.say('comparing every column');
    const request = { ...question, where };
    const found = await contrast(asked, request, (query) =>
      engine.execute(printStatement(query), signal),
    );
    const causes = explainedCauses(found, shownCauses);
    const onsets = await onsetsOf({ asked, engine, signal, found, causes, question, where });
    const findings = { source, question, where, found, causes, onsets, most };
    const answer = explainAnswer(invocation, findings);
    if (id === null) return answer;
    const who = selection?.who ?? null;
    const isPeople = roles.customer !== undefined;
    const command = isPeople ? 'affected' : who === null ? null : 'trail';
    const place = sourceWords(invocation);
    const next = command === null ? [] : [['coldcase', command, id, ...place].join(' ')];
    return { ...answer, next };
  } finally {
    await engine.close();
  }
}

/** What is compared with what. */
export interface ExplainQuestion {
  readonly window: TimeRange;
  readonly baseline: TimeRange;
  readonly selected: Filter;
  /** The rule as typed; null when two windows are compared. */
  readonly rule: string | null;
  /** The window asked about, which of two compared ones is only a part. */
  readonly asked: TimeRange;
  readonly notes: Answer['notes'];
}

async function questionOf(
  invocation: Invocation,
  source: Source,
  selection: ScanSelection | null,
): Promise<ExplainQuestion> {
  const { values } = invocation;
  const spans = { span: source.span, ownMicros: ownWindow };
  const { range, now, notes } = await findingWindow(invocation, selection, spans);
  const window = range ?? source.span ?? { start: 0, end: 0 };
  const against = textOption(values, 'against');
  const baseline = textOption(values, 'baseline');
  if (against !== undefined) {
    if (baseline !== undefined) {
      throw new Fault('CC1106', { options: '--against and --baseline' });
    }
    const other = await windowOf(invocation, against, now);
    if (other.start < window.end && other.end > window.start) {
      const problem = 'the two windows overlap';
      throw new Fault('CC1003', { name: '--against', problem, command: 'explain' });
    }
    const start = Math.min(window.start, other.start);
    const whole = { start, end: Math.max(window.end, other.end) };
    const selected = filter(within(window));
    const after = { start: whole.end, end: whole.end };
    return { window: whole, baseline: after, selected, rule: null, asked: window, notes };
  }
  const found = selection?.signal ?? selection?.rule ?? source.bad;
  const rule = textOption(values, 'bad') ?? found;
  const past =
    baseline === undefined
      ? before(window, source.span)
      : await windowOf(invocation, baseline, now);
  if (past.end > past.start && past.start < window.end && past.end > window.start) {
    const problem = 'it overlaps with the window';
    throw new Fault('CC1003', { name: '--baseline', problem, command: 'explain' });
  }
  const selected = filterOf('--bad', rule);
  return { window, baseline: past, selected, rule, asked: window, notes };
}

/** Ten windows before, as far as events are kept. */
function before({ start, end }: TimeRange, span: TimeRange | null): TimeRange {
  const first = Math.max(start - pastFactor * (end - start), span?.start ?? start);
  return { start: Math.min(first, start), end: start };
}

async function windowOf({ settings }: Invocation, text: string, now: number): Promise<TimeRange> {
  const options = { since: null, until: null, last: null, window: text, at: null, around: null };
  const fallback = { start: 0, end: 0 };
  return await resolveWindow(options, { now, zone: settings.zone, fallback });
}

function filterOf(option: string, text: string): Filter {
  return { expression: parseExpression(text, option), at: { text, option } };
}

const span = { start: 0, end: 0 };

/** Events of a window, as a filter. */
function within({ start, end }: TimeRange): Expression {
  const left = { kind: 'reference', name: 'time', exact: false, span } as const;
  const bound = (op: '>=' | '<', micros: number): Expression => {
    const right = { kind: 'string', value: exactInstant(micros), span } as const;
    return { kind: 'compare', op, left, right, span };
  };
  return { kind: 'and', operands: [bound('>=', start), bound('<', end)], span };
}

/** When each cause set in; null where its bad events were there all along. */
async function onsetsOf({
  asked,
  engine,
  signal,
  found,
  causes,
  question,
  where,
}: {
  readonly asked: QuerySource;
  readonly engine: Engine;
  readonly signal: AbortSignal;
  readonly found: Contrast;
  readonly causes: readonly ExplainedCause[];
  readonly question: ExplainQuestion;
  readonly where: readonly Filter[];
}): Promise<readonly (number | null)[]> {
  if (question.rule === null) return causes.map(() => null);
  const { window } = question;
  const stepMicros = chooseStep(window);
  const measures = causes.map(({ cause }): Measure => {
    return { kind: 'events', where: filter(filterOfItems(cause.items, found.columns)) };
  });
  const spec = rollupSpec(window, { stepMicros, measures, where: [...where, question.selected] });
  const rows = measures.length === 0 ? [] : await runRollup(asked, spec, { engine, signal });
  const counted = new Map(rows.map(([start = null, ...counts]) => [Number(start), counts]));
  const { runs, count } = bucketsOf(window, stepMicros, 'UTC');
  const starts = Array.from({ length: count }, (_, index) => {
    return (runs[0]?.start ?? window.start) + index * stepMicros;
  });
  return causes.map(({ cause }, index) => {
    const steps = starts.map((start) => {
      return { start, selected: Number(counted.get(start)?.[index] ?? 0) };
    });
    const onset = onsetOf(steps, cause.expected / Math.max(1, steps.length));
    return onset === null ? null : Math.max(onset, window.start);
  });
}

function emptyAnswer(source: Source): Answer {
  return {
    blocks: [],
    table: { columns: [], rows: [], seriesMax: null, footer: [] },
    document: none,
    prose: true,
    notes: [...source.notes, { level: 'warning', code: 'no_data', text: 'the dataset is empty' }],
    next: [...emptyNext],
    exitCode: 0,
  };
}
