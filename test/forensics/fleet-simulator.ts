/** Random fleets of a known truth: what a report must name, and what it must not. Seeded. */
import { fleet, names, type Run, rolling } from './fleet-scene.js';

/** **Units** minutes, half-open. */
export interface Named {
  readonly hosts: readonly string[];
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

export interface Simulation {
  readonly runs: readonly Run[];
  readonly named: readonly Named[];
}

export type Random = (from: number, to: number) => number;

const hour = 60;
const day = 24 * hour;

/** Whole numbers, both ends included. **Source** mulberry32, public domain. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (from, to) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return from + (((mixed ^ (mixed >>> 14)) >>> 0) % (to - from + 1));
  };
}

/** Failing hosts fail most of the time, with a status the rule counts or one that it does not. */
function failing(random: Random): Partial<Run> {
  return { statuses: random(0, 1) === 0 ? [500, 200] : [401, 401, 500] };
}

type Scenario = (random: Random) => Simulation;

function healthy(runs: readonly Run[]): Simulation {
  return { runs, named: [] };
}

function rollout(minutes: readonly [number, number]): Scenario {
  return (random) => {
    const hosts = names('h', random(5, 30));
    const start = random(3 * hour, 10 * hour);
    const times = { from: 0, start, end: start + random(...minutes), to: 2 * day };
    return healthy(rolling(hosts, ['a', 'b'], times));
  };
}

function newHosts(random: Random): Simulation {
  const [count, from] = [random(1, 4), random(5 * hour, 12 * hour)];
  const to = from + random(30, 6 * hour);
  const hosts = names('new', count);
  return {
    runs: [
      ...fleet(names('h', random(8, 30)), 'a', 0, day),
      ...fleet(hosts, 'b', from, to, failing(random)),
    ],
    named: [{ hosts, version: 'b', from, to }],
  };
}

function straggler(random: Random): Simulation {
  const hosts = names('h', random(6, 30));
  const late = hosts.slice(0, random(1, 2));
  const start = random(3 * hour, 8 * hour);
  const to = start + random(5 * hour, 12 * hour);
  const moved = hosts.slice(late.length);
  const length = moved.length;
  const half = Math.floor(hosts.length / 2);
  const lead = start + Math.floor((40 * half) / length) + 1;
  return {
    runs: [
      ...rolling(moved, ['a', 'b'], { from: 0, start, end: start + 40, to: day }),
      ...fleet(late, 'a', 0, to),
      ...fleet(late, 'b', to + 1, day),
    ],
    named: [{ hosts: late, version: 'a', from: lead, to }],
  };
}

function oldImage(random: Random): Simulation {
  const start = random(2 * hour, 4 * hour);
  const from = start + random(6 * hour, 9 * hour);
  const to = from + random(90, 5 * hour);
  const hosts = names('scaled', random(1, 3));
  const fleetHosts = names('h', random(8, 30));
  return {
    runs: [
      ...rolling(fleetHosts, ['a', 'b'], { from: 0, start, end: start + 30, to: day }),
      ...fleet(hosts, 'a', from, to),
    ],
    named: [{ hosts, version: 'a', from, to }],
  };
}

/** New hosts that fail, while others come and go and every host sends only now and then. */
function noisyNewHosts(random: Random): Simulation {
  const [count, from] = [random(2, 4), random(6 * hour, 12 * hour)];
  const to = from + random(90, 6 * hour);
  const hosts = names('new', count);
  const old = names('h', random(8, 20)).map(
    (host, index): Run => ({
      host,
      version: 'a',
      from: 0,
      to: day,
      every: random(1, 4),
      statuses: index % 3 === 0 ? [200, 200, 404, 200, 500, 200, 200, 200, 200, 200] : [200],
    }),
  );
  const { runs } = churn(random);
  const scaled = runs.filter(({ host }) => host.startsWith('scaled'));
  return {
    runs: [...old, ...scaled, ...fleet(hosts, 'b', from, to, failing(random))],
    named: [{ hosts, version: 'b', from, to }],
  };
}

/** One after the other: a rollout, hosts on the version before it, new hosts ahead of the next. */
function twoAtOnce(random: Random): Simulation {
  const start = random(2 * hour, 4 * hour);
  const back = start + random(5 * hour, 7 * hour);
  const ahead = start + random(8 * hour, 10 * hour);
  const [behind, early] = [names('old', random(1, 2)), names('early', random(1, 2))];
  const fleetHosts = names('h', random(10, 20));
  return {
    runs: [
      ...rolling(fleetHosts, ['a', 'b'], { from: 0, start, end: start + 30, to: day }),
      ...fleet(behind, 'a', back, back + 3 * hour),
      ...fleet(early, 'c', ahead, ahead + 2 * hour, failing(random)),
    ],
    named: [
      { hosts: behind, version: 'a', from: back, to: back + 3 * hour },
      { hosts: early, version: 'c', from: ahead, to: ahead + 2 * hour },
    ],
  };
}

/** Two processes on each host with versions of their own: that is no change of version. */
function sideBySide(random: Random): Simulation {
  const hosts = names('h', random(3, 10));
  return healthy([
    ...fleet(hosts, 'a', 0, day),
    ...fleet(hosts, 'agent', 0, day, { every: random(1, 3) }),
  ]);
}

function failingCanary(random: Random): Simulation {
  const hosts = names('h', random(10, 30));
  const chosen = hosts.slice(0, random(1, 2));
  const from = random(4 * hour, 12 * hour);
  const to = from + random(30, 200);
  return {
    runs: [
      ...fleet(hosts.slice(chosen.length), 'a', 0, day),
      ...fleet(chosen, 'a', 0, from - 1),
      ...fleet(chosen, 'b', from, to, failing(random)),
      ...fleet(chosen, 'a', to + 1, day),
    ],
    named: [{ hosts: chosen, version: 'b', from, to }],
  };
}

function everyHour(random: Random): Simulation {
  const hosts = names('h', random(4, 12));
  const runs = hosts.flatMap((host, index) =>
    Array.from({ length: 20 }, (_, turn): Run => {
      const from = turn === 0 ? 0 : turn * hour + index;
      return { host, version: `ci-${turn}`, from, to: (turn + 1) * hour + index - 1 };
    }),
  );
  return healthy(runs);
}

function blueGreen(random: Random): Simulation {
  const count = random(3, 12);
  const start = random(4 * hour, 8 * hour);
  const over = random(hour, 8 * hour);
  return healthy([
    ...fleet(names('blue', count), 'a', 0, start + over),
    ...fleet(names('green', count), 'b', start, 2 * day),
  ]);
}

function twoServices(random: Random): Simulation {
  const of = (service: string, version: string) =>
    fleet(names(service, random(3, 12)), version, 0, day, { service });
  return healthy([...of('api', 'a'), ...of('web', 'w7'), ...of('job', 'x')]);
}

function weekends(random: Random): Simulation {
  const hosts = names('h', random(4, 10));
  const weeks = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
  const changed = random(3, 7);
  return healthy(
    weeks.flatMap((at, index) =>
      fleet(hosts, index < changed ? 'a' : 'b', at * day + 8 * hour, at * day + 18 * hour, {
        every: 5,
      }),
    ),
  );
}

function trial(random: Random): Simulation {
  const hosts = names('h', random(10, 30));
  const chosen = hosts.slice(0, random(1, 2));
  const from = random(4 * hour, 12 * hour);
  const to = from + random(30, 230);
  return healthy([
    ...fleet(hosts.slice(chosen.length), 'a', 0, day),
    ...fleet(chosen, 'a', 0, from - 1),
    ...fleet(chosen, 'b', from, to),
    ...fleet(chosen, 'a', to + 1, day),
  ]);
}

function churn(random: Random): Simulation {
  const scaled = Array.from({ length: 12 }, (_, index): Run => {
    const from = random(hour, 20 * hour);
    return { host: `scaled-${index}`, version: 'a', from, to: from + random(10, 200) };
  });
  return healthy([...fleet(names('h', random(4, 10)), 'a', 0, day), ...scaled]);
}

function allFailing(random: Random): Simulation {
  const hosts = names('h', random(1, 12));
  return healthy(fleet(hosts, 'a', 0, random(1, 20) * hour, { statuses: [500] }));
}

function slowTwelve(random: Random): Simulation {
  const hosts = names('h', random(3, 30));
  const start = random(3 * hour, 10 * hour);
  return healthy(
    rolling(hosts, ['a', 'b'], { from: 0, start, end: start + 12 * hour, to: 2 * day }),
  );
}

function replacedHosts(random: Random): Simulation {
  const count = random(4, 15);
  return healthy(
    Array.from({ length: 5 }, (_, turn) =>
      fleet(names(`p${turn}`, count), `v${turn}`, turn * 5 * hour, (turn + 1) * 5 * hour + 12),
    ).flat(),
  );
}

function restarts(random: Random): Simulation {
  const runs = names('h', random(5, 12)).flatMap((host): readonly Run[] => {
    const at = random(hour, 20 * hour);
    const away = random(1, 90);
    return [
      { host, version: 'a', from: 0, to: at },
      { host, version: 'a', from: at + away, to: day },
    ];
  });
  return healthy(runs);
}

export const scenarios: readonly (readonly [string, Scenario])[] = [
  ['new hosts on a newer build, failing', newHosts],
  ['stragglers for 5 to 12 hours', straggler],
  ['scaled up with an old image', oldImage],
  ['new hosts on a newer build, in a noisy fleet', noisyNewHosts],
  ['old image and newer build on one day', twoAtOnce],
  ['failing canary, taken back', failingCanary],
  ['rollout within 2 hours', rollout([5, 2 * hour])],
  ['rollout of 2 to 8 hours', rollout([2 * hour, 8 * hour])],
  ['rollout of 12 hours', slowTwelve],
  ['rollout by new hosts', replacedHosts],
  ['blue and green, 1 to 8 hours', blueGreen],
  ['healthy canary, taken back', trial],
  ['a new version every hour', everyHour],
  ['two services, two versions', twoServices],
  ['nights and weekends without events', weekends],
  ['hosts that come and go', churn],
  ['restarts', restarts],
  ['two processes on each host', sideBySide],
  ['all failing, one version', allFailing],
];
