/** All window forms to one half-open range. Now is Monday 2020-04-20 10:30 UTC. */
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.js';
import { formatInstant } from '../../src/time/format.js';
import { microsPerDay, microsPerHour } from '../../src/time/instant.js';
import { noWindowOptions, resolveWindow, type WindowOptions } from '../../src/time/window.js';

const now = Date.UTC(2020, 3, 20, 10, 30) * 1000;

async function windowOf(options: Partial<WindowOptions>, zone = 'UTC'): Promise<string> {
  const fallback = { start: now - microsPerDay, end: now };
  const given = { ...noWindowOptions, ...options };
  const range = await resolveWindow(given, { now, zone, fallback });
  return `${formatInstant(range.start, zone)} ${formatInstant(range.end, zone)}`;
}

const cases: readonly (readonly [Partial<WindowOptions>, string])[] = [
  [{}, '2020-04-19T10:30:00Z 2020-04-20T10:30:00Z'],
  [{ since: '90m' }, '2020-04-20T09:00:00Z 2020-04-20T10:30:00Z'],
  [{ since: '2020-04-16' }, '2020-04-16T00:00:00Z 2020-04-20T10:30:00Z'],
  [{ since: '2020-04-15', until: '2020-04-16' }, '2020-04-15T00:00:00Z 2020-04-16T00:00:00Z'],
  [{ until: '2020-04-20' }, '2020-04-19T10:30:00Z 2020-04-20T00:00:00Z'],
  [{ last: '2h' }, '2020-04-20T08:30:00Z 2020-04-20T10:30:00Z'],
  [{ last: '1h', until: '2020-04-16 14:00' }, '2020-04-16T13:00:00Z 2020-04-16T14:00:00Z'],
  [{ at: '2020-04-16 14:12', around: '45m' }, '2020-04-16T13:27:00Z 2020-04-16T14:57:00Z'],
  [{ at: 'apr 16 14:12' }, '2020-04-16T13:12:00Z 2020-04-16T15:12:00Z'],
  [{ window: '2020-04-16' }, '2020-04-16T00:00:00Z 2020-04-17T00:00:00Z'],
  [{ window: '2020-02' }, '2020-02-01T00:00:00Z 2020-03-01T00:00:00Z'],
  [{ window: 'yesterday' }, '2020-04-19T00:00:00Z 2020-04-20T00:00:00Z'],
  [{ window: 'thu' }, '2020-04-16T00:00:00Z 2020-04-17T00:00:00Z'],
  [{ window: '2020-04-14..2020-04-16' }, '2020-04-14T00:00:00Z 2020-04-16T00:00:00Z'],
  [{ window: '2020-04-16T14:00..16:00' }, '2020-04-16T14:00:00Z 2020-04-16T16:00:00Z'],
  [{ window: '2020-04-16 22:00 .. 02:00' }, '2020-04-16T22:00:00Z 2020-04-17T02:00:00Z'],
  [{ window: '2020-04-16T14:12..+93m' }, '2020-04-16T14:12:00Z 2020-04-16T15:45:00Z'],
  [{ window: '2h..1h' }, '2020-04-20T08:30:00Z 2020-04-20T09:30:00Z'],
  [{ window: '2h..' }, '2020-04-20T08:30:00Z 2020-04-20T10:30:00Z'],
  [{ window: 'apr 16 14:00..apr 16 16:00' }, '2020-04-16T14:00:00Z 2020-04-16T16:00:00Z'],
];

const refusals: readonly (readonly [Partial<WindowOptions>, string])[] = [
  [{ since: '1h', last: '2h' }, 'CC1106 --since and --last cannot be used together'],
  [{ window: 'today', at: 'now' }, 'CC1106 --window and --at cannot be used together'],
  [
    { since: '1h', until: 'now', window: 'today' },
    'CC1106 --since, --until and --window cannot be used together',
  ],
  [{ at: 'now', until: 'now' }, 'CC1106 --until and --at cannot be used together'],
  [{ around: '1h' }, 'CC1003 option --around: needs --at'],
  [{ last: 'soon' }, 'CC1103 cannot read soon as a duration'],
  [{ last: '0s' }, 'CC1103 cannot read 0s as a duration'],
  [{ window: 'now' }, 'CC1003 option --window: now is one instant, not a window'],
  [{ window: '..2h' }, 'CC1101 cannot read an empty text as a time'],
  [{ window: '3/4..5/6' }, 'CC1104 3/4 can mean 3 April or 4 March'],
  [
    { window: '2020-04-16..2020-04-16' },
    'CC1102 the window 2020-04-16..2020-04-16 is empty: its end is not after its start',
  ],
  [
    { since: '1h', until: '2h' },
    'CC1102 the window 1h..2h is empty: its end is not after its start',
  ],
];

describe('a window', () => {
  it.each(cases)('%j', async (options, expected) => {
    expect(await windowOf(options)).toBe(expected);
  });

  it.each(refusals)('refuses %j', async (options, expected) => {
    const fault: unknown = await windowOf(options).catch((error) => error);
    expect(fault).toBeInstanceOf(Fault);
    if (fault instanceof Fault) expect(`${fault.code} ${fault.message}`).toBe(expected);
  });

  it('is 23 or 25 hours long on the days clocks change', async () => {
    const spring = await windowOf({ window: '2020-03-29' }, 'Europe/Berlin');
    expect(spring).toBe('2020-03-29T00:00:00+01:00 2020-03-30T00:00:00+02:00');
    const autumn = await windowOf({ window: '2019-10-27' }, 'Europe/Berlin');
    expect(autumn).toBe('2019-10-27T00:00:00+02:00 2019-10-28T00:00:00+01:00');
    const fallback = { start: 0, end: 1 };
    const context = { now, zone: 'Europe/Berlin', fallback };
    const hours = async (window: string): Promise<number> => {
      const range = await resolveWindow({ ...noWindowOptions, window }, context);
      return (range.end - range.start) / microsPerHour;
    };
    expect(await hours('2020-03-29')).toBe(23);
    expect(await hours('2019-10-27')).toBe(25);
  });
});
