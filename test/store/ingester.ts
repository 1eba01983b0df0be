/** `ingester STORE STAGED COUNT` appends COUNT batches, each once, and prints those it stored. */
import { readFile } from 'node:fs/promises';
import { createDataFileWriter } from '../../src/engine/duckdb/data-files.js';
import { appendBatch } from '../../src/store/append.js';
import { openOrInitDataset } from '../../src/store/dataset.js';
import { sourceKnown } from '../../src/store/sources.js';

const [storeDir = '', stagedPath = '', count = ''] = process.argv.slice(2);
const writer = createDataFileWriter({ memoryBytes: null, threads: 1, spillDir: null });
const staged = JSON.parse(await readFile(stagedPath, 'utf8'));
let dataset = await openOrInitDataset({ storeDir, name: 'events' }, writer, 1_000);
for (let n = 0; n < Number(count); n += 1) {
  const sha256 = n.toString(16).padStart(64, '0');
  if (sourceKnown(dataset.snapshot, sha256) !== null) continue;
  const outcome = await appendBatch(
    {
      dataset,
      batch: `b${n}`,
      ingestedAt: 2_000_000,
      staged: [staged],
      rowCount: staged.rows,
      sources: [
        { sha256, bytes: 1, readCount: 1, pathHash: '0'.repeat(12), tail: { kind: 'whole' } },
      ],
      roles: {},
      bad: null,
      columnCap: 100,
      report: {},
      startsWith: async () => false,
    },
    writer,
    new AbortController().signal,
  );
  dataset = outcome.dataset;
  if (outcome.kind === 'committed') process.stdout.write(`${n}\n`);
}
