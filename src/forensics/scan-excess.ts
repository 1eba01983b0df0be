/**
 * The core of a scan: for each signal the usual rates, walks over every value of every dimension,
 * and an exact judgement of what stands out. **Invariant** the same data gives the same drafts.
 */
import { present } from '../base/assert.js';
import { together } from '../base/together.js';
import type { Limits } from '../query/rollup.js';
import { microsPerMinute } from '../time/instant.js';
import { type Baseline, learnBaseline } from './scan-baseline.js';
import { type Candidate, candidatesOf, fewestHits, type ScanExposures } from './scan-candidate.js';
import { judge } from './scan-case.js';
import type { CaseContext } from './scan-case-cells.js';
import { type Axes, type CellTable, type Dimension, dimensions } from './scan-cells.js';
import type { Draft } from './scan-draft.js';
import type { Blocks } from './scan-exposure.js';
import { readCells, readNames, type ScanFacts } from './scan-facts.js';
import type { Signal } from './scan-signal.js';
import type { Selection } from './scan-subset.js';
import { hitCustomers, readExposures } from './scan-traffic.js';
import { boundOf } from './scan-walk.js';

/** What failed beyond the usual, and what it was judged by. */
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

/** Chosen by us: what coarse blocks may be wrong by, in nats. */
const slack = 3;
/** Chosen by us: cases read in one scan. */
const mostCases = 20;

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

/** Chosen by us: rows hit that fit in memory one by one; each takes about half a kilobyte. */
const mostHits = 400_000;

/** Without the most frequent of the signals that say least, while there are too many hits. */
export function affordable(signals: readonly Signal[]): readonly Signal[] {
  const kept = [...signals];
  const all = (): number => kept.reduce((sum, { rows }) => sum + rows, 0);
  while (all() > mostHits) {
    const minor = kept.filter(({ family }) => family === 'missing' || family === 'status');
    const [largest] = minor.sort((left, right) => right.rows - left.rows);
    if (largest === undefined || largest.rows < mostHits / 20) break;
    kept.splice(kept.indexOf(largest), 1);
  }
  return kept;
}

interface HitSize {
  readonly stepMinutes: number;
  readonly dimensions: readonly Dimension[];
}

/** Where hits are still too many they are counted by longer steps and without customers. */
function sizeOf(signals: readonly Signal[]): HitSize {
  const hits = signals.reduce((sum, { rows }) => sum + rows, 0);
  if (hits <= mostHits) return { stepMinutes: 1, dimensions };
  const few = dimensions.filter((one) => one !== 'customer');
  return {
    stepMinutes: hits <= 3 * mostHits ? 5 : hits <= 8 * mostHits ? 15 : 60,
    dimensions: few,
  };
}

function isCustomer(axis: readonly Dimension[]): boolean {
  return axis.length === 1 && axis[0] === 'customer';
}

/** Chosen by us: a customer hit less than this in an hour is left out where hits are many. */
const fewestAnHour = 3;

function readHits(
  facts: ScanFacts,
  { stepMinutes, dimensions: of }: HitSize,
  fewestRows = 0,
): Promise<CellTable> {
  return readCells(facts, {
    window: facts.window,
    stepMicros: stepMinutes * microsPerMinute,
    dimensions: of,
    signals: [...facts.signals.keys()],
    hitsOnly: true,
    fewestRows,
  });
}

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

/** Searches all signals at once; what one draft explains of a signal is not told by the next. */
export async function searchExcess(facts: ScanFacts, blocks: Blocks): Promise<Excess> {
  const { port, axes, signals, window, limits } = facts;
  const size = sizeOf(signals);
  const hits = await readHits(facts, size);
  const original = { ...hits, hits: hits.hits.map((own) => own.slice()) };
  const customerHits = size.dimensions.includes('customer')
    ? hits
    : await readHits(facts, { stepMinutes: 60, dimensions: ['customer'] }, fewestAnHour);
  const exposures = await readExposures(facts, blocks, hitCustomers(customerHits));
  const baselines = signals.map(({ family }, signal) =>
    learnBaseline({ hits, customerHits, signal, exposures, ofStatus: family === 'status' }),
  );
  const chosen = axesToWalk(axes);
  const minutes = Math.max(1, (window.end - window.start) / microsPerMinute);
  const entities = entityCount(exposures, chosen);
  const tests = minutes * entities * Math.max(1, signals.length) * 4;
  const bound = boundOf(tests);
  const search = async (one: Signal, signal: number): Promise<readonly Draft[]> => {
    port.say(`looking at ${one.name}`);
    const own = axesOfSignal(one, chosen);
    const isApart = customerHits !== hits;
    const parts = [
      { hits, axes: isApart ? own.filter((axis) => !axis.includes('customer')) : own },
      ...(isApart ? [{ hits: customerHits, axes: own.filter(isCustomer) }] : []),
    ];
    const found: Draft[] = [];
    for (const part of parts) {
      const baseline = present(baselines[signal], 'a baseline');
      const least = bound - slack;
      const answer = candidatesOf({ ...part, signal, baseline, exposures, least });
      const context: CaseContext = {
        facts,
        blocks,
        exposures,
        baselines,
        hits: part.hits,
        dispersion: (_, selection) => dispersionFor(answer.dispersions, selection),
        bound,
        found: [...found],
      };
      found.push(...(await judgeAll(context, answer.candidates)));
    }
    return found;
  };
  const drafts = (await together(signals.map(search))).flat();
  await nameSelected(facts, drafts);
  return { drafts, signals, baselines, exposures, hits: original, limits, tests, bound };
}

/** Reads the names of customers that were found beside those that were walked. */
async function nameSelected(facts: ScanFacts, drafts: readonly Draft[]): Promise<void> {
  const { texts } = facts.dictionaries.customer;
  const ids = new Set(drafts.flatMap(({ selection }) => [...(selection.get('customer') ?? [])]));
  await readNames(
    facts,
    'customer',
    [...ids].filter((id) => texts[id] === undefined),
  );
}

/** That of the finest part of a description; the service's for everything. */
function dispersionFor(known: ReadonlyMap<string, number>, selection: Selection): number {
  const own = [...selection.keys()].map((one) => known.get(one)).filter((one) => one !== undefined);
  if (own.length > 0) return Math.min(...own);
  return known.get('service') ?? 1;
}

/** Chosen by us: after so many in a row that came to nothing, weaker ones are not looked at. */
const mostInVain = 12;

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
  let [cases, inVain] = [0, 0];
  for (const candidate of sorted) {
    if (cases >= mostCases || inVain >= mostInVain) break;
    if (refused.some((other) => isAlike(other, candidate))) continue;
    if (remaining(context.hits, candidate) < Math.max(fewestHits, 0.3 * candidate.count)) continue;
    cases += 1;
    const found = await judge(context, candidate);
    inVain = found.length === 0 ? inVain + 1 : 0;
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
  const values = asked.map((one) => hits.values[one]);
  let sum = 0;
  for (let at = firstAt(hits.minute, from); at < hits.size; at += 1) {
    if ((hits.minute[at] ?? 0) >= to) break;
    if ((counts[at] ?? 0) > 0 && values.every((own, index) => own[at] === ids[index]))
      sum += counts[at] ?? 0;
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
