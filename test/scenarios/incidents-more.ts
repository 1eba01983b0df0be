/** More kinds of trouble: such as others have written about, planted into any world. */
import {
  addTruth,
  fail,
  type Kind,
  main,
  type Part,
  type Plant,
  plantFailing,
  someHosts,
  someRoute,
  windowOf,
} from './plant.js';
import { dayMinutes, present, type SimEvent, versionName, type World } from './world.js';

const isHealth = ({ route }: SimEvent): boolean => route === '/healthz';

function keyRevoked(world: World): void {
  const window = windowOf(world, 180, 900);
  const customer = present(world.customers[world.random.whole(0, 4)]).name;
  const incident = addTruth(world, 'key revoked', window, { customers: [customer] });
  plantFailing(world, window, incident, {
    matches: (event) => event.customer === customer,
    rate: 1,
    status: 401,
    error: 'api key revoked',
  });
}

/** All services of a zone, nearly all requests. */
function regionOutage(world: World): void {
  const window = windowOf(world, 25, 120);
  const zone = present(world.zones[world.random.whole(0, world.zones.length - 1)]);
  const incident = addTruth(world, 'region outage', window, { zones: [zone] });
  plantFailing(world, window, incident, {
    matches: (event) => event.zone === zone,
    rate: 0.9,
    status: 503,
    error: 'upstream unreachable',
  });
}

function certificate(world: World): void {
  const window = windowOf(world, 60, 300);
  const zone = present(world.zones[0]);
  const service = main(world).name;
  const part = { services: [service], zones: [zone] };
  const incident = addTruth(world, 'certificate expired in a zone', window, part);
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && event.zone === zone,
    rate: 0.35,
    status: 502,
    error: 'x509: certificate has expired',
  });
}

/** One or two new hosts with a new version beside the others. */
function badCanary(world: World): void {
  const window = windowOf(world, 60, 220);
  const version = versionName(world.random);
  const service = main(world);
  const { zone } = present(service.lives[0]);
  const count = service.hosts.length >= 8 ? world.random.whole(1, 2) : 1;
  const hosts = Array.from({ length: count }, (_, index) => `${service.name}-canary-${index}`);
  for (const host of hosts) service.lives.push({ host, zone, version, ...window, share: 1 });
  const part = { services: [service.name], hosts, versions: [version] };
  const incident = addTruth(world, 'bad canary', window, part);
  plantFailing(world, window, incident, {
    matches: (event) => hosts.includes(event.host),
    rate: 0.4,
    status: 500,
    error: 'unexpected token',
  });
}

/** A setting pushed to some hosts, here and there. */
function configPush(world: World): void {
  const window = windowOf(world, 45, 240);
  const service = main(world);
  const share = world.random.pick([0.15, 0.3]);
  const hosts = service.hosts.filter(() => world.random.unit() < share);
  if (hosts.length === 0) hosts.push(present(service.hosts[0]));
  const part = { services: [service.name], hosts };
  const incident = addTruth(world, 'config push to some hosts', window, part);
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service.name && hosts.includes(event.host),
    rate: 0.5,
    status: world.random.pick([500, 403]),
    error: 'feature not configured',
  });
}

/** A route says that it is not there. */
function poisonedCache(world: World): void {
  const window = windowOf(world, 60, 300);
  const service = main(world).name;
  const route = someRoute(world);
  const part = { services: [service], routes: [route] };
  const incident = addTruth(world, 'poisoned cache', window, part);
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && event.route === route,
    rate: 0.7,
    status: 404,
    error: null,
  });
}

/** What two routes call answers late: slow, then given up. */
function slowDependency(world: World): void {
  const window = windowOf(world, 45, 240);
  const service = main(world).name;
  const routes = [0, 1].map((index) => present(main(world).routes[index]).name);
  const part = { services: [service], routes };
  const incident = addTruth(world, 'dependency times out', window, part);
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      if (event.service !== service || !routes.includes(event.route)) return false;
      event.durationMs = (event.durationMs ?? 1) * 8;
      if (random.unit() >= 0.3) return false;
      event.durationMs = 30_000;
      return fail(event, 504, 'deadline exceeded');
    },
  });
}

/** A part of what should come does not. */
function lessTraffic(kind: string, part: (world: World) => Part, kept: number): Plant {
  return (world) => {
    const window = windowOf(world, 180, 600);
    const chosen = part(world);
    const incident = addTruth(world, kind, window, { counted: false, ...chosen });
    const { services, hosts, routes, customers } = present(world.truths[incident]);
    const isIn = (names: readonly string[], name: string | null): boolean =>
      names.length === 0 || names.includes(name ?? '');
    world.effects.push({
      ...window,
      incident,
      change: (event, random) => {
        const isOurs =
          isIn(services, event.service) &&
          isIn(hosts, event.host) &&
          isIn(routes, event.route) &&
          isIn(customers, event.customer);
        return isOurs && random.unit() >= kept ? 'drop' : false;
      },
    });
  };
}

/** Names of one zone cannot be looked up: little comes, and that fails. */
function noNames(world: World): void {
  const window = windowOf(world, 40, 180);
  const service = main(world).name;
  const zone = present(world.zones[0]);
  const part = { services: [service], zones: [zone] };
  const incident = addTruth(world, 'names not found in a zone', window, part);
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      if (event.service !== service || event.zone !== zone || isHealth(event)) return false;
      if (random.unit() < 0.6) return 'drop';
      return fail(event, 502, 'no such host');
    },
  });
}

/** Slower from hour to hour, until it is restarted. */
function slowLeak(world: World): void {
  const window = windowOf(world, 480, 840);
  const service = main(world).name;
  const hosts = someHosts(world, world.random.whole(1, 2));
  const part = { services: [service], hosts, counted: false };
  const incident = addTruth(world, 'slower by the hour', window, part);
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (event.service !== service || !hosts.includes(event.host)) return false;
      const passed = (event.minute - window.from) / (window.to - window.from);
      event.durationMs = (event.durationMs ?? 1) * (1 + 9 * passed);
      return true;
    },
  });
}

/** Who fails asks again at once. */
function retryStorm(world: World): void {
  const window = windowOf(world, 20, 90);
  const service = main(world).name;
  const route = someRoute(world);
  const part = { services: [service], routes: [route] };
  const incident = addTruth(world, 'retry storm', window, part);
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      if (event.service !== service || event.route !== route || random.unit() >= 0.6) return false;
      event.copies = 4;
      return fail(event, 503, 'too busy');
    },
  });
}

/** One host is left on the old version when the others move on; it fails a little. */
function leftBehind(world: World): void {
  const service = main(world);
  const window = windowOf(world, 300, 900);
  const version = versionName(world.random);
  const old = present(service.lives[0]).version;
  const host = present(service.hosts[0]);
  const moved = service.lives.splice(0);
  moved.forEach((life, index) => {
    const at = life.host === host ? window.to : window.from - 10 + (index % 10);
    service.lives.push({ ...life, to: at }, { ...life, from: at, version });
  });
  const part = { services: [service.name], hosts: [host], versions: [old], counted: false };
  const incident = addTruth(world, 'host left behind', window, part);
  plantFailing(world, window, incident, {
    matches: (event) => event.host === host,
    rate: 0.25,
    status: 400,
    error: 'unknown field',
  });
}

/** A route that is new fails half of the time, until it is mended. */
function newRoute(world: World): void {
  const window = windowOf(world, 120, 600);
  const service = main(world).name;
  const old = someRoute(world);
  const route = `${old}-next`;
  const part = { services: [service], routes: [route] };
  const incident = addTruth(world, 'new route failing', window, part);
  world.effects.push({
    from: window.from,
    to: world.minutes,
    incident,
    change: (event, random) => {
      if (event.service !== service || event.route !== old || random.unit() < 0.5) return false;
      event.route = route;
      const isBad = event.minute < window.to && random.unit() < 0.5;
      return isBad && fail(event, 500, 'not implemented');
    },
  });
}

function zoneRoute(world: World): void {
  const window = windowOf(world, 90, 360);
  const service = main(world).name;
  const zone = present(world.zones.at(-1));
  const route = someRoute(world);
  const part = { services: [service], zones: [zone], routes: [route] };
  const incident = addTruth(world, 'route failing in one zone', window, part);
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && event.zone === zone && event.route === route,
    rate: 0.8,
    status: 500,
    error: 'replica lag',
  });
}

function mostHosts(world: World): void {
  const window = windowOf(world, 30, 150);
  const service = main(world);
  const hosts = service.hosts.slice(0, Math.ceil(service.hosts.length * 0.6));
  const incident = addTruth(world, 'most of the fleet', window, {
    services: [service.name],
    hosts,
  });
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service.name && hosts.includes(event.host),
    rate: 0.7,
    status: 500,
    error: 'cannot allocate memory',
  });
}

function customerSlow(world: World): void {
  const window = windowOf(world, 180, 600);
  const customer = present(world.customers[0]).name;
  const part = { customers: [customer], counted: false };
  const incident = addTruth(world, 'customer slow', window, part);
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (event.customer !== customer) return false;
      event.durationMs = (event.durationMs ?? 1) * 6;
      return true;
    },
  });
}

/** A few minutes of failing every night, and one night when it does not stop. */
function longNight(world: World): void {
  const window = windowOf(world, 120, 300);
  const service = main(world).name;
  const route = someRoute(world);
  const incident = addTruth(world, 'the backup that did not stop', window, {
    services: [service],
    routes: [route],
  });
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event) => {
      const isNight = event.minute % dayMinutes >= 120 && event.minute % dayMinutes < 124;
      if (isNight && event.service === service && event.route === route)
        fail(event, 503, 'backup running');
      return false;
    },
  });
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && event.route === route,
    rate: 0.9,
    status: 503,
    error: 'backup running',
  });
}

export const moreIncidents: readonly Kind[] = [
  ['key revoked', keyRevoked, ['customer']],
  ['region outage', regionOutage, ['zone']],
  ['certificate expired in a zone', certificate, ['zone']],
  ['bad canary', badCanary],
  ['config push to some hosts', configPush],
  ['poisoned cache', poisonedCache, ['route']],
  ['dependency times out', slowDependency, ['route']],
  [
    'less of a service',
    lessTraffic('less of a service', (world) => ({ services: [main(world).name] }), 0.3),
    ['service'],
  ],
  [
    'less of a host',
    lessTraffic('less of a host', (world) => ({ hosts: someHosts(world, 1) }), 0.3),
  ],
  [
    'less of a route',
    lessTraffic(
      'less of a route',
      (world) => ({ services: [main(world).name], routes: [someRoute(world)] }),
      0.3,
    ),
    ['route'],
  ],
  [
    'less of a customer',
    lessTraffic(
      'less of a customer',
      ({ customers, random }) => ({ customers: [present(customers[random.whole(0, 2)]).name] }),
      0.3,
    ),
    ['customer'],
  ],
  ['names not found in a zone', noNames, ['zone']],
  ['slower by the hour', slowLeak],
  ['retry storm', retryStorm, ['route']],
  ['host left behind', leftBehind, ['version']],
  ['new route failing', newRoute, ['route']],
  ['route failing in one zone', zoneRoute, ['zone', 'route']],
  ['most of the fleet', mostHosts],
  ['customer slow', customerSlow, ['customer']],
  ['the backup that did not stop', longNight, ['route']],
  ['less of everything', lessTraffic('less of everything', () => ({}), 0.4)],
];
