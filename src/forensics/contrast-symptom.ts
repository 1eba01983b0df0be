/**
 * Columns that only say that an event went wrong: an error text, a `failed` flag, a log level. They
 * mark the bad events by definition, so they are told beside the causes, never as one. Pure.
 */
import type { ContrastGroup } from './contrast-causes.js';
import type { ContrastColumn } from './contrast-column.js';
import { type ContrastCounts, noCounts } from './contrast-score.js';

/** Words of which one must be in the name: a feature flag that fails every time is a cause. */
const telling = new Set(
  (
    'err error errors errored exc exception fault fail failed failure reason detail message msg ' +
    'level severity outcome success succeeded successful ok result status stack stacktrace cause'
  ).split(' '),
);

/** Of the good events, at least so many have one and the same value, or none. */
const leastAlike = 0.9;
/** Of the events with another value, at least so many are bad. */
const leastBad = 0.9;
const leastRows = 5;

/** Indexes of the columns; `groups` holds the single values of each. */
export function symptomColumns(
  columns: readonly ContrastColumn[],
  groups: readonly ContrastGroup[],
  all: ContrastCounts,
): ReadonlySet<number> {
  const found = columns.flatMap((column, index) => {
    if (!isTelling(column)) return [];
    const values = groups.flatMap(({ items, counts }) => {
      const [item] = items;
      return items.length === 1 && item?.kind === 'value' && item.column === index ? [counts] : [];
    });
    return isSymptom(values, all) ? [index] : [];
  });
  return new Set(found);
}

function isTelling({ label, role }: ContrastColumn): boolean {
  if (role === 'error' || role === 'status') return true;
  const words = label.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.split(/[^a-z0-9]+/).some((word) => telling.has(word));
}

function isSymptom(values: readonly ContrastCounts[], all: ContrastCounts): boolean {
  const good = all.window - all.selected;
  const goodOf = ({ window, selected }: ContrastCounts): number => window - selected;
  const rest = good - values.reduce((sum, counts) => sum + goodOf(counts), 0);
  const usual = values.reduce((best, own) => (goodOf(own) > goodOf(best) ? own : best), noCounts);
  const others = rest >= goodOf(usual) ? values : values.filter((own) => own !== usual);
  if (Math.max(rest, goodOf(usual)) < leastAlike * good) return false;
  const telling = others.filter(({ selected, window }) => selected >= leastBad * window);
  const rows = (list: readonly ContrastCounts[]): number =>
    list.reduce((sum, { selectedRows }) => sum + selectedRows, 0);
  return rows(telling) >= Math.max(leastRows, rows(others) / 2);
}
