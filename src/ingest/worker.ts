/** Entry of a worker thread: stages one part of an input and says what became of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { toWire } from './fault-wire.js';
import { type StageRequest, stageInput } from './stage-input.js';
import type { WorkerMessage } from './worker-message.js';

const request: StageRequest = workerData;
const never = new AbortController().signal;
const send = (message: WorkerMessage) => parentPort?.postMessage(message);

try {
  const { fault, ...outcome } = await stageInput(request, never, (rawBytes) =>
    send({ kind: 'progress', rawBytes }),
  );
  send({ kind: 'done', outcome, fault: fault === null ? null : toWire(fault) });
} catch (error) {
  send({ kind: 'failed', error: toWire(error) });
}
