/**
 * Where to look closer: walks over the hits of every value of every dimension, and of pairs, with
 * what was expected taken from coarse blocks. Cheap and generous; `scan-case` judges exactly. Pure.
 */
import { present } from '../base/assert.js';
import { type Baseline, type Exposures, usualRate } from './scan-baseline.js';
import { type CellTable, type Dimension, noValue } from './scan-cells.js';
import { type Blocks, blockOf, type Exposure, pairOf, total } from './scan-exposure.js';
import { dispersionOfSquares, judgedMean, robustRate, squareOf } from './scan-rate.js';
import { excursions, likelihoodGain, type WalkSeries } from './scan-walk.js';

/** **Units** minutes since the epoch, half-open. */
export interface Candidate {
  readonly signal: number;
  readonly dimensions: readonly Dimension[];
  readonly ids: readonly number[];
  readonly from: number;
  readonly to: number;
  /** Rows hit in it. */
  readonly count: number;
  readonly score: number;
}

/** Rows of a value by block, with running sums. */
interface Row {
  readonly rows: Float64Array;
  readonly sums: Float64Array;
}

/** How many rows there were: what hits are counted against. */
export type ScanExposures = Exposures & {
  readonly versions: Exposure;
  readonly zones: Exposure;
  /** Rows of each service by block, and of all. */
  readonly services: ReadonlyMap<number, Float64Array>;
  readonly all: Float64Array;
  /** All rows of each customer that was hit, for those that are not followed over time. */
  readonly customerRows: ArrayLike<number>;
};

/** Where hits of one signal ran ahead of its baseline. */
export interface CandidateQuestion {
  readonly hits: CellTable;
  readonly signal: number;
  readonly baseline: Baseline;
  readonly exposures: ScanExposures;
  readonly axes: readonly (readonly Dimension[])[];
  /** In nats. */
  readonly least: number;
}

/** Chosen by us: a hit that was to be expected more often than not is no evidence. */
export const expectedHit = 0.3;
/** Chosen by us: fewer rows hit are no finding. **Source** materiality of the definition. */
export const fewestHits = 5;

export interface CandidateAnswer {
  readonly candidates: readonly Candidate[];
  /** Over-dispersion by the last dimension of an axis. */
  readonly dispersions: ReadonlyMap<string, number>;
}

/** Windows of values, and of pairs of them, that are worth an exact look. */
export function candidatesOf(question: CandidateQuestion): CandidateAnswer {
  const found: Candidate[] = [];
  const dispersions = new Map<string, number>();
  const odd = oddHits(question);
  for (const dimensions of question.axes) {
    const groups = groupHits(question, dimensions, odd);
    const squares: number[] = [];
    const judged = groups.map((group) => ({
      group,
      ...expectation(question, dimensions, { group, squares }),
    }));
    const dispersion = dispersionOfSquares(squares);
    const finest = dimensions.at(-1) ?? 'service';
    // Of a value alone: pairs of it come later, and few of their blocks expect anything.
    if (!dispersions.has(finest)) dispersions.set(finest, dispersion);
    for (const { group, expected, own } of judged) {
      const series = { count: group.counts, expected, own, size: group.minutes.length };
      for (const one of excursions(series, { least: question.least, dispersion })) {
        const from = present(group.minutes[one.first], 'a minute');
        const to = present(group.minutes[one.last], 'a minute') + question.hits.stepMinutes;
        const gain = gainOf(group, series, one);
        found.push({
          signal: question.signal,
          dimensions,
          ids: group.ids,
          from,
          to,
          count: gain.count,
          score: gain.nats / dispersion,
        });
      }
    }
  }
  return { candidates: found, dispersions };
}

function gainOf(
  group: Group,
  { expected, own }: Pick<WalkSeries, 'expected' | 'own'>,
  { first, last }: { readonly first: number; readonly last: number },
): { readonly count: number; readonly nats: number } {
  let [count, mean] = [0, 0];
  for (let index = first; index <= last; index += 1) {
    count += group.counts[index] ?? 0;
    mean += (index === first ? own[index] : expected[index]) ?? 0;
  }
  return { count, nats: likelihoodGain(count, Math.max(mean, 0.01)) };
}

interface Group {
  readonly ids: readonly number[];
  readonly minutes: number[];
  readonly counts: number[];
}

/** Hits of a signal that were not to be expected anyway. */
function oddHits({ hits, signal, baseline }: CandidateQuestion): Int32Array {
  const counts = present(hits.hits[signal], 'the hits of a signal');
  const { service, route, customer, host } = hits.values;
  const odd: number[] = [];
  for (let at = 0; at < hits.size; at += 1) {
    if ((counts[at] ?? 0) === 0) continue;
    const usual = usualRate(baseline, {
      service: service[at] ?? noValue,
      route: route[at] ?? noValue,
      customer: customer[at] ?? noValue,
      host: host[at] ?? noValue,
    });
    if (usual < expectedHit) odd.push(at);
  }
  return Int32Array.from(odd);
}

/** One number for the values of each hit, NaN where one is missing: column by column, not row. */
function keysOf(columns: readonly Int32Array[], hits: Int32Array): Float64Array {
  const keys = new Float64Array(hits.length);
  for (const ids of columns) {
    let largest = 0;
    for (const at of hits) largest = Math.max(largest, ids[at] ?? 0);
    for (let index = 0; index < hits.length; index += 1) {
      const id = ids[hits[index] ?? 0] ?? noValue;
      keys[index] = id === noValue ? Number.NaN : (keys[index] ?? 0) * (largest + 1) + id;
    }
  }
  return keys;
}

function groupHits(
  { hits, signal }: CandidateQuestion,
  dimensions: readonly Dimension[],
  odd: Int32Array,
): readonly Group[] {
  const counts = present(hits.hits[signal], 'the hits of a signal');
  const columns = dimensions.map((one) => hits.values[one]);
  const keys = keysOf(columns, odd);
  const groups = new Map<number, Group>();
  for (let index = 0; index < odd.length; index += 1) {
    const key = keys[index] ?? Number.NaN;
    const at = odd[index] ?? 0;
    if (Number.isNaN(key)) continue;
    let group = groups.get(key);
    if (group === undefined) {
      group = { ids: columns.map((ids) => ids[at] ?? noValue), minutes: [], counts: [] };
      groups.set(key, group);
    }
    const minute = hits.minute[at] ?? 0;
    const count = counts[at] ?? 0;
    if (group.minutes.at(-1) === minute) {
      group.counts[group.counts.length - 1] = (group.counts.at(-1) ?? 0) + count;
    } else {
      group.minutes.push(minute);
      group.counts.push(count);
    }
  }
  return [...groups.values()].filter(
    ({ counts: own }) => own.reduce((sum, one) => sum + one, 0) >= fewestHits,
  );
}

/** Chosen by us: what was there for less of the window has no history of its own. */
const lastingShare = 0.4;

interface Expectation {
  /** For each hit: what was expected since the hit before, and of that in its own step. */
  readonly expected: Float64Array;
  readonly own: Float64Array;
}

function expectation(
  question: CandidateQuestion,
  dimensions: readonly Dimension[],
  { group, squares }: { readonly group: Group; readonly squares: number[] },
): Expectation {
  const { blocks } = question.exposures.routes;
  const rows = rowsOf(question, dimensions, group.ids);
  const own = new Float64Array(blocks.count);
  group.minutes.forEach((minute, index) => {
    const block = blockOf(blocks, minute);
    own[block] = (own[block] ?? 0) + (group.counts[index] ?? 0);
  });
  const prior = priorRate(question, dimensions, group.ids);
  const filled = rows.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
  const isLasting = filled >= blocks.count * lastingShare;
  const rate = isLasting ? robustRate(own, rows, { prior, shrink: 20 }) : prior;
  const row = withSums(rows);
  const until = (minute: number): number => rowsUntil(row, blocks, minute);
  const expected = new Float64Array(group.minutes.length);
  const ownExpected = new Float64Array(group.minutes.length);
  let before = until(blocks.startMinute);
  for (let index = 0; index < expected.length; index += 1) {
    const minute = group.minutes[index] ?? 0;
    const here = until(minute + question.hits.stepMinutes);
    expected[index] = Math.max(0, here - before) * rate;
    ownExpected[index] = Math.max(0, here - until(minute)) * rate;
    before = here;
  }
  for (let block = 0; block < rows.length; block += 1) {
    const mean = (rows[block] ?? 0) * rate;
    if (mean > judgedMean) squares.push(squareOf(own[block] ?? 0, mean));
  }
  return { expected, own: ownExpected };
}

function withSums(rows: Float64Array): Row {
  const sums = new Float64Array(rows.length + 1);
  for (let block = 0; block < rows.length; block += 1)
    sums[block + 1] = (sums[block] ?? 0) + (rows[block] ?? 0);
  return { rows, sums };
}

/** Rows up to a minute, spread evenly over their block. */
function rowsUntil({ rows, sums }: Row, blocks: Blocks, minute: number): number {
  const place = (minute - blocks.startMinute) / blocks.stepMinutes;
  const block = Math.min(blocks.count - 1, Math.max(0, Math.floor(place)));
  const part = Math.min(1, Math.max(0, place - block));
  return (sums[block] ?? 0) + part * (rows[block] ?? 0);
}

/** Of several dimensions: as if they were independent of each other. */
function rowsOf(
  { exposures }: CandidateQuestion,
  dimensions: readonly Dimension[],
  ids: readonly number[],
): Float64Array {
  const { routes, hosts, versions, zones, customers } = exposures;
  const id = (one: Dimension): number => ids[dimensions.indexOf(one)] ?? noValue;
  const service = id('service');
  const own = (one: Dimension): Float64Array | undefined => {
    switch (one) {
      case 'service':
        return dimensions.length > 1 ? undefined : exposures.services.get(service);
      case 'host':
        return hosts.rows.get(id('host'));
      case 'version':
        return versions.rows.get(pairOf(service, id('version')));
      case 'zone':
        return zones.rows.get(pairOf(service, id('zone')));
      case 'route':
        return routes.rows.get(pairOf(service, id('route')));
      case 'customer':
        return customers.rows.get(id('customer'));
    }
  };
  const parts = dimensions.flatMap((one) => own(one) ?? []);
  const [first] = parts;
  if (dimensions.length === 0) return exposures.all;
  if (first === undefined)
    return evenly(exposures, dimensions.includes('customer') ? id('customer') : noValue);
  if (parts.length === 1) return first;
  const all = service === noValue ? exposures.all : exposures.services.get(service);
  const shared = (part: Float64Array, index: number): number =>
    (part[index] ?? 0) / Math.max(1, all?.[index] ?? 0);
  return parts
    .slice(1)
    .reduce((product, part) => product.map((value, index) => value * shared(part, index)), first);
}

/** The rows of a customer that is not followed over time, as everybody's. */
function evenly({ all, customerRows }: ScanExposures, customer: number): Float64Array {
  const share = (customerRows[customer] ?? 0) / Math.max(1, total(all));
  return all.map((rows) => rows * share);
}

function priorRate(
  { baseline }: CandidateQuestion,
  dimensions: readonly Dimension[],
  ids: readonly number[],
): number {
  const id = (one: Dimension): number => ids[dimensions.indexOf(one)] ?? noValue;
  const route = dimensions.includes('route') ? id('route') : noValue;
  return usualRate(baseline, {
    service: id('service'),
    route,
    customer: id('customer'),
    host: id('host'),
  });
}
