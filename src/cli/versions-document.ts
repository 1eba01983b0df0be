/** The report of `versions` for machines: one document, one table. */
import type { GroupHost, NotSeen, VersionGroup } from '../forensics/version-report.js';
import type { VersionAnswer } from '../forensics/version-search.js';
import { matrixRows } from '../forensics/version-views.js';
import { exactInstant } from '../render/cell.js';
import { type JsonValue, jsonRow } from '../render/json.js';
import type { Table } from '../render/table.js';
import { sourceFields, windowFields } from './query-document.js';

type Fields = Readonly<Record<string, JsonValue>>;

/**
 * **Shape** `query, window, rows, total, mismatches, transitions, not_seen, bad, source`. `rows`
 * are the hosts that disagreed, or the matrix; healthy hosts are counted, not named.
 */
export function versionsDocument(
  query: Fields,
  answer: VersionAnswer,
  {
    mismatches,
    matrix,
  }: { readonly mismatches: readonly VersionGroup[]; readonly matrix: boolean },
): Fields {
  const { report, bad, result } = answer;
  const table = matrix ? matrixTable(answer) : versionsTable(mismatches, answer);
  return {
    query,
    window: windowFields(report.window),
    rows: table.rows.map((row) => jsonRow(table, row)),
    total: table.rows.length,
    mismatches: mismatches.map((group) => ({
      ...groupFields(group),
      hosts: group.hosts.map(({ host, first, last }) => ({
        host,
        first: exactInstant(first),
        last: exactInstant(last),
      })),
    })),
    transitions: report.transitions.map((group) => ({
      ...groupFields(group),
      hosts: group.hosts.length,
    })),
    not_seen: notSeenFields(report.notSeen),
    bad,
    source: result === null ? null : sourceFields(result),
  };
}

function groupFields(group: VersionGroup): Fields {
  return {
    kind: group.kind,
    failing: group.failing,
    service: group.service === '' ? null : group.service,
    version: group.version,
    fleet_version: group.fleetVersion,
    ...windowFields(group),
    fleet_hosts: group.fleetHosts,
    events: group.events,
    bad: group.bad,
    bad_share: group.badShare,
    fleet_bad_share: group.fleetBadShare,
    statuses: group.statuses.map(({ status, events }) => ({ status, events })),
    stricter: group.stricter === null ? null : stricterFields(group.stricter),
    sentence: group.sentence,
  };
}

function stricterFields(stricter: NonNullable<VersionGroup['stricter']>): Fields {
  const { rule, status, statusShare, bad, badShare } = stricter;
  return { rule, status, status_share: statusShare, bad, bad_share: badShare };
}

function notSeenFields(notSeen: NotSeen): Fields {
  return {
    events: notSeen.events,
    without_host: notSeen.withoutHost,
    without_version: notSeen.withoutVersion,
    share: notSeen.share,
    thin_hosts: notSeen.thinHosts.length,
    silent_hosts: notSeen.silentHosts.map(({ service, host, start, end }) => ({
      service: service === '' ? null : service,
      host,
      ...windowFields({ start, end }),
    })),
  };
}

const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
const instant = (key: string) => ({ key, title: key, align: 'left', show: 'instant' }) as const;
const count = (key: string) => ({ key, title: key, align: 'right', show: 'count' }) as const;
const percent = (key: string) => ({ key, title: key, align: 'right', show: 'percent' }) as const;

/** What the events and the bad ones of a host are counted from. */
type Counted = Pick<VersionAnswer, 'cells' | 'bad'>;

/** **Shape** one row a host that disagreed, in order of time, service and host. */
export function versionsTable(
  mismatches: readonly VersionGroup[],
  answer: Counted = { cells: [], bad: null },
): Table {
  return {
    columns: [
      ...['host', 'service', 'version', 'fleet_version', 'kind'].map(text),
      ...['start', 'end', 'first', 'last'].map(instant),
      ...['events', 'bad'].map(count),
      percent('bad_share'),
    ],
    rows: mismatches.flatMap((group) =>
      group.hosts.map((host) => {
        const { events, bad } = hostTotals(answer, group, host);
        return [
          host.host,
          group.service === '' ? null : group.service,
          group.version,
          group.fleetVersion,
          group.kind,
          group.start,
          group.end,
          host.first,
          host.last,
          events,
          ...badCells(answer, events, bad),
        ];
      }),
    ),
    seriesMax: null,
    footer: [],
  };
}

/** From its first event to its last; a host of a group runs nothing else then but in passing. */
function hostTotals(
  { cells }: Counted,
  { service, version }: VersionGroup,
  { host, first, last }: GroupHost,
): { readonly events: number; readonly bad: number } {
  const own = cells.filter(
    (cell) =>
      cell.host === host &&
      cell.version === version &&
      (cell.service ?? '') === service &&
      cell.first <= last &&
      cell.last >= first,
  );
  return {
    events: own.reduce((sum, cell) => sum + cell.events, 0),
    bad: own.reduce((sum, cell) => sum + cell.bad, 0),
  };
}

function badCells({ bad: rule }: Counted, events: number, bad: number) {
  return rule === null ? [null, null] : [bad, events === 0 ? null : bad / events];
}

/** **Shape** one row a service, stretch of time and version that served in it. */
export function matrixTable(answer: VersionAnswer): Table {
  const { report, cells, stepMicros } = answer;
  return {
    columns: [
      text('service'),
      ...['start', 'end'].map(instant),
      ...['state', 'version'].map(text),
      ...['hosts', 'events', 'bad'].map(count),
      percent('bad_share'),
    ],
    rows: matrixRows(report, cells, { range: report.window, stepMicros }).flatMap((row) =>
      row.cells.map(({ version, hosts, events, bad }) => [
        row.service === '' ? null : row.service,
        row.start,
        row.end,
        row.state,
        version,
        hosts,
        events,
        ...badCells(answer, events, bad),
      ]),
    ),
    seriesMax: null,
    footer: [],
  };
}
