/** Other spans of a trace, looked for one by one among all events of the window. */
import type { FieldUse } from '../../src/query/field.js';
import type { Plan, PlanRelated, PlanRelation } from '../../src/query/plan.js';
import type { RelationPrefix } from '../../src/query/spec.js';
import type { PlainRow, PlainValue } from './rows.js';
import { holds, orderOf, readField } from './values.js';

/** The event with the values of other spans that a plan groups by. */
export function withRelated(plan: Plan, row: PlainRow, kept: readonly PlainRow[]): PlainRow {
  const related = plan.related.flatMap((one) => relatedOf(plan, one, row, kept));
  return related.length === 0 ? row : { ...row, related: Object.fromEntries(related) };
}

function relatedOf(
  plan: Plan,
  { prefix, uses }: PlanRelated,
  row: PlainRow,
  kept: readonly PlainRow[],
) {
  const spans = kept.filter((other) => isTied(plan, prefix, row, other));
  return uses.map((use, index): [string, PlainValue] => {
    const values = spans.flatMap((span) => readField(use, span) ?? []).sort(orderOf);
    return [`${prefix} ${index}`, values[0] ?? null];
  });
}

/** Whether the other spans are there that a plan wants. */
export function isRelated(plan: Plan, row: PlainRow, kept: readonly PlainRow[]): boolean {
  return plan.relations.every((relation) => {
    const found = kept.some((other) => matches(plan, relation, row, other));
    return relation.prefix === 'none' ? !found : found;
  });
}

function matches(plan: Plan, { prefix, where }: PlanRelation, row: PlainRow, other: PlainRow) {
  return isTied(plan, prefix, row, other) && where.every((one) => holds(one, other) === true);
}

function isTied({ trace }: Plan, prefix: RelationPrefix, row: PlainRow, other: PlainRow): boolean {
  const id = (use: FieldUse | null | undefined, of: PlainRow) =>
    (use && readField(use, of)) || null;
  const own = id(trace?.trace, row);
  if (own === null || own !== id(trace?.trace, other)) return false;
  switch (prefix) {
    case 'root':
      return id(trace?.parent, other) === null;
    case 'parent': {
      const parent = id(trace?.parent, row);
      return parent !== null && parent === id(trace?.span, other);
    }
    case 'child': {
      const span = id(trace?.span, row);
      return span !== null && span === id(trace?.parent, other);
    }
    default:
      return true;
  }
}
