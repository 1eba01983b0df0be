/** What an answer taught about a dataset, for the completion of the next question. */

import type { Result } from '../../query/result.js';
import type { QuerySpec } from '../../query/spec.js';
import type { Dataset } from '../../store/dataset.js';
import type { Environment } from '../terminal.js';
import { mergeIntoCache } from './cache.js';

export interface Met {
  readonly dataset: Dataset;
  /** By the role or column asked for. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** More groups than this are no list to choose from. Chosen by us. */
const maxGroups = 1_000;

/** The values of the breakdowns of an answer, as far as they are whole values of a column. */
export function metIn(dataset: Dataset, spec: QuerySpec, result: Result): Met {
  const values: Record<string, readonly string[]> = {};
  const shown = result.columns.flatMap(({ kind }, index) => (kind === 'breakdown' ? [index] : []));
  spec.breakdowns.forEach(({ term, modifier }, index) => {
    const place = shown[index];
    if (modifier !== null || place === undefined || result.rows.length > maxGroups) return;
    const cells = result.rows.map((row) => row[place]);
    const texts = cells.filter((cell) => typeof cell === 'string' || typeof cell === 'number');
    values[term.name] = [...new Set(texts.map(String))];
  });
  return { dataset, values };
}

/** Keeps it for the next TAB. */
export function remember(env: Environment, { dataset, values }: Met): void {
  mergeIntoCache(env, {
    tableDir: dataset.tableDir,
    version: dataset.snapshot.version,
    columns: dataset.schema.map(({ label }) => label),
    roles: { ...dataset.roles },
    values,
  });
}
