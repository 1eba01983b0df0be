/** Hosts that sent nothing for a long time while the other hosts of their service did. */
import type { Micros } from '../time/instant.js';
import { microsPerHour } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { limits, type SeenCell } from './version-cell.js';

/** From its last event before to its first after. */
export interface SilentHost extends TimeRange {
  readonly service: string;
  readonly host: string;
}

/** Chosen by us: a host silent more often is so by habit. */
const mostSilences = 3;

/** The life of one host: its first event to its last. */
interface Life extends TimeRange {
  readonly host: string;
  readonly cells: readonly SeenCell[];
}

/**
 * The silences of the hosts of one service, by time. One lies within the life of its host, lasts
 * 30 minutes and 20 times the usual distance of two events, and by what the hosts that lived
 * through it sent meanwhile at least 20 events are missing: a quiet night is no silence, and a
 * host that ended is not silent.
 */
export function silentHosts(
  service: string,
  hosts: ReadonlyMap<string, readonly SeenCell[]>,
): readonly SilentHost[] {
  const lives = [...hosts].map(([host, cells]) => lifeOf(host, cells));
  return lives
    .flatMap((life) => {
      const gaps = gapsOf(life);
      if (gaps.length > mostSilences) return [];
      const missed = gaps.filter((gap) => missing(life, gap, lives) >= limits.silenceGaps);
      return missed.map((gap) => Object.freeze({ service, host: life.host, ...gap }));
    })
    .sort((left, right) => left.start - right.start);
}

function lifeOf(host: string, own: readonly SeenCell[]): Life {
  const cells = [...own].sort((left, right) => left.first - right.first);
  const end = cells.reduce((most, { last }) => Math.max(most, last), -Infinity);
  return { host, cells, start: cells[0]?.first ?? Infinity, end };
}

function gapsOf({ cells, start }: Life): readonly TimeRange[] {
  const least = usualSilence(cells);
  const gaps: TimeRange[] = [];
  let last: Micros = start;
  for (const cell of cells) {
    if (cell.first - last >= least) gaps.push({ start: last, end: cell.first });
    last = Math.max(last, cell.last);
  }
  return gaps;
}

/** How long a host must be silent for more than its usual pauses. **Units** microseconds. */
export function usualSilence(cells: readonly SeenCell[]): Micros {
  const rows = cells.reduce((sum, cell) => sum + cell.rows, 0);
  const hours = new Set(cells.map(({ first }) => Math.floor(first / microsPerHour))).size;
  return Math.max(limits.silence, (limits.silenceGaps * hours * microsPerHour) / rows);
}

/** The events expected of a host by its share of what its peers sent at all other times. */
function missing(life: Life, gap: TimeRange, lives: readonly Life[]): number {
  let during = 0;
  let otherwise = 0;
  for (const peer of lives) {
    if (peer === life || peer.start > gap.start || peer.end < gap.end) continue;
    const within = rowsWithin(peer, gap);
    during += within;
    otherwise += rowsWithin(peer, life) - within;
  }
  return otherwise === 0 ? 0 : (rowsWithin(life, life) * during) / otherwise;
}

/** Events of a cell are taken to be spread evenly. */
function rowsWithin({ cells }: Life, { start, end }: TimeRange): number {
  let sum = 0;
  for (const { first, last, rows } of cells) {
    if (last < start || first > end) continue;
    const part = (Math.min(last, end) - Math.max(first, start)) / (last - first);
    sum += last === first ? rows : rows * part;
  }
  return sum;
}
