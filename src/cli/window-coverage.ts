/** What of a window lies outside the events kept: an answer in part says so, or is refused. */
import type { Note } from '../query/result.js';
import { formatMoment } from '../time/format.js';
import { microsPerDay, microsPerSecond } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** Chosen by us: up to a day on either side is no news, since people write whole days. */
const slackMicros = microsPerDay;

/** A warning when more than a day of the window lies before the first or after the last event. */
export function coverageNotes(range: TimeRange, span: TimeRange, zone: string): readonly Note[] {
  const begins = shown(floorSecond(span.start), zone);
  const ends = shown(floorSecond(span.end + microsPerSecond - 1), zone);
  const before = missing({ start: range.start, end: Math.min(range.end, span.start) }, range);
  const after = missing({ start: Math.max(range.start, span.end), end: range.end }, range);
  if (before === null && after === null) return [];
  const parts = [
    ...(before === null ? [] : [`the events kept begin ${begins}; ${before} before`]),
    ...(after === null ? [] : [`the events kept end ${ends}; ${after} after`]),
    ...covered(range, span, zone),
  ];
  const code = before === null ? 'after_span' : 'before_span';
  return [{ level: 'warning', code, text: parts.join('; ') }];
}

function covered(range: TimeRange, span: TimeRange, zone: string): readonly string[] {
  const start = floorSecond(Math.max(range.start, span.start));
  const end = floorSecond(Math.min(range.end, span.end) + microsPerSecond - 1);
  if (start >= end) return [];
  return [`the answer covers ${formatMoment(start, zone)} → ${formatMoment(end, zone)}`];
}

/** Null where it is little. */
function missing(part: TimeRange, whole: TimeRange): string | null {
  const micros = part.end - part.start;
  if (micros === whole.end - whole.start) return 'all of the window lies';
  if (micros <= slackMicros) return null;
  const days = Math.floor(micros / microsPerDay);
  return days === 1 ? '1 day of the window lies' : `${days} days of the window lie`;
}

function shown(micros: number, zone: string): string {
  return `${formatMoment(micros, zone)} ${zone}`;
}

function floorSecond(micros: number): number {
  return Math.floor(micros / microsPerSecond) * microsPerSecond;
}
