/** Kinds of trouble, each planted into a world with the truth about it. */
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
import { present, type SimEvent, type Truth, versionName, type World } from './world.js';

/** Failing hosts of one version among others of the same. */
function hostsFailing(kind: string, rate: number, [few, many]: readonly [number, number]): Plant {
  return (world) => {
    const window = windowOf(world, rate < 0.2 ? 240 : 60, rate < 0.2 ? 600 : 240);
    const hosts = someHosts(world, world.random.whole(few, many));
    const service = main(world).name;
    const incident = addTruth(world, kind, window, { services: [service], hosts });
    const status = world.random.pick([500, 503, 401]);
    plantFailing(world, window, incident, {
      matches: (event) => event.service === service && hosts.includes(event.host),
      rate,
      status,
      error: status === 401 ? 'bad signature' : 'disk full',
    });
  };
}

/** New hosts on a build nobody else has: 500 for minutes, then 401 until they go. */
function badBuild(world: World): void {
  const window = windowOf(world, 60, 240);
  const version = versionName(world.random);
  const service = main(world);
  const count = Math.max(2, Math.round(service.hosts.length / 9));
  const hosts = Array.from({ length: count }, (_, index) => `${service.name}-new-${index + 1}`);
  for (const host of hosts) {
    const zone = present(service.lives[0]).zone;
    service.lives.push({ host, zone, version, ...window, share: 1 });
  }
  const incident = addTruth(world, 'new hosts on a bad build', window, {
    services: [service.name],
    hosts,
    versions: [version],
  });
  const turn = window.from + world.random.whole(2, 20);
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (event.version !== version || event.route === '/healthz') return false;
      return event.minute < turn
        ? fail(event, 500, 'schema mismatch')
        : fail(event, 401, 'unknown key');
    },
  });
}

function customerFailing(kind: string, rate: number): Plant {
  return (world) => {
    const window = windowOf(world, 120, 600);
    const customer = present(world.customers[world.random.whole(0, 3)]).name;
    const incident = addTruth(world, kind, window, { customers: [customer] });
    plantFailing(world, window, incident, {
      matches: (event) => event.customer === customer,
      rate,
      status: world.random.pick([403, 401, 500]),
      error: 'account locked',
    });
  };
}

function routeFailing(kind: string, rate: number, least = 30): Plant {
  return (world) => {
    const window = windowOf(world, least, least * 4);
    const route = someRoute(world);
    const service = main(world).name;
    const incident = addTruth(world, kind, window, { services: [service], routes: [route] });
    plantFailing(world, window, incident, {
      matches: (event) => event.service === service && event.route === route,
      rate,
      status: world.random.pick([500, 400, 504]),
      error: 'relation does not exist',
    });
  };
}

function zoneFailing(world: World): void {
  const zone = world.zones[0];
  if (zone === undefined) {
    hostsFailing('hosts failing', 0.5, [2, 3])(world);
    return;
  }
  const window = windowOf(world, 30, 150);
  const service = main(world).name;
  const incident = addTruth(world, 'zone failing 40 %', window, {
    services: [service],
    zones: [zone],
  });
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && event.zone === zone,
    rate: 0.4,
    status: 503,
    error: 'no route to host',
  });
}

/** The fleet moves to another version, and back after a while when `to` is given. */
function rollTo(world: World, version: string, from: number, back: number | null): void {
  const service = main(world);
  const moved = service.lives.splice(0);
  moved.forEach((life, index) => {
    const at = from + index;
    const until = back === null ? life.to : Math.min(back + index, life.to);
    if (life.from >= at || life.to <= at) {
      service.lives.push(life);
      return;
    }
    service.lives.push({ ...life, to: at }, { ...life, from: at, to: until, version });
    if (until < life.to) service.lives.push({ ...life, from: until });
  });
}

function badVersion(kind: string, byRoute: boolean, rate: number): Plant {
  return (world) => {
    const { random } = world;
    const window = windowOf(world, 90, 300);
    const version = versionName(random);
    const service = main(world);
    rollTo(world, version, window.from, window.to - service.hosts.length);
    const route = someRoute(world);
    const incident = addTruth(world, kind, window, {
      services: [service.name],
      versions: [version],
      routes: byRoute ? [route] : [],
    });
    plantFailing(world, window, incident, {
      matches: (event) => event.version === version && (!byRoute || event.route === route),
      rate,
      status: 500,
      error: 'nil pointer',
    });
  };
}

function failingCanary(world: World): void {
  const window = windowOf(world, 45, 200);
  const version = versionName(world.random);
  const service = main(world);
  const hosts = someHosts(world, 1);
  const moved = service.lives.splice(0);
  for (const life of moved) {
    if (hosts.includes(life.host)) {
      service.lives.push(
        { ...life, to: window.from },
        { ...life, ...window, version },
        { ...life, from: window.to },
      );
    } else service.lives.push(life);
  }
  const incident = addTruth(world, 'failing canary', window, {
    services: [service.name],
    hosts,
    versions: [version],
  });
  plantFailing(world, window, incident, {
    matches: (event) => event.version === version,
    rate: 0.6,
    status: 500,
    error: 'missing column',
  });
}

function customerRoute(world: World): void {
  const window = windowOf(world, 120, 480);
  const customer = present(world.customers[world.random.whole(0, 2)]).name;
  const route = someRoute(world);
  const service = main(world).name;
  const incident = addTruth(world, 'customer on one route', window, {
    services: [service],
    customers: [customer],
    routes: [route],
  });
  plantFailing(world, window, incident, {
    matches: (event) =>
      event.customer === customer && event.route === route && event.service === service,
    rate: 0.9,
    status: 400,
    error: 'payload too new',
  });
}

function wholeService(kind: string, rate: number, [least, most]: readonly [number, number]): Plant {
  return (world) => {
    const window = windowOf(world, least, most);
    const service = main(world).name;
    const incident = addTruth(world, kind, window, { services: [service] });
    plantFailing(world, window, incident, {
      matches: (event) => event.service === service,
      rate,
      status: 503,
      error: 'database is locked',
    });
  };
}

/** A host that fails at once draws traffic from the others. */
function blackHole(world: World): void {
  const window = windowOf(world, 20, 90);
  const service = main(world);
  const hosts = someHosts(world, 1);
  const moved = service.lives.splice(0);
  for (const life of moved) {
    if (!hosts.includes(life.host)) service.lives.push(life);
    else {
      service.lives.push(
        { ...life, to: window.from },
        { ...life, ...window, share: life.share * 5 },
        { ...life, from: window.to },
      );
    }
  }
  const incident = addTruth(world, 'black hole host', window, { services: [service.name], hosts });
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (!hosts.includes(event.host) || event.route === '/healthz') return false;
      event.durationMs = 1;
      return fail(event, 503, 'connection refused');
    },
  });
}

interface Silence {
  readonly kind: string;
  readonly needs?: Kind[2];
  readonly part: (world: World) => Part;
  readonly matches: (event: SimEvent, truth: Truth) => boolean;
  readonly minutes: readonly [number, number];
}

function silent({ kind, part, matches, minutes }: Silence): Plant {
  return (world) => {
    const window = windowOf(world, ...minutes);
    const incident = addTruth(world, kind, window, { ...part(world), counted: false });
    const truth = present(world.truths[incident]);
    world.effects.push({
      ...window,
      incident,
      change: (event) => (matches(event, truth) ? 'drop' : false),
    });
  };
}

const allSilences: readonly Silence[] = [
  {
    kind: 'host silent',
    part: (world: World) => ({ services: [main(world).name], hosts: someHosts(world, 1) }),
    matches: (event: SimEvent, truth: Truth) => truth.hosts.includes(event.host),
    minutes: [90, 300],
  },
  {
    kind: 'customer silent',
    needs: ['customer'],
    part: (world: World) => ({
      customers: [present(world.customers[world.random.whole(0, 2)]).name],
    }),
    matches: (event: SimEvent, truth: Truth) => truth.customers.includes(event.customer ?? ''),
    minutes: [180, 600],
  },
  {
    kind: 'route silent',
    needs: ['route'],
    part: (world: World) => ({ services: [main(world).name], routes: [someRoute(world)] }),
    matches: (event: SimEvent, truth: Truth) =>
      truth.routes.includes(event.route) && truth.services.includes(event.service),
    minutes: [120, 400],
  },
  {
    kind: 'service silent',
    needs: ['service'],
    part: (world: World) => ({ services: [main(world).name] }),
    matches: (event: SimEvent, truth: Truth) => truth.services.includes(event.service),
    minutes: [45, 200],
  },
  {
    kind: 'nothing came at all',
    part: () => ({}),
    matches: () => true,
    minutes: [45, 200],
  },
];

const silences = allSilences.map((silence): Kind => [silence.kind, silent(silence), silence.needs]);

function zoneSilent(world: World): void {
  const zone = world.zones[0];
  const service = main(world);
  const hosts =
    zone === undefined
      ? service.hosts
      : service.lives.filter((life) => life.zone === zone).map(({ host }) => host);
  const window = windowOf(world, 60, 200);
  const part = { services: [service.name], zones: zone === undefined ? [] : [zone] };
  const incident = addTruth(world, 'zone silent', window, { ...part, counted: false });
  world.effects.push({
    ...window,
    incident,
    change: (event) => (hosts.includes(event.host) ? 'drop' : false),
  });
}

function errorOn200(world: World): void {
  const window = windowOf(world, 60, 300);
  const service = main(world).name;
  const route = someRoute(world);
  const incident = addTruth(world, 'error text on 200', window, {
    services: [service],
    routes: [route],
  });
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      const hit = event.service === service && event.route === route && random.unit() < 0.6;
      if (!hit || event.status >= 400) return false;
      event.error = 'partial write';
      return true;
    },
  });
}

function emptySuccess(world: World): void {
  const window = windowOf(world, 60, 300);
  const service = main(world).name;
  const hosts = someHosts(world, 2);
  const incident = addTruth(world, 'empty success', window, { services: [service], hosts });
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (event.service !== service || !hosts.includes(event.host)) return false;
      if (event.status >= 400 || event.route === '/healthz') return false;
      event.bytes = 0;
      return true;
    },
  });
}

function slow(kind: string, part: (world: World) => Part, factor: number): Plant {
  return (world) => {
    const window = windowOf(world, 120, 400);
    const chosen = part(world);
    const incident = addTruth(world, kind, window, {
      services: [main(world).name],
      counted: false,
      ...chosen,
    });
    const { hosts, routes, services } = present(world.truths[incident]);
    world.effects.push({
      ...window,
      incident,
      change: (event) => {
        if (!services.includes(event.service)) return false;
        if (hosts.length > 0 && !hosts.includes(event.host)) return false;
        if (routes.length > 0 && !routes.includes(event.route)) return false;
        event.durationMs = Math.round((event.durationMs ?? 0) * factor * 1000) / 1000;
        return true;
      },
    });
  };
}

/** From nothing to nearly everything over hours. */
function leak(kind: string): Plant {
  return (world) => {
    const window = windowOf(world, 480, 900);
    const service = main(world).name;
    const hosts = someHosts(world, world.random.whole(1, 2));
    const incident = addTruth(world, kind, window, { services: [service], hosts });
    world.effects.push({
      ...window,
      incident,
      change: (event, random) => {
        if (event.service !== service || !hosts.includes(event.host)) return false;
        if (event.route === '/healthz') return false;
        const passed = (event.minute - window.from) / (window.to - window.from);
        return random.unit() < 0.9 * passed * passed && fail(event, 500, 'out of memory');
      },
    });
  };
}

function nullSurge(world: World): void {
  const window = windowOf(world, 90, 400);
  const service = main(world).name;
  const hosts = someHosts(world, 3);
  const incident = addTruth(world, 'null surge', window, { services: [service], hosts });
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (event.service !== service || !hosts.includes(event.host)) return false;
      event.durationMs = null;
      return true;
    },
  });
}

function flapping(world: World): void {
  const window = windowOf(world, 180, 360);
  const service = main(world).name;
  const hosts = someHosts(world, 1);
  const incident = addTruth(world, 'flapping host', window, { services: [service], hosts });
  const period = world.random.whole(15, 30);
  const to = window.from + period * (2 * Math.floor((window.to - window.from) / (2 * period)) + 1);
  world.truths[incident] = { ...present(world.truths[incident]), to };
  world.effects.push({
    from: window.from,
    to,
    incident,
    change: (event) => {
      const isOn = Math.floor((event.minute - window.from) / period) % 2 === 0;
      if (!isOn || event.service !== service || !hosts.includes(event.host)) return false;
      return event.route !== '/healthz' && fail(event, 502, 'connection reset');
    },
  });
}

/** Hosts that live for minutes, fail, and are replaced by the next. */
function crashLoop(world: World): void {
  const window = windowOf(world, 60, 150);
  const service = main(world);
  const hosts: string[] = [];
  const { version, zone } = present(service.lives[0]);
  for (let at = window.from; at < window.to; at += 6) {
    const host = `${service.name}-${world.random.whole(0x1000, 0xffff).toString(16)}-loop`;
    hosts.push(host);
    service.lives.push({
      host,
      zone,
      version,
      from: at,
      to: Math.min(window.to, at + 6),
      share: 1.5,
    });
  }
  const incident = addTruth(world, 'short-lived hosts', window, {
    services: [service.name],
    hosts,
  });
  plantFailing(world, window, incident, {
    matches: (event) => event.host.endsWith('-loop'),
    rate: 0.7,
    status: 503,
    error: 'warming up',
  });
}

function mixShift(world: World): void {
  const window = windowOf(world, 120, 480);
  const service = main(world).name;
  const route = someRoute(world);
  const incident = addTruth(world, 'status mix shift', window, {
    services: [service],
    routes: [route],
  });
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && event.route === route,
    rate: 0.25,
    status: world.random.pick([409, 401, 422]),
    error: 'version conflict',
  });
}

function clockSkew(world: World): void {
  const window = windowOf(world, 200, 600);
  const service = main(world).name;
  const hosts = someHosts(world, 1);
  const shiftMinutes = 25;
  const incident = addTruth(world, 'clock skew', window, {
    services: [service],
    hosts,
    counted: false,
    shiftMinutes,
  });
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (!hosts.includes(event.host)) return false;
      event.atMs += shiftMinutes * 60_000;
      return true;
    },
  });
}

function newError(world: World): void {
  const window = windowOf(world, 120, 480);
  const service = main(world).name;
  const incident = addTruth(world, 'new error text', window, { services: [service] });
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      if (event.service !== service || event.route === '/healthz') return false;
      return random.unit() < 0.05 && fail(event, 500, 'certificate expired');
    },
  });
}

/** Good answers turn into redirects. */
function redirects(world: World): void {
  const window = windowOf(world, 60, 300);
  const service = main(world).name;
  const route = someRoute(world);
  const incident = addTruth(world, 'redirects', window, { services: [service], routes: [route] });
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      const isOurs = event.service === service && event.route === route && event.status === 200;
      if (!isOurs || random.unit() >= 0.7) return false;
      event.status = 302;
      return true;
    },
  });
}

/** The status stays good; a column of its own says that it was not. */
function hiddenOutcome(world: World): void {
  const window = windowOf(world, 60, 300);
  const service = main(world).name;
  const hosts = someHosts(world, 2);
  const incident = addTruth(world, 'outcome says so', window, { services: [service], hosts });
  world.decorate = (event) => {
    event.more.outcome = event.status >= 400 ? 'failure' : 'ok';
  };
  world.effects.push({
    ...window,
    incident,
    change: (event, random) => {
      const isOurs = event.service === service && hosts.includes(event.host);
      if (!isOurs || event.status >= 400 || random.unit() >= 0.7) return false;
      event.more.outcome = 'failure';
      return true;
    },
  });
}

/** One code grows under the noise of others. */
function underNoise(world: World): void {
  const window = windowOf(world, 120, 400);
  const service = main(world).name;
  const hosts = someHosts(world, 2);
  world.effects.push({
    from: 0,
    to: world.minutes,
    incident: null,
    change: (event, random) => {
      if (event.status < 400 && random.unit() < 0.08) event.status = 422;
      return false;
    },
  });
  const incident = addTruth(world, 'under noise', window, { services: [service], hosts });
  plantFailing(world, window, incident, {
    matches: (event) => event.service === service && hosts.includes(event.host),
    rate: 0.25,
    status: 500,
    error: 'lock timeout',
  });
}

/** A second time of each event gives the wrong clock away. */
function skewReceived(world: World): void {
  const window = windowOf(world, 200, 600);
  const service = main(world).name;
  const hosts = someHosts(world, 1);
  const part = { services: [service], hosts, counted: false };
  const incident = addTruth(world, 'clock skew, received at', window, part);
  world.decorate = (event) => {
    event.more.received_at = new Date(world.startMs + event.atMs + 700).toISOString();
  };
  world.effects.push({
    ...window,
    incident,
    change: (event) => {
      if (!hosts.includes(event.host)) return false;
      event.atMs += 4 * 60_000;
      return true;
    },
  });
}

/** Two different ones, days apart. */
function two(first: Plant, second: Plant): Plant {
  return (world) => {
    first(world);
    second(world);
  };
}

export const incidents: readonly Kind[] = [
  ['new hosts on a bad build', badBuild],
  ['host failing', hostsFailing('host failing', 1, [1, 1])],
  ['host failing 30 %', hostsFailing('host failing 30 %', 0.3, [1, 1])],
  ['host failing 10 %', hostsFailing('host failing 10 %', 0.1, [1, 1])],
  ['hosts failing', hostsFailing('hosts failing', 0.9, [2, 4])],
  ['hosts failing 30 %', hostsFailing('hosts failing 30 %', 0.3, [2, 4])],
  ['customer failing', customerFailing('customer failing', 1), ['customer']],
  ['customer failing 30 %', customerFailing('customer failing 30 %', 0.3), ['customer']],
  ['route failing', routeFailing('route failing', 0.95), ['route']],
  ['route failing 30 %', routeFailing('route failing 30 %', 0.3), ['route']],
  ['route failing 10 %', routeFailing('route failing 10 %', 0.1, 180), ['route']],
  ['zone failing 40 %', zoneFailing, ['zone']],
  ['bad version, taken back', badVersion('bad version, taken back', false, 0.6), ['version']],
  ['version on one route', badVersion('version on one route', true, 0.8), ['version', 'route']],
  ['failing canary', failingCanary],
  ['customer on one route', customerRoute, ['customer', 'route']],
  ['whole service 60 %', wholeService('whole service 60 %', 0.6, [20, 120]), ['service']],
  ['short outage', wholeService('short outage', 1, [6, 15]), ['service']],
  ['black hole host', blackHole],
  ...silences,
  ['status mix shift', mixShift, ['route', 'http']],
  ['error text on 200', errorOn200, ['route', 'error']],
  ['empty success', emptySuccess],
  ['host slow', slow('host slow', (world) => ({ hosts: someHosts(world, 1) }), 4)],
  ['route slow', slow('route slow', (world) => ({ routes: [someRoute(world)] }), 3), ['route']],
  ['gradual leak', leak('gradual leak')],
  ['null surge', nullSurge],
  ['flapping host', flapping],
  ['short-lived hosts', crashLoop],
  ['clock skew', clockSkew],
  ['clock skew, received at', skewReceived, ['service']],
  ['redirects', redirects, ['route', 'http']],
  ['outcome says so', hiddenOutcome],
  ['under noise', underNoise, ['http']],
  ['zone silent', zoneSilent, ['zone']],
  ['new error text', newError, ['error']],
  ['two at different times', two(badBuild, routeFailing('route failing', 0.8)), ['route']],
];
