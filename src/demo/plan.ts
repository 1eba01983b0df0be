/** Who runs what and when: deploys, canaries, autoscaling, busy customers, and the incident. */
import {
  demoDates,
  demoMinutes,
  minuteOf,
  minutesPerDay,
  twoDigits,
  weekdayOf,
} from './calendar.js';
import { type Service, services } from './fleet.js';
import { type Random, randomStream } from './random.js';

/** **Units** minutes since the start of the demo, half-open. */
export interface MinuteRange {
  readonly start: number;
  readonly end: number;
}

export type TransitionKind = 'rollout' | 'canary' | 'rolled back' | 'blue/green';

/** A version that came in as it should. */
export interface Transition extends MinuteRange {
  readonly kind: TransitionKind;
  readonly service: string;
  readonly version: string;
  readonly from: string;
  readonly hosts: readonly string[];
}

/** From this minute on the host runs this version; null means that it is down. */
export interface HostChange {
  readonly minute: number;
  readonly service: string;
  readonly host: string;
  readonly version: string | null;
}

/** A customer that sends far more than usual for a while. */
export interface Burst extends MinuteRange {
  readonly customer: number;
  readonly share: number;
}

export interface Incident extends MinuteRange {
  readonly service: 'api';
  readonly hosts: readonly string[];
  readonly version: string;
  readonly fleetVersion: string;
  /** Until here the hosts answer 500, from here on 401. */
  readonly rejectingFrom: number;
}

export interface Plan {
  /** Oldest first. */
  readonly changes: readonly HostChange[];
  readonly transitions: readonly Transition[];
  readonly bursts: readonly Burst[];
}

/**
 * Two minutes of 500 at a tenth of the traffic burn 11 times the budget over an hour: under the
 * 14.4 that pages. A 401 burns nothing, since the objective does not count it.
 */
export const incident: Incident = Object.freeze({
  service: 'api',
  hosts: Object.freeze(['api-37', 'api-38', 'api-39', 'api-40']),
  version: 'build-31904',
  fleetVersion: 'build-31877',
  start: minuteOf('2020-04-16', 14, 12),
  rejectingFrom: minuteOf('2020-04-16', 14, 14),
  end: minuteOf('2020-04-16', 15, 45),
});

interface Deploy {
  readonly kind: 'rollout' | 'rolled back' | 'blue/green';
  /** When the first host switches. */
  readonly minute: number;
  readonly lengthMinutes: number;
  /** How long a few hosts try the version before. */
  readonly canaryMinutes: number;
}

/** The deploys that the story needs; no others happen on the quiet days around them. */
const fixedDeploys: Readonly<Record<string, readonly Deploy[]>> = {
  api: [
    deploy('rolled back', minuteOf('2020-03-18', 10, 20), 70, 0),
    deploy('rollout', minuteOf('2020-04-14', 9, 30), 32, 95),
    deploy('rollout', minuteOf('2020-04-16', 17, 0), 38, 0),
  ],
  billing: [deploy('blue/green', minuteOf('2020-03-24', 9, 0), 390, 0)],
};
const quietDays: Readonly<Record<string, readonly string[]>> = {
  api: ['2020-03-18', '2020-04-14', '2020-04-15', '2020-04-16'],
  billing: ['2020-03-24'],
};

function deploy(
  kind: Deploy['kind'],
  minute: number,
  lengthMinutes: number,
  canaryMinutes: number,
): Deploy {
  return { kind, minute, lengthMinutes, canaryMinutes };
}

function deploysOf(service: string, chance: number, random: Random): readonly Deploy[] {
  const drawn: Deploy[] = [];
  const quiet = quietDays[service] ?? [];
  demoDates.forEach((date, day) => {
    const wanted = random.unit() < chance;
    const minute = day * minutesPerDay + 9 * 60 + random.below(7 * 60);
    const lengthMinutes = 20 + random.below(21);
    const canaryMinutes = random.unit() < 0.4 ? 60 + random.below(90) : 0;
    if (!wanted || day === 0 || weekdayOf(minute) > 4 || quiet.includes(date)) return;
    drawn.push(deploy('rollout', minute, lengthMinutes, canaryMinutes));
  });
  const all = [...drawn, ...(fixedDeploys[service] ?? [])];
  return all.sort((left, right) => left.minute - right.minute);
}

/** Builds are numbered by one pipeline, about one every two hours. */
function buildAt(minute: number, taken: Set<number>): string {
  const anchor = minuteOf('2020-04-14', 9, 30);
  const first = 31_877;
  const span = minuteOf('2020-04-16', 17, 0) - anchor;
  let build = first + Math.floor(((minute - anchor) * (31_904 - first)) / span);
  while (taken.has(build)) build += 1;
  taken.add(build);
  return `build-${build}`;
}

function baseHosts(service: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${service}-${twoDigits(index + 1)}`);
}

interface Draft {
  readonly changes: HostChange[];
  readonly transitions: Transition[];
}

/** A service while its deploys are planned, one after the other. */
interface Rolling {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly version: string;
}

function planService(service: Service, random: Random, taken: Set<number>, draft: Draft): void {
  const { name } = service;
  const change: Change = (minute, host, version) => {
    draft.changes.push({ minute, service: name, host, version });
  };
  const extra = name === 'api' ? autoscaledHosts(random) : [];
  let rolling: Rolling = {
    name,
    hosts: baseHosts(name, service.hosts),
    version: buildAt(-600, taken),
  };
  const starts = [{ minute: 0, version: rolling.version }];
  for (const host of rolling.hosts) change(0, host, rolling.version);
  for (const step of deploysOf(name, service.deployChance, random)) {
    const version = buildAt(step.minute, taken);
    if (step.kind === 'rolled back') planTrial(rolling, step, version, change, draft);
    else if (step.kind === 'blue/green') {
      rolling = planBlueGreen(rolling, step, version, change, draft);
    } else {
      const alive = extra.filter(
        ({ start, end }) => start < step.minute && end > step.minute + step.lengthMinutes,
      );
      const joined = alive.map(({ host }) => host);
      planRollout(rolling, { step, version, joined }, random, change, draft);
      starts.push({ minute: step.minute, version });
      rolling = { ...rolling, version };
    }
  }
  for (const { host, start, end } of extra) {
    const current = starts.filter(({ minute }) => minute <= start).at(-1);
    change(start, host, current?.version ?? rolling.version);
    change(end, host, null);
  }
}

function planTrial(
  rolling: Rolling,
  { minute: start, lengthMinutes }: Deploy,
  version: string,
  change: Change,
  draft: Draft,
): void {
  const { name: service, version: from } = rolling;
  const hosts = rolling.hosts.slice(4, 6);
  const end = start + lengthMinutes;
  for (const host of hosts) restart(change, host, start, version);
  for (const host of hosts) restart(change, host, end, from);
  draft.transitions.push({ kind: 'rolled back', service, version, from, start, end, hosts });
}

function planBlueGreen(
  rolling: Rolling,
  { minute: start, lengthMinutes }: Deploy,
  version: string,
  change: Change,
  draft: Draft,
): Rolling {
  const { name: service, version: from } = rolling;
  const count = rolling.hosts.length;
  const hosts = rolling.hosts.map((_, at) => `${service}-${twoDigits(count + at + 1)}`);
  const end = start + lengthMinutes;
  for (const host of hosts) change(start, host, version);
  for (const host of rolling.hosts) change(end, host, null);
  draft.transitions.push({ kind: 'blue/green', service, version, from, start, end, hosts });
  return { name: service, hosts, version };
}

function planRollout(
  rolling: Rolling,
  what: { readonly step: Deploy; readonly version: string; readonly joined: readonly string[] },
  random: Random,
  change: Change,
  draft: Draft,
): void {
  const { name: service, version: from } = rolling;
  const { version } = what;
  const { minute, lengthMinutes, canaryMinutes } = what.step;
  const canaryCount = rolling.hosts.length > 8 ? 2 : 1;
  const canaries = canaryMinutes > 0 ? rolling.hosts.slice(0, canaryCount) : [];
  const common = { service, version, from };
  if (canaries.length > 0) {
    const start = minute - canaryMinutes;
    for (const host of canaries) restart(change, host, start, version);
    draft.transitions.push({ kind: 'canary', ...common, start, end: minute, hosts: canaries });
  }
  const rest = [...rolling.hosts.slice(canaries.length), ...what.joined];
  shuffle(rest, random).forEach((host, at) => {
    restart(change, host, minute + Math.floor((lengthMinutes * at) / rest.length), version);
  });
  draft.transitions.push({
    kind: 'rollout',
    ...common,
    start: minute,
    end: minute + lengthMinutes,
    hosts: [...canaries, ...rest].sort(),
  });
}

type Change = (minute: number, host: string, to: string | null) => void;

function restart(change: Change, host: string, minute: number, to: string): void {
  change(minute, host, null);
  change(minute + 1, host, to);
}

function shuffle<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .sort((left, right) => left.key - right.key)
    .map(({ item }) => item);
}

interface Lifetime extends MinuteRange {
  readonly host: string;
}

/** Extra hosts for the busy hours of a weekday; the names of one day come back on the next. */
function autoscaledHosts(random: Random): readonly Lifetime[] {
  return demoDates.flatMap((date, day) => {
    const wanted = weekdayOf(day * minutesPerDay) < 5 ? 2 + random.below(5) : random.below(2);
    const opens = date === '2020-04-16' ? 18 * 60 + 30 : 15 * 60 + 30;
    return Array.from({ length: wanted }, (_, index) => ({
      host: `api-${41 + index}`,
      start: day * minutesPerDay + opens + random.below(100),
      end: day * minutesPerDay + 22 * 60 + random.below(110),
    }));
  });
}

/** About one burst every two days, never around the incident. */
function planBursts(random: Random): readonly Burst[] {
  return Array.from({ length: 30 }, (_, index) => {
    const start = index * 2 * minutesPerDay + random.below(2 * minutesPerDay - 120);
    const end = start + 20 + random.below(60);
    return { start, end, customer: random.below(12), share: 0.1 + 0.2 * random.unit() };
  }).filter(({ start, end }) => end < incident.start - 60 || start > incident.end + 60);
}

/** The same seed gives the same plan, whatever the number of events. */
export function planDemo(seed: number): Plan {
  const draft: Draft = { changes: [], transitions: [] };
  const taken = new Set<number>();
  services.forEach((service, index) => {
    planService(service, randomStream(seed, 1 + index), taken, draft);
  });
  const changes = draft.changes
    .filter(({ minute }) => minute < demoMinutes)
    .map((change, order) => ({ change, order }))
    .sort((left, right) => left.change.minute - right.change.minute || left.order - right.order)
    .map(({ change }) => change);
  const transitions = draft.transitions.sort((left, right) => left.start - right.start);
  return Object.freeze({
    changes: Object.freeze(changes),
    transitions: Object.freeze(transitions),
    bursts: Object.freeze(planBursts(randomStream(seed, 9))),
  });
}
