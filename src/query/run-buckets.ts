/** Asks for groups over time and for heatmaps, and puts the answers together. */
import { present } from '../base/assert.js';
import type { ItemList } from '../base/item-list.js';
import type { SqlQuery, SqlSelect, SqlSource } from '../sql/node.js';
import { startOfBucket } from '../time/granularity.js';
import type { Basis } from './basis.js';
import { plainOf, type Run, runFormulas } from './formula-cells.js';
import { binsOf } from './heatmap-bins.js';
import {
  compileHeatmap,
  compileRange,
  compileValues,
  isWorthKeeping,
  keptValues,
  valuesSource,
} from './heatmap-sql.js';
import type { Plan, PlanBuckets, PlanCalculation, PlanHeatmap } from './plan.js';
import type { Cell, KeptTable, LongRows } from './ports.js';
import type { ResultHeatmap } from './result.js';
import { type GroupBuckets, orEmpty, shownCell, visible } from './series.js';
import { compileActive, compileCoverage, compileSeries, type SeriesGroups } from './series-sql.js';
import { innerOf, stepBetween } from './stepped.js';

/** Who answers, and what the groups are calculated from. */
export interface Asked {
  readonly run: Run;
  /** As `run`, for very many rows. */
  readonly runLong: (query: SqlQuery) => Promise<LongRows>;
  readonly basis: Basis;
  /** Null where the engine keeps nothing. */
  readonly keep: ((query: SqlSelect) => Promise<KeptTable>) | null;
}

export interface WantedGroups {
  readonly groups: SeriesGroups;
  readonly groupCount: number;
  readonly calculations: readonly PlanCalculation[];
  /** Null: the buckets of these groups are all that hold any event. */
  readonly covered: ReadonlySet<number> | null;
}

/** Groups over time, and which buckets hold any event at all. */
export async function runBuckets(
  plan: Plan,
  buckets: PlanBuckets,
  { groups, groupCount, calculations, covered }: WantedGroups,
  asked: Asked,
): Promise<GroupBuckets> {
  const plain = plainOf(plan, calculations);
  const { rows, begun } =
    groupCount === 0
      ? { rows: [], begun: new Set<number>() }
      : await cellRows(plan, buckets, { groups, calculations: plain }, asked);
  const known = covered ?? begun;
  const given = { buckets, calculations, groupCount, covered: known };
  const nothing = orEmpty([], plain);
  if (calculations.every(({ formula }) => formula === null))
    return { ...given, rows, empty: nothing };
  const isGap = ([, bucket]: readonly Cell[]): boolean =>
    buckets.shape !== 'cells' && !known.has(Number(bucket));
  const cells = rows.map((row) => (isGap(row) ? row.slice(2) : orEmpty(row.slice(2), plain)));
  const [empty = [], ...answers] = await runFormulas(
    plan,
    calculations,
    [nothing, ...cells],
    asked.run,
  );
  const full = rows.map((row, index) => {
    const own = answers[index] ?? [];
    return [...row.slice(0, 2), ...(isGap(row) ? withoutFormulas(own, calculations) : own)];
  });
  return { ...given, rows: full, empty };
}

/** Of a gap is known only what was going on, which is no ground for a formula. */
function withoutFormulas(
  cells: readonly Cell[],
  calculations: readonly PlanCalculation[],
): readonly Cell[] {
  return cells.map((cell, index) => (calculations[index]?.formula === null ? cell : null));
}

/** What the calculations shown are where there is no event. */
export async function runEmpty(plan: Plan, run: Run): Promise<readonly Cell[]> {
  const shown = visible(plan);
  const [empty = []] = await runFormulas(plan, shown, [orEmpty([], plainOf(plan, shown))], run);
  return empty;
}

/** Buckets in which any event is kept, whatever the filters. */
export async function runCoverage(
  plan: Plan,
  buckets: PlanBuckets,
  { run, basis }: Asked,
): Promise<ReadonlySet<number>> {
  const { rows } = await run(compileCoverage(plan, buckets, basis));
  return new Set(rows.map(([bucket]) => Number(bucket)));
}

interface CellRows {
  /** **Shape** index of the group, bucket, then the calculations; by bucket, then by group. */
  readonly rows: ItemList<readonly Cell[]>;
  /** Buckets in which an event begins. */
  readonly begun: ReadonlySet<number>;
}

async function cellRows(
  plan: Plan,
  buckets: PlanBuckets,
  { groups, calculations }: Pick<WantedGroups, 'groups' | 'calculations'>,
  { run, runLong, basis }: Asked,
): Promise<CellRows> {
  const plain = calculations.filter((item) => !isActive(item));
  const inner = plain.map((item) => innerOf(item) ?? item);
  const series = await runLong(compileSeries(plan, buckets, inner, { groups, basis }));
  const keyCount = groups.keys.length;
  const begun = new Set<number>();
  for (const row of series.rows) begun.add(Number(row[keyCount]));
  if (keyCount > 0 && calculations.every(isAsGiven)) return { rows: series.rows, begun };
  const places = calculations.map((item) => plain.indexOf(item));
  const rows = series.rows.map((row) => {
    const [group = 0, bucket = null, ...values] = keyCount > 0 ? row : [0, ...row];
    const cells = calculations.map((item, index) =>
      shownCell(item, values[places[index] ?? -1] ?? null),
    );
    return [group, bucket, ...cells];
  });
  if (calculations.some(isActive)) {
    await addActive(rows, plan, buckets, { calculations, groups }, run);
  }
  calculations.forEach((item, index) => {
    if (innerOf(item) !== null) takeSteps(rows, 2 + index);
  });
  return { rows, begun };
}

function isActive({ op }: PlanCalculation): boolean {
  return op === 'concurrency';
}

/** Whether the engine gives it bucket by bucket as it is shown. */
function isAsGiven(item: PlanCalculation): boolean {
  return !isActive(item) && innerOf(item) === null && item.op !== 'percentile';
}

/** An event is also going on in buckets in which no event of its group begins. */
async function addActive(
  rows: Cell[][],
  plan: Plan,
  buckets: PlanBuckets,
  { groups, calculations }: Pick<WantedGroups, 'groups' | 'calculations'>,
  run: Run,
): Promise<void> {
  const placeOf = (group: Cell, bucket: Cell): number =>
    Number(bucket) + Number(group) * buckets.count;
  const known = new Map(rows.map((row) => [placeOf(row[0] ?? 0, row[1] ?? 0), row]));
  for (const [index, item] of calculations.entries()) {
    if (!isActive(item)) continue;
    const found = await run(compileActive(plan, buckets, item, groups));
    for (const row of found.rows) {
      const [group = 0, bucket = 0, value = null] = groups.keys.length > 0 ? row : [0, ...row];
      const place = placeOf(group, bucket);
      const cells = known.get(place) ?? [group, bucket, ...calculations.map(() => null)];
      if (!known.has(place)) {
        if (buckets.shape === 'cells') continue;
        known.set(place, cells);
        rows.push(cells);
      }
      cells[2 + index] = value;
    }
  }
  rows.sort(
    (left, right) => Number(left[1]) - Number(right[1]) || Number(left[0]) - Number(right[0]),
  );
}

/** Replaces values by what they grew by since the last bucket of the group that has one. */
function takeSteps(rows: readonly Cell[][], index: number): void {
  const before = new Map<Cell, Cell>();
  for (const row of rows) {
    const [group = null] = row;
    const now = row[index] ?? null;
    row[index] = stepBetween(before.get(group) ?? null, now);
    if (now !== null) before.set(group, now);
  }
}

/** One heatmap for each that was asked for. `covered` is null without buckets. */
export async function runHeatmaps(
  plan: Plan,
  covered: ReadonlySet<number> | null,
  { run, keep, basis }: Asked,
): Promise<readonly ResultHeatmap[]> {
  const heatmaps: ResultHeatmap[] = [];
  for (const heatmap of plan.heatmaps) {
    const isKept = basis.values === null && isWorthKeeping(plan, heatmap);
    const kept = isKept ? await keep?.(compileValues(plan, heatmap)) : null;
    const counted = kept ? keptValues(kept.name) : basis.values;
    const values = counted ?? valuesSource(plan, heatmap);
    const given = { values, areCounted: counted !== null, covered };
    try {
      heatmaps.push(await runHeatmap(plan, heatmap, given, run));
    } finally {
      await kept?.drop();
    }
  }
  return heatmaps;
}

interface HeatmapSource {
  readonly values: SqlSource;
  /** Whether each row of `values` stands for several, as its weight says. */
  readonly areCounted: boolean;
  readonly covered: ReadonlySet<number> | null;
}

async function runHeatmap(
  plan: Plan,
  heatmap: PlanHeatmap,
  { values, areCounted, covered }: HeatmapSource,
  run: Run,
): Promise<ResultHeatmap> {
  const { buckets, window } = plan;
  const count = buckets?.count ?? 1;
  const shape = {
    calculation: heatmap.label,
    unit: heatmap.unit,
    range:
      buckets === null
        ? window
        : { start: startOfBucket(buckets, 0), end: startOfBucket(buckets, count) },
    stepMicros: buckets?.stepMicros ?? window.end - window.start,
  };
  const range = present((await run(compileRange(values))).rows[0], 'the range of values');
  const [min = null, max = null, positive = null] = range;
  const list = (size: number) =>
    Array.from({ length: count }, (_, bucket) =>
      covered === null || covered.has(bucket) ? Array.from({ length: size }, () => 0) : null,
    );
  if (min === null || max === null) {
    return { ...shape, scale: 'linear', bins: [], binEnd: 0, counts: list(0) };
  }
  const leastPositive = positive === null ? null : Number(positive);
  const isWhole = heatmap.use.as === 'integer';
  const bins = binsOf({ min: Number(min), max: Number(max), leastPositive }, isWhole);
  const counts = list(bins.bins.length);
  const asked = compileHeatmap(plan, bins, { values, areCounted });
  for (const [bucket, bin, events] of (await run(asked)).rows) {
    const binned = present(counts[Number(bucket)], 'a bucket with events');
    binned[Number(bin)] = Number(events);
  }
  return { ...shape, scale: bins.scale, bins: bins.bins, binEnd: bins.binEnd, counts };
}
