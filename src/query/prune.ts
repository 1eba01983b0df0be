/** Which files a window needs, and the span of what is kept. In doubt a file is read. */
import type { Micros } from '../time/instant.js';
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
    const span = spanOfFile(file);
    return span.start < window.end && span.end > window.start;
  });
}

/** From the first to just after the last event; empty at 0 when nothing is kept. */
export function spanOf(files: readonly QueryFile[]): TimeRange {
  const spans = files.filter(({ rows }) => rows > 0).map(spanOfFile);
  if (spans.length === 0) return { start: 0, end: 0 };
  return {
    start: spans.reduce((least, { start }) => Math.min(least, start), Number.POSITIVE_INFINITY),
    end: spans.reduce((most, { end }) => Math.max(most, end), Number.NEGATIVE_INFINITY),
  };
}

function spanOfFile({ date, minTs, maxTs }: QueryFile): TimeRange {
  const day: Micros = Date.parse(`${date}T00:00:00Z`) * 1000;
  return { start: minTs ?? day, end: maxTs === null ? day + microsPerDay : maxTs + 1 };
}
