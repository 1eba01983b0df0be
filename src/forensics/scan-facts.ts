/**
 * Where a scan gets its counts: what is kept of the events of the window in the engine, asked by
 * every detector. The one place that decides what is kept.
 */
import { present } from '../base/assert.js';
import { together } from '../base/together.js';
import { type Facts, keepFacts } from '../query/facts.js';
import {
  askFacts,
  askMinutes,
  type FactAnswer,
  type FactMinutes,
  type FactQuestion,
  factQuestion,
} from '../query/facts-ask.js';
import { keepCodes, readCodes } from '../query/facts-codes.js';
import type { Limits, Measure } from '../query/rollup.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import {
  type Axes,
  type CellTable,
  type Dictionaries,
  type Dimension,
  dimensions,
  noValue,
} from './scan-cells.js';
import { type LimitsQuestion, routeLimits } from './scan-limits.js';
import { filterOf, type ScanPort } from './scan-port.js';
import type { Signal } from './scan-signal.js';

/** What is kept of the events of a window, and how it is asked for. */
export interface ScanFacts {
  readonly port: ScanPort;
  readonly axes: Axes;
  readonly dictionaries: Dictionaries;
  readonly signals: readonly Signal[];
  readonly limits: Limits | null;
  readonly window: TimeRange;
  readonly kept: Facts;
  /** The place of the failing condition among the marks; null where nothing says what failed. */
  readonly failMark: number | null;
}

/** What is to be kept of which events. */
export interface FactsQuestion extends LimitsQuestion {
  readonly port: ScanPort;
  /** The failing condition, which is marked whether it is followed or not. */
  readonly fail: string | null;
  /** Of the cells that all events are counted in; coarse questions are asked in multiples of it. */
  readonly stepMicros: Micros;
}

/**
 * Chosen by us: values that are told apart, those with the most events. All but customers are held
 * with their traffic over time, about four kilobytes each.
 */
export const mostValues: Readonly<Record<Dimension, number>> = {
  service: 1_000,
  host: 20_000,
  version: 5_000,
  zone: 1_000,
  route: 5_000,
  customer: 2 ** 31,
};

/** Chosen by us: customers counted over time; of any others the files are asked. */
export const followedCustomers = { largest: 150, mostMarked: 200 } as const;

/** Reads the events of the window once and keeps what the detectors ask for. */
export async function scanFacts(question: FactsQuestion): Promise<ScanFacts> {
  const { port, axes, window, signals, fail, stepMicros } = question;
  const known = knownOf(axes);
  const failing: readonly Measure[] =
    fail === null ? [] : [{ kind: 'rows', where: filterOf(fail) }];
  const customer = known.indexOf('customer');
  const keys = known.map((one) => ({
    breakdown: present(axes.breakdowns.get(one), one),
    mostValues: mostValues[one],
  }));
  const [codes, limits] = await together([
    keepCodes(port.source, { window, keys }, port),
    routeLimits(port, question),
  ]);
  const kept = await keepFacts(
    port.source,
    {
      window,
      keys,
      marks: [...signals.map(({ measure }) => measure), ...failing],
      limits,
      counted: [...known.keys()].filter((at) => at !== customer),
      followed: customer < 0 ? null : { key: customer, ...followedCustomers },
      stepMicros,
    },
    { ...port, codes },
  );
  const dictionaries = emptyDictionaries();
  const failMark = fail === null ? null : signals.length;
  const facts = { port, axes, dictionaries, signals, limits, window, kept, failMark };
  for (const one of known) {
    if (one !== 'customer') await readNames(facts, one, null);
  }
  return facts;
}

/** Which values of a dimension are counted over time; all, unless only some are. */
export function followedIn(
  { axes, kept }: ScanFacts,
  dimension: Dimension,
): (code: number) => boolean {
  const key = knownOf(axes).indexOf(dimension);
  const codes = kept.cells.find(({ keys }) => keys.length === 1 && keys[0] === key)?.codes ?? null;
  return (code) => codes?.has(code) ?? true;
}

function knownOf({ breakdowns }: Axes): readonly Dimension[] {
  return dimensions.filter((one) => breakdowns.has(one));
}

function emptyDictionaries(): Dictionaries {
  const one = () => ({ texts: [], rows: [] });
  return {
    service: one(),
    host: one(),
    version: one(),
    zone: one(),
    route: one(),
    customer: one(),
  };
}

/** Reads the names of some values and how many rows each has; of all when null. */
export async function readNames(
  { port, axes, dictionaries, kept }: ScanFacts,
  dimension: Dimension,
  ids: readonly number[] | null,
): Promise<void> {
  const key = knownOf(axes).indexOf(dimension);
  if (key < 0 || ids?.length === 0) return;
  const { texts, rows } = dictionaries[dimension];
  for (const one of await readCodes(kept, key, ids, port)) {
    texts[one.code] = String(one.value);
    rows[one.code] = one.rows;
  }
}

/** A question of the facts in words of a scan: dimensions for places of keys. */
export type DimensionQuestion = Omit<Partial<FactQuestion>, 'keys' | 'only'> & {
  readonly of: readonly Dimension[];
  /** Only these values of one dimension. */
  readonly only?: { readonly dimension: Dimension; readonly ids: readonly number[] } | null;
};

/** As `askFacts`, of dimensions the data has. */
export function askScan(facts: ScanFacts, question: DimensionQuestion): Promise<FactAnswer> {
  return askFacts(facts.kept, placed(facts, question), facts.port);
}

/** As `askMinutes`, of dimensions the data has. */
export function askScanMinutes(
  facts: ScanFacts,
  question: DimensionQuestion,
): Promise<FactMinutes> {
  return askMinutes(facts.kept, placed(facts, question), facts.port);
}

function placed(
  { axes, kept }: ScanFacts,
  { of, only, ...parts }: DimensionQuestion,
): FactQuestion {
  const known = knownOf(axes);
  const place = (one: Dimension): number => known.indexOf(one);
  return factQuestion(kept, {
    ...parts,
    keys: of.map(place),
    only: only == null ? null : { key: place(only.dimension), codes: only.ids },
  });
}

/** Which cells are read, and how fine. */
export interface CellQuestion {
  readonly window: TimeRange;
  readonly stepMicros: Micros;
  readonly dimensions: readonly Dimension[];
  /** Places in the signals of the facts. */
  readonly signals: readonly number[];
  /** Only rows that some signal is true of. */
  readonly hitsOnly: boolean;
  /** Only cells of at least so many rows; all unless given. */
  readonly fewestRows?: number;
}

/** Reads cells in order of time. Two reads of the same data give the same table. */
export async function readCells(facts: ScanFacts, question: CellQuestion): Promise<CellTable> {
  const { window, stepMicros, signals, hitsOnly, fewestRows = 0 } = question;
  const of = question.dimensions.filter((one) => facts.axes.breakdowns.has(one));
  const found = await askScan(facts, {
    of,
    window,
    stepMicros,
    marks: signals,
    markedOnly: hitsOnly,
    events: !hitsOnly,
    fewestRows,
  });
  const size = found.rowCount;
  const values = (one: Dimension): Int32Array => {
    const codes = found.keys[of.indexOf(one)];
    return codes === undefined ? new Int32Array(size).fill(noValue) : new Int32Array(codes);
  };
  return {
    size,
    stepMinutes: stepMicros / microsPerMinute,
    minute: new Int32Array(found.minutes),
    values: {
      service: values('service'),
      host: values('host'),
      version: values('version'),
      zone: values('zone'),
      route: values('route'),
      customer: values('customer'),
    },
    rows: found.rows,
    events: hitsOnly ? found.rows : found.events,
    hits: found.marked,
    hitEvents: hitsOnly ? found.marked : found.markedEvents,
  };
}
