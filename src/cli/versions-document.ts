/** The report of `versions` for machines: one document, one table. */
import type { NotSeen, VersionGroup } from '../forensics/version-report.js';
import type { VersionAnswer } from '../forensics/version-search.js';
import { exactInstant } from '../render/cell.js';
import { type JsonValue, jsonRow } from '../render/json.js';
import type { Table } from '../render/table.js';
import { sourceFields, windowFields } from './query-document.js';

type Fields = Readonly<Record<string, JsonValue>>;

/**
 * **Shape** `query, window, rows, total, mismatches, transitions, not_seen, bad, source`. `rows`
 * are the hosts that disagreed; healthy hosts are counted, not named.
 */
export function versionsDocument(
  query: Fields,
  answer: VersionAnswer,
  mismatches: readonly VersionGroup[],
): Fields {
  const { report, bad, result } = answer;
  const table = versionsTable(mismatches);
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
  };
}

/** **Shape** one row a host that disagreed, in order of time, service and host. */
export function versionsTable(mismatches: readonly VersionGroup[]): Table {
  const text = (key: string) => ({ key, title: key, align: 'left', show: 'text' }) as const;
  const instant = (key: string) => ({ key, title: key, align: 'left', show: 'instant' }) as const;
  return {
    columns: [
      text('host'),
      text('service'),
      text('version'),
      text('fleet_version'),
      text('kind'),
      instant('start'),
      instant('end'),
      instant('first'),
      instant('last'),
    ],
    rows: mismatches.flatMap((group) =>
      group.hosts.map(({ host, first, last }) => [
        host,
        group.service === '' ? null : group.service,
        group.version,
        group.fleetVersion,
        group.kind,
        group.start,
        group.end,
        first,
        last,
      ]),
    ),
    seriesMax: null,
    footer: [],
  };
}
