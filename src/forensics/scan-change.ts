/**
 * Which change of the fleet lies near a finding: markers that were kept, versions that came and
 * went. It says what coincides, and how often chance would have it so; never what caused it. Pure.
 * **Source** the definition: as-of join, chance 1 − exp(−rate · lag).
 */
import type { Micros } from '../time/instant.js';
import { microsPerHour, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Finding } from './scan-finding.js';

/** Something that was done to the fleet, and when. */
export interface Change {
  /** Null where it was inferred from the events. */
  readonly id: string | null;
  readonly type: string;
  readonly message: string;
  readonly at: Micros;
  /** Whose change it was; null when nobody said. */
  readonly service: string | null;
  readonly version: string | null;
}

/** A change beside the onset or the recovery of a finding. */
export interface NearChange extends Change {
  readonly near: 'onset' | 'recovery';
  /** From the change to the onset or recovery; below 0 when it came after. **Units** micros. */
  readonly lag: Micros;
  /** Whether it names a version of the finding. */
  readonly isOwn: boolean;
  /** How likely one of its type would be so near by chance. */
  readonly chance: number;
}

/** **Source** the definition: half an hour to either side. */
const nearMicros = 30 * microsPerMinute;
/** Chosen by us: named with one finding, the nearest first. */
const mostNamed = 10;

/**
 * The changes within half an hour of its onset and recovery, and the last one before its onset
 * however long before that was; in order of time.
 */
export function changesNear(
  finding: Finding,
  changes: readonly Change[],
  window: TimeRange,
): readonly NearChange[] {
  const own = changes.filter(({ service }) => isOfService(finding, service));
  const hours = Math.max(1, (window.end - window.start) / microsPerHour);
  const placed = (change: Change, near: NearChange['near']): NearChange => {
    const lag = (near === 'onset' ? finding.firstAffected : finding.lastAffected) - change.at;
    const alike = own.filter(({ type }) => type === change.type).length;
    const chance = 1 - Math.exp((-alike / hours) * (Math.abs(lag) / microsPerHour));
    const isOwn = change.version !== null && finding.versions.includes(change.version);
    return { ...change, near, lag, isOwn, chance };
  };
  const atOnset = own.map((change) => placed(change, 'onset'));
  const atEnd = finding.ongoing ? [] : own.map((change) => placed(change, 'recovery'));
  const near = [...atOnset, ...atEnd].filter(({ lag }) => Math.abs(lag) <= nearMicros);
  const last = lastBefore(atOnset);
  const isKnown = last === null || near.some((one) => one.near === 'onset' && isSame(one, last));
  return [...(isKnown || last === null ? [] : [last]), ...near]
    .sort(byDistance)
    .slice(0, mostNamed)
    .sort((left, right) => left.at - right.at || byDistance(left, right));
}

/** The last that came before the onset; null where nothing did. */
export function lastBefore(changes: readonly NearChange[]): NearChange | null {
  const before = changes.filter(({ near, lag }) => near === 'onset' && lag >= 0);
  return [...before].sort(byDistance)[0] ?? null;
}

/**
 * The last before the onset; where that was inferred from the events, which is often the trouble
 * itself, the last that somebody kept as well.
 */
export function toldBefore(changes: readonly NearChange[]): readonly NearChange[] {
  const last = lastBefore(changes);
  if (last === null || last.id !== null) return last === null ? [] : [last];
  const kept = lastBefore(changes.filter(({ id, lag }) => id !== null && lag <= nearMicros));
  return kept === null ? [last] : [last, kept];
}

/** The nearest to the end of what was found; null where none is near. */
export function nearestEnd(changes: readonly NearChange[]): NearChange | null {
  return [...changes].filter(({ near }) => near === 'recovery').sort(byDistance)[0] ?? null;
}

function isOfService({ services }: Finding, service: string | null): boolean {
  return service === null || services.length === 0 || services.includes(service);
}

function isSame(left: Change, right: Change): boolean {
  return left.at === right.at && left.message === right.message;
}

/** Chosen by us: a version of the finding counts as so much nearer than a stranger's. */
const ownMicros = 5 * microsPerMinute;

function byDistance(left: NearChange, right: NearChange): number {
  const distance = ({ lag, isOwn }: NearChange): Micros => Math.abs(lag) - (isOwn ? ownMicros : 0);
  return distance(left) - distance(right) || (left.message < right.message ? -1 : 1);
}
