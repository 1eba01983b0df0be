/**
 * Who it was: the set of values, over all dimensions, that explains best what ran ahead of what
 * was expected. Pure. **Source** Neill, fast subset scan (JRSS-B 2012): for these scores the best
 * set of values of one dimension is found by looking at each value alone; Speakman and others,
 * penalized fast subset scanning (2016): also where each value costs something.
 */
import { type CellTable, type Dimension, noValue } from './scan-cells.js';
import { likelihoodGain } from './scan-walk.js';

export type Selection = ReadonlyMap<Dimension, ReadonlySet<number>>;

export interface SubsetQuestion {
  readonly table: CellTable;
  readonly count: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  /** Cells looked at. */
  readonly members: readonly number[];
  readonly dispersion: number;
  readonly allowed: readonly Dimension[];
}

export interface Subset {
  readonly selection: Selection;
  readonly count: number;
  readonly expected: number;
  /** In nats, with the cost of its description taken off. */
  readonly score: number;
}

/** **Source** costs of the definition: service 0, one column 1, a pair 4 nats. */
const columnCosts = [0, 1, 4, 9, 16];
/** Chosen by us: another column must win at least this much. */
const leastGain = 3;
/** A set of more of the values than this is the wide thing under another name. */
const widestSet = 0.6;

/** The cells of a selection among `members`. */
export function selected(
  table: CellTable,
  selection: Selection,
  members: readonly number[],
): readonly number[] {
  const parts = [...selection];
  return members.filter((at) =>
    parts.every(([dimension, ids]) => ids.has(table.values[dimension][at] ?? noValue)),
  );
}

/**
 * The best selection, from everything down to columns that each win something; and the same from
 * one service down, since a zone of one service is two columns that win only together.
 */
export function bestSubset(question: SubsetQuestion): Subset {
  const whole = scored(question, new Map(), question.members);
  const best = narrowed(question, whole);
  if (!question.allowed.includes('service')) return best;
  const inService = refined(question, whole, { dimension: 'service', members: question.members });
  if (inService === null || inService.selection.get('service')?.size !== 1) return best;
  const other = narrowed(question, inService);
  return other.score > best.score + 1 ? other : best;
}

function narrowed(question: SubsetQuestion, from: Subset): Subset {
  let best = from;
  let members = selected(question.table, from.selection, question.members);
  for (let depth = 0; depth < 3; depth += 1) {
    const next = question.allowed
      .filter((dimension) => !best.selection.has(dimension))
      .map((dimension) => refined(question, best, { dimension, members }))
      .filter((one) => one !== null)
      .sort((left, right) => right.score - left.score)[0];
    if (next === undefined || next.score < best.score + leastGain) break;
    best = next;
    members = selected(question.table, best.selection, members);
  }
  return simplified(question, best);
}

/** Without the columns that hardly matter once the others are there. */
function simplified(question: SubsetQuestion, subset: Subset): Subset {
  let best = subset;
  for (const dimension of subset.selection.keys()) {
    if (best.selection.size < 2) break;
    const without = new Map(best.selection);
    without.delete(dimension);
    const wider = scored(question, without, selected(question.table, without, question.members));
    if (wider.score >= best.score - 1) best = wider;
  }
  return best;
}

function scored(
  { count, expected, dispersion, table }: SubsetQuestion,
  selection: Selection,
  members: readonly number[],
): Subset {
  let [hits, mean] = [0, 0];
  for (const at of members) {
    hits += count[at] ?? 0;
    mean += expected[at] ?? 0;
  }
  const gain = likelihoodGain(hits, mean) / dispersion;
  return { selection, count: hits, expected: mean, score: gain - costOf(selection, table) };
}

function costOf(selection: Selection, table: CellTable): number {
  let cost = columnCosts[Math.min(selection.size, columnCosts.length - 1)] ?? 16;
  for (const [dimension, ids] of selection) {
    if (dimension === 'service' && ids.size === 1) cost -= 1;
    else cost += ids.size * Math.log(valueCount(table, dimension) + 1);
  }
  return cost;
}

const valueCounts = new WeakMap<CellTable, Map<Dimension, number>>();

/** Values of a dimension in the table. */
export function valueCount(table: CellTable, dimension: Dimension): number {
  const known = valueCounts.get(table) ?? new Map<Dimension, number>();
  valueCounts.set(table, known);
  const before = known.get(dimension);
  if (before !== undefined) return before;
  const count = new Set(table.values[dimension]).size;
  known.set(dimension, count);
  return count;
}

interface Tally {
  readonly id: number;
  count: number;
  expected: number;
}

function tallies(
  { table, count, expected }: SubsetQuestion,
  dimension: Dimension,
  members: readonly number[],
): readonly Tally[] {
  const byId = new Map<number, Tally>();
  const ids = table.values[dimension];
  for (const at of members) {
    const id = ids[at] ?? noValue;
    const tally = byId.get(id) ?? { id, count: 0, expected: 0 };
    if (tally.count === 0 && tally.expected === 0) byId.set(id, tally);
    tally.count += count[at] ?? 0;
    tally.expected += expected[at] ?? 0;
  }
  return [...byId.values()];
}

/** The best set of values of one more dimension. */
function refined(
  question: SubsetQuestion,
  best: Subset,
  { dimension, members }: { readonly dimension: Dimension; readonly members: readonly number[] },
): Subset | null {
  const values = tallies(question, dimension, members);
  const price = Math.log(valueCount(question.table, dimension) + 1);
  const most = Math.max(1, Math.floor(values.length * widestSet));
  const seen = new Set<string>();
  let found: Subset | null = null;
  for (const ratio of ratioGrid) {
    const chosen = values.filter(({ id, count, expected }) => {
      if (id === noValue || count === 0) return false;
      const worth = count * Math.log(ratio) - (ratio - 1) * expected;
      return worth / question.dispersion > price;
    });
    if (chosen.length === 0 || (chosen.length > 1 && chosen.length > most)) continue;
    const ids = chosen.map(({ id }) => id).sort((left, right) => left - right);
    const name = ids.join(',');
    if (seen.has(name)) continue;
    seen.add(name);
    const hits = chosen.reduce((sum, { count }) => sum + count, 0);
    const mean = chosen.reduce((sum, { expected }) => sum + expected, 0);
    const selection = new Map(best.selection).set(dimension, new Set(ids));
    const gain = likelihoodGain(hits, mean) / question.dispersion;
    const score = gain - costOf(selection, question.table);
    if (found === null || score > found.score) {
      found = { selection, count: hits, expected: mean, score };
    }
  }
  return found;
}

/** Ratios at which a value is worth its price or not; chosen by us, a step of about a half. */
const ratioGrid = [1.5, 2, 3, 4, 6, 9, 14, 20, 30, 50, 100, 200];
