/** The window options of a command line, and what relative times count back from. */
import { Fault } from '../base/fault.js';
import type { Note } from '../query/result.js';
import { formatMoment } from '../time/format.js';
import { microsPerDay } from '../time/instant.js';
import { parseTime } from '../time/parse.js';
import type { TimeRange } from '../time/range.js';
import { resolveWindow, type WindowOptions } from '../time/window.js';
import type { Invocation, OptionSpec } from './command.js';
import { oneOf, textOption } from './option-values.js';
import type { Settings } from './settings.js';
import { coverageNotes } from './window-coverage.js';

/** **Source** `coldcase help time`. */
export const windowOptionSpecs: readonly OptionSpec[] = [
  { flags: '--since <time>', help: 'from here until now, or until --until' },
  { flags: '--until <time>', help: 'to here; the end is not part of the window' },
  { flags: '--last <duration>', help: 'the last 2h, 7d' },
  { flags: '--window <a..b>', help: 'from a to b; a day or scan:1 alone is all of it' },
  { flags: '--at <time>', help: 'around this time' },
  { flags: '--around <duration>', help: 'how far on either side of --at (1h)' },
  { flags: '--partial <ok|fail>', help: 'fail: refuse a window that is kept only in part' },
];

/** The window that was asked for. */
export interface ChosenWindow {
  /** Null when no option was given and the command has no window of its own. */
  readonly range: TimeRange | null;
  /** What relative times count back from. */
  readonly now: number;
  readonly notes: readonly Note[];
}

/**
 * The window asked for. Relative times count back from now, or from the newest event when that is
 * older than a day; `--now` overrules both. **Faults** CC1003, CC1101 to CC1107.
 */
export async function chooseWindow(
  { values, settings, clock }: Invocation,
  span: TimeRange | null,
  ownMicros: number | null,
): Promise<ChosenWindow> {
  const { zone } = settings;
  const partial = oneOf(textOption(values, 'partial') ?? 'ok', 'partial', ['ok', 'fail']);
  const present = clock.now();
  const named =
    settings.now === null
      ? null
      : await parseTime(settings.now, { now: present, zone, option: '--now' });
  const old = named === null && span !== null && span.end < present - microsPerDay;
  const now = named ?? (old ? span.end : present);
  const typed = windowOptions(values);
  const options = hasName(typed) ? await resolveNames(typed, settings) : typed;
  if (!isWindowGiven(values) && ownMicros === null) return { range: null, now, notes: [] };
  const rangeAt = (end: number): Promise<TimeRange> => {
    const start = ownMicros === null ? (span?.start ?? 0) : end - ownMicros;
    return resolveWindow(options, { now: end, zone, fallback: { start, end } });
  };
  const range = await rangeAt(now);
  const anchored = old && !isSame(range, await rangeAt(present).catch(() => null));
  const coverage = span === null ? [] : coverageNotes(range, span, zone);
  if (partial === 'fail') refusePartial(coverage);
  return { range, now, notes: [...(anchored ? [anchorNote(now, zone)] : []), ...coverage] };
}

/** The window of a finding, unless one is typed. **Faults** as of `chooseWindow`. */
export async function findingWindow(
  invocation: Invocation,
  finding: { readonly window: TimeRange; readonly notes: readonly Note[] } | null,
  { span, ownMicros }: { readonly span: TimeRange | null; readonly ownMicros: number | null },
): Promise<ChosenWindow> {
  if (finding === null || isWindowGiven(invocation.values)) {
    return await chooseWindow(invocation, span, ownMicros);
  }
  const { now } = await chooseWindow(invocation, span, null);
  return { range: finding.window, now, notes: finding.notes };
}

/** Names like `scan:1`; what reads them is loaded only where there is one. */
function hasName(options: WindowOptions): boolean {
  return Object.values(options).some(
    (text) => typeof text === 'string' && /\b(?:scan|hold|marker):/.test(text),
  );
}

async function resolveNames(options: WindowOptions, settings: Settings): Promise<WindowOptions> {
  const { withoutNames } = await import('./named-times.js');
  return withoutNames(options, settings);
}

/** Whether any option of a window was typed. */
export function isWindowGiven(values: Invocation['values']): boolean {
  return Object.values(windowOptions(values)).some((value) => value !== null);
}

function isSame(range: TimeRange, other: TimeRange | null): boolean {
  return range.start === other?.start && range.end === other.end;
}

/** **Faults** CC1107. */
function refusePartial(coverage: readonly Note[]): void {
  const [first] = coverage;
  if (first !== undefined) throw new Fault('CC1107', { reason: first.text });
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
