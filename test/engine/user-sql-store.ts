/** A small store for typed statements: values of another type, a rejected line, a dotted column. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lazyCheckpoints } from '../../src/cli/lazy-engine.js';
import { querySourceOf } from '../../src/cli/query-source.js';
import { sqlSnapshot } from '../../src/cli/sql-source.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { ViewSource } from '../../src/query/user-views.js';
import { openDataset } from '../../src/store/dataset.js';
import { statusOf } from '../../src/store/status.js';
import type { TimeRange } from '../../src/time/range.js';
import type { Session } from '../sessions/session.js';

const lines = [
  '{"ts":"2020-04-16T10:00:00Z","host":"a","status":200,"http.route":"/x","v":"1.10"}',
  'not json',
  '{"ts":"2020-04-16T10:00:01Z","host":"b","status":"500","http.route":"/y","v":"1.1"}',
  '{"ts":"2020-04-16T10:00:02.5Z","host":"c","status":"late","http.route":"/x","order.id":7}',
  '{"ts":"2020-04-17T10:00:00Z","host":"d","status":503,"sample_rate":4}',
  '{"ts":"2020-04-17T10:00:01Z","host":"e","status":404}',
];

/** Ingests the lines into `.coldcase` of the session. */
export function writeStore(session: Session): void {
  writeFileSync(join(session.dir, 'events.ndjson'), `${lines.join('\n')}\n`);
  const { status, stderr } = session.run([
    'ingest',
    'events.ndjson',
    '--map',
    'weight=sample_rate',
  ]);
  if (status !== 3) throw new Error(`the store was not made: ${status} ${stderr}`);
}

export async function viewsOf(dir: string, window: TimeRange | null = null): Promise<ViewSource> {
  const place = { storeDir: join(dir, '.coldcase'), name: 'events' };
  const dataset = await openDataset(place, lazyCheckpoints(defaultLimits));
  const { span } = statusOf(dataset);
  const source = { dataset, name: place.storeDir, span, bad: dataset.bad, fields: [], notes: [] };
  if (querySourceOf(dataset, 'x').files.length === 0) throw new Error('the store is empty');
  return (await sqlSnapshot(source, window)).source;
}

/** Every path below a directory with its mode and a hash of its bytes. */
export function fingerprint(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(dir, name);
      const { mode, size } = statSync(path);
      if (statSync(path).isDirectory()) return `${name}/ ${mode}`;
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${name} ${mode} ${size} ${hash}`;
    });
}
