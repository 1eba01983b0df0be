/**
 * Many rows out of the engine, packed as they come, so that a text costs no call of its own and
 * memory stays flat. The instance reads its files, may write one file, and nothing else.
 */
import { assert } from '../../base/assert.js';
import type { ColumnBatch, FileColumn, FileMetadata } from '../../query/column-batch.js';
import type { Engine } from '../../query/ports.js';
import type { SqlQuery, SqlSelect } from '../../sql/node.js';
import { nextChunk } from './cell.js';
import { lockedEngine, type QueryBounds } from './execute.js';
import { faultOfFailure } from './failure.js';
import { type EngineLimits, openDatabase } from './open.js';
import { checkTypes, packedBatches } from './packed-chunks.js';
import { copyTo } from './parquet-file.js';
import { runNode, type Session, streamNode, withInterrupt } from './run.js';

export interface ExportEngine extends Engine {
  /** Rows of the query in its order. **Faults** CC5001 to CC5003. */
  readonly batches: (
    query: SqlSelect,
    columns: readonly FileColumn[],
    signal: AbortSignal,
  ) => AsyncGenerator<ColumnBatch>;
  /** Writes the query to the one file that may be written. **Faults** CC5001 to CC5003. */
  readonly copy: (query: SqlQuery, metadata: FileMetadata, signal: AbortSignal) => Promise<void>;
}

/** `target`: the file that `copy` may write; null for none. */
export async function openExportEngine(
  options: EngineLimits & QueryBounds & { readonly target: string | null },
): Promise<ExportEngine> {
  const { target, files } = options;
  const database = await openDatabase(options);
  const allowed = target === null ? files : [...files, target];
  const engine = await lockedEngine(database, { ...options, files: allowed });
  const withSession = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const connection = await database.connect();
    try {
      return await work({ duckdb: database.duckdb, connection });
    } finally {
      connection.closeSync();
    }
  };
  return {
    ...engine,
    async *batches(query, columns, signal) {
      const connection = await database.connect();
      try {
        yield* packedRows({ duckdb: database.duckdb, connection }, query, columns, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw faultOfFailure(error, { writing: null });
      } finally {
        connection.closeSync();
      }
    },
    copy: (query, metadata, signal) =>
      withSession(async (session) => {
        assert(target !== null, 'nothing may be written');
        try {
          await runNode(session, copyTo(target, query, metadata), signal);
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          throw faultOfFailure(error, { writing: target });
        }
      }),
  };
}

async function* packedRows(
  session: Session,
  query: SqlSelect,
  columns: readonly FileColumn[],
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  const { connection, duckdb } = session;
  const guarded = <T>(work: () => Promise<T>) => withInterrupt(connection, signal, work);
  const result = await guarded(() => streamNode(session, query));
  checkTypes(duckdb, result, columns);
  yield* packedBatches(duckdb, columns, () => guarded(() => nextChunk(result)));
}
