/**
 * One thing in order of time: its events as runs in which nothing changed, and the usual time
 * between them. As fine as fits: where routes change too often, they no longer end a run.
 */
import { aggregate, as, call, column, literal, select } from '../sql/build.js';
import type { SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import type { Micros } from '../time/instant.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { keySql, shownKey } from './key.js';
import type { Plan } from './plan.js';
import type { Cell, Engine, QuerySource } from './ports.js';
import { wholeProvenance } from './provenance.js';
import { resolve } from './resolve.js';
import type { Note, Provenance } from './result.js';
import { aliases, keptRows, weightColumn } from './rows-sql.js';
import { type Breakdown, countCalculation, type Filter, querySpec } from './spec.js';
import { eventsSql, measuresSql, stretchesSql, type TrailNames } from './trail-sql.js';
import { conditionSql } from './value-sql.js';

export interface TrailSpec {
  /** The thing: events for which all hold. */
  readonly where: readonly Filter[];
  readonly bad: Filter | null;
  readonly window: TimeRange;
  /** What is told of a run. */
  readonly keys: readonly Breakdown[];
  /** What ends a run when it changes, what matters most first: places in `keys`, or `bad`. */
  readonly levels: readonly (readonly (number | 'bad')[])[];
  readonly most: number;
}

/** The values of one key within a run. */
export interface TrailValues {
  readonly count: number;
  readonly least: Cell;
  readonly most: Cell;
}

/** Events in which nothing of the level changed. **Units** `events` and `bad` are weighted. */
export interface TrailRun {
  readonly first: Micros;
  readonly last: Micros;
  readonly rows: number;
  readonly events: number;
  readonly bad: number;
  /** In the order of `TrailSpec.keys`. */
  readonly values: readonly TrailValues[];
}

/** How silence was judged. **Units** microseconds. */
export interface TrailPace {
  readonly medianMicros: Micros;
  readonly p99Micros: Micros;
  /** A silence longer than this is a gap. */
  readonly gapMicros: Micros;
}

export interface Trail {
  readonly rows: number;
  readonly first: Micros | null;
  readonly last: Micros | null;
  /** Null: too few events to say what is usual. */
  readonly pace: TrailPace | null;
  /** The level of `TrailSpec.levels` the runs are of. */
  readonly level: number;
  /** How many runs each level would have, gaps aside. */
  readonly runCounts: readonly number[];
  readonly runs: readonly TrailRun[];
  readonly provenance: Provenance;
  readonly notes: readonly Note[];
}

export interface TrailOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** Chosen by us: with fewer events nobody knows what is usual. */
const fewestForPace = 20;
/** Chosen by us: so many times the 99th percentile of the time between events is a gap. */
const gapFactor = 3;

/** **Faults** CC1201, CC1202 before anything is read; CC5002, CC5003, CC5004. */
export async function runTrail(
  source: QuerySource,
  spec: TrailSpec,
  { engine, signal }: TrailOptions,
): Promise<Trail> {
  const plan = trailPlan(source, spec);
  const names = namesOf(plan);
  const rows = trailRows(plan);
  const levels = spec.levels.map((level) =>
    level.map((place) => (place === 'bad' ? aliases.bad : aliases.key(place))),
  );
  const run = async (query: SqlSelect) =>
    (await engine.execute(printStatement(query), signal)).rows;
  const [measured = []] = await run(measuresSql(rows, names, levels));
  const count = Number(measured[0]);
  const pace = count < fewestForPace ? null : paceOf(count, measured[3], measured[4]);
  const runCounts = levels.map((_, index) => Number(measured[5 + index] ?? 0) + 1);
  const fitting = runCounts.findIndex((own) => own <= spec.most);
  const level = fitting < 0 ? levels.length - 1 : fitting;
  const asked = {
    level: levels[level] ?? [],
    gapMicros: pace?.gapMicros ?? null,
    most: spec.most,
  };
  const found = count === 0 ? [] : await run(stretchesSql(rows, names, asked));
  return {
    rows: count,
    first: instantOf(measured[1]),
    last: instantOf(measured[2]),
    pace,
    level,
    runCounts,
    runs: found.map((row) => runOf(row, plan)),
    provenance: wholeProvenance(plan, count),
    notes: plan.notes,
  };
}

export interface TrailEvents {
  /** Headings of the values. */
  readonly labels: readonly string[];
  readonly events: readonly {
    readonly ts: Micros;
    readonly weight: number;
    readonly values: readonly Cell[];
  }[];
}

/** Every event as it is stored, in order of time. Faults as of `runTrail`. */
export async function runEvents(
  source: QuerySource,
  spec: Pick<TrailSpec, 'where' | 'window' | 'keys' | 'most'>,
  { engine, signal }: TrailOptions,
): Promise<TrailEvents> {
  const plan = trailPlan(source, { ...spec, bad: null });
  const query = eventsSql(trailRows(plan), namesOf(plan), spec.most);
  const { rows } = await engine.execute(printStatement(query), signal);
  return {
    labels: plan.keys.map(({ label }) => label),
    events: rows.map(([ts, weight, ...values]) => ({
      ts: Number(ts),
      weight: Number(weight),
      values: plan.keys.map((key, index) => shownKey(key, values[index] ?? null)),
    })),
  };
}

/**
 * A silence is a gap when it is both beyond what is rare for this thing, and beyond the longest
 * that chance would make of events that come at random: `ln(100 n)` times the mean of them.
 */
function paceOf(count: number, median: Cell | undefined, p99: Cell | undefined): TrailPace {
  const [medianMicros, p99Micros] = [Math.round(Number(median)), Math.round(Number(p99))];
  const byChance = (Math.log(100 * count) * medianMicros) / Math.LN2;
  const gapMicros = Math.max(microsPerMinute, gapFactor * p99Micros, byChance);
  return { medianMicros, p99Micros, gapMicros: Math.round(gapMicros) };
}

/** First and last of the events of a plan in some of its files; null where there are none. Faults
 * as of `runTrail`. */
export async function runEnds(
  plan: Plan,
  paths: readonly string[],
  { engine, signal }: TrailOptions,
): Promise<{ readonly first: Micros; readonly last: Micros } | null> {
  const rows = keptRows({ ...plan, files: { ...plan.files, paths } }, 'matched');
  const ends = (['min', 'max'] as const).map((op) => as(aggregate(op, [column('ts')]), op));
  const found = await engine.execute(printStatement(select(ends, rows)), signal);
  const [first, last] = (found.rows[0] ?? []).map(instantOf);
  return first == null || last == null ? null : { first, last };
}

function trailPlan(
  source: QuerySource,
  { where, bad, keys, window }: Pick<TrailSpec, 'where' | 'bad' | 'keys' | 'window'>,
): Plan {
  const calculations = [{ ...countCalculation, filter: bad }];
  return resolve(querySpec({ breakdowns: keys, calculations, where, window }), source);
}

function namesOf({ keys, weighted }: Plan): TrailNames {
  return { keys: keys.map((_, index) => aliases.key(index)), weighted };
}

function trailRows(plan: Plan): SqlSelect {
  const filter = plan.calculations[0]?.filter ?? null;
  const bad =
    filter === null
      ? literal(false)
      : call('coalesce', conditionSql(filter.condition), literal(false));
  const columns = [
    ...plan.keys.map((key, index) => as(keySql(key), aliases.key(index))),
    as(column('ts'), 'ts'),
    ...(plan.weighted ? [weightColumn()] : []),
    as(bad, aliases.bad),
  ];
  return select(columns, keptRows(plan, 'matched'));
}

function runOf(row: readonly Cell[], plan: Plan): TrailRun {
  const [first, last, rows, events, bad, ...cells] = row;
  return {
    first: Number(first),
    last: Number(last),
    rows: Number(rows),
    events: Number(events),
    bad: Number(bad),
    values: plan.keys.map((key, index) => ({
      count: Number(cells[index * 3]),
      least: shownKey(key, cells[index * 3 + 1] ?? null),
      most: shownKey(key, cells[index * 3 + 2] ?? null),
    })),
  };
}

function instantOf(cell: Cell | undefined): Micros | null {
  return cell === null || cell === undefined ? null : Number(cell);
}
