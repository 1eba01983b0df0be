/** `--explain clickhouse`: a question as ClickHouse asks it of the table of the store. */
import { resolve } from 'node:path';
import { explainClickHouse } from '../query/explain-clickhouse.js';
import type { Plan } from '../query/plan.js';
import { type Answer, explanation } from './answer.js';
import type { Invocation } from './command.js';
import { optionFault } from './option-values.js';
import type { Source } from './source.js';

/** **Faults** CC1003 for files, of which no table is kept; CC1215. */
export function clickHouseAnswer({ words }: Invocation, { dataset }: Source, plan: Plan): Answer {
  if (words.length > 0) {
    const hint = 'coldcase ingest keeps files as a table that ClickHouse reads';
    throw optionFault('explain', 'clickhouse', { expected: 'a store', hint });
  }
  const { tableDir, version } = dataset.snapshot;
  return explanation(explainClickHouse(plan, { path: resolve(tableDir), version }));
}
