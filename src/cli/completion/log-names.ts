/** The names of a dataset as its newest commits say them, without an engine or a checkpoint. */
import { listLog, readCommit } from '../../delta/log.js';
import { settingsOf } from '../../store/settings.js';
import { schemaOf } from '../../store/table-schema.js';
import type { CachedKnown } from './cache.js';

/** Commits looked through at most; a TAB must not read a whole log. Chosen by us. */
const maxCommits = 100;

/** What is cached, or newer names where the table has moved on. Never a fault: null is no names. */
export async function namesFromLog(
  tableDir: string,
  cached: CachedKnown | null,
): Promise<CachedKnown | null> {
  const newest = (await listLog(tableDir).catch(() => null))?.commits.at(-1);
  const since = cached?.version ?? -1;
  if (newest === undefined || newest <= since) return cached;
  for (let version = newest; version > Math.max(since, newest - maxCommits); version -= 1) {
    const commit = await readCommit(tableDir, version).catch(() => null);
    if (commit === null || commit.metadata === null) continue;
    const columns = schemaOf(commit.metadata.fields).map(({ label }) => label);
    const roles = { ...settingsOf(commit.metadata.configuration).roles };
    return { tableDir, version: newest, columns, roles, values: cached?.values ?? {} };
  }
  return cached === null ? null : { ...cached, version: newest };
}
