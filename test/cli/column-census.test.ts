/** What the census says of columns is what their rows say. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureByCensus } from '../../src/cli/column-census.js';
import { openInspector } from '../../src/engine/duckdb/inspect.js';
import { censusName, isWhole, listCensus, readCensus } from '../../src/store/census.js';
import type { Dataset } from '../../src/store/dataset.js';
import { eraseNow } from '../../src/store/forget.js';
import type { FileInspector, TakeCensus } from '../../src/store/ports.js';
import { applyRepair, planRepair } from '../../src/store/repair.js';
import {
  append,
  ask,
  day,
  newDataset,
  noAbort,
  stage,
  stageMany,
  writer,
} from '../store/staged.js';
import { check, flip, limits, makeSidecars, nowMs } from '../store/whole-store.js';

const columns = [
  { label: 'host', type: 'string' },
  { label: 'size', type: 'integer' },
  { label: 'ok', type: 'boolean' },
  { label: 'id', type: 'string' },
  { label: 'took', type: 'number' },
] as const;
const dayMicros = 86_400_000_000;
let inspector: FileInspector;
let dataset: Dataset;

const take: TakeCensus = (paths, signal) => inspector.census(paths, signal);

/** Two days with a census, and some rows of an hour that have none. */
beforeAll(async () => {
  inspector = await openInspector(limits);
  dataset = await newDataset();
  for (const at of [0, 1]) {
    const values = [
      `nullif('hö-' || (i % ${5 + at}) || repeat('ü', i % 2), 'hö-3')`,
      '(i * 7) % 900 - 450',
      'if(i % 3 = 0, NULL, i % 2 = 0)',
      `if(i % 4 = 0, 'often', '${at}-' || i)`,
      'i / 8',
    ];
    const instant = `${day + at * dayMicros} + i * 4_000_000`;
    const staged = [await stageMany(columns, 20_000, [instant, ...values])];
    dataset = (await append(dataset, { staged, batch: `b${at}` })).dataset;
  }
  expect((await makeSidecars(dataset)).censusCount).toBe(2);
  const rows = [
    { ts: day + 5, values: ['', 9_007_199_254_740_000, true, 'often', 1.5] },
    { ts: day - 5, values: ['𝄞', null, null, null, null] },
  ];
  const staged = [await stage(columns, rows)];
  dataset = (await append(dataset, { staged, batch: 'b2' })).dataset;
});

afterAll(() => inspector.close());

/** The same from all rows. */
async function measured(name: string, exampleCount: number) {
  const [counts] = await ask(
    dataset,
    `(count(*) - count(${name})) / count(*), count(DISTINCT ${name})`,
  );
  const rest = `WHERE ${name} IS NOT NULL GROUP BY ${name} ORDER BY count(*) DESC, ${name} LIMIT ${exampleCount}`;
  const examples = (await ask(dataset, `${name}::VARCHAR`, rest)).map(([value]) => String(value));
  return { missing: Number(counts?.[0]), distinct: Number(counts?.[1]), examples };
}

describe('the census of columns', () => {
  it('says what the rows say, where it lists every value', async () => {
    const found = await measureByCensus(dataset, 7, { take, signal: noAbort });
    expect([...found.keys()]).toEqual(['host', 'ok', 'size']);
    for (const [name, column] of found) expect(column, name).toEqual(await measured(name, 7));
  });

  it('lists frequent values of a column with many, with how often and when', async () => {
    const census = await listCensus(dataset);
    const [file] = dataset.snapshot.files.filter(({ path }) => path.includes('2020-04-17'));
    const read = await readCensus(census, file?.path ?? '');
    const id = read?.find(({ column }) => column === 'id');
    if (id === undefined) throw new Error('no census of id');
    expect(isWhole(id)).toBe(false);
    expect(id).toMatchObject({ valueCount: 15_001, rows: 20_000 });
    const first = day + dayMicros;
    const last = first + 19_996 * 4_000_000;
    expect(id.values).toEqual([{ value: 'often', rows: 5_000, weight: 5_000n, first, last }]);
  });

  it('is not asked where values lie elsewhere, or most rows have none', async () => {
    const other = [{ label: 'host', type: 'integer' }] as const;
    const mixed = await append(dataset, {
      staged: [await stage(other, [{ ts: day, values: [7] }])],
      batch: 'b3',
    });
    const found = await measureByCensus(mixed.dataset, 3, { take, signal: noAbort });
    expect([...found.keys()]).toEqual(['ok', 'size']);
    const big = [await stageMany(columns.slice(0, 1), 15_000, [`${day} + i`, "'x'"])];
    const busy = await append(dataset, { staged: big, batch: 'b4' });
    expect((await measureByCensus(busy.dataset, 3, { take, signal: noAbort })).size).toBe(0);
  });

  it('is passed over when damaged, named by verify and made again', async () => {
    const { dir } = await listCensus(dataset);
    const [file] = dataset.snapshot.files.filter(({ path }) => path.includes('2020-04-17'));
    const path = join(dir, censusName(file?.path ?? ''));
    const whole = await readFile(path);
    for (const at of [0, 30, whole.length >> 1, whole.length - 5]) {
      await flip(path, at);
      expect(await readCensus(await listCensus(dataset), file?.path ?? '')).toBeNull();
      await flip(path, at);
    }
    await writeFile(path, whole.subarray(0, whole.length - 9));
    const found = await check(dataset);
    expect(found.damages.map(({ fault }) => fault.code)).toEqual(['CC4028']);
    await applyRepair(dataset, await planRepair(found, { nowMs, signal: noAbort }), {
      ...{ writer, nowMs },
    });
    expect(await readFile(path)).toEqual(whole);
    await eraseNow(dataset, file === undefined ? [] : [file]);
    expect((await listCensus(dataset)).stems.size).toBe(1);
  });
});
