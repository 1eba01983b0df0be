/** After an ingest: the names of the dataset, and the values of roles in its newest files. */

import type { RoleName } from '../../event/role.js';
import { runQueries } from '../../query/execute.js';
import type { QueryFile } from '../../query/ports.js';
import { countCalculation, type QuerySpec, querySpec } from '../../query/spec.js';
import { type Dataset, refreshDataset } from '../../store/dataset.js';
import type { Invocation } from '../command.js';
import { openEngine } from '../lazy-engine.js';
import { querySourceOf } from '../query-source.js';
import { type Met, metIn } from './met.js';

/** Roles of which people type values. */
const askedFor: readonly RoleName[] = [
  'host',
  'version',
  'status',
  'service',
  'environment',
  'route',
  'method',
];

/** Rows looked at, newest first: a few milliseconds of an ingest. Chosen by us. */
const maxRows = 100_000;
const maxGroups = 200;

/** Null when there is nothing to learn; what goes wrong here is no fault of an ingest. */
export async function metByIngest(invocation: Invocation, before: Dataset): Promise<Met | null> {
  try {
    const dataset = await refreshDataset(before);
    const specs = askedFor.filter((role) => dataset.roles[role] !== undefined).map(specOf);
    const source = querySourceOf(dataset, invocation.settings.store);
    const files = newest(source.files);
    const engine = await openEngine(
      invocation.settings,
      files.map(({ path }) => path),
    );
    try {
      const { signal } = invocation;
      const results = await runQueries({ ...source, files }, specs, engine, { signal });
      const found = results.map((result, index) =>
        result.groupCount > maxGroups
          ? {}
          : metIn(dataset, specs[index] ?? querySpec(), result).values,
      );
      return { dataset, values: Object.assign({}, ...found) };
    } finally {
      await engine.close();
    }
  } catch {
    return null;
  }
}

function specOf(role: RoleName): QuerySpec {
  const term = { name: role, exact: false, at: null };
  return querySpec({
    breakdowns: [{ term, modifier: null, label: role }],
    calculations: [countCalculation],
    limit: maxGroups,
  });
}

function newest(files: readonly QueryFile[]): readonly QueryFile[] {
  const chosen: QueryFile[] = [];
  let rows = 0;
  for (const file of files.toSorted((left, right) => (right.maxTs ?? 0) - (left.maxTs ?? 0))) {
    if (rows >= maxRows) break;
    if (chosen.length > 0 && rows + file.rows > maxRows) continue;
    chosen.push(file);
    rows += file.rows;
  }
  return chosen;
}
