/** The fleet of one service over time: how many hosts ran which version, and which one led. */
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { limits } from './version-cell.js';
import { compareText, type Island } from './version-island.js';

/** Between two changes nothing changes. Half-open. */
export interface Segment extends TimeRange {
  /** Hosts by version; only versions with hosts. */
  readonly hosts: ReadonlyMap<string, number>;
  readonly total: number;
  /** The version of more than half of the hosts, or the one that was before. */
  readonly lead: string;
}

export interface Fleet {
  readonly service: string;
  /** Oldest first, by the first event. */
  readonly islands: readonly Island[];
  readonly segments: readonly Segment[];
  /** First event of each version, before the window perhaps. */
  readonly firstSeen: ReadonlyMap<string, Micros>;
  readonly data: TimeRange;
  /** Versions seen first later than this are known to be newer than those before. */
  readonly known: Micros;
}

/** When a version was seen first, in a span that begins before the window. */
export interface VersionBirth {
  readonly service: string | null;
  readonly version: string | null;
  readonly first: Micros;
}

/** `data` is the span of all events read: what happens at its ends is not known. */
export function fleetOf(
  service: string,
  islands: readonly Island[],
  data: TimeRange,
  births: readonly VersionBirth[],
): Fleet {
  const firstSeen = new Map<string, Micros>();
  for (const { version, first } of islands) {
    firstSeen.set(version, Math.min(first, firstSeen.get(version) ?? first));
  }
  let known = data.start;
  for (const { version, first } of births) {
    known = Math.min(known, first);
    const seen = version === null ? undefined : firstSeen.get(version);
    if (version !== null && seen !== undefined) firstSeen.set(version, Math.min(first, seen));
  }
  const segments = segmentsOf(islands, firstSeen);
  return Object.freeze({ service, islands, segments, firstSeen, data, known });
}

function segmentsOf(
  islands: readonly Island[],
  firstSeen: ReadonlyMap<string, Micros>,
): readonly Segment[] {
  const changes = islands
    .flatMap(({ version, first, until }) => [
      { at: first, version, by: 1 },
      { at: until + 1, version, by: -1 },
    ])
    .sort((left, right) => left.at - right.at);
  const segments: Segment[] = [];
  const hosts = new Map<string, number>();
  let lead: string | null = null;
  changes.forEach(({ at, version, by }, index) => {
    const count = (hosts.get(version) ?? 0) + by;
    if (count === 0) hosts.delete(version);
    else hosts.set(version, count);
    const end = changes[index + 1]?.at;
    if (end === undefined || end === at || hosts.size === 0) return;
    lead = leadOf(hosts, lead, firstSeen);
    segments.push({ start: at, end, hosts: new Map(hosts), total: totalOf(hosts), lead });
  });
  return segments;
}

/** A tie keeps the one that led; without one, the version seen first. */
function leadOf(
  hosts: ReadonlyMap<string, number>,
  before: string | null,
  firstSeen: ReadonlyMap<string, Micros>,
): string {
  const total = totalOf(hosts);
  const ranked = [...hosts].sort(
    ([left, leftCount], [right, rightCount]) =>
      rightCount - leftCount ||
      (firstSeen.get(left) ?? 0) - (firstSeen.get(right) ?? 0) ||
      compareText(left, right),
  );
  const [best, count] = ranked[0] ?? ['', 0];
  if (before !== null && hosts.has(before) && count * 2 <= total) return before;
  return best;
}

function totalOf(hosts: ReadonlyMap<string, number>): number {
  return [...hosts.values()].reduce((sum, count) => sum + count, 0);
}

/** Known to be newer by the order of the first events; versions there from the start are equals. */
export function isNewer(fleet: Fleet, version: string, than: string): boolean {
  const first = fleet.firstSeen.get(version) ?? 0;
  return first > fleet.known + limits.edge && first > (fleet.firstSeen.get(than) ?? 0);
}

export function isOlder(fleet: Fleet, version: string, than: string): boolean {
  return isNewer(fleet, than, version);
}

/** True when the instant is so close to the start of the data that what came before is unknown. */
export function atDataStart(fleet: Fleet, instant: Micros): boolean {
  return instant <= fleet.data.start + limits.edge;
}

export function atDataEnd(fleet: Fleet, instant: Micros): boolean {
  return instant >= fleet.data.end - limits.edge;
}

/** Segments that overlap a range, cut to it. */
export function segmentsWithin(fleet: Fleet, range: TimeRange): readonly Segment[] {
  return fleet.segments
    .filter(({ start, end }) => start < range.end && end > range.start)
    .map((segment) => ({
      ...segment,
      start: Math.max(segment.start, range.start),
      end: Math.min(segment.end, range.end),
    }));
}
