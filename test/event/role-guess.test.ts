import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import type { ColumnSample, SampleValue } from '../../src/event/column-sample.js';
import {
  badRuleOf,
  type GuessedRoles,
  guessRoles,
  requireTime,
} from '../../src/event/role-guess.js';

const isTime = (value: SampleValue): boolean =>
  typeof value === 'string' ? /^\d{4}-\d\d-|^\d\d\/[A-Z]/.test(value) : Number(value) > 9e8;

const iso = (index: number): string => `2020-04-16T10:00:${String(index).padStart(2, '0')}Z`;

/** Twelve rows; each column gives its value by row, null for none. */
type Table = Readonly<Record<string, (index: number) => SampleValue | null>>;

function samples(table: Table): ColumnSample[] {
  return Object.entries(table).map(([label, value]) => ({
    label,
    rows: 12,
    values: Array.from({ length: 12 }, (_, index) => value(index)).filter((one) => one !== null),
  }));
}

function guess(table: Table): GuessedRoles {
  return guessRoles(samples(table), { isTime });
}

const otel: Table = {
  timestamp: iso,
  'service.name': () => 'ingest',
  'service.version': (i) => `build-318${i % 2}`,
  'host.name': (i) => `api-${i % 4}`,
  'http.request.method': () => 'POST',
  'http.route': (i) => `/1/batch/${i % 3}`,
  'http.response.status_code': (i) => [200, 401, 500][i % 3] ?? 200,
  'http.host': () => 'api.example.com',
  'telemetry.sdk.version': () => '1.2.3',
  'deployment.environment.name': () => 'prod',
  duration_ms: (i) => i * 1.5,
  trace_id: (i) => `4bf92f3577b34da6a3ce929d0e0e473${i % 10}`,
  span_id: (i) => `00f067aa0ba902b${i % 10}`,
  'error.type': (i) => (i % 3 === 0 ? 'timeout' : null),
  'customer.id': (i) => `team-${i}`,
};

const beeline: Table = {
  Timestamp: iso,
  'meta.local_hostname': (i) => `shepherd-${i % 3}`,
  'meta.beeline_version': () => '4.3.1',
  build_id: (i) => String(31877 + (i % 2)),
  'request.host': () => 'api.honeycomb.io',
  'request.path': (i) => `/1/events/${i}`,
  'request.route': () => '/1/events/{dataset}',
  'request.method': () => 'POST',
  'response.status_code': (i) => (i % 2 ? 200 : 429),
  duration_ms: (i) => i / 3,
  service_name: () => 'shepherd',
  'trace.trace_id': (i) => `t${i}`,
  'trace.span_id': (i) => `s${i}`,
  'trace.parent_id': (i) => `s${i - 1}`,
  SampleRate: (i) => 1 + (i % 20),
  'app.team_id': (i) => i * 7,
};

const caddy: Table = {
  level: () => 'info',
  ts: (i) => 1646861401.5241024 + i,
  logger: () => 'http.log.access',
  msg: () => 'handled request',
  'request.remote_ip': () => '127.0.0.1',
  'request.method': () => 'GET',
  'request.host': () => 'localhost:8080',
  'request.uri': (i) => `/a?${i}`,
  'request.proto': () => 'HTTP/1.1',
  status: () => 200,
  duration: (i) => 0.000929675 * (i + 1),
  size: () => 10900,
};

const nginxJson: Table = {
  time_iso8601: iso,
  remote_addr: (i) => `192.0.2.${i}`,
  hostname: (i) => `edge-${i % 2}`,
  host: () => 'www.example.com',
  request_method: () => 'GET',
  request_uri: (i) => `/x/${i}`,
  status: () => '200',
  request_time: (i) => `0.0${i}`,
  body_bytes_sent: (i) => String(i),
  nginx_version: () => '1.22.1',
};

const access: Table = {
  remote_addr: (i) => `192.0.2.${i}`,
  user: () => null,
  time_local: () => '17/May/2015:10:05:03 +0000',
  method: () => 'GET',
  path: (i) => `/page/${i}`,
  protocol: () => 'HTTP/1.1',
  status: (i) => (i % 2 ? 200 : 304),
  bytes: (i) => i * 100,
  user_agent: () => 'curl/8',
};

const traefik: Table = {
  time: iso,
  StartUTC: iso,
  Duration: (i) => 2_000_000 + i,
  DownstreamStatus: () => 200,
  OriginStatus: () => 502,
  RequestHost: () => 'app.example.com',
  RequestMethod: () => 'GET',
  RequestPath: (i) => `/p/${i}`,
};

const csv: Table = {
  time: iso,
  host: (i) => `api-${i % 4}`,
  version: (i) => `1.1${i % 2}`,
  status: () => '401',
};

describe('guessRoles', () => {
  it.each<[string, Table, object]>([
    [
      'OpenTelemetry',
      otel,
      {
        time: ['timestamp'],
        host: ['host.name'],
        version: ['service.version'],
        status: ['http.response.status_code'],
        service: ['service.name'],
        environment: ['deployment.environment.name'],
        route: ['http.route'],
        method: ['http.request.method'],
        duration: ['duration_ms'],
        error: ['error.type'],
        customer: ['customer.id'],
        trace: ['trace_id'],
        span: ['span_id'],
      },
    ],
    [
      'Honeycomb beeline',
      beeline,
      {
        time: ['Timestamp'],
        host: ['meta.local_hostname'],
        version: ['build_id'],
        status: ['response.status_code'],
        service: ['service_name'],
        route: ['request.route'],
        method: ['request.method'],
        duration: ['duration_ms'],
        weight: ['SampleRate'],
        customer: ['app.team_id'],
        trace: ['trace.trace_id'],
        span: ['trace.span_id'],
        parent: ['trace.parent_id'],
      },
    ],
    [
      'Caddy',
      caddy,
      { time: ['ts'], status: ['status'], method: ['request.method'], duration: ['duration'] },
    ],
    [
      'nginx JSON',
      nginxJson,
      {
        time: ['time_iso8601'],
        host: ['hostname'],
        status: ['status'],
        method: ['request_method'],
        duration: ['request_time'],
      },
    ],
    ['an access log', access, { time: ['time_local'], status: ['status'], method: ['method'] }],
    [
      'Traefik',
      traefik,
      {
        time: ['time'],
        status: ['DownstreamStatus'],
        method: ['RequestMethod'],
        duration: ['Duration'],
      },
    ],
    [
      'a plain CSV',
      csv,
      { time: ['time'], host: ['host'], version: ['version'], status: ['status'] },
    ],
  ])('reads the columns of %s', (_, table, roles) => {
    expect(guess(table).roles).toEqual(roles);
  });

  it('coalesces old and new names of a migration', () => {
    const { roles } = guess({
      timestamp: iso,
      'http.status_code': (i) => (i < 6 ? 200 : null),
      'http.response.status_code': (i) => (i >= 6 ? 200 : null),
      'deployment.environment': () => 'prod',
      'deployment.environment.name': () => 'prod',
      'host.name': (i) => (i < 6 ? `a-${i}` : null),
      hostname: (i) => `a-${i}`,
    });
    expect(roles.status).toEqual(['http.response.status_code', 'http.status_code']);
    expect(roles.environment).toEqual(['deployment.environment.name', 'deployment.environment']);
    expect(roles.host).toEqual(['host.name', 'hostname']);
  });

  it('reads labels of Kubernetes, of ECS and of gateways', () => {
    const { roles, units } = guess({
      timestamp: iso,
      'kubernetes.labels.app': (i) => ['ledger', 'notify'][i % 2] ?? '',
      'meta.version': (i) => `1.${i % 2}.0`,
      x_tenant: (i) => `acct_${i % 5}`,
      'event.duration': (i) => 1_200_000 + 1_000 * i,
    });
    expect(roles).toMatchObject({
      service: ['kubernetes.labels.app'],
      version: ['meta.version'],
      customer: ['x_tenant'],
      duration: ['event.duration'],
    });
    expect(units.get('event.duration')).toBe('ns');
    expect(guess({ upstream_time: (i) => 0.01 * i + 0.001 }).roles.duration).toEqual([
      'upstream_time',
    ]);
  });

  it('leaves synonyms out when the best column has no gaps', () => {
    const { roles } = guess({ 'host.name': (i) => `a-${i}`, 'k8s.pod.name': (i) => `p-${i}` });
    expect(roles.host).toEqual(['host.name']);
  });

  it.each<[string, Table]>([
    ['a Host header called host', { host: () => 'www.example.com' }],
    ['Host headers with ports', { host: (i) => `app:80${i + 10}` }],
    ['many sites called host', { host: (i) => `s${i}.example.com` }],
    ['one value called host', { host: () => 'api' }],
    ['http.host', { 'http.host': (i) => `api-${i}` }],
    ['a wrapped request.host', { 'data.request.host': (i) => `api-${i}` }],
    [':authority', { ':authority': (i) => `api-${i}` }],
    ['client.address', { 'client.address': (i) => `10.0.0.${i}` }],
  ])('does not take %s for a host', (_, table) => {
    expect(guess(table).roles.host).toBeUndefined();
  });

  it.each<[string, Table]>([
    ['machine names', { host: (i) => `api-${i % 3}` }],
    ['cloud machine names', { host: (i) => `ip-10-0-0-${i}.ec2.internal` }],
    ['addresses', { host: (i) => `10.0.0.${i}` }],
    ['machine names of a domain', { host: (i) => `api00${i % 3}.prod.example.net` }],
    ['named nodes of a domain', { node: (i) => `${'abc'[i % 3]}.example.net` }],
    ['another spelling', { HostName: (i) => `api-${i % 3}` }],
    ['a wrapped name', { 'resource.attributes.host.name': (i) => `api-${i % 3}` }],
  ])('takes %s for a host', (_, table) => {
    expect(guess(table).roles.host).toEqual(Object.keys(table));
  });

  it('takes the names that Elastic, Kubernetes and Honeycomb write', () => {
    const { roles, units } = guess({
      '@timestamp': iso,
      'kubernetes.labels.app': () => 'gate',
      'meta.version': (i) => `build-${i % 2}`,
      'event.duration': (i) => 20_000_000 + i,
      'req.accountId': (i) => `acct_${i}`,
    });
    expect(roles).toMatchObject({
      service: ['kubernetes.labels.app'],
      version: ['meta.version'],
      duration: ['event.duration'],
      customer: ['req.accountId'],
    });
    expect(units).toEqual(new Map([['event.duration', 'ns']]));
  });

  it.each<[Table]>([
    [{ http_version: (i) => `1.${i % 2}` }],
    [{ 'tls.version': () => '1.3' }],
    [{ 'meta.beeline_version': () => '1.0' }],
    [{ '@version': () => '1' }],
    [{ version: () => 'HTTP/1.1' }],
    [{ build: (i) => i * 1000 + 7, x: iso }],
  ])('weighs look-alikes of a version in %j', (table) => {
    const expected = 'build' in table ? ['build'] : undefined;
    expect(guess(table).roles.version).toEqual(expected);
  });

  it.each<[Table, boolean]>([
    [{ status: () => 'ok' }, true],
    [{ status: (i) => ['eu', 'us'][i % 2] ?? '' }, false],
    [{ success: (i) => i > 3 }, true],
    [{ cached: (i) => i > 3 }, false],
    [{ status: (i) => i % 2 }, false],
    [{ 'status.code': (i) => i % 3 }, false],
    [{ status: () => '200' }, true],
    [{ 'rpc.grpc.status_code': (i) => i }, true],
  ])('judges a status by its values %#', (table, taken) => {
    expect(guess(table).roles.status !== undefined).toBe(taken);
  });

  it.each<[Table, string | null]>([
    [{ duration_ms: (i) => i }, 'ms'],
    [{ durationMs: (i) => i }, 'ms'],
    [{ latency_us: (i) => i }, 'us'],
    [{ responseTime: (i) => i + 20 }, null],
    [{ duration_ns: (i) => i }, 'ns'],
    [{ 'http.server.request.duration': (i) => i / 100 }, 's'],
    [{ duration: (i) => 0.001 * (i + 1) }, 's'],
    [{ duration: (i) => 50_000_000 + i }, 'ns'],
    [{ duration: (i) => 20 + i }, null],
  ])('finds the unit of a duration %#', (table, unit) => {
    const { units, notes, roles } = guess(table);
    expect([...units.values()]).toEqual(unit === null ? [] : [unit]);
    if (unit === null && roles.duration !== undefined) {
      expect(notes.join()).toContain('unit unknown');
    }
  });

  it('takes a path for a route only when it is templated', () => {
    expect(guess({ path: (i) => `/users/${i}` }).roles.route).toBeUndefined();
    expect(guess({ path: () => '/users/{id}' }).roles.route).toEqual(['path']);
    expect(guess({ 'http.route': () => '/users?id=1' }).roles.route).toEqual(['http.route']);
  });

  it.each([
    'http_status http.status httpStatus statusCode http_code resp_status status_code StatusCode',
    'response_code responseCode code',
  ])('takes a status by its name and values: %s', (labels) => {
    for (const label of labels.split(' ')) {
      expect(guess({ [label]: (i) => [200, 404, 500][i % 3] ?? 200 }).roles.status).toEqual([
        label,
      ]);
      expect(guess({ [label]: () => '404' }).roles.status).toEqual([label]);
      expect(guess({ [label]: (i) => i }).roles.status).toBeUndefined();
    }
  });

  it.each([
    'when date epoch at t logged_at created_at event_time @time timestamp_ms time_ms eventTime',
    'DateTime whenever_it_was x',
  ])('takes a time by its values: %s', (labels) => {
    for (const label of labels.split(' ')) {
      expect(guess({ [label]: iso, n: (i) => i }).roles.time).toEqual([label]);
      expect(guess({ [label]: (i) => 1_587_045_600_000 + i }).roles.time).toEqual([label]);
    }
  });

  it('takes the more time-like of two unnamed times and leaves true ties open', () => {
    const two = guess({ finish_time: iso, thing: iso });
    expect(two.roles.time).toEqual(['finish_time']);
    const why = 'all of its values read as times, rather than thing';
    expect(two.notes).toEqual([`time: finish_time: ${why}`]);
    const tie = guess({ b: iso, a: iso });
    expect(tie.roles.time).toBeUndefined();
    expect(tie.notes).toEqual(['time: a, b all read as times']);
    expect(() => requireTime(tie, 'a.csv')).toThrow(/no column found for the role time/);
    expect(guess({ ingested_at: iso }).roles.time).toBeUndefined();
  });

  it.each<[keyof GuessedRoles['roles'], string, Table[string]]>([
    ['host', 'node server machine pod instance_id hostName hst', (i) => `m-${i % 3}`],
    ['version', 'build release image git_sha app_version rev deploy', (i) => `v${i % 2}`],
    ['version', 'version', () => '1'],
    ['duration', 'latency_ms elapsed rt durationMs response_time_ms', (i) => i + 0.5],
    ['service', 'service svc app_name serviceName', () => 'api'],
    ['customer', 'account_id tenant_id org client_id customerId', (i) => `c-${i}`],
  ])('takes usual names for %s: %s', (role, labels, value) => {
    for (const label of labels.split(' ')) {
      expect(guess({ [label]: value }).roles[role]).toEqual([label]);
    }
  });

  it('leaves a tie open and says so', () => {
    const { roles, notes } = guess({ HOSTNAME: (i) => `a-${i}`, HostName: (i) => `b-${i}` });
    expect(roles.host).toBeUndefined();
    expect(notes).toEqual(['host: HOSTNAME and HostName are equally good']);
  });

  it('still takes the time by its name when the values are bad', () => {
    expect(guess({ timestamp: () => 'infinity' }).roles.time).toEqual(['timestamp']);
    expect(guess({ date: (i) => `2020-04-1${i % 10}` }).roles.time).toBeUndefined();
  });

  it('does not depend on the order of columns or values', () => {
    const tables = [otel, beeline, caddy, nginxJson, access, traefik, csv].map(samples);
    for (const columns of tables) {
      const expected = guessRoles(columns, { isTime });
      fc.assert(
        fc.property(fc.shuffledSubarray(columns, { minLength: columns.length }), (shuffled) => {
          const turned = shuffled.map((one) => ({ ...one, values: [...one.values].reverse() }));
          expect(guessRoles(turned, { isTime })).toEqual(expected);
        }),
        { seed: 51, numRuns: 20 },
      );
    }
  });
});

describe('requireTime', () => {
  it('names the candidates in its fault', () => {
    expect(requireTime(guess(otel), 'a.ndjson')).toEqual(['timestamp']);
    const wrong = guess({ created_at: () => 'soon', _time: () => 'x' });
    expect(() => requireTime(wrong, 'a.ndjson')).toThrow(Fault);
    try {
      requireTime(wrong, 'a.ndjson');
    } catch (thrown) {
      expect(thrown).toMatchObject({
        code: 'CC2101',
        params: { path: 'a.ndjson', role: 'time', candidates: '_time, created_at' },
      });
    }
  });
});

describe('names no list holds', () => {
  const pick = (i: number, ...values: readonly SampleValue[]) => values[i % values.length] ?? '';
  it.each<[Table, object]>([
    [
      {
        ts: iso,
        workload: (i) => pick(i, 'a-1', 'a-2'),
        imageTag: (i) => pick(i, 'v1', 'v2'),
        svc: (i) => pick(i, 'cart', 'pay'),
        operation: (i) => pick(i, 'List', 'Get'),
        elapsed_us: (i) => i * 900,
        account_uid: (i) => `k${i}`,
        reason: (i) => (i > 8 ? 'refused' : null),
        outcome: (i) => pick(i, 'ok', 'failed'),
      },
      {
        time: ['ts'],
        host: ['workload'],
        version: ['imageTag'],
        service: ['svc'],
        route: ['operation'],
        duration: ['elapsed_us'],
        customer: ['account_uid'],
        error: ['reason'],
        status: ['outcome'],
      },
    ],
    [
      {
        time: iso,
        'grpc.service': (i) => pick(i, 'pay.Cards', 'pay.Bank'),
        'grpc.method': (i) => pick(i, 'Charge', 'Refund'),
        'grpc.code': (i) => pick(i, 'OK', 'UNAVAILABLE'),
        api_key_id: (i) => `k${i}`,
        msg: () => 'handled',
        server_time: (i) => 1_772_409_600_000 + i,
        user_agent: () => 'curl',
        task: (i) => `job-${i}`,
      },
      {
        time: ['time'],
        service: ['grpc.service'],
        route: ['grpc.method'],
        status: ['grpc.code'],
        customer: ['api_key_id'],
        host: ['task'],
      },
    ],
    [
      { time: iso, method: (i) => pick(i, 'GET', 'PUT'), k8s_deployment_kind: () => 'web' },
      { time: ['time'], method: ['method'] },
    ],
    [
      {
        Zeitstempel: iso,
        Rechner: (i) => `srv${i % 3}`,
        Softwarestand: (i) => pick(i, '4.7', '4.8'),
        'HTTP-Status': (i) => pick(i, 200, 500),
        Dauer_ms: (i) => i,
        Kundennummer: (i) => `K${i}`,
        Fehlertext: () => 'x',
      },
      {
        time: ['Zeitstempel'],
        host: ['Rechner'],
        version: ['Softwarestand'],
        status: ['HTTP-Status'],
        duration: ['Dauer_ms'],
        customer: ['Kundennummer'],
        error: ['Fehlertext'],
      },
    ],
    [
      {
        EdgeStartTimestamp: iso,
        EdgeEndTimestamp: iso,
        EdgeColoCode: (i) => pick(i, 'FRA', 'AMS'),
        EdgeResponseStatus: (i) => pick(i, 200, 500),
        OriginResponseStatus: (i) => pick(i, 200, 500),
        ClientRequestPath: (i) => pick(i, '/a', '/b'),
        ClientRequestMethod: () => 'GET',
        EdgeTimeToFirstByteMs: (i) => i,
        SampleInterval: () => 1,
      },
      {
        time: ['EdgeStartTimestamp'],
        host: ['EdgeColoCode'],
        status: ['EdgeResponseStatus'],
        route: ['ClientRequestPath'],
        method: ['ClientRequestMethod'],
        duration: ['EdgeTimeToFirstByteMs'],
        weight: ['SampleInterval'],
      },
    ],
  ])('takes a label apart into words %#', (table, roles) => {
    expect(guess(table).roles).toEqual(roles);
  });

  it.each<[(index: number) => string]>([
    [(i) => `${i}.5ms`],
    [(i) => ['1.5s', '2m3s', '1h0m0.25s', '12µs', '7 ms', '0s'][i % 6] ?? ''],
  ])('takes lengths of time with a unit for durations, not for services %#', (took) => {
    const { roles, units, notes } = guess({ time: iso, took, service: (i) => `${i}ms` });
    expect(roles).toEqual({ time: ['time'], duration: ['took'] });
    expect([units, notes]).toEqual([new Map([['took', 'ms']]), []]);
  });

  it.each<[(index: number) => string, string]>([
    [(i) => `${i},5`, '0,5'],
    [(i) => (i === 3 ? '3' : `${i}.5ms`), '0.5ms'],
  ])('says that other texts are no lengths of time %#', (took, shown) => {
    const { roles, notes } = guess({ time: iso, took });
    expect(roles).toEqual({ time: ['time'] });
    expect(notes).toEqual([
      `duration: took: values such as ${shown} are text, not numbers, so nothing is said about slowness`,
    ]);
  });

  it.each<[Table, string | null]>([
    [{ status: (i) => pick(i, 200, 500) }, null],
    [{ outcome: (i) => pick(i, 'ok', 'done', 'refused') }, "status not in ('done', 'ok')"],
    [{ success: (i) => i > 2 }, 'status = false'],
    [{ success: (i) => String(i > 2) }, "status = 'false'"],
    [{ failed: (i) => pick(i, 0, 1) }, 'status = 1'],
    [{ 'grpc.code': (i) => pick(i, 0, 14, 7) }, 'status in (2, 4, 12, 13, 14, 15)'],
    [
      { 'grpc.code': (i) => pick(i, 'OK', 'Unavailable', 'NotFound') },
      "status in ('DataLoss', 'DeadlineExceeded', 'Internal', 'Unavailable', 'Unimplemented', 'Unknown')",
    ],
  ])('says what failed %#', (table, bad) => {
    expect(badRuleOf(samples(table), Object.keys(table))).toBe(bad);
  });
});
