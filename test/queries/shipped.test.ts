/**
 * Every shipped query is sound, says what it lacks, and finds in the demo store what is there. The
 * figures come from the truth of the demo: four hosts on build-31904, 2020-04-16 14:12 to 15:45.
 */
import { readdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSessionHere, type SessionHere } from '../sessions/here.js';

const folder = new URL('../../queries/', import.meta.url).pathname;
const shipped = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''));
const store = 'demo';
let session: SessionHere;

beforeAll(async () => {
  session = openSessionHere();
  const { status } = await session.run(['demo', store, '--events', '250000']);
  expect(status).toBe(0);
}, 120_000);
afterAll(() => session.close());

type Row = Readonly<Record<string, unknown>>;

async function ask(words: readonly string[]): Promise<readonly Row[]> {
  const { stdout, stderr } = await session.run(['query', ...words, '--store', store, '--json']);
  const answer = JSON.parse(stdout);
  expect(answer.ok, stdout + stderr).toBe(true);
  return answer.rows;
}

const incident = ['--window', '2020-04-16T14:12..15:45'];
const api = [...incident, '--where', 'service = api'];
const badHosts = ['api-37', 'api-38', 'api-39', 'api-40'];
const badBuild = 'build-31904';
const sorted = (rows: readonly Row[], key: string) => rows.map((row) => row[key]).toSorted();
const numbers = (rows: readonly Row[], key: string) => rows.map((row) => Number(row[key]));
const descending = (values: readonly number[]) =>
  expect(values).toEqual(values.toSorted((left, right) => right - left));

/** What is asked of each query, and what it must find. */
const cases: Readonly<
  Record<string, readonly [readonly string[], (rows: readonly Row[]) => void | Promise<void>]>
> = {
  'version-mismatch': [
    api,
    ([least, most]) => {
      expect(least).toMatchObject({ version: badBuild, 'distinct(host)': 4, error_rate: 1 });
      expect(most).toMatchObject({ version: 'build-31877', 'distinct(host)': 36 });
    },
  ],
  'versions-by-host': [
    api,
    (rows) => {
      const bad = rows.filter(({ version }) => version === badBuild);
      expect(sorted(bad, 'host')).toEqual(badHosts);
      expect(rows).toHaveLength(40);
    },
  ],
  'status-by-host': [
    [...api, '--where', 'status = 401'],
    (rows) => expect(sorted(rows, 'host')).toEqual(badHosts),
  ],
  'status-by-version': [
    api,
    (rows) => {
      const bad = rows.filter(({ version }) => version === badBuild);
      expect(sorted(bad, 'status')).toEqual([401, 500]);
      expect(rows.some((row) => row.version !== badBuild && row.status === 202)).toBe(true);
    },
  ],
  'status-classes': [
    incident,
    (rows) => {
      const classes = rows.filter(({ service }) => service === 'api');
      expect(sorted(classes, 'status:class')).toEqual(['2xx', '4xx', '5xx']);
    },
  ],
  'hosts-failing': [
    ['--last', '60d'],
    (rows) => {
      expect(sorted(rows, 'host')).toEqual(badHosts);
      expect(new Set(rows.map(({ version }) => version))).toEqual(new Set([badBuild]));
    },
  ],
  'customers-no-success': [
    incident,
    (rows) => expect(rows[0]).toMatchObject({ customer: 'team-038', error_rate: 1 }),
  ],
  'auth-surge': [
    ['-p', 'who=host', ...api],
    (rows) => expect(sorted(rows, 'host')).toEqual(badHosts),
  ],
  'latency-by-version': [
    ['--where', 'service in (api, worker)'],
    (rows) => {
      descending(numbers(rows, 'p95(duration)'));
      expect(rows.length).toBeGreaterThan(3);
      expect(Number(rows[0]?.['p95(duration)'])).toBeGreaterThan(1000);
    },
  ],
  'slow-routes': [
    [],
    (rows) => {
      descending(numbers(rows, 'p95(duration)'));
      expect(rows[0]).toMatchObject({ route: '/jobs/export' });
    },
  ],
  'slow-hosts': [
    [],
    (rows) => {
      const workers = rows.slice(0, 6).map(({ service }) => service);
      expect(new Set(workers)).toEqual(new Set(['worker']));
    },
  ],
  'slow-traces': [
    [],
    (rows) => {
      expect(rows).toHaveLength(20);
      descending(numbers(rows, 'max(duration)'));
    },
  ],
  'fast-failures': [
    [...api, '-p', 'within=10ms', '-p', 'statuses=401,5xx'],
    (rows) => expect(sorted(rows, 'host')).toEqual(badHosts),
  ],
  'new-errors': [
    ['-p', 'text=error.message', '-p', 'since=8d'],
    (rows) => {
      const texts = rows.map((row) => row['error.message']);
      expect(texts).toContain('unknown signing key');
      expect(texts).not.toContain('no such path');
    },
  ],
  'error-texts': [
    ['-p', 'text=error.message'],
    (rows) => expect(rows.map((row) => row['error.message'])).toContain('api key revoked'),
  ],
  'new-hosts': [['-p', 'since=10d'], (rows) => expect(sorted(rows, 'host')).toEqual(badHosts)],
  'new-versions': [
    [],
    (rows) => {
      expect(rows.length).toBeGreaterThanOrEqual(3);
      const times = rows.map((row) => String(row['min(time)']));
      expect(times).toEqual(times.toSorted());
      expect(times.every((time) => time >= '2020-04-16T23:59')).toBe(true);
    },
  ],
  'new-values': [
    ['-p', 'what=version', '-p', 'since=2020-04-16T14:00', '--where', 'status = 401'],
    (rows) => expect(rows[0]).toMatchObject({ version: badBuild }),
  ],
  'silent-hosts': [
    ['-p', 'before=2d', '--last', '9d'],
    (rows) => expect(rows.map(({ host }) => host)).toEqual(expect.arrayContaining(badHosts)),
  ],
  'zero-traffic-minutes': [
    ['-p', 'what=service', '-p', 'busy=0', '--window', '2020-04-16'],
    async (rows) => {
      const minutes = ['--by', 'service', '--every', '1m', '--window', '2020-04-16'];
      const buckets = await ask(minutes);
      const services = [...new Set(buckets.map(({ service }) => String(service)))].toSorted();
      const silent = services.map((name) => {
        const own = buckets.filter(({ service }) => service === name);
        const busy = own.flatMap(({ count }, index) => (Number(count) > 0 ? [index] : []));
        return [name, (busy.at(-1) ?? 0) - (busy[0] ?? 0) + 1 - busy.length] as const;
      });
      expect(silent.length).toBeGreaterThan(2);
      const found = rows.map((row) => [row.service, row.silent]);
      expect(found.toSorted()).toEqual(silent.filter(([, many]) => many > 0));
    },
  ],
  'noisy-neighbours': [
    ['--where', 'customer exists'],
    (rows) => {
      expect(rows[0]).toMatchObject({ customer: 'team-001' });
      expect(rows).toHaveLength(20);
      descending(numbers(rows, 'count'));
    },
  ],
  'customer-errors': [
    ['-p', 'top=3'],
    (rows) =>
      expect(rows.map(({ customer }) => customer)).toEqual(['team-001', 'team-002', 'team-003']),
  ],
  throttled: [
    [],
    (rows) => {
      expect(rows[0]).toMatchObject({ customer: 'team-002' });
      descending(numbers(rows, 'count'));
    },
  ],
  'server-errors': [
    ['--last', '60d'],
    (rows) => {
      expect(rows[0]).toMatchObject({ route: '/1/batch/:dataset', status: 500 });
      expect(numbers(rows, 'status').every((status) => status >= 500)).toBe(true);
    },
  ],
  'failing-writes': [
    api,
    (rows) => {
      descending(numbers(rows, 'error_rate'));
      expect(Number(rows[0]?.error_rate)).toBeGreaterThan(0.1);
      expect(rows.every(({ method }) => method !== 'GET')).toBe(true);
    },
  ],
  'traffic-by-zone': [
    [],
    (rows) =>
      expect(sorted(rows, 'cloud.availability_zone')).toEqual([
        'us-east-1a',
        'us-east-1b',
        'us-east-1c',
      ]),
  ],
  'missing-values': [
    ['-p', 'column=customer', '--window', '2020-04-19..2020-04-22'],
    (rows) => {
      expect(rows).toHaveLength(3);
      for (const share of numbers(rows, 'error_rate')) expect(share).toBeGreaterThan(0.04);
    },
  ],
  'missing-by-source': [
    ['-p', 'column=customer'],
    (rows) => expect(rows[0]).toMatchObject({ service: 'worker', version: null, error_rate: 1 }),
  ],
  sampling: [
    [],
    (rows) => {
      const weights = rows.map(({ service, weight }) => [service, weight]);
      expect(weights).toEqual([
        ['api', 1],
        ['billing', 1],
        ['edge', 10],
        ['worker', 1],
      ]);
    },
  ],
  'error-rate-over-time': [
    [
      '-p',
      'step=31m',
      '--bad',
      'status in (401, 5xx)',
      '--window',
      '2020-04-16T13:26..16:32',
      '--where',
      'service = api',
    ],
    (rows) => {
      const failing = rows.filter((row) => Number(row.error_rate) > 0.05);
      expect(failing.length).toBeGreaterThanOrEqual(3);
      expect(failing.length).toBeLessThan(rows.length);
    },
  ],
  'flapping-hosts': [
    [],
    (rows) =>
      expect(sorted(rows, 'host')).toEqual([5, 6, 7, 8].map((number) => `billing-0${number}`)),
  ],
};

describe('shipped queries', () => {
  it('are at least 24, each with a case here', () => {
    expect(shipped.length).toBeGreaterThanOrEqual(24);
    expect(Object.keys(cases).toSorted()).toEqual(shipped.toSorted());
  });

  it('are sound', async () => {
    const { stdout, stderr, status } = await session.run(['queries', 'check']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toBe(`${shipped.length} files are sound\n`);
  });

  for (const [name, [words, found]] of Object.entries(cases)) {
    it(`@${name} finds what is there`, async () => found(await ask([`@${name}`, ...words])));
  }

  it('say which role the data lack', async () => {
    const lines =
      '{"ts":"2020-04-16T14:00:00Z","size":1}\n{"ts":"2020-04-16T14:00:01Z","size":2}\n';
    writeFileSync('poor.ndjson', lines);
    await session.run(['ingest', 'poor.ndjson', '--store', 'poor']);
    for (const name of shipped) {
      const words = ['query', `@${name}`, '--store', 'poor', '--json'];
      const answer = JSON.parse((await session.run(words)).stdout);
      expect(answer.ok, name).toBe(false);
      expect(answer.fault.code, name).toBe('CC1276');
      expect(answer.fault.message).toContain(`@${name} needs the`);
      expect(answer.fault.at.file).toBe(`queries/${name}.yaml`);
    }
  }, 60_000);
});
