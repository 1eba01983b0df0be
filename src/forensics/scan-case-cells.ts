/**
 * The cells of a case: all events around a candidate, by everything they can be told apart by, and
 * how many of them are usually hit. What was found before is left out.
 */
import { present } from '../base/assert.js';
import { microsPerMinute } from '../time/instant.js';
import { type Baseline, type Exposures, usualRate } from './scan-baseline.js';
import { type Candidate, expectedHit } from './scan-candidate.js';
import {
  type CellTable,
  cellsAt,
  type Dimension,
  dimensions,
  noValue,
  valuesAt,
} from './scan-cells.js';
import type { Draft } from './scan-draft.js';
import { type Blocks, blockOf } from './scan-exposure.js';
import { askScan, type CellQuestion, readCells, type ScanFacts } from './scan-facts.js';
import type { Span } from './scan-presence.js';
import type { Selection } from './scan-subset.js';

/** What all cases of a scan are judged with. */
export interface CaseContext {
  readonly facts: ScanFacts;
  readonly blocks: Blocks;
  readonly exposures: Exposures;
  readonly baselines: readonly Baseline[];
  readonly hits: CellTable;
  /** Over-dispersion by signal and dimension. */
  readonly dispersion: (signal: number, selection: Selection) => number;
  /** Nats that chance does not reach. */
  readonly bound: number;
  /** What was found before of the same signal; grows. */
  readonly found: Draft[];
}

/** Chosen by us: cells one case may hold. */
const mostRows = 20_000;
/** Chosen by us: beyond it only what the candidate is made of is told apart. */
const vastRows = 200_000;
/** Chosen by us: minutes; a case of months is told to the half day. */
const widestStep = 720;
/** Reads the cells around a candidate: as fine as there is room for. */
export async function caseTable(context: CaseContext, candidate: Candidate): Promise<OddCells> {
  const { facts, blocks } = context;
  const length = candidate.to - candidate.from;
  const pad = Math.max(60, Math.min(720, length));
  const padded = within(blocks, { from: candidate.from - pad, to: candidate.to + pad });
  const rows = rowsBetween(context, padded.from, padded.to);
  const isWide = rows > mostRows;
  const isOwn = (one: Dimension) => candidate.dimensions.includes(one);
  const kept = dimensions.filter((one) => {
    if (isOwn(one) || !isWide) return true;
    return rows > vastRows ? one === 'service' || one === 'version' : one !== 'customer';
  });
  const finest = isWide ? Math.min(widestStep, Math.max(1, Math.ceil(length / 60))) : 1;
  // What is asked in whole blocks is answered by what is kept.
  const isCoarse = finest >= blocks.stepMinutes;
  const unit = isCoarse ? blocks.stepMinutes : 1;
  const step = Math.ceil(finest / unit) * unit;
  const { from, to } = within(blocks, {
    from: Math.floor(padded.from / unit) * unit,
    to: Math.ceil(padded.to / unit) * unit,
  });
  const asked = {
    window: { start: from * microsPerMinute, end: to * microsPerMinute },
    stepMicros: step * microsPerMinute,
    dimensions: kept,
    signals: [candidate.signal],
  };
  const table = await readCells(facts, { ...asked, hitsOnly: false });
  if (kept.length < dimensions.length) await forgetKnown(context, table, asked);
  return oddCells(table, expectedCells(context, table, candidate.signal));
}

function within({ window }: Blocks, { from, to }: Span): Span {
  return {
    from: Math.max(from, window.start / microsPerMinute),
    to: Math.min(to, window.end / microsPerMinute),
  };
}

type Asked = Omit<CellQuestion, 'hitsOnly'>;

/**
 * Where not all is told apart: without the hits of customers that are usually hit, and of what was
 * found before.
 */
async function forgetKnown(context: CaseContext, table: CellTable, asked: Asked): Promise<void> {
  const [signal = 0] = asked.signals;
  const { customers } = present(context.baselines[signal], 'a baseline');
  const chronic = [...customers.values()].filter(({ rate }) => rate >= expectedHit);
  if (!asked.dimensions.includes('customer'))
    await forgetHits(context, table, {
      ...asked,
      dimension: 'customer',
      ids: chronic.map(({ id }) => id),
    });
  for (const { selection, from, to } of context.found) {
    const untold = [...selection].find(([dimension]) => !asked.dimensions.includes(dimension));
    const start = Math.max(asked.window.start, from * microsPerMinute);
    const end = Math.min(asked.window.end, to * microsPerMinute);
    if (untold === undefined || start >= end) continue;
    const [dimension, ids] = untold;
    await forgetHits(context, table, {
      ...asked,
      window: { start, end },
      dimension,
      ids: [...ids],
    });
  }
}

type Hitting = Asked & { readonly dimension: Dimension; readonly ids: readonly number[] };

async function forgetHits(
  { facts }: CaseContext,
  table: CellTable,
  { window, stepMicros, dimensions: asked, signals: marks, dimension, ids }: Hitting,
): Promise<void> {
  if (ids.length === 0) return;
  const of = asked.filter((one) => facts.axes.breakdowns.has(one));
  const only = { dimension, ids };
  const found = await askScan(facts, {
    of,
    window,
    stepMicros,
    marks,
    markedOnly: true,
    events: true,
    only,
  });
  const [rows, events] = [present(found.marked[0], 'hits'), present(found.markedEvents[0], 'hits')];
  const take = (from: Float64Array | undefined, at: number, count = 0): void => {
    if (from !== undefined) from[at] = Math.max(0, (from[at] ?? 0) - count);
  };
  const values = of.map((one) => table.values[one]);
  /** Below 0 where the cell comes first: both are in order of time, then of the values. */
  const compared = (at: number, index: number): number => {
    const apart = (table.minute[at] ?? 0) - (found.minutes[index] ?? 0);
    if (apart !== 0) return apart;
    const place = values.findIndex((codes, key) => codes[at] !== found.keys[key]?.[index]);
    return place < 0 ? 0 : (values[place]?.[at] ?? 0) - (found.keys[place]?.[index] ?? 0);
  };
  let at = 0;
  for (let index = 0; index < found.rowCount; index += 1) {
    while (at < table.size && compared(at, index) < 0) at += 1;
    if (at >= table.size || compared(at, index) !== 0) continue;
    for (const counts of [table.rows, table.hits[0]]) take(counts, at, rows[index]);
    for (const counts of [table.events, table.hitEvents[0]]) take(counts, at, events[index]);
  }
}

/** Cells of a case, and how many hits each was to have. */
export interface OddCells {
  readonly table: CellTable;
  readonly expected: Float64Array;
}

/** Without the cells that are usually hit: being hit once more they tell nothing of anybody. */
function oddCells(table: CellTable, expected: Float64Array): OddCells {
  const kept = new Int32Array(table.size)
    .map((_, at) => at)
    .filter((at) => (expected[at] ?? 0) < expectedHit * (table.rows[at] ?? 0));
  if (kept.length === table.size) return { table, expected };
  return { table: cellsAt(table, kept), expected: valuesAt(expected, kept) };
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
  return table.rows.map((rows, at) => {
    const rate = usualRate(baseline, {
      service: service[at] ?? noValue,
      route: route[at] ?? noValue,
      customer: customer[at] ?? noValue,
      host: host[at] ?? noValue,
    });
    return rows * rate;
  });
}
