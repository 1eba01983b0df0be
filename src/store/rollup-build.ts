/** Makes the rollups that are missing, newest days first: those are asked about most. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddFile } from '../delta/action.js';
import { parseStats } from '../delta/stats.js';
import { isOwnFile } from './data-file.js';
import type { Dataset } from './dataset.js';
import type { DataFileWriter } from './ports.js';
import { isWorthRolling, listRollups, type Rollups, rollupName } from './rollup.js';
import { placeSidecars, sidecarStem } from './sidecar.js';

export interface RollupTask {
  readonly path: string;
  readonly rowCount: number;
}

/** Data files without a rollup that may be worth one. Those of other tools are left alone: what
 * the log says of them is a hint. */
export function missingRollups({ snapshot }: Dataset, { byStem }: Rollups): readonly RollupTask[] {
  const tasks = snapshot.files.flatMap((file: AddFile): RollupTask[] => {
    const rowCount = isOwnFile(file) ? (parseStats(file.stats)?.numRecords ?? 0) : 0;
    if (!isWorthRolling(rowCount) || byStem.has(sidecarStem(file.path))) return [];
    return [{ path: file.path, rowCount }];
  });
  return tasks.sort((a, b) => (a.path < b.path ? 1 : -1));
}

export interface RollupWork {
  readonly writer: Pick<DataFileWriter, 'rollUp'>;
  /** Rows of data files looked at, at most; one file is always. */
  readonly budgetRows: number;
  readonly say: (done: number, all: number) => void;
  readonly signal: AbortSignal;
}

/** How many were made. **Faults** CC4003, CC4006, CC5001, CC5002, CC5003, CC5005. */
export async function buildRollups(
  dataset: Dataset,
  { writer, budgetRows, say, signal }: RollupWork,
): Promise<number> {
  const rollups = await listRollups(dataset);
  if (rollups === null) return 0;
  let [lookedAt, madeCount] = [0, 0];
  const tasks = missingRollups(dataset, rollups);
  for (const [index, { path, rowCount }] of tasks.entries()) {
    lookedAt += rowCount;
    if (index > 0 && lookedAt > budgetRows) break;
    say(index, tasks.length);
    signal.throwIfAborted();
    const request = {
      path: join(dataset.tableDir, path),
      rowCount,
      definition: rollups.definition,
    };
    await placeSidecars(rollups.dir, async (temporary) => {
      const steps = await writer.rollUp(request, temporary, signal);
      if (steps.length > 0) {
        madeCount += 1;
        const longestFirst = [...steps].reverse();
        return new Map(longestFirst.map((step) => [temporary(step), rollupName(path, step)]));
      }
      // An empty file says that it was tried.
      await writeFile(temporary(0), '');
      return new Map([[temporary(0), rollupName(path, null)]]);
    });
  }
  return madeCount;
}
