/**
 * Clocks that are wrong. Where a second time column says when an event was received, by the lag of
 * a host against the others; else by what a wrong clock leaves behind: a silence, and as long a
 * stretch with twice the events.
 */
import { rollupSpec } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { entityText } from './scan-detail.js';
import { askScan, type ScanFacts } from './scan-facts.js';
import type { Finding } from './scan-finding.js';
import { evidenceStep, noEntities, plainFinding } from './scan-plain.js';
import type { ScanPort } from './scan-port.js';
import type { HostSilence } from './scan-quiet.js';
import { likelihoodGain } from './scan-walk.js';

/** Chosen by us: how far from its silence a clock is followed, and how far off: a time zone. */
const searchMinutes = 1_440;
const mostSkewMinutes = 840;
/** Chosen by us: silences that are looked at. */
const mostLooks = 12;
/** Chosen by us, in nats: what chance does not give in a day of minutes of one host. */
const leastGain = 12;
/** In nats, where the silence alone is no proof: places where twice the events may lie. */
const placesNats = Math.log(2 * searchMinutes);
/** A stretch with twice its events says so much of what as long a silence does. */
const doubleShare = 2 * Math.log(2) - 1;
/** Chosen by us: chance may give so much more. */
const mostSpread = 2;

/** Names of a second time: when an event was received. */
const receivedLike = /receiv|ingest|observ|arriv|collect|indexed/i;
/** **Source** the definition: more than a minute from the median of the fleet. */
const leastSkewMicros = 60_000_000;
/** Chosen by us: stretches lags are compared in, at most. */
const mostBuckets = 400;

/** The column that says when an event was received; null when there is none. */
function receivedColumn({ source }: ScanPort): string | null {
  const times = source.roles.time ?? [];
  const found = source.schema.find(
    ({ label, type }) =>
      (type === 'timestamp' || type === 'string') &&
      !times.includes(label) &&
      receivedLike.test(label),
  );
  return found?.label ?? null;
}

interface Lag {
  readonly host: string;
  readonly from: number;
  readonly lagMicros: number;
  readonly rows: number;
}

/** Hosts whose lag is far from that of the others at the same time. */
async function searchLag(port: ScanPort, window: TimeRange): Promise<readonly Finding[]> {
  const column = receivedColumn(port);
  if (column === null || (port.source.roles.host?.length ?? 0) === 0) return [];
  const minutes = (window.end - window.start) / microsPerMinute;
  const step = [1, 5, 15, 60, 360].find((one) => minutes / one <= mostBuckets) ?? 360;
  const lags = await readLags(port, column, { window, step });
  const byBucket = new Map<number, Lag[]>();
  for (const lag of lags) byBucket.set(lag.from, [...(byBucket.get(lag.from) ?? []), lag]);
  const wrong = new Map<string, Lag[]>();
  for (const [, own] of [...byBucket].sort(([left], [right]) => left - right)) {
    const sorted = own.map(({ lagMicros }) => lagMicros).sort((left, right) => left - right);
    const middle = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
    for (const lag of own) {
      const off = lag.lagMicros - middle;
      if (own.length < 3 || Math.abs(off) < leastSkewMicros) continue;
      wrong.set(lag.host, [...(wrong.get(lag.host) ?? []), { ...lag, lagMicros: off }]);
    }
  }
  return [...wrong].flatMap(([host, own]) => lagFinding(host, own, { column, step, window }));
}

async function readLags(
  port: ScanPort,
  column: string,
  { window, step }: { readonly window: TimeRange; readonly step: number },
): Promise<readonly Lag[]> {
  const of = { name: column, exact: true, at: null };
  const rows = await port.rollup(
    rollupSpec(window, {
      keys: [breakdown('host')],
      stepMicros: step * microsPerMinute,
      measures: [
        { kind: 'lag', of },
        { kind: 'rows', where: null },
      ],
      fewestRows: 1,
    }),
  );
  return rows
    .filter(([host, , lag]) => host !== null && lag !== null)
    .map(([host, at, lag, count]) => ({
      host: String(host),
      from: Number(at) / microsPerMinute,
      lagMicros: Number(lag),
      rows: Number(count),
    }))
    .sort((left, right) => left.from - right.from || (left.host < right.host ? -1 : 1));
}

/** Chosen by us: events with a wrong time before it is a clock and not a hiccup. */
const fewestSkewed = 5;

function lagFinding(
  host: string,
  lags: readonly Lag[],
  {
    column,
    step,
    window,
  }: { readonly column: string; readonly step: number; readonly window: TimeRange },
): readonly Finding[] {
  const [first] = lags;
  const last = lags.at(-1);
  const rows = lags.reduce((sum, one) => sum + one.rows, 0);
  if (first === undefined || last === undefined || rows < fewestSkewed) return [];
  const middle = [...lags].sort((left, right) => left.lagMicros - right.lagMicros)[
    lags.length >> 1
  ];
  const off = middle?.lagMicros ?? first.lagMicros;
  const [start, end] = [first.from * microsPerMinute, (last.from + step) * microsPerMinute];
  const minutes = Math.max(1, Math.round(Math.abs(off) / microsPerMinute));
  return [
    plainFinding(
      {
        detector: 'clock-skew',
        kind: 'clock wrong',
        class: 'skew',
        severity: 'warning',
        score: rows,
        evalue: 0,
        title: `host ${host}: clock about ${minutes} min ${off < 0 ? 'ahead' : 'behind'}`,
        start,
        end,
        whyUnnoticed: 'its events are all there, at the wrong time',
        evidence: [
          {
            title: `times beside ${column}`,
            where: entityText({ hosts: [host] }, null),
            by: [],
            calc: ['count', `min(\`${column}\`)`, 'min(time)'],
            every: evidenceStep({ start, end }),
            window: { start, end },
          },
        ],
      },
      {
        ...noEntities,
        hosts: [host],
        events: rows,
        bad: rows,
        requestsAffected: rows,
        requestsInterval: [rows, rows],
        ongoing: window.end - end < 10 * microsPerMinute,
      },
    ),
  ];
}

/** Findings of wrong clocks, and how many were tested. */
export interface SkewAnswer {
  readonly findings: readonly Finding[];
  /** Silences that a wrong clock explains. */
  readonly explained: ReadonlySet<string>;
}

/** A silence alone may be chance where both together are none. */
export async function searchSkew(
  facts: ScanFacts,
  { hosts: silences, bound }: { readonly hosts: readonly HostSilence[]; readonly bound: number },
): Promise<SkewAnswer> {
  const { port, window } = facts;
  const least = bound + placesNats;
  const findings: Finding[] = [...(await searchLag(port, window))];
  const explained = new Set<string>(findings.flatMap(({ hosts }) => hosts));
  const mayBe = silences.filter(
    ({ from, to, score }) =>
      to - from <= mostSkewMinutes && score * (1 + mostSpread * doubleShare) >= least,
  );
  for (const silence of mayBe.slice(0, mostLooks)) {
    if (explained.has(silence.host)) continue;
    const double = await doubleTraffic(facts, silence);
    if (double === null || silence.score + double.gain < least) continue;
    if (double.gain < (silence.score >= bound ? leastGain : placesNats)) continue;
    explained.add(silence.host);
    findings.push(skewFinding(silence, double));
  }
  return { findings, explained };
}

interface Double {
  readonly from: number;
  readonly to: number;
  readonly gain: number;
}

/** A stretch as long as the silence with twice what the others make likely for it. */
async function doubleTraffic(facts: ScanFacts, silence: HostSilence): Promise<Double | null> {
  const { window } = facts;
  const range = {
    start: Math.max(window.start, (silence.from - searchMinutes) * microsPerMinute),
    end: window.end,
  };
  const origin = Math.floor(range.start / microsPerMinute);
  const own = await sumsOf(facts, range, { dimension: 'host', ids: silence.ids.slice(-1) });
  const isOfService = silence.ids.length > 1;
  const fleet = { dimension: 'service', ids: silence.ids.slice(0, 1) } as const;
  const all = await sumsOf(facts, range, isOfService ? fleet : null);
  const length = silence.to - silence.from;
  const during = (sums: Float64Array, from: number): number =>
    (sums[from + length] ?? 0) - (sums[from] ?? 0);
  const others = (from: number): number => Math.max(0, during(all, from) - during(own, from));
  const perOther = silence.missing / Math.max(1, others(silence.from - origin));
  const dispersion = Math.max(1, silence.missing / Math.max(1e-9, silence.score));
  let best: Double | null = null;
  const last = Math.min(own.length - 1, silence.to - origin + searchMinutes);
  for (let from = 0; from + length <= last; from += 1) {
    const count = during(own, from);
    const usual = perOther * others(from);
    if (count < 1.6 * usual || count > 2.6 * usual) continue;
    const gain = likelihoodGain(count, usual) / dispersion;
    if (best !== null && gain <= best.gain) continue;
    best = { from: origin + from, to: origin + from + length, gain };
  }
  return beyondAll({ own, all, length, origin, missing: silence.missing }) ?? best;
}

interface Ends {
  /** Rows before each minute. */
  readonly own: Float64Array;
  readonly all: Float64Array;
  readonly length: number;
  readonly origin: number;
  readonly missing: number;
}

/** Chosen by us: how far the ends may differ from the silence, and what must have come by then. */
const alikeEnds = 0.15;
const leastCome = 0.3;

/** A host alone with the last events, by as long as it was silent: it was ahead to the end. */
function beyondAll({ own, all, length, origin, missing }: Ends): Double | null {
  const others = all.map((rows, at) => rows - (own[at] ?? 0));
  const lastOf = (sums: Float64Array): number => sums.indexOf(sums.at(-1) ?? 0);
  const [from, to] = [lastOf(others), lastOf(own)];
  const come = (own[to] ?? 0) - (own[from] ?? 0);
  if (Math.abs(to - from - length) > alikeEnds * length || come < leastCome * missing) return null;
  return { from: origin + from, to: origin + to, gain: come };
}

/** Rows before each minute of a range, and of all of it at the end. */
async function sumsOf(
  facts: ScanFacts,
  range: TimeRange,
  only: { readonly dimension: 'host' | 'service'; readonly ids: readonly number[] } | null,
): Promise<Float64Array> {
  const found = await askScan(facts, {
    of: [],
    window: range,
    stepMicros: microsPerMinute,
    only,
  });
  const origin = Math.floor(range.start / microsPerMinute);
  const sums = new Float64Array(Math.ceil(range.end / microsPerMinute) - origin + 1);
  found.minutes.forEach((minute, index) => {
    const at = minute - origin + 1;
    sums[at] = (sums[at] ?? 0) + (found.rows[index] ?? 0);
  });
  for (let at = 1; at < sums.length; at += 1) sums[at] = (sums[at] ?? 0) + (sums[at - 1] ?? 0);
  return sums;
}

function skewFinding(silence: HostSilence, double: Double): Finding {
  const isFast = double.from > silence.from;
  const from = Math.min(silence.from, double.from);
  const to = Math.max(silence.to, double.to);
  const [start, end] = [from * microsPerMinute, to * microsPerMinute];
  const minutes = silence.to - silence.from;
  const around = { start: start - 60 * microsPerMinute, end: end + 60 * microsPerMinute };
  return plainFinding(
    {
      detector: 'clock-skew',
      kind: 'clock wrong',
      class: 'skew',
      severity: 'warning',
      score: silence.score + double.gain,
      evalue: 0,
      title: `host ${silence.host}: clock about ${minutes} min ${isFast ? 'ahead' : 'behind'}`,
      start,
      end,
      whyUnnoticed: 'its events are all there, at the wrong time',
      evidence: [
        {
          title: 'a silence, and as long a stretch with twice the events',
          where: entityText({ hosts: [silence.host] }, null),
          by: [],
          calc: ['count'],
          every: evidenceStep(around),
          window: around,
        },
      ],
    },
    { ...noEntities, hosts: [silence.host] },
  );
}
