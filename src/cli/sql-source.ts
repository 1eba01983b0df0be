/** A store or files as the views of typed statements. */
import { filesFor, haveOneLayout } from '../query/prune.js';
import type { TimeRange } from '../time/range.js';
import { querySourceOf } from './query-source.js';
import type { Source } from './source.js';
import type { SqlSnapshot } from './sql-answer.js';

/** The snapshot that is newest now; files that hold nothing of the window are left out. */
export async function sqlSnapshot(
  { dataset, name }: Source,
  window: TimeRange | null,
): Promise<SqlSnapshot> {
  const { rejectsFiles } = await import('../store/ledger.js');
  const source = querySourceOf(dataset, name);
  const files = filesFor(source.files, window);
  const unknown = files.some(({ extraLabels }) => extraLabels === null);
  const labels = new Set(files.flatMap(({ extraLabels }) => extraLabels ?? []));
  return {
    name,
    dataset: source.dataset,
    version: source.version,
    fileCount: source.files.length,
    files,
    source: {
      tableDir: dataset.tableDir,
      version: source.version,
      schema: source.schema,
      paths: files.map(({ path }) => path),
      oneLayout: haveOneLayout(files),
      extraLabels: unknown ? null : [...labels].sort(),
      window,
      rejectsPaths: await rejectsFiles(dataset.tableDir),
    },
  };
}
