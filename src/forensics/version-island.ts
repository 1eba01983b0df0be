/** Gaps and islands: from when to when each host ran each version. */
import type { Micros } from '../time/instant.js';
import { limits, type SeenCell } from './version-cell.js';
import { usualSilence } from './version-silence.js';

/** One host running one version without a break. `last` is the instant of the last event. */
export interface Island {
  readonly service: string;
  readonly host: string;
  readonly version: string;
  readonly first: Micros;
  readonly last: Micros;
  readonly events: number;
  readonly bad: number;
  readonly rows: number;
  /** The host counts as running the version until then: to its last event, or to its change. */
  readonly until: Micros;
  /** The host ran another version just before. */
  readonly changed: boolean;
  /** The host ran another version at the same time: two processes, nothing switched. */
  readonly concurrent: boolean;
}

/** The islands of one host of one service, oldest first; thin ones are left out. */
export function islandsOf(cells: readonly SeenCell[]): readonly Island[] {
  const ordered = [...cells].sort((left, right) => left.first - right.first);
  const silence = usualSilence(ordered);
  const drafts = [...new Set(ordered.map(({ version }) => version))].flatMap((version) =>
    islandsOfVersion(ordered, version, silence),
  );
  const kept = drafts
    .filter(({ rows }) => rows >= limits.islandRows)
    .sort((left, right) => left.first - right.first || compareText(left.version, right.version));
  return mergeConcurrent(kept, silence);
}

type Draft = Omit<Island, 'until' | 'changed' | 'concurrent'>;

/** An island ends at a silence, and where the host has plainly gone over to other versions. */
function islandsOfVersion(
  cells: readonly SeenCell[],
  version: string,
  silence: number,
): readonly Draft[] {
  const islands: Draft[] = [];
  let open: Draft | null = null;
  let others = 0;
  for (const cell of cells) {
    if (cell.version !== version) {
      if (open !== null && cell.first >= open.last) others += cell.rows;
      continue;
    }
    const broken: boolean =
      open !== null && (others >= limits.islandRows || cell.first - open.last > silence);
    if (open !== null && broken) islands.push(open);
    open = open === null || broken ? { ...cell, version } : joined(open, cell);
    others = 0;
  }
  return open === null ? islands : [...islands, open];
}

function joined(island: Draft, cell: SeenCell | Draft): Draft {
  return {
    ...island,
    last: Math.max(island.last, cell.last),
    events: island.events + cell.events,
    bad: island.bad + cell.bad,
    rows: island.rows + cell.rows,
  };
}

/**
 * Two versions that overlap on a host for a good part of the shorter one run side by side; all
 * pieces of such a version are one island, so that it cannot look like flapping.
 */
function mergeConcurrent(islands: readonly Draft[], silence: number): readonly Island[] {
  const beside = new Set<string>();
  for (const [index, left] of islands.entries()) {
    for (const right of islands.slice(index + 1)) {
      if (right.first > left.last) break;
      if (left.version === right.version) continue;
      const overlap = Math.min(left.last, right.last) - right.first;
      const shorter = Math.min(left.last - left.first, right.last - right.first);
      if (overlap * 4 <= shorter) continue;
      beside.add(left.version);
      beside.add(right.version);
    }
  }
  const merged: Draft[] = [];
  for (const island of islands) {
    const at = beside.has(island.version)
      ? merged.findLastIndex(({ version }) => version === island.version)
      : -1;
    const before = merged[at];
    if (before === undefined || island.first - before.last > silence) merged.push(island);
    else merged[at] = joined(before, island);
  }
  return merged.map((island, index) => {
    const before = merged[index - 1];
    const after = merged[index + 1];
    const left = after !== undefined && changesOver(island, after, silence);
    return Object.freeze({
      ...islandOnly(island),
      until: left ? Math.max(island.last, after.first - 1) : island.last,
      changed: before !== undefined && changesOver(before, island, silence),
      concurrent: beside.has(island.version),
    });
  });
}

function changesOver(from: Draft, to: Draft, silence: number): boolean {
  return from.version !== to.version && to.first - from.last <= silence;
}

function islandOnly({ service, host, version, first, last, events, bad, rows }: Draft): Draft {
  return { service, host, version, first, last, events, bad, rows };
}

/** By code unit: the same order on every machine. */
export function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
