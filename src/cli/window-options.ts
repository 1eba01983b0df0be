/** The window options of a command line, and what relative times count back from. */
import type { Note } from '../query/result.js';
import { formatMoment } from '../time/format.js';
import { microsPerDay } from '../time/instant.js';
import { parseTime } from '../time/parse.js';
import type { TimeRange } from '../time/range.js';
import { resolveWindow, type WindowOptions } from '../time/window.js';
import type { Invocation, OptionSpec } from './command.js';
import { textOption } from './option-values.js';

/** **Source** `coldcase help time`. */
export const windowOptionSpecs: readonly OptionSpec[] = [
  { flags: '--since <time>', help: 'from here until now, or until --until' },
  { flags: '--until <time>', help: 'to here; the end is not part of the window' },
  { flags: '--last <duration>', help: 'the last 2h, 7d' },
  { flags: '--window <a..b>', help: 'from a to b; a day alone is all of it' },
  { flags: '--at <time>', help: 'around this time' },
  { flags: '--around <duration>', help: 'how far on either side of --at (1h)' },
];

export interface ChosenWindow {
  /** Null when no option was given and the command has no window of its own. */
  readonly range: TimeRange | null;
  readonly notes: readonly Note[];
}

/**
 * The window asked for. Relative times count back from now, or from the newest event when that is
 * older than a day; `--now` overrules both. **Faults** CC1003, CC1101 to CC1106.
 */
export async function chooseWindow(
  { values, settings, clock }: Invocation,
  span: TimeRange | null,
  ownMicros: number | null,
): Promise<ChosenWindow> {
  const { zone } = settings;
  const present = clock.now();
  const named =
    settings.now === null
      ? null
      : await parseTime(settings.now, { now: present, zone, option: '--now' });
  const old = named === null && span !== null && span.end < present - microsPerDay;
  const now = named ?? (old ? span.end : present);
  const options = windowOptions(values);
  const asked = Object.values(options).some((value) => value !== null);
  if (!asked && ownMicros === null) return { range: null, notes: [] };
  const start = ownMicros === null ? (span?.start ?? now) : now - ownMicros;
  const range = await resolveWindow(options, { now, zone, fallback: { start, end: now } });
  const relative = old && options.window === null && !/^(\d{4}-|@)/.test(options.at ?? '');
  return {
    range,
    notes: [...(relative ? [anchorNote(now, zone)] : []), ...outside(range, span, zone)],
  };
}

function windowOptions(values: Invocation['values']): WindowOptions {
  const text = (name: string): string | null => textOption(values, name) ?? null;
  return {
    since: text('since'),
    until: text('until'),
    last: text('last'),
    window: text('window'),
    at: text('at'),
    around: text('around'),
  };
}

function anchorNote(now: number, zone: string): Note {
  const when = formatMoment(Math.floor(now / 1_000_000) * 1_000_000, zone);
  const text = `relative times count back from the newest event, ${when} ${zone}`;
  return { level: 'info', code: 'anchor', text };
}

/** A window that begins before the first event kept is answered in part, and that is said. */
function outside(range: TimeRange, span: TimeRange | null, zone: string): readonly Note[] {
  if (span === null || range.start >= span.start - microsPerDay) return [];
  const begins = formatMoment(Math.floor(span.start / 1_000_000) * 1_000_000, zone);
  const days = Math.floor((span.start - range.start) / microsPerDay);
  const noun = days === 1 ? 'day' : 'days';
  const text = `the events kept begin ${begins} ${zone}; ${days} ${noun} of the window lie before`;
  return [{ level: 'warning', code: 'before_span', text }];
}
