/** Delta checkpoints (V1): log actions as Parquet and back. The files are our own, or verified. */
import { rm } from 'node:fs/promises';
import {
  type CheckpointParts,
  type CheckpointSums,
  type CheckpointText,
  unreadColumns,
} from '../../delta/ports.js';
import {
  aggregate,
  any,
  as,
  binary,
  call,
  cast,
  column,
  isNotNull,
  literal,
  order,
  select,
  text,
  when,
} from '../../sql/build.js';
import type { SqlSelect, SqlSource } from '../../sql/node.js';
import { readRows } from './cell.js';
import { faultOfFailure } from './failure.js';
import type { Database } from './open.js';
import { runNode, type Session } from './run.js';

const texts = 'MAP(VARCHAR, VARCHAR)';

/**
 * The actions a checkpoint holds, with the types of their fields.
 * **Source** Delta transaction protocol, "Checkpoint schema".
 */
const actionTypes = {
  txn: 'STRUCT(appId VARCHAR, version BIGINT, lastUpdated BIGINT)',
  add: `STRUCT(path VARCHAR, partitionValues ${texts}, size BIGINT, modificationTime BIGINT,
    dataChange BOOLEAN, tags ${texts}, stats VARCHAR)`,
  remove: `STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN,
    extendedFileMetadata BOOLEAN, partitionValues ${texts}, size BIGINT)`,
  metaData: `STRUCT(id VARCHAR, name VARCHAR, description VARCHAR,
    format STRUCT(provider VARCHAR, options ${texts}), schemaString VARCHAR,
    partitionColumns VARCHAR[], configuration ${texts}, createdTime BIGINT)`,
  protocol: 'STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER)',
} as const;

export interface CheckpointRequest {
  readonly ndjsonPath: string;
  readonly checkpointPath: string;
  /** Kept in the file. */
  readonly checksums: CheckpointSums;
}

/** Keys in the metadata of the Parquet file. */
const checksumKeys: Readonly<Record<keyof CheckpointSums, string>> = {
  files: 'coldcase.sha256.files',
  live: 'coldcase.sha256.live',
  all: 'coldcase.sha256',
  transactions: 'coldcase.sha256.transactions',
};

/** Writes the actions, one row each. Returns their count. **Faults** CC5001, CC5002. */
export async function writeCheckpoint(
  open: () => Promise<Database>,
  { ndjsonPath, checkpointPath, checksums }: CheckpointRequest,
): Promise<number> {
  const columns = Object.entries(actionTypes).map(([name, type]) => ({ name, type }));
  const query = select([{ star: true }], {
    from: { kind: 'json lines', path: ndjsonPath, columns },
  });
  const { files, live, all, transactions } = checksumKeys;
  const pairs = [
    [files, checksums.files] as const,
    [live, checksums.live] as const,
    [all, checksums.all] as const,
    ...(checksums.transactions === null ? [] : [[transactions, checksums.transactions] as const]),
  ];
  const options = [
    { name: 'FORMAT', value: 'parquet' },
    { name: 'COMPRESSION', value: 'zstd' },
    { name: 'KV_METADATA', value: { pairs } },
  ] as const;
  const copy = { kind: 'copy', query, path: checkpointPath, options } as const;
  const database = await open();
  try {
    const connection = await database.connect();
    const session = { duckdb: database.duckdb, connection };
    const result = await runNode(session, copy, new AbortController().signal);
    const [row] = await readRows(session.duckdb, result);
    return Number(row?.[0]);
  } catch (error) {
    await rm(checkpointPath, { force: true }).catch(() => undefined);
    throw faultOfFailure(error, { writing: checkpointPath });
  } finally {
    await database.close();
  }
}

/** As the port says, in an instance of its own. */
export async function readCheckpoint(
  open: () => Promise<Database>,
  checkpointPath: string,
  parts: CheckpointParts,
): Promise<CheckpointText> {
  const database = await open();
  try {
    return await readCheckpointIn(database, checkpointPath, parts);
  } finally {
    await database.close();
  }
}

/** As `readCheckpoint`, in an instance that is not locked yet. */
export async function readCheckpointIn(
  database: Database,
  checkpointPath: string,
  parts: CheckpointParts,
): Promise<CheckpointText> {
  const connection = await database.connect();
  try {
    const session = { duckdb: database.duckdb, connection };
    const sums = await readChecksums(session, checkpointPath);
    const checksum = sums.get(checksumKeys.transactions) ?? null;
    const isApart = parts === 'live' && checksum !== null;
    const read = isApart ? 'files' : parts;
    const query = await readQuery(session, checkpointPath, read);
    return {
      actions: query === null ? '' : await readText(session, query),
      checksum: sums.get(checksumKeys[read]) ?? null,
      transactions: isApart
        ? { text: await readText(session, transactionQuery(checkpointPath)), checksum }
        : null,
    };
  } catch (error) {
    throw faultOfFailure(error, { writing: null });
  } finally {
    connection.closeSync();
  }
}

/** Lines that come as one text, with an end behind the last. */
async function readText(session: Session, query: SqlSelect): Promise<string> {
  const { signal } = new AbortController();
  const [row] = await readRows(session.duckdb, await runNode(session, query, signal));
  const lines = row?.[0] ?? null;
  return lines === null ? '' : `${String(lines)}\n`;
}

/** Those that the file has, by their key. */
async function readChecksums(session: Session, path: string): Promise<ReadonlyMap<string, string>> {
  const decoded = (name: string) => call('decode', column(name));
  const kvMetadata = call('parquet_kv_metadata', text(path));
  const keys = Object.values(checksumKeys).map((key) => binary('=', decoded('key'), text(key)));
  const query = select([as(decoded('key'), 'key'), as(decoded('value'), 'value')], {
    from: { kind: 'function', call: kvMetadata, alias: 'kv', columns: [] },
    where: any(keys),
    orderBy: [order(literal(1)), order(literal(2))],
  });
  const result = await runNode(session, query, new AbortController().signal);
  const rows = await readRows(session.duckdb, result);
  return new Map(rows.map(([key, value]) => [String(key), String(value)]));
}

/** As `transactionText` has them, in the order of the file, which is one of ours. */
function transactionQuery(path: string): SqlSelect {
  const field = (name: string) => call('struct_extract', column('txn'), text(name));
  const line = call('concat_ws', text(' '), field('version'), field('lastUpdated'), field('appId'));
  const orderBy = [order(column('file_row_number'))];
  const all = aggregate('string_agg', [line, text('\n')], { orderBy });
  return select([as(all, 'lines')], {
    from: { kind: 'parquet', files: [path], unionByName: false, fileName: false },
    where: isNotNull(column('txn')),
  });
}

/**
 * Another writer's checkpoint may lack an action or hold one we do not know; both are fine.
 * **Shape** all lines as one text: of 17,000 sources, a cell a line that names all kinds of actions
 * took three times the CPU.
 */
async function readQuery(
  session: Session,
  path: string,
  parts: CheckpointParts,
): Promise<SqlSelect | null> {
  const from: SqlSource = { kind: 'parquet', files: [path], unionByName: false, fileName: false };
  const names = await columnNames(session, select([{ star: true }], { from, limit: 0 }));
  const wanted = names.filter((name) => !unreadColumns[parts].includes(name));
  if (wanted.length === 0) return null;
  const lines = wanted.map((name) => {
    const fields = [as(column(name), name)];
    const action = cast(call('to_json', { kind: 'struct', fields }), 'VARCHAR');
    return [isNotNull(column(name)), action] as const;
  });
  const all = aggregate('string_agg', [when(lines, null), text('\n')]);
  return select([as(all, 'actions')], { from });
}

async function columnNames(session: Session, query: SqlSelect): Promise<readonly string[]> {
  const result = await runNode(session, query, new AbortController().signal);
  return result.columnNames();
}
