/** How many different values a column can have, by the statistics of files alone. Pure. */
import type { FieldSource } from './field.js';
import type { PlanHeatmap } from './plan.js';
import type { QueryFile } from './ports.js';

/** At most so many; null where it is not known. Only whole numbers are few in a range. */
export function mostValues(
  { use }: Pick<PlanHeatmap, 'use'>,
  files: readonly QueryFile[],
): number | null {
  const spans = use.field.sources.map((source) => spanOf(source, files));
  return spans.reduce<number | null>(
    (sum, span) => (sum === null || span === null ? null : sum + span),
    0,
  );
}

function spanOf(source: FieldSource, files: readonly QueryFile[]): number | null {
  if (source.kind !== 'column' || source.column.type !== 'integer') return null;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { stats } of files) {
    const [low, high] = [stats?.minValues, stats?.maxValues].map(
      (all) => all?.[source.column.name],
    );
    const isEmpty = stats?.nullCount[source.column.name] === stats?.numRecords;
    if (stats === null) return null;
    if (typeof low === 'number' && typeof high === 'number') {
      least = Math.min(least, low);
      most = Math.max(most, high);
    } else if (!isEmpty) return null;
  }
  return Math.max(0, most - least + 1);
}
