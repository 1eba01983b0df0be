/** Findings by what they are, so that one scan can be compared with the one before. Pure. */
import { createHash } from 'node:crypto';
import type { Micros } from '../time/instant.js';
import type { Finding } from './scan-finding.js';

/** How a finding stands to the scan before. */
export type FindingState = 'new' | 'ongoing' | 'changed' | 'known' | 'resolved';

/** What is remembered of a finding. **Units** micros since the epoch. */
export interface KnownFinding {
  readonly fingerprint: string;
  readonly start: Micros;
  readonly end: Micros;
  readonly ongoing: boolean;
  readonly bad: number;
}

/** Names of hosts come and go: where a version says the same, it stands for them. */
export function fingerprintOf(finding: Finding): string {
  const { kind, services, versions, hosts, azs, endpoints, customers } = finding;
  const who = versions.length > 0 ? [] : hosts;
  const parts = [finding.detector, kind, services, versions, who, azs, endpoints, customers];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** What the next scan has to know of it. */
export function knownOf(finding: Finding): KnownFinding {
  const { start, end, ongoing, bad } = finding;
  return { fingerprint: fingerprintOf(finding), start, end, ongoing, bad };
}

/** Chosen by us: a finding that grew by more than this is not the one that was known. */
const grown = 1.1;

/** What an earlier scan makes of a finding: one of the same kind and entities, at the same time. */
export function stateOf(finding: Finding, before: readonly KnownFinding[]): FindingState {
  const fingerprint = fingerprintOf(finding);
  const known = before.find(
    (one) => one.fingerprint === fingerprint && one.start < finding.end && finding.start < one.end,
  );
  if (known === undefined) return 'new';
  if (known.ongoing) return finding.ongoing ? 'ongoing' : 'resolved';
  const isSame = known.end === finding.end && known.start === finding.start;
  return isSame || finding.bad <= known.bad * grown ? 'known' : 'changed';
}
