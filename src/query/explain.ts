/** Each form of a question as text, for `--explain`. */

import { printExpression } from '../expression/print.js';
import type { SqlSelect } from '../sql/node.js';
import { printStatement } from '../sql/print.js';
import { type Basis, cellsOf, fromFiles } from './basis.js';
import { compileGroups, compileTotal, wholeGroup } from './compile.js';
import { plainOf } from './formula-cells.js';
import { textOfNamed } from './formula-text.js';
import { compileRange, valuesSource } from './heatmap-sql.js';
import type { Plan, PlanBuckets } from './plan.js';
import { visible } from './series.js';
import { compileActive, compileCoverage, compileSeries } from './series-sql.js';
import type { QuerySpec } from './spec.js';
import { innerOf } from './stepped.js';

/** The spec as JSON; filters and formulas as their text. */
export function explainSpec(spec: QuerySpec): string {
  const where = spec.where.map(({ expression }) => printExpression(expression));
  const bad = spec.bad && printExpression(spec.bad.expression);
  const calculations = spec.calculations.map(({ filter, ...rest }) => ({
    ...rest,
    filter: filter && printExpression(filter.expression),
  }));
  const fields = spec.fields.map(textOfNamed);
  const formulas = spec.formulas.map(textOfNamed);
  return toJson({ ...spec, fields, calculations, formulas, where, bad });
}

/** The plan as JSON. */
export function explainPlan(plan: Plan): string {
  const { rolled, ...rest } = plan;
  const { rows: _, ...kept } = rolled ?? { rows: null };
  return toJson(rolled === null ? rest : { ...rest, rolled: kept });
}

/**
 * The statements of a plan with their bound values. OTHER, the buckets of groups, formulas over
 * buckets and the bins of heatmaps are left out: they carry what the first answers found.
 */
export function explainSql(plan: Plan): string {
  const cells = cellsOf(plan);
  const name = 'cells';
  const queries =
    cells === null
      ? explainedQueries(plan, fromFiles(plan))
      : [
          { kind: 'create table', name, query: cells.query } as const,
          ...explainedQueries(plan, cells.basis(name)),
        ];
  return queries
    .map((query) => {
      const { sql, parameters } = printStatement(query);
      const bound = parameters.map((value, index) => `-- $${index + 1} ${toLine(value)}`);
      return [`${sql};`, ...bound].join('\n');
    })
    .join('\n\n');
}

/** The statements of `explainSql` that answer something. */
export function explainedQueries(plan: Plan, basis: Basis): readonly SqlSelect[] {
  const queries = [compileGroups(plan, basis)];
  if (plan.total) queries.push(compileTotal(plan, basis));
  if (plan.buckets !== null) {
    queries.push(compileCoverage(plan, plan.buckets, basis));
    if (plan.keys.length === 0) queries.push(...seriesOf(plan, plan.buckets, basis));
  }
  const values = plan.heatmaps.map((heatmap) => basis.values ?? valuesSource(plan, heatmap));
  queries.push(...values.map(compileRange));
  return queries;
}

function seriesOf(plan: Plan, buckets: PlanBuckets, basis: Basis): readonly SqlSelect[] {
  const asked = plainOf(plan, visible(plan));
  const plain = asked.filter(({ op }) => op !== 'concurrency');
  const inner = plain.map((item) => innerOf(item) ?? item);
  return [
    compileSeries(plan, buckets, inner, { groups: wholeGroup, basis }),
    ...asked
      .filter(({ op }) => op === 'concurrency')
      .map((item) => compileActive(plan, buckets, item, wholeGroup)),
  ];
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
