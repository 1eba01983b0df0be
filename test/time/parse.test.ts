/** Every form of a time, against a fixed now: Monday 2020-04-20 10:30 UTC. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { formatInstant } from '../../src/time/format.js';
import { parseTime } from '../../src/time/parse.js';

const now = Date.UTC(2020, 3, 20, 10, 30) * 1000;
const utc = { now, zone: 'UTC' };

async function read(text: string, zone = 'UTC'): Promise<string> {
  return formatInstant(await parseTime(text, { now, zone }), zone);
}

async function refusal(text: string): Promise<string> {
  const fault: unknown = await parseTime(text, { ...utc, option: '--since' }).catch((e) => e);
  if (!(fault instanceof Fault)) throw new Error(`no fault for ${text}`);
  return `${fault.code} ${fault.message} | ${fault.hint}`;
}

const forms: Readonly<Record<string, string>> = {
  now: '2020-04-20T10:30:00Z',
  NOW: '2020-04-20T10:30:00Z',
  '90m': '2020-04-20T09:00:00Z',
  '-90m': '2020-04-20T09:00:00Z',
  '2h ago': '2020-04-20T08:30:00Z',
  '2 h ago': '2020-04-20T08:30:00Z',
  '2 hours ago': '2020-04-20T08:30:00Z',
  '1 hour 30 minutes ago': '2020-04-20T09:00:00Z',
  '1h30m': '2020-04-20T09:00:00Z',
  '  3d  ': '2020-04-17T10:30:00Z',
  '1w': '2020-04-13T10:30:00Z',
  '60d': '2020-02-20T10:30:00Z',
  '250ms': '2020-04-20T10:29:59.750Z',
  '5us': '2020-04-20T10:29:59.999995Z',
  'now-1h': '2020-04-20T09:30:00Z',
  'now - 1h': '2020-04-20T09:30:00Z',
  today: '2020-04-20T00:00:00Z',
  'today 09:15': '2020-04-20T09:15:00Z',
  'today at 9:15': '2020-04-20T09:15:00Z',
  yesterday: '2020-04-19T00:00:00Z',
  'yesterday 14:00': '2020-04-19T14:00:00Z',
  'Yesterday 2pm': '2020-04-19T14:00:00Z',
  'yesterday 12am': '2020-04-19T00:00:00Z',
  'yesterday 12:30 pm': '2020-04-19T12:30:00Z',
  mon: '2020-04-20T00:00:00Z',
  'mon 09:00': '2020-04-20T09:00:00Z',
  'mon 11:00': '2020-04-13T11:00:00Z',
  'tuesday 09:00': '2020-04-14T09:00:00Z',
  sunday: '2020-04-19T00:00:00Z',
  'thu, 14:12:30': '2020-04-16T14:12:30Z',
  '10:00': '2020-04-20T10:00:00Z',
  '10:31': '2020-04-19T10:31:00Z',
  '2020-04-16': '2020-04-16T00:00:00Z',
  '2020/04/16': '2020-04-16T00:00:00Z',
  '2020-04': '2020-04-01T00:00:00Z',
  '2020-04-16 14:10': '2020-04-16T14:10:00Z',
  '2020-04-16 14:10:05': '2020-04-16T14:10:05Z',
  '2020-04-16 14:10:05.250': '2020-04-16T14:10:05.250Z',
  '2020-04-16 14:10:05,250': '2020-04-16T14:10:05.250Z',
  '2020-04-16T14:10:05.000001Z': '2020-04-16T14:10:05.000001Z',
  '2020-04-16T14:10:05.123456789Z': '2020-04-16T14:10:05.123456Z',
  '2020-04-16T14': '2020-04-16T14:00:00Z',
  '2020-04-16t14:10:00z': '2020-04-16T14:10:00Z',
  '2020-04-16T14:10:00+02:00': '2020-04-16T12:10:00Z',
  '2020-04-16T14:10:00-0530': '2020-04-16T19:40:00Z',
  '2020-04-16 14:10 +02': '2020-04-16T12:10:00Z',
  '2020-04-16 14:10 UTC': '2020-04-16T14:10:00Z',
  '2030-01-01': '2030-01-01T00:00:00Z',
  '@1587046200': '2020-04-16T14:10:00Z',
  '@1587046200.5': '2020-04-16T14:10:00.500Z',
  '@1587046200250': '2020-04-16T14:10:00.250Z',
  '@1587046200250001': '2020-04-16T14:10:00.250001Z',
  '@0': '1970-01-01T00:00:00Z',
  'apr 16 14:12': '2020-04-16T14:12:00Z',
  'Apr 16, 14:12': '2020-04-16T14:12:00Z',
  'april 16th at 2:12pm': '2020-04-16T14:12:00Z',
  '16 apr': '2020-04-16T00:00:00Z',
  '16 April 2019 14:12': '2019-04-16T14:12:00Z',
  'apr 21': '2019-04-21T00:00:00Z',
  'apr 20 10:31': '2019-04-20T10:31:00Z',
  'dec 24': '2019-12-24T00:00:00Z',
  'feb 29': '2020-02-29T00:00:00Z',
  'apr 16 2031': '2031-04-16T00:00:00Z',
  '16/4': '2020-04-16T00:00:00Z',
  '4/16': '2020-04-16T00:00:00Z',
  '16.4.': '2020-04-16T00:00:00Z',
  '16.04.2020 14:12': '2020-04-16T14:12:00Z',
  '4/4': '2020-04-04T00:00:00Z',
  '4/16/19': '2019-04-16T00:00:00Z',
  'last friday at 3pm': '2020-04-17T15:00:00Z',
  'noon yesterday': '2020-04-19T12:00:00Z',
  'the day before yesterday': '2020-04-18T00:00:00Z',
  'a minute ago': '2020-04-20T10:29:00Z',
};

describe('a time', () => {
  it.each(Object.entries(forms))('%s', async (text, expected) => {
    expect(await read(text)).toBe(expected);
  });

  const refused: Readonly<Record<string, string>> = {
    '3/4': 'CC1104 3/4 can mean 3 April or 4 March | write 2020-04-03 or 2020-03-04',
    '03.04.2019': 'CC1104 03.04.2019 can mean 3 April or 4 March | write 2019-04-03 or 2019-03-04',
    '1587046200':
      'CC1101 cannot read 1587046200 as a time | write @1587046200 for a time since 1970',
    '2020-02-30':
      'CC1101 cannot read 2020-02-30 as a time | February 2020 has 29 days; found day 30',
    '2020-13-01': 'CC1101 cannot read 2020-13-01 as a time | a year has 12 months; found month 13',
    tomorrow:
      'CC1101 cannot read tomorrow as a time | only the past is kept; write the year if a later time is meant',
    'in 2 hours':
      'CC1101 cannot read in 2 hours as a time | only the past is kept; write the year if a later time is meant',
  };
  it.each(Object.entries(refused))('refuses %s', async (text, expected) => {
    expect(await refusal(text)).toBe(expected);
  });

  const usual = 'write 2020-04-16 14:10, 2h, yesterday 14:00 or @1587046200; coldcase help time';
  const nonsense = [
    'soon',
    'may',
    'last week',
    '25:00',
    'yesterday 24:00',
    '2020-04-16 14:60',
    '2020-04-16T14:10:00+25:00',
    'apr 31',
    '31/31',
    '13pm',
    '9999-01-01',
    '0001-01-01',
    '@99999999999999999',
    'infinity',
    'epoch',
    'now+1h',
    'apr 16 to apr 17',
    'fri fri',
    '1.5ns',
    '10000000w',
  ];
  it.each(nonsense)('refuses %s', async (text) => {
    expect(await refusal(text)).toBe(`CC1101 cannot read ${text} as a time | ${usual}`);
  });

  it('refuses an empty text and points at the option', async () => {
    expect(await refusal(' ')).toBe(`CC1101 cannot read an empty text as a time | ${usual}`);
    const fault: unknown = await parseTime('soon', { ...utc, option: '--since' }).catch((e) => e);
    expect(fault).toMatchObject({ at: { option: '--since', text: 'soon', start: 0, end: 4 } });
  });

  it('reads dates in the zone, skipped and repeated hours included', async () => {
    const berlin = 'Europe/Berlin';
    expect(await read('2020-04-16', berlin)).toBe('2020-04-16T00:00:00+02:00');
    expect(await read('today', berlin)).toBe('2020-04-20T00:00:00+02:00');
    expect(await read('2020-03-29 02:30', berlin)).toBe('2020-03-29T03:30:00+02:00');
    expect(await read('2019-10-27 02:30', berlin)).toBe('2019-10-27T02:30:00+02:00');
    expect(await read('2019-10-27 03:00', berlin)).toBe('2019-10-27T03:00:00+01:00');
    expect(await read('yesterday 14:00', 'Pacific/Auckland')).toBe('2020-04-19T14:00:00+12:00');
    expect(await read('2019-10-27T02:30:00+01:00', berlin)).toBe('2019-10-27T02:30:00+01:00');
    expect(await read('2020-04-16 14:10 utc', berlin)).toBe('2020-04-16T16:10:00+02:00');
    expect(await read('a minute ago', 'America/St_Johns')).toBe('2020-04-20T07:59:00-02:30');
  });

  it('reads back every instant it writes, in any zone', async () => {
    const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'America/St_Johns');
    const micros = fc.integer({ min: -8e14, max: 8e15 });
    const property = fc.asyncProperty(micros, zone, async (instant, name) => {
      const text = formatInstant(instant, name);
      expect(await parseTime(text, { now, zone: 'Asia/Tokyo' })).toBe(instant);
    });
    await fc.assert(property, { seed: 20200416, numRuns: 500 });
  });

  it('throws nothing but faults on any text', async () => {
    const piece = fc.constantFrom(
      ...Object.keys(forms).flatMap((form) => form.split(' ')),
      '/',
      '-',
      'next',
      'year',
      '\u0000',
      'é',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 6 }).map((p) => p.join(' ')),
    );
    let refusals = 0;
    const property = fc.asyncProperty(text, async (typed) => {
      try {
        const instant = await parseTime(typed, utc);
        expect(Number.isSafeInteger(instant)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
        refusals += 1;
      }
    });
    await fc.assert(property, { seed: 20200416, numRuns: 3000 });
    expect(refusals).toBeGreaterThan(100);
  });
});
