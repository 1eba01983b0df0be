/** Which files a window needs, and the span of what is kept. In doubt a file is read. */
import { microsPerDay } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';
import type { QueryFile } from './ports.js';

/** The files that may hold events of the window; all of them without a window. */
export function filesFor(
  files: readonly QueryFile[],
  window: TimeRange | null,
): readonly QueryFile[] {
  if (window === null) return files;
  return files.filter((file) => {
    const span = knownSpan(file);
    return span === null || (span.start < window.end && span.end > window.start);
  });
}

/** From the first to just after the last event; empty at 0 when nothing is kept. */
export function spanOf(files: readonly QueryFile[]): TimeRange {
  const spans = files.flatMap((file) => knownSpan(file) ?? likelySpan(file) ?? []);
  if (spans.length === 0) return { start: 0, end: 0 };
  return {
    start: spans.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: spans.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  };
}

/** Whether every event is known to lie in the span of the files. */
export function isSpanKnown(files: readonly QueryFile[]): boolean {
  return files.every((file) => knownSpan(file) !== null);
}

function knownSpan({ minTs, maxTs }: QueryFile): TimeRange | null {
  return minTs === null || maxTs === null ? null : { start: minTs, end: maxTs + 1 };
}

/** Another writer may have cut its days in another time zone, so a day more on each side. */
function likelySpan({ date }: QueryFile): TimeRange | null {
  const day = Date.parse(`${date}T00:00:00Z`) * 1000;
  return Number.isNaN(day) ? null : { start: day - microsPerDay, end: day + 2 * microsPerDay };
}
