/** Runs an ingest for a command: files expanded, ports put together, progress told. */
import type { Fault } from '../base/fault.js';
import type { RoleName } from '../event/role.js';
import { defaultDecodeLimits } from '../ingest/decompress.js';
import type { InputSource } from '../ingest/input.js';
import { createInputReaders } from '../ingest/input-readers.js';
import {
  type IngestProgress,
  type IngestRequest,
  ingest,
  type RejectLimit,
} from '../ingest/pipeline.js';
import type { IngestReport } from '../ingest/receipt.js';
import { defaultLimits, type Format } from '../ingest/record.js';
import { expandSources, type SkippedPath, type SourceFile } from '../ingest/sources.js';
import type { Dataset } from '../store/dataset.js';
import type { Invocation } from './command.js';
import { limitsOf, openWriter } from './lazy-engine.js';
import { machineOf } from './machine.js';

/** What a person may say about an ingest; files and store aside. */
export interface IngestChoices {
  readonly format: Format | null;
  readonly pattern: string | null;
  readonly map: ReadonlyMap<RoleName, string>;
  readonly set: ReadonlyMap<string, string>;
  /** Takes values from the end of each path: `{host}/access.log`. */
  readonly sourcePattern: string | null;
  readonly maxRejects: RejectLimit | null;
  readonly allowPartial: boolean;
  readonly dryRun: boolean;
  readonly force: boolean;
  readonly columnCap: number;
  readonly merge: boolean;
}

/** **Source** the event model: 1,000 columns unless configured. */
const defaultColumnCap = 1_000;

/** What is done where nothing is said. */
export const defaultChoices: IngestChoices = {
  format: null,
  pattern: null,
  map: new Map(),
  set: new Map(),
  sourcePattern: null,
  maxRejects: null,
  allowPartial: false,
  dryRun: false,
  force: false,
  columnCap: defaultColumnCap,
  merge: true,
};

/** What the words of a command line named. */
export interface IngestInputs {
  readonly sources: readonly InputSource[];
  readonly skipped: readonly SkippedPath[];
  /** Arguments that name nothing that can be read. */
  readonly faults: readonly Fault[];
}

/** Files, directories, globs and `-` as inputs, in the order typed. */
export function inputsOf(words: readonly string[], sourcePattern: string | null): IngestInputs {
  const { files, skipped, faults } = expandSources(words, sourcePattern);
  return { sources: files.map(inputSource), skipped, faults };
}

function inputSource({ path, captures }: SourceFile): InputSource {
  const stdin = path === '-' ? process.stdin : null;
  return { path, set: new Map(Object.entries(captures)), stdin };
}

/** One ingest into the dataset. **Faults** those of `ingest`. */
export async function runIngest(
  invocation: Invocation,
  dataset: Dataset,
  sources: readonly InputSource[],
  choices: IngestChoices,
): Promise<IngestReport> {
  const { settings, clock, signal, progress } = invocation;
  const { sourcePattern: _, ...said } = choices;
  const limits = { limits: defaultLimits, decodeLimits: defaultDecodeLimits };
  const request: IngestRequest = { ...said, ...limits, sources };
  return ingest(request, {
    dataset,
    writer: await openWriter(limitsOf(settings)),
    readers: createInputReaders({
      workerEntry: invocation.entries.worker,
      childEntry: invocation.entries.child,
      workers: settings.threads ?? machineOf().processors,
    }),
    clock,
    signal,
    progress: (at) => progress.say(progressText(at), farText(at)),
  });
}

function farText(at: IngestProgress): string {
  return at.writing ? 'writing data files' : `reading file ${at.fileIndex + 1} of ${at.fileCount}`;
}

const barCells = 24;

function progressText(at: IngestProgress): string {
  if (at.writing) return 'writing data files';
  const share = at.fileBytes === 0 ? 1 : Math.min(1, at.readBytes / at.fileBytes);
  const full = Math.round(share * barCells);
  const bar = `${'#'.repeat(full)}${'.'.repeat(barCells - full)}`;
  const place = `${at.fileIndex + 1} of ${at.fileCount}`;
  return `reading ${bar} ${Math.floor(share * 100)}%  ${place}  ${at.path}`;
}
