/** From a judged draft to what people read. */
import { present } from '../base/assert.js';
import type { Dictionaries, Dimension } from './scan-cells.js';
import type { Selection } from './scan-subset.js';

/** The names of a selection, sorted. */
export function namesOf(
  dictionaries: Dictionaries,
  selection: Selection,
  dimension: Dimension,
): readonly string[] {
  const ids = selection.get(dimension);
  if (ids === undefined) return [];
  return [...ids].map((id) => present(dictionaries[dimension].texts[id], 'a name')).sort();
}
