/** What an answer is without since damaged files were taken out, if no plan of a query says it. */
import { lostIn, lostRows } from '../query/notes.js';
import type { Note } from '../query/result.js';
import { type Gap, gapsOf } from '../store/gap.js';
import type { TimeRange } from '../time/range.js';
import type { Source } from './source.js';

/** `windows`: what was asked of; null: everything. */
export function damageNotes(
  { dataset }: Pick<Source, 'dataset'>,
  windows: readonly TimeRange[] | null,
): readonly Note[] {
  const gaps = gapsOf(dataset);
  const during = (gap: Gap): boolean =>
    windows === null || windows.some((window) => lostIn([gap], window).length > 0);
  return lostRows(gaps.filter(during));
}
