/** Which compared groups are shown, and in which order: conditions, orders, the limit. Pure. */
import { unreachable } from '../base/assert.js';
import type { ComparisonOperator } from '../expression/tree.js';
import { type ComparedCell, type ComparedGroup, compareCells } from './compare.js';
import type { Cell } from './ports.js';

/** What a group is ordered or kept by, as indexes. `size` is the change without its sign. */
export type CompareTerm =
  | { readonly kind: 'key'; readonly index: number }
  | { readonly kind: 'value'; readonly index: number }
  | {
      readonly kind: 'change' | 'ratio' | 'size';
      readonly index: number;
      readonly baseline: number;
    };

export interface CompareOrder {
  readonly term: CompareTerm;
  readonly descending: boolean;
}

export interface CompareHaving {
  readonly term: CompareTerm;
  readonly op: ComparisonOperator;
  readonly value: number;
}

/** The largest change first, whichever way it went. */
export const defaultOrders: readonly CompareOrder[] = [
  { term: { kind: 'size', index: 0, baseline: 0 }, descending: true },
  { term: { kind: 'value', index: 0 }, descending: true },
];

/** The groups in order; ties stay in the order of their keys, which is the order they came in. */
export function orderGroups(
  groups: readonly ComparedGroup[],
  orders: readonly CompareOrder[],
): readonly ComparedGroup[] {
  const ranked = groups.map((group) => ({
    group,
    ranks: orders.map(({ term }) => rankOf(group, term)),
  }));
  ranked.sort((left, right) => {
    for (const [index, { descending }] of orders.entries()) {
      const [one = null, other = null] = [left.ranks[index], right.ranks[index]];
      const order = compareCells(one, other);
      if (order !== 0) return descending && one !== null && other !== null ? -order : order;
    }
    return 0;
  });
  return ranked.map(({ group }) => group);
}

/**
 * Whether all conditions hold. One on a calculation holds when it does in any of the windows, so
 * that what vanished is not lost; one on an unknown value does not hold.
 */
export function passes(group: ComparedGroup, having: readonly CompareHaving[]): boolean {
  return having.every(({ term, op, value }) =>
    valuesOf(group, term).some((cell) => cell !== null && holds(op, cell, value)),
  );
}

function valuesOf(group: ComparedGroup, term: CompareTerm): readonly Cell[] {
  if (term.kind !== 'value') return [rankOf(group, term)];
  const cell = group.cells[term.index];
  return [cell?.value ?? null, ...(cell?.baselines ?? []).map(({ value }) => value)];
}

function rankOf({ keys, cells }: ComparedGroup, term: CompareTerm): Cell {
  switch (term.kind) {
    case 'key':
      return keys[term.index] ?? null;
    case 'value':
      return cells[term.index]?.value ?? null;
    case 'change':
    case 'size': {
      const change = cells[term.index]?.baselines[term.baseline]?.change ?? null;
      return term.kind === 'size' && change !== null ? Math.abs(Number(change)) : change;
    }
    case 'ratio':
      return ratioOf(cells[term.index], term.baseline);
    default:
      return unreachable(term);
  }
}

/** Where there was nothing before, what there is now is more than any multiple of it. */
function ratioOf(cell: ComparedCell | undefined, baseline: number): number | null {
  const against = cell?.baselines[baseline];
  if (against === undefined || against.ratio !== null) return against?.ratio ?? null;
  const isFromNothing = against.value !== null && Number(against.value) === 0;
  return isFromNothing && Number(cell?.value ?? 0) > 0 ? Number.POSITIVE_INFINITY : null;
}

function holds(op: ComparisonOperator, cell: Exclude<Cell, null>, value: number): boolean {
  const number = Number(cell);
  switch (op) {
    case '=':
      return number === value;
    case '!=':
      return number !== value;
    case '<':
      return number < value;
    case '<=':
      return number <= value;
    case '>':
      return number > value;
    case '>=':
      return number >= value;
    default:
      return unreachable(op);
  }
}
