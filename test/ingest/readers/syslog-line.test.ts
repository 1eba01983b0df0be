import { describe, expect, it } from 'vitest';
import { createReader } from '../../../src/ingest/dialect.js';
import { unwrapSyslog } from '../../../src/ingest/readers/syslog-line.js';
import { defaultLimits } from '../../../src/ingest/record.js';
import { readAll } from '../recorded.js';

const time = '2020-04-16T14:12:00.123456+02:00';

/** What a line says, without what it says nothing of; null for a line that is none. */
function read(line: string | Buffer): Readonly<Record<string, unknown>> | null {
  const found = unwrapSyslog(Buffer.from(line));
  if ('reason' in found) return null;
  const pairs = found.labels.map((label, at) => [label, found.values[at] ?? null] as const);
  const filled = pairs.filter(([, value]) => value !== null);
  return { ...Object.fromEntries(filled), message: found.content.toString() };
}

const start = { observed_timestamp: time, hostname: 'web1', program: 'sshd' };
const named = { facility: 'auth', severity: 'crit' };

describe('syslog', () => {
  it.each<[string, object]>([
    [`${time} web1 sshd[12]: Failed: a`, { ...start, pid: '12', message: 'Failed: a' }],
    [`${time} web1 sshd: `, { ...start, message: '' }],
    [`<34>${time} web1 sshd:x`, { ...start, ...named, message: 'x' }],
    [`${time} 2001:db8::7 sshd: x`, { ...start, hostname: '2001:db8::7', message: 'x' }],
    [`<34>1 ${time} web1 sshd - - - x y`, { ...start, ...named, message: 'x y' }],
    [
      `<34>1 ${time} web1 sshd 12 ID4 -`,
      { ...start, ...named, pid: '12', msgid: 'ID4', message: '' },
    ],
    [
      `<0>1 - web1 - - - - \ufeffx`,
      { hostname: 'web1', facility: 'kern', severity: 'emerg', message: 'x' },
    ],
    [
      `<191>1 ${time} web1 sshd - - [a@1 x="1" y="q\\"\\]\\\\"][b] ü [z]`,
      {
        ...start,
        facility: 'local7',
        severity: 'debug',
        'sd.a@1.x': '1',
        'sd.a@1.y': 'q"]\\',
        'sd.b': 'true',
        message: 'ü [z]',
      },
    ],
  ])('takes apart %j', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    'Apr 16 14:12:00 web1 sshd[12]: no year',
    `${time} INFO com.acme.Cart: a log of a program`,
    `${time} web1 no program`,
    `${time} [main] a.b: x`,
    `<192>${time} web1 sshd: x`,
    `<34>2 ${time} web1 sshd - - - x`,
    `<34>1 ${time} web1 sshd - - [a x="1]`,
    `<34>1 ${time} web1 sshd - - [a]x`,
    `<34>1 ${time} web1 sshd - - [a x="1" x="2"]`,
    `${time.slice(0, 10)} web1 sshd: x`,
  ])('refuses %j', (line) => {
    expect(read(line)).toBeNull();
  });

  it('refuses bytes that are no text', () => {
    const bytes = Buffer.concat([
      Buffer.from(`<34>1 ${time} web1 sshd - - - `),
      Buffer.from([0xff]),
    ]);
    expect(unwrapSyslog(bytes)).toMatchObject({ reason: 'utf8' });
  });

  it('reads what is inside, and as messages what is of another form', () => {
    const inside = ['a=1 b=2', 'Started, ok', 'a=3', '\0'].map((text) => `web1 app: ${text}`);
    const lines = [
      ...inside.map((text) => `${time} ${text}`),
      `<1>1 ${time} h - - - [a][b][c] x=1`,
    ];
    const limits = { ...defaultLimits, fields: 9 };
    const seen = readAll(
      (records) =>
        createReader(
          { format: 'syslog', inner: { format: 'logfmt' } },
          { path: '-', limits, start: { line: 11, byteOffset: 500 } },
          {
            records,
            scanned: { event: () => null, reject: () => {}, blank: () => {} },
          },
        ),
      `${lines.join('\n')}\noops\n`,
    );
    expect(seen.records.map(({ line, row }) => [line, row.a, row.message, row.hostname])).toEqual([
      [11, '1', undefined, 'web1'],
      [12, undefined, 'Started, ok', 'web1'],
      [13, '3', undefined, 'web1'],
    ]);
    expect(seen.rejects.map(({ line, reason }) => [line, reason])).toEqual([
      [14, 'control'],
      [15, 'too_many_fields'],
      [16, 'line_shape'],
    ]);
  });
});
