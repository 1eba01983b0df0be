/** One condition on one column, as a contrast finds and tells it. Pure. */
import { present, unreachable } from '../base/assert.js';
import { isRoleName } from '../event/role.js';
import { literalOfWord } from '../expression/literal.js';
import { isBareName } from '../expression/parse.js';
import { printExpression } from '../expression/print.js';
import type { Expression, Literal, Reference } from '../expression/tree.js';
import type { Cell } from '../query/ports.js';
import type { ContrastColumn } from './contrast-column.js';

/** `range`: above `low` up to and with `high`; null is open. */
export type ContrastItem =
  | { readonly kind: 'value'; readonly column: number; readonly value: Cell }
  | { readonly kind: 'set'; readonly column: number; readonly values: readonly Cell[] }
  | { readonly kind: 'missing'; readonly column: number }
  | {
      readonly kind: 'range';
      readonly column: number;
      readonly low: number | null;
      readonly high: number | null;
    };

const keys = new WeakMap<ContrastItem, string>();

/** The same text for items that are the same; asked for every leaf of every pair, so kept. */
export function itemKey(item: ContrastItem): string {
  const known = keys.get(item);
  if (known !== undefined) return known;
  const key = keyText(item);
  keys.set(item, key);
  return key;
}

function keyText(item: ContrastItem): string {
  switch (item.kind) {
    case 'value':
      return `${item.column} = ${typeof item.value} ${String(item.value)}`;
    case 'set':
      return `${item.column} in ${item.values.map(String).join('\u0001')}`;
    case 'missing':
      return `${item.column} missing`;
    case 'range':
      return `${item.column} (${item.low} ${item.high}]`;
    default:
      return unreachable(item);
  }
}

const span = { start: 0, end: 0 };

/** The filter that keeps the events of all items. */
export function filterOfItems(
  items: readonly ContrastItem[],
  columns: readonly ContrastColumn[],
): Expression {
  const parts = items.flatMap((item) => partsOf(item, referenceTo(columns, item)));
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return { kind: 'and', operands: parts, span };
}

/** As it can be typed. */
export function itemsText(
  items: readonly ContrastItem[],
  columns: readonly ContrastColumn[],
): string {
  return printExpression(filterOfItems(items, columns));
}

/** Members of a set that are named; of a larger one only the first and the last. */
const namedMembers = 3;

/** For people: values without quotation marks, large sets by their ends. */
export function itemsLabel(
  items: readonly ContrastItem[],
  columns: readonly ContrastColumn[],
): string {
  return items
    .map((item) => `${referenceTo(columns, item).name} ${conditionLabel(item)}`)
    .join(' and ');
}

function conditionLabel(item: ContrastItem): string {
  switch (item.kind) {
    case 'value':
      return `= ${String(item.value)}`;
    case 'set': {
      const { values } = item;
      if (values.length <= namedMembers) return `in ${values.map(String).join(', ')}`;
      return `in ${String(values[0])} … ${String(values.at(-1))} (${values.length})`;
    }
    case 'missing':
      return 'missing';
    case 'range':
      if (item.low === null) return `<= ${item.high}`;
      return item.high === null ? `> ${item.low}` : `> ${item.low} and <= ${item.high}`;
    default:
      return unreachable(item);
  }
}

/** Backticks only where a bare name would be read as something else. */
function referenceTo(columns: readonly ContrastColumn[], { column }: ContrastItem): Reference {
  const { name, exact } = present(columns[column], 'a column of a contrast').breakdown.term;
  const isPlain = isBareName(name) && !isRoleName(name);
  return { kind: 'reference', name, exact: exact && !isPlain, span };
}

function partsOf(item: ContrastItem, left: Reference): readonly Expression[] {
  switch (item.kind) {
    case 'value':
      return [{ kind: 'compare', op: '=', left, right: literalOf(item.value), span }];
    case 'set':
      return [{ kind: 'in', left, values: item.values.map(literalOf), negated: false, span }];
    case 'missing':
      return [{ kind: 'exists', left, negated: true, span }];
    case 'range': {
      const bound = (op: '>' | '<=', value: number): Expression => {
        return { kind: 'compare', op, left, right: literalOf(value), span };
      };
      return [
        ...(item.low === null ? [] : [bound('>', item.low)]),
        ...(item.high === null ? [] : [bound('<=', item.high)]),
      ];
    }
    default:
      return unreachable(item);
  }
}

function literalOf(value: Cell): Literal {
  if (typeof value === 'string') return { kind: 'string', value, span };
  return literalOfWord(String(value), span) ?? { kind: 'string', value: String(value), span };
}
