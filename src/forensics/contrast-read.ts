/**
 * The questions of a contrast: totals, values worth counting, edges of numbers, single conditions,
 * combinations. Each is one pass over the events; nothing is sampled.
 */
import { assert, present } from '../base/assert.js';
import {
  compileAllFacets,
  compileEachFacet,
  compileEdges,
  type Facet,
  type FacetSides,
} from '../query/facet.js';
import type { FieldUse } from '../query/field.js';
import type { Plan } from '../query/plan.js';
import type { Cell, EngineRows } from '../query/ports.js';
import type { SqlQuery } from '../sql/node.js';
import type { ContrastGroup, ContrastLeaf } from './contrast-causes.js';
import type { ContrastItem } from './contrast-item.js';
import type { ContrastCounts } from './contrast-score.js';

export type RunQuery = (query: SqlQuery) => Promise<EngineRows>;

/** Facets of one pass; more in one pass take more memory than they save time. Chosen by us. */
const facetsAtOnce = 16;

/** A facet and the column of the contrast it belongs to. */
export interface ColumnFacet {
  readonly column: number;
  readonly facet: Facet;
}

/** Counts of all events looked at. */
export async function readTotals(
  run: RunQuery,
  plan: Plan,
  sides: FacetSides,
): Promise<ContrastCounts> {
  const { rows } = await run(compileAllFacets(plan, [], sides, 1));
  return countsOf(rows[0] ?? [], 0);
}

/** Every facet by itself, groups of fewer selected rows than `least` left out. */
export async function readEach(
  run: RunQuery,
  plan: Plan,
  facets: readonly ColumnFacet[],
  { sides, least }: { readonly sides: FacetSides; readonly least: number },
): Promise<readonly { readonly item: FacetValue; readonly counts: ContrastCounts }[]> {
  const found: { item: FacetValue; counts: ContrastCounts }[] = [];
  for (let start = 0; start < facets.length; start += facetsAtOnce) {
    const part = facets.slice(start, start + facetsAtOnce);
    const query = compileEachFacet(
      plan,
      part.map(({ facet }) => facet),
      sides,
      least,
    );
    for (const row of (await run(query)).rows) {
      const bits = Number(row[0]);
      const index = part.findIndex((_, at) => ((bits >> (part.length - 1 - at)) & 1) === 0);
      if (index < 0) continue;
      const { column, facet } = present(part[index], 'a facet');
      const value = row[1 + index] ?? null;
      found.push({ item: { column, facet, value }, counts: countsOf(row, 1 + part.length) });
    }
  }
  return found;
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
      return value === true ? { kind: 'missing', column } : null;
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
  run: RunQuery,
  plan: Plan,
  uses: readonly FieldUse[],
): Promise<readonly (readonly number[])[]> {
  if (uses.length === 0) return [];
  const { rows } = await run(compileEdges(plan, uses, quantiles));
  return uses.map((_, index) => {
    const from = index * quantiles.length;
    const cells = (rows[0] ?? []).slice(from, from + quantiles.length);
    const edges = cells.flatMap((cell) => (cell === null ? [] : [Number(cell)]));
    return [...new Set(edges)].sort((a, b) => a - b);
  });
}

/** Every fiftieth, and the far end where slowness shows. */
const quantiles = [...Array.from({ length: 49 }, (_, index) => (index + 1) / 50), 0.99, 0.995];

/** More combinations than this are not enumerated; the last column is left out instead. */
const mostLeaves = 100_000;

/** Combinations of the facets' values. Columns from the end are left out until they are few. */
export async function readLeaves(
  run: RunQuery,
  plan: Plan,
  facets: readonly ColumnFacet[],
  sides: FacetSides,
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
    const leaves = rows.map((row) => ({
      items: part.map(({ column, facet }, index) =>
        itemOf({ column, facet, value: row[index] ?? null }),
      ),
      counts: countsOf(row, part.length),
    }));
    return { leaves, columns: part.map(({ column }) => column) };
  }
  return { leaves: [], columns: [] };
}

function countsOf(row: readonly Cell[], from: number): ContrastCounts {
  const count = (index: number): number => {
    const value = Number(row[from + index] ?? 0);
    assert(Number.isFinite(value), 'a count is no number');
    return value;
  };
  return {
    selected: count(0),
    window: count(1),
    selectedBefore: count(2),
    before: count(3),
    selectedRows: count(4),
    windowRows: count(5),
  };
}

/** A group of one condition. */
export function singleGroup(item: ContrastItem, counts: ContrastCounts): ContrastGroup {
  return { items: [item], counts };
}
