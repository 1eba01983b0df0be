/** The report seen three ways: a row a host, hosts by version over time, and the matrix. Pure. */
import { bucketStart, bucketStarts } from '../time/granularity.js';
import type { Micros } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type VersionCell, wholeFleet } from './version-cell.js';
import type { Fleet } from './version-fleet.js';
import { compareText } from './version-island.js';
import type { VersionGroup, VersionReport } from './version-report.js';

/** What one host did on one version. */
export interface HostRow {
  readonly service: string;
  readonly host: string;
  readonly version: string;
  /** The version that led while it did. */
  readonly fleetVersion: string;
  readonly mismatch: boolean;
  readonly first: Micros;
  readonly last: Micros;
  readonly events: number;
  readonly bad: number;
  /** Bad share by bucket; null without events. */
  readonly badShares: readonly (number | null)[];
}

interface Buckets {
  readonly range: TimeRange;
  /** A multiple of the width of the cells. */
  readonly stepMicros: Micros;
}

/** Mismatches first, then by service, host and first event. */
export function hostRows(
  report: VersionReport,
  cells: readonly VersionCell[],
  { range, stepMicros }: Buckets,
): readonly HostRow[] {
  const groups = new Map<string, VersionCell[]>();
  for (const cell of cells) {
    if (cell.host === null || cell.version === null) continue;
    const key = JSON.stringify([cell.service, cell.host, cell.version]);
    const own = groups.get(key);
    if (own === undefined) groups.set(key, [cell]);
    else own.push(cell);
  }
  const starts = bucketStarts(range, stepMicros);
  const rows = [...groups.values()].map((own): HostRow => {
    const [cell] = own;
    const service = cell?.service ?? wholeFleet;
    const host = cell?.host ?? '';
    const version = cell?.version ?? '';
    const first = own.reduce((least, item) => Math.min(least, item.first), Infinity);
    const last = own.reduce((most, item) => Math.max(most, item.last), -Infinity);
    const fleet = report.fleets.find((item) => item.service === service);
    const mismatch = report.mismatches.some(
      (group) =>
        group.service === service &&
        group.version === version &&
        group.hosts.some((item) => item.host === host),
    );
    return Object.freeze({
      service,
      host,
      version,
      fleetVersion:
        fleet === undefined ? version : leadWithin(fleet, { start: first, end: last + 1 }),
      mismatch,
      first,
      last,
      ...totalsOf(own),
      badShares: starts.map((start) => badShareOf(own, start, stepMicros)),
    });
  });
  return rows.sort(
    (left, right) =>
      Number(right.mismatch) - Number(left.mismatch) ||
      compareText(left.service, right.service) ||
      compareText(left.host, right.host) ||
      left.first - right.first ||
      compareText(left.version, right.version),
  );
}

function totalsOf(cells: readonly VersionCell[]): {
  readonly events: number;
  readonly bad: number;
} {
  return {
    events: cells.reduce((sum, cell) => sum + cell.events, 0),
    bad: cells.reduce((sum, cell) => sum + cell.bad, 0),
  };
}

function badShareOf(cells: readonly VersionCell[], start: Micros, step: Micros): number | null {
  const { events, bad } = totalsOf(cells.filter((cell) => bucketStart(cell.first, step) === start));
  return events === 0 ? null : bad / events;
}

/** The version that led longest within a range; the last one before it when none did. */
function leadWithin(fleet: Fleet, range: TimeRange): string {
  const times = new Map<string, number>();
  for (const { lead, start, end } of fleet.segments) {
    const time = Math.min(end, range.end) - Math.max(start, range.start);
    if (time > 0) times.set(lead, (times.get(lead) ?? 0) + time);
  }
  const [longest] = [...times].sort(([, left], [, right]) => right - left);
  return longest?.[0] ?? fleet.segments.findLast(({ start }) => start <= range.start)?.lead ?? '';
}

/** Hosts of one version in each bucket of a range. */
export interface TimelineRow {
  readonly service: string;
  readonly version: string;
  readonly hosts: readonly number[];
}

/** In the order the versions were first seen. */
export function timelineRows(
  report: VersionReport,
  { range, stepMicros }: Buckets,
): readonly TimelineRow[] {
  const starts = bucketStarts(range, stepMicros);
  return report.fleets.flatMap((fleet) =>
    [...fleet.firstSeen].map(([version]) => ({
      service: fleet.service,
      version,
      hosts: starts.map((start) => hostsOn(fleet, version, { start, end: start + stepMicros })),
    })),
  );
}

function hostsOn(fleet: Fleet, version: string, range: TimeRange): number {
  const serving = fleet.islands.filter(
    (island) =>
      island.version === version && island.first < range.end && island.last >= range.start,
  );
  return new Set(serving.map(({ host }) => host)).size;
}

export interface MatrixCell {
  readonly version: string;
  readonly hosts: number;
  readonly events: number;
  readonly bad: number;
}

/** One stretch of time of one service, between two changes. Half-open. */
export interface MatrixRow extends TimeRange {
  readonly service: string;
  /** Only versions that served; in the order they were first seen. */
  readonly cells: readonly MatrixCell[];
  /** `mismatch`, the kind of a transition, or `ok`. */
  readonly state: string;
}

/** Rows begin where a group begins or ends, rounded outwards to the step; quiet ones are long. */
export function matrixRows(
  report: VersionReport,
  cells: readonly VersionCell[],
  { range, stepMicros }: Buckets,
): readonly MatrixRow[] {
  const groups = [...report.mismatches, ...report.transitions];
  return report.fleets.flatMap((fleet) => {
    const own = groups.filter(({ service }) => service === fleet.service);
    const serving = cells.filter((cell) => (cell.service ?? wholeFleet) === fleet.service);
    return stretchesOf(own, range, stepMicros).map((stretch) => ({
      service: fleet.service,
      ...stretch,
      cells: [...fleet.firstSeen.keys()].flatMap((version) =>
        matrixCell(fleet, serving, version, stretch),
      ),
      state: stateOf(own, stretch, stepMicros),
    }));
  });
}

function stretchesOf(
  groups: readonly VersionGroup[],
  range: TimeRange,
  step: Micros,
): readonly TimeRange[] {
  const edges = groups
    .flatMap(({ start, end }) => [bucketStart(start, step), bucketStart(end - 1, step) + step])
    .filter((edge) => edge > range.start && edge < range.end);
  const all = [...new Set([range.start, ...edges, range.end])].sort((left, right) => left - right);
  return all.slice(1).map((end, index) => ({ start: all[index] ?? range.start, end }));
}

function matrixCell(
  fleet: Fleet,
  cells: readonly VersionCell[],
  version: string,
  stretch: TimeRange,
): readonly MatrixCell[] {
  const within = cells.filter(
    (cell) => cell.version === version && cell.first >= stretch.start && cell.first < stretch.end,
  );
  const totals = totalsOf(within);
  if (totals.events === 0) return [];
  return [{ version, hosts: hostsOn(fleet, version, stretch), ...totals }];
}

function stateOf(groups: readonly VersionGroup[], stretch: TimeRange, step: Micros): string {
  const here = groups.filter(
    ({ start, end }) => bucketStart(start, step) < stretch.end && end > stretch.start,
  );
  if (here.some(({ mismatch }) => mismatch)) return 'mismatch';
  return here[0]?.kind ?? 'ok';
}
