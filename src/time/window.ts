/** The window options to one half-open range. The caller passes now, and the answer for none. */
import { Fault } from '../base/fault.js';
import { type Moment, momentOn, readTimeOfDay } from './absolute.js';
import { civilAt, dateAfterDays } from './calendar.js';
import { parseDuration } from './duration.js';
import type { Micros } from './instant.js';
import { microsPerHour } from './instant.js';
import { parseMoment, parseTime, type TimeContext } from './parse.js';
import type { TimeRange } from './range.js';

/** The options as typed; a missing one is null. */
export interface WindowOptions {
  readonly since: string | null;
  readonly until: string | null;
  readonly last: string | null;
  readonly window: string | null;
  readonly at: string | null;
  readonly around: string | null;
}

export const noWindowOptions: WindowOptions = {
  since: null,
  until: null,
  last: null,
  window: null,
  at: null,
  around: null,
};

interface WindowContext {
  /** The end of `--since` and `--last`, and what relative times count back from. */
  readonly now: Micros;
  readonly zone: string;
  /** The answer without options; its start is the start of a bare `--until`. */
  readonly fallback: TimeRange;
}

/** Either side of `--at` when `--around` is not given; wide enough to show a failure's edges. */
const defaultAround: Micros = microsPerHour;

/**
 * The window that the options mean.
 * **Faults** CC1003, CC1101, CC1102, CC1103, CC1104, CC1106.
 */
export async function resolveWindow(
  options: WindowOptions,
  context: WindowContext,
): Promise<TimeRange> {
  refuseConflicts(options);
  const { since, until, last, window, at, around } = options;
  if (window !== null) return parseWindow(window, context);
  if (at !== null) {
    const middle = await parseTime(at, { ...context, option: '--at' });
    const reach = around === null ? defaultAround : parseDuration(around, '--around');
    return { start: middle - reach, end: middle + reach };
  }
  const end =
    until === null ? context.now : await parseTime(until, { ...context, option: '--until' });
  if (last !== null) return { start: end - parseDuration(last, '--last'), end };
  if (since === null && until === null) return context.fallback;
  const start =
    since === null
      ? context.fallback.start
      : await parseTime(since, { ...context, option: '--since' });
  return filled({ start, end }, `${since ?? 'the beginning'}..${until ?? 'now'}`);
}

/**
 * `A..B`, `A..16:00`, `A..+90m`, `A..` (until now), or a day or month alone, which is all of it.
 * **Faults** CC1101, CC1102, CC1103, CC1104.
 */
async function parseWindow(
  text: string,
  context: Pick<WindowContext, 'now' | 'zone'>,
): Promise<TimeRange> {
  const inside: TimeContext = { now: context.now, zone: context.zone, option: '--window' };
  const split = text.indexOf('..');
  if (split === -1) return wholeOf(await parseMoment(text, inside), text);
  const left = text.slice(0, split).trim();
  const right = text.slice(split + 2).trim();
  const start = await parseTime(left, inside);
  return filled({ start, end: await windowEnd(right, start, inside) }, text);
}

async function windowEnd(text: string, start: Micros, context: TimeContext): Promise<Micros> {
  if (text === '') return context.now;
  if (text.startsWith('+')) return start + parseDuration(text.slice(1), '--window');
  const time = readTimeOfDay(text);
  if (time === null) return parseTime(text, context);
  const { date } = civilAt(start, context.zone);
  const { start: end } = momentOn(date, time, context.zone);
  return end > start ? end : momentOn(dateAfterDays(date, 1), time, context.zone).start;
}

function wholeOf(moment: Moment, text: string): TimeRange {
  if (moment.end !== null) return { start: moment.start, end: moment.end };
  const at = { option: '--window', text, start: 0, end: text.length };
  const problem = `${text} is one instant, not a window`;
  const hint = `write ${text}..+1h, or --at with --around`;
  throw new Fault('CC1003', { name: '--window', problem }, { at, hint });
}

function filled(range: TimeRange, text: string): TimeRange {
  if (range.start < range.end) return range;
  throw new Fault('CC1102', { text }, { at: { text, start: 0, end: text.length } });
}

/** `--until` goes with `--since` or `--last`; every other form stands alone. */
function refuseConflicts(options: WindowOptions): void {
  const { since, until, last, window, at, around } = options;
  if (around !== null && at === null) {
    const hint = 'write --at TIME --around 45m';
    throw new Fault('CC1003', { name: '--around', problem: 'needs --at' }, { hint });
  }
  const given = Object.entries({ since, until, last, window, at })
    .filter(([, value]) => value !== null)
    .map(([name]) => `--${name}`);
  const together = given.length === 2 && given.includes('--until');
  const allowed = together && (since !== null || last !== null);
  if (given.length < 2 || allowed) return;
  const listed = `${given.slice(0, -1).join(', ')} and ${given.at(-1) ?? ''}`;
  throw new Fault('CC1106', { options: listed });
}
