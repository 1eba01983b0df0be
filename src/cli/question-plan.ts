/** The plan of a question on a store or on files, over rollups where they give the same answer. */
import { faultsOf } from '../base/fault.js';
import type { Plan } from '../query/plan.js';
import type { QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import type { QuerySpec } from '../query/spec.js';
import { listFingerprints } from '../store/fingerprint.js';
import { listRollups } from '../store/rollup.js';
import type { Invocation } from './command.js';
import { isEmptySource } from './empty-answer.js';
import { flagOption } from './option-values.js';
import { querySourceOf, withSidecars } from './query-source.js';
import type { Source } from './source.js';

/** The source with what lies beside its data files; `--no-rollups` leaves that out. */
export async function questionSource(
  { values, words }: Pick<Invocation, 'values' | 'words'>,
  { dataset, name, fields }: Source,
): Promise<QuerySource> {
  const rows = querySourceOf(dataset, name, fields);
  if (words.length > 0 || flagOption(values, 'rollups') === false) return rows;
  return withSidecars(rows, await listRollups(dataset), await listFingerprints(dataset));
}

/** Null where a dataset is empty and so has none of the columns asked about. */
export function planOf(spec: QuerySpec, from: QuerySource, source: Source): Plan | null {
  try {
    return resolve(spec, from);
  } catch (error) {
    if (isEmptySource(source) && faultsOf(error).length > 0) return null;
    throw error;
  }
}
