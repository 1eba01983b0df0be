/**
 * Fleets of strangers: from 3 hosts to hundreds, from an event a minute to hundreds, other names,
 * columns, rhythms and units than those of `world.ts`, and some columns not there at all.
 */
import { type Random, randomOf } from './random.js';
import { type Need, styleOf } from './style.js';
import {
  type Customer,
  dayMinutes,
  hourMinutes,
  present,
  type Route,
  type SimEvent,
  type SimService,
  type World,
} from './world.js';

export interface StrangerOptions {
  /** 0 for one of the seed's choice. */
  readonly days: number;
  /** 0 for as many as the seed says. */
  readonly rows: number;
  readonly needs: ReadonlySet<Need>;
}

/** Weekends are days 5 and 6 of a world, and of the calendar. */
const aMonday = Date.UTC(2021, 10, 1);

const words = ['auth', 'quote', 'ledger', 'media', 'graph', 'mail', 'stock', 'maps', 'chat'];
const verbs = ['List', 'Get', 'Create', 'Update', 'Delete', 'Search', 'Export', 'Sync', 'Check'];

/** **Shape** about 12,000 to 110,000 rows unless said. */
export function strangerOf(seed: number, options: StrangerOptions): World {
  const random = randomOf(seed + 5_000_011);
  const style = styleOf(random, options.needs);
  const days = options.days || random.pick([2, 3, 5, 7, 7, 14, 30]);
  const minutes = days * dayMinutes;
  const perMinute = random.pick([1, 3, 10, 30, 100]);
  const limits = { least: 12_000, most: 110_000 };
  const rows =
    options.rows || Math.min(limits.most, Math.max(limits.least, Math.round(perMinute * minutes)));
  const hasZones = !style.without.has('zone');
  const zones = hasZones ? ['eu-1', 'eu-2', 'us-1', 'us-2'].slice(0, random.whole(2, 4)) : [];
  const count = style.without.has('service') ? 1 : random.pick([1, 2, 4, 7]);
  const shares = Array.from({ length: count }, (_, index) => 1 / (1 + 1.5 * index));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const version = versionOf(random);
  const fleet = random.pick([3, 4, 8, 20, 60, 200]);
  const first = random.whole(0, words.length - 1);
  const services = shares.map((share, index) =>
    serviceOf(random, {
      name: `${words[(first + index) % words.length]}${random.pick(['-svc', 'd', ''])}`,
      perMinute: (rows * share) / total / minutes,
      hosts: index === 0 ? fleet : Math.max(3, Math.round(fleet / (2 + index))),
      zones,
      version: random.unit() < 0.4 ? version : versionOf(random),
      minutes,
    }),
  );
  return {
    seed,
    random,
    startMs: aMonday + 7 * (seed % 150) * dayMinutes * 60_000,
    minutes,
    services,
    customers: customersOf(random),
    zones,
    rhythm: rhythmOf(random, minutes),
    sampling: samplingOf(random),
    keep: keepOf(random),
    decorate: () => {},
    burstiness: random.pick([0, 0, 0.2, 0.5]),
    effects: [],
    truths: [],
    columns: style.columns,
    style,
  };
}

interface Plan {
  readonly name: string;
  readonly perMinute: number;
  readonly hosts: number;
  readonly zones: readonly string[];
  readonly version: string;
  readonly minutes: number;
}

function serviceOf(random: Random, plan: Plan): SimService {
  const hostStyle = random.whole(0, 4);
  const uneven = random.pick([0, 0.2, 0.6]);
  const hosts = Array.from({ length: plan.hosts }, (_, index) =>
    hostName(random, plan.name, hostStyle, index),
  );
  const lives = hosts.map((host, index) => ({
    host,
    zone: plan.zones.length === 0 ? null : present(plan.zones[index % plan.zones.length]),
    version: plan.version,
    from: 0,
    to: plan.minutes,
    share: 1 + uneven * (2 * random.unit() - 1),
  }));
  const steep = random.pick([0.3, 0.8, 1.2]);
  const noise = random.pick([0.001, 0.01, 0.03]);
  const isRpc = random.unit() < 0.4;
  const routes = Array.from({ length: random.pick([4, 8, 20, 45]) }, (_, index): Route => {
    const noun = words[index % words.length] ?? 'x';
    const verb = verbs[Math.floor(index / 2) % verbs.length] ?? 'Do';
    const tail = index < words.length ? '' : String(Math.floor(index / words.length));
    return {
      name: isRpc ? `/pkg.${plan.name}/${verb}${noun}${tail}` : `/api/${noun}/${index}${tail}`,
      share: 1 / (index + 1.2) ** steep,
      failRate: noise * random.unit() * (random.unit() < 0.1 ? 3 : 1),
      medianMs: 2 * 10 ** (2.2 * random.unit()),
      sigma: 0.2 + 0.9 * random.unit(),
    };
  });
  const health: Route = { name: '/healthz', share: 0.05, failRate: 0, medianMs: 1, sigma: 0.2 };
  const all = random.unit() < 0.5 ? routes : [...routes, health];
  return { name: plan.name, perMinute: plan.perMinute, routes: all, lives, hosts };
}

function hostName(random: Random, service: string, style: number, index: number): string {
  const letters = (length: number): string =>
    Array.from({ length }, () => random.pick([...'bcdfghjklmnpqrstvwxz2456789'])).join('');
  if (style === 0) return `${service}${String(index + 1).padStart(3, '0')}.prod.example.net`;
  if (style === 1) return `${service}-${letters(9)}-${letters(5)}`;
  if (style === 2) return `172.16.${Math.floor(index / 200)}.${10 + (index % 200)}`;
  if (style === 3) return `i-0${letters(8)}${index}`;
  return `node${index + 1}`;
}

function versionOf(random: Random): string {
  const style = random.whole(0, 3);
  if (style === 0)
    return `2024.${random.whole(1, 12)}.${random.whole(1, 28)}-${random.whole(1, 9)}`;
  if (style === 1) return random.whole(0x1000000, 0xfffffff).toString(16);
  if (style === 2) return String(random.whole(1_000, 9_999));
  return `${random.whole(0, 30)}.${random.whole(0, 40)}.${random.whole(0, 9)}-rc${random.whole(1, 4)}`;
}

function customersOf(random: Random): Customer[] {
  const count = random.pick([25, 80, 500, 4_000]);
  const steep = random.pick([0.4, 0.8, 1.2]);
  const prefix = random.pick(['org_', 't-', '', 'acme-']);
  const customers = Array.from(
    { length: count },
    (_, index): Customer => ({
      name: `${prefix}${(index * 7_919 + 10_007) % 99_991}`,
      weight: 1 / (index + 2) ** steep,
      chronic: null,
      active: null,
    }),
  );
  for (const customer of customers.slice(4, 24)) {
    const draw = random.unit();
    if (draw < 0.04) customer.chronic = { status: 401, rate: 1 };
    else if (draw < 0.08) customer.chronic = { status: 403, rate: 0.3 };
    else if (draw < 0.16) customer.active = officeHours(random.whole(6, 10));
  }
  return customers;
}

function officeHours(from: number): (minute: number) => boolean {
  return (minute) => {
    const hour = Math.floor(minute / hourMinutes) % 24;
    return hour >= from && hour < from + 10 && Math.floor(minute / dayMinutes) % 7 < 5;
  };
}

function rhythmOf(random: Random, minutes: number): World['rhythm'] {
  const kind = random.pick(['flat', 'wave', 'wave', 'office', 'two peaks', 'growing', 'wandering']);
  const weekend = random.pick([1, 0.7, 0.25]);
  const peak = random.whole(9, 20);
  const walk = [0];
  for (let hour = 1; hour <= minutes / hourMinutes + 1; hour += 1)
    walk.push(0.9 * (walk[hour - 1] ?? 0) + 0.12 * random.normal());
  const ofDay = (hour: number): number => {
    if (kind === 'office') return hour >= 8 && hour < 18 ? 2 : 0.25;
    if (kind === 'two peaks')
      return 0.4 + 1.2 * (Math.exp(-((hour - 9) ** 2) / 6) + Math.exp(-((hour - 19) ** 2) / 8));
    return kind === 'wave' ? 1 + 0.75 * Math.cos(((hour - peak) / 12) * Math.PI) : 1;
  };
  return (minute) => {
    const hours = minute / hourMinutes;
    const grown = kind === 'growing' ? 0.6 + (0.8 * minute) / minutes : 1;
    const wandered = kind === 'wandering' ? Math.exp(walk[Math.floor(hours)] ?? 0) : 1;
    const isWeekend = Math.floor(minute / dayMinutes) % 7 >= 5;
    return ofDay(hours % 24) * grown * wandered * (isWeekend ? weekend : 1);
  };
}

function samplingOf(random: Random): World['sampling'] {
  const rate = random.pick([1, 1, 1, 1, 5]);
  return () => rate;
}

/** Some keep all that failed and a share of the rest. */
function keepOf(random: Random): (event: SimEvent, random: Random) => boolean {
  if (random.unit() < 0.8) return () => true;
  const rate = random.pick([2, 4]);
  return (event, chance) => {
    if (event.status >= 400 || event.error !== null) return true;
    event.weight *= rate;
    return chance.unit() * rate < 1;
  };
}
