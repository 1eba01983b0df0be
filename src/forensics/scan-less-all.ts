/**
 * Findings of less traffic of everybody, and of services that have too few others beside them to be
 * compared with.
 */
import type { FactAnswer } from '../query/facts-ask.js';
import { microsPerMinute } from '../time/instant.js';
import { sharpenedDip } from './scan-dip.js';
import { fewestPeers } from './scan-even.js';
import { type Blocks, blockOf, blocksOfStep } from './scan-exposure.js';
import { askScan, type ScanFacts } from './scan-facts.js';
import type { Finding } from './scan-finding.js';
import { lessFinding, overlaps } from './scan-less-finding.js';
import { lullsOf } from './scan-lull.js';
import { noEntities } from './scan-plain.js';
import { minutesOf } from './scan-presence.js';
import type { CountedRows } from './scan-quiet-rows.js';
import type { Dip } from './scan-trough.js';
import { boundOf } from './scan-walk.js';

/** The facts, and the rows of services, which tell whether one has peers. */
export interface LullsQuestion {
  readonly facts: ScanFacts;
  readonly rows: { readonly service: readonly CountedRows[] };
}

/** Chosen by us: minutes of the blocks that traffic is judged in. */
const lullMinutes = 5;
/** Chosen by us: a service with this share of what all miss is who misses it. */
const mostOfAll = 0.8;
/** Chosen by us: blocks around a lull in which its ends are looked for to the minute. */
const blocksAround = 2;

/** Everything, or one service. */
type Whose = readonly number[];

/** Lulls of all, and of services without peers; of those that overlap the one that misses most. */
export async function searchLulls({ facts, rows }: LullsQuestion): Promise<readonly Finding[]> {
  const isAlone = facts.axes.breakdowns.has('service') && rows.service.length < fewestPeers;
  const blocks = blocksOfStep(facts.window, lullMinutes * microsPerMinute);
  const all: readonly Whose[] = [[], ...(isAlone ? rows.service.map(({ ids }) => ids) : [])];
  const tests = blocks.count * lullMinutes * all.length;
  const bound = boundOf(tests);
  const found = await askScan(facts, {
    of: isAlone ? ['service'] : [],
    stepMicros: blocks.stepMicros,
    events: true,
  });
  const lulls = all.flatMap((ids) =>
    lullsOf({ ...eventsOf(found, ids, blocks), ids, blocks, bound }),
  );
  const weight = ({ ids, expected, seen }: Dip): number =>
    (expected - seen) * (ids.length > 0 ? 1 / mostOfAll : 1);
  const findings: Finding[] = [];
  for (const dip of [...lulls].sort((left, right) => weight(right) - weight(left))) {
    const exact = await sharpened(facts, dip, blocks);
    const [service] = dip.ids.map((id) => facts.dictionaries.service.texts[id] ?? '');
    const entities = { ...noEntities, services: service === undefined ? [] : [service] };
    const finding = lessFinding({ entities, dips: [exact], score: dip.score, tests });
    if (!findings.some((other) => overlaps(finding, other))) findings.push(finding);
  }
  return findings;
}

interface Events {
  readonly events: Float64Array;
  /** How many events a row stands for in the mean. */
  readonly weight: number;
}

function eventsOf(found: FactAnswer, [service]: Whose, blocks: Blocks): Events {
  const counts = new Float64Array(blocks.count);
  let [rows, events] = [0, 0];
  found.minutes.forEach((minute, at) => {
    if (service !== undefined && found.keys[0]?.[at] !== service) return;
    const block = blockOf(blocks, minute);
    const count = found.events[at] ?? 0;
    rows += found.rows[at] ?? 0;
    events += count;
    counts[block] = (counts[block] ?? 0) + count;
  });
  return { events: counts, weight: events / Math.max(1, rows) };
}

async function sharpened(facts: ScanFacts, dip: Dip, blocks: Blocks): Promise<Dip> {
  const pad = blocksAround * blocks.stepMinutes;
  const { from, to } = minutesOf(facts.window);
  const first = Math.max(from, dip.from - pad);
  const last = Math.min(to, dip.to + pad);
  const found = await askScan(facts, {
    of: [],
    stepMicros: microsPerMinute,
    window: { start: first * microsPerMinute, end: last * microsPerMinute },
    only: dip.ids.length === 0 ? null : { dimension: 'service', ids: dip.ids },
    events: true,
  });
  const rows = new Float64Array(last - first);
  found.minutes.forEach((minute, at) => {
    rows[minute - first] = found.events[at] ?? 0;
  });
  return sharpenedDip(dip, { from: first, rows }, blocks);
}
