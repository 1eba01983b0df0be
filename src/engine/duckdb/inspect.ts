/** Looks into data files and checkpoints for a check: one engine, one file at a time. */
import { systemColumns } from '../../event/column.js';
import { aggregate, as, call, cast, column, select, star } from '../../sql/build.js';
import type { FileInspector } from '../../store/ports.js';
import { readRows } from './cell.js';
import { censusOf } from './census.js';
import { readCheckpointIn, writeCheckpoint } from './checkpoint.js';
import { faultOfFailure } from './failure.js';
import { type EngineLimits, openDatabase } from './open.js';
import { rollupMatches } from './rollup-file.js';
import { runNode } from './run.js';
import { valueHashes } from './value-hashes.js';

/** As the port says. **Invariant** `close` ends the engine. */
export async function openInspector(limits: EngineLimits): Promise<FileInspector> {
  const database = await openDatabase(limits);
  const session = { duckdb: database.duckdb, connection: await database.connect() };
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw faultOfFailure(error, { writing: null });
    }
  };
  return {
    writeCheckpoint: (ndjsonPath, checkpointPath, checksums) =>
      writeCheckpoint(() => openDatabase(limits), { ndjsonPath, checkpointPath, checksums }),
    readCheckpoint: (path, parts) => readCheckpointIn(database, path, parts),
    factsOf: async (path, signal) => {
      const ts = column(systemColumns.ts);
      const micros = (name: string) => cast(call('epoch_us', aggregate(name, [ts])), 'BIGINT');
      const columns = [
        as(aggregate('count', [star]), 'rows'),
        as(aggregate('count', [ts]), 'instants'),
        as(micros('min'), 'first'),
        as(micros('max'), 'last'),
      ];
      const from = { kind: 'parquet', files: [path], unionByName: false, fileName: false } as const;
      try {
        const result = await runNode(session, select(columns, { from }), signal);
        const [row = []] = await readRows(session.duckdb, result);
        const [rows, instants, first = null, last = null] = row;
        return {
          rowCount: Number(rows),
          minTs: first === null ? null : Number(first),
          maxTs: last === null ? null : Number(last),
          nullCount: Number(rows) - Number(instants),
        };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw faultOfFailure(error, { writing: null });
      }
    },
    valueHashes: (path, name, signal) =>
      valueHashes(() => openDatabase(limits), { path, name }, signal),
    census: (paths, signal) => guarded(() => censusOf(session, paths, signal)),
    rollupMatches: (pair, signal) => guarded(() => rollupMatches(session, pair, signal)),
    close: async () => {
      session.connection.closeSync();
      await database.close();
    },
  };
}
