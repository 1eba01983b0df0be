/**
 * Times as logs write them, other than ISO:
 * `17/May/2015:10:05:03 +0000` (access log), `[Wed Oct 11 14:32:52.123 2000]` (Apache error log),
 * `2015/05/17 10:05:03` (nginx error log), `May 17 10:05:03` (syslog of RFC 3164, no year),
 * `Sun, 17 May 2015 10:05:03 GMT` (HTTP), `17.05.2015 10:05:03` (spreadsheets; points are only
 * used with the day in front). Without an offset they are UTC.
 */
import { type Micros, microsPerDay, microsPerSecond } from '../time/instant.js';
import { instantOf, monthOf, parseOffset, type Timestamp, yearOf } from './time-parts.js';

const clock = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:[.,](?<fraction>\d+))?`;
const seconds = String.raw`(?::(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?`;
const shortClock = String.raw`(?<hour>\d{1,2}):(?<minute>\d\d)${seconds}`;
const zone = String.raw`(?:\s*(?<offset>[+-]\d\d:?\d\d|Z|GMT|UTC))?`;

const shapes: readonly RegExp[] = [
  String.raw`(?<day>\d\d)\/(?<month>[A-Za-z]{3})\/(?<year>\d{4}):${clock}${zone}`,
  String.raw`(?<year>\d{4})\/(?<month>\d\d)\/(?<day>\d\d)[ T]${clock}${zone}`,
  String.raw`[A-Za-z]{3} (?<month>[A-Za-z]{3}) {1,2}(?<day>\d{1,2}) ${clock} (?<year>\d{4})`,
  String.raw`[A-Za-z]{3}, (?<day>\d\d) (?<month>[A-Za-z]{3}) (?<year>\d{4}) ${clock}${zone}`,
  String.raw`(?<month>[A-Za-z]{3}) {1,2}(?<day>\d{1,2}) ${clock}`,
  String.raw`(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}),? ${shortClock}${zone}`,
].map((source) => new RegExp(`^\\[?${source}\\]?$`));

/** Reads a time of one of the shapes above; one without a year needs a reference. */
export function parseLogTime(text: string, reference?: Micros): Timestamp | 'invalid' {
  if (text.length > longest) return 'invalid';
  for (const pattern of shapes) {
    const groups = pattern.exec(text)?.groups;
    if (groups !== undefined) return fromGroups(groups, reference);
  }
  return 'invalid';
}

/** Longer than any of the shapes with nine decimals. */
const longest = 64;

function fromGroups(
  groups: Readonly<Record<string, string | undefined>>,
  reference: Micros | undefined,
): Timestamp | 'invalid' {
  const { year, month = '', day, hour, minute, second = '0', fraction = '', offset = 'Z' } = groups;
  const minutes = /^[+-]/.test(offset) ? parseOffset(offset) : 0;
  if (Number.isNaN(minutes)) return 'invalid';
  const at = (chosen: number): Micros | null => {
    const start = instantOf({
      year: chosen,
      month: /^\d/.test(month) ? Number(month) : monthOf(month),
      day: Number(day),
      hour: Number(hour),
      minute: Number(minute),
      second: Number(second),
    });
    if (start === null) return null;
    const micros = Number(fraction.slice(0, 6).padEnd(6, '0'));
    return start + micros - minutes * 60 * microsPerSecond;
  };
  const micros = year === undefined ? withoutYear(at, reference) : at(Number(year));
  return micros === null ? 'invalid' : { micros, exact: /^0*$/.test(fraction.slice(6)) };
}

/**
 * The latest year that does not put the time after the reference (the last change of the file);
 * a day of tolerance covers zones and clocks. 29 February looks back to the last leap year.
 */
function withoutYear(
  at: (year: number) => Micros | null,
  reference: Micros | undefined,
): Micros | null {
  if (reference === undefined) return null;
  const latest = yearOf(reference + microsPerDay);
  for (let year = latest; year > latest - 9; year -= 1) {
    const micros = at(year);
    if (micros !== null && micros <= reference + microsPerDay) return micros;
  }
  return null;
}
