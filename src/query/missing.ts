/** How many rows have no value in a column, from what the log says of the files. */
import type { Column } from '../event/column.js';
import type { TimeRange } from '../time/range.js';
import type { QuerySource } from './ports.js';
import { filesFor, isInside } from './prune.js';

/** Null where a file must be read to tell: one that the window cuts, or of another tool. */
export function missingInLog(
  source: QuerySource,
  window: TimeRange,
  { name, label }: Column,
): number | null {
  let missing = 0;
  for (const file of filesFor(source.files, window)) {
    const { extraLabels, stats } = file;
    const isPlain = extraLabels !== null && !extraLabels.includes(label);
    const own = stats?.nullCount[name];
    if (!isInside(file, window) || !isPlain || own === undefined) return null;
    missing += own;
  }
  return missing;
}
