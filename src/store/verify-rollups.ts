/** Compares rollups with the rows they stand for. What is missing is no damage: rows are read. */
import { join } from 'node:path';
import { Fault, faultsOf } from '../base/fault.js';
import { type Damage, plainDamage } from './damage.js';
import { isOwnFile } from './data-file.js';
import type { Dataset } from './dataset.js';
import type { FileInspector } from './ports.js';
import { listRollups } from './rollup.js';
import { sidecarStem } from './sidecar.js';

export interface RollupsRequest {
  readonly dataset: Dataset;
  readonly inspector: Pick<FileInspector, 'rollupMatches'>;
  /** Paths of data files that are damaged themselves. */
  readonly damaged: ReadonlySet<string>;
  readonly say: (done: number, all: number) => void;
  readonly signal: AbortSignal;
}

export interface RollupsCheck {
  readonly checkedCount: number;
  /** CC4028; paths relative to the table. */
  readonly damages: readonly Damage[];
}

export async function checkRollups(request: RollupsRequest): Promise<RollupsCheck> {
  const { dataset, damaged, say, signal } = request;
  const { tableDir, snapshot } = dataset;
  const rollups = await listRollups(dataset);
  if (rollups === null) return { checkedCount: 0, damages: [] };
  const { definition, byStem } = rollups;
  const files = snapshot.files.filter((file) => isOwnFile(file) && !damaged.has(file.path));
  const pairs = files.flatMap(({ path }) =>
    (byStem.get(sidecarStem(path)) ?? []).map((rollup) => ({
      ...rollup,
      of: join(tableDir, path),
    })),
  );
  const damages: Damage[] = [];
  for (const [index, { of, path, stepMicros }] of pairs.entries()) {
    signal.throwIfAborted();
    say(index, pairs.length);
    const reason = await problemOf(request, { definition, path: of, rollup: path, stepMicros });
    if (reason === null) continue;
    const shown = path.slice(tableDir.length + 1);
    damages.push(plainDamage(new Fault('CC4028', { path: shown, reason }), shown));
  }
  return { checkedCount: pairs.length, damages };
}

async function problemOf(
  { inspector, signal }: RollupsRequest,
  pair: Parameters<FileInspector['rollupMatches']>[0],
): Promise<string | null> {
  try {
    const isSame = await inspector.rollupMatches(pair, signal);
    return isSame ? null : 'it does not count what the rows of its data file do';
  } catch (error) {
    signal.throwIfAborted();
    const [fault] = faultsOf(error);
    // Another process may have taken it away with its data file.
    if (fault?.code === 'CC4006') return null;
    if (fault === undefined) throw error;
    return String(fault.params.reason ?? fault.message);
  }
}
