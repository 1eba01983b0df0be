/** Access logs and logfmt: a line has the shape of the format, or is rejected with its place. */
import { allStored, type InputCase, latin1, wholeFile, withRejects } from './case.js';

const hit = (second: number, request = 'GET / HTTP/1.1', rest = '200 512') =>
  `10.0.0.1 - - [16/Apr/2020:14:00:0${second} +0000] "${request}" ${rest}`;
const combined = (second: number, agent = 'curl/8.0') => `${hit(second)} "-" "${agent}"`;

type Reason = Parameters<typeof withRejects>[1][number];

function file(lines: readonly (string | Buffer)[]): Buffer {
  const raws = lines.map((line) => (typeof line === 'string' ? Buffer.from(line) : line));
  return Buffer.concat(raws.flatMap((raw) => [raw, Buffer.from('\n')]));
}

function badAccess(name: string, line: string | Buffer, reason: Reason): InputCase {
  const lines = [combined(0), line, combined(2)];
  const expected = withRejects(lines, { 2: reason }, 3);
  return wholeFile(`access ${reason}: ${name}`, 'access.log', file(lines), expected, 'access');
}

function goodAccess(name: string, line: string, values = {}): InputCase {
  const expected = { ...allStored(3), values: { 1: values } };
  return wholeFile(
    `access: ${name}`,
    'access.log',
    file([hit(0), line, hit(2)]),
    expected,
    'access',
  );
}

const access: readonly InputCase[] = [
  goodAccess('common', hit(1), { status: 200n }),
  goodAccess('combined', combined(1), { status: 200n }),
  goodAccess('a tail of more fields', `${combined(1)} 0.012 "upstream" -`, { status: 200n }),
  goodAccess('no bytes', hit(1, 'GET / HTTP/1.1', '304 -'), { status: 304n }),
  goodAccess('an offset', hit(1).replace('14:00:01 +0000', '16:00:01 +0200'), {
    ts: 1_587_045_601_000_000n,
  }),
  goodAccess('a request of dashes', hit(1, '-', '408 0'), { status: 408n }),
  goodAccess('a user with a space', hit(1).replace('- -', '- john doe')),
  goodAccess('an IPv6 client', hit(1).replace('10.0.0.1', '2001:db8::1')),
  goodAccess('an escaped quote in the request', hit(1, 'GET /a\\"b HTTP/1.1'), { status: 200n }),
  goodAccess('an escaped byte in the agent', combined(1, 'evil\\x22agent'), { status: 200n }),
  goodAccess('a request of TLS bytes', hit(1, '\\x16\\x03\\x01', '400 226'), { status: 400n }),
  badAccess('text', 'this is no access log line', 'line_shape'),
  badAccess('an error log line', '[error] 12#0: upstream timed out', 'line_shape'),
  badAccess('cut short in the time', '10.0.0.1 - - [16/Apr/2020:14:0', 'line_shape'),
  badAccess(
    'cut short in the request',
    '10.0.0.1 - - [16/Apr/2020:14:00:01 +0000] "GET /',
    'line_shape',
  ),
  badAccess(
    'no status',
    '10.0.0.1 - - [16/Apr/2020:14:00:01 +0000] "GET / HTTP/1.1"',
    'line_shape',
  ),
  badAccess('status of letters', hit(1, 'GET / HTTP/1.1', 'abc 12'), 'line_shape'),
  badAccess('a JSON line', '{"time":"2020-04-16T14:00:01Z"}', 'line_shape'),
  badAccess('day 32', hit(1).replace('16/Apr', '32/Apr'), 'ts_invalid'),
  badAccess('30 February', hit(1).replace('16/Apr', '30/Feb'), 'ts_invalid'),
  badAccess('hour 25', hit(1).replace(':14:00', ':25:00'), 'ts_invalid'),
  badAccess('1970', hit(1).replace('2020', '1970'), 'ts_range'),
  badAccess('2099', hit(1).replace('2020', '2099'), 'ts_range'),
  badAccess('raw Latin-1 byte', latin1(hit(1, 'GET /caf\xe9 HTTP/1.1')), 'utf8'),
  badAccess('raw NUL', hit(1, 'GET /\u0000 HTTP/1.1'), 'control'),
  badAccess('over 1 MiB', hit(1, `GET /${'x'.repeat(1_048_576)} HTTP/1.1`), 'too_large'),
  wholeFile('access: blank lines', 'access.log', file([hit(0), '', hit(1), '   ', '']), {
    ...allStored(2),
    blank: 3,
  }),
  wholeFile(
    'access: identical lines are two events',
    'access.log',
    file([hit(0), hit(0)]),
    allStored(2),
  ),
];

const entry = (second: number, rest: string) => `time=2020-04-16T14:00:0${second}Z ${rest}`;

function badLogfmt(name: string, line: string | Buffer, reason: Reason): InputCase {
  const lines = [entry(0, 'host=a'), line, entry(2, 'host=b')];
  const expected = withRejects(lines, { 2: reason }, 3);
  return wholeFile(`logfmt ${reason}: ${name}`, 'app.log', file(lines), expected, 'logfmt');
}

function goodLogfmt(name: string, rest: string, values = {}): InputCase {
  const bytes = file([entry(0, 'host=a'), entry(1, rest), entry(2, 'host=b')]);
  const expected = { ...allStored(3), values: { 1: values } };
  return wholeFile(`logfmt: ${name}`, 'app.log', bytes, expected, 'logfmt');
}

const logfmt: readonly InputCase[] = [
  goodLogfmt('bare values', 'host=c msg=ok', { host: 'c', msg: 'ok' }),
  goodLogfmt('a quoted value', 'msg="two words"', { msg: 'two words' }),
  goodLogfmt('an escaped quote', 'msg="say \\"hi\\""', { msg: 'say "hi"' }),
  goodLogfmt('an equals sign in quotes', 'msg="a=b"', { msg: 'a=b' }),
  goodLogfmt('several spaces', 'host=c    msg=ok', { host: 'c', msg: 'ok' }),
  goodLogfmt('a dotted key', 'http.route=/x', { http_route: '/x' }),
  goodLogfmt('other letters', 'msg=日本', { msg: '日本' }),
  goodLogfmt('a version stays text', 'version=1.10', { version: '1.10' }),
  badLogfmt('an open quote', entry(1, 'msg="open'), 'line_shape'),
  badLogfmt('a key twice', entry(1, 'a=1 a=2'), 'dup_key'),
  badLogfmt('no time', 'host=c msg=ok', 'ts_missing'),
  badLogfmt('a time that is none', 'time=soon host=c', 'ts_invalid'),
  badLogfmt('a time of 1970', 'time=1970-01-01T00:00:00Z host=c', 'ts_range'),
  badLogfmt('raw Latin-1 byte', latin1(entry(1, 'msg=caf\xe9')), 'utf8'),
  badLogfmt('raw NUL', entry(1, 'msg=a\u0000b'), 'control'),
  badLogfmt('a key of 257 characters', entry(1, `${'k'.repeat(257)}=1`), 'bad_key'),
  badLogfmt(
    '2,001 keys',
    entry(1, Array.from({ length: 2000 }, (_, i) => `k${i}=1`).join(' ')),
    'too_many_fields',
  ),
  badLogfmt('over 1 MiB', entry(1, `msg=${'x'.repeat(1_048_576)}`), 'too_large'),
];

export const logCases: readonly InputCase[] = [...access, ...logfmt];
