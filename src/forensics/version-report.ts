/** Who ran what, and who disagreed with the fleet: from cells to a report. Pure. */
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type SeenCell, type VersionCell, wholeFleet } from './version-cell.js';
import type { Evidence, StatusCount, StricterRule } from './version-evidence.js';
import { type Fleet, fleetOf, type VersionBirth } from './version-fleet.js';
import { compareText, islandsOf } from './version-island.js';
import { type Candidate, candidatesOf, type VersionKind } from './version-kind.js';
import { phasesOf } from './version-phase.js';
import { type SilentHost, silentHosts } from './version-silence.js';

export interface GroupHost {
  readonly host: string;
  readonly first: Micros;
  readonly last: Micros;
}

/**
 * Hosts of one service that ran another version than the fleet led with.
 * **Units** `start` and `end` are whole minutes, half-open; `first` and `last` are events.
 */
export interface VersionGroup extends TimeRange {
  readonly kind: VersionKind | 'failing canary';
  /** It disagreed with the fleet, or failed. */
  readonly mismatch: boolean;
  /** It failed clearly more than the rest of the fleet, a rollout more than what it replaced. */
  readonly failing: boolean;
  /** Empty where the data has no service. */
  readonly service: string;
  readonly version: string;
  readonly fleetVersion: string;
  readonly hosts: readonly GroupHost[];
  /** All hosts of the service in the window of the group. */
  readonly fleetHosts: number;
  readonly first: Micros;
  readonly last: Micros;
  /** Null where they were not counted: a rollout is of no interest but for its time. */
  readonly events: number | null;
  /** Null where there is no `bad` rule. */
  readonly bad: number | null;
  readonly badShare: number | null;
  readonly fleetBadShare: number | null;
  readonly statuses: readonly StatusCount[];
  readonly stricter: StricterRule | null;
  readonly sentence: string;
}

/** What the answer cannot speak of. */
export interface NotSeen {
  readonly events: number;
  readonly withoutHost: number;
  readonly withoutVersion: number;
  /** Share of all events that lack either. */
  readonly share: number;
  /** Ran a version for too few events to count. */
  readonly thinHosts: readonly string[];
  /** Sent nothing for a long time while the other hosts of their service did. */
  readonly silentHosts: readonly SilentHost[];
}

export interface VersionReport {
  readonly window: TimeRange;
  readonly services: readonly string[];
  readonly mismatches: readonly VersionGroup[];
  /** Rollouts, canaries, splits: versions that came and went as they should. */
  readonly transitions: readonly VersionGroup[];
  readonly fleets: readonly Fleet[];
  readonly notSeen: NotSeen;
}

/** What is settled before the statuses are looked at. */
export interface VersionDraft {
  readonly window: TimeRange;
  readonly fleets: readonly Fleet[];
  readonly candidates: readonly Candidate[];
  readonly thin: readonly ThinHost[];
  readonly notSeen: NotSeen;
}

/** A host with too few events of any version; it still counts as one of its fleet. */
export interface ThinHost {
  readonly service: string;
  readonly host: string;
  readonly first: Micros;
  readonly last: Micros;
}

/** Cells of one window, in any order; `births` tell the order of versions older than it. */
export function draftVersions(
  cells: readonly VersionCell[],
  window: TimeRange,
  births: readonly VersionBirth[] = [],
): VersionDraft {
  const byHost = new Map<string, Map<string, SeenCell[]>>();
  let start = window.end;
  let end = window.start;
  for (const cell of cells) {
    start = Math.min(start, cell.first);
    end = Math.max(end, cell.last + 1);
    const { host, version } = cell;
    if (host === null || version === null) continue;
    const service = cell.service ?? wholeFleet;
    const hosts = byHost.get(service) ?? new Map<string, SeenCell[]>();
    byHost.set(service, hosts);
    const own = hosts.get(host) ?? [];
    hosts.set(host, own);
    own.push({ ...cell, service, host, version });
  }
  const fleets = [...byHost]
    .sort(([left], [right]) => compareText(left, right))
    .map(([service, hosts]) => {
      const islands = [...hosts.values()].flatMap(islandsOf);
      islands.sort((left, right) => left.first - right.first || compareText(left.host, right.host));
      const own = births.filter((birth) => (birth.service ?? wholeFleet) === service);
      return fleetOf(service, islands, { start, end }, own);
    });
  const thin = thinHostsOf(byHost, fleets);
  const silent = fleets.flatMap(({ service }) =>
    silentHosts(service, byHost.get(service) ?? new Map<string, SeenCell[]>()),
  );
  return Object.freeze({
    window,
    fleets,
    thin,
    candidates: fleets.flatMap((fleet) => candidatesOf(fleet, phasesOf(fleet))),
    notSeen: notSeenOf(cells, thin, silent),
  });
}

function thinHostsOf(
  byHost: ReadonlyMap<string, ReadonlyMap<string, readonly SeenCell[]>>,
  fleets: readonly Fleet[],
): readonly ThinHost[] {
  return fleets.flatMap(({ service, islands }) => {
    const seen = new Set(islands.map(({ host }) => host));
    return [...(byHost.get(service) ?? [])]
      .filter(([host]) => !seen.has(host))
      .map(([host, cells]) => ({
        service,
        host,
        first: cells.reduce((least, cell) => Math.min(least, cell.first), Infinity),
        last: cells.reduce((most, cell) => Math.max(most, cell.last), -Infinity),
      }));
  });
}

function notSeenOf(
  cells: readonly VersionCell[],
  thin: readonly ThinHost[],
  silent: readonly SilentHost[],
): NotSeen {
  const tally = { events: 0, withoutHost: 0, withoutVersion: 0, either: 0 };
  for (const { host, version, events } of cells) {
    tally.events += events;
    if (host === null) tally.withoutHost += events;
    if (version === null) tally.withoutVersion += events;
    if (host === null || version === null) tally.either += events;
  }
  const thinHosts = thin.map(({ host }) => host).sort(compareText);
  const { events, withoutHost, withoutVersion, either } = tally;
  const share = events === 0 ? 0 : either / events;
  return Object.freeze({
    events,
    withoutHost,
    withoutVersion,
    share,
    thinHosts,
    silentHosts: silent,
  });
}

/** `evidence` holds what was found for each candidate; some may be missing. */
export function reportVersions(
  draft: VersionDraft,
  evidence: ReadonlyMap<Candidate, Evidence>,
  hasBad: boolean,
): VersionReport {
  const groups = draft.candidates
    .map((candidate) => groupOf(draft, candidate, evidence.get(candidate) ?? null, hasBad))
    .sort(
      (left, right) =>
        left.start - right.start ||
        compareText(left.service, right.service) ||
        compareText(left.version, right.version),
    );
  return Object.freeze({
    window: draft.window,
    services: draft.fleets.map(({ service }) => service),
    mismatches: groups.filter(({ mismatch }) => mismatch),
    transitions: groups.filter(({ mismatch }) => !mismatch),
    fleets: draft.fleets,
    notSeen: draft.notSeen,
  });
}

function groupOf(
  draft: VersionDraft,
  candidate: Candidate,
  found: Evidence | null,
  hasBad: boolean,
): VersionGroup {
  const { service, version, fleetVersion } = candidate;
  const failing = found?.failing ?? false;
  const evidence = candidate.kind === 'rollout' && !failing ? null : found;
  const hosts = hostsOf(candidate, failing ? candidate.judged.end : candidate.end);
  const first = Math.min(...hosts.map((host) => host.first));
  const last = Math.max(...hosts.map((host) => host.last));
  const tried = candidate.kind === 'canary' || candidate.kind === 'rolled back';
  const bad = hasBad && evidence !== null ? evidence.bad : null;
  const fleetHosts = hostsWithin(draft, service, { start: first, end: last + 1 });
  return Object.freeze({
    kind: failing && tried ? 'failing canary' : candidate.kind,
    mismatch: !candidate.harmless || failing,
    failing,
    service,
    version,
    fleetVersion,
    hosts,
    fleetHosts,
    start: minuteStart(first),
    end: minuteStart(last) + microsPerMinute,
    first,
    last,
    events: evidence?.events ?? null,
    bad,
    badShare: bad === null || !evidence?.events ? null : bad / evidence.events,
    fleetBadShare: hasBad ? (evidence?.fleetBadShare ?? null) : null,
    statuses: evidence?.statuses ?? [],
    stricter: evidence?.stricter ?? null,
    sentence: sentenceOf(candidate, failing, { hosts: hosts.length, fleetHosts }),
  });
}

/** First and last event of each host, cut to the window of the candidate. */
function hostsOf({ islands, start }: Candidate, end: Micros): readonly GroupHost[] {
  const hosts = new Map<string, GroupHost>();
  for (const island of islands) {
    const before = hosts.get(island.host);
    const first = Math.max(island.first, start);
    const last = Math.min(island.last, end - 1);
    hosts.set(island.host, {
      host: island.host,
      first: Math.min(first, before?.first ?? first),
      last: Math.max(last, before?.last ?? last),
    });
  }
  return [...hosts.values()].sort((left, right) => compareText(left.host, right.host));
}

function hostsWithin({ fleets, thin }: VersionDraft, service: string, range: TimeRange): number {
  const seen = [...fleets.flatMap(({ islands }) => islands), ...thin];
  const serving = seen.filter(
    (item) => item.service === service && item.first < range.end && item.last >= range.start,
  );
  return new Set(serving.map(({ host }) => host)).size;
}

function minuteStart(instant: Micros): Micros {
  return Math.floor(instant / microsPerMinute) * microsPerMinute;
}

function sentenceOf(
  { kind, version, fleetVersion }: Candidate,
  failing: boolean,
  count: { readonly hosts: number; readonly fleetHosts: number },
): string {
  const noun = count.fleetHosts === 1 ? 'host' : 'hosts';
  const hosts = `${count.hosts} of ${count.fleetHosts} ${noun}`;
  return kind === 'rollout'
    ? `${hosts} went from ${fleetVersion} to ${version}${failing ? ', which failed' : ''}`
    : `${hosts} ran ${version} while the fleet ran ${fleetVersion}`;
}
