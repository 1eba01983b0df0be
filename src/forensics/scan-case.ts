/**
 * Judges candidates exactly: all events around a window, by everything they can be told apart by;
 * who it was, from when to when to the minute, and whether chance explains it. What is explained
 * is taken out before the next candidate is looked at.
 */
import { present } from '../base/assert.js';
import type { Limits } from '../query/rollup.js';
import { microsPerMinute } from '../time/instant.js';
import { type Baseline, type Exposures, usualRate } from './scan-baseline.js';
import type { Candidate } from './scan-candidate.js';
import {
  type Axes,
  type CellTable,
  type Dictionaries,
  type Dimension,
  dimensions,
  noValue,
  readCells,
} from './scan-cells.js';
import { type Blocks, blockOf } from './scan-exposure.js';
import type { ScanPort } from './scan-port.js';
import type { Signal } from './scan-signal.js';
import { bestSubset, type Selection, selected } from './scan-subset.js';
import { excursions, likelihoodGain } from './scan-walk.js';

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
  /** Services its hits were in. */
  readonly services: readonly number[];
  /** Values of the other dimensions, with the share of the hits each has. */
  readonly shares: ReadonlyMap<Dimension, readonly ValueShare[]>;
}

export interface ValueShare {
  readonly id: number;
  readonly rows: number;
  readonly hits: number;
  readonly hitEvents: number;
  /** Of all its rows in the window, whoever sent them. */
  readonly allRows: number;
}

export interface DraftSeries {
  readonly minutes: readonly number[];
  readonly rows: readonly number[];
  readonly count: readonly number[];
  readonly expected: readonly number[];
}

export interface CaseContext {
  readonly port: ScanPort;
  readonly dictionaries: Dictionaries;
  readonly axes: Axes;
  readonly blocks: Blocks;
  readonly exposures: Exposures;
  readonly signals: readonly Signal[];
  readonly baselines: readonly Baseline[];
  readonly limits: Limits | null;
  readonly hits: CellTable;
  /** Over-dispersion by signal and dimension. */
  readonly dispersion: (signal: number, selection: Selection) => number;
  /** Nats that chance does not reach. */
  readonly bound: number;
  /** What was found before of the same signal; grows. */
  readonly found: Draft[];
}

/** Chosen by us: cells one case may hold. */
const mostRows = 400_000;
/** Chosen by us: causes looked for in one case. */
const mostCauses = 4;

export async function judge(context: CaseContext, candidate: Candidate): Promise<readonly Draft[]> {
  const table = await caseTable(context, candidate);
  const { signal } = candidate;
  const expected = expectedCells(context, table, signal);
  for (const draft of context.found) explain(table, expected, draft);
  const drafts: Draft[] = [];
  for (let cause = 0; cause < mostCauses; cause += 1) {
    const draft = bestDraft(context, { table, expected, candidate });
    if (draft === null) break;
    drafts.push(draft);
    context.found.push(draft);
    explain(table, expected, draft);
    forget(context.hits, signal, draft);
  }
  return drafts;
}

async function caseTable(context: CaseContext, candidate: Candidate): Promise<CellTable> {
  const { port, dictionaries, axes, limits, signals, blocks } = context;
  const length = candidate.to - candidate.from;
  const pad = Math.max(60, Math.min(720, length));
  const start = Math.max(candidate.from - pad, blocks.window.start / microsPerMinute);
  const end = Math.min(candidate.to + pad, blocks.window.end / microsPerMinute);
  const rows = rowsBetween(context, start, end);
  const isWide = rows > mostRows;
  const kept = isWide
    ? dimensions.filter((one) => one !== 'customer' || candidate.dimensions.includes(one))
    : dimensions;
  const step = isWide ? Math.min(60, Math.max(1, Math.ceil(length / 60))) : 1;
  return readCells(port, dictionaries, {
    window: { start: start * microsPerMinute, end: end * microsPerMinute },
    stepMicros: step * microsPerMinute,
    axes,
    dimensions: kept,
    signals: [present(signals[candidate.signal], 'a signal')],
    limits,
    hitsOnly: false,
    where: [],
  });
}

function rowsBetween({ exposures, blocks }: CaseContext, start: number, end: number): number {
  const [first, last] = [blockOf(blocks, start), blockOf(blocks, end)];
  let sum = 0;
  for (const rows of exposures.routes.rows.values()) {
    for (let block = first; block <= last; block += 1) sum += rows[block] ?? 0;
  }
  return sum;
}

function expectedCells(context: CaseContext, table: CellTable, signal: number): Float64Array {
  const baseline = present(context.baselines[signal], 'a baseline');
  const { service, route, customer, host } = table.values;
  return Float64Array.from(table.rows, (rows, at) => {
    const rate = usualRate(baseline, {
      service: service[at] ?? noValue,
      route: route[at] ?? noValue,
      customer: customer[at] ?? noValue,
      host: host[at] ?? noValue,
    });
    return rows * rate;
  });
}

interface Judged {
  readonly table: CellTable;
  readonly expected: Float64Array;
  readonly candidate: Candidate;
}

/** Who, then when, then who again, until both stay the same. */
function bestDraft(context: CaseContext, judged: Judged): Draft | null {
  const { table, expected, candidate } = judged;
  const count = present(table.hits[0], 'the hits');
  let window = { from: candidate.from, to: candidate.to };
  let selection: Selection = new Map();
  for (let round = 0; round < 3; round += 1) {
    const found = bestSubset({
      table,
      count,
      expected,
      members: between(table, window),
      dispersion: context.dispersion(candidate.signal, selection),
      allowed: [...context.axes.breakdowns.keys()],
    });
    selection = found.selection;
    const refined = refine(context, judged, selection, window);
    if (refined === null) return null;
    const isSame = refined.from === window.from && refined.to === window.to;
    window = refined;
    if (isSame) break;
  }
  return draftOf(context, judged, selection, window);
}

function between(
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

interface Minutes {
  readonly from: number;
  readonly to: number;
}

/** The best excursion of the selection that overlaps the window. */
function refine(
  context: CaseContext,
  { table, expected, candidate }: Judged,
  selection: Selection,
  window: Minutes,
): Minutes | null {
  const dispersion = context.dispersion(candidate.signal, selection);
  const series = seriesOf(table, expected, selection);
  const found = excursions(
    {
      at: series.minutes,
      count: series.count,
      expected: series.expected,
      size: series.minutes.length,
    },
    { least: 1, dispersion },
  );
  const { stepMinutes } = table;
  let best: (Minutes & { readonly gain: number }) | null = null;
  for (const { first, last } of found) {
    const from = present(series.minutes[first], 'a minute');
    const to = present(series.minutes[last], 'a minute') + stepMinutes;
    if (to <= window.from || from >= window.to) continue;
    let [hits, mean] = [0, 0];
    for (let index = first; index <= last; index += 1) {
      hits += series.count[index] ?? 0;
      mean += series.expected[index] ?? 0;
    }
    const gain = likelihoodGain(hits, mean);
    if (best === null || gain > best.gain) best = { from, to, gain };
  }
  return best;
}

function seriesOf(table: CellTable, expected: Float64Array, selection: Selection): DraftSeries {
  const count = present(table.hits[0], 'the hits');
  const everything = Array.from({ length: table.size }, (_, at) => at);
  const series = {
    minutes: [] as number[],
    rows: [] as number[],
    count: [] as number[],
    expected: [] as number[],
  };
  for (const at of selected(table, selection, everything)) {
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

function draftOf(
  context: CaseContext,
  { table, expected, candidate }: Judged,
  selection: Selection,
  window: Minutes,
): Draft | null {
  const inside = between(table, window);
  const members = selected(table, selection, inside);
  const sums = sumsOf(table, expected, members);
  const { peers, lifted } = peersOf(table, expected, { selection, inside, members });
  const mean = sums.expected * lifted;
  const dispersion = context.dispersion(candidate.signal, selection);
  const score = likelihoodGain(sums.count, mean) / dispersion;
  if (score < context.bound) return null;
  if (sums.count < leastHits || sums.count < leastRatio * mean) return null;
  if (sums.count < leastRate * sums.rows) return null;
  const series = seriesOf(table, expected, selection);
  return {
    signal: present(context.signals[candidate.signal], 'a signal'),
    selection,
    ...window,
    ...sums,
    expected: mean,
    peers,
    ...brackets(series, window),
    score,
    series,
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

/** The last event of the selection before the start that was no hit, and the first behind the end. */
function brackets(
  series: DraftSeries,
  { from, to }: Minutes,
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

/** From now on what was found is what is expected. */
function explain(table: CellTable, expected: Float64Array, draft: Draft): void {
  const members = selected(table, draft.selection, between(table, draft));
  if (members.length === 0) return;
  const before = members.reduce((sum, at) => sum + (expected[at] ?? 0), 0);
  const factor = Math.max(1, draft.count / Math.max(draft.expected, before, 1e-9));
  const rate = Math.min(1, draft.count / Math.max(1, draft.rows));
  for (const at of members) {
    const rows = table.rows[at] ?? 0;
    expected[at] = Math.min(rows, Math.max((expected[at] ?? 0) * factor, rows * rate));
  }
}

/** Takes the hits that are explained out of those that later candidates are made of. */
function forget(hits: CellTable, signal: number, draft: Draft): void {
  const counts = present(hits.hits[signal], 'the hits');
  for (const at of selected(hits, draft.selection, between(hits, draft))) counts[at] = 0;
}
