/**
 * Which conditions on single columns a contrast looks at, and how often each holds: frequent values
 * of the selected events, sets of them, missing values, ranges of numbers. All columns of few
 * values are counted in one pass; of the others only what is frequent among the selected.
 */
import type { Facet, FacetCounts } from '../query/facet.js';
import type { FieldUse } from '../query/field.js';
import type { Plan } from '../query/plan.js';
import { bestRange, bestSet, type ContrastGroup, leastSelected } from './contrast-causes.js';
import type { ContrastItem } from './contrast-item.js';
import {
  type ColumnFacet,
  type Counting,
  edgesAmong,
  type FacetGroup,
  itemOf,
  readEach,
  readEdges,
  readFew,
} from './contrast-read.js';
import { addCounts, type ContrastCounts, noCounts } from './contrast-score.js';

/** Values of a column that are counted everywhere, the most frequent among the selected first. */
const valuesPerColumn = 60;
/** Numbers with at most so many frequent values are values, not ranges. */
const fewValues = 30;

export interface FreeColumn {
  readonly column: number;
  readonly use: FieldUse;
}

export interface Singles {
  readonly all: FacetCounts;
  readonly facets: readonly ColumnFacet[];
  readonly groups: readonly ContrastGroup[];
}

/** `chosen`: the plan of the selected events alone. */
export async function readSingles(
  counting: Counting,
  chosen: Plan,
  free: readonly FreeColumn[],
): Promise<Singles> {
  const few = await readFew(
    counting,
    free.map(({ use }) => use),
  );
  const ofFew = free.filter((_, index) => few[index] === true);
  const ofMany = free.filter((_, index) => few[index] !== true);
  const every = await readEach(counting, ofFew.map(valuesOf), ({ facet }) => isNumber(facet));
  const frequent = await readFrequent(counting, chosen, ofMany);
  const drafts = free.map((own, index) => {
    const isFew = few[index] === true;
    return draftOf(own, (isFew ? every.groups : frequent).filter(isOf(own)), every.all);
  });
  const numbers = drafts.filter(({ isRanged }) => isRanged);
  const edges = await edgesOf(counting, numbers, { ofMany, groups: every.groups });
  const ranges = numbers.flatMap(({ column, use }, index): ColumnFacet[] => {
    const own = edges[index] ?? [];
    return own.length === 0 ? [] : [{ column, facet: { kind: 'bins', use, edges: own } }];
  });
  const facets = [...drafts.flatMap(({ facets: own }) => own), ...ranges];
  const apart = facets.filter(({ column }) => ofMany.some((own) => own.column === column));
  const counted = apart.length === 0 ? [] : (await readEach(counting, apart, null)).groups;
  const groups = facets.flatMap((own): readonly ContrastGroup[] => {
    const found = apart.includes(own)
      ? counted.filter(({ item }) => item.column === own.column && item.facet === own.facet)
      : groupsOf(own, every.groups.filter(isOf(own)));
    return groupsOfFacet(own, found, every.all);
  });
  return { all: every.all, facets, groups };
}

function valuesOf({ column, use }: FreeColumn): ColumnFacet {
  return { column, facet: { kind: 'values', use, values: null } };
}

function isNumber({ use }: Pick<FreeColumn, 'use'>): boolean {
  return use.as === 'integer' || use.as === 'number';
}

function isOf({ column }: { readonly column: number }): (group: FacetGroup) => boolean {
  return ({ item }) => item.column === column;
}

/** What columns of many values have among the selected events. */
async function readFrequent(
  counting: Counting,
  plan: Plan,
  columns: readonly FreeColumn[],
): Promise<readonly FacetGroup[]> {
  if (columns.length === 0) return [];
  const selected = { kind: 'constant', value: true } as const;
  const sides = { ...counting.sides, selected, hasPast: false };
  const asked = { ...counting, plan, sides };
  return (await readEach(asked, columns.map(valuesOf), () => false)).groups;
}

interface Draft extends FreeColumn {
  readonly facets: readonly ColumnFacet[];
  /** Whether ranges of it are looked at instead of values. */
  readonly isRanged: boolean;
}

/** The frequent values of the selected events; ranges for numbers that have many. */
function draftOf(
  { column, use }: FreeColumn,
  own: readonly FacetGroup[],
  all: ContrastCounts,
): Draft {
  const least = leastSelected(all);
  const values = own
    .filter(({ item, counts }) => item.value !== null && counts.selected >= least)
    .sort((a, b) => b.counts.selectedRows - a.counts.selectedRows || compare(a, b));
  const covered = values.reduce((sum, { counts }) => sum + counts.selectedRows, 0);
  const missing = own.find(({ item }) => item.value === null)?.counts ?? noCounts;
  const isFilled = all.selected - missing.selected >= least;
  const rows = isFilled ? all.selectedRows - missing.selectedRows : 0;
  const isMeasure = use.as === 'number' || use.field.unit !== null;
  const isFew = !isMeasure && values.length <= fewValues && covered >= rows * 0.9;
  const isLong = isNumber({ use }) && !isFew;
  const kept = values.slice(0, valuesPerColumn).map(({ item }) => item.value);
  const facets: readonly Facet[] = [
    ...(kept.length === 0 || isLong ? [] : [{ kind: 'values', use, values: kept } as const]),
    ...(missing.selected >= least ? [{ kind: 'missing', use } as const] : []),
  ];
  return {
    column,
    use,
    facets: facets.map((facet) => ({ column, facet })),
    isRanged: isLong && rows > 0,
  };
}

function compare(a: FacetGroup, b: FacetGroup): number {
  const [left, right] = [String(a.item.value), String(b.item.value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Of columns whose values are all known without a further question. */
async function edgesOf(
  counting: Counting,
  numbers: readonly FreeColumn[],
  {
    ofMany,
    groups,
  }: { readonly ofMany: readonly FreeColumn[]; readonly groups: readonly FacetGroup[] },
): Promise<readonly (readonly number[])[]> {
  const isMany = ({ column }: FreeColumn) => ofMany.some((own) => own.column === column);
  const asked = numbers.filter(isMany);
  const read = await readEdges(
    counting,
    asked.map(({ use }) => use),
  );
  return numbers.map((own) => {
    if (isMany(own)) return read[asked.indexOf(own)] ?? [];
    return edgesAmong(
      groups
        .filter(isOf(own))
        .flatMap(({ item: { value }, counts: { rows } }) =>
          value === null ? [] : [{ value: Number(value), rows }],
        ),
    );
  });
}

/** The groups of a facet, made of those of all values of its column. */
function groupsOf(
  { column, facet }: ColumnFacet,
  groups: readonly FacetGroup[],
): readonly FacetGroup[] {
  switch (facet.kind) {
    case 'values': {
      const wanted = new Set(facet.values);
      return groups.filter(({ item }) => wanted.has(item.value));
    }
    case 'missing':
      return groups
        .filter(({ item }) => item.value === null)
        .map(({ counts }) => ({ item: { column, facet, value: 1 }, counts }));
    case 'bins':
      return groups
        .filter(({ item }) => item.value !== null)
        .map(({ item, counts }) => {
          return { item: { column, facet, value: binOf(facet.edges, Number(item.value)) }, counts };
        });
  }
}

/** How many of the edges lie below. */
function binOf(edges: readonly number[], value: number): number {
  const at = edges.findIndex((edge) => value <= edge);
  return at < 0 ? edges.length : at;
}

/** Single values and the best set of them, the best range, or the missing ones. */
function groupsOfFacet(
  { column, facet }: ColumnFacet,
  found: readonly FacetGroup[],
  all: ContrastCounts,
): readonly ContrastGroup[] {
  if (facet.kind === 'bins') {
    const counts = Array.from({ length: facet.edges.length + 1 }, () => noCounts);
    for (const group of found) {
      const bin = Number(group.item.value ?? -1);
      const own = counts[bin];
      if (own !== undefined) counts[bin] = addCounts(own, group.counts);
    }
    const range = bestRange({ column, edges: facet.edges, counts }, all);
    return range === null ? [] : [range];
  }
  const groups = found.flatMap(({ item, counts }): ContrastGroup[] => {
    const condition: ContrastItem | null = itemOf(item);
    return condition === null ? [] : [{ items: [condition], counts }];
  });
  const set = facet.kind === 'values' ? bestSet(groups, all) : null;
  return set === null ? groups : [...groups, set];
}
