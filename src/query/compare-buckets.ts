/** The windows of a comparison over time: buckets of one meet the same buckets of the others. */
import { present } from '../base/assert.js';
import { bucketsOf, chooseStep, startOfBucket } from '../time/granularity.js';
import type { Micros } from '../time/instant.js';
import { type AlignedBuckets, bucketsBack } from '../time/shift.js';
import {
  type ComparedCell,
  type ComparedGroup,
  type Comparing,
  comparedCells,
  keyName,
  type WindowValues,
} from './compare.js';
import {
  baselinesOf,
  type CompareQuestion,
  type CompareRun,
  hull,
  shownCount,
  windowSpec,
} from './compare-question.js';
import type { AnsweredWindow, ComparedRow, ComparedSeries, Counted } from './compare-result.js';
import { runPlan } from './execute.js';
import type { Plan } from './plan.js';
import type { Cell } from './ports.js';
import { resolve } from './resolve.js';
import { countCalculation, type QuerySpec } from './spec.js';

/** Parts of a window in which gaps are looked for where no step was asked for. Chosen by us. */
const coverageParts = 120;

type Placed = Pick<AnsweredWindow, 'range' | 'shift'>;

/** Counts the rows kept in each bucket of a window. */
export async function countKept(run: CompareRun, window: Placed): Promise<Counted> {
  const { question, source, engine, signal } = run;
  const { aligned, stepMicros } = bucketsFor(question, window);
  const end = startOfBucket(aligned.buckets, aligned.buckets.count);
  const range = { start: window.range.start, end: Math.min(window.range.end, end) };
  if (aligned.buckets.count === 0 || range.end <= range.start) {
    return { aligned, counts: aligned.places.map(() => null), range };
  }
  const spec: QuerySpec = {
    ...windowSpec(question, range),
    breakdowns: [],
    calculations: [countCalculation],
    formulas: [],
    trailing: [],
    where: [],
    bad: null,
    total: false,
  };
  const plan = bucketPlan(resolve(spec, source), { aligned, stepMicros, shape: 'series' });
  const result = await runPlan({ ...plan, weighted: false }, engine, { signal });
  const counts = result.series?.values[0] ?? [];
  return {
    aligned,
    range,
    counts: aligned.places.map((place) => (place === null ? null : (counts[place] ?? null))),
  };
}

function bucketsFor(
  { spec, window: now, zone }: CompareQuestion,
  { shift }: Placed,
): { readonly aligned: AlignedBuckets; readonly stepMicros: Micros } {
  const most = spec.every === null ? coverageParts : undefined;
  const stepMicros = spec.every?.stepMicros ?? chooseStep(now, most);
  const buckets = bucketsOf(now, stepMicros, spec.every?.zone ?? zone);
  const places = Array.from({ length: buckets.count }, (_, index) => index);
  const aligned = shift === null ? { buckets, places } : bucketsBack(buckets, shift, zone);
  return { aligned, stepMicros };
}

function bucketPlan(
  plan: Plan,
  {
    aligned,
    stepMicros,
    shape,
  }: {
    readonly aligned: AlignedBuckets;
    readonly stepMicros: Micros;
    readonly shape: 'series' | 'cells';
  },
): Plan {
  const buckets = { ...aligned.buckets, stepMicros, shape };
  return { ...plan, buckets, steps: plan.steps && buckets };
}

/** Calculations by group, then by bucket of the window now; only those with events. */
type GroupCells = ReadonlyMap<string, ReadonlyMap<number, readonly Cell[]>>;

/** The cells of all groups of one window. */
export async function runCells(run: CompareRun, window: AnsweredWindow): Promise<GroupCells> {
  const { question, source, engine, signal } = run;
  const { aligned, range } = window.counted;
  const found = new Map<string, Map<number, readonly Cell[]>>();
  if (aligned.buckets.count === 0 || range.end <= range.start) return found;
  const { stepMicros } = bucketsFor(question, window);
  const isSeries = question.spec.every?.shape === 'series';
  const spec: QuerySpec = {
    ...windowSpec(question, range),
    ...(isSeries ? firstShown(question.spec) : {}),
    trailing: [],
    total: false,
  };
  const plan = bucketPlan(resolve(spec, source, hull(question)), {
    aligned,
    stepMicros,
    shape: 'cells',
  });
  const { rows } = await runPlan(plan, engine, { signal });
  const places = new Map(
    aligned.places.flatMap((place, index) =>
      place === null ? [] : [[startOfBucket(aligned.buckets, place), index] as const],
    ),
  );
  for (const [time, ...cells] of rows) {
    const bucket = present(places.get(Number(time)), 'the place of a bucket');
    const name = keyName(cells.slice(0, plan.keys.length));
    const group = found.get(name) ?? new Map<number, readonly Cell[]>();
    found.set(name, group.set(bucket, cells.slice(plan.keys.length)));
  }
  return found;
}

/** A series is of the first calculation, or of the first formula where none is shown. */
function firstShown({ calculations, formulas }: QuerySpec) {
  const isFormula = calculations.length === 0;
  return {
    calculations: calculations.slice(0, 1),
    formulas: isFormula ? formulas.slice(0, 1) : [],
  };
}

/** Either one row a bucket and group, or the first calculation beside each group. */
export interface BucketGrid {
  readonly rows?: readonly ComparedRow[];
  readonly series?: ComparedSeries;
}

interface Found {
  readonly comparing: Comparing;
  readonly windows: readonly AnsweredWindow[];
  readonly shown: readonly ComparedGroup[];
  readonly cells: readonly GroupCells[];
}

/** The groups shown, bucket by bucket. */
export function bucketGrid(question: CompareQuestion, found: Found): BucketGrid {
  const { comparing, windows, shown } = found;
  const now = present(windows[0], 'the window now');
  const { buckets } = now.counted.aligned;
  const { stepMicros } = bucketsFor(question, now);
  const cellsIn = (bucket: number): ((group: ComparedGroup) => readonly ComparedCell[]) => {
    const inBucket = comparingIn(question, found, bucket);
    return ({ keys }) => {
      const name = keyName(keys);
      return comparedCells(
        inBucket,
        found.cells.map((groups) => groups.get(name)?.get(bucket) ?? null),
      );
    };
  };
  const bucketIndexes = Array.from({ length: buckets.count }, (_, index) => index);
  const table = bucketIndexes.map((bucket) => shown.map(cellsIn(bucket)));
  if (question.spec.every?.shape !== 'series') {
    const rows = table.flatMap((groups, bucket) =>
      groups.map((cells, index) => ({
        ...present(shown[index], 'a group'),
        cells,
        time: startOfBucket(buckets, bucket),
      })),
    );
    return { rows };
  }
  const column = present(comparing.calculations[0], 'a calculation').column;
  const range = { start: startOfBucket(buckets, 0), end: startOfBucket(buckets, buckets.count) };
  const values = shown.map((_, index) => {
    const cells = table.map((groups) => present(groups[index]?.[0], 'a cell'));
    const before = comparing.baselines.map((__, baseline) =>
      cells.map((cell) => numberOf(cell.baselines[baseline]?.value ?? null)),
    );
    return [cells.map(({ value }) => numberOf(value)), ...before];
  });
  return { series: { calculation: column.name, range, stepMicros, values } };
}

/** The windows narrowed to one bucket; shorter ones are compared by rate, as windows are. */
function comparingIn(question: CompareQuestion, found: Found, bucket: number): Comparing {
  const count = question.spec.every?.shape === 'series' ? 1 : shownCount(question.spec);
  const narrow = ({ counted }: AnsweredWindow): WindowValues => {
    const { aligned, counts, range } = counted;
    const place = aligned.places[bucket] ?? null;
    if (place === null) return { range: { start: 0, end: 1 }, isKept: false, rows: [] };
    const start = Math.max(range.start, startOfBucket(aligned.buckets, place));
    const end = Math.min(range.end, startOfBucket(aligned.buckets, place + 1));
    return { range: { start, end }, isKept: (counts[bucket] ?? null) !== null, rows: [] };
  };
  const windows = found.windows.map(narrow);
  return {
    keyCount: found.comparing.keyCount,
    calculations: found.comparing.calculations.slice(0, count),
    current: present(windows[0], 'the window now'),
    baselines: baselinesOf(question, windows),
  };
}

function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : null;
}
