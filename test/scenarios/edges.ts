/** Worlds at the edges: trouble where data begins or ends, shared names, names that do not last. */
import {
  addTruth,
  type Kind,
  main,
  type Plant,
  plantFailing,
  someHosts,
  windowOf,
} from './plant.js';
import {
  hourMinutes,
  type Life,
  present,
  type SimService,
  versionName,
  type World,
} from './world.js';

interface HostTrouble {
  readonly from: number;
  readonly to: number;
  readonly hosts: readonly string[];
  readonly rate: number;
  readonly status: number;
  readonly error: string;
}

function hostsFail(world: World, kind: string, trouble: HostTrouble): void {
  const { hosts, from, to } = trouble;
  const service = main(world).name;
  const incident = addTruth(world, kind, { from, to }, { services: [service], hosts });
  plantFailing(world, { from, to }, incident, {
    ...trouble,
    matches: (event) => event.service === service && hosts.includes(event.host),
  });
}

const diskFull = { rate: 0.8, status: 500, error: 'disk full' };

function fromTheStart(world: World): void {
  const to = world.random.whole(90, 240);
  hostsFail(world, 'from the first minute', {
    ...diskFull,
    from: 0,
    to,
    hosts: someHosts(world, 2),
  });
}

function untilTheEnd(world: World): void {
  const from = world.minutes - world.random.whole(90, 240);
  hostsFail(world, 'until the last minute', {
    ...diskFull,
    from,
    to: world.minutes,
    hosts: someHosts(world, 2),
  });
}

/** Two hosts fail in their own ways, one a while after the other. */
function twoAtOnce(world: World): void {
  const { from, to } = windowOf(world, 120, 300);
  const { hosts } = main(world);
  const later = Math.floor((to - from) / 2);
  hostsFail(world, 'the first of two', {
    ...diskFull,
    from,
    to,
    hosts: [present(hosts[0])],
  });
  hostsFail(world, 'the second of two', {
    from: from + later,
    to: to + later,
    hosts: [present(hosts.at(-1))],
    rate: 0.9,
    status: 403,
    error: 'clock out of sync',
  });
}

/** What both of them call is away. */
function twoServices(world: World): void {
  const window = windowOf(world, 30, 120);
  const services = world.services.slice(0, 2).map(({ name }) => name);
  const incident = addTruth(world, 'two services at once', window, { services });
  plantFailing(world, window, incident, {
    matches: (event) => services.includes(event.service),
    rate: 0.5,
    status: 503,
    error: 'cache unreachable',
  });
}

/** The same machines serve two services; one of them fails on one machine. */
function sharedNames(world: World): void {
  const { hosts } = main(world);
  const other = world.services[1];
  if (other !== undefined) {
    const lives = other.lives.splice(0);
    lives.forEach((life, index) => {
      other.lives.push({ ...life, host: hosts[index % hosts.length] ?? life.host });
    });
  }
  const window = windowOf(world, 90, 240);
  hostsFail(world, 'one service of a shared host', {
    ...diskFull,
    ...window,
    hosts: [present(hosts[0])],
  });
}

/** New names with every deploy, one or two a day. */
function renamed(world: World, service: SimService): void {
  for (let at = 300; at < world.minutes - 300; at += world.random.whole(700, 1_400)) {
    const version = versionName(world.random);
    const generation = world.random.whole(0x100000, 0xffffff).toString(16);
    const lives = service.lives.splice(0);
    let replaced = 0;
    lives.forEach((life, index) => {
      const turn = at + Math.floor(replaced / 2);
      if (life.to <= turn || life.from >= turn) service.lives.push(life);
      else {
        replaced += 1;
        const host = `${service.name}-${generation}-${index}x`;
        service.lives.push({ ...life, to: turn }, { ...life, host, version, from: turn });
      }
    });
  }
}

function renamedPods(world: World): void {
  renamed(world, main(world));
}

function onePodFails(world: World): void {
  const service = main(world);
  renamed(world, service);
  const lasting = service.lives.filter(
    ({ from, to }) => to - from > 420 && from > world.minutes / 4,
  );
  const life: Life = present(lasting[world.random.whole(0, lasting.length - 1)]);
  const from = life.from + world.random.whole(60, 120);
  hostsFail(world, 'one of the renamed pods', {
    ...diskFull,
    from,
    to: from + world.random.whole(90, 240),
    hosts: [life.host],
  });
}

/** Sampled more or less from hour to hour, as load demands. */
function samplingVaries(world: World): void {
  const rates = Array.from({ length: Math.ceil(world.minutes / hourMinutes) }, () =>
    world.random.pick([1, 2, 5, 10]),
  );
  world.sampling = (minute) => rates[Math.floor(minute / hourMinutes)] ?? 1;
}

function failingWhileSampled(world: World): void {
  samplingVaries(world);
  hostsFail(world, 'failing under varying sampling', {
    ...diskFull,
    ...windowOf(world, 120, 360),
    hosts: someHosts(world, 1),
  });
}

/** Taken out at once for some hours; the others take over what it had. */
function drainedAtOnce(world: World): void {
  const { from, to } = windowOf(world, 90, 300);
  const service = main(world);
  const [host] = someHosts(world, 1);
  const lives = service.lives.splice(0);
  for (const life of lives) {
    if (life.host !== host) service.lives.push(life);
    else service.lives.push({ ...life, to: from }, { ...life, from: to });
  }
}

/** Hosts that come and go under the same names, at no hour in particular. */
function scaledByLoad(world: World): void {
  const service = main(world);
  const lives = service.lives.splice(0);
  const kept = Math.ceil(lives.length / 2);
  lives.forEach((life, index) => {
    if (index < kept) service.lives.push(life);
    else {
      let at = world.random.whole(0, 300);
      while (at < world.minutes) {
        const until = at + world.random.whole(200, 600);
        service.lives.push({ ...life, from: at, to: Math.min(until, world.minutes) });
        at = until + world.random.whole(60, 400);
      }
    }
  });
}

const both = (first: Plant, second: Plant): Plant => {
  return (world) => {
    first(world);
    second(world);
  };
};

export const edges: readonly Kind[] = [
  ['from the first minute', fromTheStart],
  ['until the last minute', untilTheEnd],
  ['two at once', twoAtOnce],
  ['two services at once', twoServices, ['service']],
  ['one service of a shared host', sharedNames, ['service']],
  ['one of the renamed pods', onePodFails],
  ['failing under varying sampling', failingWhileSampled],
  ['renamed pods', renamedPods],
  ['sampling varies', samplingVaries],
  ['drained at once', drainedAtOnce],
  ['scaled by load', scaledByLoad],
  ['renamed pods, sampling varies', both(renamedPods, samplingVaries)],
];
