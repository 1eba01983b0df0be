/** When a thing was first and last seen is the same from censuses as from rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EverSeen, everSeen, type Seen } from '../../src/cli/ever-seen.js';
import { querySourceOf } from '../../src/cli/query-source.js';
import { openQueryEngine } from '../../src/engine/duckdb/execute.js';
import { defaultLimits } from '../../src/engine/duckdb/open.js';
import type { Engine, QuerySource } from '../../src/query/ports.js';
import { spanOf } from '../../src/query/prune.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import { listCensus, readCensus } from '../../src/store/census.js';
import type { Dataset } from '../../src/store/dataset.js';
import { append, day, newDataset, noAbort, stage, stageMany } from '../store/staged.js';
import { makeSidecars } from '../store/whole-store.js';

const columns = [
  { label: 'host', type: 'string' },
  { label: 'machine', type: 'string' },
  { label: 'size', type: 'integer' },
  { label: 'ok', type: 'boolean' },
  { label: 'id', type: 'string' },
  { label: 'took', type: 'number' },
] as const;
const dayMicros = 86_400_000_000;
let dataset: Dataset;
let source: QuerySource;
let engine: Engine;

/** Four days with a census, of which each knows other hosts; and two rows that have none. */
beforeAll(async () => {
  dataset = await newDataset();
  for (const at of [0, 1, 2, 3]) {
    const values = [
      at === 2 ? 'NULL' : `'h' || (i % 5 + ${at})`,
      at === 1 ? 'NULL' : `if(i % 2 = 0, 'm' || ${at}, NULL)`,
      `(i * 7) % 90 + ${at}`,
      at < 2 ? 'i % 3 = 0' : 'true',
      `if(i % 4 = 0, 'often', '${at}-' || i)`,
      'i / 8',
    ];
    const instant = `${day + at * dayMicros} + i * 4_000_000`;
    const staged = [await stageMany(columns, 20_000, [instant, ...values])];
    const roles = { host: ['host', 'machine'] };
    dataset = (await append(dataset, { staged, batch: `b${at}`, roles })).dataset;
  }
  expect((await makeSidecars(dataset)).censusCount).toBe(4);
  const rows = [
    { ts: day + dayMicros * 2 + 7, values: ['h9', null, 5, null, 'often', 1.5] },
    { ts: day + dayMicros * 4 + 7, values: ['h1', 'm0', null, false, '3-7', null] },
  ];
  const other = [{ label: 'size', type: 'string' }] as const;
  const staged = [await stage(columns, rows), await stage(other, [{ ts: day + 9, values: ['5'] }])];
  dataset = (await append(dataset, { staged, batch: 'b9' })).dataset;
  source = querySourceOf(dataset, 'store');
  const files = source.files.map(({ path }) => path);
  engine = await openQueryEngine({ ...defaultLimits, files, timeLimitMs: null });
});

afterAll(() => engine.close());

async function seen(text: string, withCensus: boolean, known: Seen): Promise<EverSeen> {
  const { where } = parseSpec({ ...noTexts, where: [text] });
  const census = await listCensus(dataset);
  return await everSeen(source, { where, window: spanOf(source.files) }, known, {
    ...{ engine, signal: noAbort },
    censusOf: async (path, names) => (withCensus ? await readCensus(census, path, names) : null),
  });
}

const never: Seen = { first: null, last: null };

describe('first and last sighting', () => {
  it.each([
    ...Array.from({ length: 10 }, (_, at) => `\`host\` = 'h${at}'`),
    ...["machine = 'm1'", "machine = 'm3'", "machine = ''", "host = 'h4'", "host = 'm2'"],
    ...['size = 0', 'size = 5', 'size = 92', 'size = 1000'],
    ...['ok = true', 'ok = false', "id = 'often'", "id = '1-7'", "id = '3-7'", "id = 'none'"],
    ...['took = 0.125', "batch = 'b1'", 'weight = 1', "host != 'h1'", "`host` in ('h1', 'h8')"],
    ...["`host` = 'h3' and ok = true", "date = '2020-04-18'", 'not ok = true', "`host` = 'H1'"],
  ])('of %s is that of its rows', async (text) => {
    const { files, ...rows } = await seen(text, false, never);
    expect(files.census).toBe(0);
    expect(await seen(text, true, never)).toMatchObject(rows);
    // What the window of a question showed already.
    const middle = rows.first === null ? null : rows.first + ((rows.last ?? 0) - rows.first) / 2;
    const known = { first: middle, last: middle };
    expect(await seen(text, true, known)).toMatchObject(rows);
  });

  it('looks into no more files than it must, by rows where a census leaves it open', async () => {
    const known = { first: day, last: day + dayMicros * 3 };
    expect((await seen("`host` = 'h4'", true, never)).files).toEqual({ census: 2, rows: 0 });
    expect((await seen("`host` = 'h4'", true, known)).files).toEqual({ census: 1, rows: 0 });
    expect((await seen('ok = false', true, never)).files).toEqual({ census: 4, rows: 3 });
    expect((await seen("id = '1-7'", true, never)).files).toEqual({ census: 0, rows: 7 });
    expect((await seen("batch = 'b1'", true, never)).files.census).toBe(0);
  });
});
