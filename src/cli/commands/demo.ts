/** `coldcase demo`: makes 60 days of a fleet and tells the story by running the real commands. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Fault } from '../../base/fault.js';
import { type DemoOptions, defaultDemo, demoChunks } from '../../demo/generate.js';
import { demoStory, type Story, type StoryStep } from '../../demo/story.js';
import { demoTruth } from '../../demo/truth.js';
import type { Note } from '../../query/result.js';
import { formatCount } from '../../render/number.js';
import { initDataset, openDataset } from '../../store/dataset.js';
import { statusOf } from '../../store/status.js';
import { type Answer, type Block, linesBlock, noTable } from '../answer.js';
import { parseArguments } from '../arguments.js';
import type { CommandModule, Invocation } from '../command.js';
import { commandList } from '../command-list.js';
import { defaultChoices, runIngest } from '../ingest-run.js';
import { lazyCheckpoints, limitsOf } from '../lazy-engine.js';
import { textOption, wholeNumber } from '../option-values.js';
import { type Settings, settingsOf } from '../settings.js';
import { shellWord } from '../shell-text.js';
import { formatBytes } from '../size.js';

export const demoCommand: CommandModule = {
  name: 'demo',
  words: '[directory]',
  summary: 'make 60 days of a fleet and find what nobody noticed',
  examples: [
    ['coldcase demo', 'in ./coldcase-demo'],
    ['coldcase demo --events 250000', 'the same story, small'],
  ],
  options: [
    { flags: '--events <n>', help: 'how many events (5000000)' },
    { flags: '--seed <n>', help: 'another fleet of the same kind (31904)' },
    { flags: '--logs <dir>', help: 'keep the logs it ingests there, as NDJSON' },
  ],
  run: demo,
};

async function demo(invocation: Invocation): Promise<Answer> {
  const { values, words, settings } = invocation;
  const events = textOption(values, 'events');
  const seed = textOption(values, 'seed');
  const options: DemoOptions = {
    events: events === undefined ? defaultDemo.events : wholeNumber(events, 'events', 1),
    seed: seed === undefined ? defaultDemo.seed : wholeNumber(seed, 'seed', 0),
  };
  const truth = demoTruth(options);
  const name = words[0] ?? 'coldcase-demo';
  const store = resolve(name);
  const made = await makeStore(invocation, store, options);
  const story = demoStory(truth, shellWord(name));
  const told = await tell(story, { ...invocation, settings: { ...settings, store } });
  return {
    blocks: [linesBlock([...story.opening, made]), ...told.blocks, linesBlock(story.closing)],
    table: noTable,
    document: { store, events: truth.rows, steps: told.documents },
    prose: true,
    notes: told.notes,
    next: told.next,
    exitCode: 0,
  };
}

/** Says where the store is. One that is there already is used as it is. */
async function makeStore(
  invocation: Invocation,
  store: string,
  options: DemoOptions,
): Promise<string> {
  const { settings, clock } = invocation;
  const place = { storeDir: store, name: settings.dataset };
  const checkpoints = lazyCheckpoints(limitsOf(settings));
  if (existsSync(store) && readdirSync(store).length > 0) {
    const { rowCount, fileBytes } = statusOf(await openDataset(place, checkpoints));
    if (rowCount === options.events) return `already in ${store}, ${formatBytes(fileBytes)}`;
    const hint = 'remove it, or name another directory: coldcase demo DIR';
    throw new Fault('CC4005', { path: store }, { hint });
  }
  await initDataset(place, Math.floor(clock.now() / 1000));
  await fillStore(invocation, await openDataset(place, checkpoints), options);
  const { rowCount, fileBytes } = statusOf(await openDataset(place, checkpoints));
  return `made in ${store}: ${formatCount(rowCount ?? 0)} events, ${formatBytes(fileBytes)}`;
}

/** Large enough that the readers of one file share it, small enough for any temporary directory. */
const fileBytes = 128 * 1_048_576;

/** Writes the days to log files, and ingests them as anybody's files in one commit. */
async function fillStore(
  invocation: Invocation,
  dataset: Parameters<typeof runIngest>[1],
  options: DemoOptions,
): Promise<void> {
  const logs = textOption(invocation.values, 'logs');
  const directory = logs ?? mkdtempSync(join(tmpdir(), 'coldcase-demo-'));
  if (logs !== undefined) mkdirSync(logs, { recursive: true });
  const remove = (): void => {
    if (logs === undefined) rmSync(directory, { recursive: true, force: true });
  };
  invocation.atExit(remove);
  const paths = await writeDays(invocation, directory, options);
  const sources = paths.map((path) => ({ path, set: new Map<string, string>(), stdin: null }));
  await runIngest(invocation, dataset, sources, defaultChoices);
  remove();
}

/** Lets signals in once a day of the fleet. */
async function writeDays(
  { progress, signal }: Invocation,
  directory: string,
  options: DemoOptions,
): Promise<readonly string[]> {
  const paths: string[] = [];
  let date = '';
  let file: { readonly handle: number; written: number } | null = null;
  for (const chunk of demoChunks(options)) {
    if (chunk.date !== date) {
      date = chunk.date;
      progress.say(`making ${date}`);
      await new Promise((done) => setImmediate(done));
      signal.throwIfAborted();
    }
    if (file === null || file.written >= fileBytes) {
      if (file !== null) closeSync(file.handle);
      const path = join(directory, `from-${date}-${paths.length}.ndjson`);
      paths.push(path);
      file = { handle: openSync(path, 'wx', 0o600), written: 0 };
    }
    file.written += writeSync(file.handle, chunk.bytes);
  }
  if (file !== null) closeSync(file.handle);
  return paths;
}

interface Told {
  readonly blocks: readonly Block[];
  readonly documents: readonly Answer['document'][];
  readonly notes: readonly Note[];
  /** What the last command says to try next. */
  readonly next: readonly string[];
}

async function tell(story: Story, invocation: Invocation): Promise<Told> {
  const blocks: Block[] = [];
  const documents: Answer['document'][] = [];
  const notes: Note[] = [];
  let next: readonly string[] = [];
  for (const step of story.steps) {
    const answer = await runStep(step, invocation);
    next = answer.next;
    const typed = ['$ coldcase', ...step.argv.map(shellWord)].join(' ');
    blocks.push(linesBlock([...step.say, typed]), ...answer.blocks);
    documents.push({ command: step.argv, ...answer.document });
    notes.push(...answer.notes.filter(({ level }) => level === 'warning'));
  }
  return { blocks, documents, notes, next };
}

/** Runs a command of the story as a person would type it. */
async function runStep({ argv }: StoryStep, invocation: Invocation): Promise<Answer> {
  const call = await parseArguments(argv, commandList);
  if (call.kind !== 'command') throw new Fault('CC1001', { name: argv.join(' ') });
  const asked: Settings = settingsOf({ values: call.values, env: {}, configs: [] });
  const { zone, format, output, threads, maxMemoryBytes } = invocation.settings;
  const settings = { ...asked, zone, format, output, threads, maxMemoryBytes };
  invocation.progress.say(`asking: ${argv.slice(0, 3).join(' ')}`);
  const { words, values } = call;
  return call.module.run({ ...invocation, words, values, settings });
}
