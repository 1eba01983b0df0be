/** Checks of a doctor: how each thing is, and what to do about it. Pure. */
import type { Result } from '../query/result.js';

/** How one thing is: well, worth a look, or broken. */
export type Health = 'ok' | 'look' | 'broken';

export interface Check {
  /** For scripts: `small_files`. */
  readonly code: string;
  readonly health: Health;
  readonly text: string;
  /** A command worth trying; null for none. */
  readonly next: string | null;
}

export function check(
  code: string,
  health: Health,
  text: string,
  next: string | null = null,
): Check {
  return Object.freeze({ code, health, text, next });
}

/** How many of the events of one status failed where, and whether the rule says so. */
export interface StatusFailures {
  readonly status: string;
  readonly count: number;
  readonly badCount: number;
  /** Events by host, most first. */
  readonly byHost: readonly number[];
}

/** **Shape** of the result: breakdowns status and host; counts of all and of bad ones. */
export function failuresOf({ rows }: Result): readonly StatusFailures[] {
  const byStatus = new Map<string, { count: number; badCount: number; byHost: number[] }>();
  for (const [status, , count, bad] of rows) {
    const key = String(status);
    const found = byStatus.get(key) ?? { count: 0, badCount: 0, byHost: [] };
    found.count += Number(count);
    found.badCount += Number(bad);
    found.byHost.push(Number(count));
    byStatus.set(key, found);
  }
  return [...byStatus]
    .map(([status, { count, badCount, byHost }]) => {
      return { status, count, badCount, byHost: byHost.sort((a, b) => b - a) };
    })
    .sort((a, b) => b.count - a.count || (a.status < b.status ? -1 : 1));
}

/** Shares of failures worth a look when a rule ignores them. Chosen by us. */
const leastShare = 0.05;
/** Of the events of a status, this share on few hosts is concentrated. Chosen by us. */
const mostOf = 0.5;
/** Few hosts are at most this share of all. Chosen by us. */
const fewShare = 0.15;

/**
 * Failing statuses that the rule does not call bad and that few hosts have most of: what everybody
 * would count if they looked. `hostCount`: hosts there are.
 */
export function ignoredFailures(
  failures: readonly StatusFailures[],
  hostCount: number,
): readonly string[] {
  const all = failures.reduce((sum, { count }) => sum + count, 0);
  return failures.flatMap(({ status, count, badCount, byHost }) => {
    if (badCount > 0 || count < all * leastShare || hostCount < 2) return [];
    const { hosts, share } = concentration(byHost, hostCount);
    if (share < mostOf) return [];
    const ofAll = Math.round((100 * count) / all);
    const where = `${Math.round(100 * share)} % of them on ${hosts} of ${hostCount} hosts`;
    return [`${status} is ${ofAll} % of failing statuses and not bad by the rule; ${where}`];
  });
}

/** The few hosts that have most more than three times their share. */
function concentration(byHost: readonly number[], hostCount: number) {
  const all = byHost.reduce((sum, count) => sum + count, 0);
  const few = Math.max(1, Math.floor(hostCount * fewShare));
  const weigh = (hosts: number): number => (3 * hosts) / hostCount;
  let best = { hosts: 1, share: 0 };
  let sum = 0;
  for (const [index, count] of byHost.slice(0, few).entries()) {
    sum += count;
    const hosts = index + 1;
    const share = sum / all;
    if (share - weigh(hosts) > best.share - weigh(best.hosts)) best = { hosts, share };
  }
  return best;
}
