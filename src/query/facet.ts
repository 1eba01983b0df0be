/**
 * Facets: what a column is broken down by when many columns are counted in one pass. Values of a
 * list, ranges of a number, or whether there is a value at all.
 */
import { unreachable } from '../base/assert.js';
import {
  aggregate,
  any,
  as,
  binary,
  call,
  column,
  isNotNull,
  isNull,
  literal,
  parameter,
  select,
  star,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect } from '../sql/node.js';
import type { TimeRange } from '../time/range.js';
import type { Condition } from './condition.js';
import type { FieldUse } from './field.js';
import { boundKey } from './key.js';
import type { Plan } from './plan.js';
import type { Cell } from './ports.js';
import { keptRows, weightColumn } from './rows-sql.js';
import { conditionSql, valueSql } from './value-sql.js';

/**
 * `values`: those of the list, others are null; all of them when the list is null. `missing`: true
 * where there is no value. `bins`: how many of the edges lie below the value.
 */
export type Facet =
  | { readonly kind: 'values'; readonly use: FieldUse; readonly values: readonly Cell[] | null }
  | { readonly kind: 'missing'; readonly use: FieldUse }
  | { readonly kind: 'bins'; readonly use: FieldUse; readonly edges: readonly number[] };

/** The events looked at: those of the window, and those among them that are selected. */
export interface FacetSides {
  readonly window: TimeRange;
  readonly selected: Condition;
}

/** Columns of the counts behind the facets, in their order. */
export const facetCounts = {
  /** Selected events of the window, and all of it. Weighted. */
  selected: 'k',
  window: 'n',
  /** The same of the events outside the window. */
  selectedBefore: 'kb',
  before: 'nb',
  /** Rows. */
  selectedRows: 'rk',
  windowRows: 'rn',
} as const;

/**
 * Every facet alone, in one pass. **Shape** `g` (which facet: all bits of its `grouping_id` set but
 * its own; all set for the total), the facets, the counts of `facetCounts`. Groups of fewer
 * selected events than `least` are left out. In no order.
 */
export function compileEachFacet(
  plan: Plan,
  facets: readonly Facet[],
  sides: FacetSides,
  least: number,
): SqlSelect {
  const keys = facets.map((_, index) => column(facetName(index)));
  const group = call('grouping_id', ...keys);
  const total = literal(2 ** facets.length - 1);
  const events = column(facetCounts.selected);
  return select(
    [as(column('g'), 'g'), ...facets.map((_, index) => named(facetName(index))), ...countNames()],
    {
      from: {
        kind: 'subquery',
        select: select([as(group, 'g'), ...keyColumns(facets), ...countColumns(plan)], {
          from: rowsOf(plan, facets, sides),
          groupBy: keys,
          groupByEach: true,
        }),
        alias: 'groups',
      },
      where: any([binary('>=', events, literal(least)), binary('=', column('g'), total)]),
    },
  );
}

/** All facets together. **Shape** the facets, the counts of `facetCounts`; in no order. */
export function compileAllFacets(
  plan: Plan,
  facets: readonly Facet[],
  sides: FacetSides,
  limit: number,
): SqlSelect {
  return select([...keyColumns(facets), ...countColumns(plan)], {
    from: rowsOf(plan, facets, sides),
    groupBy: facets.map((_, index) => column(facetName(index))),
    limit,
  });
}

/** **Shape** one row: for each use, its values at these quantiles of the rows, unweighted. */
export function compileEdges(
  plan: Plan,
  uses: readonly FieldUse[],
  quantiles: readonly number[],
): SqlSelect {
  const values = uses.map((use, index) => as(valueSql(use), facetName(index)));
  const list = call('list_value', ...quantiles.map(literal));
  const columns = uses.flatMap((_, index) => {
    const all = aggregate('quantile_disc', [column(facetName(index)), list]);
    return quantiles.map((_quantile, at): SqlColumn => {
      const key = literal(at + 1);
      return as({ kind: 'element', operand: all, key }, `${facetName(index)}_${at}`);
    });
  });
  const from = { kind: 'subquery', select: select(values, keptRows(plan, 'matched')) } as const;
  return select(columns, { from: { ...from, alias: 'rows' } });
}

function facetName(index: number): string {
  return `f${index}`;
}

function named(name: string): SqlColumn {
  return as(column(name), name);
}

function keyColumns(facets: readonly Facet[]): readonly SqlColumn[] {
  return facets.map((_, index) => named(facetName(index)));
}

function countNames(): readonly SqlColumn[] {
  return Object.values(facetCounts).map(named);
}

function countColumns({ weighted }: Plan): readonly SqlColumn[] {
  const [now, selected] = [column('now'), column('sel')];
  const before: SqlExpression = { kind: 'unary', op: 'not', operand: now };
  const sum = (filter: SqlExpression) =>
    weighted
      ? call('coalesce', aggregate('sum', [column('w')], { filter }), literal(0))
      : aggregate('count', [star], { filter });
  const rows = (filter: SqlExpression) => aggregate('count', [star], { filter });
  const both = (left: SqlExpression) => binary('and', left, selected);
  return [
    as(sum(both(now)), facetCounts.selected),
    as(sum(now), facetCounts.window),
    as(sum(both(before)), facetCounts.selectedBefore),
    as(sum(before), facetCounts.before),
    as(rows(both(now)), facetCounts.selectedRows),
    as(rows(now), facetCounts.windowRows),
  ];
}

function rowsOf(plan: Plan, facets: readonly Facet[], { window, selected }: FacetSides) {
  const bound = (value: number) => parameter({ type: 'timestamp', value });
  const now = binary(
    'and',
    binary('>=', column('ts'), bound(window.start)),
    binary('<', column('ts'), bound(window.end)),
  );
  const columns = [
    ...facets.map((facet, index) => as(facetSql(facet), facetName(index))),
    as(now, 'now'),
    as(call('coalesce', conditionSql(selected), literal(false)), 'sel'),
    ...(plan.weighted ? [weightColumn()] : []),
  ];
  const rows = select(columns, keptRows(plan, 'matched'));
  return { kind: 'subquery', select: rows, alias: 'rows' } as const;
}

function facetSql(facet: Facet): SqlExpression {
  const value = valueSql(facet.use);
  switch (facet.kind) {
    case 'values': {
      if (facet.values === null) return value;
      const key = { label: '', use: facet.use, modifier: null, type: facet.use.as, unit: null };
      const list = facet.values.map((cell) => boundKey(key, cell));
      if (list.length === 0) return boundKey(key, null);
      return when([[{ kind: 'in', operand: value, list, negated: false }, value]], null);
    }
    case 'missing':
      return isNull(value);
    case 'bins': {
      const below = facet.edges.map(
        (edge, index) =>
          [
            binary('<=', value, parameter({ type: 'number', value: edge })),
            literal(index),
          ] as const,
      );
      return when([[isNotNull(value), when(below, literal(facet.edges.length))]], null);
    }
    default:
      return unreachable(facet);
  }
}
