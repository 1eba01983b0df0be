/** How much of everything there was over time: what the walks are judged against. */
import { together } from '../base/together.js';
import { fewestHits, type ScanExposures } from './scan-candidate.js';
import { type CellTable, type Dimension, noValue } from './scan-cells.js';
import {
  type Blocks,
  blockOf,
  type Exposure,
  pairOf,
  readExposure,
  serviceOfPair,
  sumExposure,
} from './scan-exposure.js';
import { askScan, followedCustomers, followedIn, readNames, type ScanFacts } from './scan-facts.js';

/** Rows by service and route, host, version, zone, and of the customers with hits, busy first. */
export async function readExposures(
  facts: ScanFacts,
  blocks: Blocks,
  hit: readonly number[],
): Promise<ScanExposures> {
  const has = (one: Dimension): boolean => facts.axes.breakdowns.has(one);
  const read = (one: Dimension): Promise<Exposure> => readExposure(facts, blocks, [one]);
  const pair = async (one: Dimension): Promise<Exposure> =>
    has(one) && !has('service')
      ? withoutService(await read(one))
      : readExposure(facts, blocks, ['service', one]);
  const routes = has('route')
    ? await pair('route')
    : has('service')
      ? withoutRoute(await read('service'))
      : withoutBoth(await readAll(facts, blocks), blocks);
  const services = new Map(
    [...new Set([...routes.rows.keys()].map(serviceOfPair))].map((id) => [
      id,
      sumExposure(routes, (key) => serviceOfPair(key) === id),
    ]),
  );
  const isFollowed = followedIn(facts, 'customer');
  const busy = hit.filter(isFollowed).slice(0, followedCustomers.mostMarked);
  const ofCustomers =
    busy.length === 0
      ? { blocks, rows: new Map<number, Float64Array>() }
      : readExposure(facts, blocks, ['customer'], busy);
  const [versions, zones, hosts, customers] = await together([
    pair('version'),
    pair('zone'),
    read('host'),
    ofCustomers,
    readNames(facts, 'customer', hit),
  ]);
  const { rows: customerRows } = facts.dictionaries.customer;
  const all = sumExposure(routes);
  return { routes, services, all, versions, zones, hosts, customers, customerRows };
}

async function readAll(facts: ScanFacts, blocks: Blocks): Promise<Float64Array> {
  const { stepMicros } = blocks;
  const found = await askScan(facts, { of: [], stepMicros });
  const rows = new Float64Array(blocks.count);
  found.minutes.forEach((minute, at) => {
    const block = blockOf(blocks, minute);
    rows[block] = (rows[block] ?? 0) + (found.rows[at] ?? 0);
  });
  return rows;
}

function withoutService({ blocks, rows }: Exposure): Exposure {
  return { blocks, rows: new Map([...rows].map(([id, own]) => [pairOf(noValue, id), own])) };
}

function withoutRoute({ blocks, rows }: Exposure): Exposure {
  return { blocks, rows: new Map([...rows].map(([id, own]) => [pairOf(id, noValue), own])) };
}

function withoutBoth(rows: Float64Array, blocks: Blocks): Exposure {
  return { blocks, rows: new Map([[pairOf(noValue, noValue), rows]]) };
}

/** Customers with hits enough to be judged, those with the most rows of any signal first. */
export function hitCustomers(hits: CellTable): readonly number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < hits.size; at += 1) {
    const id = hits.values.customer[at] ?? noValue;
    if (id !== noValue) counts.set(id, (counts.get(id) ?? 0) + (hits.rows[at] ?? 0));
  }
  return [...counts]
    .filter(([, count]) => count >= fewestHits)
    .sort((left, right) => right[1] - left[1] || left[0] - right[0])
    .map(([id]) => id);
}
