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
import { defaultDecodeLimits } from '../../src/ingest/decompress.js';
import { createInputReaders } from '../../src/ingest/input-readers.js';
import { ingest } from '../../src/ingest/pipeline.js';
import { defaultLimits } from '../../src/ingest/record.js';
import { type Dataset, openOrInitDataset } from '../../src/store/dataset.js';
import { controls } from './controls.js';
import { incidents, type Plant } from './incidents.js';
import { lineOf, simulate } from './simulate.js';
import { dayMinutes, type Truth, worldOf } from './world.js';

const writer = createDataFileWriter({ memoryBytes: null, threads: 2, spillDir: null });
const readers = createInputReaders({ workerEntry: null, childEntry: null, workers: 1 });

/** A truth with times as instants. **Units** microseconds. */
export interface PlacedTruth extends Omit<Truth, 'from' | 'to'> {
  readonly start: number;
  readonly end: number;
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
  /** Where made stores are kept for the next run; null for nowhere. */
  readonly cache: string | null;
}

const plants: ReadonlyMap<string, Plant> = new Map([...incidents, ...controls]);

export async function buildScenario(choice: ScenarioChoice): Promise<Scenario> {
  const { name, seed, days, rows, cache } = choice;
  const made = mkdtempSync(join(tmpdir(), 'coldcase-scenario-'));
  const slug = `${name.replace(/\W+/g, '-')}-${seed}-${days}-${rows}`;
  const dir = cache === null ? made : join(cache, slug);
  if (!existsSync(join(dir, 'truth.json'))) await makeStore(choice, made);
  if (cache !== null && !existsSync(dir)) {
    mkdirSync(cache, { recursive: true });
    renameSync(made, dir);
  } else if (cache !== null) rmSync(made, { recursive: true, force: true });
  const truth = JSON.parse(readFileSync(join(dir, 'truth.json'), 'utf8'));
  return { name, seed, days, ...truth, dataset: await opened(dir) };
}

function opened(dir: string): Promise<Dataset> {
  return openOrInitDataset({ storeDir: join(dir, 'store'), name: 'events' }, writer, 0);
}

async function makeStore({ name, seed, days, rows }: ScenarioChoice, dir: string): Promise<void> {
  const world = worldOf(seed, { days, rows });
  const plant = plants.get(name);
  if (plant === undefined) throw new Error(`no scenario ${name}`);
  plant(world);
  const lines: string[] = [];
  for (const event of simulate(world)) lines.push(lineOf(world, event));
  const path = join(dir, 'events.ndjson');
  writeFileSync(path, `${lines.join('\n')}\n`);
  await ingest(
    {
      format: null,
      pattern: null,
      map: new Map(),
      set: new Map(),
      limits: defaultLimits,
      decodeLimits: defaultDecodeLimits,
      maxRejects: null,
      allowPartial: false,
      dryRun: false,
      force: false,
      columnCap: 1_000,
      merge: false,
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
  const truths = world.truths.map(({ from, to, ...rest }) => ({
    ...rest,
    start: (world.startMs + from * 60_000) * 1000,
    end: (world.startMs + to * 60_000) * 1000,
  }));
  writeFileSync(join(dir, 'truth.json'), JSON.stringify({ rows: lines.length, truths }));
}
