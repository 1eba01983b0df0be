import { beforeAll, describe, expect, it } from 'vitest';
import { demoDates } from '../../src/demo/calendar.js';
import { defaultDemo, demoChunks, minimumDemoEvents } from '../../src/demo/generate.js';
import { demoTruth } from '../../src/demo/truth.js';
import { countBy, type DemoLine, linesOf, textOf } from './demo-lines.js';

const small = { seed: 31_904, events: minimumDemoEvents };
const truth = demoTruth(small);
const { incident } = truth;
let lines: readonly DemoLine[] = [];

beforeAll(() => {
  lines = linesOf(textOf(small));
});

function instant(line: DemoLine): number {
  return Date.parse(line.timestamp) * 1_000;
}

describe('the generator', () => {
  it('makes exactly the rows asked for, by service', () => {
    expect(lines.length).toBe(small.events);
    const byService = countBy(lines, (line) => line['service.name']);
    for (const { service, rows } of truth.services) expect(byService[service]).toBe(rows);
    expect(truth.services.find(({ service }) => service === 'edge')).toMatchObject({
      events: (byService.edge ?? 0) * 10,
    });
  });

  it('covers 60 days in order of time', () => {
    expect(demoDates.length).toBe(60);
    expect([demoDates[0], demoDates.at(-1)]).toEqual(['2020-02-24', '2020-04-23']);
    expect(Object.keys(countBy(lines, ({ timestamp }) => timestamp.slice(0, 10)))).toEqual(
      demoDates,
    );
    const late = lines.filter(
      (line, index) => line.timestamp < (lines[index - 1]?.timestamp ?? ''),
    );
    expect(late).toEqual([]);
    const written = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
    expect(lines.every(({ timestamp }) => written.test(timestamp))).toBe(true);
  });

  it('gives the same bytes for a day alone, and others for another seed', () => {
    const dates = ['2020-04-15', '2020-04-16'];
    const both = textOf(small, dates);
    expect(textOf(small, dates.slice(1))).toBe(
      both.slice(both.indexOf('{"timestamp":"2020-04-16')),
    );
    expect(textOf({ ...small, seed: 1 }, dates)).not.toBe(both);
  });

  it('hands out whole lines in pieces of at most 1 MiB, each below its day', () => {
    let pieces = 0;
    for (const { bytes, date, file } of demoChunks({ ...small, events: 2_000_000 }, [
      '2020-03-05',
    ])) {
      pieces += 1;
      expect(bytes.length).toBeLessThanOrEqual(1 << 20);
      expect(bytes.at(-1)).toBe(10);
      expect(file).toBe(`events/${date}.ndjson`);
    }
    expect(pieces).toBeGreaterThan(5);
  });

  it('refuses to tell the story with too few events', () => {
    expect(() => demoTruth({ seed: 1, events: 1_000 })).toThrow(
      'option --events: expected a whole number of at least 250000',
    );
    expect(() => [...demoChunks({ seed: 1, events: 1e6 + 0.5 })]).toThrow('whole number');
  });
});

describe('the fleet', () => {
  it('has 400 customers, a few of them busy, and one with a revoked key', () => {
    const asked = lines.flatMap((line) => line['customer.id'] ?? []);
    const sizes = Object.values(countBy(asked, (id) => id)).sort((left, right) => right - left);
    expect(sizes.length).toBe(400);
    expect((sizes[0] ?? 0) / (sizes[200] ?? 1)).toBeGreaterThan(20);
    const revoked = lines.filter((line) => line['customer.id'] === 'team-038');
    expect(revoked.length).toBeGreaterThan(50);
    expect(
      countBy(revoked, (line) => `${line['service.name']} ${line['http.response.status_code']}`),
    ).toEqual({ 'edge 401': revoked.length });
  });

  it('has its everyday failures, each with an error text', () => {
    const statuses = countBy(lines, (line) => String(line['http.response.status_code']));
    expect(Object.keys(statuses)).toEqual(['200', '201', '202', '204', '401', '404', '429', '500']);
    const wrong = lines.filter(
      (line) => line['http.response.status_code'] >= 400 !== (line['error.message'] !== undefined),
    );
    expect(wrong).toEqual([]);
  });

  it('is busier by day than at night, and on weekdays than on Sundays', () => {
    const api = lines.filter((line) => line['service.name'] === 'api');
    const hours = countBy(api, ({ timestamp }) => timestamp.slice(11, 13));
    expect((hours['20'] ?? 0) / (hours['07'] ?? 1)).toBeGreaterThan(1.5);
    const days = countBy(api, ({ timestamp }) => timestamp.slice(0, 10));
    expect((days['2020-03-03'] ?? 0) / (days['2020-03-01'] ?? 1)).toBeGreaterThan(1.1);
  });

  it('samples the edge only, and lacks a version on the legacy job only', () => {
    const sampled = lines.filter((line) => line.sample_rate !== undefined);
    expect(countBy(sampled, (line) => `${line['service.name']} ${line.sample_rate}`)).toEqual({
      'edge 10': truth.services.find(({ service }) => service === 'edge')?.rows,
    });
    const unnamed = lines.filter((line) => line['service.version'] === undefined);
    expect(unnamed.length).toBeGreaterThan(100);
    expect(new Set(unnamed.map((line) => line['http.route']))).toEqual(
      new Set(['/jobs/legacy-report']),
    );
  });
});

describe('the incident', () => {
  it('is four hosts that fail every request for 93 minutes, first with 500, then with 401', () => {
    const rows = lines.filter((line) => incident.hosts.includes(line['host.name']));
    expect(rows.length).toBe(incident.events);
    expect(new Set(rows.map((line) => line['service.version']))).toEqual(new Set(['build-31904']));
    const first = Math.min(...rows.map(instant));
    const last = Math.max(...rows.map(instant));
    expect(new Date(incident.start / 1_000).toISOString()).toBe('2020-04-16T14:12:00.000Z');
    expect(Math.floor(first / 60e6) * 60e6).toBe(incident.start);
    expect(Math.floor(last / 60e6) * 60e6 + 60e6).toBe(incident.end);
    const wrong = rows.filter(
      (line) =>
        line['http.response.status_code'] !== (instant(line) < incident.rejectingFrom ? 500 : 401),
    );
    expect(wrong).toEqual([]);
  });

  it('is the only place of its build until the rollout in the evening', () => {
    const elsewhere = lines.filter(
      (line) =>
        line['service.version'] === incident.version && !incident.hosts.includes(line['host.name']),
    );
    expect(elsewhere[0]?.timestamp.slice(0, 13)).toBe('2020-04-16T17');
  });

  it.each([minimumDemoEvents, 1_000_000, 5_000_000])('burns 81.6 % at %i events', (events) => {
    const { incident: planned, objective } = demoTruth({ seed: 7, events });
    const budget = objective.events * (1 - 0.9997);
    expect(Math.abs(planned.events - 0.816 * budget)).toBeLessThanOrEqual(0.5);
    expect(planned.trafficShare).toBeGreaterThan(0.085);
    expect(planned.trafficShare).toBeLessThan(0.115);
  });
});

describe('the reference pager', () => {
  it('stays quiet on 500s alone for 60 days', () => {
    const { all, bad } = minutesOfApi();
    const burn = (minutes: number) => worstBurn(all, bad, minutes);
    const both = all.map((_, at) => Math.min(burnAt(all, bad, at, 60), burnAt(all, bad, at, 5)));
    expect(Math.max(...both)).toBeLessThan(14.4);
    expect(burn(60)).toBeGreaterThan(8);
    expect(burn(3 * 1_440)).toBeLessThan(1);
  });
});

/** Rows and 500s of the api by minute, of the demo as it is made by default. */
function minutesOfApi(): { readonly all: number[]; readonly bad: number[] } {
  const all = new Array<number>(86_400).fill(0);
  const bad = new Array<number>(86_400).fill(0);
  for (const { bytes, date } of demoChunks(defaultDemo)) {
    const day = demoDates.indexOf(date) * 1_440;
    for (let at = 0; at < bytes.length; at = bytes.indexOf(10, at) + 1) {
      if (bytes[at + 56] !== 97) continue;
      const end = bytes.indexOf(10, at);
      const minute = day + Number(bytes.toString('latin1', at + 25, at + 27)) * 60;
      const index = minute + Number(bytes.toString('latin1', at + 28, at + 30));
      const status = bytes.indexOf('status_code":', at) + 13;
      all[index] = (all[index] ?? 0) + 1;
      if (status < end && bytes[status] === 53) bad[index] = (bad[index] ?? 0) + 1;
    }
  }
  expect(all.reduce((sum, count) => sum + count, 0)).toBe(demoTruth(defaultDemo).services[0]?.rows);
  return { all: prefix(all), bad: prefix(bad) };
}

function prefix(counts: readonly number[]): number[] {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}

/** Burn rate of the budget of 99.97 % over the minutes up to and with this one. */
function burnAt(
  all: readonly number[],
  bad: readonly number[],
  at: number,
  minutes: number,
): number {
  const within = (sums: readonly number[]) => (sums[at] ?? 0) - (sums[at - minutes] ?? 0);
  return within(all) === 0 ? 0 : within(bad) / within(all) / 0.0003;
}

function worstBurn(all: readonly number[], bad: readonly number[], minutes: number): number {
  return all.reduce(
    (worst, _, at) => (at < minutes ? worst : Math.max(worst, burnAt(all, bad, at, minutes))),
    0,
  );
}
