/** Rollups as files: made once, whole or not at all, gone with their data file. */
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat, truncate, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { changeSettings, type Dataset, openDataset } from '../../src/store/dataset.js';
import { maintain } from '../../src/store/maintenance.js';
import type { SidecarMaker, StagedFile } from '../../src/store/ports.js';
import { applyRepair, planRepair } from '../../src/store/repair.js';
import { listRollups, rollupDefinition, unusedRollupNames } from '../../src/store/rollup.js';
import { deadSidecars } from '../../src/store/sidecar.js';
import { buildSidecars } from '../../src/store/sidecar-build.js';
import { vacuum } from '../../src/store/vacuum.js';
import { append, day, newDataset, noAbort, stageMany, writer } from './staged.js';
import { check } from './whole-store.js';

const nowMs = day / 1000 + 10 * 86_400_000;
const roles = { host: ['host'], status: ['status'], duration: ['took'] };
const rowCount = 25_000;

/** A day of rows: `hosts` decides how many are alike. */
function busyDay(hosts: number, start = day): Promise<StagedFile> {
  const columns = [
    { label: 'host', type: 'string' },
    { label: 'status', type: 'integer' },
    { label: 'took', type: 'integer' },
  ] as const;
  const values = [`'h' || (i % ${hosts})`, '200 + i % 2', 'i % 7'];
  return stageMany(columns, rowCount, [`${start} + i * 3000000`, ...values]);
}

async function busyDataset(hosts = 2): Promise<Dataset> {
  const staged = [await busyDay(hosts)];
  return (await append(await newDataset(), { staged, roles })).dataset;
}

async function build(dataset: Dataset, budgetRows = Number.POSITIVE_INFINITY, signal = noAbort) {
  const work = { writer, budgetRows, say: () => undefined, signal };
  return (await buildSidecars(dataset, work)).rollupCount;
}

async function namesIn(dataset: Dataset): Promise<readonly string[]> {
  const rollups = await listRollups(dataset);
  return (await readdir(rollups?.dir ?? '').catch(() => [])).sort();
}

/** A writer whose makers of sidecars are changed. */
const makingWith = (change: (maker: SidecarMaker) => SidecarMaker) => ({
  openSidecars: async () => change(await writer.openSidecars()),
});

describe('rollups', () => {
  it('are made once, at the narrowest step that shrinks a file and at a day', async () => {
    const dataset = await busyDataset();
    expect(await build(dataset)).toBe(1);
    const [file] = dataset.snapshot.files;
    const stem = /([^/]+)\.parquet$/.exec(file?.path ?? '')?.[1];
    const bare = (await namesIn(dataset)).map((name) => name.replace(/-[0-9a-f]{16}\.p/, '.p'));
    expect(bare).toEqual([`${stem}.1440m.parquet`, `${stem}.5m.parquet`]);
    expect(await build(dataset)).toBe(0);
    const kept = (await listRollups(dataset))?.byStem.get(stem ?? '') ?? [];
    expect(kept.map(({ stepMicros }) => stepMicros / 60_000_000)).toEqual([5, 1440]);
    for (const { path } of kept) expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('are not made where nothing is alike, which is tried once', async () => {
    const dataset = await busyDataset(20_000);
    expect(await build(dataset)).toBe(0);
    const [name = ''] = await namesIn(dataset);
    expect(name).toMatch(/\.none$/);
    const rollUp = () => Promise.reject(new Error('tried again'));
    const again = {
      writer: makingWith((maker) => ({ ...maker, rollUp })),
      budgetRows: 1e9,
      say: () => undefined,
      signal: noAbort,
    };
    expect((await buildSidecars(dataset, again)).rollupCount).toBe(0);
  });

  it('are whole or missing when making them is stopped or fails', async () => {
    const dataset = await busyDataset();
    await expect(build(dataset, 1e9, AbortSignal.abort())).rejects.toThrow();
    expect(await namesIn(dataset)).toEqual([]);
    const work = {
      writer: makingWith((maker) => ({
        ...maker,
        rollUp: async (...request) => {
          await maker.rollUp(...request);
          throw new Error('killed');
        },
      })),
      budgetRows: 1e9,
      say: () => undefined,
      signal: noAbort,
    };
    await expect(buildSidecars(dataset, work)).rejects.toThrow('killed');
    expect(await namesIn(dataset)).toEqual([]);
    const next = await busyDay(2, day + 86_400_000_000);
    const twoDays = (await append(dataset, { staged: [next], batch: 'b2' })).dataset;
    expect(await build(twoDays, 2 * rowCount - 1)).toBe(1);
    expect(await build(twoDays, 1)).toBe(1);
    expect(await build(twoDays)).toBe(0);
  });

  it('are made behind an ingest and go with their data file', async () => {
    const dataset = await busyDataset();
    const report = await maintain(dataset, { writer, nowMs, merge: true }, noAbort);
    expect(report.fault).toBeNull();
    const before = await namesIn(dataset);
    expect(before.length).toBe(2);
    const dir = (await listRollups(dataset))?.dir ?? '';
    const longAgo = new Date(nowMs - 20 * 86_400_000);
    for (const name of before) await utimes(join(dir, name), longAgo, longAgo);
    const time = { nowMs, graceMs: null, dryRun: false };
    await vacuum(dataset, writer, time);
    expect(await namesIn(dataset)).toEqual(before);
    const [file] = dataset.snapshot.files;
    await rm(join(dataset.tableDir, file?.path ?? ''));
    await vacuum(dataset, writer, { ...time, dryRun: true });
    expect(await namesIn(dataset)).toEqual(before);
    await vacuum(dataset, writer, time);
    expect(await namesIn(dataset)).toEqual([]);
  });

  it('are compared with their rows, and made again where they are damaged', async () => {
    const dataset = await busyDataset();
    await build(dataset);
    expect(await check(dataset)).toMatchObject({ sidecarCount: 3, damages: [] });
    const whole = await namesIn(dataset);
    const dir = (await listRollups(dataset))?.dir ?? '';
    const [other, narrow] = whole.map((name) => join(dir, name));
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(`COPY (SELECT * REPLACE ("#rows" + (ts = min(ts) OVER ())::BIGINT AS "#rows")
      FROM '${narrow}') TO '${narrow}.new' (FORMAT parquet)`);
    connection.closeSync();
    instance.closeSync();
    await rename(`${narrow}.new`, narrow ?? '');
    await truncate(other ?? '', 100);
    const found = await check(dataset);
    expect(found.damages.map(({ fault }) => fault.code)).toEqual(['CC4028', 'CC4028']);
    expect((await check(dataset, true)).damages).toEqual([]);
    const plan = await planRepair(found, { nowMs, signal: noAbort });
    expect(plan).toMatchObject({ lost: [], left: [], sidecars: { length: 2 } });
    const { movedCount } = await applyRepair(dataset, plan, { writer, nowMs });
    expect(movedCount).toBe(2);
    expect(await namesIn(dataset)).toEqual(whole);
    expect(await check(dataset)).toMatchObject({ sidecarCount: 3, damages: [] });
  });

  it('tell apart what the settings name, roles before columns', async () => {
    const dataset = await busyDataset();
    const keys = async (rollup: readonly string[]) => {
      const changed = await changeSettings(dataset, { rollup }, nowMs);
      const opened = await openDataset(dataset, writer);
      expect(rollupDefinition(opened)).toEqual(rollupDefinition(changed));
      const columns = rollupDefinition(opened)?.columns.map(({ label }) => label) ?? [];
      return [columns, unusedRollupNames(opened)];
    };
    expect(await keys(['status'])).toEqual([['status'], []]);
    expect(await keys(['took', 'host', 'zone'])).toEqual([['host', 'took'], ['zone']]);
    expect(await keys(['zone'])).toEqual([[], ['zone']]);
    expect(dataset.rollup).toEqual(['service', 'host', 'version', 'status']);
  });

  it('of an older definition go too, and new ones are made', async () => {
    const dataset = await busyDataset();
    await build(dataset);
    const old = (await listRollups(dataset))?.dir ?? '';
    const changed = await changeSettings(dataset, { rollup: ['host'] }, nowMs);
    expect(rollupDefinition(changed)?.columns.map(({ name }) => name)).toEqual(['host']);
    expect(await build(changed)).toBe(1);
    expect((await check(changed)).damages).toEqual([]);
    const fresh = (await listRollups(changed))?.dir ?? '';
    expect(dirname(fresh)).toBe(dirname(old));
    const current = new Map([['rollup', [fresh.slice(dirname(fresh).length + 1)]]] as const);
    const dead = await deadSidecars(changed.tableDir, current, {
      nowMs: Date.now() + 1,
      graceMs: 0,
    });
    const names = (await readdir(old)).map((name) => join(old, name));
    expect(dead.map(({ path }) => join(changed.tableDir, path)).sort()).toEqual(names.sort());
    expect(existsSync(fresh)).toBe(true);
    expect((await openDataset(changed, writer)).snapshot.files).toEqual(changed.snapshot.files);
  });
});
