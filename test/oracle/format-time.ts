/** strftime as POSIX describes it for the C locale, in UTC, field by field. */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

function pad(value: number, width: number, fill = '0'): string {
  return String(value).padStart(width, fill);
}

/** Writes a moment given in microseconds. */
export function formatTime(format: string, micros: number): string {
  const moment = new Date(Math.floor(micros / 1000));
  return format.replace(/%([\s\S])/g, (_, code: string) => field(code, moment, micros));
}

function field(code: string, moment: Date, micros: number): string {
  const year = moment.getUTCFullYear();
  const hour = moment.getUTCHours();
  const weekday = moment.getUTCDay();
  const nested = (format: string) => formatTime(format, micros);
  const yearDay = Math.floor((moment.getTime() - Date.UTC(year, 0, 1)) / 86_400_000);
  const simple: Readonly<Record<string, string>> = {
    Y: pad(year, 4),
    C: pad(Math.floor(year / 100), 2),
    y: pad(year % 100, 2),
    m: pad(moment.getUTCMonth() + 1, 2),
    d: pad(moment.getUTCDate(), 2),
    e: pad(moment.getUTCDate(), 2, ' '),
    H: pad(hour, 2),
    k: pad(hour, 2, ' '),
    I: pad(((hour + 11) % 12) + 1, 2),
    l: pad(((hour + 11) % 12) + 1, 2, ' '),
    M: pad(moment.getUTCMinutes(), 2),
    S: pad(moment.getUTCSeconds(), 2),
    p: hour < 12 ? 'AM' : 'PM',
    A: days[weekday] ?? '',
    a: (days[weekday] ?? '').slice(0, 3),
    B: months[moment.getUTCMonth()] ?? '',
    b: (months[moment.getUTCMonth()] ?? '').slice(0, 3),
    h: (months[moment.getUTCMonth()] ?? '').slice(0, 3),
    j: pad(yearDay + 1, 3),
    w: String(weekday),
    u: String(weekday === 0 ? 7 : weekday),
    U: pad(Math.floor((yearDay + 7 - weekday) / 7), 2),
    W: pad(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7), 2),
    s: String(Math.floor(micros / 1e6)),
    Z: 'UTC',
    z: '+0000',
    n: '\n',
    t: '\t',
    '%': '%',
  };
  const known = simple[code];
  if (known !== undefined) return known;
  if (code === 'V' || code === 'G') return isoWeek(moment)[code];
  const forms: Readonly<Record<string, string>> = {
    F: '%Y-%m-%d',
    T: '%H:%M:%S',
    D: '%m/%d/%y',
    R: '%H:%M',
    c: '%a %b %e %H:%M:%S %Y',
    x: '%m/%d/%y',
    X: '%H:%M:%S',
    r: '%I:%M:%S %p',
  };
  return nested(forms[code] ?? '');
}

/** The week belongs to the year of its Thursday. */
function isoWeek(moment: Date): { readonly V: string; readonly G: string } {
  const day = Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate());
  const thursday = new Date(day + (3 - ((moment.getUTCDay() + 6) % 7)) * 86_400_000);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / 604_800_000) + 1;
  return { V: pad(week, 2), G: pad(year, 4) };
}
