/** Did a group fail, and would a stricter rule have seen it? Compares it with the rest of its fleet. */
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
  /** How many events one row stands for on average; certainty comes from rows. */
  readonly meanWeight: number;
}

interface Tally {
  events: number;
  bad: number;
  readonly byStatus: Map<number | null, { events: number; bad: number }>;
}

/** **Source** the materiality of a finding: at least 5, three times as many as expected, 2 %. */
const material = Object.freeze({ rows: 5, ratio: 3, share: 0.02, nats: 10 });

/** A status dominates a group from half of its events on; chosen so that no two can. */
const dominating = 0.5;

/** `cells` are those of the service in the window of the candidate. */
export function evidenceOf(
  candidate: Candidate,
  cells: readonly StatusCell[],
  options: EvidenceOptions,
): Evidence {
  const hosts = new Set(candidate.islands.map(({ host }) => host));
  const group = tallyOf(
    cells.filter(({ host, version }) => hosts.has(host) && version === candidate.version),
  );
  const rest = tallyOf(cells.filter(({ version }) => version !== candidate.version));
  const stricter = stricterRule(group, rest, options);
  const failing =
    stricter !== null ||
    isMaterial({ bad: group.bad, of: group.events }, { bad: rest.bad, of: rest.events }, options);
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

function tallyOf(cells: readonly StatusCell[]): Tally {
  const tally: Tally = { events: 0, bad: 0, byStatus: new Map() };
  for (const { status, events, bad } of cells) {
    const own = tally.byStatus.get(status) ?? { events: 0, bad: 0 };
    tally.byStatus.set(status, { events: own.events + events, bad: own.bad + bad });
    tally.events += events;
    tally.bad += bad;
  }
  return tally;
}

interface Share {
  readonly bad: number;
  readonly of: number;
}

/** More failures than the rest of the fleet explains; without a rest, than one in a hundred. */
function isMaterial(group: Share, rest: Share, { meanWeight }: EvidenceOptions): boolean {
  if (group.bad < material.rows * meanWeight || group.bad < group.of * material.share) return false;
  const expected = (group.of * (rest.bad + meanWeight)) / (rest.of + 100 * meanWeight);
  if (group.bad < material.ratio * expected) return false;
  const nats = group.bad * Math.log(group.bad / expected) - (group.bad - expected);
  return nats / meanWeight >= material.nats;
}

function stricterRule(group: Tally, rest: Tally, options: EvidenceOptions): StricterRule | null {
  for (const [status, { events, bad }] of group.byStatus) {
    if (status === null || status < 400 || bad > 0) continue;
    if (events < group.events * dominating) continue;
    const elsewhere = rest.byStatus.get(status)?.events ?? 0;
    const own = { bad: events, of: group.events };
    if (!isMaterial(own, { bad: elsewhere, of: rest.events }, options)) continue;
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
