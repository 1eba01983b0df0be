/**
 * What is different about the selected events: every column, all rows, weighted, against the same
 * columns' own past and against the rest of the window. Says what coincides, never what caused it.
 */
import { present } from '../base/assert.js';
import type { Condition } from '../query/condition.js';
import { usesOf } from '../query/condition.js';
import type { Facet } from '../query/facet.js';
import type { Field, FieldUse } from '../query/field.js';
import type { Plan } from '../query/plan.js';
import type { QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import { calculation, type Filter, querySpec } from '../query/spec.js';
import type { TimeRange } from '../time/range.js';
import { type ContrastCause, type ContrastGroup, rankCauses } from './contrast-causes.js';
import { type ContrastColumn, contrastColumns } from './contrast-column.js';
import { type ContrastLeaf, conjunctions } from './contrast-conjunction.js';
import type { ContrastItem } from './contrast-item.js';
import { type ColumnFacet, type Counting, type RunQuery, readLeaves } from './contrast-read.js';
import { type ContrastCounts, scoreOf } from './contrast-score.js';
import { readSingles } from './contrast-single.js';
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
  const hasPast = whole.start < window.start || whole.end > window.end;
  const counting: Counting = { run, plan, sides: { window, selected: condition, hasPast } };
  const uses = plan.keys.map(({ use }) => use);
  const inRule = columnsOfRule(condition, uses);
  const free = uses.flatMap((use, column) => (inRule.has(column) ? [] : [{ column, use }]));
  const chosen = planOf(source, request, columns, { window, onlySelected: true });
  const { all, facets, groups } = await readSingles(counting, chosen, free);
  const telling = symptomColumns(columns, groups, all);
  const combined = combinedFacets(facets, groups, { all, telling });
  const { leaves, columns: used } = await readLeaves(counting, combined);
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
