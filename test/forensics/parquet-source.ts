/** Text lines as Parquet files of the stored shape, one a day, and an engine that reads them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { Column } from '../../src/event/column.js';
import type { Roles } from '../../src/event/role.js';
import type { Ask } from '../../src/forensics/version-search.js';
import { runQuery } from '../../src/query/execute.js';
import type { QueryFile } from '../../src/query/ports.js';

const labels = [
  ['service.name', 'string'],
  ['service.version', 'string'],
  ['host.name', 'string'],
  ['http.response.status_code', 'integer'],
] as const;

export const schema: readonly Column[] = labels.map(([label, type]) => ({
  name: label.replaceAll('.', '_'),
  label,
  type,
  unit: null,
}));

export const allRoles: Roles = {
  service: ['service.name'],
  version: ['service.version'],
  host: ['host.name'],
  status: ['http.response.status_code'],
};

export interface Day {
  readonly date: string;
  readonly text: string;
}

/** **Invariant** every line has a `timestamp` in ISO and, perhaps, a `sample_rate`. */
export async function openParquet(
  dir: string,
  days: readonly Day[],
  roles: Roles = allRoles,
): Promise<{
  readonly ask: Ask;
  readonly asked: () => number;
  readonly close: () => Promise<void>;
}> {
  const files: QueryFile[] = [];
  for (const day of days) files.push(await writeDay(dir, day));
  const paths = files.map(({ path }) => path);
  const engine = await openQueryEngine({
    ...defaultLimits,
    threads: 2,
    files: paths,
    timeLimitMs: null,
  });
  const source = { name: 'test', dataset: 'events', version: 1, schema, roles, files };
  const { signal } = new AbortController();
  let count = 0;
  const ask: Ask = (spec) => {
    count += 1;
    return runQuery(source, spec, engine, { signal });
  };
  return { ask, asked: () => count, close: engine.close };
}

async function writeDay(dir: string, { date, text }: Day): Promise<QueryFile> {
  const source = join(dir, `${date}.ndjson`);
  const path = join(dir, `${date}.parquet`);
  writeFileSync(source, text);
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const shown = schema.map(({ name, label }) => `"${label}" AS "${name}"`);
    const typed = labels.map(
      ([label, type]) => `"${label}": '${type === 'integer' ? 'BIGINT' : 'VARCHAR'}'`,
    );
    const columns = [...typed, `"timestamp": 'TIMESTAMPTZ'`, `"sample_rate": 'BIGINT'`];
    const done = await connection.runAndReadAll(
      `COPY (SELECT "timestamp" AS ts, "timestamp" AS ingested_at,
         coalesce(sample_rate, 1) AS weight, 'b' AS batch, ${shown.join(', ')}
       FROM read_json('${source}', format = 'newline_delimited', columns = {${columns.join(', ')}}))
       TO '${path}' (FORMAT parquet)`,
    );
    const rows = Number(done.getRowsJson()[0]?.[0]);
    return {
      path,
      date,
      rows,
      minTs: null,
      maxTs: null,
      extraLabels: [],
      maxWeight: null,
      stats: null,
      layout: null,
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
