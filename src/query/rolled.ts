/**
 * Which files a plan may read as rollups instead of rows. Only where the answer is the same to the
 * byte: every column a question reads is kept apart in them, no bucket cuts a cell, and what a
 * window cuts is read from the rows of that file. In doubt rows are read.
 */
import { unreachable } from '../base/assert.js';
import { rollupNames } from '../store/rollup.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { FieldUse } from './field.js';
import type { Plan, PlanCalculation } from './plan.js';
import { fieldsRead } from './plan-uses.js';
import type { QueryFile, QueryRollup, QuerySource, RolledColumns } from './ports.js';
import { isInside } from './prune.js';
import { largeDecimal, totalName } from './rolled-sql.js';
import { systemSchema } from './scope.js';

/** A data file and the rollup that stands for it. */
export interface RolledFile {
  readonly path: string;
  readonly rollup: string;
  /** Whether the window cuts it, and where it may hold events beside the `inner` cells. */
  readonly cut: { readonly before: boolean; readonly behind: boolean } | null;
}

export interface PlanRollups {
  /** The same question of rows alone. */
  readonly rows: Plan;
  /** The number of which sums, smallest and largest are read. */
  readonly measure: FieldUse | null;
  readonly files: readonly RolledFile[];
  /** Of files that the window cuts, only cells of this time are read; null: no file is cut. */
  readonly inner: TimeRange | null;
}

/** How many files are answered from rollups, and why others are not. */
export interface RollupUse {
  /** What no rollup can answer of this question; null: nothing. */
  readonly reason: string | null;
  readonly rolled: number;
  /** Without a rollup. */
  readonly missing: number;
  /** Whose cells are longer than the buckets or the window. */
  readonly coarse: number;
  /** With values of other types than their column, or with weights that are not to be looked at. */
  readonly mixed: number;
}

export interface RolledPlan {
  readonly plan: Plan;
  readonly use: RollupUse;
}

/** Every file that a plan may read. */
export function pathsRead({ files, rolled }: Plan): readonly string[] {
  return [...files.windowPaths, ...(rolled?.files ?? []).map(({ rollup }) => rollup)];
}

const unused = { rolled: 0, missing: 0, coarse: 0, mixed: 0 };

/** The plan with rollups where they give the same answer. */
export function rollUp(plan: Plan, source: QuerySource): RolledPlan {
  const asked = askedOf(plan, source.rollups ?? null);
  if (typeof asked === 'string') return { plan, use: { ...unused, reason: asked } };
  const wanted = new Set(plan.files.windowPaths);
  const files = source.files.filter(({ path }) => wanted.has(path));
  const kept = files.filter(({ rollups = [] }) => rollups.length > 0);
  const whole = kept.filter((file) => !isMixed(file, asked, plan));
  const { chosen, inner } = chooseRollups(plan, whole);
  const rolled = new Set(chosen.map(({ path }) => path));
  const loose = files.filter(({ path }) => !rolled.has(path));
  if (asked.isSummed && loose.some((file) => mayBeLarge(file, asked))) {
    const reason = 'it sums decimals, which may be large in files without rollups';
    return { plan, use: { ...unused, reason } };
  }
  const use = {
    reason: null,
    rolled: chosen.length,
    missing: files.length - kept.length,
    coarse: whole.length - chosen.length,
    mixed: kept.length - whole.length,
  };
  if (chosen.length === 0) return { plan, use };
  const { measure } = asked;
  return {
    plan: Object.freeze({
      ...plan,
      calculations: plan.calculations.map((item) => overCells(item, measure)),
      columns: [...plan.columns, ...timeColumn.filter((own) => !plan.columns.includes(own))],
      rolled: { rows: plan, measure, files: chosen, inner },
    }),
    use,
  };
}

const timeColumn = systemSchema.filter(({ name }) => name === 'ts');

/** What a question asks of rollups. */
interface Asked {
  readonly measure: FieldUse | null;
  /** Whether decimals are added up. */
  readonly isSummed: boolean;
  /** Names whose values beside the columns no rollup has. */
  readonly labels: readonly string[];
}

/** Or why no rollup can answer it. */
function askedOf(plan: Plan, columns: RolledColumns | null): Asked | string {
  if (columns === null) return 'rows alone are looked at';
  if (plan.trace !== null) return 'it looks at other spans';
  if (plan.heatmaps.length > 0) return 'a heatmap needs every value';
  const own = plan.calculations.filter((item) => isOfCell(item, columns));
  const each = plan.calculations.find((item) => !own.includes(item) && !isCounted(item));
  if (each !== undefined) return `${each.label} needs every value`;
  const measured = own.flatMap(({ use }) => (use !== null && !isTime(use) ? [use] : []));
  const rest = plan.calculations.map((item) =>
    own.includes(item) ? { ...item, use: null } : item,
  );
  const fields = fieldsRead({ ...plan, calculations: rest }, plan.derived);
  const sources = fields.flatMap((field) => field.sources.map((at) => ({ at, field })));
  const apart = sources.find(
    ({ at }) => at.kind === 'column' && !columns.names.includes(at.column.name),
  );
  if (apart !== undefined) return `${apart.field.label} is not kept apart`;
  const beside = [
    ...sources.map(({ at }) => at),
    ...measured.flatMap(({ field }) => field.sources),
  ];
  return {
    measure: measured[0] ?? null,
    isSummed: own.some(({ op, use }) => (op === 'sum' || op === 'avg') && use?.as === 'number'),
    labels: beside.flatMap((at) => (at.kind === 'extra' ? [at.label] : [])),
  };
}

/** Whether a calculation is made of what cells keep of the time or the measure. */
function isOfCell({ op, use }: PlanCalculation, { measure }: RolledColumns): boolean {
  if (use === null || (op !== 'min' && op !== 'max' && op !== 'sum' && op !== 'avg')) return false;
  if (isTime(use)) return op === 'min' || op === 'max';
  const stored = use.field.sources.filter(({ kind }) => kind !== 'extra');
  const [only] = stored;
  if (stored.length !== 1 || only?.kind !== 'column' || only.scale !== 1) return false;
  return only.column.name === measure?.name && only.column.type === use.as;
}

/** Whether it does not matter to a calculation how many events are alike. */
function isCounted({ op }: PlanCalculation): boolean {
  switch (op) {
    case 'count':
    case 'rate':
    case 'error_rate':
    case 'formula':
    case 'distinct':
    case 'min':
    case 'max':
      return true;
    case 'sum':
    case 'avg':
    case 'percentile':
    case 'concurrency':
    case 'rate_sum':
    case 'rate_avg':
    case 'rate_max':
      return false;
    default:
      return unreachable(op);
  }
}

function isTime({ field: { sources } }: FieldUse): boolean {
  const [only] = sources;
  return sources.length === 1 && only?.kind === 'column' && only.column.name === 'ts';
}

/** Whether rows of a file count otherwise than its rollup says. */
function isMixed(file: QueryFile, { labels, measure }: Asked, plan: Plan): boolean {
  if (labels.some((label) => file.extraLabels?.includes(label) ?? true)) return true;
  return plan.usage && measure !== null && file.maxWeight !== 1;
}

/** Whether no bucket cuts a cell. */
function isAligned({ buckets }: Plan, cellMicros: Micros): boolean {
  return (buckets?.runs ?? []).every(
    ({ start, stepMicros }) => start % cellMicros === 0 && stepMicros % cellMicros === 0,
  );
}

interface Chosen {
  readonly chosen: readonly RolledFile[];
  readonly inner: TimeRange | null;
}

/** The longest cells for files that lie in the window, the shortest for those that it cuts. */
function chooseRollups(plan: Plan, files: readonly QueryFile[]): Chosen {
  const chosen: RolledFile[] = [];
  const cut: CutFile[] = [];
  for (const { path, minTs, maxTs, rollups = [] } of files) {
    const fitting = rollups.filter(({ stepMicros }) => isAligned(plan, stepMicros));
    const [shortest, longest] = [fitting[0], fitting.at(-1)];
    if (shortest === undefined || longest === undefined) continue;
    if (!plan.windowed || isInside({ minTs, maxTs }, plan.window)) {
      chosen.push({ path, rollup: longest.path, cut: null });
    } else if (minTs !== null && maxTs !== null) {
      cut.push({ path, minTs, maxTs, rollup: shortest });
    }
  }
  const edges = cutFiles(plan.window, cut);
  return { chosen: [...chosen, ...edges.chosen], inner: edges.inner };
}

interface CutFile {
  readonly path: string;
  readonly minTs: Micros;
  readonly maxTs: Micros;
  readonly rollup: QueryRollup;
}

/** Files with whole cells in the window, and the time of these cells. */
function cutFiles(window: TimeRange, files: readonly CutFile[]): Chosen {
  const step = Math.max(0, ...files.map(({ rollup }) => rollup.stepMicros));
  if (step === 0) return { chosen: [], inner: null };
  const inner = wholeCells(window, step);
  const chosen = files.flatMap(({ path, minTs, maxTs, rollup }): RolledFile[] => {
    if (minTs >= inner.end || maxTs < inner.start) return [];
    const cut = { before: minTs < inner.start, behind: maxTs >= inner.end };
    return [{ path, rollup: rollup.path, cut }];
  });
  if (chosen.length > 0) return { chosen, inner };
  // The longest cells have no place in the window; others may.
  return cutFiles(
    window,
    files.filter(({ rollup }) => rollup.stepMicros < step),
  );
}

function wholeCells({ start, end }: TimeRange, step: Micros): TimeRange {
  return { start: Math.ceil(start / step) * step, end: Math.floor(end / step) * step };
}

/** Whether a file may hold a decimal too large to be added as a whole number. */
function mayBeLarge({ stats, extraLabels }: QueryFile, { measure, labels }: Asked): boolean {
  if (labels.some((label) => extraLabels?.includes(label) ?? true)) return true;
  const stored = measure?.field.sources.find(({ kind }) => kind === 'column');
  if (stored?.kind !== 'column') return true;
  const { name } = stored.column;
  const bounds = [stats?.minValues[name], stats?.maxValues[name]];
  return bounds.some((bound) => typeof bound !== 'number' || Math.abs(bound) >= largeDecimal);
}

/** The same calculation over what cells keep. */
function overCells(item: PlanCalculation, measure: FieldUse | null): PlanCalculation {
  const { op, use } = item;
  if (use === null) return item;
  if (isTime(use)) return op === 'max' ? { ...item, use: ofCell(use, rollupNames.last) } : item;
  if (
    measure === null ||
    JSON.stringify(use.field.sources) !== JSON.stringify(measure.field.sources)
  )
    return item;
  switch (op) {
    case 'min':
      return { ...item, use: ofCell(use, rollupNames.least) };
    case 'max':
      return { ...item, use: ofCell(use, rollupNames.most) };
    case 'sum':
    case 'avg':
      return { ...item, use: ofCell(use, totalName) };
    default:
      return item;
  }
}

function ofCell({ field, as }: FieldUse, name: string): FieldUse {
  const column = { name, label: field.label, type: as, unit: field.unit };
  return { field: { ...field, sources: [{ kind: 'column', column, scale: 1 }] }, as };
}
