/** Which reader takes which input: workers for large ones, a child process for foreign formats. */
import { isColumnar } from './dialect.js';
import { fileFault } from './file-fault.js';
import {
  createForeignReader,
  defaultForeignLimits,
  type ForeignReader,
  type ForeignSampler,
} from './foreign.js';
import { createPool, defaultMinPartBytes } from './pool.js';
import { type PartReader, stageInput } from './stage-input.js';

/** How the bytes of inputs become staged rows. */
export interface InputReaders {
  readonly stage: PartReader;
  readonly sample: ForeignSampler;
}

export interface InputReaderOptions {
  /** Built entries; null to stay in this thread, where foreign formats cannot be read. */
  readonly workerEntry: URL | null;
  readonly childEntry: URL | null;
  readonly workers: number;
}

/** The readers of one ingest. */
export function createInputReaders(options: InputReaderOptions): InputReaders {
  const { workerEntry, childEntry, workers } = options;
  const text =
    workerEntry === null
      ? stageInput
      : createPool({ workerEntry, workers, minPartBytes: defaultMinPartBytes });
  const foreign =
    childEntry === null ? null : createForeignReader(childEntry, defaultForeignLimits);
  return {
    stage: (request, signal, progress) =>
      isColumnar(request.dialect)
        ? needed(foreign, request.path).stage(request, signal, progress)
        : text(request, signal, progress),
    sample: async (request, signal) => await needed(foreign, request.path).sample(request, signal),
  };
}

/** Without a process of its own no foreign file is touched. **Faults** by class format. */
function needed(foreign: ForeignReader | null, path: string): ForeignReader {
  if (foreign !== null) return foreign;
  throw fileFault('format', path, 'Parquet and Arrow are read by the built program only');
}
