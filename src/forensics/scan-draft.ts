/**
 * What one signal did to one selection of events in one window: counts, expectation, the others,
 * shares of every value. Pure.
 */
import { present } from '../base/assert.js';
import { type CellTable, type Dimension, dimensions, noValue } from './scan-cells.js';
import type { Span } from './scan-presence.js';
import type { Signal } from './scan-signal.js';
import { isOf, type Selection, selected } from './scan-subset.js';
import { likelihoodGain } from './scan-walk.js';

/** What one signal did to whom, judged. **Units** minutes since the epoch, half-open; raw rows. */
export interface Draft {
  readonly signal: Signal;
  readonly selection: Selection;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly count: number;
  readonly expected: number;
  readonly events: number;
  readonly hitEvents: number;
  /** The rest of the same services in the same window. */
  readonly peers: { readonly rows: number; readonly count: number };
  /** Last minute without and first with a hit before the start, and the same behind the end. */
  readonly cleanBefore: number;
  readonly cleanAfter: number;
  /** Nats, after over-dispersion and the cost of the description. */
  readonly score: number;
  /** Rows and hits of the selection by minute of the case. */
  readonly series: DraftSeries;
  /** Hosts its services had in the window. */
  readonly hostCount: number;
  /** Services its hits were in. */
  readonly services: readonly number[];
  /** Values of the other dimensions, with the share of the hits each has. */
  readonly shares: ReadonlyMap<Dimension, readonly ValueShare[]>;
}

/** One value of a dimension that does not define the draft. */
export interface ValueShare {
  readonly id: number;
  readonly rows: number;
  readonly hits: number;
  readonly hitEvents: number;
  /** Of all its rows in the window, whoever sent them. */
  readonly allRows: number;
}

/** Counts by minute. **Shape** one entry a minute with rows, in order. */
export interface DraftSeries {
  readonly minutes: readonly number[];
  readonly rows: readonly number[];
  readonly count: readonly number[];
  readonly expected: readonly number[];
}

/** Cells that overlap a window. */
export function between(
  table: CellTable,
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] {
  const members: number[] = [];
  for (let at = 0; at < table.size; at += 1) {
    const minute = table.minute[at] ?? 0;
    if (minute + table.stepMinutes > from && minute < to) members.push(at);
  }
  return members;
}

/** Rows, hits and expectation of a selection by minute. */
export function seriesOf(
  table: CellTable,
  expected: Float64Array,
  selection: Selection,
): DraftSeries {
  const count = present(table.hits[0], 'the hits');
  const series = {
    minutes: [] as number[],
    rows: [] as number[],
    count: [] as number[],
    expected: [] as number[],
  };
  for (let at = 0; at < table.size; at += 1) {
    if (!isOf(table, selection, at)) continue;
    const minute = table.minute[at] ?? 0;
    if (series.minutes.at(-1) !== minute) {
      series.minutes.push(minute);
      series.rows.push(0);
      series.count.push(0);
      series.expected.push(0);
    }
    const last = series.minutes.length - 1;
    series.rows[last] = (series.rows[last] ?? 0) + (table.rows[at] ?? 0);
    series.count[last] = (series.count[last] ?? 0) + (count[at] ?? 0);
    series.expected[last] = (series.expected[last] ?? 0) + (expected[at] ?? 0);
  }
  return series;
}

/** **Source** materiality of the definition: at least 5 hits, 3 times what was expected, 2 %. */
const leastHits = 5;
const leastRatio = 2.5;
const leastRate = 0.02;

/** A selection of cells in a window, to be judged. */
export interface DraftQuestion {
  readonly table: CellTable;
  readonly expected: Float64Array;
  readonly signal: Signal;
  readonly selection: Selection;
  readonly window: Span;
  readonly dispersion: number;
  /** Nats that chance does not reach. */
  readonly bound: number;
}

/** Null when chance explains it, or when it is too little to matter. */
export function draftOf(question: DraftQuestion): Draft | null {
  const { table, expected, signal, selection, window, dispersion, bound } = question;
  const inside = between(table, window);
  const members = selected(table, selection, inside);
  const sums = sumsOf(table, expected, members);
  const { peers, lifted } = peersOf(table, expected, { selection, inside, members });
  const mean = sums.expected * lifted;
  const score = likelihoodGain(sums.count, mean) / dispersion;
  if (score < bound) return null;
  if (sums.count < leastHits || sums.count < leastRatio * mean) return null;
  if (sums.count < leastRate * sums.rows) return null;
  const series = seriesOf(table, expected, selection);
  return {
    signal,
    selection,
    ...window,
    ...sums,
    expected: mean,
    peers,
    ...brackets(series, window),
    score,
    series,
    hostCount: hostsOf(table, inside, servicesOf(table, members)),
    services: servicesOf(table, members),
    shares: sharesOf(table, inside, new Set(members)),
  };
}

function sumsOf(table: CellTable, expected: Float64Array, members: readonly number[]) {
  const sums = { rows: 0, events: 0, count: 0, hitEvents: 0, expected: 0 };
  const counts = present(table.hits[0], 'the hits');
  const hitEvents = present(table.hitEvents[0], 'the hits');
  for (const at of members) {
    sums.rows += table.rows[at] ?? 0;
    sums.events += table.events[at] ?? 0;
    sums.count += counts[at] ?? 0;
    sums.hitEvents += hitEvents[at] ?? 0;
    sums.expected += expected[at] ?? 0;
  }
  return sums;
}

/** Chosen by us: hosts, zones and versions are judged against the others of their service. */
const peerDimensions: readonly Dimension[] = ['host', 'zone', 'version'];

/** A storm that hits everybody accuses no host: what was expected is lifted by the others. */
function peersOf(
  table: CellTable,
  expected: Float64Array,
  parts: {
    readonly selection: Selection;
    readonly inside: readonly number[];
    readonly members: readonly number[];
  },
): { readonly peers: Draft['peers']; readonly lifted: number } {
  const own = new Set(parts.members);
  const services = new Set(servicesOf(table, parts.members));
  const others = parts.inside.filter(
    (at) => !own.has(at) && services.has(table.values.service[at] ?? noValue),
  );
  const sums = sumsOf(table, expected, others);
  const hasPeers = peerDimensions.some((one) => parts.selection.has(one));
  const lifted = hasPeers ? Math.max(1, (sums.count + 1) / (sums.expected + 1)) : 1;
  return { peers: { rows: sums.rows, count: sums.count }, lifted };
}

function servicesOf(table: CellTable, members: readonly number[]): readonly number[] {
  const counts = present(table.hits[0], 'the hits');
  const ids = new Map<number, number>();
  for (const at of members) {
    const id = table.values.service[at] ?? noValue;
    const hits = counts[at] ?? 0;
    if (hits > 0) ids.set(id, (ids.get(id) ?? 0) + hits);
  }
  return [...ids].sort((left, right) => right[1] - left[1] || left[0] - right[0]).map(([id]) => id);
}

function hostsOf(table: CellTable, inside: readonly number[], services: readonly number[]): number {
  const own = new Set(services);
  const { service, host } = table.values;
  return new Set(inside.filter((at) => own.has(service[at] ?? noValue)).map((at) => host[at])).size;
}

function sharesOf(
  table: CellTable,
  inside: readonly number[],
  members: ReadonlySet<number>,
): Draft['shares'] {
  const counts = present(table.hits[0], 'the hits');
  const events = present(table.hitEvents[0], 'the hits');
  const shares = new Map<Dimension, readonly ValueShare[]>();
  for (const dimension of dimensions) {
    const byId = new Map<
      number,
      { rows: number; hits: number; hitEvents: number; allRows: number }
    >();
    for (const at of inside) {
      const id = table.values[dimension][at] ?? noValue;
      const own = byId.get(id) ?? { rows: 0, hits: 0, hitEvents: 0, allRows: 0 };
      byId.set(id, own);
      own.allRows += table.rows[at] ?? 0;
      if (!members.has(at)) continue;
      own.rows += table.rows[at] ?? 0;
      own.hits += counts[at] ?? 0;
      own.hitEvents += events[at] ?? 0;
    }
    const list = [...byId]
      .map(([id, own]) => ({ id, ...own }))
      .filter(({ id, rows }) => id !== noValue && rows > 0)
      .sort((left, right) => right.hits - left.hits || left.id - right.id);
    shares.set(dimension, list);
  }
  return shares;
}

/** The last minute before the start without a hit, and the first behind the end. */
function brackets(
  series: DraftSeries,
  { from, to }: Span,
): Pick<Draft, 'cleanBefore' | 'cleanAfter'> {
  let [cleanBefore, cleanAfter] = [from, to];
  for (let index = series.minutes.length - 1; index >= 0; index -= 1) {
    const minute = series.minutes[index] ?? 0;
    if (minute >= from || (series.count[index] ?? 0) > 0) continue;
    cleanBefore = minute;
    break;
  }
  for (let index = 0; index < series.minutes.length; index += 1) {
    const minute = series.minutes[index] ?? 0;
    if (minute < to || (series.count[index] ?? 0) > 0) continue;
    cleanAfter = minute;
    break;
  }
  return { cleanBefore, cleanAfter };
}
