/** What is told of traffic that fell to a part of what is usual. Pure. */
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import { entityText } from './scan-detail.js';
import type { Entities, Finding } from './scan-finding.js';
import { evidenceStep, plainFinding } from './scan-plain.js';
import type { Dip } from './scan-trough.js';

/** Who had less, and when. */
export interface Less {
  /** Nobody in particular: everybody. */
  readonly entities: Entities;
  /** To the minute. */
  readonly dips: readonly Dip[];
  readonly score: number;
  readonly tests: number;
}

/** As a finding of its own kind, a warning until somebody takes it over. */
export function lessFinding({ entities, dips, score, tests }: Less): Finding {
  const where = entityText(entities, null);
  const start = Math.min(...dips.map(({ from }) => from)) * microsPerMinute;
  const end = Math.max(...dips.map(({ to }) => to)) * microsPerMinute;
  const total = (of: (dip: Dip) => number): number => dips.reduce((all, dip) => all + of(dip), 0);
  const [seen, expected] = [total((dip) => dip.seen), total((dip) => dip.expected)];
  const lost = Math.round(expected - seen);
  const spread = 1.96 * Math.sqrt(expected);
  const hour = 60 * microsPerMinute;
  const around = { start: start - hour, end: end + hour };
  return plainFinding(
    {
      detector: 'silence',
      kind: 'less than usual',
      class: 'partial',
      severity: 'warning',
      score,
      evalue: tests * Math.exp(-Math.min(700, score)),
      title: `${nameOf(entities)} at ${Math.round((100 * seen) / expected)} % of its usual traffic`,
      start,
      end,
      whyUnnoticed: 'what comes is well: no rate counts what does not come',
      evidence: [
        {
          title: 'events before, during and after',
          where,
          by: [],
          calc: ['count'],
          every: evidenceStep(around),
          window: around,
        },
      ],
    },
    {
      ...entities,
      events: seen,
      expected,
      requestsAffected: lost,
      requestsInterval: [Math.max(0, lost - spread), lost + spread],
    },
  );
}

/** Chosen by us: what overlaps so much with a larger dip is a part of it. */
const sharedTime = 0.5;

/** Whether the first lies for the most part within the second. */
export function overlaps(left: TimeRange, right: TimeRange): boolean {
  const common = Math.min(left.end, right.end) - Math.max(left.start, right.start);
  return common > sharedTime * (left.end - left.start);
}

function nameOf({ services, hosts, endpoints, customers }: Entities): string {
  const [host, route, customer] = [hosts[0], endpoints[0], customers[0]];
  const fleet = services.length === 1 ? `${services.join()}: ` : '';
  if (hosts.length > 1) return `${fleet}${hosts.length} hosts`;
  if (host !== undefined) return `${fleet}host ${host}`;
  if (route !== undefined) return `${fleet}route ${route}`;
  if (customer !== undefined) return `customer ${customer}`;
  return services.length === 0 ? 'all traffic' : `service ${services.join()}`;
}
