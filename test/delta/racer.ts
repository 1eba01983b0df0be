/** One process of the race for versions: `racer TABLE ID COUNT`. */
import { commit } from '../../src/delta/commit.js';
import { loadSnapshot } from '../../src/delta/snapshot.js';
import { actions, add, textCheckpoints } from './table.js';

const [tableDir = '', id = '', count = ''] = process.argv.slice(2);
for (let n = 0; n < Number(count); n += 1) {
  const snapshot = await loadSnapshot(tableDir, textCheckpoints);
  if (snapshot === null) throw new Error('no table');
  const outcome = await commit({
    snapshot,
    actions: actions({ adds: [add(`${id}-${n}.parquet`)] }),
    overlaps: async () => false,
  });
  if (outcome.kind !== 'committed') throw new Error('an append conflicted');
}
