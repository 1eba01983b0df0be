/** Deploys nobody marked: versions that were first seen while others were already there. */

import type { Engine, QuerySource } from '../query/ports.js';
import { type Measure, rollupSpec, runRollup } from '../query/rollup.js';
import { breakdown } from '../query/spec.js';
import { type StoredMarker, storedMarker } from '../store/marker-log.js';
import { microsPerMinute } from '../time/instant.js';
import type { TimeRange } from '../time/range.js';

/** **Source** docs/method.md: what is there in the first ten minutes was there before. */
const edgeMicros = 10 * microsPerMinute;
/** **Source** the definition of a version interval: five events. */
const fewestRows = 5;

/** In order of time; empty without a version column. **Faults** CC5002, CC5003, CC5004. */
export async function inferredMarkers(
  source: QuerySource,
  window: TimeRange,
  { engine, signal }: { readonly engine: Engine; readonly signal: AbortSignal },
): Promise<readonly StoredMarker[]> {
  const has = (role: 'service' | 'version'): boolean => (source.roles[role]?.length ?? 0) > 0;
  if (!has('version')) return [];
  const keys = [...(has('service') ? [breakdown('service')] : []), breakdown('version')];
  const measures: readonly Measure[] = [{ kind: 'first', where: null }];
  const rows = await runRollup(source, rollupSpec(window, { keys, measures, fewestRows }), {
    engine,
    signal,
  });
  const seen = rows.map((row) => ({
    service: has('service') && row[0] !== null ? String(row[0]) : '',
    version: row[keys.length - 1] ?? null,
    first: Number(row[keys.length]),
  }));
  const opened = new Map<string, number>();
  for (const { service, first } of seen) {
    opened.set(service, Math.min(first, opened.get(service) ?? first));
  }
  return seen
    .filter(({ version, service, first }) => {
      return version !== null && first > (opened.get(service) ?? first) + edgeMicros;
    })
    .map(({ service, version, first }) => {
      const message = [service, String(version), 'first seen'].filter((part) => part !== '');
      return storedMarker({
        start: first,
        end: null,
        type: 'deploy',
        message: message.join(' '),
        url: null,
      });
    })
    .sort((left, right) => left.start - right.start || (left.id < right.id ? -1 : 1));
}
