/**
 * Foreign columnar files are read in a child process: a crafted one can crash or starve whoever
 * reads it (a worker thread would take the whole process along). The child writes the staged file
 * and sends what became of the rows.
 */
import { type ChildProcess, fork } from 'node:child_process';
import type { ColumnSample } from '../event/column-sample.js';
import { fromWire, type WireFault } from './fault-wire.js';
import { fileFault } from './file-fault.js';
import type { PartReader, StageOutcome, StageRequest } from './stage-input.js';
import type { WorkerMessage } from './worker-message.js';

export interface ForeignLimits {
  /** **Units** MiB of JavaScript heap. */
  readonly heapMiB: number;
  readonly timeoutMs: number;
}

/** Chosen: batches are small, so a heap this large means a damaged file. */
export const defaultForeignLimits: ForeignLimits = { heapMiB: 1_024, timeoutMs: 600_000 };

export type ForeignSampleRequest = Pick<StageRequest, 'path' | 'localPath' | 'dialect'>;

/** Reads the first rows of a foreign file, for guessing. */
export type ForeignSampler = (
  request: ForeignSampleRequest,
  signal: AbortSignal,
) => Promise<readonly ColumnSample[]>;

export interface ForeignReader {
  readonly stage: PartReader;
  readonly sample: ForeignSampler;
}

/** What the child is asked to do. */
export type ForeignTask =
  | { readonly kind: 'stage'; readonly request: StageRequest }
  | { readonly kind: 'sample'; readonly request: ForeignSampleRequest };

export type ForeignMessage =
  | WorkerMessage
  | { readonly kind: 'sample'; readonly columns: readonly ColumnSample[] };

/** **Faults** by class parquet_corrupt, arrow_corrupt, timeout. */
export function createForeignReader(childEntry: URL, limits: ForeignLimits): ForeignReader {
  return {
    async stage(request, signal, progress) {
      const message = await ask({ kind: 'stage', request }, childEntry, limits, signal);
      if (message.kind !== 'done') throw failureOf(message);
      progress(request.rawEnd);
      return outcomeOf(message);
    },
    async sample(request, signal) {
      const message = await ask({ kind: 'sample', request }, childEntry, limits, signal);
      if (message.kind !== 'sample') throw failureOf(message);
      return message.columns;
    },
  };
}

function outcomeOf(message: Extract<WorkerMessage, { kind: 'done' }>): StageOutcome {
  const fault = message.fault === null ? null : fromWire(message.fault);
  return { ...message.outcome, fault };
}

function failureOf(message: ForeignMessage): Error {
  const bug: WireFault = { kind: 'bug', message: `unexpected answer ${message.kind}` };
  return fromWire(message.kind === 'failed' ? message.error : bug);
}

function ask(
  task: ForeignTask,
  entry: URL,
  limits: ForeignLimits,
  signal: AbortSignal,
): Promise<ForeignMessage> {
  signal.throwIfAborted();
  const child = fork(entry, [], {
    execArgv: [`--max-old-space-size=${limits.heapMiB}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const kill = () => {
    child.kill('SIGKILL');
  };
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, limits.timeoutMs);
  signal.addEventListener('abort', kill, { once: true });
  return answerOf(child, task, () => timedOut).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
    kill();
    signal.throwIfAborted();
  });
}

function answerOf(
  child: ChildProcess,
  task: ForeignTask,
  timedOut: () => boolean,
): Promise<ForeignMessage> {
  const { path, dialect } = task.request;
  return new Promise((resolve, reject) => {
    child.on('message', (message: ForeignMessage) => resolve(message));
    child.on('error', reject);
    child.on('exit', (code, killedBy) => {
      if (timedOut()) {
        reject(fileFault('timeout', path, 'reading took too long'));
        return;
      }
      const reasonClass = dialect.format === 'arrow' ? 'arrow_corrupt' : 'parquet_corrupt';
      reject(fileFault(reasonClass, path, `its reader ended with ${killedBy ?? `code ${code}`}`));
    });
    child.send(task);
  });
}
