/** A scenario as a store: the events of a world, ingested like anybody's file. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataFileWriter } from '../../src/engine/duckdb/data-files.js';
import { createInputReaders } from '../../src/ingest/input-readers.js';
import { ingest } from '../../src/ingest/pipeline.js';
import { type Dataset, openOrInitDataset } from '../../src/store/dataset.js';
import { plainRequest } from '../ingest/plain-request.js';
import { controls } from './controls.js';
import { moreControls } from './controls-more.js';
import { edges } from './edges.js';
import { count, evidenceOf, newTally } from './evidence.js';
import { incidents } from './incidents.js';
import { moreIncidents } from './incidents-more.js';
import type { Kind } from './plant.js';
import { lineOf, simulate } from './simulate.js';
import { strangerOf } from './stranger.js';
import { dayMinutes, present, type Truth, type World, worldOf } from './world.js';

const writer = createDataFileWriter({ memoryBytes: null, threads: 2, spillDir: null });
const readers = createInputReaders({ workerEntry: null, childEntry: null, workers: 1 });

/** A truth with times as instants. **Units** microseconds. */
export interface PlacedTruth extends Omit<Truth, 'from' | 'to' | 'firstSeen'> {
  readonly start: number;
  readonly end: number;
  /** When the first row hurt or lost came; null where none was. */
  readonly firstSeen: number | null;
  /** Hosts of which nothing hurt was kept: naming them is not wrong. */
  readonly unhurt: readonly string[];
}

export interface Scenario {
  readonly name: string;
  readonly seed: number;
  readonly rows: number;
  readonly days: number;
  readonly truths: readonly PlacedTruth[];
  readonly dataset: Dataset;
}

export interface ScenarioChoice {
  readonly name: string;
  readonly seed: number;
  readonly days: number;
  readonly rows: number;
  /** A fleet of a stranger, whose days and rows the seed chooses where they are 0. */
  readonly isStranger: boolean;
  /** Where made stores are kept for the next run; null for nowhere. */
  readonly cache: string | null;
}

export const kinds: readonly Kind[] = [
  ...incidents,
  ...moreIncidents,
  ...controls,
  ...moreControls,
  ...edges,
];

export async function buildScenario(choice: ScenarioChoice): Promise<Scenario> {
  const { name, seed, days, rows, cache } = choice;
  const made = mkdtempSync(join(tmpdir(), 'coldcase-scenario-'));
  const whose = choice.isStranger ? 'stranger' : 'fleet';
  const slug = `${whose}-${name.replace(/\W+/g, '-')}-${seed}-${days}-${rows}`;
  const dir = cache === null ? made : join(cache, slug);
  if (!existsSync(join(dir, 'truth.json'))) await makeStore(choice, made);
  if (cache !== null && !existsSync(dir)) {
    mkdirSync(cache, { recursive: true });
    renameSync(made, dir);
  } else if (cache !== null) rmSync(made, { recursive: true, force: true });
  const truth = JSON.parse(readFileSync(join(dir, 'truth.json'), 'utf8'));
  return { name, seed, ...truth, dataset: await opened(dir) };
}

/** Of strangers each kind has a fleet of its own. */
function worldFor(choice: ScenarioChoice, [name, , needs]: Kind): World {
  const { seed, days, rows, isStranger } = choice;
  if (!isStranger) return worldOf(seed, { days, rows });
  const own = kinds.findIndex(([other]) => other === name);
  return strangerOf(seed * 1_000 + own, { days, rows, needs: new Set(needs ?? []) });
}

/** Hosts of which nothing hurt was kept, apart: where few events come, some send none. */
function seenTruth(truth: Truth, seen: ReadonlySet<string>) {
  if (!truth.counted) return { ...truth, unhurt: [] };
  const [hosts, unhurt] = [true, false].map((is) =>
    truth.hosts.filter((one) => seen.has(one) === is),
  );
  return { ...truth, hosts: present(hosts), unhurt: present(unhurt) };
}

/** Without the names of what the fleet does not write. */
function toldTruth<T extends Truth>({ style }: World, truth: T): T {
  const { without } = style ?? { without: new Set<string>() };
  const told = (part: string, names: readonly string[]) =>
    without.has(part as never) ? [] : names;
  return {
    ...truth,
    services: told('service', truth.services),
    versions: told('version', truth.versions),
    routes: told('route', truth.routes),
    customers: told('customer', truth.customers),
    zones: told('zone', truth.zones),
  };
}

function opened(dir: string): Promise<Dataset> {
  return openOrInitDataset({ storeDir: join(dir, 'store'), name: 'events' }, writer, 0);
}

async function makeStore(choice: ScenarioChoice, dir: string): Promise<void> {
  const kind = present(kinds.find(([name]) => name === choice.name));
  const world = worldFor(choice, kind);
  kind[1](world);
  const lines: string[] = [];
  const tally = newTally(world);
  for (const event of simulate(world)) {
    lines.push(lineOf(world, event));
    count(tally, world, event);
  }
  world.truths.forEach((truth, index) => {
    truth.evidence = evidenceOf(tally, truth, index);
  });
  const path = join(dir, 'events.ndjson');
  writeFileSync(path, `${lines.join('\n')}\n`);
  await ingest(
    {
      ...plainRequest,
      sources: [{ path, set: new Map(), stdin: null }],
    },
    {
      dataset: await opened(dir),
      writer,
      readers,
      clock: { now: () => (world.startMs + (world.minutes + dayMinutes) * 60_000) * 1000 },
      signal: new AbortController().signal,
      progress: () => {},
    },
  );
  rmSync(path);
  const truths = world.truths
    .map((truth, index) => seenTruth(truth, tally.hosts[index] ?? new Set()))
    .map((truth) => toldTruth(world, truth))
    .map(({ from, to, firstSeen, ...rest }) => ({
      ...rest,
      firstSeen: firstSeen === null ? null : (world.startMs + firstSeen * 60_000) * 1000,
      start: (world.startMs + from * 60_000) * 1000,
      end: (world.startMs + to * 60_000) * 1000,
    }));
  writeFileSync(
    join(dir, 'truth.json'),
    JSON.stringify({ rows: lines.length, days: world.minutes / dayMinutes, truths }),
  );
}
