/**
 * Many rows out of the engine: sorted into a table piece by piece, then read packed, some tens of
 * thousands of rows in one row of lists. Measured five times faster than cell by cell, since a text
 * costs no call of its own. The instance reads its files, may write one file, and nothing else.
 */
import type { DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { assert } from '../../base/assert.js';
import {
  batchRows,
  type ColumnBatch,
  type FileColumn,
  type FileMetadata,
  type PackedColumn,
  packColumn,
  sumUp,
} from '../../query/column-batch.js';
import type { Cell, Engine } from '../../query/ports.js';
import {
  aggregate,
  as,
  binary,
  call,
  cast,
  column,
  literal,
  select,
  star,
  text,
} from '../../sql/build.js';
import type { SqlColumn, SqlExpression, SqlQuery, SqlSelect } from '../../sql/node.js';
import { readRows } from './cell.js';
import { lockedEngine, type QueryBounds } from './execute.js';
import { faultOfFailure } from './failure.js';
import { type EngineLimits, openDatabase } from './open.js';
import { copyTo } from './parquet-file.js';
import { runNode, type Session } from './run.js';

export interface ExportEngine extends Engine {
  /** Rows of the query in its order; columns are `c0`, `c1` … **Faults** CC5001 to CC5003. */
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

const pieceTable = 'piece';
const rowId = column('rowid');

/** Texts of a batch at most, so that no buffer grows without bound. **Units** bytes. */
const batchBytes = 32 * 1024 * 1024;
const leastBatchRows = 60;

async function* packedRows(
  session: Session,
  query: SqlSelect,
  columns: readonly FileColumn[],
  signal: AbortSignal,
): AsyncGenerator<ColumnBatch> {
  await runNode(session, { kind: 'create table', name: pieceTable, query }, signal);
  const sizes = await readRows(session.duckdb, await runNode(session, sizeQuery(columns), signal));
  const [rowCount = 0, textBytes = 0] = (sizes[0] ?? []).map(Number);
  const step = stepOf(rowCount, textBytes);
  for (let start = 0; start < rowCount; start += step) {
    const end = Math.min(rowCount, start + step);
    const result = await runNode(session, packedQuery(columns, start, end), signal);
    const chunk = await result.fetchChunk();
    assert(chunk !== null && chunk.rowCount === 1, 'a batch is one row');
    yield unpack(session, chunk, columns, { start, rowCount: end - start });
  }
  await runNode(session, { kind: 'drop table', name: pieceTable }, signal);
}

/** A divisor of a row group of the engine, so that no batch lies in two. */
function stepOf(rowCount: number, textBytes: number): number {
  let step = batchRows;
  const bytesPerRow = textBytes / Math.max(1, rowCount);
  while (step > leastBatchRows && step % 2 === 0 && step * bytesPerRow > batchBytes) step /= 2;
  return step;
}

/** **Shape** one row: rows, and bytes of all texts. */
function sizeQuery(columns: readonly FileColumn[]): SqlSelect {
  const sums = columns.flatMap(({ type }, index): SqlExpression[] => {
    if (type !== 'string') return [];
    const bytes = aggregate('sum', [call('strlen', column(`c${index}`))]);
    return [call('coalesce', bytes, literal(0))];
  });
  const bytes = sums.reduce((all, one) => binary('+', all, one), literal(0));
  const wanted = [as(aggregate('count', [star]), 'rows'), as(bytes, 'bytes')];
  return select(wanted, { from: { kind: 'table', name: pieceTable } });
}

/** **Shape** one row: a list of row ids, then for each column a list, for texts also all bytes. */
function packedQuery(columns: readonly FileColumn[], start: number, end: number): SqlSelect {
  const lists = columns.flatMap(({ type }, index): SqlColumn[] => {
    const value = column(`c${index}`);
    const list = (item: SqlExpression) => as(aggregate('list', [item]), `l${index}`);
    if (type === 'timestamp') return [list(call('epoch_us', value))];
    if (type !== 'string') return [list(value)];
    const bytes = call('encode', aggregate('string_agg', [value, text('')]));
    return [list(cast(call('strlen', value), 'INTEGER')), as(bytes, `b${index}`)];
  });
  return select([as(aggregate('list', [rowId]), 'ids'), ...lists], {
    from: { kind: 'table', name: pieceTable },
    where: binary('and', binary('>=', rowId, literal(start)), binary('<', rowId, literal(end))),
  });
}

type Items = (row: number) => DuckDBValue;

function unpack(
  { duckdb }: Session,
  chunk: DuckDBDataChunk,
  columns: readonly FileColumn[],
  { start, rowCount }: { readonly start: number; readonly rowCount: number },
): ColumnBatch {
  let place = 0;
  const nextList = (): Items => {
    const vector = chunk.getColumnVector(place);
    place += 1;
    assert(vector instanceof duckdb.DuckDBListVector, 'not a list');
    const items = vector.getItemVector(0);
    assert(items !== null && items.itemCount === rowCount, 'a list has another length');
    return (row) => items.getItem(row);
  };
  const nextBytes = (): Uint8Array => {
    const value: DuckDBValue = chunk.getColumnVector(place).getItem(0);
    place += 1;
    if (value === null) return new Uint8Array(0);
    assert(value instanceof duckdb.DuckDBBlobValue, 'not bytes');
    return value.bytes;
  };
  checkOrder(nextList(), start, rowCount);
  const packed = columns.map(({ type }) => {
    const items = nextList();
    if (type === 'string') return packedTexts(items, rowCount, nextBytes());
    return packColumn(type, rowCount, (row) => plain(items(row)));
  });
  return { rowCount, columns: packed };
}

/** The order within a list is that of the table only as long as one thread makes it. */
function checkOrder(ids: Items, start: number, rowCount: number): void {
  for (let row = 0; row < rowCount; row += 1) {
    assert(Number(ids(row)) === start + row, 'rows of a batch are out of order');
  }
}

function plain(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return value;
  assert(typeof value === 'number', 'not a plain value');
  return Number.isFinite(value) ? value : null;
}

function packedTexts(lengths: Items, rowCount: number, bytes: Uint8Array): PackedColumn {
  const present = new Uint8Array((rowCount + 7) >>> 3);
  const offsets = new Int32Array(rowCount + 1);
  let nullCount = 0;
  for (let row = 0; row < rowCount; row += 1) {
    const length = lengths(row);
    if (typeof length !== 'number') nullCount += 1;
    else {
      present[row >>> 3] = (present[row >>> 3] ?? 0) | (1 << (row & 7));
      offsets[row + 1] = length;
    }
  }
  sumUp(offsets);
  assert(offsets[rowCount] === bytes.length, 'texts of a batch do not add up');
  return { type: 'string', present, nullCount, offsets, bytes };
}
