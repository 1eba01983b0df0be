/** Entry of a worker thread: stages parts of inputs and says what became of each. */
import { parentPort } from 'node:worker_threads';
import { toWire } from './fault-wire.js';
import { type StageRequest, stageInput } from './stage-input.js';
import type { WorkerMessage } from './worker-message.js';

const never = new AbortController().signal;
const send = (message: WorkerMessage) => parentPort?.postMessage(message);

async function stage(request: StageRequest): Promise<void> {
  try {
    const { fault, ...outcome } = await stageInput(request, never, (rawBytes) =>
      send({ kind: 'progress', rawBytes }),
    );
    send({ kind: 'done', outcome, fault: fault === null ? null : toWire(fault) });
  } catch (error) {
    send({ kind: 'failed', error: toWire(error) });
  }
}

parentPort?.on('message', (request: StageRequest) => void stage(request));
