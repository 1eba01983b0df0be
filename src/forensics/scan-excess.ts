/**
 * The core of a scan: for each signal the usual rates, walks over every value of every dimension,
 * and an exact judgement of what stands out. **Invariant** the same data gives the same drafts.
 */
import { present } from '../base/assert.js';
import type { Limits } from '../query/rollup.js';
import { rollupSpec } from '../query/rollup.js';
import { breakdown, term } from '../query/spec.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Baseline, learnBaseline } from './scan-baseline.js';
import { type Candidate, candidatesOf, fewestHits, type ScanExposures } from './scan-candidate.js';
import { type CaseContext, judge } from './scan-case.js';
import {
  type Axes,
  type CellTable,
  type Dictionaries,
  type Dimension,
  dimensions,
  noValue,
  readCells,
} from './scan-cells.js';
import type { Draft } from './scan-draft.js';
import {
  type Blocks,
  type Exposure,
  pairOf,
  readExposure,
  serviceOfPair,
  sumExposure,
} from './scan-exposure.js';
import { filterOf, type ScanPort } from './scan-port.js';
import type { Profile, Signal } from './scan-signal.js';
import type { Selection } from './scan-subset.js';

export interface Excess {
  readonly drafts: readonly Draft[];
  readonly signals: readonly Signal[];
  readonly baselines: readonly Baseline[];
  readonly exposures: ScanExposures;
  /** Before anything was explained. */
  readonly hits: CellTable;
  readonly limits: Limits | null;
  /** Walks times minutes. */
  readonly tests: number;
  readonly bound: number;
}

export interface ExcessQuestion {
  readonly port: ScanPort;
  readonly dictionaries: Dictionaries;
  readonly axes: Axes;
  readonly blocks: Blocks;
  readonly profile: Profile;
  readonly window: TimeRange;
}

/** **Source** at most this many false findings are expected of one scan. */
export const falseFindings = 0.01;
/** Chosen by us: what coarse blocks may be wrong by, in nats. */
const slack = 6;
/** Chosen by us: cases read in one scan. */
const mostCases = 60;
/** Chosen by us: customers whose traffic is followed. */
const mostCustomers = 200;

/** Which values are walked, alone and in pairs; never a host with its version. */
const walked: readonly (readonly Dimension[])[] = [
  ['service'],
  ['host'],
  ['service', 'version'],
  ['service', 'zone'],
  ['service', 'route'],
  ['customer'],
  ['service', 'version', 'route'],
  ['service', 'route', 'customer'],
  ['service', 'host', 'route'],
  ['service', 'zone', 'route'],
];

/** A customer that is throttled or asks for what is not there is no trouble of the fleet. */
function axesOfSignal(
  { family }: Signal,
  chosen: readonly (readonly Dimension[])[],
): readonly (readonly Dimension[])[] {
  return family === 'status' ? chosen.filter((one) => !one.includes('customer')) : chosen;
}

/** Where there is no service, everything is one. */
function axesToWalk({ breakdowns }: Axes): readonly (readonly Dimension[])[] {
  const hasService = breakdowns.has('service');
  const own = walked.map((one) => one.filter((part) => hasService || part !== 'service'));
  const known = own.filter((one) => one.every((dimension) => breakdowns.has(dimension)));
  return [...new Map(known.map((one) => [one.join(), one])).values()];
}

export async function searchExcess(question: ExcessQuestion): Promise<Excess> {
  const { port, dictionaries, axes, profile, window } = question;
  const { signals } = profile;
  const limits = await routeLimits(question);
  const hits = await readCells(port, dictionaries, {
    window,
    stepMicros: microsPerMinute,
    axes,
    dimensions,
    signals,
    limits,
    hitsOnly: true,
    where: [],
  });
  const original = { ...hits, hits: hits.hits.map((own) => own.slice()) };
  const exposures = await readExposures(question, hits);
  const baselines = signals.map((_, index) => learnBaseline(hits, index, exposures));
  const chosen = axesToWalk(axes);
  const minutes = Math.max(1, (window.end - window.start) / microsPerMinute);
  const entities = entityCount(exposures, chosen);
  const tests = minutes * entities * Math.max(1, signals.length) * 4;
  const bound = Math.log(tests / falseFindings);
  const drafts: Draft[] = [];
  for (const [signal] of signals.entries()) {
    port.say(`looking at ${present(signals[signal], 'a signal').name}`);
    const answer = candidatesOf({
      hits,
      signal,
      baseline: present(baselines[signal], 'a baseline'),
      exposures,
      axes: axesOfSignal(present(signals[signal], 'a signal'), chosen),
      least: bound - slack,
    });
    const context: CaseContext = {
      ...question,
      exposures,
      signals,
      baselines,
      limits,
      hits,
      dispersion: (_, selection) => dispersionFor(answer.dispersions, selection),
      bound,
      found: [],
    };
    drafts.push(...(await judgeAll(context, answer.candidates)));
  }
  return { drafts, signals, baselines, exposures, hits: original, limits, tests, bound };
}

/** That of the finest part of a description; the service's for everything. */
function dispersionFor(known: ReadonlyMap<string, number>, selection: Selection): number {
  const own = [...selection.keys()].map((one) => known.get(one)).filter((one) => one !== undefined);
  if (own.length > 0) return Math.min(...own);
  return known.get('service') ?? 1;
}

async function judgeAll(
  context: CaseContext,
  candidates: readonly Candidate[],
): Promise<readonly Draft[]> {
  const sorted = [...candidates].sort(
    (left, right) =>
      right.score - left.score ||
      left.from - right.from ||
      left.to - right.to ||
      (left.ids.join() < right.ids.join() ? -1 : 1),
  );
  const drafts: Draft[] = [];
  const refused: Candidate[] = [];
  let cases = 0;
  for (const candidate of sorted) {
    if (cases >= mostCases) break;
    if (refused.some((other) => isAlike(other, candidate))) continue;
    if (remaining(context.hits, candidate) < Math.max(fewestHits, 0.3 * candidate.count)) continue;
    cases += 1;
    const found = await judge(context, candidate);
    if (found.length === 0) refused.push(candidate);
    drafts.push(...found);
  }
  return drafts;
}

/** The same time, give or take a fifth. */
function isAlike(left: Candidate, right: Candidate): boolean {
  const shared = Math.min(left.to, right.to) - Math.max(left.from, right.from);
  const whole = Math.max(left.to, right.to) - Math.min(left.from, right.from);
  return shared > 0.8 * whole;
}

function remaining(
  hits: CellTable,
  { signal, dimensions: asked, ids, from, to }: Candidate,
): number {
  const counts = present(hits.hits[signal], 'hits');
  let sum = 0;
  for (let at = firstAt(hits.minute, from); at < hits.size; at += 1) {
    if ((hits.minute[at] ?? 0) >= to) break;
    if (asked.every((one, index) => hits.values[one][at] === ids[index])) sum += counts[at] ?? 0;
  }
  return sum;
}

/** The first index whose minute is not before `minute`. */
export function firstAt(minutes: Int32Array, minute: number): number {
  let [low, high] = [0, minutes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((minutes[middle] ?? 0) < minute) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** **Source** slow is above the 99th percentile of the same service and route. */
const slowAt = 0.99;
/** Chosen by us: a percentile of fewer rows says nothing. */
const fewestForLimit = 100;

async function routeLimits({
  port,
  profile,
  axes,
  window,
}: ExcessQuestion): Promise<Limits | null> {
  const slow = profile.signals.find(({ family }) => family === 'slow');
  if (slow === undefined) return null;
  const keys = (['service', 'route'] as const).filter((one) => axes.breakdowns.has(one));
  const good = profile.good ?? 'true';
  const rows = await port.rollup(
    rollupSpec(window, {
      keys: keys.map((one) => breakdown(one)),
      measures: [{ kind: 'quantile', of: term('duration'), at: slowAt, where: filterOf(good) }],
      fewestRows: fewestForLimit,
    }),
  );
  return {
    of: term('duration'),
    keys: keys.map((one) => term(one)),
    rows: rows
      .flatMap((row) => {
        const limit = row[keys.length] ?? null;
        return limit === null ? [] : [{ key: row.slice(0, keys.length), limit: Number(limit) }];
      })
      .sort((left, right) => (left.key.join('\u0000') < right.key.join('\u0000') ? -1 : 1)),
  };
}

async function readExposures(
  { port, dictionaries, axes, blocks }: ExcessQuestion,
  hits: CellTable,
): Promise<ScanExposures> {
  const read = (
    of: readonly [Dimension] | readonly [Dimension, Dimension],
    only: readonly string[] | null = null,
  ) => readExposure(port, dictionaries, { axes, blocks, of, only });
  const has = (one: Dimension): boolean => axes.breakdowns.has(one);
  const pair = async (one: Dimension): Promise<Exposure> =>
    has(one) && !has('service') ? withoutService(await read([one])) : read(['service', one]);
  const routes = has('route')
    ? await pair('route')
    : has('service')
      ? withoutRoute(await read(['service']))
      : withoutBoth(await readAll(port, blocks), blocks);
  const busy = busyCustomers(hits, dictionaries);
  const services = new Map(
    [...new Set([...routes.rows.keys()].map(serviceOfPair))].map((id) => [
      id,
      sumExposure(routes, (key) => serviceOfPair(key) === id),
    ]),
  );
  return {
    routes,
    services,
    all: sumExposure(routes),
    versions: await pair('version'),
    zones: await pair('zone'),
    hosts: await read(['host']),
    customers: busy.length === 0 ? { blocks, rows: new Map() } : await read(['customer'], busy),
  };
}

async function readAll(port: ScanPort, blocks: Blocks): Promise<Float64Array> {
  const found = await port.rollup(rollupSpec(blocks.window, { stepMicros: blocks.stepMicros }));
  const rows = new Float64Array(blocks.count);
  for (const [at, count] of found) {
    const block = Math.floor(
      (Number(at) / microsPerMinute - blocks.startMinute) / blocks.stepMinutes,
    );
    rows[block] = (rows[block] ?? 0) + Number(count);
  }
  return rows;
}

function withoutService({ blocks, rows }: Exposure): Exposure {
  return { blocks, rows: new Map([...rows].map(([id, own]) => [pairOf(noValue, id), own])) };
}

function withoutRoute({ blocks, rows }: Exposure): Exposure {
  return { blocks, rows: new Map([...rows].map(([id, own]) => [pairOf(id, noValue), own])) };
}

function withoutBoth(rows: Float64Array, blocks: Blocks): Exposure {
  return { blocks, rows: new Map([[pairOf(noValue, noValue), rows]]) };
}

/** Those with the most rows of any signal. */
function busyCustomers(hits: CellTable, dictionaries: Dictionaries): readonly string[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < hits.size; at += 1) {
    const id = hits.values.customer[at] ?? noValue;
    if (id !== noValue) counts.set(id, (counts.get(id) ?? 0) + (hits.rows[at] ?? 0));
  }
  return [...counts]
    .filter(([, count]) => count >= fewestHits)
    .sort((left, right) => right[1] - left[1] || left[0] - right[0])
    .slice(0, mostCustomers)
    .map(([id]) => present(dictionaries.customer.texts[id], 'a customer'));
}

/** Values and pairs there are, walked or not: what chance had to choose from. */
function entityCount(
  { routes, hosts, versions, zones, customers }: ScanExposures,
  chosen: readonly (readonly Dimension[])[],
): number {
  const sizes: Readonly<Record<Dimension, number>> = {
    service: 1,
    host: hosts.rows.size,
    version: versions.rows.size,
    zone: zones.rows.size,
    route: routes.rows.size,
    customer: customers.rows.size,
  };
  return Math.max(
    1,
    chosen.reduce(
      (sum, one) =>
        sum + one.reduce((product, dimension) => product * Math.max(1, sizes[dimension]), 1),
      0,
    ),
  );
}
