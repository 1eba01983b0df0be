/**
 * What a store does for itself behind an ingest: a bounded number of merges and sidecars, now and
 * then a checkpoint, a clean-up of the log and of files nobody reads. Whatever fails is told,
 * never thrown: the ingest is safe by then.
 */
import { Fault } from '../base/fault.js';
import { isCheckpointDue, writeCheckpoint } from '../delta/checkpoint.js';
import { errorCode, writeFault } from '../delta/durable.js';
import { cleanLog } from '../delta/log-cleanup.js';
import { compactTask } from './compaction.js';
import { type CompactionTask, planCompaction } from './compaction-plan.js';
import type { Dataset } from './dataset.js';
import { noSweep, type SweepResult } from './leftovers.js';
import type { DataFileWriter } from './ports.js';
import { buildSidecars } from './sidecar-build.js';
import { sweep } from './sweep.js';
import { vacuum } from './vacuum.js';

export interface MaintenanceReport {
  /** Data files merged, and files they became. */
  readonly mergedCount: number;
  readonly intoCount: number;
  /** Leftovers of interrupted ingests, and data files whose time was over. */
  readonly swept: SweepResult;
  readonly vacuumed: SweepResult;
  readonly logEntriesRemoved: number;
  readonly fault: Fault | null;
}

/** Rows merged behind one ingest at most: a few seconds of work. Chosen by us. */
const budgetRows = 1_000_000;

export interface MaintenancePorts {
  readonly writer: DataFileWriter;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly merge: boolean;
}

/** Stops quietly when aborted. Never throws a fault. */
export async function maintain(
  before: Dataset,
  ports: MaintenancePorts,
  signal: AbortSignal,
): Promise<MaintenanceReport> {
  const done = { mergedCount: 0, intoCount: 0, swept: noSweep, vacuumed: noSweep, removed: 0 };
  let fault: Fault | null = null;
  try {
    done.swept = await sweep(before, { nowMs: ports.nowMs, graceMs: null });
    let dataset = before;
    for (const task of ports.merge ? affordable(before, ports.nowMs) : []) {
      const outcome = await compactTask(dataset, task, ports, signal);
      dataset = outcome.dataset;
      if (outcome.kind === 'overtaken') break;
      done.mergedCount += task.files.length;
      done.intoCount += outcome.fileCount;
    }
    const [from, to] = [before.snapshot.version, dataset.snapshot.version];
    if (isCheckpointDue({ from, to })) await checkpoint(dataset, ports);
    if (isCheckpointDue({ from: from - 1, to })) {
      done.removed = await cleanLog(dataset.snapshot, ports.writer, ports.nowMs);
      const time = { nowMs: ports.nowMs, graceMs: null, dryRun: false };
      done.vacuumed = await vacuum(dataset, ports.writer, time);
    }
    const say = () => undefined;
    if (ports.merge) await buildSidecars(dataset, { ...ports, budgetRows, say, signal });
  } catch (error) {
    fault = faultOf(error, before);
    if (fault === null && !signal.aborted) throw error;
  }
  const { removed, ...report } = done;
  return Object.freeze({ ...report, logEntriesRemoved: removed, fault });
}

/** What the system refuses is a fault too, wherever it did. */
function faultOf(error: unknown, { tableDir }: Dataset): Fault | null {
  if (error instanceof Fault) return error;
  return errorCode(error) === null ? null : writeFault(tableDir, error);
}

async function checkpoint({ tableDir }: Dataset, ports: MaintenancePorts): Promise<void> {
  await writeCheckpoint(tableDir, ports.writer, ports.nowMs);
}

function affordable({ snapshot }: Dataset, nowMs: number): readonly CompactionTask[] {
  let rows = 0;
  return planCompaction(snapshot.files, { nowMs, all: false }).filter((task) => {
    rows += task.rowCount;
    return rows <= budgetRows;
  });
}
