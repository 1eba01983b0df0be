/** What a plan reads, and as what: one list for all who must know. */
import { refsOf } from '../expression/formula-bind.js';
import { usesOf } from './condition.js';
import type { PlanDerived } from './derived.js';
import type { Field, FieldUse } from './field.js';
import type { Plan, PlanFilter } from './plan.js';

type Shown = Pick<Plan, 'keys' | 'calculations' | 'heatmaps' | 'bad'>;
type Parts = Shown & Pick<Plan, 'where' | 'relations' | 'related' | 'trace'>;

/** Everything read, in the order of a plan; the same use may come several times. */
export function usesIn(plan: Parts): readonly FieldUse[] {
  return [...usesShown(plan), ...usesOfWhere(plan), ...usesRelated(plan)];
}

/** The fields read, and those that calculated fields are made of. */
export function fieldsRead(plan: Parts, derived: readonly PlanDerived[]): readonly Field[] {
  const fields = usesIn(plan).map(({ field }) => field);
  return [...fields, ...derived.flatMap(({ formula }) => refsOf(formula))];
}

/** What decides which events take part. */
export function usesOfWhere({ where }: Pick<Plan, 'where'>): readonly FieldUse[] {
  return where.flatMap(usesOf);
}

function usesRelated({ relations, related, trace }: Parts): readonly FieldUse[] {
  return [
    ...relations.flatMap(({ where }) => where.flatMap(usesOf)),
    ...related.flatMap(({ uses }) => uses),
    ...(trace === null ? [] : [trace.trace, trace.span ?? [], trace.parent ?? []].flat()),
  ];
}

/** What the events that take part are grouped by and calculated with. */
export function usesShown(plan: Shown): readonly FieldUse[] {
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
