/**
 * Facets: what a column is broken down by when many columns are counted in one pass. Values of a
 * list, ranges of a number, or whether there is a value at all.
 */
import { assert, present, unreachable } from '../base/assert.js';
import {
  aggregate,
  all,
  any,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  isNull,
  literal,
  overAll,
  parameter,
  select,
  star,
  when,
} from '../sql/build.js';
import type { SqlColumn, SqlExpression, SqlSelect, SqlSource } from '../sql/node.js';
import type { TimeRange } from '../time/range.js';
import type { Condition } from './condition.js';
import type { FieldUse } from './field.js';
import { boundKey } from './key.js';
import type { Plan } from './plan.js';
import type { Cell } from './ports.js';
import { keptRows, weightColumn } from './rows-sql.js';
import { conditionSql, valueSql } from './value-sql.js';

/**
 * `values`: the place of the value in the list, from 1, others are null; the values themselves when
 * the list is null. `missing`: 1 where there is no value. `bins`: how many of the edges lie below.
 */
export type Facet =
  | { readonly kind: 'values'; readonly use: FieldUse; readonly values: readonly Cell[] | null }
  | { readonly kind: 'missing'; readonly use: FieldUse }
  | { readonly kind: 'bins'; readonly use: FieldUse; readonly edges: readonly number[] };

/** The events looked at: those of the window, and those among them that are selected. */
export interface FacetSides {
  readonly window: TimeRange;
  readonly selected: Condition;
  /** Whether the plan reads events outside the window too. */
  readonly hasPast: boolean;
}

/** What is counted: of all events, of the selected, of those of the window, of both. */
const counted = ['a', 's', 'n', 'k'] as const;
type Counted = (typeof counted)[number];

/** Counts of a group. Weighted, but for rows. `before`: of the events outside the window. */
export interface FacetCounts {
  readonly selected: number;
  readonly window: number;
  readonly selectedBefore: number;
  readonly before: number;
  readonly selectedRows: number;
  readonly windowRows: number;
  /** Of the window and outside of it. */
  readonly rows: number;
}

/** The columns of counts there are; those that would say the same as another are left out. */
function countNames({ weighted }: Plan, { hasPast }: FacetSides): readonly string[] {
  const asked = counted.filter((one) => hasPast || one === 'n' || one === 'k');
  return [...asked.map(rowsName), ...(weighted ? asked : [])];
}

function rowsName(one: Counted): string {
  return `r${one}`;
}

/** Reads the counts that stand in a row of the engine behind `from` other columns. */
export function facetCounts(
  plan: Plan,
  sides: FacetSides,
  row: readonly Cell[],
  from: number,
): FacetCounts {
  const names = countNames(plan, sides);
  const read = (name: string): number => {
    const value = Number(row[from + names.indexOf(name)] ?? 0);
    assert(Number.isFinite(value), 'a count is no number');
    return value;
  };
  const rows = (one: Counted): number => read(rowsName(one));
  const events = (one: Counted): number => (plan.weighted ? read(one) : rows(one));
  const { hasPast } = sides;
  return {
    selected: events('k'),
    window: events('n'),
    selectedBefore: hasPast ? events('s') - events('k') : 0,
    before: hasPast ? events('a') - events('n') : 0,
    selectedRows: rows('k'),
    windowRows: rows('n'),
    rows: rows(hasPast ? 'a' : 'n'),
  };
}

/** Which groups are worth reading, besides the total and what has no value. */
export interface FacetCut {
  /** Fewest selected events, and their share of all of them. */
  readonly events: number;
  readonly share: number;
  /** Places of facets of which every group is read. */
  readonly whole: readonly number[];
}

/**
 * Every facet alone, in one pass. **Shape** `g` (which facet: all bits of its `grouping_id` set but
 * its own; all set for the total), the facets, the counts. In no order.
 */
export function compileEachFacet(
  plan: Plan,
  facets: readonly Facet[],
  sides: FacetSides,
  cut: FacetCut | null,
): SqlSelect {
  const keys = facets.map((_, index) => column(facetName(index)));
  const group = facets.length === 0 ? literal(0) : call('grouping_id', ...keys);
  const groups = select([as(group, 'g'), ...keyColumns(facets), ...countColumns(plan, sides)], {
    from: rowsOf(plan, facets, sides),
    groupBy: keys,
    ...(facets.length > 0 ? { groupByEach: true } : {}),
  });
  if (cut === null) return groups;
  const events = column(plan.weighted ? 'k' : rowsName('k'));
  const top = as(overAll(aggregate('max', [events])), 'top');
  const measured: SqlSource = {
    kind: 'subquery',
    select: select([{ star: true }, top], {
      from: { kind: 'subquery', select: groups, alias: 'groups' },
    }),
    alias: 'measured',
  };
  const isLarge = all([
    binary('>=', events, literal(cut.events)),
    binary('>=', binary('/', events, literal(cut.share)), column('top')),
  ]);
  const isOf = (at: number) => 2 ** facets.length - 1 - 2 ** (facets.length - 1 - at);
  const ofFacet = cut.whole.map((at) => literal(isOf(at)));
  const isWhole: readonly SqlExpression[] =
    ofFacet.length === 0
      ? []
      : [{ kind: 'in', operand: column('g'), list: ofFacet, negated: false }];
  const names = ['g', ...facets.map((_, index) => facetName(index)), ...countNames(plan, sides)];
  return select(names.map(named), {
    from: measured,
    where: any([isLarge, all(keys.map(isNull)), ...isWhole]),
  });
}

/** All facets together. **Shape** the facets, the counts; in no order. */
export function compileAllFacets(
  plan: Plan,
  facets: readonly Facet[],
  sides: FacetSides,
  limit: number,
): SqlSelect {
  return select([...keyColumns(facets), ...countColumns(plan, sides)], {
    from: rowsOf(plan, facets, sides),
    groupBy: facets.map((_, index) => column(facetName(index))),
    limit,
  });
}

/** **Shape** one row: how many values each column has among the first rows that are met. */
export function compileSpread(plan: Plan, uses: readonly FieldUse[], rows: number): SqlSelect {
  const values = uses.map((use, index) => as(valueSql(use), facetName(index)));
  const first = select(values, { ...keptRows(plan, 'matched'), limit: rows });
  const columns = uses.map((_, index) =>
    as(call('list_unique', aggregate('list', [column(facetName(index))])), facetName(index)),
  );
  return select(columns, { from: { kind: 'subquery', select: first, alias: 'first' } });
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

function countColumns(plan: Plan, sides: FacetSides): readonly SqlColumn[] {
  const conditions: Readonly<Record<Counted, string | null>> = sides.hasPast
    ? { a: null, s: 'sel', n: 'now', k: 'both' }
    : { a: null, s: 'sel', n: null, k: 'sel' };
  return countNames(plan, sides).map((name) => {
    const one = present(
      counted.find((own) => name === own || name === rowsName(own)),
      'a count',
    );
    const condition = conditions[one];
    const filter = condition === null ? null : column(condition);
    if (name === rowsName(one)) return as(aggregate('count', [star], { filter }), name);
    const weight = filter === null ? column('w') : when([[filter, column('w')]], null);
    return as(call('coalesce', aggregate('sum', [weight]), literal(0)), name);
  });
}

function rowsOf(plan: Plan, facets: readonly Facet[], sides: FacetSides): SqlSource {
  const { window, hasPast } = sides;
  const bound = (value: number) => parameter({ type: 'timestamp', value });
  const now = binary(
    'and',
    binary('>=', column('ts'), bound(window.start)),
    binary('<', column('ts'), bound(window.end)),
  );
  const selected = call('coalesce', conditionSql(sides.selected), literal(false));
  const columns = [
    ...facets.map((facet, index) => as(facetSql(facet), facetName(index))),
    as(selected, 'sel'),
    ...(hasPast ? [as(now, 'now'), as(binary('and', now, selected), 'both')] : []),
    ...(plan.weighted ? [weightColumn()] : []),
  ];
  const rows = select(columns, keptRows(plan, 'matched'));
  return { kind: 'subquery', select: rows, alias: 'rows' };
}

function facetSql(facet: Facet): SqlExpression {
  const value = valueSql(facet.use);
  switch (facet.kind) {
    case 'values': {
      if (facet.values === null) return value;
      const key = { label: '', use: facet.use, modifier: null, type: facet.use.as, unit: null };
      const list = facet.values.map((cell) => boundKey(key, cell));
      if (list.length === 0) return cast(literal(null), 'INTEGER');
      // Worked out for each entry of a dictionary; a list of conditions would be for each row.
      return cast(call('list_position', call('list_value', ...list), value), 'INTEGER');
    }
    case 'missing':
      return cast(isNull(value), 'INTEGER');
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
