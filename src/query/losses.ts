/**
 * Who lost what: for each group its failed events, its longest run of them without a success, and
 * how many were made good by a retry. One pass for the counts, one each for runs and retries,
 * which look only at groups that lost anything. A question of a person is a `QuerySpec`.
 */
import { present } from '../base/assert.js';
import { all, as, column, select } from '../sql/build.js';
import type { SqlExpression, SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { countInterval } from './interval.js';
import { keySql, shownKey } from './key.js';
import {
  hurtSql,
  type LossNames,
  lossState,
  recoveredSql,
  runsSql,
  stateSql,
  totalSql,
} from './losses-sql.js';
import type { Plan } from './plan.js';
import type { Cell, Engine, QuerySource } from './ports.js';
import { wholeProvenance } from './provenance.js';
import { filesFor } from './prune.js';
import { resolve } from './resolve.js';
import type { Interval, Note, Provenance } from './result.js';
import { aliases, keptRows, weightColumn } from './rows-sql.js';
import { findField, scopeOf } from './scope.js';
import { type Breakdown, breakdown, countCalculation, type Filter, querySpec } from './spec.js';
import { conditionSql } from './value-sql.js';

export interface LossSpec {
  readonly by: readonly Breakdown[];
  readonly where: readonly Filter[];
  /** An event is lost when all of these hold. */
  readonly lost: readonly Filter[];
  /** What else is no success, though it is not counted as lost; null: nothing. */
  readonly bad: Filter | null;
  readonly window: TimeRange;
}

/** Lost events of one group without a success between them. Both instants are of lost events. */
export interface LossRun {
  readonly first: Micros;
  readonly last: Micros;
  readonly events: number;
}

/** **Units** `events` and `lost` are weighted; `rows` and `lostRows` are raw. */
export interface LossCounts {
  readonly rows: number;
  readonly events: number;
  readonly lostRows: number;
  readonly lost: number;
  /** Null where no lost event was sampled: the count is exact. */
  readonly lostInterval: Interval | null;
  /** Events that succeeded. */
  readonly good: number;
  readonly firstLost: Micros | null;
  readonly lastLost: Micros | null;
  /** Lost events after which a retry succeeded; null where nothing tells a retry. */
  readonly recovered: number | null;
}

export interface LossRow extends LossCounts {
  readonly key: readonly Cell[];
  /** The longest; of several the first. */
  readonly outage: LossRun;
}

/** What makes an event the retry of another; null: the data has nothing for it. */
export type RetryBy = readonly ('trace' | 'customer' | 'route')[];

export interface Losses {
  /** Groups that lost anything: most lost first, then by key. */
  readonly rows: readonly LossRow[];
  /** Over all events, those of groups included that lost nothing. */
  readonly total: LossCounts;
  /** Groups with a name, those that lost nothing included. */
  readonly groups: number;
  readonly retryBy: RetryBy | null;
  readonly window: TimeRange;
  readonly provenance: Provenance;
  readonly notes: readonly Note[];
}

export interface LossOptions {
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** **Faults** CC1201, CC1202, CC1204 before anything is read; CC5002, CC5003, CC5004. */
export async function runLosses(
  source: QuerySource,
  spec: LossSpec,
  { engine, signal }: LossOptions,
): Promise<Losses> {
  const retryBy = retryColumns(source, spec.window);
  const plan = lossPlan(source, spec, retryBy ?? []);
  const width = spec.by.length;
  const names: LossNames = {
    keys: plan.keys.slice(0, width).map((_, index) => aliases.key(index)),
    retry: (retryBy ?? []).map((_, index) => aliases.key(width + index)),
    weighted: plan.weighted,
  };
  const rows = lossRows(plan, spec);
  const run = async (query: SqlSelect) =>
    (await engine.execute(printStatement(query), signal)).rows;
  const hurt = await run(hurtSql(rows, names));
  const [total = []] = await run(totalSql(rows, names));
  const runs = byKey(width, await run(runsSql(rows, names)));
  const recovered = retryBy === null ? null : byKey(width, await run(recoveredSql(rows, names)));
  const found = hurt.map((row): LossRow => {
    const id = keyText(row.slice(0, width));
    const again = recovered === null ? null : Number(recovered.get(id)?.[0] ?? 0);
    const outage = present(runs.get(id), 'the runs of a group');
    const [first = 0, last = 0, events = 0] = outage.map(Number);
    const key = plan.keys.slice(0, width).map((one, index) => shownKey(one, row[index] ?? null));
    return { key, ...countsOf(row.slice(width), again), outage: { first, last, events } };
  });
  const again = found.reduce((sum, row) => sum + (row.recovered ?? 0), 0);
  return {
    rows: found,
    total: countsOf(total.slice(1), retryBy === null ? null : again),
    groups: Number(total[0]),
    retryBy,
    window: plan.window,
    provenance: wholeProvenance(plan, Number(total[1])),
    notes: plan.notes.filter(({ code }) => code !== 'bad'),
  };
}

/** What a retry has in common with what it retries, by the roles there are. */
function retryColumns(source: QuerySource, window: TimeRange): RetryBy | null {
  const scope = scopeOf(source, filesFor(source.files, window));
  const has = (role: string): boolean => findField(scope, role, false)?.kind === 'role';
  if (has('trace')) return has('route') ? ['trace', 'route'] : ['trace'];
  return has('customer') && has('route') ? ['customer', 'route'] : null;
}

/** The keys are those asked for, then those of a retry. Calculations only say what is read. */
function lossPlan(source: QuerySource, spec: LossSpec, retryBy: readonly string[]): Plan {
  const counted = spec.lost.map((filter, index) => ({
    ...countCalculation,
    filter,
    label: `lost ${index}`,
  }));
  const isKnown = spec.bad === null || spec.lost.includes(spec.bad);
  const bad = isKnown ? [] : [{ ...countCalculation, filter: spec.bad, label: 'bad' }];
  return resolve(
    querySpec({
      breakdowns: [...spec.by, ...retryBy.map((role) => breakdown(role))],
      calculations: [...counted, ...bad],
      where: spec.where,
      window: spec.window,
    }),
    source,
  );
}

/** Keys, `ts`, weight and the state of each event: 0 good, 1 neither, 2 lost. */
function lossRows(plan: Plan, { lost, bad }: LossSpec): SqlSelect {
  const conditions = plan.calculations.flatMap(({ filter }) =>
    filter === null ? [] : [conditionSql(filter.condition)],
  );
  const place = bad !== null && lost.includes(bad) ? lost.indexOf(bad) : lost.length;
  const other: SqlExpression | null = bad === null ? null : (conditions[place] ?? null);
  const columns = [
    ...plan.keys.map((key, index) => as(keySql(key), aliases.key(index))),
    as(column('ts'), 'ts'),
    ...(plan.weighted ? [weightColumn()] : []),
    as(stateSql(all(conditions.slice(0, lost.length)), other), lossState),
  ];
  return select(columns, keptRows(plan, 'matched'));
}

function byKey(
  width: number,
  rows: readonly (readonly Cell[])[],
): ReadonlyMap<string, readonly Cell[]> {
  return new Map(rows.map((row) => [keyText(row.slice(0, width)), row.slice(width)]));
}

function keyText(cells: readonly Cell[]): string {
  return JSON.stringify(cells.map((cell) => (cell === null ? null : [typeof cell, String(cell)])));
}

/** In the order of `tallyNames`. */
function countsOf(cells: readonly Cell[], recovered: number | null): LossCounts {
  const [rows = 0, events = 0, good = 0, lostRows = 0, lost = 0, variance = 0] = cells.map(Number);
  const instant = (cell: Cell | undefined) => (cell === null || cell === undefined ? null : cell);
  const [firstLost, lastLost] = [instant(cells[6]), instant(cells[7])];
  const sums = { rows: lostRows, events: lost, variance, badEvents: 0, badVariance: 0 };
  return {
    rows,
    events,
    good,
    lostRows,
    lost,
    lostInterval: countInterval(sums),
    firstLost: firstLost === null ? null : Number(firstLost),
    lastLost: lastLost === null ? null : Number(lastLost),
    recovered,
  };
}
