/** A finding of a detector that counts no failing events. Pure. */
import type { Micros } from '../time/instant.js';
import type { Entities, Evidence, Finding } from './scan-finding.js';

export const noEntities: Entities = {
  services: [],
  hosts: [],
  versions: [],
  azs: [],
  endpoints: [],
  customers: [],
};

type Needed = Pick<
  Finding,
  'detector' | 'kind' | 'class' | 'severity' | 'score' | 'evalue' | 'title' | 'start' | 'end'
> & { readonly evidence: readonly Evidence[]; readonly whyUnnoticed: string };

/** Everything else is nothing, unless given. */
export function plainFinding(needed: Needed, more: Partial<Finding> = {}): Finding {
  const { start, end } = needed;
  const edge = (after: Micros, before: Micros) => ({ after, before });
  return {
    ...noEntities,
    firstAffected: start,
    lastAffected: end,
    onset: edge(start, start),
    recovery: edge(end, end),
    ongoing: false,
    selfResolved: true,
    silent: true,
    statuses: [],
    errors: [],
    events: 0,
    bad: 0,
    expected: 0,
    rate: 0,
    rateInterval: [0, 0],
    peersRate: null,
    requestsAffected: 0,
    requestsInterval: [0, 0],
    customersAffected: 0,
    topCustomers: [],
    equivalent: [],
    alsoSeenAs: [],
    ...needed,
    ...more,
  };
}
