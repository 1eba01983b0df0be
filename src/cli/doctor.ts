/** Checks of a doctor: how each thing is, and what to do about it. Pure. */
import type { TwinCount } from '../engine/duckdb/twins.js';
import type { Result } from '../query/result.js';

/** How one thing is: well, worth a look, or broken. */
export type Health = 'ok' | 'look' | 'broken';

/** One thing that was looked at, and how it is. */
export interface Check {
  /** For scripts: `small_files`. */
  readonly code: string;
  readonly health: Health;
  readonly text: string;
  /** A command worth trying; null for none. */
  readonly next: string | null;
}

/** A check with nothing to add, unless given. */
export function check(
  code: string,
  health: Health,
  text: string,
  next: string | null = null,
): Check {
  return Object.freeze({ code, health, text, next });
}

/** How many events of one host there are, and how many of them had one status. */
export interface HostCount {
  readonly count: number;
  readonly all: number;
}

/** One failing status of one service, and whether the rule calls it bad. */
export interface StatusFailures {
  /** Null where events name no service. */
  readonly service: string | null;
  readonly status: string;
  readonly badCount: number;
  /** Every host of the service, those without the status too. */
  readonly hosts: readonly HostCount[];
}

/**
 * By service and status. **Shape** of the results: `failing` by status, host and service with
 * counts of all and of bad ones; `traffic` by host and service with a count.
 */
export function failuresOf(failing: Result, traffic: Result): readonly StatusFailures[] {
  const allByHost = new Map<string | null, Map<string, number>>();
  for (const [host, ...rest] of traffic.rows) {
    const service = rest.length > 1 ? textOrNull(rest[0]) : null;
    const hosts = allByHost.get(service) ?? new Map<string, number>();
    allByHost.set(service, hosts.set(String(host), Number(rest.at(-1))));
  }
  const found = new Map<string, { badCount: number; counts: Map<string, number>; name: Name }>();
  for (const [status, host, ...rest] of failing.rows) {
    const name = { service: rest.length > 2 ? textOrNull(rest[0]) : null, status: String(status) };
    const key = JSON.stringify([name.service, name.status]);
    const one = found.get(key) ?? { badCount: 0, counts: new Map(), name };
    one.badCount += Number(rest.at(-1));
    one.counts.set(String(host), Number(rest.at(-2)));
    found.set(key, one);
  }
  return [...found.values()].map(({ badCount, counts, name }) => ({
    ...name,
    badCount,
    hosts: [...(allByHost.get(name.service) ?? [])].map(([host, all]) => {
      return { count: counts.get(host) ?? 0, all };
    }),
  }));
}

type Name = Pick<StatusFailures, 'service' | 'status'>;

function textOrNull(cell: unknown): string | null {
  return cell === null || cell === undefined ? null : String(cell);
}

/** Shares of the failures of a service worth a look when a rule ignores them. Chosen by us. */
const leastShare = 0.05;
/** Fewer events of a status fall on one host by chance. Chosen by us. */
const leastCount = 20;
/** Of the events of a status, this share on few hosts is concentrated. Chosen by us. */
const mostOf = 0.5;
/** Few hosts are at most this share of those of the service. Chosen by us. */
const fewShare = 0.15;
/** And answer so at least this many times as often as their peers. Chosen by us. */
const leastRatio = 3;

/**
 * Failing statuses that the rule does not call bad and that few hosts have most of, among the hosts
 * of the same service and for the traffic they get: what everybody would count if they looked. A
 * status that one service alone gives is no news about its hosts.
 */
export function ignoredFailures(failures: readonly StatusFailures[]): readonly string[] {
  const totals = new Map<string | null, number>();
  for (const one of failures) {
    totals.set(one.service, (totals.get(one.service) ?? 0) + countOf(one.hosts));
  }
  return failures
    .map((one) => ({ ...one, count: countOf(one.hosts), of: totals.get(one.service) ?? 0 }))
    .sort((a, b) => b.count - a.count || (a.status < b.status ? -1 : 1))
    .flatMap(({ service, status, badCount, hosts, count, of }) => {
      if (badCount > 0 || count < Math.max(leastCount, of * leastShare)) return [];
      const few = concentratedOn(hosts);
      if (few === null) return [];
      const whose = service === null ? 'failing statuses' : `the failing statuses of ${service}`;
      const share = Math.round((100 * countOf(few)) / count);
      const where = `${share} % of them on ${few.length} of ${hosts.length} hosts`;
      const ofAll = Math.round((100 * count) / of);
      return [`${status} is ${ofAll} % of ${whose} and not bad by the rule; ${where}`];
    });
}

function countOf(hosts: readonly HostCount[]): number {
  return hosts.reduce((sum, { count }) => sum + count, 0);
}

/** The hosts that have most of a status and answer with it far more often than the others. */
function concentratedOn(hosts: readonly HostCount[]): readonly HostCount[] | null {
  const sorted = hosts.toSorted((a, b) => b.count - a.count || a.all - b.all);
  const [count, all] = [countOf(hosts), allOf(hosts)];
  const most = Math.min(Math.max(1, Math.floor(hosts.length * fewShare)), hosts.length - 1);
  let best: { readonly few: readonly HostCount[]; readonly excess: number } | null = null;
  for (let length = 1; length <= most; length += 1) {
    const [few, others] = [sorted.slice(0, length), sorted.slice(length)];
    const rates = [few, others].map((some) => countOf(some) / Math.max(1, allOf(some)));
    const isFew = countOf(few) >= mostOf * count && (rates[0] ?? 0) >= leastRatio * (rates[1] ?? 0);
    const excess = countOf(few) / count - (leastRatio * allOf(few)) / all;
    if (isFew && (best === null || excess > best.excess)) best = { few, excess };
  }
  return best?.few ?? null;
}

function allOf(hosts: readonly HostCount[]): number {
  return hosts.reduce((sum, { all }) => sum + all, 0);
}

/** Fewer equal events in an hour happen by chance. Chosen by us. */
const leastTwins = 20;
/** Of the events of a host in an hour, this share in two ingests is no chance either. */
const mostCrossed = 0.05;
/** With this share there once, the others are a log taken twice by one ingest. */
const mostSingle = 0.05;

/** Hours whose events are there several times: of all hosts together, else of single ones. */
export function hoursTwice(counts: readonly TwinCount[]): readonly TwinCount[] {
  const byHour = new Map<number, TwinCount[]>();
  for (const one of counts) {
    byHour.set(one.startMicros, [...(byHour.get(one.startMicros) ?? []), one]);
  }
  return [...byHour.values()].flatMap((hosts) => {
    const whole = hosts.reduce((sum, one) => ({
      host: null,
      startMicros: sum.startMicros,
      rowCount: sum.rowCount + one.rowCount,
      eventCount: sum.eventCount + one.eventCount,
      singleCount: sum.singleCount + one.singleCount,
      crossedCount: sum.crossedCount + one.crossedCount,
    }));
    return isTwice(whole) ? [whole] : hosts.filter(isTwice);
  });
}

function isTwice({ eventCount, singleCount, crossedCount }: TwinCount): boolean {
  if (eventCount - singleCount < leastTwins) return false;
  const isCrossed = crossedCount >= Math.max(leastTwins, mostCrossed * eventCount);
  return isCrossed || singleCount <= mostSingle * eventCount;
}
