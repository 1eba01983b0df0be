/**
 * Rows of a group that weigh the same, counted before anything is added up: how sure a count of
 * sampled events is takes three sums over rows, and one count where there are few weights.
 */
import { aggregate, as, binary, call, column, literal, select, star } from '../sql/build.js';
import type { SqlSelect, SqlSource } from '../sql/node.js';
import { inputsOf } from './calculation-input.js';
import type { Plan } from './plan.js';
import { aliases, keptRows, partColumns, type RowParts } from './rows-sql.js';

/** Whether all that a plan asks of rows is their number, over the window as a whole. */
export function isFolded(plan: Plan): boolean {
  const { weighted, fewWeights, rolled, buckets, steps, heatmaps, calculations } = plan;
  const isCounted = inputsOf(calculations).length === 0 && heatmaps.length === 0;
  const isOverall = buckets === null && steps === null;
  return weighted && fewWeights && rolled === null && isOverall && isCounted;
}

/** As `rowsSource`; each row stands for all that are alike. */
export function foldedSource(plan: Plan, parts: RowParts): SqlSource {
  const own = partColumns(plan, parts);
  const rows = select([...own, as(column('weight'), aliases.weight)], keptRows(plan, 'matched'));
  const names = own.map(({ alias }) => alias);
  const kept = names.map((name) => as(column(name), name));
  const weight = column(aliases.weight);
  const alike = select([...kept, as(weight, aliases.weight), as(count, aliases.stored)], {
    from: inside(rows),
    groupBy: [...names, aliases.weight].map((name) => column(name)),
  });
  const each = call('coalesce', weight, literal(1));
  const total = binary('*', each, column(aliases.stored));
  const surplus = binary('*', total, binary('-', each, literal(1)));
  const totals = [
    as(total, aliases.weight),
    as(column(aliases.stored), aliases.stored),
    as(surplus, aliases.surplus),
  ];
  return inside(select([...kept, ...totals], { from: inside(alike) }));
}

const count = aggregate('count', [star]);

function inside(rows: SqlSelect): SqlSource {
  return { kind: 'subquery', select: rows, alias: 'rows' };
}
