/**
 * Worker threads that read one part after the other. Starting one and making its code fast takes
 * some 300 ms of CPU, so whoever has read a part waits for the next. Who fails or is stopped ends.
 */
import { Worker } from 'node:worker_threads';
import { fromWire } from './fault-wire.js';
import type { PartReader, StageOutcome } from './stage-input.js';
import type { WorkerMessage } from './worker-message.js';

export interface Crew {
  /** Reads a part, in a thread that nobody else uses meanwhile. */
  readonly read: PartReader;
  /** Ends the threads that wait for a part. */
  readonly dismiss: () => Promise<void>;
}

/** Nobody at first; `read` starts a thread when none waits. */
export function createCrew(entry: URL): Crew {
  const waiting: Worker[] = [];
  return {
    async read(request, signal, progress) {
      signal.throwIfAborted();
      const worker = waiting.pop() ?? new Worker(entry);
      const stop = () => {
        void worker.terminate();
      };
      signal.addEventListener('abort', stop, { once: true });
      try {
        worker.postMessage(request);
        const outcome = await outcomeOf(worker, progress);
        signal.throwIfAborted();
        waiting.push(worker);
        return outcome;
      } catch (error) {
        await worker.terminate();
        signal.throwIfAborted();
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
        for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      }
    },
    async dismiss() {
      await Promise.all(waiting.splice(0).map((worker) => worker.terminate()));
    },
  };
}

function outcomeOf(worker: Worker, progress: (rawBytes: number) => void): Promise<StageOutcome> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'progress') progress(message.rawBytes);
      else if (message.kind === 'failed') reject(fromWire(message.error));
      else {
        const fault = message.fault === null ? null : fromWire(message.fault);
        resolve({ ...message.outcome, fault });
      }
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`an ingest worker ended with code ${code}`)));
  });
}
