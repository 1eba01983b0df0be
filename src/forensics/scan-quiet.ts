/** Findings of silence: hosts, services, routes, customers, zones, and everything at once. */
import { present } from '../base/assert.js';
import { rollupSpec } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { microsPerDay, microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { ScanExposures } from './scan-candidate.js';
import { type Axes, type Dictionaries, type Dimension, idOf, noValue } from './scan-cells.js';
import { entityText } from './scan-detail.js';
import { type Blocks, pairOf, readExposure } from './scan-exposure.js';
import type { Entities, Evidence, Finding } from './scan-finding.js';
import { noEntities, plainFinding } from './scan-plain.js';
import type { ScanPort } from './scan-port.js';
import { minutesOf, type Presence, readPresence, type Span } from './scan-presence.js';
import { inTurn, type Silence, silencesOf } from './scan-silence.js';

export interface QuietQuestion {
  readonly port: ScanPort;
  readonly dictionaries: Dictionaries;
  readonly axes: Axes;
  readonly blocks: Blocks;
  readonly exposures: ScanExposures;
  readonly window: TimeRange;
  readonly zone: string | null;
}

export interface QuietAnswer {
  readonly findings: readonly Finding[];
  /** Nothing at all came: what is not covered by the data. */
  readonly gaps: readonly TimeRange[];
  readonly measured: number;
  readonly tests: number;
  readonly hosts: readonly HostSilence[];
}

/** A silent host, for who asks whether its clock was wrong. */
export interface HostSilence extends Silence {
  readonly host: string;
}

const falseFindings = 0.01;
/** **Source** the definition, 30 minutes for customers; the others chosen by us. */
const leastMinutes = { everything: 5, service: 10, host: 10, route: 30, customer: 30 } as const;
/** Chosen by us: customers followed, those with the most rows. */
const mostCustomers = 150;
/** Chosen by us: half a day of silence of fewer than this a day says nothing. */
const leastPerDay = 40;

export async function searchQuiet(question: QuietQuestion): Promise<QuietAnswer> {
  const { port, dictionaries, axes, blocks, exposures, window } = question;
  const origin = minutesOf(window).from;
  const has = (one: Dimension): boolean => axes.breakdowns.has(one);
  const read = (of: readonly Dimension[], only: readonly string[] | null = null) =>
    readPresence(port, dictionaries, { window, axes, of, only });
  const { all } = exposures;
  const [everything] = await read([]);
  const services = has('service') ? await read(['service']) : [];
  const scope = has('service') ? (['service'] as const) : [];
  const hosts = has('host') ? await read([...scope, 'host']) : [];
  const routes = has('route') ? await read([...scope, 'route']) : [];
  const customers = has('customer') ? await customersOf(question) : [];
  const minutes = blocks.count * blocks.stepMinutes;
  const entities = 1 + services.length + hosts.length + routes.length + customers.length;
  const tests = minutes * entities;
  const bound = Math.log(tests / falseFindings);
  const common = { blocks, origin, bound };
  const serviceOf = (ids: readonly number[]): number =>
    has('service') ? (ids[0] ?? noValue) : noValue;
  const none = new Float64Array(blocks.count);
  const ofService = (id: number): Float64Array =>
    id === noValue && !has('service') ? all : (exposures.services.get(id) ?? none);
  const rest = (whole: Float64Array, own: Float64Array) =>
    whole.map((value, index) => Math.max(0, value - (own[index] ?? 0)));
  const total =
    everything === undefined
      ? []
      : silencesOf({
          ...common,
          presence: everything,
          own: all,
          others: none.map(() => blocks.stepMinutes * 1_000),
          leastMinutes: leastMinutes.everything,
          mayEnd: false,
        });
  const serviceQuiet = services.flatMap((presence) => {
    const own = ofService(presence.ids[0] ?? noValue);
    const others = rest(all, own);
    return silencesOf({
      ...common,
      presence,
      own,
      others,
      leastMinutes: leastMinutes.service,
      mayEnd: true,
    });
  });
  const hostQuiet = awayAlone(
    hosts.flatMap((presence) => {
      const own = exposures.hosts.rows.get(presence.ids.at(-1) ?? noValue) ?? none;
      const others = rest(ofService(serviceOf(presence.ids)), own);
      return silencesOf({
        ...common,
        bound: Math.min(bound, rawNats),
        presence,
        own,
        others,
        leastMinutes: leastMinutes.host,
        mayEnd: false,
      });
    }),
    { serviceOf, bound },
  );
  const routeQuiet = routes.flatMap((presence) => {
    const [service, route] = [serviceOf(presence.ids), presence.ids.at(-1) ?? noValue];
    const own = exposures.routes.rows.get(pairOf(service, route)) ?? none;
    const others = rest(ofService(service), own);
    return silencesOf({
      ...common,
      presence,
      own,
      others,
      leastMinutes: leastMinutes.route,
      mayEnd: true,
    });
  });
  const exposed = await customerRows(question, customers);
  const customerQuiet = customers.flatMap((presence) => {
    const own = exposed.get(presence.ids[0] ?? noValue) ?? none;
    const others = rest(all, own);
    return silencesOf({
      ...common,
      presence,
      own,
      others,
      leastMinutes: leastMinutes.customer,
      mayEnd: true,
    });
  });
  const texts = (dimension: Dimension, id: number | undefined): string =>
    dictionaries[dimension].texts[id ?? noValue] ?? '';
  const serviceName = (ids: readonly number[]): readonly string[] =>
    has('service') ? [texts('service', ids[0])] : [];
  const [first] = services;
  const onlyService =
    services.length === 1 && first !== undefined
      ? { ...noEntities, services: serviceName(first.ids) }
      : noEntities;
  const context = { ...question, bound, tests };
  const zones = hostQuiet.length < 2 ? new Map<number, string>() : await zonesOf(question);
  const gaps = total.map(({ from, to }) => ({
    start: from * microsPerMinute,
    end: to * microsPerMinute,
  }));
  const findings = [
    ...total.map((one) =>
      quietFinding(context, one, { what: 'everything', entities: onlyService }),
    ),
    ...serviceQuiet.map((one) =>
      quietFinding(context, one, {
        what: 'service',
        entities: { ...noEntities, services: serviceName(one.ids) },
      }),
    ),
    ...hostGroups(question, hostQuiet, { hosts, zones }).map(({ silence, names, ids, zone }) =>
      quietFinding(context, silence, {
        what: zone === null ? 'host' : 'zone',
        entities: {
          ...noEntities,
          services: serviceName(ids),
          hosts: names,
          azs: zone === null ? [] : [zone],
        },
      }),
    ),
    ...routeQuiet.map((one) =>
      quietFinding(context, one, {
        what: 'route',
        entities: {
          ...noEntities,
          services: serviceName(one.ids),
          endpoints: [texts('route', one.ids.at(-1))],
        },
      }),
    ),
    ...customerQuiet.map((one) =>
      quietFinding(context, one, {
        what: 'customer',
        entities: { ...noEntities, customers: [texts('customer', one.ids[0])] },
      }),
    ),
  ];
  const measured = everything?.minutes.reduce((sum, one) => sum + one, 0) ?? 0;
  return {
    findings,
    gaps,
    measured,
    tests,
    hosts: hostQuiet.map((one) => ({ ...one, host: texts('host', one.ids.at(-1)) })),
  };
}

/** Those with the most rows; a million small ones have nothing to be missed. */
async function customersOf({
  port,
  dictionaries,
  axes,
  window,
  exposures,
}: QuietQuestion): Promise<readonly Presence[]> {
  const days = Math.max(1, (window.end - window.start) / microsPerDay);
  const rows = exposures.all.reduce((sum, one) => sum + one, 0);
  const found = await port.rollup(
    rollupSpec(window, {
      keys: [breakdown('customer')],
      fewestRows: Math.max(leastPerDay * days, Math.ceil(rows / 2_000)),
    }),
  );
  const names = found
    .filter(([name]) => name !== null)
    .map(([name, count]) => ({ name: String(name), count: Number(count) }))
    .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1))
    .slice(0, mostCustomers)
    .map(({ name }) => name);
  if (names.length === 0) return [];
  return readPresence(port, dictionaries, { window, axes, of: ['customer'], only: names });
}

async function customerRows(
  { port, dictionaries, axes, blocks }: QuietQuestion,
  customers: readonly Presence[],
): Promise<ReadonlyMap<number, Float64Array>> {
  if (customers.length === 0) return new Map();
  const only = customers.map(({ ids }) =>
    present(dictionaries.customer.texts[ids[0] ?? noValue], 'a customer'),
  );
  const exposure = await readExposure(port, dictionaries, { axes, blocks, of: ['customer'], only });
  return exposure.rows;
}

/** Chosen by us: what may be one of several that were away in turn, in nats. */
const rawNats = 4;

/** Without those that were taken out in turn. */
function awayAlone(
  silences: readonly Silence[],
  {
    serviceOf,
    bound,
  }: { readonly serviceOf: (ids: readonly number[]) => number; readonly bound: number },
): readonly Silence[] {
  const planned = inTurn(silences.map((one) => ({ ...one, service: serviceOf(one.ids) })));
  return silences.filter(({ score }, index) => score >= bound && !planned.has(index));
}

interface HostGroup {
  readonly silence: Silence;
  readonly ids: readonly number[];
  readonly names: readonly string[];
  readonly zone: string | null;
}

/** Chosen by us: minutes by which hosts that fell silent together may differ. */
const together = 12;

/** Hosts of one service that were silent at the same time are one finding. */
function hostGroups(
  { dictionaries }: QuietQuestion,
  silences: readonly Silence[],
  { hosts, zones }: { readonly hosts: readonly Presence[]; readonly zones: Zones },
): readonly HostGroup[] {
  const groups: Silence[][] = [];
  for (const one of silences) {
    const home = groups.find(([first]) => first !== undefined && isTogether(first, one));
    if (home === undefined) groups.push([one]);
    else home.push(one);
  }
  return groups.map((own) => {
    const [first] = own;
    const silence = present(first, 'a silence');
    return {
      silence: {
        ...silence,
        from: Math.min(...own.map(({ from }) => from)),
        to: Math.max(...own.map(({ to }) => to)),
        missing: own.reduce((sum, { missing }) => sum + missing, 0),
        score: own.reduce((sum, { score }) => sum + score, 0),
      },
      ids: silence.ids,
      names: own.map(({ ids }) => dictionaries.host.texts[ids.at(-1) ?? noValue] ?? '').sort(),
      zone: zoneOfHosts(zones, own, hosts),
    };
  });
}

/** The zones of hosts, by id. */
type Zones = ReadonlyMap<number, string>;

async function zonesOf({ port, dictionaries, axes, window }: QuietQuestion): Promise<Zones> {
  const zone = axes.breakdowns.get('zone');
  if (zone === undefined) return new Map();
  const rows = await port.rollup(rollupSpec(window, { keys: [breakdown('host'), zone] }));
  const sorted = rows
    .filter(([host, name]) => host !== null && name !== null)
    .map(([host = null, name, count]) => ({ host, name: String(name), count: Number(count) }))
    .sort((left, right) => left.count - right.count || (left.name < right.name ? -1 : 1));
  return new Map(sorted.map(({ host, name }) => [idOf(dictionaries.host, host), name]));
}

/** Two hosts and more that are all their service has in one zone. */
function zoneOfHosts(
  zones: Zones,
  own: readonly Silence[],
  hosts: readonly Presence[],
): string | null {
  const [first] = own;
  const zone = zones.get(first?.ids.at(-1) ?? noValue);
  if (own.length < 2 || first === undefined || zone === undefined) return null;
  const silent = new Set(own.map(({ ids }) => ids.at(-1)));
  const all = hosts.filter(
    ({ ids }) =>
      zones.get(ids.at(-1) ?? noValue) === zone && (ids.length < 2 || ids[0] === first.ids[0]),
  );
  const isAll = all.every(({ ids }) => silent.has(ids.at(-1)));
  return isAll && all.length === own.length ? zone : null;
}

function isTogether(left: Silence, right: Silence): boolean {
  const isSame = left.ids.length < 2 || left.ids[0] === right.ids[0];
  return (
    isSame &&
    Math.abs(left.from - right.from) <= together &&
    Math.abs(left.to - right.to) <= together
  );
}

function quietFinding(
  { bound, tests, zone }: QuietQuestion & { readonly bound: number; readonly tests: number },
  silence: Silence & Span,
  { what, entities }: { readonly what: string; readonly entities: Entities },
): Finding {
  const start = silence.from * microsPerMinute;
  const end = silence.to * microsPerMinute;
  const lost = Math.round(silence.missing);
  const who = nameOf(what, entities);
  const isAll = what === 'everything';
  const window = { start: start - 60 * microsPerMinute, end: end + 60 * microsPerMinute };
  const where = entityText(entities, zone);
  const evidence: Evidence = {
    title: 'events before, during and after',
    where,
    by: [],
    calc: ['count'],
    every: '5m',
    window,
  };
  void bound;
  return plainFinding(
    {
      detector: isAll ? 'ingest-gap' : 'silence',
      kind: isAll ? 'nothing came' : 'silent',
      class: 'silent',
      severity: isAll || what === 'service' || what === 'zone' ? 'critical' : 'warning',
      score: silence.score,
      evalue: tests * Math.exp(-Math.min(700, silence.score)),
      title: isAll ? 'no events at all from anybody' : `${who} silent, the others busy`,
      start,
      end,
      whyUnnoticed: 'what sends nothing fails nothing: no rate counts what does not come',
      evidence: [evidence],
    },
    {
      ...entities,
      ongoing: silence.ongoing,
      selfResolved: !silence.ongoing,
      expected: silence.missing,
      requestsAffected: lost,
      requestsInterval: [Math.max(0, lost - 1.96 * Math.sqrt(lost)), lost + 1.96 * Math.sqrt(lost)],
    },
  );
}

function nameOf(what: string, { services, hosts, azs, endpoints, customers }: Entities): string {
  const fleet = services.length === 1 && what !== 'service' ? `${services.join()}: ` : '';
  const names = what === 'service' ? services : [...azs, ...hosts, ...endpoints, ...customers];
  if (names.length > 2) return `${fleet}${names.length} ${what}s`;
  return `${fleet}${what} ${names.join(', ')}`;
}
