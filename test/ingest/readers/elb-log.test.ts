import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createElbReader } from '../../../src/ingest/readers/elb-log.js';
import { defaultLimits, type RecordLimits } from '../../../src/ingest/record.js';
import { cutSizes, type Recorded, readAll, textOf } from '../recorded.js';

function read(text: string, cuts: number[] = [], limits: RecordLimits = defaultLimits): Recorded {
  return readAll((sink) => createElbReader(limits, sink), text, cuts);
}

const arn =
  'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067';
const numbers = '0.086 0.048 0.037 200 201 0 57';
const request = '"GET https://www.example.com:443/a/b?c=d HTTP/1.1"';
const rest =
  `ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 ${arn} "Root=1-58337281-1d84f3d73c47ec4e58577259" ` +
  '"www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678" 1 ' +
  '2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_12';

interface Parts {
  readonly client?: string;
  readonly target?: string;
  readonly numbers?: string;
  readonly request?: string;
  readonly agent?: string;
  readonly rest?: string;
}

const alb = (parts: Parts = {}): string =>
  [
    'https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188',
    parts.client ?? '192.168.131.39:2817',
    parts.target ?? '10.0.0.1:80',
    parts.numbers ?? numbers,
    parts.request ?? request,
    parts.agent ?? '"curl/7.46.0"',
    parts.rest ?? rest,
  ].join(' ');

const clb = (end: string): string =>
  `2015-05-13T23:39:43.945958Z my-loadbalancer 192.168.131.39:2817 10.0.0.1:80 ${end}`;

const rowOf = (line: string) => {
  const { records, rejects } = read(line);
  expect(rejects).toEqual([]);
  return records[0]?.row;
};

describe('load balancer log reader', () => {
  it('reads a line of an Application load balancer', () => {
    expect(rowOf(alb())).toEqual({
      type: 'https',
      time: '2018-07-02T22:23:00.186641Z',
      elb: 'app/my-loadbalancer/50dc6c495c0c9188',
      client_ip: '192.168.131.39',
      client_port: 2817,
      target_ip: '10.0.0.1',
      target_port: 80,
      request_processing_time: 0.086,
      target_processing_time: 0.048,
      response_processing_time: 0.037,
      elb_status_code: 200,
      target_status_code: 201,
      received_bytes: 0,
      sent_bytes: 57,
      method: 'GET',
      vhost: 'www.example.com:443',
      path: '/a/b',
      query: 'c=d',
      protocol: 'HTTP/1.1',
      request: null,
      user_agent: 'curl/7.46.0',
      ssl_cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
      ssl_protocol: 'TLSv1.2',
      target_group: 'my-targets',
      target_group_arn: arn,
      trace_id: 'Root=1-58337281-1d84f3d73c47ec4e58577259',
      domain_name: 'www.example.com',
      chosen_cert_arn: 'arn:aws:acm:us-east-2:123456789012:certificate/12345678',
      matched_rule_priority: '1',
      request_creation_time: '2018-07-02T22:22:48.364000Z',
      actions_executed: 'authenticate,forward',
      redirect_url: null,
      error_reason: null,
      target_port_list: '10.0.0.1:80',
      target_status_code_list: '200',
      classification: null,
      classification_reason: null,
      conn_trace_id: 'TID_12',
    });
  });

  it('reads a line of a Classic load balancer by the same names', () => {
    const line = clb(`0.000073 0.001048 0.000057 200 502 0 29 ${request} "curl/7.38.0" - -`);
    expect(rowOf(line)).toMatchObject({
      elb: 'my-loadbalancer',
      target_ip: '10.0.0.1',
      target_processing_time: 0.001048,
      elb_status_code: 200,
      target_status_code: 502,
      path: '/a/b',
      user_agent: 'curl/7.38.0',
      ssl_cipher: null,
    });
    expect(rowOf(clb(`0.1 0.2 0.3 200 200 0 29 ${request}`))).toMatchObject({ user_agent: null });
    const tcp = clb('0.001069 0.000028 0.000041 - - 82 305 "- - - " "-" - -');
    expect(rowOf(tcp)).toMatchObject({ elb_status_code: null, method: null, request: null });
  });

  it.each<[string, Parts, object]>([
    [
      'no target',
      { target: '-', numbers: '-1 -1 -1 503 - 34 366' },
      {
        target_ip: null,
        target_port: null,
        target_processing_time: null,
        elb_status_code: 503,
        target_status_code: null,
      },
    ],
    ['a target that was not asked', { numbers: '-1 -1 -1 504 0 0 0' }, { target_status_code: 0 }],
    ['a status of zeros', { numbers: '0.0 -1.000 -1 000 - 0 0' }, { elb_status_code: '000' }],
    ['IPv6', { client: '[2001:db8::7]:443' }, { client_ip: '2001:db8::7', client_port: 443 }],
    ['IPv6, bare', { client: '2001:db8::7:443' }, { client_ip: '2001:db8::7', client_port: 443 }],
    ['no port', { client: '192.0.2.7' }, { client_ip: '192.0.2.7', client_port: null }],
    ['a bad request', { request: '"- http://a:80- -"' }, { request: '- http://a:80- -' }],
    ['no path', { request: '"GET http://a:80 HTTP/2.0"' }, { vhost: 'a:80', path: '' }],
    ['CONNECT', { request: '"CONNECT a:443 HTTP/1.1"' }, { vhost: null, path: 'a:443' }],
    ['no agent', { agent: '"-"' }, { user_agent: null }],
    ['an empty agent', { agent: '""' }, { user_agent: '' }],
    ['escapes', { agent: '"a \\x22b\\x22 \\"c"' }, { user_agent: 'a "b" "c' }],
    ['bare quotes', { agent: '"a "b" c "d"' }, { user_agent: 'a "b" c "d' }],
    ['brackets', { agent: '"x [FBAN/F;] y"' }, { user_agent: 'x [FBAN/F;] y' }],
    ['no cipher', { rest: rest.replace(/^\S+ \S+/, '- -') }, { ssl_cipher: null }],
    ['no target group', { rest: rest.replace(arn, '-') }, { target_group: null }],
    ['fewer fields', { rest: rest.replace(/ "authen.*$/, '') }, { target_group: 'my-targets' }],
    [
      'more fields',
      { rest: `${rest} "h" "u" "s" new=1 "x y" -` },
      {
        transformed_host: 'h',
        request_transform_status: 's',
        field_34: 'new=1',
        field_35: 'x y',
        field_36: null,
      },
    ],
  ])('reads a line with %s', (_, parts, expected) => {
    expect(rowOf(alb(parts))).toMatchObject(expected);
  });

  it.each([
    'Enable AccessLog for ELB: my-loadbalancer at 2018-07-02T22:23:00.186641Z',
    alb({ numbers: '0.1 0.1 0.1 abc 200 0 57' }),
    alb({ numbers: '0.1 0.1 0.1 200 200 0' }),
    alb({ request: 'GET' }),
    alb({ agent: '"never ends', rest: '' }),
    alb({ rest: rest.replace('"Root=1-58337281-1d84f3d73c47ec4e58577259"', 'bare') }),
    clb(`0.1 0.2 0.3 200 200 0 29 ${request} "curl" - - more`),
    alb().slice(6, 120),
  ])('refuses %j', (line) => {
    const seen = read(`${alb()}\n${line}\n`);
    expect(seen.records).toHaveLength(1);
    expect(seen.rejects).toMatchObject([{ line: 2, reason: 'line_shape', raw: line }]);
  });

  it('refuses more fields than allowed', () => {
    const seen = read(alb(), [], { ...defaultLimits, fields: 20 });
    expect(seen.rejects.map(({ reason }) => reason)).toEqual(['too_many_fields']);
  });

  it('finds the same however the bytes are cut, and accounts for every line', () => {
    const pieces = [alb(), clb(`0.1 0.2 0.3 200 200 0 29 ${request}`), '\n', '\n', '"', ' ', '- '];
    fc.assert(
      fc.property(textOf(pieces), cutSizes, (text, cuts) => {
        const seen = read(text);
        expect(read(text, cuts)).toEqual(seen);
        const lines = text
          .split('\n')
          .filter((line, at, all) => at < all.length - 1 || line !== '');
        expect(seen.records.length + seen.rejects.length + seen.blank).toBe(lines.length);
      }),
      { seed: 47, numRuns: 150 },
    );
  });
});
