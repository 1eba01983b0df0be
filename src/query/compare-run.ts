/** Runs a comparison: each window by the road of any query, then one join. */
import { present } from '../base/assert.js';
import { printStatement } from '../sql/print.js';
import {
  type ComparedCell,
  type ComparedGroup,
  type Comparing,
  comparedCells,
  joinGroups,
  keyName,
} from './compare.js';
import { type BucketGrid, bucketGrid, countKept, runCells } from './compare-buckets.js';
import { comparisonNotes } from './compare-notes.js';
import { defaultOrders, orderGroups, passes } from './compare-order.js';
import {
  baselinesOf,
  type CompareQuestion,
  type CompareRun,
  conditionsOf,
  hull,
  ordersOf,
  shownCount,
  windowSpec,
} from './compare-question.js';
import type { AnsweredWindow, Comparison } from './compare-result.js';
import { runPlan, runRest } from './execute.js';
import type { Plan } from './plan.js';
import type { Cell, QuerySource } from './ports.js';
import { resolve } from './resolve.js';
import { rollUp } from './rolled.js';
import { runEmpty } from './run-buckets.js';
import { visible } from './series.js';

/** **Faults** as `runQuery`; those of names before anything is read. */
export async function runComparison(run: CompareRun): Promise<Comparison> {
  const { question } = run;
  const { spec } = question;
  const windows = await answerWindows(run);
  const comparing = comparingOf(question, windows, await emptyOf(run, windows));
  const { all, ordered, shown } = chosenGroups(question, comparing);
  const count = shownCount(spec);
  const summary = (rows: readonly (readonly Cell[] | null)[]): readonly ComparedCell[] =>
    comparedCells(comparing, rows).slice(0, count);
  const grid = await gridOf(run, { comparing, windows, shown });
  const isCut = spec.other && ordered.length > shown.length;
  const rest = isCut ? await restOf(run, windows, { all, ordered }) : null;
  const current = present(windows[0], 'the window now');
  const totals = windows.map(({ result }) => result.total?.slice(comparing.keyCount) ?? null);
  const columns = comparing.calculations.slice(0, count).map(({ column }) => column);
  const trimmed = shown.map((group) => ({ ...group, cells: group.cells.slice(0, count) }));
  return Object.freeze({
    kind: 'comparison',
    keys: current.result.columns.slice(0, comparing.keyCount),
    calculations: columns,
    window: current,
    baselines: baselinesOf(question, windows),
    hasTime: grid?.rows !== undefined,
    rows: grid?.rows ?? trimmed.map((group) => ({ ...group, time: null })),
    series: grid?.series ?? null,
    other: rest && summary(rest),
    total: spec.total ? summary(totals) : null,
    groupCount: ordered.length,
    shownCount: shown.length,
    newCount: ordered.filter(({ state }) => state === 'new').length,
    vanishedCount: ordered.filter(({ state }) => state === 'vanished').length,
    provenance: current.result.provenance,
    notes: comparisonNotes(windows, {
      zone: question.zone,
      grown: comparing.calculations.slice(0, count).filter(({ grows }) => grows),
      groups: { shown: shown.length, all: ordered.length },
    }),
  });
}

/** The window now, then all windows of all baselines, in their order. */
async function answerWindows(run: CompareRun): Promise<readonly AnsweredWindow[]> {
  const { question, source, engine, signal } = run;
  const asked: readonly Pick<AnsweredWindow, 'name' | 'range' | 'shift'>[] = [
    { name: null, range: question.window, shift: null },
    ...question.baselines.flatMap(({ name, windows }) =>
      windows.map((window, index) => ({
        ...window,
        name: windows.length > 1 ? `${name} (${index + 1})` : name,
      })),
    ),
  ];
  const plans = windowPlans(question, source);
  const answered: AnsweredWindow[] = [];
  for (const [index, window] of asked.entries()) {
    const plan = present(plans[index], 'the plan of a window');
    const result = await runPlan(plan, engine, { signal });
    const counted = await countKept(run, window);
    const isKept = counted.counts.some((count) => count !== null);
    const { matched } = result.provenance.rows;
    answered.push({ ...window, plan, result, counted, isKept, matched });
  }
  return answered;
}

/** The plans of the window now and of all windows of all baselines. **Faults** as `resolve`. */
export function windowPlans(question: CompareQuestion, source: QuerySource): readonly Plan[] {
  const { window, baselines } = question;
  const others = baselines.flatMap(({ windows }) => windows.map(({ range }) => range));
  return [window, ...others].map(
    (range) => rollUp(resolve(windowSpec(question, range), source, hull(question)), source).plan,
  );
}

/** What the calculations are where there is no event. */
function emptyOf(
  { engine, signal }: CompareRun,
  windows: readonly AnsweredWindow[],
): Promise<readonly Cell[]> {
  const { plan } = present(windows[0], 'the window now');
  return runEmpty(plan, (query) => engine.execute(printStatement(query), signal));
}

function comparingOf(
  question: CompareQuestion,
  windows: readonly AnsweredWindow[],
  empty: readonly Cell[],
): Comparing {
  const { plan, result } = present(windows[0], 'the window now');
  const keyCount = plan.keys.length;
  const calculations = visible(plan).map(({ op }, index) => ({
    column: present(result.columns[keyCount + index], 'the column of a calculation'),
    empty: empty[index] ?? null,
    grows: op === 'count' || op === 'sum',
  }));
  const values = windows.map((window) => ({ ...window, rows: [...window.result.rows] }));
  return {
    keyCount,
    calculations,
    current: present(values[0], 'the window now'),
    baselines: baselinesOf(question, values),
  };
}

interface Chosen {
  readonly all: readonly ComparedGroup[];
  readonly ordered: readonly ComparedGroup[];
  readonly shown: readonly ComparedGroup[];
}

function chosenGroups(question: CompareQuestion, comparing: Comparing): Chosen {
  const all = joinGroups(comparing);
  const having = conditionsOf(question, comparing.calculations);
  const orders = ordersOf(question, comparing.calculations);
  const passed = all.filter((group) => passes(group, having));
  const ordered = orderGroups(passed, orders.length > 0 ? orders : defaultOrders);
  return { all, ordered, shown: ordered.slice(0, question.spec.limit) };
}

/** The groups behind the limit as one, for each window: everything but all other groups. */
async function restOf(
  { question, engine, signal }: CompareRun,
  windows: readonly AnsweredWindow[],
  { all, ordered }: Pick<Chosen, 'all' | 'ordered'>,
): Promise<readonly (readonly Cell[])[]> {
  const rest = new Set(ordered.slice(question.spec.limit).map(({ keys }) => keyName(keys)));
  const others = all.map(({ keys }) => keys).filter((keys) => !rest.has(keyName(keys)));
  const rows: (readonly Cell[])[] = [];
  for (const { plan } of windows) {
    rows.push((await runRest(plan, others, engine, { signal })).slice(plan.keys.length));
  }
  return rows;
}

async function gridOf(
  run: CompareRun,
  found: {
    readonly comparing: Comparing;
    readonly windows: readonly AnsweredWindow[];
    readonly shown: readonly ComparedGroup[];
  },
): Promise<BucketGrid | null> {
  if (run.question.spec.every === null) return null;
  const cells: Awaited<ReturnType<typeof runCells>>[] = [];
  for (const window of found.windows) cells.push(await runCells(run, window));
  return bucketGrid(run.question, { ...found, cells });
}
