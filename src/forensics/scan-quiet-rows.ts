/** Rows by block of those whose silence is looked for. */
import { microsPerMinute } from '../time/instant.js';
import { noValue } from './scan-cells.js';
import { type Blocks, blockOf, readExposure } from './scan-exposure.js';
import { askScan, type DimensionQuestion, type ScanFacts } from './scan-facts.js';
import type { Presence, Span } from './scan-presence.js';

/** Rows of somebody by block. */
export interface CountedRows {
  /** Of its service, where there is one, and its own. */
  readonly ids: readonly number[];
  readonly rows: Float64Array;
}

/** Rows of those that are followed; undefined where none were counted. */
export type RowsOf = (ids: readonly number[]) => Float64Array | undefined;

/** Those that were counted, in their order. */
export function withRows(all: readonly Presence[], rowsOf: RowsOf): readonly CountedRows[] {
  return all.flatMap(({ ids }) => {
    const rows = rowsOf(ids);
    return rows === undefined ? [] : [{ ids, rows }];
  });
}

/** Counts customers, which the search for failures counts only in part. */
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

/** Whose traffic is known by block. */
export interface Level {
  /** No value for everybody. */
  readonly service: number;
  /** Its rows by block. */
  readonly rows: ArrayLike<number>;
  readonly blocks: Blocks;
}

/** Rows of some minutes, as a share of what the blocks they lie in say. */
export async function levelIn(
  facts: ScanFacts,
  { from, to }: Span,
  { service, rows, blocks }: Level,
): Promise<number> {
  let rough = 0;
  for (let at = from; at < to; at += 1)
    rough += (rows[blockOf(blocks, at)] ?? 0) / blocks.stepMinutes;
  const window = { start: from * microsPerMinute, end: to * microsPerMinute };
  const found = await rowsOfService(facts, service, { window });
  const exact = found.reduce((sum, { rows: count }) => sum + count, 0);
  return exact / Math.max(1, rough);
}

/** Rows of a service, or of everybody where none is given; by minute where that is asked. */
export async function rowsOfService(
  facts: ScanFacts,
  service: number,
  question: Omit<DimensionQuestion, 'of'>,
): Promise<readonly { readonly minute: number; readonly rows: number }[]> {
  const isGiven = service !== noValue;
  const found = await askScan(facts, { ...question, of: isGiven ? ['service'] : [] });
  return Array.from(found.rows, (rows, at) => ({ rows, at }))
    .filter(({ at }) => !isGiven || found.keys[0]?.[at] === service)
    .map(({ rows, at }) => ({ rows, minute: found.minutes[at] ?? 0 }));
}
