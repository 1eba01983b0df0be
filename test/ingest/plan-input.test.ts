/** What the columns of a log mean, from its lines to the roles of the store. */
import { appendFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Roles } from '../../src/event/role.js';
import { createScratchStore, type ScratchStore } from './scratch-store.js';

let store: ScratchStore;
beforeEach(() => {
  store = createScratchStore();
});
afterEach(() => store.remove());

const tls = 'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2';
const arn = 'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/checkout/73e2d6';
const times = '0.000 0.012 0.000';
const albLine = (index: number) =>
  `h2 2020-04-16T14:00:0${index}.186641Z app/lb/50dc [2001:db8::${index}]:4711 ` +
  `10.0.0.${index % 3}:8080 ${index === 0 ? '-1 -1 -1' : times} ${index === 0 ? '503 -' : '200 200'} ` +
  `34 366 "POST https://a.example.com:443/v1/${index}?x HTTP/2.0" "a" ${tls} ${arn} ` +
  `"Root=1-5-${index}" "a.example.com" "-" 0 2020-04-16T13:59:5${index}.000000Z "forward" "-" "-"`;
const clbLine = (index: number) =>
  `2020-04-16T14:00:0${index}.186641Z lb 192.0.2.7:4711 10.0.0.${index % 3}:80 0.000086 0.001048 ` +
  `0.001337 200 200 0 57 "GET http://a.example.com:80/ HTTP/1.1" "curl" - -`;
const iisLine = (index: number) =>
  `2020-04-16 14:00:0${index} WEB0${index % 3} 10.0.0.1 a.example.com GET /a/${index}.aspx 200 ${index * 9}`;
const cloudFrontLine = (index: number) =>
  `2020-04-16\t14:00:0${index}\tFRA${index % 3}\tGET\td1.cloudfront.net\t/a.png\t200\t0.00${index}`;

const lines = (line: (index: number) => string) =>
  Array.from({ length: 9 }, (_, index) => line(index)).join('\n');

const iis = 'date time s-computername s-ip cs-host cs-method cs-uri-stem sc-status time-taken';
const cloudFront = 'date time x-edge-location cs-method cs(Host) cs-uri-stem sc-status time-taken';

describe('roles of logs of requests', () => {
  it.each<[string, string, string, Roles, string]>([
    [
      'an Application load balancer',
      lines(albLine),
      'elb',
      {
        time: ['time'],
        host: ['target_ip'],
        status: ['elb_status_code'],
        service: ['target_group'],
        route: ['path'],
        method: ['method'],
        duration: ['target_processing_time'],
        trace: ['trace_id'],
      },
      's',
    ],
    [
      'a Classic load balancer',
      lines(clbLine),
      'elb',
      {
        time: ['time'],
        host: ['target_ip'],
        status: ['elb_status_code'],
        route: ['path'],
        method: ['method'],
        duration: ['target_processing_time'],
      },
      's',
    ],
    [
      'IIS',
      `#Fields: ${iis}\n${lines(iisLine)}`,
      'w3c',
      {
        time: ['time'],
        host: ['s-computername'],
        status: ['sc-status'],
        route: ['cs-uri-stem'],
        method: ['cs-method'],
        duration: ['time-taken'],
      },
      'ms',
    ],
    [
      'CloudFront',
      `#Version: 1.0\n#Fields: ${cloudFront}\n${lines(cloudFrontLine)}`,
      'w3c',
      {
        time: ['time'],
        host: ['x-edge-location'],
        status: ['sc-status'],
        route: ['cs-uri-stem'],
        method: ['cs-method'],
        duration: ['time-taken'],
      },
      's',
    ],
  ])('finds those of %s', async (_, text, format, roles, unit) => {
    const report = await store.ingest([store.file('some.log.gz', gzipSync(text))]);
    expect(report.files[0]).toMatchObject({ format, fault: null, notes: [] });
    expect(report.totals).toMatchObject({ read: 9, stored: 9 });
    const dataset = await store.dataset();
    expect(dataset.roles).toEqual(roles);
    const duration = report.newColumns.find(({ label }) => label === roles.duration?.[0]);
    expect(duration?.unit).toBe(unit);
  });
});

describe('logs of containers', () => {
  const wrap = (line: string, index: number) =>
    `2020-04-16T14:00:0${index}.000000001Z stdout F ${line}\n`;
  const docker = (line: string, index: number) =>
    `${JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: `2020-04-16T14:01:0${index}Z` })}\n`;
  const access = (index: number) =>
    `10.0.0.1 - - [16/Apr/2020:14:00:0${index} +0000] "GET /a/${index} HTTP/1.1" 200 12`;
  const json = (index: number) => `{"ts":"2020-04-16T14:02:0${index}Z","status":50${index}}`;
  const file = (line: (index: number) => string, put: typeof wrap) =>
    Array.from({ length: 9 }, (_, index) => put(line(index), index)).join('');

  it.each<[string, string, Roles, string]>([
    [
      'an access log, by its own time',
      file(access, wrap),
      { time: ['time_local', 'observed_timestamp'], status: ['status'], route: ['path'] },
      '2020-04-16 14:00:08',
    ],
    [
      'JSON, by its own time',
      file(json, docker),
      { time: ['ts', 'observed_timestamp'], status: ['status'] },
      '2020-04-16 14:02:08',
    ],
    [
      'messages, by the time of the wrapper',
      file((index) => `Started ${index}, ok`, docker),
      { time: ['observed_timestamp'] },
      '2020-04-16 14:01:08',
    ],
  ])('reads %s', async (_, text, roles, last) => {
    const report = await store.ingest([store.file('0.log', text)]);
    expect(report.files[0]).toMatchObject({ format: 'container', fault: null });
    expect(report.totals).toMatchObject({ read: 9, stored: 9 });
    expect((await store.dataset()).roles).toMatchObject(roles);
    expect((await store.rows('max(ts)::VARCHAR'))[0]?.[0]).toContain(last);
  });

  it('reads what is inside by a pattern, and what is given for others', async () => {
    const path = store.file(
      '0.log',
      file((index) => `job ${index} took ${index}`, wrap),
    );
    const options = { format: 'container', pattern: 'job (?<job>\\d) took (?<took>\\d)' } as const;
    expect((await store.ingest([path], options)).totals).toMatchObject({ stored: 9, rejected: 0 });
    expect((await store.rows('job', 'took'))[8]).toEqual(['8', '8']);
    const other = store.file('other.log', 'no line of a container\n');
    const report = await store.ingest([other], { format: 'container' });
    expect(report.totals).toMatchObject({ stored: 0, rejected: 1 });
  });
});

describe('files of OpenTelemetry', () => {
  const attributes = (pairs: Readonly<Record<string, string | number>>) =>
    Object.entries(pairs).map(([key, value]) => ({
      key,
      value: typeof value === 'string' ? { stringValue: value } : { intValue: String(value) },
    }));
  const nanos = (index: number) => `158704632${index}000000000`;
  const span = (index: number, pad: string) => ({
    traceId: `5b8efff798038103d269b633813fc60${index}`,
    spanId: `eee19b7ec3c1b17${index}`,
    name: 'GET /a',
    startTimeUnixNano: nanos(index),
    endTimeUnixNano: nanos(index + 1),
    attributes: attributes({ 'http.route': '/a', 'http.response.status_code': 200 + index, pad }),
  });
  const request = (pad: string) => ({
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': 'cart', 'host.name': 'cart-1' }) },
        scopeSpans: [{ spans: Array.from({ length: 8 }, (_, index) => span(index, pad)) }],
      },
    ],
  });

  it.each<[string, string]>([
    ['a request a line', `${JSON.stringify(request(''))}\n`],
    ['a line longer than a sample', `${JSON.stringify(request('x'.repeat(200_000)))}\n`],
    ['a document over lines', JSON.stringify(request('x'.repeat(200_000)), null, 2)],
  ])('finds the roles of %s', async (_, text) => {
    const report = await store.ingest([store.file('traces.json.gz', gzipSync(text))]);
    expect(report.files[0]).toMatchObject({ format: 'otlp', fault: null, notes: [] });
    expect(report.totals).toMatchObject({ read: 8, stored: 8 });
    expect((await store.dataset()).roles).toEqual({
      time: ['timestamp'],
      host: ['host.name'],
      service: ['service.name'],
      status: ['http.response.status_code'],
      route: ['http.route'],
      duration: ['duration_ms'],
      trace: ['trace.trace_id'],
      span: ['trace.span_id'],
    });
  });
});

describe('durations with a unit', () => {
  const line = (second: number, took: string, more = '') =>
    `{"time":"2020-04-16T14:00:0${second}Z","status":200,"took":"${took}"${more}}\n`;

  it('stores them as milliseconds, and what is none as it is', async () => {
    const text = ['12.3ms', '1.5s', '2m3s', '4.042817ms', '850\\u00b5s', '0s'].map((took, index) =>
      line(index, took),
    );
    const report = await store.ingest([store.file('a.ndjson', text.join(''))]);
    expect(report.files[0]?.notes).toEqual([]);
    expect(report.newColumns.find(({ label }) => label === 'took')).toMatchObject({
      type: 'number',
      unit: 'ms',
    });
    const values = [0, 0.85, 4.042817, 12.3, 1500, 123_000];
    expect((await store.rows('took')).flat()).toEqual(values);
    await store.ingest([store.file('b.ndjson', `${line(7, '1ms')}${line(8, '1ms')}`)]);
    const late = `${line(7, '2ms')}`.repeat(5_000) + line(8, 'never') + line(9, '-1s');
    const more = await store.ingest([store.file('c.ndjson', late)]);
    expect(more.totals).toMatchObject({ stored: 5_002, rejected: 0 });
    expect(more.extras).toEqual([{ label: 'took', valueCount: 2, why: 'type' }]);
  });

  it('keeps seconds of logs as decimals, where the first file has none but whole ones', async () => {
    const files = ['0.000', '0.012'].map((seconds, index) =>
      store.file(`${index}.log`, `${clbLine(index).replaceAll(/0\.00\d+/g, seconds)}\n`),
    );
    const schemas = [];
    for (const file of files) {
      expect((await store.ingest([file])).extras).toEqual([]);
      schemas.push((await store.dataset()).schema.filter(({ label }) => /_time$/.test(label)));
    }
    expect(schemas[0]?.map(({ type }) => type)).toEqual(['number', 'number', 'number']);
    const iisFile = store.file('u_ex.log', `#Fields: ${iis}\n${lines(iisLine)}`);
    await store.ingest([iisFile]);
    const taken = (await store.dataset()).schema.find(({ label }) => label === 'time-taken');
    expect(taken?.type).toBe('integer');
  });

  it('reads those of a column that is named for the role, in any format', async () => {
    const csv = 'time,service\n2020-04-16T14:00:00Z,23ms\n2020-04-16T14:00:01Z,1.5s\n';
    const map = new Map([['duration', 'service']] as const);
    await store.ingest([store.file('a.csv', csv)], { map });
    expect((await store.rows('service')).flat()).toEqual([23, 1500]);
    expect((await store.dataset()).schema.find(({ label }) => label === 'service')).toMatchObject({
      type: 'number',
      unit: 'ms',
    });
  });
});

describe('syslog', () => {
  it('reads what is inside with the host of the line, as it grows', async () => {
    const access = (second: number) =>
      `2020-04-16T14:00:0${second}+00:00 web${second % 3} nginx: 10.0.0.1 - - ` +
      `[16/Apr/2020:13:00:0${second} +0000] "GET /a HTTP/1.1" 200 12\n`;
    const path = store.file('nginx.log', [1, 2, 3, 4, 5].map(access).join(''));
    const report = await store.ingest([path]);
    expect(report.files[0]).toMatchObject({ format: 'syslog', counts: { stored: 5 } });
    expect((await store.dataset()).roles).toMatchObject({
      time: ['time_local', 'observed_timestamp'],
      host: ['hostname'],
      status: ['status'],
      route: ['path'],
    });
    appendFileSync(path, `${access(6)}oops\n`);
    const { totals, firstReject } = await store.ingest([path]);
    expect(totals).toMatchObject({ read: 7, stored: 1, rejected: 1, duplicates: 5 });
    expect(firstReject?.line).toBe(7);
  });
});
