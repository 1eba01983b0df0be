/** A finding of a detector that counts no failing events. Pure. */
import { formatDuration } from '../time/duration.js';
import { chooseStep } from '../time/granularity.js';
import { type Micros, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { Entities, Evidence, Finding } from './scan-finding.js';

/** Nobody in particular. */
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

/** Chosen by us: rows of a time line that a person reads. */
const mostSteps = 100;

/** The step of a time line as evidence: five minutes, or more where that gives too many rows. */
export function evidenceStep(window: TimeRange): string {
  return formatDuration(Math.max(5 * microsPerMinute, chooseStep(window, mostSteps)));
}
