/** Version mismatches as findings: who ran another version than their fleet. */
import type { RoleName } from '../event/role.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { entityText } from './scan-detail.js';
import type { Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import { filterOf, type ScanPort } from './scan-port.js';
import { wilson } from './scan-walk.js';
import type { VersionGroup } from './version-report.js';
import { searchVersions } from './version-search.js';

export interface VersionFindings {
  readonly findings: readonly Finding[];
  /** Null when it ran. */
  readonly reason: string | null;
}

/** Why it cannot run: it needs hosts and versions. */
function missingRole({ source }: ScanPort): RoleName | null {
  const needed = ['host', 'version'] as const;
  return needed.find((role) => (source.roles[role]?.length ?? 0) === 0) ?? null;
}

export async function searchMismatches(
  port: ScanPort,
  window: TimeRange,
  fail: string | null,
): Promise<VersionFindings> {
  const missing = missingRole(port);
  if (missing !== null) return { findings: [], reason: `no column has the role ${missing}` };
  const { report } = await searchVersions(port.ask, {
    roles: port.source.roles,
    where: [],
    bad: fail === null ? null : filterOf(fail),
    window,
  });
  return { findings: report.mismatches.map((group) => findingOf(group, window)), reason: null };
}

function floorMinute(instant: Micros): Micros {
  return Math.floor(instant / microsPerMinute) * microsPerMinute;
}

/** Chosen by us: the log likelihood ratio that a failing group has at least. */
const failingNats = 10;

function findingOf(group: VersionGroup, window: TimeRange): Finding {
  const { start, end, hosts, version, service, kind, failing } = group;
  const events = group.events ?? 0;
  const names = hosts.map(({ host }) => host).sort();
  const entities = {
    ...noEntities,
    services: service === '' ? [] : [service],
    hosts: names,
    versions: [version],
  };
  const bad = group.bad ?? 0;
  const ongoing = window.end - end < 10 * microsPerMinute;
  const fleet = service === '' ? '' : `${service}: `;
  const who = names.length === 1 ? `host ${names[0]}` : `${names.length} hosts`;
  const where = entityText({ services: entities.services, versions: [version] }, null);
  return plainFinding(
    {
      detector: 'version-mismatch',
      kind,
      class: 'mismatch',
      severity: failing ? 'warning' : 'low',
      score: failing ? failingNats : 0,
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
      statuses: failing ? group.statuses.map(({ status }) => String(status)) : [],
      events,
      bad,
      rate: events === 0 ? 0 : bad / events,
      rateInterval: wilson(bad, events),
      peersRate: group.fleetBadShare,
      requestsAffected: failing ? bad : 0,
      requestsInterval: [0, failing ? bad : 0],
    },
  );
}
