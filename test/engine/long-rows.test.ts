/** Many rows held column by column: the cells that rows one by one have, on every walk. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { SearchEngine } from '../../src/query/ports.js';

const signal = new AbortController().signal;
let engine: SearchEngine;
beforeAll(async () => {
  engine = await openQueryEngine({ ...defaultLimits, files: [], timeLimitMs: null });
});
afterAll(() => engine.close());

async function both(sql: string) {
  const statement = { sql, parameters: [] };
  const { rows } = await engine.execute(statement, signal);
  const long = await engine.executeLong?.(statement, signal);
  return { rows, long: long?.rows ?? [] };
}

/** What JavaScript holds exactly stays a number, here by way of texts. */
const asCell = (text: string) => {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
};

describe('very many rows', () => {
  it('have the integers of every width, those beyond 2^53 too', async () => {
    const edges = [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1];
    const wide = ['9007199254740992', '-9007199254740992', '9223372036854775807'];
    const widest = ['170141183460469231731687303715884105727', '18446744073709551616'];
    const list = (texts: readonly string[]) => texts.map((text) => `('${text}')`).join(',');
    for (const [type, texts] of [
      ['BIGINT', edges.map(String)],
      ['HUGEINT', edges.map(String)],
      ['BIGINT', [...edges.map(String), ...wide]],
      ['HUGEINT', [...edges.map(String), ...wide, ...widest]],
    ] as const) {
      const { rows, long } = await both(`SELECT t::${type} FROM (VALUES ${list(texts)}) AS v(t)`);
      expect(rows).toEqual(texts.map((text) => [asCell(text)]));
      expect([...long]).toEqual(rows);
    }
  });

  it('have doubles, and nothing where there is none', async () => {
    const { rows, long } = await both(
      `SELECT v::DOUBLE, CASE WHEN v > 0 THEN v END FROM (VALUES (0.1), (-2.5), (3)) AS t(v)
      UNION ALL SELECT 'nan'::DOUBLE, 1`,
    );
    expect(rows).toEqual([
      [0.1, 0.1],
      [-2.5, null],
      [3, 3],
      [null, 1],
    ]);
    expect([...long]).toEqual(rows);
  });

  it('are the same on every walk, over many chunks with gaps in some', async () => {
    const { rows, long } = await both(
      `SELECT i, CASE WHEN i < 4096 OR i % 7 > 0 THEN i * 1000003 END AS n, 'x' || (i % 3) AS t,
        i / 3 AS d FROM range(20000) AS r(i) ORDER BY i DESC`,
    );
    expect(rows.filter(([, n]) => n === null).length).toBeGreaterThan(2000);
    expect(long.length).toBe(20_000);
    expect([...long]).toEqual(rows);
    expect(long.map((row, index) => [index, ...row])).toEqual(
      rows.map((row, index) => [index, ...row]),
    );
  });
});
