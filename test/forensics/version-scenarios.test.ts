/** What is a version mismatch and what is not: one small fleet for each case. */
import { describe, expect, it } from 'vitest';
import { fleet, minute, names, origin, type Run, reportOfScene, rolling } from './fleet-scene.js';

const ten = names('api', 10);
const nine = ten.slice(0, 9);
const eight = ten.slice(0, 8);
const five = ten.slice(0, 5);
const two = ten.slice(8);
const hour = 60;
const day = 24 * hour;

/** `kind hosts version start-end`, in minutes of the scene. */
interface Scenario {
  readonly name: string;
  readonly runs: readonly Run[];
  readonly mismatches: readonly string[];
  readonly transitions: readonly string[];
}

const scenarios: readonly Scenario[] = [
  {
    name: 'a fleet on one version',
    runs: fleet(ten, 'a', 0, day),
    mismatches: [],
    transitions: [],
  },
  {
    name: 'a fast rollout',
    runs: rolling(ten, ['a', 'b'], { from: 0, start: 600, end: 620, to: day }),
    mismatches: [],
    transitions: ['rollout 10 b 601-620'],
  },
  {
    name: 'a rollout of an hour and a half in steady steps',
    runs: rolling(ten, ['a', 'b'], { from: 0, start: 600, end: 690, to: day }),
    mismatches: [],
    transitions: ['rollout 10 b 601-683'],
  },
  {
    name: 'a slow rollout of eight hours that never stands still for long',
    runs: rolling(ten, ['a', 'b'], { from: 0, start: 600, end: 1080, to: day }),
    mismatches: [],
    transitions: ['rollout 10 b 601-1034'],
  },
  {
    name: 'two rollouts in a row',
    runs: [
      ...rolling(ten, ['a', 'b'], { from: 0, start: 300, end: 330, to: 600 }),
      ...rolling(ten, ['b', 'c'], { from: 600, start: 700, end: 720, to: day }),
    ],
    mismatches: [],
    transitions: ['rollout 10 b 301-329', 'rollout 10 c 701-720'],
  },
  {
    name: 'a healthy canary, then its rollout',
    runs: [
      ...rolling(two, ['a', 'b'], { from: 0, start: 600, end: 602, to: day }),
      ...rolling(eight, ['a', 'b'], { from: 0, start: 720, end: 740, to: day }),
    ],
    mismatches: [],
    transitions: ['canary 2 b 601-722', 'rollout 10 b 721-739'],
  },
  {
    name: 'a failing canary, promoted all the same',
    runs: [
      ...fleet(two, 'a', 0, 600),
      ...fleet(two, 'b', 601, 721, { statuses: [500, 200] }),
      ...fleet(two, 'b', 721, day),
      ...rolling(eight, ['a', 'b'], { from: 0, start: 720, end: 740, to: day }),
    ],
    mismatches: ['failing canary 2 b 601-722'],
    transitions: ['rollout 10 b 721-739'],
  },
  {
    name: 'a healthy canary that waits for its rollout overnight',
    runs: [
      ...rolling(two, ['a', 'b'], { from: 0, start: 600, end: 602, to: 2 * day }),
      ...rolling(eight, ['a', 'b'], { from: 0, start: 1600, end: 1620, to: 2 * day }),
    ],
    mismatches: ['version from the future 2 b 601-1602'],
    transitions: ['rollout 10 b 1601-1619'],
  },
  {
    name: 'a healthy trial that was taken back',
    runs: [
      ...fleet(eight, 'a', 0, day),
      ...fleet(two, 'a', 0, 600),
      ...fleet(two, 'b', 601, 680),
      ...fleet(two, 'a', 681, day),
    ],
    mismatches: [],
    transitions: ['rolled back 2 b 601-680'],
  },
  {
    name: 'a failing trial that was taken back',
    runs: [
      ...fleet(eight, 'a', 0, day),
      ...fleet(two, 'a', 0, 600),
      ...fleet(two, 'b', 601, 680, { statuses: [500] }),
      ...fleet(two, 'a', 681, day),
    ],
    mismatches: ['failing canary 2 b 601-680'],
    transitions: [],
  },
  {
    name: 'a trial that only fails with a status the rule does not count',
    runs: [
      ...fleet(eight, 'a', 0, day),
      ...fleet(two, 'a', 0, 600),
      ...fleet(two, 'b', 601, 680, { statuses: [401] }),
      ...fleet(two, 'a', 681, day),
    ],
    mismatches: ['failing canary 2 b 601-680'],
    transitions: [],
  },
  {
    name: 'a rollout and its full rollback',
    runs: ten.flatMap((host, index) => [
      { host, version: 'a', from: 0, to: 600 + index },
      { host, version: 'b', from: 601 + index, to: 660 + index },
      { host, version: 'a', from: 661 + index, to: day },
    ]),
    mismatches: [],
    transitions: ['rollout 10 b 601-611', 'rollout 10 a 661-671'],
  },
  {
    name: 'a straggler',
    runs: [
      ...rolling(nine, ['a', 'b'], { from: 0, start: 600, end: 620, to: day }),
      ...fleet(['api-10'], 'a', 0, day),
    ],
    mismatches: ['straggler 1 a 612-1440'],
    transitions: ['rollout 9 b 601-619'],
  },
  {
    name: 'a straggler that is found after five hours',
    runs: [
      ...rolling(nine, ['a', 'b'], { from: 0, start: 600, end: 620, to: day }),
      ...fleet(['api-10'], 'a', 0, 900),
      ...fleet(['api-10'], 'b', 901, day),
    ],
    mismatches: ['straggler 1 a 612-900'],
    transitions: ['rollout 9 b 601-619'],
  },
  {
    name: 'the last host of a rollout, an hour late',
    runs: [
      ...rolling(nine, ['a', 'b'], { from: 0, start: 600, end: 620, to: day }),
      ...fleet(['api-10'], 'a', 0, 680),
      ...fleet(['api-10'], 'b', 681, day),
    ],
    mismatches: [],
    transitions: ['rollout 9 b 601-619'],
  },
  {
    name: 'a straggler from before the data',
    runs: [...fleet(nine, 'b', 0, day), ...fleet(['api-10'], 'a', 0, day)],
    mismatches: ['straggler 1 a 0-1440'],
    transitions: [],
  },
  {
    name: 'new hosts on a newer build, all rejected: the version from the future',
    runs: [
      ...fleet(nine, 'a', 0, day),
      ...fleet(['api-11'], 'b', 852, 945, { statuses: [500, 401, 401, 401] }),
    ],
    mismatches: ['version from the future 1 b 852-945'],
    transitions: [],
  },
  {
    name: 'new hosts on a newer build, all healthy, and the rollout only later',
    runs: [
      ...rolling(ten, ['a', 'b'], { from: 0, start: 1020, end: 1040, to: day }),
      ...fleet(['api-11', 'api-12'], 'b', 852, 945),
    ],
    mismatches: ['version from the future 2 b 852-945'],
    transitions: ['rollout 10 b 1021-1040'],
  },
  {
    name: 'a newer build on one old host for six hours',
    runs: [
      ...fleet(nine, 'a', 0, day),
      ...fleet(['api-10'], 'a', 0, 600),
      ...fleet(['api-10'], 'b', 601, 961),
      ...fleet(['api-10'], 'a', 962, day),
    ],
    mismatches: ['version from the future 1 b 601-961'],
    transitions: [],
  },
  {
    name: 'blue and green side by side for six hours',
    runs: [...fleet(names('blue', 5), 'a', 0, 960), ...fleet(names('green', 5), 'b', 600, day)],
    mismatches: [],
    transitions: ['split 5 b 600-960'],
  },
  {
    name: 'two versions on half of the fleet each, all the time',
    runs: [...fleet(ten.slice(0, 5), 'a', 0, day), ...fleet(ten.slice(5), 'b', 0, day)],
    mismatches: [],
    transitions: ['split 5 b 0-1440'],
  },
  {
    name: 'a host that flaps between two versions',
    runs: [
      ...fleet(nine, 'a', 0, day),
      ...[0, 1, 2, 3].flatMap((turn) => [
        { host: 'api-10', version: 'a', from: turn * 120, to: turn * 120 + 60 },
        { host: 'api-10', version: 'b', from: turn * 120 + 61, to: turn * 120 + 119 },
      ]),
      { host: 'api-10', version: 'a', from: 480, to: day },
    ],
    mismatches: ['flapping 1 b 61-479'],
    transitions: [],
  },
  {
    name: 'autoscaled hosts on the current version, every day',
    runs: [
      ...fleet(ten, 'a', 0, 3 * day),
      ...[0, 1, 2].flatMap((at) =>
        fleet(['api-11', 'api-12'], 'a', at * day + 600, at * day + 900),
      ),
    ],
    mismatches: [],
    transitions: [],
  },
  {
    name: 'autoscaled hosts started in the middle of a rollout, on the new version',
    runs: [
      ...rolling(ten, ['a', 'b'], { from: 0, start: 600, end: 630, to: day }),
      ...fleet(['api-11'], 'b', 610, 900),
    ],
    mismatches: [],
    transitions: ['rollout 11 b 601-629'],
  },
  {
    name: 'an autoscaled host on an old image',
    runs: [
      ...rolling(ten, ['a', 'b'], { from: 0, start: 300, end: 320, to: day }),
      ...fleet(['api-11'], 'a', 800, 1000),
    ],
    mismatches: ['straggler 1 a 800-1000'],
    transitions: ['rollout 10 b 301-320'],
  },
  {
    name: 'an autoscaled host on an old image that leaves within the hour',
    runs: [
      ...rolling(ten, ['a', 'b'], { from: 0, start: 300, end: 320, to: day }),
      ...fleet(['api-11'], 'a', 800, 840),
    ],
    mismatches: [],
    transitions: ['rollout 10 b 301-320', 'straggler 1 a 800-840'],
  },
  {
    name: 'the same, failing',
    runs: [
      ...rolling(ten, ['a', 'b'], { from: 0, start: 300, end: 320, to: day }),
      ...fleet(['api-11'], 'a', 800, 840, { statuses: [503] }),
    ],
    mismatches: ['straggler 1 a 800-840'],
    transitions: ['rollout 10 b 301-320'],
  },
  {
    name: 'batch hosts at night with a version of their own',
    runs: [
      ...fleet(ten, 'a', 0, 4 * day),
      ...[0, 1, 2, 3].flatMap((at) => fleet(['batch-1'], 'batch', at * day + 120, at * day + 240)),
    ],
    mismatches: [],
    transitions: [0, 1, 2, 3].map((at) => `split 1 batch ${at * day + 120}-${at * day + 240}`),
  },
  {
    name: 'a version at the very end of the data',
    runs: [...fleet(ten, 'a', 0, day), ...fleet(['api-11'], 'b', day - 8, day)],
    mismatches: [],
    transitions: [],
  },
  {
    name: 'an old version at the very start of the data',
    runs: [
      ...fleet(nine, 'b', 0, day),
      ...fleet(['api-10'], 'a', 0, 8),
      ...fleet(['api-10'], 'b', 9, day),
    ],
    mismatches: [],
    transitions: [],
  },
  {
    name: 'events without a version',
    runs: [...fleet(ten, 'a', 0, day), { host: 'api-10', version: null, from: 0, to: day }],
    mismatches: [],
    transitions: [],
  },
  {
    name: 'hosts that are renamed',
    runs: [...fleet(ten, 'a', 0, 600), ...fleet(names('web', 10), 'a', 601, day)],
    mismatches: [],
    transitions: [],
  },
  {
    name: 'pods: every rollout brings new hosts, and so does a healthy canary',
    runs: [
      ...fleet(names('p', 10), 'a', 0, 300),
      ...fleet(names('q', 10), 'b', 290, 620),
      ...fleet(['r-0'], 'c', 500, 620),
      ...fleet(names('r', 10), 'c', 610, 900),
      ...fleet(['s-0'], 'd', 700, 760),
    ],
    mismatches: [],
    transitions: [
      'rollout 10 b 290-300',
      'canary 1 c 500-611',
      'rollout 11 c 610-620',
      'rolled back 1 d 700-760',
    ],
  },
  {
    name: 'one host alone',
    runs: rolling(['solo'], ['a', 'b'], { from: 0, start: 600, end: 601, to: day }),
    mismatches: [],
    transitions: ['rollout 1 b 601-602'],
  },
  {
    name: 'every host on a version of its own',
    runs: ten.flatMap((host, index) => fleet([host], `v${index}`, 0, day)),
    mismatches: [],
    transitions: ten.slice(1).map((_, index) => `split 1 v${index + 1} 0-1440`),
  },
  {
    name: 'two processes on each host, each with its own version',
    runs: [...fleet(ten, 'a', 0, day), ...fleet(ten, 'sidecar', 0, day, { every: 2 })],
    mismatches: [],
    transitions: ['split 10 sidecar 0-1439'],
  },
  {
    name: 'two halves from the first event to the last, the one first seen ends last',
    runs: [...fleet(five, 'web', 0, 720), ...fleet(ten.slice(5), 'api', 0, 719)],
    mismatches: [],
    transitions: ['split 5 web 0-719'],
  },
  {
    name: 'two halves from the first event to the last, the one first seen ends first',
    runs: [...fleet(five, 'web', 0, 719), ...fleet(ten.slice(5), 'api', 0, 720)],
    mismatches: [],
    transitions: ['split 5 web 0-719'],
  },
  {
    name: 'two halves, one of which has one host more for a moment at each end',
    runs: [
      ...fleet(five.slice(0, 4), 'web', 0, 720),
      ...fleet(five.slice(4), 'web', 2, 718),
      ...fleet(ten.slice(5, 9), 'api', 1, 719),
      ...fleet(ten.slice(9), 'api', 1, 720),
    ],
    mismatches: [],
    transitions: ['split 5 web 1-719'],
  },
  {
    name: 'the whole fleet on a version that fails, then back',
    runs: [
      ...fleet(ten, 'a', 0, 600),
      ...fleet(ten, 'b', 600, 700, { statuses: [500, 200] }),
      ...fleet(ten, 'a', 700, day),
    ],
    mismatches: ['rollout 10 b 600-661'],
    transitions: ['rollout 10 a 700-701'],
  },
  {
    name: 'the whole fleet on a version that fails as the one before did',
    runs: [
      ...fleet(ten, 'a', 0, 600, { statuses: [500, 200] }),
      ...fleet(ten, 'b', 600, 700, { statuses: [500, 200] }),
      ...fleet(ten, 'a', 700, day, { statuses: [500, 200] }),
    ],
    mismatches: [],
    transitions: ['rollout 10 b 600-601', 'rollout 10 a 700-701'],
  },
  {
    name: 'a handful of stray events is no interval',
    runs: [...fleet(ten, 'a', 0, day), ...fleet(['api-11'], 'b', 600, 604)],
    mismatches: [],
    transitions: [],
  },
];

describe('versions', () => {
  it.each(scenarios)('$name', ({ runs, mismatches, transitions }) => {
    const report = reportOfScene(runs);
    expect(report.mismatches.map(shown)).toEqual(mismatches);
    expect(report.transitions.map(shown)).toEqual(transitions);
  });

  it('has at least 25 scenarios', () => {
    expect(scenarios.length).toBeGreaterThanOrEqual(25);
  });
});

function shown(group: ReturnType<typeof reportOfScene>['mismatches'][number]): string {
  const at = (instant: number) => (instant - origin) / minute;
  return `${group.kind} ${group.hosts.length} ${group.version} ${at(group.start)}-${at(group.end)}`;
}

describe('the sentence', () => {
  it('counts hosts with too few events for an interval as part of the fleet', () => {
    const report = reportOfScene([
      ...fleet(eight, 'a', 0, day),
      ...fleet(['api-9'], 'a', 853, 940, { every: 40 }),
      ...fleet(['api-11'], 'b', 852, 945, { statuses: [401] }),
    ]);
    expect(report.notSeen.thinHosts).toEqual(['api-9']);
    expect(report.mismatches.map(({ sentence }) => sentence)).toEqual([
      '1 of 10 hosts ran b while the fleet ran a',
    ]);
  });
});
