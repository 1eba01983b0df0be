/** What the demo fleet is made of: services, their hosts, routes, rhythm and everyday failures. */

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly share: number;
  readonly status: 200 | 201 | 202 | 204;
  readonly medianMs: number;
  readonly sigma: number;
  /** False for jobs that belong to no customer. */
  readonly customer: boolean;
  /** False for an old client that does not say which version it is. */
  readonly version: boolean;
}

/** An everyday failure: one in `oneIn` requests. */
export interface Failure {
  readonly status: 401 | 404 | 429 | 500;
  readonly oneIn: number;
  readonly error: string;
  readonly medianMs: number;
}

export interface Service {
  readonly name: 'api' | 'edge' | 'worker' | 'billing';
  readonly hosts: number;
  /** Share of all rows. */
  readonly share: number;
  /** How many events one row stands for. */
  readonly sampleRate: number;
  /** Relative traffic at each full hour UTC, straight lines in between. */
  readonly hourly: readonly number[];
  /** Relative traffic by weekday, Monday first. */
  readonly daily: readonly number[];
  /** Chance of a deploy on a weekday. */
  readonly deployChance: number;
  readonly routes: readonly Route[];
  readonly failures: readonly Failure[];
}

const office = [1.06, 1.05, 1.05, 1.04, 1.02, 0.9, 0.88];

/** Customers on the west coast of the United States: the day peaks at 20:00 UTC. */
const waking = [
  1.1, 1.02, 0.95, 0.88, 0.82, 0.78, 0.75, 0.73, 0.72, 0.73, 0.76, 0.82, 0.92, 1.03, 1.08, 1.1,
  1.14, 1.2, 1.26, 1.3, 1.32, 1.3, 1.25, 1.18,
];

/** Batch work at night on top of a flat day. */
const nightly = [
  0.9, 1.2, 2.1, 2.2, 1.6, 1, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9,
  0.9, 0.9, 0.9, 0.9,
];

function route(
  method: Route['method'],
  path: string,
  share: number,
  status: Route['status'],
  medianMs: number,
  extra: Partial<Route> = {},
): Route {
  return {
    method,
    path,
    share,
    status,
    medianMs,
    sigma: 0.5,
    customer: true,
    version: true,
    ...extra,
  };
}

/**
 * The api stands behind the edge, which checks the keys: a 401 from the api is rare. Its 500s are
 * rare enough that an objective of 99.97 % holds on every ordinary day.
 */
export const services: readonly Service[] = [
  {
    name: 'api',
    hosts: 36,
    share: 0.74,
    sampleRate: 1,
    hourly: waking,
    daily: office,
    deployChance: 0.4,
    routes: [
      route('POST', '/1/batch/:dataset', 44, 202, 24),
      route('POST', '/1/events/:dataset', 30, 202, 9),
      route('GET', '/1/datasets', 8, 200, 18),
      route('GET', '/1/query_results/:id', 9, 200, 60, { sigma: 0.9 }),
      route('POST', '/1/queries/:dataset', 6, 201, 35, { sigma: 0.7 }),
      route('PUT', '/1/columns/:dataset/:id', 2, 200, 30),
      route('DELETE', '/1/columns/:dataset/:id', 1, 204, 28),
    ],
    failures: [
      { status: 404, oneIn: 160, error: 'dataset not found', medianMs: 5 },
      { status: 429, oneIn: 300, error: 'rate limit exceeded', medianMs: 2 },
      { status: 401, oneIn: 30_000, error: 'session token expired', medianMs: 3 },
      { status: 500, oneIn: 14_000, error: 'write to partition log timed out', medianMs: 900 },
    ],
  },
  {
    name: 'edge',
    hosts: 8,
    share: 0.11,
    sampleRate: 10,
    hourly: waking,
    daily: office,
    deployChance: 0.15,
    routes: [
      route('POST', '/1/batch/:dataset', 42, 202, 31),
      route('POST', '/1/events/:dataset', 28, 202, 14),
      route('GET', '/1/datasets', 8, 200, 24),
      route('GET', '/1/query_results/:id', 12, 200, 70, { sigma: 0.9 }),
      route('GET', '/assets/:file', 10, 200, 3, { customer: false }),
    ],
    failures: [
      { status: 401, oneIn: 140, error: 'unknown api key', medianMs: 2 },
      { status: 404, oneIn: 110, error: 'no such path', medianMs: 2 },
      { status: 429, oneIn: 400, error: 'rate limit exceeded', medianMs: 1 },
      { status: 500, oneIn: 6_000, error: 'upstream closed the connection', medianMs: 1_200 },
    ],
  },
  {
    name: 'worker',
    hosts: 6,
    share: 0.09,
    sampleRate: 1,
    hourly: nightly,
    daily: [1, 1, 1, 1, 1, 0.95, 0.95],
    deployChance: 0.25,
    routes: [
      route('POST', '/jobs/compact', 50, 200, 420, { sigma: 0.8, customer: false }),
      route('POST', '/jobs/export', 30, 200, 1_500, { sigma: 1 }),
      route('POST', '/jobs/notify', 18, 200, 80),
      route('POST', '/jobs/legacy-report', 2, 200, 5_000, { customer: false, version: false }),
    ],
    failures: [
      { status: 500, oneIn: 900, error: 'export target refused the connection', medianMs: 3_000 },
    ],
  },
  {
    name: 'billing',
    hosts: 4,
    share: 0.06,
    sampleRate: 1,
    hourly: waking,
    daily: office,
    deployChance: 0.12,
    routes: [
      route('POST', '/usage', 70, 202, 12),
      route('GET', '/invoices', 20, 200, 45),
      route('GET', '/invoices/:id', 10, 200, 40),
    ],
    failures: [
      { status: 404, oneIn: 250, error: 'invoice not found', medianMs: 6 },
      { status: 401, oneIn: 500, error: 'billing role missing', medianMs: 4 },
      { status: 500, oneIn: 2_500, error: 'payment provider timed out', medianMs: 4_000 },
    ],
  },
];

export const customerCount = 400;

/** Its key was revoked before the first day; its agents never stopped trying. */
export const revokedCustomer = 37;

export function customerName(index: number): string {
  return `team-${String(index + 1).padStart(3, '0')}`;
}

export const region = 'us-east-1';

export function zoneOf(hostNumber: number): string {
  return `${region}${['a', 'b', 'c'][hostNumber % 3]}`;
}
