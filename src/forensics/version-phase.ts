/** Phases: while a version served beside the one that led, and what came before and after. */
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { limits } from './version-cell.js';
import { atDataStart, type Fleet, type Segment, segmentsWithin } from './version-fleet.js';
import type { Island } from './version-island.js';

/**
 * `incoming`: it led afterwards; `outgoing`: it led before; `visiting`: it never led while it was
 * there. `end` is behind the last instant.
 */
export interface Phase extends TimeRange {
  readonly move: 'incoming' | 'outgoing' | 'visiting';
  readonly version: string;
  /** The version that led for the longest time. */
  readonly lead: string;
  /** Islands of the version that overlap the phase. */
  readonly islands: readonly Island[];
  readonly segments: readonly Segment[];
  /** The longest time without one more host, and the share of hosts then. */
  readonly plateau: TimeRange & { readonly share: number; readonly hosts: number };
}

/** All phases of a fleet, by version and time. */
export function phasesOf(fleet: Fleet): readonly Phase[] {
  return [...fleet.firstSeen.keys()].flatMap((version) => {
    const own = fleet.islands.filter((island) => island.version === version);
    return episodesOf(own).flatMap((episode) => phasesOfEpisode(fleet, version, own, episode));
  });
}

/** While at least one host ran it, short absences included. */
function episodesOf(islands: readonly Island[]): readonly TimeRange[] {
  const episodes: { start: Micros; end: Micros }[] = [];
  for (const { first, until } of islands) {
    const open = episodes.at(-1);
    if (open !== undefined && first - open.end <= limits.absence) {
      open.end = Math.max(open.end, until + 1);
    } else {
      episodes.push({ start: first, end: until + 1 });
    }
  }
  return episodes;
}

function phasesOfEpisode(
  fleet: Fleet,
  version: string,
  own: readonly Island[],
  episode: TimeRange,
): readonly Phase[] {
  const runs: { led: boolean; segments: Segment[] }[] = [];
  for (const segment of segmentsWithin(fleet, episode)) {
    const led = segment.lead === version;
    const open = runs.at(-1);
    if (open?.led === led) open.segments.push(segment);
    else runs.push({ led, segments: [segment] });
  }
  const [opening] = runs;
  const sudden = opening?.led ? suddenPhase(fleet, version, own, opening.segments) : [];
  const phases = runs.flatMap(({ led, segments }, index): readonly Phase[] => {
    if (led) return [];
    const before = runs[index - 1] !== undefined;
    const after = runs[index + 1] !== undefined;
    const move = before ? 'outgoing' : after ? 'incoming' : 'visiting';
    return phaseOf(move, version, longestLead(segments), own, segments);
  });
  return [...sudden, ...phases];
}

/** The version led from its first event on: every host changed over at once. */
function suddenPhase(
  fleet: Fleet,
  version: string,
  own: readonly Island[],
  segments: readonly Segment[],
): readonly Phase[] {
  const [first] = segments;
  if (first === undefined || atDataStart(fleet, first.start)) return [];
  const before = fleet.segments.findLast(({ end }) => end <= first.start)?.lead ?? version;
  const moment = { ...first, end: first.start + 1 };
  return before === version ? [] : phaseOf('incoming', version, before, own, [moment]);
}

function phaseOf(
  move: Phase['move'],
  version: string,
  lead: string,
  own: readonly Island[],
  segments: readonly Segment[],
): readonly Phase[] {
  const start = segments[0]?.start;
  const end = segments.at(-1)?.end;
  if (start === undefined || end === undefined) return [];
  return [
    Object.freeze({
      move,
      version,
      start,
      end,
      lead,
      islands: own.filter(({ first, last }) => first < end && last >= start),
      segments,
      plateau: plateauOf(segments, version),
    }),
  ];
}

export function shareOf(segment: Segment, version: string): number {
  return (segment.hosts.get(version) ?? 0) / segment.total;
}

function longestLead(segments: readonly Segment[]): string {
  const times = new Map<string, number>();
  for (const { lead, start, end } of segments)
    times.set(lead, (times.get(lead) ?? 0) + end - start);
  const [longest] = [...times].sort(([, left], [, right]) => right - left);
  return longest?.[0] ?? '';
}

/** A stretch ends when the version reaches more hosts than ever before in the phase. */
function plateauOf(segments: readonly Segment[], version: string): Phase['plateau'] {
  let best = { start: 0, end: 0, share: 0, hosts: 0 };
  let open = { start: 0, end: 0, share: 0, hosts: 0 };
  for (const segment of segments) {
    const hosts = segment.hosts.get(version) ?? 0;
    if (hosts > open.hosts) {
      open = { start: segment.start, end: segment.end, share: shareOf(segment, version), hosts };
    } else {
      open = { ...open, end: segment.end };
    }
    if (open.end - open.start > best.end - best.start) best = open;
  }
  return best;
}

/** True when one version had more than half of the hosts for most of the phase. */
export function hadMajority(phase: Phase): boolean {
  let majority = 0;
  for (const { start, end, lead, hosts, total } of phase.segments) {
    if ((hosts.get(lead) ?? 0) * 2 > total) majority += end - start;
  }
  return majority * 2 > phase.end - phase.start;
}
