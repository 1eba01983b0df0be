/** Version mismatches as findings: who ran another version than their fleet. */
import type { RoleName } from '../event/role.js';
import { type Measure, rollupSpec } from '../query/rollup.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { type Dictionaries, type Dimension, noValue } from './scan-cells.js';
import { entityText } from './scan-detail.js';
import type { Draft } from './scan-draft.js';
import { askScan, type ScanFacts } from './scan-facts.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { filterOf, type ScanPort } from './scan-port.js';
import { wilson } from './scan-walk.js';
import type { VersionCell } from './version-cell.js';
import { effectiveRows } from './version-queries.js';
import { draftVersions, reportVersions, type VersionGroup } from './version-report.js';
import { birthsBefore, stepForHosts, versionCells } from './version-search.js';

/** A version that came in as it should. */
export interface Transition extends TimeRange {
  readonly service: string;
  readonly version: string;
}

/** Mismatches, and what versions did besides. */
export interface VersionFindings {
  readonly findings: readonly Finding[];
  readonly transitions: readonly Transition[];
  /** Null when it ran. */
  readonly reason: string | null;
}

/** Why it cannot run: it needs hosts and versions. */
function missingRole({ source }: ScanPort): RoleName | null {
  const needed = ['host', 'version'] as const;
  return needed.find((role) => (source.roles[role]?.length ?? 0) === 0) ?? null;
}

/** As `versions` does, for the window of a scan. */
export async function searchMismatches(
  facts: ScanFacts,
  fail: string | null,
): Promise<VersionFindings> {
  const { port, window } = facts;
  const missing = missingRole(port);
  if (missing !== null)
    return { findings: [], transitions: [], reason: `no column has the role ${missing}` };
  const { rowCount: pairs } = await askScan(facts, { of: versionDimensions(facts) });
  const stepMicros = stepForHosts(window, pairs);
  if (stepMicros === null) {
    const reason = `${pairs} hosts and versions are too many to compare`;
    return { findings: [], transitions: [], reason };
  }
  const read = (part: TimeRange, step: Micros) => readVersions(facts, part, step);
  const cells = await versionCells(read, window, stepMicros);
  const scope = { roles: port.source.roles, where: [], bad: null };
  const births = await birthsBefore(port.ask, scope, window);
  const report = reportVersions(draftVersions(cells, window, births), new Map(), fail !== null);
  const findings: Finding[] = [];
  for (const group of report.mismatches) {
    const found = findingOf(group, window, await countsOf(port, group, fail));
    findings.push(isSeenRarely(group, cells) ? { ...found, severity: 'info' } : found);
  }
  const transitions = report.transitions.map(({ service, version, start, end }) => ({
    service,
    version,
    start,
    end,
  }));
  return { findings, transitions, reason: null };
}

/** Chosen by us: rows of a host while it lasts that say when it changed its version. */
const fewestPerHost = 4;

/** Where hosts send less, when one of them changed is not known, nor who was late. */
function isSeenRarely(
  { service, start, end }: VersionGroup,
  cells: readonly VersionCell[],
): boolean {
  const own = cells.filter(
    (cell) => (cell.service ?? '') === service && cell.last >= start && cell.first < end,
  );
  const rows = own.reduce((sum, cell) => sum + cell.rows, 0);
  return rows < fewestPerHost * new Set(own.map(({ host }) => host)).size;
}

function versionDimensions({ axes }: ScanFacts): readonly Dimension[] {
  return (['service', 'host', 'version'] as const).filter((one) => axes.breakdowns.has(one));
}

/** Cells of hosts and versions, from the facts of the scan. */
async function readVersions(
  facts: ScanFacts,
  window: TimeRange,
  stepMicros: Micros,
): Promise<readonly VersionCell[]> {
  const { failMark, dictionaries } = facts;
  const known = versionDimensions(facts);
  const found = await askScan(facts, {
    of: known,
    window,
    stepMicros,
    marks: failMark === null ? [] : [failMark],
    events: true,
    spans: true,
  });
  const name = (one: Dimension, at: number): string | null =>
    dictionaries[one].texts[found.keys[known.indexOf(one)]?.[at] ?? noValue] ?? null;
  return Array.from(found.events, (events, at) => ({
    service: name('service', at),
    host: name('host', at),
    version: name('version', at),
    first: found.first[at] ?? 0,
    last: found.last[at] ?? 0,
    events,
    bad: found.markedEvents[0]?.[at] ?? 0,
    rows: effectiveRows(events, found.squares[at] ?? 0),
  })).filter(({ events }) => events > 0);
}

/** Chosen by us: what a restart drops is less than this, in rows, minutes and share. */
const restart = { rows: 40, minutes: 30, rate: 0.5 };
const marginMinutes = 10;

/** Requests dropped while hosts changed their version one after the other. */
export function isDuring(
  draft: Draft,
  { service, start, end }: Transition,
  dictionaries: Dictionaries,
): boolean {
  const isSmall =
    draft.count < restart.rows &&
    draft.to - draft.from <= restart.minutes &&
    draft.count < restart.rate * draft.rows;
  const margin = marginMinutes * microsPerMinute;
  const isOwn = draft.services.some((id) => (dictionaries.service.texts[id] ?? '') === service);
  const isThen =
    draft.from * microsPerMinute >= start - margin && draft.to * microsPerMinute <= end + margin;
  return isSmall && isThen && (isOwn || service === '');
}

interface Counts {
  readonly events: number;
  readonly bad: number;
}

/** Whether they failed is told by the detector of failures; here they are only counted. */
async function countsOf(port: ScanPort, group: VersionGroup, fail: string | null): Promise<Counts> {
  const services = group.service === '' ? [] : [group.service];
  const hosts = group.hosts.map(({ host }) => host);
  const text = entityText({ services, versions: [group.version], hosts }, null);
  const measures: readonly Measure[] = [
    { kind: 'events', where: null },
    { kind: 'events', where: filterOf(fail ?? 'false') },
  ];
  const where = text === null ? [] : [filterOf(text)];
  const [row = []] = await port.rollup(rollupSpec(group, { measures, where }));
  return { events: Number(row[0] ?? 0), bad: Number(row[1] ?? 0) };
}

function floorMinute(instant: Micros): Micros {
  return Math.floor(instant / microsPerMinute) * microsPerMinute;
}

function findingOf(group: VersionGroup, window: TimeRange, { events, bad }: Counts): Finding {
  const { start, end, hosts, version, service, kind } = group;
  const names = hosts.map(({ host }) => host).sort();
  const entities = {
    ...noEntities,
    services: service === '' ? [] : [service],
    hosts: names,
    versions: [version],
  };
  const ongoing = window.end - end < 10 * microsPerMinute;
  const fleet = service === '' ? '' : `${service}: `;
  const who = names.length === 1 ? `host ${names[0]}` : `${names.length} hosts`;
  const where = entityText({ services: entities.services, versions: [version] }, null);
  return plainFinding(
    {
      detector: 'version-mismatch',
      kind,
      class: 'mismatch',
      severity: 'low',
      score: 0,
      evalue: 0,
      title: `${fleet}${who} on ${version}, the fleet on ${group.fleetVersion} (${kind})`,
      start: floorMinute(start),
      end,
      whyUnnoticed: 'nothing compares the versions of hosts with each other',
      evidence: [
        {
          title: 'who ran what',
          where,
          by: ['host', 'version'],
          calc: ['count'],
          every: null,
          window: { start, end },
        },
      ],
    },
    {
      ...entities,
      ongoing,
      selfResolved: !ongoing,
      silent: true,
      events,
      bad,
      rate: events === 0 ? 0 : bad / events,
      rateInterval: wilson(bad, events),
    },
  );
}
