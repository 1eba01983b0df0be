/** A comparison run and told: one window against others, for people and for machines. */
import type { ComparedCell } from '../query/compare.js';
import type { BaselineWindows, CompareQuestion } from '../query/compare-question.js';
import type { AskedWindow, ComparedRow, Comparison } from '../query/compare-result.js';
import { runComparison, windowPlans } from '../query/compare-run.js';
import { parseCompareTerms } from '../query/compare-text.js';
import { explainPlan, explainSpec, explainSql } from '../query/explain.js';
import type { Note } from '../query/result.js';
import { pathsRead } from '../query/rolled.js';
import type { SpecTexts } from '../query/spec-text.js';
import { exactInstant } from '../render/cell.js';
import type { ChartKind } from '../render/chart-kind.js';
import { comparisonChart } from '../render/comparison-chart.js';
import {
  type ComparedColumn,
  comparedColumns,
  comparisonTable,
  type WindowTitles,
} from '../render/comparison-table.js';
import { type JsonValue, jsonRow } from '../render/json.js';
import type { Table } from '../render/table.js';
import { formatMoment } from '../time/format.js';
import type { TimeRange } from '../time/range.js';
import { type Answer, explanation } from './answer.js';
import type { Invocation } from './command.js';
import { openEngine } from './lazy-engine.js';
import { optionFault } from './option-values.js';
import { sourceFields, windowFields } from './query-document.js';
import { questionSource } from './question-plan.js';
import type { Source } from './source.js';

type Fields = Readonly<Record<string, JsonValue>>;

export interface AskedComparison {
  readonly texts: SpecTexts;
  readonly window: TimeRange;
  readonly baselines: readonly BaselineWindows[];
  /** As typed, for the document. */
  readonly compared: readonly string[];
  readonly titles: WindowTitles | null;
  readonly notes: readonly Note[];
  readonly explain: 'spec' | 'plan' | 'sql' | null;
  /** The kind of chart above the table; undefined for none. */
  readonly chart: ChartKind | null | undefined;
}

/** **Faults** those of a query, and CC1320. */
export async function comparisonAnswer(
  invocation: Invocation,
  source: Source,
  asked: AskedComparison,
): Promise<Answer> {
  const { settings, signal } = invocation;
  const { window, baselines, texts } = asked;
  const { zone } = settings;
  if (asked.chart === 'stacked') {
    const hint = 'the height of a stack is a sum; windows are drawn beside each other';
    throw optionFault('chart', 'stacked', { expected: 'line with --compare', hint });
  }
  const terms = parseCompareTerms(
    { ...texts, window },
    baselines.map(({ name }) => name),
  );
  const question: CompareQuestion = { ...terms, window, baselines, zone };
  const from = await questionSource(invocation, source);
  if (asked.explain === 'spec') return explanation(explainSpec(terms.spec));
  const plans = windowPlans(question, from);
  if (asked.explain === 'plan') return explanation(plans.map(explainPlan).join('\n\n'));
  if (asked.explain === 'sql') return explanation(plans.map(explainSql).join('\n\n'));
  const engine = await openEngine(settings, plans.flatMap(pathsRead));
  try {
    const comparison = await runComparison({ source: from, question, engine, signal });
    return answerOf(comparison, asked, zone);
  } finally {
    await engine.close();
  }
}

function answerOf(comparison: Comparison, asked: AskedComparison, zone: string): Answer {
  const { titles } = asked;
  const instant = (micros: number): string => formatMoment(micros, zone);
  const table = comparisonTable(comparison, {
    titles,
    instant,
    zone,
    sparkline: asked.chart === undefined,
    isBrief: true,
  });
  const machine = machineTable(comparison);
  const notes = [...asked.notes, ...comparison.notes];
  return {
    blocks: [{ kind: 'table', table }],
    table: { ...machine, footer: table.footer },
    document: comparisonDocument(comparison, machine, asked),
    chart: () => comparisonChart(comparison),
    ...(asked.chart === undefined ? {} : { drawing: { kind: asked.chart, markers: [] } }),
    prose: asked.chart !== undefined,
    notes,
    next: [],
    exitCode: 0,
  };
}

function machineTable(comparison: Comparison): Table {
  return comparisonTable(comparison, {
    titles: null,
    instant: exactInstant,
    zone: 'UTC',
    sparkline: false,
    isBrief: false,
  });
}

/**
 * **Shape** `query, window, rows, total, columns, baselines, new, vanished, totals, other, series,
 * bad, source`. `total` is the number of groups before the limit.
 */
function comparisonDocument(
  comparison: Comparison,
  machine: Table,
  { texts, compared }: AskedComparison,
): Fields {
  const columns = comparedColumns(comparison, null);
  const summary = (cells: readonly ComparedCell[] | null): JsonValue => {
    if (cells === null) return null;
    const row: ComparedRow = { time: null, keys: [], state: null, cells };
    return jsonRow(
      machine,
      columns.map(({ cellOf }) => cellOf(row)),
    );
  };
  return {
    query: {
      by: comparison.keys.map(({ name }) => name),
      calc: comparison.calculations.map(({ name }) => name),
      fields: texts.fields,
      formulas: texts.formulas,
      where: texts.where,
      bad: texts.bad,
      having: texts.having,
      order: texts.order,
      limit: texts.limit,
      compare: compared,
    },
    window: windowFields(comparison.window.range),
    rows: machine.rows.map((row) => jsonRow(machine, row)),
    total: comparison.groupCount,
    columns: columns.map(columnFields),
    baselines: comparison.baselines.map(({ name, isBand, windows }) => ({
      name,
      band: isBand,
      windows: windows.map(askedFields),
    })),
    new: comparison.newCount,
    vanished: comparison.vanishedCount,
    totals: summary(comparison.total),
    other: summary(comparison.other),
    series: seriesFields(comparison),
    bad: comparison.provenance.bad,
    source: sourceFields(comparison),
  };
}

function askedFields({ range, isKept, matched }: AskedWindow): Fields {
  return { ...windowFields(range), kept: isKept, matched };
}

function columnFields({ kind, table, of, baseline }: ComparedColumn): Fields {
  const isFactor = kind === 'ratio' || kind === 'state';
  return {
    key: table.key,
    kind,
    of: kind === 'time' || kind === 'breakdown' ? null : (of?.name ?? null),
    baseline,
    type: kind === 'ratio' ? 'number' : (of?.type ?? 'string'),
    unit: isFactor ? null : (of?.unit ?? null),
    exact: of?.exact ?? true,
  };
}

function seriesFields({ series, baselines }: Comparison): JsonValue {
  if (series === null) return null;
  const { calculation, range, stepMicros, values } = series;
  return {
    calculation,
    ...windowFields(range),
    step_us: stepMicros,
    values: values.map(([now = []]) => now),
    baselines: baselines.map(({ name }, index) => ({
      name,
      values: values.map((lists) => lists[index + 1] ?? []),
    })),
  };
}
