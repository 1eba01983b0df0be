/** The plan of a question on a store or on files, over rollups where they give the same answer. */
import { faultsOf } from '../base/fault.js';
import { runPlan } from '../query/execute.js';
import type { Plan } from '../query/plan.js';
import type { Engine, QuerySource } from '../query/ports.js';
import { resolve } from '../query/resolve.js';
import type { Result } from '../query/result.js';
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

/** Runs a plan; where a rollup cannot be read, or went with its file meanwhile, from rows alone. */
export async function answerOver(plan: Plan, engine: Engine, signal: AbortSignal): Promise<Result> {
  try {
    return await runPlan(plan, engine, { signal });
  } catch (error) {
    const codes = faultsOf(error).map(({ code }) => code);
    const isUnread = codes.includes('CC4003') || codes.includes('CC4006');
    if (plan.rolled === null || !isUnread) throw error;
    const result = await runPlan(plan.rolled.rows, engine, { signal });
    const text = 'a rollup could not be read, rows were read instead; coldcase verify names it';
    return { ...result, notes: [...result.notes, { level: 'warning', code: 'rollup', text }] };
  }
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
