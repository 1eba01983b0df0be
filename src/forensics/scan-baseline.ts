/**
 * What share of the events a signal is usually true of: by service and route, times a factor of
 * the customer and of the host where they differ in the long run. A chronic condition predicts
 * itself and is told apart. Pure.
 */
import { present } from '../base/assert.js';
import { type CellTable, noValue } from './scan-cells.js';
import {
  type Blocks,
  blockOf,
  type Exposure,
  pairOf,
  serviceOfPair,
  sumExposure,
  total,
} from './scan-exposure.js';
import { robustRate } from './scan-rate.js';

/** **Source** the empirical Bayes of the definition: a route is believed with 100 rows more. */
const shrinkRows = 100;
/** Chosen by us: a route with a long history is believed sooner. */
const lastingShrinkRows = 20;
const alwaysShare = 0.9;
const mostRate = 0.98;
const mostFactor = 200;
/** Chosen by us: below it a factor is noise. */
const leastFactor = 2;
/** Chosen by us: rows hit before a factor is believed. */
const fewestHits = 10;
/** Chosen by us: what was there for less of the window cannot be chronic. */
const chronicLife = 0.4;

/** How many times the usual rate somebody has in the long run. */
export interface Factor {
  readonly id: number;
  readonly factor: number;
  readonly rate: number;
  readonly hits: number;
  readonly rows: number;
}

/** The usual rate of one signal. */
export interface Baseline {
  readonly overall: number;
  /** By `pairOf(service, route)`. */
  readonly routes: ReadonlyMap<number, number>;
  readonly services: ReadonlyMap<number, number>;
  readonly customers: ReadonlyMap<number, Factor>;
  readonly hosts: ReadonlyMap<number, Factor>;
}

export interface Exposures {
  readonly routes: Exposure;
  readonly hosts: Exposure;
  readonly customers: Exposure;
}

/** Expected rate of an event of these values. */
export function usualRate(baseline: Baseline, { service, route, customer, host }: Ids): number {
  const own =
    baseline.routes.get(pairOf(service, route)) ??
    baseline.services.get(service) ??
    baseline.overall;
  const byCustomer = baseline.customers.get(customer);
  const byHost = baseline.hosts.get(host);
  const product = own * (byCustomer?.factor ?? 1) * (byHost?.factor ?? 1);
  return Math.min(mostRate, Math.max(product, byCustomer?.rate ?? 0, byHost?.rate ?? 0));
}

export interface Ids {
  readonly service: number;
  readonly route: number;
  readonly customer: number;
  readonly host: number;
}

export interface LearnQuestion {
  readonly hits: CellTable;
  /** The same hits by customer; another table where there are too many. */
  readonly customerHits: CellTable;
  readonly signal: number;
  readonly exposures: Exposures;
  /** It follows one status: a route that answers nothing else was made so, or does not exist. */
  readonly ofStatus: boolean;
}

/** Learns the rates of one signal from all its hits. */
export function learnBaseline(question: LearnQuestion): Baseline {
  const { hits, customerHits, signal, exposures, ofStatus } = question;
  const { blocks } = exposures.routes;
  const counts = present(hits.hits[signal], 'the hits of a signal');
  const ofCustomers = present(customerHits.hits[signal], 'the hits of a signal');
  const { customer } = customerHits.values;
  const byCustomer = hitsBy(customer, customerHits, ofCustomers, blocks);
  const all = sumExposure(exposures.routes);
  const allHits = new Float64Array(blocks.count);
  for (let at = 0; at < hits.size; at += 1) {
    const block = blockOf(blocks, hits.minute[at] ?? 0);
    allHits[block] = (allHits[block] ?? 0) + (counts[at] ?? 0);
  }
  const rough = robustRate(allHits, all, { prior: 0, shrink: shrinkRows });
  const customers = factorsOf(byCustomer, exposures.customers, rough);
  const chronic = new Set([...customers.values()].map(({ id }) => id));
  const chronicRows = [...customers.values()].reduce((sum, { rows }) => sum + rows, 0);
  const keptShare = Math.max(0.2, 1 - chronicRows / Math.max(1, total(all)));
  const byRoute = new Map<number, Float64Array>();
  const byHost = new Map<number, Float64Array>();
  for (let at = 0; at < hits.size; at += 1) {
    // What their customers bring along is no fault of a route or host.
    if (chronic.has(hits.values.customer[at] ?? noValue)) continue;
    const key = pairOf(hits.values.service[at] ?? noValue, hits.values.route[at] ?? noValue);
    const hit = { blocks, minute: hits.minute[at] ?? 0, count: counts[at] ?? 0 };
    add(byRoute, key, hit);
    const host = hits.values.host[at] ?? noValue;
    if (host !== noValue) add(byHost, host, hit);
  }
  const services = new Map<number, number>();
  const routes = new Map<number, number>();
  const none = new Float64Array(blocks.count);
  const serviceIds = new Set([...exposures.routes.rows.keys()].map(serviceOfPair));
  for (const service of serviceIds) {
    const isOwn = (key: number): boolean => serviceOfPair(key) === service;
    const rows = sumExposure(exposures.routes, isOwn).map((value) => value * keptShare);
    const own = sumExposure({ blocks, rows: byRoute }, isOwn);
    const rate = robustRate(own, rows, { prior: rough, shrink: shrinkRows });
    services.set(service, rate);
    for (const [key, exposed] of exposures.routes.rows) {
      if (!isOwn(key)) continue;
      const kept = exposed.map((value) => value * keptShare);
      const hit = byRoute.get(key) ?? none;
      const isAlways = ofStatus && total(hit) >= alwaysShare * total(exposed);
      const shrink = isLasting(exposed) ? lastingShrinkRows : shrinkRows;
      const usual = robustRate(hit, kept, { prior: rate, shrink });
      routes.set(key, isAlways ? mostRate : usual);
    }
  }
  const overall = weightedRate(services, exposures.routes, rough);
  const hosts = factorsOf(byHost, exposures.hosts, overall);
  return { overall, routes, services, customers, hosts };
}

function weightedRate(
  services: ReadonlyMap<number, number>,
  exposure: Exposure,
  fallback: number,
): number {
  let [rows, expected] = [0, 0];
  for (const [key, own] of exposure.rows) {
    const count = total(own);
    rows += count;
    expected += count * (services.get(serviceOfPair(key)) ?? fallback);
  }
  return rows === 0 ? fallback : expected / rows;
}

type Hits = Map<number, Float64Array>;

function add(
  to: Hits,
  key: number,
  {
    blocks,
    minute,
    count,
  }: { readonly blocks: Blocks; readonly minute: number; readonly count: number },
): void {
  if (count === 0) return;
  const own = to.get(key) ?? new Float64Array(blocks.count);
  const block = blockOf(blocks, minute);
  own[block] = (own[block] ?? 0) + count;
  to.set(key, own);
}

function hitsBy(ids: Int32Array, hits: CellTable, counts: Float64Array, blocks: Blocks): Hits {
  const found: Hits = new Map();
  for (let at = 0; at < hits.size; at += 1) {
    const id = ids[at] ?? noValue;
    if (id === noValue) continue;
    add(found, id, { blocks, minute: hits.minute[at] ?? 0, count: counts[at] ?? 0 });
  }
  return found;
}

/** Those that are hit far more than usual, and were so for most of the time they were there. */
function factorsOf(hits: Hits, exposure: Exposure, usual: number): ReadonlyMap<number, Factor> {
  const factors = new Map<number, Factor>();
  for (const [id, own] of hits) {
    const rows = exposure.rows.get(id);
    if (rows === undefined || total(own) < fewestHits) continue;
    if (!isLasting(rows)) continue;
    const rate = robustRate(own, rows, { prior: usual, shrink: 2 });
    const factor = Math.min(mostFactor, rate / Math.max(usual, 1e-6));
    if (factor < leastFactor) continue;
    factors.set(id, { id, factor, rate, hits: total(own), rows: total(rows) });
  }
  return factors;
}

/** There from long ago until lately. */
function isLasting(rows: Float64Array): boolean {
  const span = lastFilled(rows) - rows.findIndex((value) => value > 0) + 1;
  return span >= rows.length * chronicLife;
}

function lastFilled(rows: Float64Array): number {
  for (let index = rows.length - 1; index >= 0; index -= 1)
    if ((rows[index] ?? 0) > 0) return index;
  return -1;
}
