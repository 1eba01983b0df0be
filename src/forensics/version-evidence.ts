/** Did a group fail, by the rest of its fleet, and would a stricter rule have seen it? */
import type { StatusCell } from './version-cell.js';
import type { Candidate } from './version-kind.js';

export interface StatusCount {
  readonly status: number | null;
  readonly events: number;
}

/** A rule that would count what the present one does not. */
export interface StricterRule {
  readonly rule: string;
  readonly status: number;
  /** Of the events of the group. */
  readonly statusShare: number;
  readonly bad: number;
  readonly badShare: number;
}

export interface Evidence {
  readonly events: number;
  readonly bad: number;
  readonly statuses: readonly StatusCount[];
  /** Bad share of the other hosts of the service in the same window; null without any. */
  readonly fleetBadShare: number | null;
  readonly failing: boolean;
  readonly stricter: StricterRule | null;
}

export interface EvidenceOptions {
  /** The `bad` rule as text; null where there is none. */
  readonly bad: string | null;
  /** Of the service in the time before a rollout; none for other groups. */
  readonly before: readonly StatusCell[];
}

interface Tally {
  events: number;
  bad: number;
  rows: number;
  readonly byStatus: Map<number | null, { events: number; bad: number }>;
}

/** **Source** the materiality of a finding: at least 5, three times as many as expected, 2 %. */
const material = Object.freeze({ rows: 5, ratio: 3, share: 0.02, nats: 10 });

/** A status dominates a group from half of its events on; chosen so that no two can. */
const dominating = 0.5;

/** `cells` are those of the service while the candidate is judged. */
export function evidenceOf(
  candidate: Candidate,
  cells: readonly StatusCell[],
  options: EvidenceOptions,
): Evidence {
  const hosts = new Set(candidate.islands.map(({ host }) => host));
  const group = tallyOf(
    cells.filter(({ host, version }) => hosts.has(host) && version === candidate.version),
  );
  const rest = tallyOf(
    [...cells, ...options.before].filter(({ version }) => version !== candidate.version),
  );
  const stricter = stricterRule(group, rest, options);
  const failing = stricter !== null || isMaterial(group, group.bad, rest, rest.bad);
  return Object.freeze({
    events: group.events,
    bad: group.bad,
    statuses: [...group.byStatus]
      .map(([status, { events }]) => ({ status, events }))
      .sort(
        (left, right) => right.events - left.events || (left.status ?? 0) - (right.status ?? 0),
      ),
    fleetBadShare: rest.events === 0 ? null : rest.bad / rest.events,
    failing,
    stricter,
  });
}

/** False where no time before could make a failure of it: too little is bad or of one status. */
export function mayFail({ version }: Candidate, cells: readonly StatusCell[]): boolean {
  const { events, bad, byStatus } = tallyOf(cells.filter((cell) => cell.version === version));
  const dominated = [...byStatus].some(
    ([status, own]) => (status ?? 0) >= 400 && own.events >= events * dominating,
  );
  return dominated || (bad > 0 && bad >= events * material.share);
}

function tallyOf(cells: readonly StatusCell[]): Tally {
  const tally: Tally = { events: 0, bad: 0, rows: 0, byStatus: new Map() };
  for (const { status, events, bad, rows } of cells) {
    const own = tally.byStatus.get(status) ?? { events: 0, bad: 0 };
    tally.byStatus.set(status, { events: own.events + events, bad: own.bad + bad });
    tally.events += events;
    tally.bad += bad;
    tally.rows += rows;
  }
  return tally;
}

/** More failures than the rest of the fleet explains; without a rest, than one in a hundred. */
function isMaterial(group: Tally, bad: number, rest: Tally, restBad: number): boolean {
  const weight = group.rows === 0 ? 1 : group.events / group.rows;
  if (bad < material.rows * weight || bad < group.events * material.share) return false;
  const expected = (group.events * (restBad + weight)) / (rest.events + 100 * weight);
  if (bad < material.ratio * expected) return false;
  return (bad * Math.log(bad / expected) - (bad - expected)) / weight >= material.nats;
}

function stricterRule(group: Tally, rest: Tally, options: EvidenceOptions): StricterRule | null {
  for (const [status, { events, bad }] of group.byStatus) {
    if (status === null || status < 400 || bad > 0) continue;
    if (events < group.events * dominating) continue;
    const elsewhere = rest.byStatus.get(status)?.events ?? 0;
    if (!isMaterial(group, events, rest, elsewhere)) continue;
    const missed = `status = ${status}`;
    return Object.freeze({
      rule: options.bad === null ? missed : `${options.bad} or ${missed}`,
      status,
      statusShare: events / group.events,
      bad: group.bad + events,
      badShare: (group.bad + events) / group.events,
    });
  }
  return null;
}
