/** Runs a plan on an engine and assembles the answer. The only asynchronous step of a query. */
import { assert, present } from '../base/assert.js';
import { faultsOf } from '../base/fault.js';
import type { SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { cellsOf, fromFiles } from './basis.js';
import {
  compileGroups,
  compileOther,
  compileTotal,
  otherGroups,
  shownGroups,
  tallies,
  wholeGroup,
} from './compile.js';
import type { Run } from './formula-cells.js';
import { intervalLevel } from './interval.js';
import { estimated, intervalReader } from './interval-sql.js';
import { engineKey, shownKey } from './key.js';
import { compileMixed, mixedFields, mixedNotes } from './other-types.js';
import { hasTime, type Plan, type PlanBuckets } from './plan.js';
import type { Cell, Engine, EngineRows, QuerySource } from './ports.js';
import { provenanceOf } from './provenance.js';
import { resolve } from './resolve.js';
import type {
  Note,
  Result,
  ResultColumn,
  ResultIntervals,
  ResultOverTime,
  RowIntervals,
} from './result.js';
import { aliases, leavesOut } from './rows-sql.js';
import { type Asked, runBuckets, runCoverage, runHeatmaps } from './run-buckets.js';
import {
  bucketValues,
  type GroupBuckets,
  isSparse,
  longRows,
  shownCell,
  visible,
} from './series.js';
import type { SeriesGroups } from './series-sql.js';
import type { QuerySpec } from './spec.js';
import { compileUnread, textsAsNumbers, unreadNotes } from './unread.js';

export interface RunOptions {
  readonly signal: AbortSignal;
}

/**
 * The answer to a question on one snapshot.
 * **Faults** CC1003, CC1201, CC1202, CC1204 before anything is read; CC5002, CC5003, CC5004.
 */
export async function runQuery(
  source: QuerySource,
  spec: QuerySpec,
  engine: Engine,
  options: RunOptions,
): Promise<Result> {
  return runPlan(resolve(spec, source), engine, options);
}

/** The answers to several questions on the same snapshot, in their order, one after the other. */
export async function runQueries(
  source: QuerySource,
  specs: readonly QuerySpec[],
  engine: Engine,
  options: RunOptions,
): Promise<readonly Result[]> {
  const plans = specs.map((spec) => resolve(spec, source));
  const results: Result[] = [];
  for (const plan of plans) results.push(await runPlan(plan, engine, options));
  return results;
}

/** Where a rollup cannot be read, or went with its file meanwhile, rows are read, and it is said.
 * **Faults** CC5002, CC5003, CC5004. */
export async function runPlan(plan: Plan, engine: Engine, options: RunOptions): Promise<Result> {
  try {
    return await runOnce(plan, engine, options);
  } catch (error) {
    if (plan.rolled === null || !isUnread(error)) throw error;
    const result = await runOnce(plan.rolled.rows, engine, options);
    return { ...result, notes: [...result.notes, rowsInstead] };
  }
}

/** Whether a file could not be read. */
export function isUnread(error: unknown): boolean {
  return faultsOf(error).some(({ code }) => code === 'CC4003' || code === 'CC4006');
}

/** Said where rollups were to be read, and were not. */
export const rowsInstead: Note = {
  level: 'warning',
  code: 'rollup',
  text: 'a rollup could not be read, rows were read instead; coldcase verify names it',
};

async function runOnce(plan: Plan, engine: Engine, { signal }: RunOptions): Promise<Result> {
  const { dialect, executeLong = engine.execute } = engine;
  const run: Run = (query) => engine.execute(printStatement(query, dialect), signal);
  const runLong: Asked['runLong'] = (query) => executeLong(printStatement(query, dialect), signal);
  const { keep = null } = engine;
  const keepTable = keep && ((query: SqlSelect) => keep(query, signal));
  const cells = keepTable && cellsOf(plan);
  const kept = cells && (await keepTable?.(cells.query));
  const basis = cells && kept ? cells.basis(kept.name) : fromFiles(plan);
  try {
    return await answer(plan, { run, runLong, basis, keep: keepTable });
  } finally {
    await kept?.drop();
  }
}

async function answer(plan: Plan, asked: Asked): Promise<Result> {
  const { run, basis } = asked;
  const groups = await run(compileGroups(plan, basis));
  const needsTotal = plan.total || (plan.having.length > 0 && groups.rows.length === 0);
  const total = needsTotal ? await run(compileTotal(plan, basis)) : null;
  const matched = total ? tally(total, aliases.rows) : tally(groups, tallies.matched);
  const groupCount = tally(groups, tallies.groups);
  checkCounts(plan, groups, { groupCount, matched });
  const keys = groups.rows.map((row) => row.slice(0, plan.keys.length));
  const isCut = groupCount > groups.rows.length;
  const other = plan.other && isCut ? await run(compileOther(plan, keys, basis)) : null;
  const wanted = { keys, isCut, other: other !== null, total: plan.total };
  const buckets = plan.buckets && (await runOverTime(plan, plan.buckets, wanted, asked));
  const rows = groups.rows.map((row) => shownRow(plan, row));
  const heatmaps = await runHeatmaps(plan, await heatmapCoverage(plan, buckets, asked), asked);
  const mixed = await runMixed(plan.rolled?.rows ?? plan, run);
  const unread = await runUnread(plan.rolled?.rows ?? plan, run);
  const isLong = hasTime(plan);
  return Object.freeze({
    kind: 'result',
    columns: columnsOf(plan),
    rows: isLong && buckets ? longRows(plan, buckets.shown, rows) : rows,
    series: buckets && !isLong ? bucketValues(buckets.shown, buckets) : null,
    intervals: intervalsIn(plan, { groups, other, total: plan.total ? total : null }),
    heatmaps,
    other: other && summaryRow(plan, present(other.rows[0], 'the row of the others')),
    total: plan.total && total ? summaryRow(plan, present(total.rows[0], 'the total')) : null,
    overTime: isLong && buckets ? overTime(plan, buckets) : null,
    groupCount,
    events: plan.total && total ? eventsIn(plan, total, 0) : allEvents(plan, groups, isCut),
    window: plan.window,
    provenance: provenanceOf(plan, matched),
    notes: [
      ...plan.notes,
      ...mixed,
      ...unread,
      ...notesAfter(plan, { groupCount, shown: rows.length, matched }),
    ],
  });
}

/** All events but those of some groups, as one row. `keys`: of those groups, as shown. */
export async function runRest(
  plan: Plan,
  keys: readonly (readonly Cell[])[],
  engine: Engine,
  { signal }: RunOptions,
): Promise<readonly Cell[]> {
  const own = keys.map((row) => plan.keys.map((key, index) => engineKey(key, row[index] ?? null)));
  const query = compileOther({ ...plan, having: [] }, own);
  const { rows } = await engine.execute(printStatement(query), signal);
  return summaryRow(plan, present(rows[0], 'the row of the others'));
}

interface Answers {
  readonly groups: EngineRows;
  readonly other: EngineRows | null;
  readonly total: EngineRows | null;
}

function intervalsIn(plan: Plan, { groups, other, total }: Answers): ResultIntervals | null {
  const asked = estimated(plan);
  if (asked.length === 0 || hasTime(plan)) return null;
  const read = ({ names, rows }: EngineRows): readonly RowIntervals[] => {
    const values = intervalReader(plan, names);
    const stored = names.indexOf(aliases.rows);
    return rows.map((row) => ({ rows: Number(row[stored]), values: values(row) }));
  };
  return {
    level: intervalLevel,
    calculations: asked.map((index) => present(plan.calculations[index], 'a calculation').label),
    rows: read(groups),
    other: other && present(read(other)[0], 'the row of the others'),
    total: total && present(read(total)[0], 'the total'),
  };
}

interface OverTime {
  readonly shown: GroupBuckets;
  readonly other: GroupBuckets | null;
  readonly total: GroupBuckets | null;
}

interface WantedOverTime {
  /** Of the groups shown. */
  readonly keys: readonly (readonly Cell[])[];
  readonly isCut: boolean;
  readonly other: boolean;
  readonly total: boolean;
}

/** When every event is in a group shown, the buckets of the groups are all there are. */
async function runOverTime(
  plan: Plan,
  buckets: PlanBuckets,
  { keys, isCut, other, total }: WantedOverTime,
  asked: Asked,
): Promise<OverTime> {
  const calculations = hasTime(plan) ? visible(plan) : visible(plan).slice(0, 1);
  const isWhole = !leavesOut(plan) && plan.having.length === 0 && !isCut;
  const isKnown = isWhole || buckets.shape === 'cells';
  const kept = isKnown ? null : await runCoverage(plan, buckets, asked);
  const ask = (groups: SeriesGroups, groupCount: number, covered: ReadonlySet<number> | null) =>
    runBuckets(plan, buckets, { groups, groupCount, calculations, covered }, asked);
  const shown = await ask(shownGroups(plan, keys), keys.length, kept);
  return {
    shown,
    other: other ? await ask(otherGroups(plan, keys, asked.basis), 1, shown.covered) : null,
    total: total ? await ask(wholeGroup, 1, shown.covered) : null,
  };
}

/** Which buckets of a heatmap are no gaps; null where there are no buckets. */
async function heatmapCoverage(
  plan: Plan,
  known: OverTime | null,
  asked: Asked,
): Promise<ReadonlySet<number> | null> {
  if (plan.heatmaps.length === 0 || plan.buckets === null) return null;
  if (known !== null && plan.buckets.shape !== 'cells') return known.shown.covered;
  return runCoverage(plan, plan.buckets, asked);
}

/** One row a bucket, without keys. */
function overTime(plan: Plan, { other, total }: OverTime): ResultOverTime {
  const blank = [plan.keys.map(() => null)];
  return {
    other: other && [...longRows(plan, other, blank)],
    total: total && [...longRows(plan, total, blank)],
  };
}

async function runMixed(plan: Plan, run: Run): Promise<readonly Note[]> {
  const fields = mixedFields(plan);
  if (fields.length === 0 || plan.files.windowPaths.length === 0) return [];
  const { rows } = await run(compileMixed(plan, fields));
  return mixedNotes(fields, present(rows[0], 'the row of counts'));
}

async function runUnread(plan: Plan, run: Run): Promise<readonly Note[]> {
  const texts = textsAsNumbers(plan);
  const notes: Note[] = [];
  for (const over of ['window', 'matched'] as const) {
    const counted = texts.filter((one) => one.over === over);
    if (counted.length === 0) continue;
    const { rows } = await run(compileUnread(plan, counted, over));
    notes.push(...unreadNotes(counted, present(rows[0], 'the row of counts')));
  }
  return notes;
}

function allEvents(plan: Plan, groups: EngineRows, isCut: boolean): number | null {
  return isCut || plan.having.length > 0 ? null : eventsIn(plan, groups, plan.keys.length);
}

/** The sum of the counts; calculations begin at the cell `first`. */
function eventsIn({ calculations }: Plan, { rows }: EngineRows, first: number): number | null {
  const index = calculations.findIndex(
    ({ op, filter, hidden, label }) =>
      op === 'count' && filter === null && !hidden && label === 'count',
  );
  if (index < 0) return null;
  return rows.reduce((sum, row) => sum + Number(row[first + index] ?? 0), 0);
}

/** A number that rides along on every row, or 0 without rows. */
function tally({ names, rows }: EngineRows, name: string): number {
  const index = names.indexOf(name);
  assert(index >= 0, `the engine gave no ${name}`);
  return Number(rows[0]?.[index] ?? 0);
}

/** Every row belongs to exactly one group: when all groups are here, their rows add up. */
function checkCounts(
  plan: Plan,
  { names, rows }: EngineRows,
  { groupCount, matched }: { readonly groupCount: number; readonly matched: number },
): void {
  assert(rows.length === Math.min(plan.limit, groupCount), 'the engine gave another row count');
  if (rows.length < groupCount || plan.having.length > 0) return;
  const index = names.indexOf(aliases.rows);
  const sum = rows.reduce((before, row) => before + Number(row[index] ?? 0), 0);
  assert(sum === matched, `the groups hold ${sum} rows and ${matched} matched`);
}

function shownRow(plan: Plan, row: readonly Cell[]): readonly Cell[] {
  const keys = plan.keys.map((key, index) => shownKey(key, row[index] ?? null));
  return withVisible(plan, keys, row, plan.keys.length);
}

/** A row over several groups; its keys are null. */
function summaryRow(plan: Plan, row: readonly Cell[]): readonly Cell[] {
  const time = hasTime(plan) ? [null] : [];
  return withVisible(plan, [...time, ...plan.keys.map(() => null)], row, 0);
}

/** A row and the calculations shown behind it; in `cells` they begin at `first`. */
function withVisible(
  { calculations }: Plan,
  row: Cell[],
  cells: readonly Cell[],
  first: number,
): readonly Cell[] {
  calculations.forEach((item, index) => {
    if (!item.hidden) row.push(shownCell(item, cells[first + index] ?? null));
  });
  return row;
}

function columnsOf(plan: Plan): readonly ResultColumn[] {
  const time: ResultColumn = {
    name: 'time',
    kind: 'time',
    type: 'timestamp',
    unit: null,
    exact: true,
  };
  return [
    ...(hasTime(plan) ? [time] : []),
    ...plan.keys.map(
      ({ label, type, unit }): ResultColumn => ({
        name: label,
        kind: 'breakdown',
        type,
        unit,
        exact: true,
      }),
    ),
    ...visible(plan).map(
      ({ label, type, unit }): ResultColumn => ({
        name: label,
        kind: 'calculation',
        type,
        unit,
        exact: true,
      }),
    ),
  ];
}

interface Outcome {
  readonly groupCount: number;
  readonly shown: number;
  readonly matched: number;
}

function notesAfter(plan: Plan, { groupCount, shown, matched }: Outcome): readonly Note[] {
  const notes: Note[] = [];
  if (groupCount > shown) {
    const text = `${shown} of ${groupCount} groups shown; --limit shows more`;
    notes.push({ level: 'info', code: 'truncated', text });
  }
  if (plan.buckets !== null && isSparse({ groupCount: shown, buckets: plan.buckets })) {
    const text = `only buckets in which a group has events: ${shown} groups have too many others`;
    notes.push({ level: 'info', code: 'sparse', text });
  }
  if (matched === 0 && plan.files.windowPaths.length > 0) {
    const filtered = leavesOut(plan) ? ' and filter' : '';
    const text = `no event matches this window${filtered}`;
    notes.push({ level: 'info', code: 'no_match', text });
  }
  return notes;
}
