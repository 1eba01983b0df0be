/** What a reader of a comparison must know: windows kept in part, unequal, overlapping. */
import { present } from '../base/assert.js';
import { formatDuration } from '../time/duration.js';
import { formatRange } from '../time/format.js';
import { startOfBucket } from '../time/granularity.js';
import { microsPerSecond } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { ComparedCalculation } from './compare.js';
import type { AnsweredWindow } from './compare-result.js';
import type { Note } from './result.js';

interface Known {
  readonly zone: string;
  /** Calculations that grow with the length of a window. */
  readonly grown: readonly ComparedCalculation[];
  readonly groups: { readonly shown: number; readonly all: number };
}

/**
 * Rows that a time without any would hold at the rate of the rest. A count whose mean is 10 is 0 by
 * chance once in 20,000 times (Poisson: 4.5e-5).
 */
const leastExpected = 10;

/** Notes of all windows, each text once; the first window is the one now. */
export function comparisonNotes(
  windows: readonly AnsweredWindow[],
  { zone, grown, groups }: Known,
): readonly Note[] {
  const [now, ...others] = windows;
  const current = present(now, 'the window now');
  const notes = [
    ...windows.flatMap(notesOf),
    ...windows.flatMap((window) => coverageNotes(window, zone)),
    ...lengthNotes(current, others, grown),
    ...others.flatMap((other) => overlapNotes(current, other)),
    ...cutNotes(groups),
  ];
  const first = new Map(notes.toReversed().map((note) => [note.text, note]));
  return notes.filter((note) => first.get(note.text) === note);
}

const own: ReadonlySet<string> = new Set(['truncated', 'no_data']);

function notesOf({ name, result }: AnsweredWindow): readonly Note[] {
  return result.notes
    .filter(({ code }) => !own.has(code))
    .map((note) => (note.code === 'no_match' && name !== null ? named(note, name) : note));
}

function named(note: Note, name: string): Note {
  return { ...note, text: `${nameOf(name)}: ${note.text}` };
}

function nameOf(name: string | null): string {
  if (name === null) return 'the window asked about';
  return name === 'before' ? 'the window before' : `the window ${name} before`;
}

function coverageNotes(window: AnsweredWindow, zone: string): readonly Note[] {
  const { name, range, isKept } = window;
  if (!isKept) {
    const times = formatRange(range, zone);
    const text = `nothing is kept of ${nameOf(name)} (${times}), so no change is known`;
    return [{ level: 'warning', code: 'unequal_coverage', text }];
  }
  const gaps = gapsOf(window);
  const [first] = gaps;
  if (first === undefined) return [];
  const micros = sumOf(gaps, lengthOf);
  const others = gaps.length > 1 ? ` and ${gaps.length - 1} more` : '';
  const where = `${formatRange(first, zone)}${others}`;
  const length = formatDuration(wholeSeconds(micros));
  const short = `nothing is kept for ${length} (${where}); its counts are short by that`;
  const text = `of ${nameOf(name)} ${short}`;
  return [{ level: 'warning', code: 'unequal_coverage', text }];
}

/** Times in which nothing is kept although the rest of the window says that much should be. */
function gapsOf({ counted }: AnsweredWindow): readonly TimeRange[] {
  const parts = partsOf(counted);
  const filled = parts.filter(({ count }) => count !== null);
  const rate = sumOf(filled, ({ count }) => count ?? 0) / sumOf(filled, lengthOf);
  const gaps: { readonly start: number; end: number }[] = [];
  for (const { start, end, count } of parts) {
    const last = gaps.at(-1);
    if (count !== null) continue;
    if (last?.end === start) last.end = end;
    else gaps.push({ start, end });
  }
  return gaps.filter((gap) => rate * lengthOf(gap) >= leastExpected);
}

interface Part extends TimeRange {
  readonly count: number | null;
}

function partsOf({ counts, aligned, range }: AnsweredWindow['counted']): readonly Part[] {
  return aligned.places.flatMap((place, index) => {
    if (place === null) return [];
    const start = Math.max(range.start, startOfBucket(aligned.buckets, place));
    const end = Math.min(range.end, startOfBucket(aligned.buckets, place + 1));
    return end > start ? [{ start, end, count: counts[index] ?? null }] : [];
  });
}

function lengthOf({ start, end }: TimeRange): number {
  return end - start;
}

function wholeSeconds(micros: number): number {
  return Math.ceil(micros / microsPerSecond) * microsPerSecond;
}

function sumOf<T>(items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + measure(item), 0);
}

function lengthNotes(
  current: AnsweredWindow,
  others: readonly AnsweredWindow[],
  grown: readonly ComparedCalculation[],
): readonly Note[] {
  const unequal = others.filter(({ range }) => lengthOf(range) !== lengthOf(current.range));
  if (unequal.length === 0 || grown.length === 0) return [];
  const lengths = unequal.map(
    (one) => `${nameOf(one.name)} ${formatDuration(lengthOf(one.range))}`,
  );
  const names = grown.map(({ column }) => column.name).join(', ');
  const all = [formatDuration(lengthOf(current.range)), ...lengths].join(', ');
  const rule = `change and ratio of ${names} go by rate`;
  const text = `the windows are not equally long (${all}): ${rule}`;
  return [{ level: 'info', code: 'unequal_length', text }];
}

function overlapNotes({ range }: AnsweredWindow, other: AnsweredWindow): readonly Note[] {
  const start = Math.max(range.start, other.range.start);
  const end = Math.min(range.end, other.range.end);
  if (start >= end) return [];
  const by = formatDuration(wholeSeconds(end - start));
  const text = `${nameOf(other.name)} overlaps the window asked about by ${by}`;
  return [{ level: 'info', code: 'overlap', text }];
}

function cutNotes({ shown, all }: Known['groups']): readonly Note[] {
  if (all <= shown) return [];
  const text = `${shown} of ${all} groups shown; --limit shows more`;
  return [{ level: 'info', code: 'truncated', text }];
}
