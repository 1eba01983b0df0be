/**
 * The questions of a contrast: totals, values worth counting, edges of numbers, single conditions,
 * combinations. Each is one pass over the events; nothing is sampled.
 */
import { present } from '../base/assert.js';
import {
  compileAllFacets,
  compileEachFacet,
  compileEdges,
  compileSpread,
  type Facet,
  type FacetCounts,
  type FacetSides,
  facetCounts,
} from '../query/facet.js';
import type { FieldUse } from '../query/field.js';
import type { Plan } from '../query/plan.js';
import type { Cell, EngineRows } from '../query/ports.js';
import type { SqlQuery } from '../sql/node.js';
import { leastEvents, leastShare } from './contrast-causes.js';
import type { ContrastLeaf } from './contrast-conjunction.js';
import type { ContrastItem } from './contrast-item.js';

export type RunQuery = (query: SqlQuery) => Promise<EngineRows>;

/** What every question of a contrast has in common. */
export interface Counting {
  readonly run: RunQuery;
  readonly plan: Plan;
  readonly sides: FacetSides;
}

/** Facets of one pass; more in one pass take more memory than they save time. Chosen by us. */
const facetsAtOnce = 16;

/** A facet and the column of the contrast it belongs to. */
export interface ColumnFacet {
  readonly column: number;
  readonly facet: Facet;
}

export interface FacetGroups {
  readonly all: FacetCounts;
  readonly groups: readonly FacetGroup[];
}

export interface FacetGroup {
  readonly item: FacetValue;
  readonly counts: FacetCounts;
}

/** Every facet by itself, and all events. `isWhole`: of which every group is read; null: of all. */
export async function readEach(
  { run, plan, sides }: Counting,
  facets: readonly ColumnFacet[],
  isWhole: ((facet: ColumnFacet) => boolean) | null,
): Promise<FacetGroups> {
  const groups: FacetGroup[] = [];
  let all: FacetCounts | null = null;
  for (let start = 0; start === 0 || start < facets.length; start += facetsAtOnce) {
    const part = facets.slice(start, start + facetsAtOnce);
    const whole = [...part.keys()].filter((at) => isWhole?.(present(part[at], 'a facet')));
    const query = compileEachFacet(
      plan,
      part.map(({ facet }) => facet),
      sides,
      isWhole === null ? null : { ...least, whole },
    );
    for (const row of (await run(query)).rows) {
      const bits = Number(row[0]);
      const index = part.findIndex((_, at) => ((bits >> (part.length - 1 - at)) & 1) === 0);
      const counts = facetCounts(plan, sides, row, 1 + part.length);
      if (index < 0) all = counts;
      else {
        const { column, facet } = present(part[index], 'a facet');
        groups.push({ item: { column, facet, value: cellOf(facet, row[1 + index]) }, counts });
      }
    }
  }
  return { all: present(all, 'all events'), groups };
}

/** Below what is asked for later, which depends on how many events are selected. */
const least = { events: leastEvents, share: leastShare / 2 };

function cellOf(facet: Facet, cell: Cell = null): Cell {
  if (facet.kind !== 'values' || facet.values === null || cell === null) return cell;
  return facet.values[Number(cell) - 1] ?? null;
}

/** What a facet gave for a group of rows. */
export interface FacetValue {
  readonly column: number;
  readonly facet: Facet;
  readonly value: Cell;
}

/** The condition a facet's value stands for; null where it stands for none. */
export function itemOf({ column, facet, value }: FacetValue): ContrastItem | null {
  switch (facet.kind) {
    case 'values':
      return value === null ? null : { kind: 'value', column, value };
    case 'missing':
      return value === 1 ? { kind: 'missing', column } : null;
    case 'bins': {
      if (value === null) return null;
      const bin = Number(value);
      const [low, high] = [facet.edges[bin - 1] ?? null, facet.edges[bin] ?? null];
      return { kind: 'range', column, low, high };
    }
  }
}

/** Edges of about equal shares of the rows, ascending, each once; empty for a constant number. */
export async function readEdges(
  { run, plan }: Counting,
  uses: readonly FieldUse[],
): Promise<readonly (readonly number[])[]> {
  if (uses.length === 0) return [];
  const { rows } = await run(compileEdges(plan, uses, quantiles));
  return uses.map((_, index) => {
    const from = index * quantiles.length;
    return edgesOf((rows[0] ?? []).slice(from, from + quantiles.length));
  });
}

/** The same edges from all values and how many rows have them. */
export function edgesAmong(
  values: readonly { readonly value: number; readonly rows: number }[],
): readonly number[] {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const all = sorted.reduce((sum, { rows }) => sum + rows, 0);
  let [at, below] = [0, 0];
  return edgesOf(
    quantiles.map((quantile) => {
      // As the engine does: the row at this place, the first being at 0.
      const place = Math.max(1, all - Math.floor(all - all * quantile)) - 1;
      while (at < sorted.length && below + (sorted[at]?.rows ?? 0) <= place) {
        below += sorted[at]?.rows ?? 0;
        at += 1;
      }
      return sorted[at]?.value ?? null;
    }),
  );
}

function edgesOf(cells: readonly Cell[]): readonly number[] {
  const edges = cells.flatMap((cell) => (cell === null ? [] : [Number(cell)]));
  return [...new Set(edges)].sort((a, b) => a - b);
}

/** Every fiftieth, and the far end where slowness shows. */
const quantiles = [...Array.from({ length: 49 }, (_, index) => (index + 1) / 50), 0.99, 0.995];

/** Chosen by us: rows looked at to tell how many values a column has, and how many of them are too
 * many to count all of its values. */
const spreadRows = 4_096;
const mostSpread = 3_000;

/** Whether each has so few values that all of them can be counted. It decides what is asked, never
 * what is answered. */
export async function readFew(
  { run, plan }: Counting,
  uses: readonly FieldUse[],
): Promise<readonly boolean[]> {
  if (uses.length === 0) return [];
  const { rows } = await run(compileSpread(plan, uses, spreadRows));
  return uses.map((_, index) => Number(rows[0]?.[index] ?? 0) <= mostSpread);
}

/** More combinations than this are not enumerated; the last column is left out instead. */
const mostLeaves = 100_000;

/** Combinations of the facets' values. Columns from the end are left out until they are few. */
export async function readLeaves(
  { run, plan, sides }: Counting,
  facets: readonly ColumnFacet[],
): Promise<{ readonly leaves: readonly ContrastLeaf[]; readonly columns: readonly number[] }> {
  for (let count = facets.length; count > 1; count -= 1) {
    const part = facets.slice(0, count);
    const query = compileAllFacets(
      plan,
      part.map(({ facet }) => facet),
      sides,
      mostLeaves + 1,
    );
    const { rows } = await run(query);
    if (rows.length > mostLeaves) continue;
    // One item for all leaves that have it, so that they are told apart without their texts.
    const items = part.map(() => new Map<Cell, ContrastItem | null>());
    const itemAt = (index: number, cell: Cell): ContrastItem | null => {
      const known = items[index]?.get(cell);
      if (known !== undefined) return known;
      const { column, facet } = present(part[index], 'a facet');
      const item = itemOf({ column, facet, value: cellOf(facet, cell) });
      items[index]?.set(cell, item);
      return item;
    };
    const leaves = rows.map((row) => ({
      items: part.map((_, index) => itemAt(index, row[index] ?? null)),
      counts: facetCounts(plan, sides, row, part.length),
    }));
    return { leaves, columns: part.map(({ column }) => column) };
  }
  return { leaves: [], columns: [] };
}
