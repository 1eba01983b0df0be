/** What a plan reads, and as what: one list for all who must know. */
import { usesOf } from './condition.js';
import type { FieldUse } from './field.js';
import type { Plan, PlanFilter } from './plan.js';

type Parts = Pick<Plan, 'keys' | 'calculations' | 'heatmaps' | 'where' | 'bad'>;

/** Everything read, in the order of a plan; the same use may come several times. */
export function usesIn(plan: Parts): readonly FieldUse[] {
  return [...usesShown(plan), ...usesOfWhere(plan)];
}

/** What decides which events take part. */
export function usesOfWhere({ where }: Pick<Plan, 'where'>): readonly FieldUse[] {
  return where.flatMap(usesOf);
}

/** What the events that take part are grouped by and calculated with. */
export function usesShown(plan: Omit<Parts, 'where'>): readonly FieldUse[] {
  const { keys, calculations, heatmaps, bad } = plan;
  const calculated = [...calculations, ...heatmaps];
  return [
    ...[...keys, ...calculated].flatMap(({ use }) => use ?? []),
    ...calculated.flatMap(({ filter }) => filterUses(filter)),
    ...filterUses(bad),
  ];
}

function filterUses(filter: PlanFilter | null): readonly FieldUse[] {
  return filter === null ? [] : usesOf(filter.condition);
}
