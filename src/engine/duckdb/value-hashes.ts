/** Hashes of the different values of a column of one data file. */
import type { DuckDBVector } from '@duckdb/node-api';
import { assert } from '../../base/assert.js';
import { as, binary, call, cast, column, isNotNull, literal, select } from '../../sql/build.js';
import type { SqlExpression } from '../../sql/node.js';
import { nextChunk } from './cell.js';
import { parquet } from './merge.js';
import type { Database } from './open.js';
import { inSession, runNode } from './run.js';

const word = literal(2 ** 32);

/** As the port says. */
export async function valueHashes(
  open: () => Promise<Database>,
  { path, name }: { readonly path: string; readonly name: string },
  signal: AbortSignal,
): Promise<{ readonly lows: Uint32Array; readonly highs: Uint32Array }> {
  return await inSession(open, { signal, writing: null }, async (session) => {
    const from = parquet([path]);
    const held = await runNode(session, select([{ star: true }], { from, limit: 0 }), signal);
    const none = { lows: new Uint32Array(), highs: new Uint32Array() };
    if (!held.columnNames().includes(name)) return none;
    const hash = call('md5_number_lower', column(name));
    const half = (value: SqlExpression) => cast(value, 'UINTEGER');
    const columns = [
      as(half(binary('%', hash, word)), 'low'),
      as(half(binary('//', hash, word)), 'high'),
    ];
    const query = select(columns, { distinct: true, from, where: isNotNull(column(name)) });
    const result = await runNode(session, query, signal);
    const parts: { readonly lows: Uint32Array; readonly highs: Uint32Array }[] = [];
    for (let chunk = await nextChunk(result); chunk !== null; chunk = await nextChunk(result)) {
      const [lows, highs] = [0, 1].map((index) => wordsOf(chunk?.getColumnVector(index)));
      const { rowCount } = chunk;
      if (lows && highs) {
        parts.push({ lows: lows.slice(0, rowCount), highs: highs.slice(0, rowCount) });
      }
    }
    return {
      lows: joined(parts.map(({ lows }) => lows)),
      highs: joined(parts.map(({ highs }) => highs)),
    };
  });
}

function wordsOf(vector: DuckDBVector | undefined): Uint32Array {
  assert(vector !== undefined && 'items' in vector, 'a column of words has no items');
  assert(vector.items instanceof Uint32Array, 'a column of words holds something else');
  return vector.items;
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
