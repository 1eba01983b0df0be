/** A question for ClickHouse, which reads the Delta table of the store by itself. */
import { clickhouse, type DeltaTable } from '../sql/clickhouse.js';
import { printScript } from '../sql/clickhouse-script.js';
import { printStatement } from '../sql/print.js';
import { fromFiles } from './basis.js';
import { explainedQueries } from './explain.js';
import type { Plan } from './plan.js';

/** As `explainSql`, with values as settings that a client of ClickHouse runs. **Faults** CC1215. */
export function explainClickHouse(plan: Plan, table: DeltaTable): string {
  const dialect = clickhouse(table);
  return explainedQueries(plan, fromFiles(plan))
    .map((query) => printScript(printStatement(query, dialect)))
    .join('\n\n');
}
