/** `versions` from events to the answer, through the real engine. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoChunks } from '../../src/demo/generate.js';
import { demoTruth } from '../../src/demo/truth.js';
import { searchVersions, type VersionAnswer } from '../../src/forensics/version-search.js';
import { hostRows, matrixRows, timelineRows } from '../../src/forensics/version-views.js';
import { parseFilter } from './filters.js';
import { allRoles, type Day, openParquet } from './parquet-source.js';

const dir = mkdtempSync(join(tmpdir(), 'coldcase-versions-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const options = { seed: 31_904, events: 300_000 };
const truth = demoTruth(options);
const bad = parseFilter('status >= 500');
const hour = 3_600_000_000;
const window = { start: truth.incident.start - 12 * 60e6, end: truth.incident.end + 15 * 60e6 };

function daysOfDemo(): readonly Day[] {
  const days = new Map<string, string>();
  for (const { date, bytes } of demoChunks(options)) {
    days.set(date, (days.get(date) ?? '') + bytes.toString('utf8'));
  }
  return [...days].map(([date, text]) => ({ date, text }));
}

describe('versions on the demo', () => {
  let open: Awaited<ReturnType<typeof openParquet>>;
  let answer: VersionAnswer;

  beforeAll(async () => {
    open = await openParquet(dir, daysOfDemo());
    answer = await searchVersions(open.ask, { roles: allRoles, where: [], bad, window: null });
  });
  afterAll(() => open.close());

  it('names exactly the four hosts, the build and the window, and nothing else', () => {
    const [group, ...others] = answer.report.mismatches;
    expect(others).toEqual([]);
    expect(group).toMatchObject({
      kind: 'version from the future',
      service: 'api',
      version: 'build-31904',
      fleetVersion: 'build-31877',
      fleetHosts: 40,
      start: truth.incident.start,
      end: truth.incident.end,
      events: truth.incident.events,
      statuses: truth.incident.statuses,
      sentence: '4 of 40 hosts ran build-31904 while the fleet ran build-31877',
    });
    expect(group?.hosts.map(({ host }) => host)).toEqual(truth.incident.hosts);
  });

  it('offers the stricter rule', () => {
    const [group] = answer.report.mismatches;
    expect(answer.bad).toBe('status >= 500');
    expect(group?.stricter).toMatchObject({
      rule: 'status >= 500 or status = 401',
      status: 401,
      bad: truth.incident.events,
      badShare: 1,
    });
  });

  it('knows every rollout of the plan, and takes nothing else for a mismatch', () => {
    const seen = answer.report.transitions.map(({ service, version }) => `${service} ${version}`);
    const planned = truth.transitions.filter(({ kind }) => kind === 'rollout');
    const missed = planned.filter(
      ({ service, version }) => !seen.includes(`${service} ${version}`),
    );
    expect(missed.map(({ service, version }) => `${service} ${version}`)).toEqual([]);
    const kinds = new Set(answer.report.transitions.map(({ kind }) => kind));
    expect(['rollout', 'canary', 'rolled back', 'split']).toEqual(
      expect.arrayContaining([...kinds]),
    );
  });

  it('says what it could not see', () => {
    const { notSeen } = answer.report;
    const all = truth.services.reduce((sum, { events }) => sum + events, 0);
    expect(notSeen.events).toBe(all);
    expect(notSeen.withoutHost).toBe(0);
    expect(notSeen.withoutVersion).toBeGreaterThan(100);
    expect(notSeen.share).toBe(notSeen.withoutVersion / all);
  });

  it('asks few questions', () => {
    expect(answer.specs.length).toBe(open.asked());
    expect(answer.specs.length).toBeLessThan(80);
  });

  it('finds the same in a window of two hours, and shows hosts, timeline and matrix', async () => {
    const near = await searchVersions(open.ask, { roles: allRoles, where: [], bad, window });
    expect(near.stepMicros).toBe(60_000_000);
    expect(near.report.mismatches.map(({ start, end, kind }) => ({ start, end, kind }))).toEqual([
      { start: truth.incident.start, end: truth.incident.end, kind: 'version from the future' },
    ]);
    const buckets = { range: window, stepMicros: 15 * 60e6 };
    const hosts = hostRows(near.report, near.cells, buckets);
    expect(hosts.slice(0, 4).map(({ host, mismatch }) => [host, mismatch])).toEqual(
      truth.incident.hosts.map((host) => [host, true]),
    );
    expect(hosts.slice(4).some(({ mismatch }) => mismatch)).toBe(false);
    const line = timelineRows(near.report, buckets).find(
      ({ version }) => version === 'build-31904',
    );
    expect(line?.hosts.slice(1)).toEqual([4, 4, 4, 4, 4, 4, 0]);
    const matrix = matrixRows(near.report, near.cells, buckets);
    const api = matrix.filter(({ service }) => service === 'api');
    expect(api.map(({ state }) => state)).toEqual(['mismatch', 'ok']);
    const events = api.flatMap(({ cells }) => cells).reduce((sum, cell) => sum + cell.events, 0);
    const all = hosts.filter(({ service }) => service === 'api');
    expect(events).toBe(all.reduce((sum, host) => sum + host.events, 0));
  });

  it('knows which build is newer in a window that begins within the incident', async () => {
    const inside = { start: truth.incident.start + 18 * 60e6, end: truth.incident.end - 15 * 60e6 };
    const near = await searchVersions(open.ask, {
      roles: allRoles,
      where: [],
      bad,
      window: inside,
    });
    expect(near.report.mismatches.map(({ kind, version }) => ({ kind, version }))).toEqual([
      { kind: 'failing canary', version: 'build-31904' },
    ]);
  });

  it('finds them by time alone, without a status', async () => {
    const { status: _, ...roles } = allRoles;
    const blind = await searchVersions(open.ask, { roles, where: [], bad: null, window: null });
    expect(blind.report.mismatches.map(({ hosts }) => hosts.map(({ host }) => host))).toEqual([
      truth.incident.hosts,
    ]);
    expect(blind.report.mismatches[0]).toMatchObject({ bad: null, badShare: null, stricter: null });
  });
});

describe('versions on the sample data', () => {
  it('agrees with expected.json', async () => {
    const folder = new URL('../../sample-data/', import.meta.url);
    const gz = readFileSync(new URL('events-2020-04-16.ndjson.gz', folder));
    const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));
    const text = gunzipSync(gz).toString('utf8');
    const open = await openParquet(mkdtempSync(join(dir, 'sample-')), [
      { date: '2020-04-16', text },
    ]);
    try {
      const answer = await searchVersions(open.ask, {
        roles: allRoles,
        where: [],
        bad,
        window: null,
      });
      const [group, ...others] = answer.report.mismatches;
      expect(others).toEqual([]);
      expect(group?.hosts.map(({ host }) => host)).toEqual(expected.incident.hosts);
      expect(group?.start).toBe(Date.parse(expected.incident.start) * 1_000);
      expect(group?.end).toBe(Date.parse(expected.incident.end) * 1_000);
      const counted = Object.entries<number>(expected.incident.rowsByHostVersionStatus)
        .filter(([key]) => key.includes('build-31904'))
        .reduce((sum, [, rows]) => sum + rows, 0);
      expect(group?.events).toBe(counted);
    } finally {
      await open.close();
    }
  });
});

describe('versions on other data', () => {
  it.each(['host', 'version'] as const)('refuses data without a %s', async (role) => {
    const roles = { ...allRoles, [role]: [] };
    const ask = () => Promise.reject(new Error('nothing may be asked'));
    await expect(searchVersions(ask, { roles, where: [], bad, window: null })).rejects.toThrow(
      `versions needs a ${role} for each event; none found`,
    );
  });

  it('looks at minutes where one host mixes versions within an hour', async () => {
    const start = Date.parse('2020-03-02T00:00:00Z');
    const line = (minute: number, host: string, version: string) =>
      JSON.stringify({
        timestamp: new Date(start + minute * 60_000).toISOString(),
        'host.name': host,
        'service.version': version,
      });
    const hosts = ['h1', 'h2', 'h3', 'h4', 'h5'];
    const trial = (minute: number, host: string) =>
      host === 'h5' && minute >= 3_010 && minute < 3_040 ? 'b' : 'a';
    const text = Array.from({ length: 6 * 1_440 }, (_, minute) =>
      hosts.map((host) => line(minute, host, trial(minute, host))).join('\n'),
    ).join('\n');
    const folder = mkdtempSync(join(dir, 'mixed-'));
    const roles = { host: allRoles.host ?? [], version: allRoles.version ?? [] };
    const open = await openParquet(folder, [{ date: '2020-03-02', text }], roles);
    try {
      const answer = await searchVersions(open.ask, { roles, where: [], bad: null, window: null });
      expect(answer.stepMicros).toBeGreaterThan(60_000_000);
      expect(answer.report.mismatches).toEqual([]);
      const [trialGroup, ...others] = answer.report.transitions;
      expect(others).toEqual([]);
      expect(trialGroup).toMatchObject({
        kind: 'rolled back',
        version: 'b',
        start: (start + 3_010 * 60_000) * 1_000,
        end: (start + 3_040 * 60_000) * 1_000,
        events: 30,
      });
      expect(trialGroup?.end).toBeLessThan(start * 1_000 + 51 * hour);
    } finally {
      await open.close();
    }
  });

  it('answers for no events at all', async () => {
    const folder = mkdtempSync(join(dir, 'none-'));
    const open = await openParquet(folder, []);
    try {
      const answer = await searchVersions(open.ask, {
        roles: allRoles,
        where: [],
        bad,
        window: null,
      });
      expect(answer.report).toMatchObject({ mismatches: [], transitions: [], services: [] });
      expect(answer.report.notSeen.events).toBe(0);
    } finally {
      await open.close();
    }
  });
});
