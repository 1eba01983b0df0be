/** Entry of the child process that reads one foreign Parquet or Arrow file. */

import { toWire } from '../ingest/fault-wire.js';
import type { ForeignMessage, ForeignTask } from '../ingest/foreign.js';
import { type ForeignSource, sampleForeign, stageForeign } from '../ingest/foreign-rows.js';

/** Leaves room beside the heap; DuckDB's own memory is not part of that. */
const engineLimits = { memoryBytes: 1_073_741_824, threads: 1, spillDir: null };

process.once('message', (task: ForeignTask) => void answer(task));

async function answer(task: ForeignTask): Promise<void> {
  try {
    send(await run(task));
  } catch (error) {
    send({ kind: 'failed', error: toWire(error) });
  }
}

async function run(task: ForeignTask): Promise<ForeignMessage> {
  const source = await sourceOf(task);
  if (task.kind === 'sample') {
    return { kind: 'sample', columns: await sampleForeign(task.request, source) };
  }
  const { fault, ...outcome } = await stageForeign(task.request, source);
  return { kind: 'done', outcome, fault: fault === null ? null : toWire(fault) };
}

/** Each package is loaded only for its own format. */
async function sourceOf({ request }: ForeignTask): Promise<ForeignSource> {
  if (request.dialect.format === 'arrow') {
    return (await import('../ingest/readers/arrow.js')).readArrow;
  }
  const { readForeignParquet } = await import('../engine/duckdb/foreign.js');
  return (path, onBatch) => readForeignParquet(path, engineLimits, onBatch);
}

/** The parent ends the process once it has the answer; without one there is nothing to stay for. */
function send(message: ForeignMessage): void {
  process.send?.(message, () => process.disconnect());
}
