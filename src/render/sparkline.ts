/** Sparklines: one mark a bucket, all rows of a table on one scale from zero. */
import type { Glyphs } from './glyphs.js';
import type { Series } from './table.js';

/**
 * A series as marks. Zero and a gap have marks of their own; any value above zero shows at least
 * the lowest level, so that one event is never drawn as none.
 * **Invariant** as many marks as `width` allows, at most one a bucket.
 */
export function sparkline(
  series: Series,
  scale: { readonly max: number; readonly width: number; readonly glyphs: Glyphs },
): string {
  const { zero, gap, levels } = scale.glyphs;
  const marks = [...levels];
  return resample(series, scale.width)
    .map((value) => {
      if (value === null) return gap;
      if (value <= 0 || scale.max <= 0) return zero;
      const level = Math.ceil((value / scale.max) * marks.length) - 1;
      return marks[Math.min(marks.length - 1, Math.max(0, level))] ?? zero;
    })
    .join('');
}

/** At most `width` values; one that stands for several buckets is the highest of them. */
export function resample(series: Series, width: number): Series {
  if (series.length <= width) return series;
  return Array.from({ length: width }, (_, index) => {
    const start = Math.floor((index * series.length) / width);
    const end = Math.floor(((index + 1) * series.length) / width);
    return highest(series.slice(start, end));
  });
}

function highest(values: Series): number | null {
  return values.reduce(
    (best, value) => (value !== null && (best === null || value > best) ? value : best),
    null,
  );
}
