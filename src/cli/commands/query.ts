/** `coldcase query`: break events of a store or of files down by anything. */

import { type Fault, faultsOf, throwAll } from '../../base/fault.js';
import type { Marker } from '../../event/marker.js';
import { printExpression } from '../../expression/print.js';
import type { BaselineSpec } from '../../query/compare-text.js';
import { runPlan } from '../../query/execute.js';
import { textOfNamed } from '../../query/formula-text.js';
import type { Result } from '../../query/result.js';
import { pathsRead, rollUp } from '../../query/rolled.js';
import { type Every, type Filter, maxLimit, type QuerySpec } from '../../query/spec.js';
import { noTexts, parseSpec, type SpecTexts } from '../../query/spec-text.js';
import { chartOf } from '../../render/chart.js';
import type { ChartKind } from '../../render/chart-kind.js';
import { resultTable } from '../../render/result-table.js';
import { parseDuration } from '../../time/duration.js';
import { formatMoment } from '../../time/format.js';
import { chooseStep, resolveStep } from '../../time/granularity.js';
import { microsPerDay } from '../../time/instant.js';
import type { TimeRange } from '../../time/range.js';
import { type Answer, explanation } from '../answer.js';
import { type Asking, isPasted, savedNameOf, typedAsking } from '../asking.js';
import { chartOptionOf, refuseStack } from '../chart-option.js';
import type { CommandModule, Invocation, OptionSpec } from '../command.js';
import { metIn } from '../completion/met.js';
import { emptyNext, emptyResult } from '../empty-answer.js';
import { fileOptionSpecs } from '../file-options.js';
import { chooseFormat } from '../format.js';
import { measured, type StatementCost, startLaps } from '../laps.js';
import { openEngine } from '../lazy-engine.js';
import {
  flagOption,
  listOption,
  oneOf,
  optionFault,
  textOption,
  wholeNumber,
} from '../option-values.js';
import { machineTable, queryDocument } from '../query-document.js';
import { planOf, questionSource } from '../question-plan.js';
import { openSource, type Source } from '../source.js';
import { chooseWindow, windowOptionSpecs } from '../window-options.js';

/** What may be asked of the events of any window. */
export const questionOptions: readonly OptionSpec[] = [
  {
    flags: '--by <names>',
    help: 'roles or columns: host,status:class,route:2',
    repeatable: true,
  },
  {
    flags: '--calc <list>',
    help: "count, 'p95(duration)', 'count where status = 401 as refused' …",
    repeatable: true,
  },
  { flags: '--field <name=f>', help: 'a calculated field; see help fields', repeatable: true },
  {
    flags: '--formula <name=f>',
    help: 'over calculations: ok = 1 - $failed / $all',
    repeatable: true,
  },
  { flags: '--where <expr>', help: 'only these events; see help filters', repeatable: true },
  { flags: '--bad <expr>', help: 'what counts as failing, for error_rate' },
  { flags: '--every <step>', help: 'one row a bucket: 5m, 1h, auto' },
  { flags: '--having <cond>', help: "only groups with 'count > 100'", repeatable: true },
  { flags: '--order <names>', help: 'by what is shown; -count is downwards', repeatable: true },
  { flags: '--limit <n>', help: 'most groups (100 in a table, else all)' },
  { flags: '--other', help: 'the groups behind the limit as one row' },
  { flags: '--total', help: 'everything as one row' },
  { flags: '--usage', help: 'count rows as stored; sample rates are ignored' },
  { flags: '--sparkline', help: 'a sparkline a row (on a terminal)' },
  { flags: '--chart [kind]', help: 'draw it: line, stacked, bar, heatmap, histogram' },
];

export const queryCommand: CommandModule = {
  name: 'query',
  words: '[files...]',
  summary: 'break events down by anything',
  examples: [
    ['coldcase query --by host,version,status', ''],
    ["coldcase query --by route --calc count,'p95(duration)' --last 2h", ''],
    ['coldcase query @hosts-failing --last 7d', 'a saved one; see queries'],
    ['coldcase query --by status --last 1d --compare 1w', 'against a week before'],
    ['coldcase query access.log --by status', 'files, no store'],
  ],
  options: [
    ...questionOptions,
    ...windowOptionSpecs,
    {
      flags: '--compare <back>',
      help: 'against 1d, 1w before, or 1w*4: four weeks',
      repeatable: true,
    },
    { flags: '--no-sparkline', help: 'no sparklines', hidden: true },
    {
      flags: '-p, --param <n=value>',
      help: 'of a saved query: host=api-37',
      repeatable: true,
    },
    { flags: '--honeycomb <query>', help: 'a query, board or link of theirs; see help compat' },
    { flags: '--no-rollups', help: 'read rows, as if nothing lay beside the data files' },
    { flags: '--explain <form>', help: 'spec, plan, sql, clickhouse, or cost: what it took' },
    ...fileOptionSpecs,
  ],
  run: async (invocation) => {
    const [word = ''] = invocation.words;
    if (textOption(invocation.values, 'honeycomb') !== undefined || isPasted(word)) {
      const { runHoneycomb } = await import('../honeycomb-run.js');
      return runHoneycomb(invocation, { options: queryCommand.options, run: query });
    }
    if (savedNameOf(invocation.words) === null) return query(invocation, typedAsking);
    const { runSaved } = await import('../saved-run.js');
    return runSaved(invocation, queryCommand.options, query);
  },
};

const explainForms = ['spec', 'plan', 'sql', 'clickhouse', 'cost'] as const;
/** A screen or two; whoever wants more says so. Chosen by us. */
const tableLimit = 100;

async function query(invocation: Invocation, asking: Asking): Promise<Answer> {
  const { values, settings, signal } = invocation;
  const form = textOption(values, 'explain');
  const explain = form === undefined ? null : oneOf(form, 'explain', explainForms);
  const compared = listOption(values, 'compare');
  const texts = textsOf(invocation, compared.length === 0);
  await refuseQuestion(invocation, asking);
  const laps = startLaps();
  laps.mark('start of the program');
  const source = await openSource(invocation);
  laps.mark('open store');
  const baselines = await baselinesOf(compared);
  const window = await chooseWindow(invocation, source.span, ownMicros(baselines));
  const { range } = window;
  const bad = texts.bad ?? (usesBad(texts) ? source.bad : null);
  checkEvery(invocation, range ?? source.span);
  const every = drawnEvery(texts.every, range ?? source.span, invocation);
  const parameters = await asking.bind({ now: window.now, zone: settings.zone });
  const before = [...source.notes, ...asking.notes, ...window.notes];
  if (range !== null && baselines.length > 0) {
    if (explain === 'cost' || explain === 'clickhouse') throw notOfComparison(explain);
    const { comparisonAnswer } = await import('../comparison-answer.js');
    const { windowsOf } = await import('../../query/compare-question.js');
    return comparisonAnswer(invocation, source, {
      texts: { ...texts, bad, every, parameters },
      window: range,
      baselines: baselines.map((one) => windowsOf(one, range, settings.zone)),
      compared,
      titles: null,
      notes: before,
      explain,
      chart: chartOptionOf(values),
    });
  }
  const spec = parseSpec({ ...texts, bad, every, window: range, parameters });
  if (explain === 'spec') return explanation((await explaining()).explainSpec(spec));
  const chart = chartOptionOf(values);
  const markers = chart === undefined ? [] : await markersOf(invocation, source);
  const asked = { texts, spec, zone: settings.zone, chart, markers };
  const from = await questionSource(invocation, source);
  const rows = planOf(spec, from, source);
  if (rows === null) {
    const result = emptyResult(spec, source);
    const answer = answerOf({ ...result, notes: [...before, ...result.notes] }, asked);
    return { ...answer, next: emptyNext };
  }
  if (explain === 'clickhouse') {
    return (await import('../clickhouse-answer.js')).clickHouseAnswer(invocation, source, rows);
  }
  const { plan, use } = rollUp(rows, from);
  if (explain === 'plan') return explanation((await explaining()).explainPlan(plan));
  if (explain === 'sql') return explanation((await explaining()).explainSql(plan));
  refuseStack(chart, plan);
  laps.mark('plan');
  const engine = await openEngine(settings, pathsRead(plan));
  laps.mark('start engine');
  const statements: StatementCost[] = [];
  try {
    const result = await runPlan(plan, measured(engine, statements), { signal });
    laps.mark('execute');
    const answer = answerOf({ ...result, notes: [...before, ...result.notes] }, asked);
    laps.mark('render');
    if (explain === 'cost') {
      const { costAnswer } = await import('../query-cost.js');
      return costAnswer({ plan, use, result, laps: laps.done(), statements });
    }
    const met = invocation.words.length === 0 ? metIn(source.dataset, spec, result) : null;
    if (formatOf(invocation) !== 'honeycomb') return { ...answer, met };
    const { honeycombDocument } = await import('../honeycomb-document.js');
    const every = spec.every && { ...spec.every, shape: 'rows' as const };
    const timed = every && planOf({ ...spec, every }, from, source);
    const series = timed && (await runPlan(timed, engine, { signal }));
    const given = { series, pasted: asking.pasted ?? null };
    return { ...answer, met, honeycomb: honeycombDocument(spec, result, given) };
  } finally {
    await engine.close();
  }
}

/** Seldom asked for, so loaded when they are. */
const comparing = () => import('../../query/compare-text.js');
const explaining = () => import('../../query/explain.js');

/** **Faults** CC1003. */
async function baselinesOf(texts: readonly string[]): Promise<readonly BaselineSpec[]> {
  return texts.length === 0 ? [] : (await comparing()).parseBaselines(texts);
}

/** **Faults** CC1003. */
function notOfComparison(form: 'cost' | 'clickhouse'): Fault {
  const hint = 'ask for each window by itself';
  return optionFault('explain', form, { expected: 'spec, plan or sql with --compare', hint });
}

/** Without a window, as much as the first baseline lies back: today against yesterday. */
function ownMicros([first]: readonly BaselineSpec[]): number | null {
  const shift = first?.shifts[0];
  return shift === undefined ? null : shift.days * microsPerDay + shift.micros;
}

/** **Faults** CC1003. */
function refuseStrayParameters({ values }: Invocation): void {
  const [text] = listOption(values, 'param');
  if (text === undefined) return;
  const hint = 'write coldcase query @NAME -p …; coldcase queries lists the names';
  throw optionFault('param', text, { expected: 'a saved query to give it to', hint });
}

/** Finds every fault that needs no store before one is opened. */
export async function refuseQuestion(invocation: Invocation, asking: Asking): Promise<void> {
  refuseStrayParameters(invocation);
  const faults: Fault[] = [];
  const keep = (error: unknown): void => {
    const found = faultsOf(error);
    if (found.length === 0) throw error;
    faults.push(...found);
  };
  try {
    const { clock, settings } = invocation;
    const parameters = await asking.bind({ now: clock.now(), zone: settings.zone });
    const baselines = await baselinesOf(listOption(invocation.values, 'compare'));
    const names = baselines.map(({ name }) => name);
    const texts = { ...textsOf(invocation, names.length === 0), parameters };
    if (names.length > 0) (await comparing()).parseCompareTerms(texts, names);
    else parseSpec(texts);
  } catch (error) {
    keep(error);
  }
  await chooseWindow(invocation, null, null).catch(keep);
  throwAll(faults);
}

/** The question as typed; `isDrawn`: a terminal gets sparklines unasked. */
export function textsOf(invocation: Invocation, isDrawn: boolean): SpecTexts {
  const { values } = invocation;
  const limit = textOption(values, 'limit');
  return {
    ...noTexts,
    fields: listOption(values, 'field'),
    by: listOption(values, 'by'),
    calc: drawnCalculations(values),
    formulas: listOption(values, 'formula'),
    where: listOption(values, 'where'),
    bad: textOption(values, 'bad') ?? null,
    having: listOption(values, 'having'),
    order: listOption(values, 'order'),
    every: everyOf(invocation, isDrawn),
    limit: limit === undefined ? defaultLimit(invocation) : wholeNumber(limit, 'limit', 1),
    other: flagOption(values, 'other') ?? false,
    total: flagOption(values, 'total') ?? false,
    usage: flagOption(values, 'usage') ?? false,
  };
}

function defaultLimit(invocation: Invocation): number {
  return formatOf(invocation) === 'table' ? tableLimit : maxLimit;
}

/** The format the answer will be written in. */
export function formatOf({
  values,
  settings,
  terminal,
}: Invocation): ReturnType<typeof chooseFormat> {
  const { format, output } = settings;
  const prose = chartOptionOf(values) !== undefined;
  return chooseFormat({ format, file: output, prose, stdoutTty: terminal.stdoutTty });
}

/** Undefined: whether the answer is over time is not said by its chart. */
function isOverTime(kind: ChartKind | null | undefined): boolean | undefined {
  if (kind === undefined) return undefined;
  return kind !== 'bar' && kind !== 'histogram';
}

/** A heatmap or histogram without a column named is that of the duration. */
function drawnCalculations(values: Invocation['values']): readonly string[] {
  const calc = listOption(values, 'calc');
  const kind = chartOptionOf(values);
  const isHeat = kind === 'heatmap' || kind === 'histogram';
  return isHeat && !calc.some((text) => /heatmap/i.test(text))
    ? [...calc, ...(calc.length === 0 ? ['count'] : []), 'heatmap(duration)']
    : calc;
}

/** `--every` alone gives rows; with a sparkline it is the sparkline's step. */
function everyOf(invocation: Invocation, isDrawn: boolean): Every | null {
  const { values, terminal, settings } = invocation;
  const { zone } = settings;
  const step = textOption(values, 'every');
  const stepMicros = step === undefined || step === 'auto' ? null : parseDuration(step, '--every');
  const asked = flagOption(values, 'sparkline') ?? isOverTime(chartOptionOf(values));
  const isPlain = step === undefined && terminal.stdoutTty && formatOf(invocation) === 'table';
  const isPicture = formatOf(invocation) === 'svg' || formatOf(invocation) === 'png';
  const overTime = step === undefined && isPicture && listOption(values, 'by').length === 0;
  if (asked ?? ((isPlain && isDrawn) || overTime)) return { stepMicros, shape: 'series', zone };
  return step === undefined ? null : { stepMicros, shape: 'rows', zone };
}

/** Here the text typed is at hand, so that a fault can point at it. **Faults** CC1003. */
export function checkEvery({ values }: Invocation, range: TimeRange | null): void {
  const step = textOption(values, 'every');
  if (step !== undefined && range !== null) resolveStep(step, range);
}

/** Marks a line has room for; more buckets would be drawn as fewer. */
const sparklineBuckets = 40;
/** As many as a chart of 80 cells has columns. */
const chartBuckets = 70;

/** For people the step of a sparkline is chosen so that each mark is one bucket. */
export function drawnEvery(
  every: Every | null,
  range: TimeRange | null,
  invocation: Invocation,
): Every | null {
  if (every?.shape !== 'series' || every.stepMicros !== null || range === null) return every;
  if (isOverTime(chartOptionOf(invocation.values)) === true) {
    return { ...every, stepMicros: chooseStep(range, chartBuckets) };
  }
  const format = formatOf(invocation);
  if (format !== 'table' && format !== 'markdown') return every;
  return { ...every, stepMicros: chooseStep(range, sparklineBuckets) };
}

/** Whether the rule of failures is needed. */
export function usesBad({ calc, formulas, having, order }: SpecTexts): boolean {
  return [...calc, ...formulas, ...having, ...order].some((text) => /error_rate/i.test(text));
}

async function markersOf({ words }: Invocation, { dataset }: Source): Promise<readonly Marker[]> {
  if (words.length > 0) return [];
  return (await import('../chart-markers.js')).chartMarkers(dataset.tableDir);
}

interface Asked {
  readonly markers: readonly Marker[];
  readonly chart: ChartKind | null | undefined;
  readonly texts: SpecTexts;
  readonly spec: QuerySpec;
  readonly zone: string;
}

function answerOf(result: Result, { texts, spec, zone, chart, markers }: Asked): Answer {
  const instant = (micros: number): string => formatMoment(micros, zone);
  const shown = { sparkline: chart === undefined, instant, zone };
  const table = resultTable(result, { ...shown, intervals: true });
  const { footer } = resultTable(result, shown);
  const asked = {
    by: spec.breakdowns.map(({ label }) => label),
    calc: spec.calculations.map(({ label }) => label),
    fields: spec.fields.map(textOfNamed),
    formulas: spec.formulas.map(textOfNamed),
    where: spec.where.map(filterText),
    bad: texts.bad === null ? null : spec.bad && filterText(spec.bad),
    having: texts.having,
    order: texts.order,
    limit: spec.limit,
    usage: spec.usage,
  };
  return {
    blocks: [{ kind: 'table', table }],
    table: { ...machineTable(result), footer },
    document: queryDocument(asked, result),
    chart: () => chartOf(result),
    ...(chart === undefined ? {} : { drawing: { kind: chart, markers } }),
    prose: chart !== undefined,
    notes: result.notes,
    next: [],
    exitCode: 0,
  };
}

/** As typed; with the values of parameters where there are some. */
function filterText({ expression, at }: Filter): string {
  return at === null || at.text.includes('$') ? printExpression(expression) : at.text;
}
