/**
 * A made-up fleet and what happens to it: services, hosts with versions, routes, customers,
 * rhythms, and effects that change events. Plain data; `simulate.ts` turns it into events.
 */
import { type Random, randomOf } from './random.js';
import type { Style } from './style.js';

export interface SimEvent {
  minute: number;
  /** Milliseconds since the start of the world. */
  atMs: number;
  service: string;
  host: string;
  version: string;
  zone: string | null;
  route: string;
  customer: string | null;
  status: number;
  durationMs: number | null;
  error: string | null;
  bytes: number;
  weight: number;
  /** How often it came: more than once where it was retried. */
  copies: number;
  /** What it was hurt by. */
  hurt: readonly Truth[];
  /** Columns beside the usual ones. */
  more: Record<string, unknown>;
}

export interface Route {
  readonly name: string;
  readonly share: number;
  readonly failRate: number;
  readonly medianMs: number;
  readonly sigma: number;
}

/** One life of a host on one version. **Units** minutes, half-open. */
export interface Life {
  readonly host: string;
  readonly zone: string | null;
  readonly version: string;
  readonly from: number;
  readonly to: number;
  /** Share of the traffic a host gets beside the others; 1 for all the same. */
  readonly share: number;
}

export interface SimService {
  readonly name: string;
  readonly perMinute: number;
  readonly routes: readonly Route[];
  readonly lives: Life[];
  readonly hosts: readonly string[];
}

export interface Customer {
  readonly name: string;
  weight: number;
  /** A share of all its requests always fails like this. */
  chronic: { readonly status: number; readonly rate: number } | null;
  /** When it sends anything at all; null for always. */
  active: ((minute: number) => boolean) | null;
}

/** **Units** minutes, half-open. */
export interface Effect {
  readonly from: number;
  readonly to: number;
  /** Changes the event and returns true when it was hurt; `'drop'` when it never came. */
  readonly change: (event: SimEvent, random: Random) => boolean | 'drop';
  /** Index of the incident whose events it hurts; null for what is no incident. */
  readonly incident: number | null;
}

export interface Truth {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
  readonly services: readonly string[];
  readonly hosts: readonly string[];
  readonly versions: readonly string[];
  readonly customers: readonly string[];
  readonly routes: readonly string[];
  readonly zones: readonly string[];
  /** Weighted events hurt; filled in by the simulation. */
  hurt: number;
  /** Rows that never came, and would have been kept. */
  lost: number;
  /** Minute of the first row hurt or lost: no look at the data dates it earlier. */
  firstSeen: number | null;
  /** See `evidence.ts`. **Units** nats. */
  evidence: number;
  /** Whether the number hurt can be counted from the events. */
  readonly counted: boolean;
  /** How far its clock was off, where only the ends of that show. */
  readonly shiftMinutes?: number;
}

export interface World {
  readonly seed: number;
  readonly random: Random;
  readonly startMs: number;
  readonly minutes: number;
  readonly services: SimService[];
  readonly customers: Customer[];
  readonly zones: readonly string[];
  /** Traffic of a minute against the mean. */
  rhythm: (minute: number) => number;
  /** How many events a row stands for. */
  sampling: (minute: number) => number;
  /** Whether an event is kept by sampling, after all that happens to it; may weigh it. */
  keep: (event: SimEvent, random: Random) => boolean;
  /** Adds columns to every event, before anything happens to it. */
  decorate: (event: SimEvent) => void;
  /** 0: Poisson; higher: the traffic and the failures come in bursts. */
  burstiness: number;
  readonly effects: Effect[];
  readonly truths: Truth[];
  readonly columns: ColumnNames;
  /** How its events are written; null for all columns, HTTP codes and milliseconds. */
  readonly style: Style | null;
}

export interface ColumnNames {
  readonly time: string;
  readonly service: string;
  readonly host: string;
  readonly version: string;
  readonly zone: string;
  readonly route: string;
  readonly customer: string;
  readonly status: string;
  readonly duration: string;
  readonly error: string;
  readonly bytes: string;
  readonly weight: string;
}

const columnStyles: readonly ColumnNames[] = [
  {
    time: 'timestamp',
    service: 'service.name',
    host: 'host.name',
    version: 'service.version',
    zone: 'cloud.availability_zone',
    route: 'http.route',
    customer: 'customer.id',
    status: 'http.response.status_code',
    duration: 'duration_ms',
    error: 'error.type',
    bytes: 'http.response.body.size',
    weight: 'sample_rate',
  },
  {
    time: 'time',
    service: 'service_name',
    host: 'hostname',
    version: 'build_id',
    zone: 'az',
    route: 'request.route',
    customer: 'team_id',
    status: 'status_code',
    duration: 'duration_ms',
    error: 'error',
    bytes: 'response_bytes',
    weight: 'samplerate',
  },
  {
    time: 'ts',
    service: 'app',
    host: 'k8s.pod.name',
    version: 'image.tag',
    zone: 'zone',
    route: 'route',
    customer: 'tenant',
    status: 'status',
    duration: 'latency_ms',
    error: 'exception.type',
    bytes: 'bytes',
    weight: 'sample_rate',
  },
  {
    time: '@timestamp',
    service: 'service',
    host: 'instance',
    version: 'release',
    zone: 'region',
    route: 'url.template',
    customer: 'account_id',
    status: 'http.status_code',
    duration: 'response_time_ms',
    error: 'error_type',
    bytes: 'body_bytes_sent',
    weight: 'SampleRate',
  },
];

export const hourMinutes = 60;
export const dayMinutes = 24 * hourMinutes;

const serviceNames = ['api', 'checkout', 'ingest', 'search', 'gateway', 'payments', 'feed', 'auth'];
const routeWords = ['users', 'orders', 'events', 'items', 'carts', 'reports', 'login', 'batch'];

export interface WorldOptions {
  readonly days: number;
  /** About how many rows. */
  readonly rows: number;
}

/** A healthy fleet; everything about it comes from the seed. */
export function worldOf(seed: number, { days, rows }: WorldOptions): World {
  const random = randomOf(seed);
  const minutes = days * dayMinutes;
  const zones = random.unit() < 0.7 ? ['a', 'b', 'c'].map((one) => `zone-1${one}`) : [];
  const shares = [1, random.unit() * 0.5, random.unit() * 0.3].slice(0, random.whole(1, 3));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const offset = random.whole(0, serviceNames.length - 1);
  const services = shares.map((share, index) =>
    serviceOf(random, {
      name: serviceNames[(offset + index) % serviceNames.length] ?? 'web',
      perMinute: (rows * share) / total / minutes,
      zones,
      minutes,
      main: index === 0,
    }),
  );
  const customers = customersOf(random);
  return {
    seed,
    random,
    startMs: Date.UTC(2021, seed % 12, 1 + (seed % 20)),
    minutes,
    services,
    customers,
    zones,
    rhythm: rhythmOf(random),
    sampling: () => 1,
    keep: () => true,
    decorate: () => {},
    burstiness: random.unit() < 0.4 ? 0.3 : 0,
    effects: [],
    truths: [],
    columns: columnStyles[random.whole(0, columnStyles.length - 1)] ?? present(columnStyles[0]),
    style: null,
  };
}

export function present<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('the world lacks something');
  return value;
}

interface ServicePlan {
  readonly name: string;
  readonly perMinute: number;
  readonly zones: readonly string[];
  readonly minutes: number;
  readonly main: boolean;
}

function serviceOf(random: Random, plan: ServicePlan): SimService {
  const count = plan.main ? random.whole(8, 32) : random.whole(3, 8);
  const style = random.whole(0, 3);
  const version = versionName(random);
  const hosts = Array.from({ length: count }, (_, index) =>
    hostName(random, plan.name, style, index),
  );
  const lives = hosts.map((host, index) => ({
    host,
    zone: plan.zones.length === 0 ? null : present(plan.zones[index % plan.zones.length]),
    version,
    from: 0,
    to: plan.minutes,
    share: 0.8 + 0.4 * random.unit(),
  }));
  const routes = Array.from({ length: random.whole(4, 12) }, (_, index): Route => {
    const word = routeWords[index % routeWords.length] ?? 'x';
    return {
      name: index < routeWords.length ? `/v1/${word}` : `/v2/${word}/{id}`,
      share: 1 / (index + 1.5),
      failRate: random.unit() < 0.2 ? 0.03 * random.unit() : 0.008 * random.unit(),
      medianMs: 5 * 10 ** (1.6 * random.unit()),
      sigma: 0.3 + 0.5 * random.unit(),
    };
  });
  const health: Route = { name: '/healthz', share: 0.08, failRate: 0, medianMs: 1, sigma: 0.2 };
  return { name: plan.name, perMinute: plan.perMinute, routes: [...routes, health], lives, hosts };
}

function hostName(random: Random, service: string, style: number, index: number): string {
  const hex = (): string => random.whole(0x1000, 0xffff).toString(16);
  if (style === 0) return `${service}-${String(index + 1).padStart(2, '0')}`;
  if (style === 1) return `${service}-7f${hex()}-${hex()}`;
  if (style === 2) return `ip-10-0-${random.whole(0, 3)}-${index + 10}`;
  return `i-0${hex()}${hex()}${index}`;
}

export function versionName(random: Random): string {
  const style = random.whole(0, 2);
  if (style === 0) return `build-${random.whole(10_000, 99_999)}`;
  if (style === 1) return random.whole(0x1000000, 0xfffffff).toString(16);
  return `v${random.whole(1, 9)}.${random.whole(0, 40)}.${random.whole(0, 9)}`;
}

function customersOf(random: Random): Customer[] {
  const count = random.pick([30, 120, 400, 1_500]);
  const customers = Array.from(
    { length: count },
    (_, index): Customer => ({
      name: `c${String(1_000 + index)}`,
      weight: 1 / (index + 3),
      chronic: null,
      active: null,
    }),
  );
  if (random.unit() < 0.6) {
    const one = customers[random.whole(5, 20)];
    if (one) one.chronic = { status: random.pick([401, 403]), rate: random.pick([1, 0.5]) };
  }
  return customers;
}

function rhythmOf(random: Random): World['rhythm'] {
  const depth = random.pick([0, 0.5, 0.8]);
  const weekend = random.pick([1, 1, 0.4]);
  const peak = random.whole(10, 18);
  return (minute) => {
    const hour = (minute / hourMinutes) % 24;
    const day = Math.floor(minute / dayMinutes) % 7;
    const wave = 1 + depth * Math.cos(((hour - peak) / 12) * Math.PI);
    return wave * (day >= 5 ? weekend : 1);
  };
}
