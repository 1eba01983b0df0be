/** Filters on the fields of one snapshot: names and types are checked, all faults are kept. */
import { present } from '../base/assert.js';
import type { Fault } from '../base/fault.js';
import { checkExpression } from '../expression/check.js';
import { printExpression } from '../expression/print.js';
import { conditionOf } from './condition.js';
import type { PlanFilter } from './plan.js';
import { findField, namesOf, otherSpan, type Scope } from './scope.js';
import type { Filter } from './spec.js';

/** The condition of one filter, or null after adding to `faults` (CC1201, CC1202, CC1241). */
export function resolveFilter(scope: Scope, asked: Filter, faults: Fault[]): PlanFilter | null {
  const text = printExpression(asked.expression);
  const source = asked.at ?? { text, option: null };
  const found = checkExpression(asked.expression, source, namesOf(scope)).map((fault) => {
    const { code, params, at } = fault;
    const other = code === 'CC1201' ? otherSpan(scope, { name: String(params.name), at }) : null;
    return other ?? fault;
  });
  faults.push(...found);
  if (found.length > 0) return null;
  const condition = conditionOf(asked.expression, ({ name, exact }) =>
    present(findField(scope, name, exact), name),
  );
  return { condition, text };
}
