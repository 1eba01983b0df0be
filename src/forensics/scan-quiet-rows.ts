/** Rows by block of those whose silence is looked for. */
import { noValue } from './scan-cells.js';
import { type Blocks, readExposure } from './scan-exposure.js';
import type { ScanFacts } from './scan-facts.js';
import type { Presence } from './scan-presence.js';

export interface CountedRows {
  /** Of its service, where there is one, and its own. */
  readonly ids: readonly number[];
  readonly rows: Float64Array;
}

/** Rows of those that are followed; undefined where none were counted. */
export type RowsOf = (ids: readonly number[]) => Float64Array | undefined;

export function withRows(all: readonly Presence[], rowsOf: RowsOf): readonly CountedRows[] {
  return all.flatMap(({ ids }) => {
    const rows = rowsOf(ids);
    return rows === undefined ? [] : [{ ids, rows }];
  });
}

export async function rowsOfCustomers(
  facts: ScanFacts,
  blocks: Blocks,
  customers: readonly Presence[],
): Promise<RowsOf> {
  if (customers.length === 0) return () => undefined;
  const ids = customers.map(({ ids: [id] }) => id ?? noValue);
  const { rows } = await readExposure(facts, blocks, ['customer'], ids);
  return ([id]) => rows.get(id ?? noValue);
}
