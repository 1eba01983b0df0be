/**
 * Rows of a Parquet file that somebody else wrote. Meant for a child process: a crafted file may
 * end the process that reads it. The instance can read this one file and nothing else.
 */
import { assert } from '../../base/assert.js';
import { Fault } from '../../base/fault.js';
import type { Cell } from '../../query/ports.js';
import { select } from '../../sql/build.js';
import { nextChunk, readChunk, readRows, typeIdsOf } from './cell.js';
import { faultOfFailure } from './failure.js';
import {
  type ForeignColumn,
  footerQuery,
  foreignQuery,
  infiniteMicros,
  type Leaf,
  leavesOf,
} from './foreign-query.js';
import { type EngineLimits, openDatabase } from './open.js';
import { runNode, type Session, streamNode } from './run.js';

/**
 * A value of a foreign file. **Units** `instant` in micros since the epoch, UTC; a timestamp that
 * has no zone is taken as UTC. `json` is the JSON text of a list, a map, or what lies too deep;
 * `number` that of a decimal. A double may be NaN or infinite.
 */
export type ForeignValue =
  | Cell
  | { readonly kind: 'instant'; readonly micros: bigint }
  | { readonly kind: 'json' | 'number'; readonly text: string };

export interface ForeignBatch {
  /** The same array in every batch of a file. */
  readonly labels: readonly string[];
  /** **Shape** rows × labels, in the order of the file. */
  readonly rows: readonly (readonly ForeignValue[])[];
}

/** How the reading ended. `damaged`: rows handed on so far may be wrong and must not be kept. */
export type ForeignEnd =
  | { readonly kind: 'complete'; readonly rowCount: number }
  | { readonly kind: 'damaged'; readonly rowCount: number; readonly reason: string };

/**
 * Hands on the rows of a Parquet file in batches of about 2,000. The next batch is read when
 * `onBatch` has ended. **Faults** CC5001, CC5003; everything else about the file is `damaged`.
 */
export async function readForeignParquet(
  path: string,
  limits: EngineLimits,
  onBatch: (batch: ForeignBatch) => void | Promise<void>,
): Promise<ForeignEnd> {
  const database = await openDatabase(limits);
  const progress = { rowCount: 0 };
  try {
    await database.lock([path]);
    const connection = await database.connect();
    const session = { duckdb: database.duckdb, connection };
    const footerRows = await readFooter(session, path);
    const leaves = leavesOf(database.duckdb, await columnsOf(session, path));
    for await (const batch of batchesOf(session, path, leaves)) {
      progress.rowCount += batch.rows.length;
      await handOn(onBatch, batch);
    }
    const { rowCount } = progress;
    if (rowCount === footerRows) return { kind: 'complete', rowCount };
    const reason = `${rowCount} rows found, ${footerRows} named in the footer`;
    return { kind: 'damaged', rowCount, reason };
  } catch (error) {
    if (error instanceof ConsumerFailure) throw error.cause;
    return { kind: 'damaged', rowCount: progress.rowCount, reason: reasonOf(error) };
  } finally {
    await database.close();
  }
}

/** What `onBatch` threw is not the file's fault. */
class ConsumerFailure extends Error {}

async function handOn(
  onBatch: (batch: ForeignBatch) => void | Promise<void>,
  batch: ForeignBatch,
): Promise<void> {
  try {
    await onBatch(batch);
  } catch (cause) {
    throw new ConsumerFailure('the taker of a batch failed', { cause });
  }
}

async function readFooter(session: Session, path: string): Promise<Cell> {
  const result = await runNode(session, footerQuery(path), new AbortController().signal);
  const [row] = await readRows(session.duckdb, result);
  return row?.[0] ?? null;
}

async function columnsOf(session: Session, path: string): Promise<readonly ForeignColumn[]> {
  const everything = select([{ star: true }], {
    from: { kind: 'parquet', files: [path], unionByName: false, fileName: false },
    limit: 0,
  });
  const result = await runNode(session, everything, new AbortController().signal);
  return result.columnNames().map((name, index) => ({ name, type: result.columnType(index) }));
}

async function* batchesOf(
  session: Session,
  path: string,
  leaves: readonly Leaf[],
): AsyncIterable<ForeignBatch> {
  const labels = leaves.map(({ label }) => label);
  const result = await streamNode(session, foreignQuery(path, leaves));
  const typeIds = typeIdsOf(result);
  for (let chunk = await nextChunk(result); chunk !== null; chunk = await nextChunk(result)) {
    const floats = leaves.map(({ kind }, index) =>
      kind === 'float' ? chunk.getColumnVector(index) : null,
    );
    const rows = readChunk(session.duckdb, chunk, typeIds).map((cells, row) =>
      cells.map((cell, index) => {
        const item = cell === null ? floats[index]?.getItem(row) : null;
        return typeof item === 'number' ? item : foreignValue(cell, leaves[index]);
      }),
    );
    yield { labels, rows };
  }
}

function foreignValue(cell: Cell, leaf: Leaf | undefined): ForeignValue {
  if (cell === null || leaf === undefined || leaf.kind === 'plain') return cell;
  if (leaf.kind === 'float') return cell;
  if (leaf.kind === 'json' || leaf.kind === 'number') {
    assert(typeof cell === 'string', 'JSON text is a string');
    return { kind: leaf.kind, text: cell };
  }
  if (cell === infiniteMicros || cell === -infiniteMicros) {
    return cell > 0 ? 'infinity' : '-infinity';
  }
  assert(typeof cell === 'number' || typeof cell === 'bigint', 'an instant is a whole number');
  return { kind: 'instant', micros: BigInt(cell) };
}

/** Running out of memory or disk is thrown on; it says nothing about the file. */
function reasonOf(error: unknown): string {
  const fault = faultOfFailure(error, { writing: null });
  if (!(fault instanceof Fault)) throw error;
  if (fault.code === 'CC5001' || fault.code === 'CC5003') throw fault;
  return String(fault.params.reason ?? fault.message);
}
