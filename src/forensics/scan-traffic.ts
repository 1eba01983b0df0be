/** How much of everything there was over time: what the walks are judged against. */
import { present } from '../base/assert.js';
import { rollupSpec } from '../query/rollup.js';
import { microsPerMinute } from '../time/instant.js';
import { fewestHits, type ScanExposures } from './scan-candidate.js';
import {
  type Axes,
  type CellTable,
  type Dictionaries,
  type Dimension,
  noValue,
} from './scan-cells.js';
import {
  type Blocks,
  type Exposure,
  pairOf,
  readExposure,
  serviceOfPair,
  sumExposure,
} from './scan-exposure.js';
import type { ScanPort } from './scan-port.js';

export interface TrafficQuestion {
  readonly port: ScanPort;
  readonly dictionaries: Dictionaries;
  readonly axes: Axes;
  readonly blocks: Blocks;
}

/** Chosen by us: customers whose traffic is followed. */
const mostCustomers = 200;

/** Rows by service and route, host, version, zone, and of the customers with hits. */
export async function readExposures(
  { port, dictionaries, axes, blocks }: TrafficQuestion,
  hits: CellTable,
): Promise<ScanExposures> {
  const read = (
    of: readonly [Dimension] | readonly [Dimension, Dimension],
    only: readonly string[] | null = null,
  ) => readExposure(port, dictionaries, { axes, blocks, of, only });
  const has = (one: Dimension): boolean => axes.breakdowns.has(one);
  const pair = async (one: Dimension): Promise<Exposure> =>
    has(one) && !has('service') ? withoutService(await read([one])) : read(['service', one]);
  const routes = has('route')
    ? await pair('route')
    : has('service')
      ? withoutRoute(await read(['service']))
      : withoutBoth(await readAll(port, blocks), blocks);
  const busy = busyCustomers(hits, dictionaries);
  const services = new Map(
    [...new Set([...routes.rows.keys()].map(serviceOfPair))].map((id) => [
      id,
      sumExposure(routes, (key) => serviceOfPair(key) === id),
    ]),
  );
  return {
    routes,
    services,
    all: sumExposure(routes),
    versions: await pair('version'),
    zones: await pair('zone'),
    hosts: await read(['host']),
    customers: busy.length === 0 ? { blocks, rows: new Map() } : await read(['customer'], busy),
  };
}

async function readAll(port: ScanPort, blocks: Blocks): Promise<Float64Array> {
  const found = await port.rollup(rollupSpec(blocks.window, { stepMicros: blocks.stepMicros }));
  const rows = new Float64Array(blocks.count);
  for (const [at, count] of found) {
    const block = Math.floor(
      (Number(at) / microsPerMinute - blocks.startMinute) / blocks.stepMinutes,
    );
    rows[block] = (rows[block] ?? 0) + Number(count);
  }
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

/** Those with the most rows of any signal. */
function busyCustomers(hits: CellTable, dictionaries: Dictionaries): readonly string[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < hits.size; at += 1) {
    const id = hits.values.customer[at] ?? noValue;
    if (id !== noValue) counts.set(id, (counts.get(id) ?? 0) + (hits.rows[at] ?? 0));
  }
  return [...counts]
    .filter(([, count]) => count >= fewestHits)
    .sort((left, right) => right[1] - left[1] || left[0] - right[0])
    .slice(0, mostCustomers)
    .map(([id]) => present(dictionaries.customer.texts[id], 'a customer'));
}
