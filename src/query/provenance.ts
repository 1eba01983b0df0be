/** Where the numbers of an answer came from. */
import type { Plan } from './plan.js';
import type { Provenance } from './result.js';

/** `matched`: rows that the filters let through. */
export function provenanceOf(plan: Plan, matched: number): Provenance {
  const { source, files } = plan;
  return {
    source: source.name,
    dataset: source.dataset,
    snapshotVersion: source.version,
    files: {
      total: files.total,
      read: files.paths.length,
      pruned: files.pruned,
      ...rolledCount(plan),
    },
    rows: { scanned: files.rows, matched },
    weighted: plan.weighted,
    usage: plan.usage,
    exact: true,
    bad: plan.bad?.text ?? null,
  };
}

function rolledCount({ files, rolled }: Plan): { readonly rolled?: number } {
  const paths = new Set(files.paths);
  const count = (rolled?.files ?? []).filter(({ path }) => paths.has(path)).length;
  return count === 0 ? {} : { rolled: count };
}

/** Of a search that no question of a person asked for: it counts all events alike. */
export function wholeProvenance(plan: Plan, matched: number): Provenance {
  return { ...provenanceOf(plan, matched), usage: false, bad: null };
}
