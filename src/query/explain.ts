/** Each form of a question as text, for `--explain`. */

import { printExpression } from '../expression/print.js';
import { printStatement } from '../sql/print.js';
import { compileCoverage, compileGroups, compileSeries, compileTotal } from './compile.js';
import type { Plan } from './plan.js';
import { visible } from './series.js';
import type { QuerySpec } from './spec.js';

/** The spec as JSON; filters as their text. */
export function explainSpec(spec: QuerySpec): string {
  const where = spec.where.map(({ expression }) => printExpression(expression));
  const bad = spec.bad && printExpression(spec.bad.expression);
  return toJson({ ...spec, where, bad });
}

/** The plan as JSON. */
export function explainPlan(plan: Plan): string {
  return toJson(plan);
}

/**
 * The statements of a plan with their bound values. OTHER and the buckets of groups are left out:
 * they carry the keys of the first answer.
 */
export function explainSql(plan: Plan): string {
  const queries = [compileGroups(plan)];
  if (plan.total) queries.push(compileTotal(plan));
  if (plan.buckets !== null) {
    queries.push(compileCoverage(plan, plan.buckets));
    if (plan.keys.length === 0) {
      queries.push(compileSeries(plan, plan.buckets, visible(plan), []));
    }
  }
  return queries
    .map((query) => {
      const { sql, parameters } = printStatement(query);
      const bound = parameters.map((value, index) => `-- $${index + 1} ${toLine(value)}`);
      return [`${sql};`, ...bound].join('\n');
    })
    .join('\n\n');
}

function toJson(value: unknown): string {
  return JSON.stringify(value, bigintAsText, 2);
}

function toLine(value: unknown): string {
  return JSON.stringify(value, bigintAsText);
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
