/**
 * Who it was: the set of values, over all dimensions, that explains best what ran ahead of what
 * was expected. Pure. **Source** Neill, fast subset scan (JRSS-B 2012): for these scores the best
 * set of values of one dimension is found by looking at each value alone; Speakman and others,
 * penalized fast subset scanning (2016): also where each value costs something.
 */
import { type CellTable, type Dimension, noValue } from './scan-cells.js';
import { type Hits, rateGain, usualNats, worthAt } from './scan-walk.js';

/** Values by dimension; a dimension that is absent selects nothing. */
export type Selection = ReadonlyMap<Dimension, ReadonlySet<number>>;

/** Cells with what was expected of them, of which a set is looked for. */
export interface SubsetQuestion {
  readonly table: CellTable;
  readonly count: ArrayLike<number>;
  readonly expected: ArrayLike<number>;
  /** Cells looked at. */
  readonly members: readonly number[];
  readonly dispersion: number;
  readonly allowed: readonly Dimension[];
}

/** With how likely each cell is by what is usual: some are expected to be hit far more. */
interface Weighed extends SubsetQuestion {
  readonly usual: Float64Array;
}

export interface Subset {
  readonly selection: Selection;
  readonly rows: number;
  readonly count: number;
  readonly expected: number;
  /** In nats, with the cost of its description taken off. */
  readonly score: number;
}

/**
 * Chosen by us: of what is asked a set of more of the values than this is the wide thing under
 * another name, since health checks and a few others stay well.
 */
const widestSets: Partial<Record<Dimension, number>> = { route: 0.6, customer: 0.6 };
/** **Source** costs of the definition: service 0, one column 1, a pair 4 nats. */
const columnCosts = [0, 1, 4, 9, 16];
/** Chosen by us, in nats: what fails in several services at once is so much less likely. */
const severalServices = 4;
/** Chosen by us: another column must win at least this much. */
const leastGain = 3;

/** Whether a cell is one of a selection. */
export function isOf(table: CellTable, selection: Selection, at: number): boolean {
  for (const [dimension, ids] of selection) {
    if (!ids.has(table.values[dimension][at] ?? noValue)) return false;
  }
  return true;
}

/** The cells of a selection among `members`. */
export function selected(
  table: CellTable,
  selection: Selection,
  members: readonly number[],
): readonly number[] {
  return members.filter((at) => isOf(table, selection, at));
}

/**
 * The best selection, from everything down to columns that each win something; and the same from
 * one service down, since a zone of one service is two columns that win only together.
 */
export function bestSubset(asked: SubsetQuestion): Subset {
  const usual = new Float64Array(asked.table.size);
  for (const at of asked.members) usual[at] = usualNats(cellOf(asked, at));
  const question: Weighed = { ...asked, usual };
  const whole = scored(question, new Map(), question.members);
  const best = narrowed(question, whole);
  if (!question.allowed.includes('service')) return best;
  const inService = refined(question, whole, { dimension: 'service', members: question.members });
  if (inService === null || inService.selection.get('service')?.size !== 1) return best;
  const other = narrowed(question, inService);
  const margin = servicesOf(question, best) > 1 ? -severalServices : 1;
  return other.score > best.score + margin ? other : best;
}

/** Services that were hit. */
function servicesOf({ table, count, members }: SubsetQuestion, { selection }: Subset): number {
  const own = selected(table, selection, members).filter((at) => (count[at] ?? 0) > 0);
  return new Set(own.map((at) => table.values.service[at])).size;
}

function narrowed(question: Weighed, from: Subset): Subset {
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
function simplified(question: Weighed, subset: Subset): Subset {
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

function scored(question: Weighed, selection: Selection, members: readonly number[]): Subset {
  const sums = noSums();
  for (const at of members) addCell(sums, question, at);
  const gain = rateGain(sums) / question.dispersion;
  return { selection, ...sums, score: gain - costOf(selection, question.table) };
}

function cellOf({ table, count, expected }: SubsetQuestion, at: number): Hits {
  return { rows: table.rows[at] ?? 0, count: count[at] ?? 0, expected: expected[at] ?? 0 };
}

/** Without an object for each cell: a case has many, and all are added up again and again. */
function addCell(to: Sums, { table, count, expected, usual }: Weighed, at: number): void {
  to.rows += table.rows[at] ?? 0;
  to.count += count[at] ?? 0;
  to.expected += expected[at] ?? 0;
  to.usualNats += usual[at] ?? 0;
}

function noSums(): Sums {
  return { rows: 0, count: 0, expected: 0, usualNats: 0 };
}

function add(to: Sums, { rows, count, expected, usualNats: usual }: Sums): void {
  to.rows += rows;
  to.count += count;
  to.expected += expected;
  to.usualNats += usual;
}

function costOf(selection: Selection, table: CellTable): number {
  let cost = columnCosts[Math.min(selection.size, columnCosts.length - 1)] ?? 16;
  for (const [dimension, ids] of selection) {
    if (dimension === 'service' && ids.size === 1) cost -= 1;
    else cost += setCost(ids.size, valueCount(table, dimension));
  }
  return cost;
}

/** **Source** minimum description length: how many are named, and which of all there are. */
function setCost(named: number, all: number): number {
  return Math.log(all + 1) + logBinomial(all, Math.min(named, all));
}

const logFactorials = [0];

function logFactorial(count: number): number {
  for (let next = logFactorials.length; next <= count; next += 1)
    logFactorials.push((logFactorials[next - 1] ?? 0) + Math.log(next));
  return logFactorials[count] ?? 0;
}

function logBinomial(all: number, named: number): number {
  return logFactorial(all) - logFactorial(named) - logFactorial(all - named);
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

interface Sums {
  rows: number;
  count: number;
  expected: number;
  usualNats: number;
}

interface Tally extends Sums {
  readonly id: number;
}

function tallies(
  question: Weighed,
  dimension: Dimension,
  members: readonly number[],
): readonly Tally[] {
  const byId = new Map<number, Tally>();
  const ids = question.table.values[dimension];
  for (const at of members) {
    const id = ids[at] ?? noValue;
    const tally = byId.get(id) ?? { id, ...noSums() };
    if (tally.rows === 0) byId.set(id, tally);
    addCell(tally, question, at);
  }
  return [...byId.values()];
}

/** The best set of values of one more dimension: for each rate, those that it fits best. */
function refined(
  question: Weighed,
  best: Subset,
  { dimension, members }: { readonly dimension: Dimension; readonly members: readonly number[] },
): Subset | null {
  const values = tallies(question, dimension, members);
  const all = valueCount(question.table, dimension);
  const most = Math.max(1, Math.floor(values.length * (widestSets[dimension] ?? 1)));
  const isFree = (size: number): boolean => dimension === 'service' && size === 1;
  let found: { readonly chosen: readonly Tally[]; readonly size: number } | null = null;
  let highest = Number.NEGATIVE_INFINITY;
  for (const rate of rates) {
    const chosen = fitting(values, rate).slice(0, most);
    const sums = noSums();
    for (const [index, tally] of chosen.entries()) {
      add(sums, tally);
      const size = index + 1;
      const cost = isFree(size) ? -1 : setCost(size, all);
      const score = rateGain(sums) / question.dispersion - cost;
      if (score <= highest) continue;
      highest = score;
      found = { chosen, size };
    }
  }
  if (found === null) return null;
  const own = found.chosen.slice(0, found.size);
  const ids = own.map(({ id }) => id).sort((left, right) => left - right);
  const selection = new Map(best.selection).set(dimension, new Set(ids));
  const sums = noSums();
  for (const tally of own) add(sums, tally);
  const gain = rateGain(sums) / question.dispersion;
  return { selection, ...sums, score: gain - costOf(selection, question.table) };
}

/** Values that a rate explains better than what is usual does, the best first. */
function fitting(values: readonly Tally[], rate: number): readonly Tally[] {
  return values
    .filter(({ id, count }) => id !== noValue && count > 0)
    .map((tally) => ({ tally, worth: worthAt(tally, rate) }))
    .filter(({ worth }) => worth > 0)
    .sort((left, right) => right.worth - left.worth || left.tally.id - right.tally.id)
    .map(({ tally }) => tally);
}

/** Rates of a set at which a value belongs to it or not; chosen by us. */
const rates = [0.02, 0.04, 0.07, 0.12, 0.2, 0.3, 0.45, 0.6, 0.75, 0.88, 0.97];
