/** What a request of the demo is about: its route, its customer and how it ends. */
import { present } from '../base/assert.js';
import { type AliasTable, aliasTable, durationTable, zipfWeights } from './distribution.js';
import {
  customerCount,
  customerName,
  type Route,
  revokedCustomer,
  type Service,
  services,
} from './fleet.js';
import { type HostLine, hostLine } from './fleet-state.js';
import { fragment } from './lines.js';
import { incident } from './plan.js';
import { type Random, randomStream } from './random.js';

export interface RouteContent {
  readonly route: Route;
  readonly line: Uint8Array;
  readonly success: Outcome;
}

/** How a request ends: the status with its error, and how long that takes. */
export interface Outcome {
  readonly line: Uint8Array;
  readonly durationsMs: Uint32Array;
}

interface Chance {
  readonly below: number;
  readonly outcome: Outcome;
}

export interface ServiceContent {
  readonly name: Service['name'];
  readonly routes: readonly RouteContent[];
  readonly routeTable: AliasTable;
  readonly failures: readonly Chance[];
}

export interface Content {
  readonly services: readonly ServiceContent[];
  readonly customers: readonly Uint8Array[];
  readonly customerTable: AliasTable;
  readonly throttled: Outcome;
  readonly revoked: Outcome;
  readonly incidentHosts: readonly HostLine[];
  readonly incidentError: Outcome;
  readonly incidentRejection: Outcome;
}

export interface Request {
  readonly route: RouteContent;
  /** Null where the route belongs to no customer. */
  readonly customer: number | null;
}

const noCustomer = fragment('');

export function demoContent(seed: number): Content {
  const random = randomStream(seed, 500);
  const failure = (status: number, error: string, medianMs: number): Outcome => ({
    line: statusLine(status, error),
    durationsMs: durationTable(medianMs, 0.4, random),
  });
  const [api] = services;
  return Object.freeze({
    services: services.map((service) => serviceContent(service, random)),
    customers: Array.from({ length: customerCount }, (_, index) =>
      fragment(`,"customer.id":"${customerName(index)}"`),
    ),
    customerTable: aliasTable(zipfWeights(customerCount)),
    throttled: failure(429, 'rate limit exceeded', 2),
    revoked: failure(401, 'api key revoked', 2),
    incidentHosts: incident.hosts.flatMap((host) =>
      api === undefined ? [] : [hostLine(api, host, incident.version)],
    ),
    incidentError: failure(500, 'signing key ring not loaded', 65),
    incidentRejection: failure(401, 'unknown signing key', 3),
  });
}

function serviceContent(service: Service, random: Random): ServiceContent {
  let reached = 0;
  return {
    name: service.name,
    routes: service.routes.map((route) => ({
      route,
      line: fragment(`,"http.request.method":"${route.method}","http.route":"${route.path}"`),
      success: {
        line: statusLine(route.status, null),
        durationsMs: durationTable(route.medianMs, route.sigma, random),
      },
    })),
    routeTable: aliasTable(service.routes.map(({ share }) => share)),
    failures: service.failures.map(({ status, oneIn, error, medianMs }) => {
      reached += 1 / oneIn;
      const durationsMs = durationTable(medianMs, 0.4, random);
      return { below: reached, outcome: { line: statusLine(status, error), durationsMs } };
    }),
  };
}

function statusLine(status: number, error: string | null): Uint8Array {
  const text = error === null ? '' : `,"error.message":"${error}"`;
  return fragment(`,"http.response.status_code":${status}${text}`);
}

/** `busy` is the customer of a burst, when this request belongs to one. */
export function drawRequest(
  content: Content,
  service: ServiceContent,
  busy: number | null,
  random: Random,
): Request {
  const route = present(service.routes[service.routeTable.draw(random)], 'the route of a row');
  if (!route.route.customer) return { route, customer: null };
  const customer = busy ?? content.customerTable.draw(random);
  const stopped = customer === revokedCustomer && service.name !== 'edge';
  return { route, customer: stopped ? customer + 1 : customer };
}

/** One in three requests of a burst is throttled; the revoked key never gets past the edge. */
export function drawOutcome(
  content: Content,
  service: ServiceContent,
  request: Request,
  busy: boolean,
  random: Random,
): Outcome {
  const chance = random.unit();
  const throttles = service.name === 'api' || service.name === 'edge';
  if (request.customer === revokedCustomer) return content.revoked;
  if (busy && throttles && request.customer !== null && chance < 1 / 3) return content.throttled;
  const failure = service.failures.find(({ below }) => chance < below);
  return failure === undefined ? request.route.success : failure.outcome;
}

export function customerLine(content: Content, customer: number | null): Uint8Array {
  return customer === null ? noCustomer : (content.customers[customer] ?? noCustomer);
}
