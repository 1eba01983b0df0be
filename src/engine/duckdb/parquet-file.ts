/**
 * Parquet files for others to read: zstd, format 1, which every reader knows, with what is said of
 * the rows as key-value metadata. The instance that writes may touch its own file and no other.
 */
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { unreachable } from '../../base/assert.js';
import {
  type ColumnBatch,
  cellAt,
  type FileColumn,
  type FileMetadata,
  type ParquetRequest,
} from '../../query/column-batch.js';
import { sqlTypes } from '../../query/value-sql.js';
import { as, cast, column, literal, select } from '../../sql/build.js';
import type { SqlCopy, SqlQuery } from '../../sql/node.js';
import { faultOfFailure } from './failure.js';
import type { Duckdb } from './load.js';
import { type EngineLimits, openDatabase } from './open.js';
import { runNode, type Session } from './run.js';

/** Rows of one chunk of the engine. */
const chunkRows = 2048;

/** DuckDB's default, measured best against 20,480 and 491,520. */
const rowGroupRows = 122_880;

const stageTable = 'rows';

/** **Faults** CC5001, CC5002, CC5003. */
export async function writeParquet(
  limits: EngineLimits,
  request: ParquetRequest,
  signal: AbortSignal,
): Promise<void> {
  const database = await openDatabase(limits);
  try {
    await database.lock([request.path]);
    const session = { duckdb: database.duckdb, connection: await database.connect() };
    await stage(session, request, signal);
    const names = request.columns.map(({ name }, index) => as(column(`c${index}`), name));
    const query = select(names, { from: { kind: 'table', name: stageTable } });
    await runNode(session, copyTo(request.path, query, request.metadata), signal);
    session.connection.closeSync();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw faultOfFailure(error, { writing: request.path });
  } finally {
    await database.close();
  }
}

/** Writes the rows of a query to a file that is its own temporary name already. */
export function copyTo(path: string, query: SqlQuery, metadata: FileMetadata): SqlCopy {
  return {
    kind: 'copy',
    query,
    path,
    options: [
      { name: 'FORMAT', value: 'parquet' },
      { name: 'COMPRESSION', value: 'zstd' },
      { name: 'ROW_GROUP_SIZE', value: rowGroupRows },
      { name: 'USE_TMP_FILE', value: false },
      ...(metadata.size === 0 ? [] : [{ name: 'KV_METADATA', value: { pairs: [...metadata] } }]),
    ],
  };
}

async function stage(
  session: Session,
  { columns, batches }: ParquetRequest,
  signal: AbortSignal,
): Promise<void> {
  const { duckdb, connection } = session;
  const empty = columns.map(({ type }, index) =>
    as(cast(literal(null), sqlTypes[type]), `c${index}`),
  );
  const query = select(empty, { where: literal(false) });
  await runNode(session, { kind: 'create table', name: stageTable, query }, signal);
  const appender = await connection.createAppender(stageTable);
  const types = columns.map(({ type }) => duckType(duckdb, type));
  for (const batch of batches) {
    for (let start = 0; start < batch.rowCount; start += chunkRows) {
      const count = Math.min(chunkRows, batch.rowCount - start);
      const chunk = duckdb.DuckDBDataChunk.create(types, count);
      chunk.setColumns(columns.map((_, index) => valuesOf(duckdb, batch, { index, start, count })));
      appender.appendDataChunk(chunk);
    }
    signal.throwIfAborted();
  }
  appender.closeSync();
}

function duckType(duckdb: Duckdb, type: FileColumn['type']): DuckDBType {
  switch (type) {
    case 'string':
      return duckdb.VARCHAR;
    case 'integer':
      return duckdb.BIGINT;
    case 'number':
      return duckdb.DOUBLE;
    case 'boolean':
      return duckdb.BOOLEAN;
    case 'timestamp':
      return duckdb.TIMESTAMPTZ;
    default:
      return unreachable(type);
  }
}

function valuesOf(
  duckdb: Duckdb,
  batch: ColumnBatch,
  at: { readonly index: number; readonly start: number; readonly count: number },
): readonly DuckDBValue[] {
  const packed = batch.columns[at.index];
  return Array.from({ length: at.count }, (_, row) => {
    const value = packed === undefined ? null : cellAt(packed, at.start + row);
    if (value === null || packed === undefined) return null;
    if (packed.type === 'integer') return BigInt(value);
    return packed.type === 'timestamp' ? new duckdb.DuckDBTimestampTZValue(BigInt(value)) : value;
  });
}
