/** Where the numbers of a search came from that no question of a person asked for. */
import type { Plan } from './plan.js';
import type { Provenance } from './result.js';

/** The provenance of an answer that counts all events alike. */
export function wholeProvenance({ source, files, weighted }: Plan, matched: number): Provenance {
  return {
    source: source.name,
    dataset: source.dataset,
    snapshotVersion: source.version,
    files: { total: files.total, read: files.paths.length, pruned: files.pruned },
    rows: { scanned: files.rows, matched },
    weighted,
    usage: false,
    exact: true,
    bad: null,
  };
}
