/**
 * What is different about the selected events: every column, all rows, weighted, against the same
 * columns' own past and against the rest of the window. Says what coincides, never what caused it.
 */
import { present } from '../base/assert.js';
import type { Condition } from '../query/condition.js';
import { usesOf } from '../query/condition.js';
import type { Facet, FacetSides } from '../query/facet.js';
import type { Field, FieldUse } from '../query/field.js';
import type { Plan } from '../query/plan.js';
import type { QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import { calculation, type Filter, querySpec } from '../query/spec.js';
import type { TimeRange } from '../time/range.js';
import {
  bestRange,
  bestSet,
  type ContrastCause,
  type ContrastGroup,
  type ContrastLeaf,
  conjunctions,
  leastSelected,
  rankCauses,
} from './contrast-causes.js';
import { type ContrastColumn, contrastColumns } from './contrast-column.js';
import type { ContrastItem } from './contrast-item.js';
import {
  type ColumnFacet,
  itemOf,
  type RunQuery,
  readEach,
  readEdges,
  readLeaves,
  readTotals,
  singleGroup,
} from './contrast-read.js';
import { type ContrastCounts, noCounts, scoreOf } from './contrast-score.js';
import { symptomColumns } from './contrast-symptom.js';

export interface ContrastRequest {
  readonly window: TimeRange;
  /** What the past is; empty when there is none. It does not overlap with the window. */
  readonly baseline: TimeRange;
  readonly where: readonly Filter[];
  /** The events asked about, among those of the window. */
  readonly selected: Filter;
}

export interface Contrast {
  readonly columns: readonly ContrastColumn[];
  /** Labels of columns that the selection itself is made of; they would explain it trivially. */
  readonly ruleColumns: readonly string[];
  readonly all: ContrastCounts;
  /** Best first; where nothing else stands out, what the bad events say of themselves. */
  readonly causes: readonly ContrastCause[];
  /** What the bad events say of themselves, best first: error texts, flags of failure. */
  readonly symptoms: readonly ContrastCause[];
  readonly leaves: readonly ContrastLeaf[];
  /** Indexes of the columns whose combinations were counted. */
  readonly combined: readonly number[];
  readonly plan: Plan;
}

/** Values of a column that are counted everywhere, the most frequent among the selected first. */
const valuesPerColumn = 60;
/** Numbers with at most so many frequent values are values, not ranges. */
const fewValues = 30;
/** Combinations are counted of so many columns and so many values of each. Chosen by us: all
 * triples of eight columns are 92 a combination. */
const combinedColumns = 8;
const combinedValues = 12;

/** **Faults** CC1201, CC1202, and those of the engine. */
export async function contrast(
  source: QuerySource,
  request: ContrastRequest,
  run: RunQuery,
): Promise<Contrast> {
  const columns = contrastColumns(source.schema, source.roles);
  const { window, baseline } = request;
  const past = baseline.end > baseline.start ? baseline : window;
  const whole = {
    start: Math.min(window.start, past.start),
    end: Math.max(window.end, past.end),
  };
  const plan = planOf(source, request, columns, { window: whole, onlySelected: false });
  const condition = present(plan.bad, 'the rule of a contrast').condition;
  const sides: FacetSides = { window, selected: condition };
  const all = await readTotals(run, plan, sides);
  const uses = plan.keys.map(({ use }) => use);
  const inRule = columnsOfRule(condition, uses);
  const free = uses.flatMap((use, column) => (inRule.has(column) ? [] : [{ column, use }]));
  const chosen = planOf(source, request, columns, { window, onlySelected: true });
  const facets = await chooseFacets({ run, chosen, plan, free, all, sides });
  const groups = await countSingles({ run, plan, facets, all, sides });
  const telling = symptomColumns(columns, groups, all);
  const combined = combinedFacets(facets, groups, { all, telling });
  const { leaves, columns: used } = await readLeaves(run, plan, combined, sides);
  const ranked = rankedCauses([...groups, ...conjunctions(leaves)], { all, telling });
  const ruleColumns = [...inRule].map((column) => columns[column]?.label ?? '');
  return Object.freeze({ columns, ruleColumns, all, ...ranked, leaves, combined: used, plan });
}

interface Telling {
  readonly all: ContrastCounts;
  /** Columns that only say that an event is bad. */
  readonly telling: ReadonlySet<number>;
}

/** Single symptoms apart; a combination with one says nothing more. */
function rankedCauses(
  groups: readonly ContrastGroup[],
  { all, telling }: Telling,
): Pick<Contrast, 'causes' | 'symptoms'> {
  const says = ({ items }: ContrastGroup) => items.some(({ column }) => telling.has(column));
  const causes = rankCauses(
    groups.filter((group) => !says(group)),
    all,
  );
  const symptoms = rankCauses(
    groups.filter((group) => says(group) && group.items.length === 1),
    all,
  );
  const isFound = causes.some(({ significant }) => significant);
  return { causes: isFound ? causes : [...symptoms, ...causes], symptoms };
}

function planOf(
  source: QuerySource,
  { where, selected }: ContrastRequest,
  columns: readonly ContrastColumn[],
  { window, onlySelected }: { readonly window: TimeRange; readonly onlySelected: boolean },
): Plan {
  const spec = querySpec({
    breakdowns: columns.map(({ breakdown }) => breakdown),
    calculations: [calculation('error_rate')],
    bad: selected,
    where: onlySelected ? [...where, selected] : where,
    window,
  });
  return resolve(spec, source);
}

function columnsOfRule(condition: Condition, uses: readonly FieldUse[]): ReadonlySet<number> {
  const named = new Set(usesOf(condition).flatMap(({ field }) => namesOf(field)));
  return new Set(
    uses.flatMap(({ field }, index) => (namesOf(field).some((n) => named.has(n)) ? [index] : [])),
  );
}

function namesOf({ sources }: Field): readonly string[] {
  return sources.map((source) => {
    if (source.kind === 'column') return source.column.label;
    return source.kind === 'extra' ? source.label : source.kind;
  });
}

interface Counting {
  readonly run: RunQuery;
  readonly plan: Plan;
  readonly all: ContrastCounts;
  readonly sides: FacetSides;
}

interface Choosing extends Counting {
  /** The selected events alone. */
  readonly chosen: Plan;
  readonly free: readonly { readonly column: number; readonly use: FieldUse }[];
}

/** The frequent values of the selected events; ranges for numbers that have many. */
async function chooseFacets(choosing: Choosing): Promise<readonly ColumnFacet[]> {
  const { run, chosen, plan, free, all, sides } = choosing;
  const least = leastSelected(all);
  const everything: FacetSides = { ...sides, selected: { kind: 'constant', value: true } };
  const asked = free.flatMap(({ column, use }): ColumnFacet[] => [
    { column, facet: { kind: 'values', use, values: null } },
    { column, facet: { kind: 'missing', use } },
  ]);
  const found = await readEach(run, chosen, asked, { sides: everything, least });
  const numbers: { column: number; use: FieldUse }[] = [];
  const facets = free.flatMap(({ column, use }): ColumnFacet[] => {
    const own = found.filter(({ item }) => item.column === column);
    const values = own
      .filter(({ item }) => item.facet.kind === 'values' && item.value !== null)
      .sort((a, b) => b.counts.selectedRows - a.counts.selectedRows || compare(a, b));
    const covered = values.reduce((sum, { counts }) => sum + counts.selectedRows, 0);
    const filled = own.filter(({ item }) => item.facet.kind === 'missing' && item.value === false);
    const rows = filled.reduce((sum, { counts }) => sum + counts.selectedRows, 0);
    const isNumber = use.as === 'integer' || use.as === 'number';
    const isMeasure = use.as === 'number' || use.field.unit !== null;
    const isFew = !isMeasure && values.length <= fewValues && covered >= rows * 0.9;
    if (isNumber && !isFew && rows > 0) numbers.push({ column, use });
    const kept = values.slice(0, valuesPerColumn).map(({ item }) => item.value);
    const isMissing = own.some(({ item }) => item.facet.kind === 'missing' && item.value === true);
    return [
      ...(kept.length === 0 || (isNumber && !isFew)
        ? []
        : [{ column, facet: { kind: 'values', use, values: kept } as const }]),
      ...(isMissing ? [{ column, facet: { kind: 'missing', use } as const }] : []),
    ];
  });
  const edges = await readEdges(
    run,
    plan,
    numbers.map(({ use }) => use),
  );
  const ranges = numbers.flatMap(({ column, use }, index): ColumnFacet[] => {
    const own = edges[index] ?? [];
    return own.length === 0 ? [] : [{ column, facet: { kind: 'bins', use, edges: own } }];
  });
  return [...facets, ...ranges];
}

function compare(a: { readonly item: { readonly value: unknown } }, b: typeof a): number {
  const [left, right] = [String(a.item.value), String(b.item.value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Single values, sets of values, ranges and missing values, each counted over all events. */
async function countSingles({
  run,
  plan,
  facets,
  all,
  sides,
}: Counting & { readonly facets: readonly ColumnFacet[] }): Promise<readonly ContrastGroup[]> {
  const found = await readEach(run, plan, facets, { sides, least: 0 });
  return facets.flatMap(({ column, facet }): ContrastGroup[] => {
    const own = found.filter(({ item }) => item.column === column && item.facet === facet);
    if (facet.kind === 'bins') {
      const counts = Array.from({ length: facet.edges.length + 1 }, (_, bin) => {
        return own.find(({ item }) => item.value !== null && Number(item.value) === bin)?.counts;
      });
      const filled = counts.map((count) => count ?? noCounts);
      const range = bestRange({ column, edges: facet.edges, counts: filled }, all);
      return range === null ? [] : [range];
    }
    const groups = own.flatMap(({ item, counts }): ContrastGroup[] => {
      const condition = itemOf(item);
      return condition === null ? [] : [singleGroup(condition, counts)];
    });
    const set = facet.kind === 'values' ? bestSet(groups, all) : null;
    return set === null ? groups : [...groups, set];
  });
}

/** The columns whose best single condition scores most, with their best values; and one symptom,
 * to tell which cause has the same events. */
function combinedFacets(
  facets: readonly ColumnFacet[],
  groups: readonly ContrastGroup[],
  { all, telling }: Telling,
): readonly ColumnFacet[] {
  const scored = facets.map((own) => {
    const singles = groups
      .filter(({ items: [item] }) => item?.column === own.column && item.kind !== 'set')
      .filter(({ items: [item] }) => isOfFacet(item, own.facet))
      .map((group) => ({ group, score: scoreOf(group.counts, all) }))
      .sort((a, b) => b.score - a.score || b.group.counts.selected - a.group.counts.selected);
    const sets = groups.filter(({ items: [item] }) => item?.column === own.column);
    const score = Math.max(-1, ...sets.map(({ counts }) => scoreOf(counts, all)));
    return { own, singles, score };
  });
  const best = new Map<number, (typeof scored)[number]>();
  for (const entry of scored) {
    const known = best.get(entry.own.column);
    if (known === undefined || entry.score > known.score) best.set(entry.own.column, entry);
  }
  const sorted = [...best.values()]
    .filter(({ singles }) => singles.length > 0)
    .sort((a, b) => b.score - a.score || a.own.column - b.own.column);
  const other = sorted.filter(({ own }) => !telling.has(own.column)).slice(0, combinedColumns);
  const told = sorted.filter(({ own }) => telling.has(own.column)).slice(0, 1);
  return [...other, ...told].map(({ own, singles }) => {
    return { column: own.column, facet: narrowed(own.facet, singles) };
  });
}

function isOfFacet(item: ContrastItem | undefined, { kind }: Facet): boolean {
  if (kind === 'values') return item?.kind === 'value';
  return kind === 'missing' ? item?.kind === 'missing' : item?.kind === 'range';
}

function narrowed(facet: Facet, singles: readonly { readonly group: ContrastGroup }[]): Facet {
  const [first] = singles.map(({ group }) => group.items[0]);
  if (facet.kind === 'values') {
    const values = singles.slice(0, combinedValues).flatMap(({ group: { items } }) => {
      return items[0]?.kind === 'value' ? [items[0].value] : [];
    });
    return { ...facet, values };
  }
  if (facet.kind === 'missing' || first?.kind !== 'range') return facet;
  return {
    ...facet,
    edges: [first.low, first.high].flatMap((edge) => (edge === null ? [] : [edge])),
  };
}
