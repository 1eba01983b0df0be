/** Whose silence is looked for, and when each sent anything. */
import { together } from '../base/together.js';
import { microsPerDay } from '../time/instant.js';
import type { ScanExposures } from './scan-candidate.js';
import { type Dimension, noValue } from './scan-cells.js';
import { askScan, followedCustomers, readNames, type ScanFacts } from './scan-facts.js';
import { type Presence, readPresence } from './scan-presence.js';

/** **Source** the definition, 30 minutes for customers; the others chosen by us. */
export const leastMinutes = {
  everything: 5,
  service: 10,
  host: 10,
  zone: 10,
  route: 30,
  customer: 30,
} as const;
/** Chosen by us: half a day of silence of fewer than this a day says nothing. */
const leastPerDay = 40;
/** Chosen by us: who sent less than this in all is not missed, whatever the bound. */
const fewestRows = 20;
/** Half as much as the median needs. */
const lastingShare = 0.25;

/** Whose silence is looked for. */
export const followed = ['everything', 'service', 'zone', 'host', 'route', 'customer'] as const;
export type Followed = (typeof followed)[number];

/** Who is followed, and when each sent anything. */
export type Presences = Readonly<Record<Followed, readonly Presence[]>>;

/** The facts, and how much of everything there was. */
export interface FollowedQuestion {
  readonly facts: ScanFacts;
  readonly exposures: ScanExposures;
}

/** Asks for the minutes of all who sent enough to be missed. */
export async function presencesOf(question: FollowedQuestion): Promise<Presences> {
  const { facts } = question;
  const has = (one: Dimension): boolean => facts.axes.breakdowns.has(one);
  const scope = has('service') ? (['service'] as const) : [];
  const read = async (kind: 'service' | 'zone' | 'route', of: readonly Dimension[]) =>
    has(kind)
      ? readPresence(facts, { of, ids: lasting(question, kind), least: leastMinutes[kind] })
      : [];
  const [everything, service, zone, host, route, customer] = await together([
    readPresence(facts, { of: [], ids: null, least: leastMinutes.everything }),
    read('service', scope),
    read('zone', [...scope, 'zone']),
    has('host') ? hostPresences(question) : [],
    read('route', [...scope, 'route']),
    customerPresences(question),
  ]);
  return { everything, service, zone, host, route, customer };
}

async function customerPresences({
  facts,
  exposures,
}: FollowedQuestion): Promise<readonly Presence[]> {
  const ids = facts.axes.breakdowns.has('customer') ? await busyCustomers(facts, exposures) : [];
  return readPresence(facts, { of: ['customer'], ids, least: leastMinutes.customer });
}

/** A host is one, whatever services it has; it counts as of the one it has most rows of. */
async function hostPresences(question: FollowedQuestion): Promise<readonly Presence[]> {
  const { facts } = question;
  const ids = lasting(question, 'host');
  const found = await readPresence(facts, { of: ['host'], ids, least: leastMinutes.host });
  if (!facts.axes.breakdowns.has('service')) return found;
  const services = await mostOf(facts, 'service');
  return found.map((one) => ({
    ...one,
    ids: [services.get(one.ids[0] ?? noValue) ?? noValue, ...one.ids],
  }));
}

/**
 * Values that were there for a part of the time at least. Who was not has no usual share, since
 * that is a median over all of it, and so is never missed.
 */
function lasting(
  { facts, exposures }: FollowedQuestion,
  kind: 'service' | 'zone' | 'host' | 'route',
): readonly number[] {
  const filled = (rows: Float64Array): number =>
    rows.reduce((count, one) => count + (one > 0 ? 1 : 0), 0);
  const least = lastingShare * filled(exposures.all);
  const { rows } = facts.dictionaries[kind];
  const known = { service: exposures.services, host: exposures.hosts.rows };
  const traffic = kind === 'service' || kind === 'host' ? known[kind] : null;
  return [...rows.keys()].filter((id) => {
    const own = traffic?.get(id);
    return (rows[id] ?? 0) >= fewestRows && (own === undefined || filled(own) >= least);
  });
}

/** Those with the most rows; a million small ones have nothing to be missed. */
async function busyCustomers(facts: ScanFacts, { all }: ScanExposures): Promise<readonly number[]> {
  const { window, dictionaries } = facts;
  const days = Math.max(1, (window.end - window.start) / microsPerDay);
  const rows = all.reduce((sum, one) => sum + one, 0);
  const least = Math.max(leastPerDay * days, Math.ceil(rows / 2_000));
  const largest = [...Array(followedCustomers.largest).keys()];
  await readNames(facts, 'customer', largest);
  return largest.filter((id) => (dictionaries.customer.rows[id] ?? 0) >= least);
}

/** Of each host the value of another dimension that most of its rows have. */
export async function mostOf(
  facts: ScanFacts,
  dimension: 'service' | 'zone',
): Promise<ReadonlyMap<number, number>> {
  if (!facts.axes.breakdowns.has(dimension)) return new Map();
  const { keys, rows } = await askScan(facts, { of: ['host', dimension] });
  const [hosts, values] = keys;
  const most = new Map<number, { readonly value: number; readonly count: number }>();
  hosts?.forEach((host, at) => {
    const [value, count] = [values?.[at] ?? noValue, rows[at] ?? 0];
    const before = most.get(host)?.count ?? 0;
    if (host !== noValue && value !== noValue && count > before) most.set(host, { value, count });
  });
  return new Map([...most].map(([host, { value }]) => [host, value]));
}
