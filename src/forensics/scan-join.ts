/** One incident seen by several detectors is told once. Pure. */
import type { Finding } from './scan-finding.js';
import { touches } from './scan-merge.js';

/** Findings by what found them. */
export interface Parts {
  readonly failures: readonly Finding[];
  readonly silences: readonly Finding[];
  readonly versions: readonly Finding[];
  readonly lives: readonly Finding[];
  /** Parts of the traffic that did not come. */
  readonly less: readonly Finding[];
  readonly others: readonly Finding[];
}

/** One finding for each incident; what another tells already becomes a part of that. */
export function joined({
  failures,
  silences,
  versions,
  lives,
  less,
  others,
}: Parts): readonly Finding[] {
  const kept = failures.map((finding) => ({ ...finding }));
  const rest: Finding[] = [];
  for (const group of versions) {
    const at = kept.findIndex((finding) => isSameFleet(finding, group));
    const home = kept[at];
    if (home === undefined) rest.push(group);
    else kept[at] = withVersion(home, group);
  }
  for (const short of lives) {
    const at = kept.findIndex((finding) => isCrashLoop(finding, short));
    const home = kept[at];
    if (home === undefined) {
      rest.push(short);
      continue;
    }
    kept[at] = withLives(home, short);
    const parts = kept.filter((finding, index) => index !== at && isOfLives(finding, short));
    for (const part of parts) kept.splice(kept.indexOf(part), 1);
  }
  for (const other of others) {
    const isKnown = kept.some(
      (finding) =>
        touches(finding, other) && other.errors.some((one) => finding.errors.includes(one)),
    );
    if (!isKnown) rest.push(other);
  }
  // Who fails is asked less: what failed at the time says it.
  const own = less.filter((part) => !kept.some((finding) => isWithin(part, finding)));
  return [...kept, ...widest(silences), ...own, ...rest];
}

/** What is silent because everything is, or because its service is, is told once. */
export function widest(silences: readonly Finding[]): readonly Finding[] {
  const whole = silences.filter(({ detector }) => detector === 'ingest-gap');
  const services = silences.filter(isWholeService);
  return silences.filter((finding) => {
    if (finding.detector === 'ingest-gap') return true;
    if (whole.some((other) => isWithin(finding, other))) return false;
    if (isWholeService(finding)) return true;
    return !services.some(
      (other) => isWithin(finding, other) && overlap(other.services, finding.services),
    );
  });
}

function isWholeService({ services, hosts, endpoints, customers, azs }: Finding): boolean {
  const others = [hosts, endpoints, customers, azs];
  return services.length > 0 && others.every((names) => names.length === 0);
}

/** Most of it lies in the other. */
function isWithin(finding: Finding, other: Finding): boolean {
  const shared = Math.min(finding.end, other.end) - Math.max(finding.start, other.start);
  return shared > 0.6 * (finding.end - finding.start);
}

function overlap(left: readonly string[], right: readonly string[]): boolean {
  return left.some((one) => right.includes(one));
}

function isSameFleet(finding: Finding, group: Finding): boolean {
  if (!touches(finding, group)) return false;
  if (finding.versions.length > 0) return overlap(finding.versions, group.versions);
  return overlap(finding.hosts, group.hosts);
}

/** The version is part of what defines it when its hosts are the same. */
function withVersion(finding: Finding, group: Finding): Finding {
  const isSame = group.hosts.every((host) => finding.hosts.includes(host));
  const hasVersion = finding.versions.length > 0 || !isSame;
  return {
    ...finding,
    versions: hasVersion ? finding.versions : group.versions,
    alsoSeenAs: [...finding.alsoSeenAs, group.kind],
  };
}

function isCrashLoop(finding: Finding, short: Finding): boolean {
  if (finding.detector !== 'failure' || !touches(finding, short)) return false;
  if (overlap(finding.hosts, short.hosts)) return true;
  const isFleetWide = finding.hosts.length === 0 && finding.endpoints.length === 0;
  return isFleetWide && finding.customers.length === 0 && overlap(finding.services, short.services);
}

/** Failures of some of them, or of nobody but them. */
function isOfLives({ detector, hosts, ...finding }: Finding, short: Finding): boolean {
  if (detector !== 'failure' || !touches(finding, short)) return false;
  return hosts.length > 0 && hosts.every((host) => short.hosts.includes(host));
}

function withLives(finding: Finding, short: Finding): Finding {
  const { events, bad, rate, rateInterval, requestsAffected, requestsInterval } =
    short.bad > finding.bad ? short : finding;
  return {
    ...finding,
    events,
    bad,
    rate,
    rateInterval,
    requestsAffected,
    requestsInterval,
    hosts: short.hosts,
    azs: [],
    start: Math.min(finding.start, short.start),
    end: Math.max(finding.end, short.end),
    title: `${short.title}, ${Math.round(rate * 100)} % failing`,
    alsoSeenAs: [...finding.alsoSeenAs, short.kind],
  };
}
