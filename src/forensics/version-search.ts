/**
 * Runs the questions of `versions`: coarse cells over the whole window, minutes only where a host
 * mixed versions, statuses only for groups that stand out. Memory is bounded by host-hours.
 */
import { Fault } from '../base/fault.js';
import type { Result } from '../query/result.js';
import type { QuerySpec } from '../query/spec.js';
import { bucketStart } from '../time/granularity.js';
import { type Micros, microsPerDay, microsPerHour, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { VersionCell } from './version-cell.js';
import { type Evidence, evidenceOf, mayFail } from './version-evidence.js';
import type { VersionBirth } from './version-fleet.js';
import type { Candidate } from './version-kind.js';
import {
  birthSpec,
  birthsOf,
  cellSpec,
  cellsOf,
  evidenceSpec,
  hasRole,
  spanOfResult,
  spanSpec,
  statusCellsOf,
  type VersionScope,
} from './version-queries.js';
import { draftVersions, reportVersions, type VersionReport } from './version-report.js';

/** Answers one question on the snapshot all others are asked of. */
export type Ask = (spec: QuerySpec) => Promise<Result>;

export interface VersionSearch extends VersionScope {
  /** Groups whose statuses are looked at, the latest first; some unless given. */
  readonly evidenceGroups?: number;
  /** Null: all events kept. */
  readonly window: TimeRange | null;
}

export interface VersionAnswer {
  readonly report: VersionReport;
  readonly cells: readonly VersionCell[];
  /** Width of the buckets the cells were counted in. */
  readonly stepMicros: Micros;
  /** The `bad` rule as text; null where there is none. */
  readonly bad: string | null;
  /** The questions asked, in order; each proves a part of the report. */
  readonly specs: readonly QuerySpec[];
  /** Answer to the first of them about cells: snapshot, files and notes. */
  readonly result: Result | null;
}

/** Chosen by us: rows of one answer, some 100 bytes each. */
const cellsPerAnswer = 200_000;
/** Chosen by us: a piece may be so long; more of them cost more than they save. */
const longestPiece = 30 * microsPerDay;
/** Chosen by us: a host that mixes versions in more buckets runs two versions side by side. */
const mixedBuckets = 24;
/** Chosen by us: groups whose statuses are looked at, the latest first. */
const evidenceGroups = 200;

const steps: readonly Micros[] = [1, 5, 15, 60].map((minutes) => minutes * microsPerMinute);

/** **Faults** CC2102, and those of the questions. */
export async function searchVersions(ask: Ask, search: VersionSearch): Promise<VersionAnswer> {
  for (const role of ['host', 'version'] as const) {
    if (!hasRole(search.roles, role)) throw new Fault('CC2102', { command: 'versions', role });
  }
  const specs: QuerySpec[] = [];
  const asked: Ask = (spec) => {
    specs.push(spec);
    return ask(spec);
  };
  const window = search.window ?? spanOfResult(await asked(spanSpec(search)));
  const range = window ?? { start: 0, end: 0 };
  const stepMicros = stepFor(range);
  const coarse = await readCells(asked, search, range, stepMicros);
  const minutes: ReadVersions = async (bucket, step) =>
    cellsOf(await asked(cellSpec(search, bucket, step)));
  const cells = await refine(minutes, range, coarse.cells, stepMicros);
  const births = search.window === null ? [] : await birthsBefore(asked, search, range);
  const draft = draftVersions(cells, range, births);
  const bad = coarse.result?.provenance.bad ?? null;
  const evidence = new Map<Candidate, Evidence>();
  const wanted = [...draft.candidates].sort((left, right) => right.start - left.start);
  for (const candidate of wanted.slice(0, search.evidenceGroups ?? evidenceGroups)) {
    const { judged, before: earlier } = candidate;
    const read = async (time: TimeRange) =>
      statusCellsOf(await asked(evidenceSpec(search, candidate, time)));
    const cells = await read(judged);
    const old = earlier === null || !mayFail(candidate, cells) ? [] : await read(earlier);
    evidence.set(candidate, evidenceOf(candidate, cells, { bad, before: old }));
  }
  const report = reportVersions(draft, evidence, bad !== null);
  return Object.freeze({ report, cells, stepMicros, bad, specs, result: coarse.result });
}

/** Reads the cells of a window by a step. */
export type ReadVersions = (window: TimeRange, step: Micros) => Promise<readonly VersionCell[]>;

/** The cells of a whole window as `searchVersions` takes them, read another way. */
export async function versionCells(
  read: ReadVersions,
  window: TimeRange,
  stepMicros: Micros,
): Promise<readonly VersionCell[]> {
  return refine(read, window, await read(window, stepMicros), stepMicros);
}

/** Chosen by us: cells of one search, some 200 bytes each. */
const mostCells = 700_000;
const widerSteps: readonly Micros[] = [6 * microsPerHour, microsPerDay];

/** The step that so many hosts are looked at by; null where even days are too many. */
export function stepForHosts(window: TimeRange, hosts: number): Micros | null {
  const usual = stepFor(window);
  const isFew = (step: Micros): boolean =>
    hosts * Math.ceil((window.end - window.start) / step) <= mostCells;
  return [usual, ...widerSteps].find((step) => step >= usual && isFew(step)) ?? null;
}

/** When the versions of a window were seen first, looked up some days before it as well. */
export async function birthsBefore(
  ask: Ask,
  scope: VersionScope,
  window: TimeRange,
): Promise<readonly VersionBirth[]> {
  return birthsOf(await ask(birthSpec(scope, before(window))));
}

/** Chosen by us: how far before the window the order of versions is looked up. */
const lookback = 7 * microsPerDay;

function before({ start, end }: TimeRange): TimeRange {
  return { start: start - lookback, end };
}

/** Minutes for a day, hours from two weeks on. */
function stepFor({ start, end }: TimeRange): Micros {
  const most = microsPerDay / microsPerMinute;
  return steps.find((step) => (end - start) / step <= most) ?? microsPerHour;
}

interface Read {
  readonly cells: readonly VersionCell[];
  readonly result: Result | null;
}

/** Reads piece by piece; each piece is as long as the number of groups before it allows. */
async function readCells(
  ask: Ask,
  search: VersionSearch,
  { start, end }: TimeRange,
  step: Micros,
): Promise<Read> {
  const cells: VersionCell[] = [];
  let first: Result | null = null;
  let length = Math.max(step, bucketStart(microsPerDay, step));
  for (let at = start; at < end; ) {
    const stop = Math.min(end, bucketStart(at, step) + length);
    const result = await ask(cellSpec(search, { start: at, end: stop }, step));
    for (const cell of cellsOf(result)) cells.push(cell);
    // A piece before the first event says that there is none.
    if (first === null || first.provenance.files.read === 0) first = result;
    at = stop;
    const buckets = Math.floor(cellsPerAnswer / Math.max(1, result.groupCount));
    length = Math.max(1, Math.min(buckets, longestPiece / step)) * step;
  }
  return { cells, result: first };
}

/** Replaces the cells of hosts that ran two versions in one bucket by cells of a minute. */
async function refine(
  read: ReadVersions,
  window: TimeRange,
  cells: readonly VersionCell[],
  step: Micros,
): Promise<readonly VersionCell[]> {
  if (step === microsPerMinute) return cells;
  const mixed = mixedPlaces(cells, step);
  if (mixed.size === 0) return cells;
  const kept = cells.filter((cell) => !mixed.has(placeOf(cell, step)));
  const buckets = [...new Set(mixed.values())].sort((left, right) => left - right);
  for (const start of buckets) {
    const range = { start: Math.max(start, window.start), end: Math.min(start + step, window.end) };
    const found = await read(range, microsPerMinute);
    kept.push(...found.filter((cell) => mixed.has(placeOf(cell, step))));
  }
  return kept;
}

/** A host in one bucket, as a key. */
function placeOf(cell: VersionCell, step: Micros): string {
  return `${bucketStart(cell.first, step)} ${hostOf(cell)}`;
}

function hostOf({ service, host }: VersionCell): string {
  return `${service ?? ''}\u0000${host}`;
}

/** The buckets of places where the events of two versions overlap in time, by their keys. */
function mixedPlaces(cells: readonly VersionCell[], step: Micros): ReadonlyMap<string, Micros> {
  const places = new Map<string, VersionCell[]>();
  for (const cell of cells) {
    if (cell.host === null || cell.version === null) continue;
    const place = placeOf(cell, step);
    const own = places.get(place);
    if (own === undefined) places.set(place, [cell]);
    else own.push(cell);
  }
  const byHost = new Map<string, (readonly [string, Micros])[]>();
  for (const [place, own] of places) {
    const [first] = own;
    if (first === undefined || own.length < 2) continue;
    own.sort((left, right) => left.first - right.first);
    const overlaps = own.some((cell, index) => (own[index + 1]?.first ?? Infinity) <= cell.last);
    if (!overlaps) continue;
    const host = hostOf(first);
    const known = byHost.get(host) ?? [];
    byHost.set(host, known);
    known.push([place, bucketStart(first.first, step)]);
  }
  return new Map([...byHost.values()].filter((own) => own.length <= mixedBuckets).flat());
}
