/** What a phase was, told by duration, share and direction alone; statuses are looked at later. */

import { unreachable } from '../base/assert.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { median } from './scan-share.js';
import { limits } from './version-cell.js';
import { flappingHosts } from './version-flapping.js';
import { atDataEnd, atDataStart, type Fleet, isNewer, isOlder } from './version-fleet.js';
import type { Island } from './version-island.js';
import { hadMajority, type Phase, shareOf } from './version-phase.js';

export type VersionKind =
  | 'rollout'
  | 'canary'
  | 'rolled back'
  | 'straggler'
  | 'version from the future'
  | 'split'
  | 'flapping';

/** Some hosts of a service on a version that did not lead, for a time. */
export interface Candidate extends TimeRange {
  readonly kind: VersionKind;
  readonly service: string;
  readonly version: string;
  readonly fleetVersion: string;
  readonly islands: readonly Island[];
  /** The time in which its statuses are judged: of a rollout, its first hour is a part. */
  readonly judged: TimeRange;
  /** The time before, for other versions only; null where the fleet beside it is the measure. */
  readonly before: TimeRange | null;
  /** By time alone no mismatch; failing would make it one. */
  readonly harmless: boolean;
}

/** The kinds that disagree with the fleet even where nothing fails. */
const mismatches: ReadonlySet<VersionKind> = new Set([
  'straggler',
  'version from the future',
  'flapping',
]);

/** Classifies all phases of a fleet; what is only the tail of a rollout gives nothing. */
export function candidatesOf(fleet: Fleet, phases: readonly Phase[]): readonly Candidate[] {
  const replaced = replacesHosts(phases);
  const found = phases.flatMap((phase): readonly Candidate[] => {
    switch (phase.move) {
      case 'incoming':
        return incoming(fleet, phase);
      case 'outgoing':
        return isGuest(fleet, phase) ? visiting(fleet, phase, replaced) : leftBehind(fleet, phase);
      case 'visiting':
        return visiting(fleet, phase, replaced);
      default:
        return unreachable(phase.move);
    }
  });
  return withoutRecurring(fleet, flapping(fleet, found));
}

/**
 * Where rollouts bring new hosts instead of new versions on old hosts, a new host on a new version
 * says nothing.
 */
function replacesHosts(phases: readonly Phase[]): boolean {
  const arrived = phases
    .filter(({ move }) => move === 'incoming')
    .flatMap(({ islands }) => islands);
  const fresh = arrived.filter(({ changed }) => !changed).length;
  return fresh >= 3 && fresh * 2 > arrived.length;
}

function candidate(
  fleet: Fleet,
  phase: Phase,
  kind: VersionKind,
  range: TimeRange = phase,
  islands: readonly Island[] = phase.islands,
): Candidate {
  return Object.freeze({
    kind,
    harmless: !mismatches.has(kind),
    service: fleet.service,
    version: phase.version,
    fleetVersion: phase.lead,
    start: range.start,
    end: range.end,
    judged: { start: range.start, end: range.end },
    before: null,
    islands: islands.filter(({ first, last }) => first < range.end && last >= range.start),
  });
}

/** A version on its way to lead: a rollout, after a canary perhaps, or far too early. */
function incoming(fleet: Fleet, phase: Phase): readonly Candidate[] {
  const { plateau } = phase;
  const climbed = climbEnd(fleet, phase);
  if (atDataStart(fleet, phase.start)) return thereBefore(fleet, phase, climbed);
  const waited = plateau.end - plateau.start;
  const few = plateau.share <= limits.canaryShare || plateau.hosts === 1;
  if (waited <= limits.rollout || (!few && waited <= limits.canary)) {
    return [rollout(fleet, phase, climbed)];
  }
  const before = { start: phase.start, end: plateau.end };
  const kind =
    waited <= limits.canary && few
      ? 'canary'
      : isSplit(phase)
        ? 'split'
        : 'version from the future';
  const rest = { start: plateau.end, end: Math.max(plateau.end, climbed.end) };
  const followed = arrivesWithin(fleet, phase, rest) ? [rollout(fleet, phase, rest)] : [];
  return [candidate(fleet, phase, kind, before), ...followed];
}

/** The version was there when the data began, and led later: a rollout only where hosts came. */
function thereBefore(fleet: Fleet, phase: Phase, climbed: TimeRange): readonly Candidate[] {
  const { plateau } = phase;
  const stood = isSplit(phase) && plateau.end - plateau.start > limits.split;
  const rest = stood ? { start: plateau.end, end: Math.max(plateau.end, climbed.end) } : climbed;
  const followed = arrivesWithin(fleet, phase, rest) ? [rollout(fleet, phase, rest)] : [];
  if (stood) return [candidate(fleet, phase, 'split', plateau), ...followed];
  if (followed.length > 0 || atDataStart(fleet, phase.end)) return followed;
  return [candidate(fleet, phase, hadMajority(phase) ? 'canary' : 'split')];
}

/** True when a host changed to the version, or came with it; those there from the start did not. */
function arrivesWithin(fleet: Fleet, { version }: Phase, { start, end }: TimeRange): boolean {
  return fleet.islands.some(
    (island) =>
      island.version === version &&
      island.first >= start &&
      island.first <= end &&
      (island.changed || !atDataStart(fleet, island.first)),
  );
}

/** With the hosts that came after the version had begun to lead. */
function rollout(fleet: Fleet, phase: Phase, range: TimeRange): Candidate {
  const islands = fleet.islands.filter(({ version }) => version === phase.version);
  const { start, end } = range;
  return Object.freeze({
    ...candidate(fleet, phase, 'rollout', { start, end: end + 1 }, islands),
    judged: { start, end: Math.min(end + limits.judged, leadEnd(fleet, phase, end)) + 1 },
    before: { start: start - limits.judged, end: start },
  });
}

/** When another version leads again; the end of the data where none does. */
function leadEnd(fleet: Fleet, { version }: Phase, from: Micros): Micros {
  const next = fleet.segments.find(({ start, lead }) => start > from && lead !== version);
  return next?.start ?? Math.max(from, fleet.data.end);
}

/**
 * From the first host to nine of ten, and on to the last host that changed over without a long
 * wait between.
 */
function climbEnd(fleet: Fleet, { start, end: led, version }: Phase): TimeRange {
  const reached = fleet.segments.find(
    (segment) => segment.start >= start && shareOf(segment, version) >= 0.9,
  );
  let end = Math.max(led, reached?.start ?? led);
  for (const island of fleet.islands) {
    const joins = island.version === version && island.changed && island.first > end;
    if (joins && island.first - end <= limits.rollout) end = island.first;
  }
  return { start, end };
}

function isSplit({ plateau, start, end }: Phase): boolean {
  return plateau.share >= limits.splitShare && plateau.hosts >= 2 && end - start > limits.split;
}

/**
 * Hosts that stayed when the fleet had moved on. The time of each counts from the host that left
 * before it, so that a slow rollout leaves nobody behind.
 */
function leftBehind(fleet: Fleet, phase: Phase): readonly Candidate[] {
  const leaving = phase.islands
    .map((island) => ({ island, end: Math.min(island.last + 1, phase.end) }))
    .sort((left, right) => left.end - right.end);
  const wait = Math.max(limits.straggler, limits.paces * paceOf(fleet, phase));
  let before: Micros = phase.start;
  let at = leaving.length;
  for (const [index, { end }] of leaving.entries()) {
    if (end - before >= wait && end - phase.start >= wait) {
      at = index;
      break;
    }
    before = end;
  }
  const stayed = leaving.slice(at).map(({ island }) => island);
  if (stayed.length === 0) return [];
  if (!hadMajority(phase)) return isSplit(phase) ? [candidate(fleet, phase, 'split')] : [];
  const share = stayed.length / (phase.segments.at(-1)?.total ?? 1);
  const divided =
    share >= limits.splitShare && stayed.length >= 2 && phase.end - phase.start > limits.split;
  return [candidate(fleet, phase, divided ? 'split' : 'straggler', phase, stayed)];
}

/** The median time between two hosts of the rollout until it led; 0 for fewer than two. */
function paceOf(fleet: Fleet, { lead, start }: Phase): Micros {
  const arrivals = fleet.islands
    .filter(({ version, changed, first }) => version === lead && changed && first <= start)
    .map(({ first }) => first);
  const gaps = arrivals.slice(1).map((first, index) => first - (arrivals[index] ?? first));
  return median(gaps);
}

/**
 * Newer than what led, and leading only where the data begins, by the few hosts seen so far: it
 * was no one's to leave.
 */
function isGuest(fleet: Fleet, { version, lead, start }: Phase): boolean {
  return atDataStart(fleet, start) && isNewer(fleet, version, lead);
}

function visiting(fleet: Fleet, phase: Phase, replaced: boolean): readonly Candidate[] {
  const { start, end, version, lead } = phase;
  const length = end - start;
  const ends = atDataEnd(fleet, end);
  if (atDataEnd(fleet, start) || atDataStart(fleet, end)) return [];
  if (!hadMajority(phase) || isSplit(phase)) return [candidate(fleet, phase, 'split')];
  const begun = atDataStart(fleet, start);
  if (isOlder(fleet, version, lead) || (begun && !isNewer(fleet, version, lead))) {
    return oldVersion(fleet, phase);
  }
  const fresh = !begun && phase.islands.every(({ changed }) => !changed);
  if ((fresh && !replaced) || length > limits.canary) {
    return [candidate(fleet, phase, 'version from the future')];
  }
  return [candidate(fleet, phase, ends || begun ? 'canary' : 'rolled back')];
}

/**
 * Old images, and hosts that were behind before the data began. Those that leave within the hour,
 * or while the rollout is young, are its tail.
 */
function oldVersion(fleet: Fleet, phase: Phase): readonly Candidate[] {
  const led = fleet.segments.find(({ lead }) => lead === phase.lead)?.start ?? phase.start;
  const needed = atDataStart(fleet, phase.start) ? limits.straggler : limits.leaving;
  const stayed = phase.islands.filter(
    ({ first, last }) => last - Math.max(first, led) >= needed && last - led >= limits.straggler,
  );
  if (stayed.length > 0) return [candidate(fleet, phase, 'straggler', spanOf(stayed), stayed)];
  return [{ ...candidate(fleet, phase, 'straggler'), harmless: true }];
}

function spanOf(islands: readonly Island[]): TimeRange {
  return {
    start: Math.min(...islands.map(({ first }) => first)),
    end: Math.max(...islands.map(({ last }) => last)) + 1,
  };
}

/** Hosts that come again and again with a version of their own are a deployment of their own. */
function withoutRecurring(fleet: Fleet, found: readonly Candidate[]): readonly Candidate[] {
  const led = new Set(fleet.segments.map(({ lead }) => lead));
  const hostsThatLed = new Set(
    fleet.islands.filter(({ version }) => led.has(version)).map(({ host }) => host),
  );
  const visits = new Map<string, number>();
  for (const { version } of found) visits.set(version, (visits.get(version) ?? 0) + 1);
  return found.map((item) => {
    const apart = item.islands.every(({ host }) => !hostsThatLed.has(host));
    const often = (visits.get(item.version) ?? 0) >= limits.recurring;
    return apart && often && !led.has(item.version)
      ? { ...item, kind: 'split', harmless: true }
      : item;
  });
}

/** A flapping host gives one candidate in place of all its short visits. */
function flapping(fleet: Fleet, found: readonly Candidate[]): readonly Candidate[] {
  const hosts = flappingHosts(fleet);
  if (hosts.size === 0) return found;
  const fleetWide = hosts.size * 2 > new Set(fleet.islands.map(({ host }) => host)).size;
  const rest = found.filter(({ islands }) => !islands.every(({ host }) => hosts.has(host)));
  const groups = new Map<string, Island[]>();
  for (const { host, version, fleetVersion } of hosts.values()) {
    const own = fleet.islands.filter(
      (island) => island.host === host && island.version === version,
    );
    const key = JSON.stringify([version, fleetVersion]);
    groups.set(key, [...(groups.get(key) ?? []), ...own]);
  }
  const flaps = [...groups].map(([key, islands]): Candidate => {
    const [version, fleetVersion]: readonly string[] = JSON.parse(key);
    return Object.freeze({
      kind: 'flapping',
      harmless: fleetWide,
      service: fleet.service,
      version: version ?? '',
      fleetVersion: fleetVersion ?? '',
      ...spanOf(islands),
      judged: spanOf(islands),
      before: null,
      islands,
    });
  });
  return [...rest, ...flaps];
}
