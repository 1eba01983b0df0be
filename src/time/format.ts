/** Instants as text: RFC 3339 for machines, shorter forms without the zone for people. */
import { type CivilTime, civilAt, zoneOffset } from './calendar.js';
import type { Micros } from './instant.js';
import { microsPerMinute } from './instant.js';
import type { TimeRange } from './range.js';

/** RFC 3339 in a zone (`Z` for UTC), with a fraction of 3 or 6 digits only when there is one. */
export function formatInstant(instant: Micros, zone = 'UTC'): string {
  const { time } = civilAt(instant, zone);
  const clock = `${formatMinute(time)}:${two(time.second)}${fraction(time.micros)}`;
  return `${formatDate(instant, zone)}T${clock}${offsetText(zoneOffset(instant, zone))}`;
}

/** `2020-04-16`; in UTC the partition the instant lies in. */
export function formatDate(instant: Micros, zone = 'UTC'): string {
  const { date } = civilAt(instant, zone);
  return `${String(date.year).padStart(4, '0')}-${two(date.month)}-${two(date.day)}`;
}

/** What a step of that length needs of a time of day: `14:12`, `14:12:09`, `14:12:09.250`. */
export function formatClock(instant: Micros, zone = 'UTC', step: Micros = 1_000_000): string {
  const { time } = civilAt(instant, zone);
  if (step % microsPerMinute === 0) return formatMinute(time);
  const part = step % 1_000_000 === 0 ? '' : fraction(time.micros);
  return `${formatMinute(time)}:${two(time.second)}${part}`;
}

/** Date and time of day for people: `2020-04-16 14:12:09`, without seconds when they are zero. */
export function formatMoment(instant: Micros, zone = 'UTC'): string {
  const step = instant % microsPerMinute === 0 ? microsPerMinute : 1;
  return `${formatDate(instant, zone)} ${formatClock(instant, zone, step)}`;
}

/** A window for people: the date only once when both ends share it. */
export function formatRange(range: TimeRange, zone = 'UTC'): string {
  const start = formatMoment(range.start, zone);
  const end = formatMoment(range.end, zone);
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${start} → ${sameDay ? end.slice(11) : end}`;
}

function formatMinute(time: CivilTime): string {
  return `${two(time.hour)}:${two(time.minute)}`;
}

function fraction(micros: number): string {
  if (micros === 0) return '';
  const digits = String(micros).padStart(6, '0');
  return `.${digits.endsWith('000') ? digits.slice(0, 3) : digits}`;
}

function offsetText(offset: Micros): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(Math.trunc(offset / microsPerMinute));
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
