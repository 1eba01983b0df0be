/** Fingerprints: yes in vain at times, never no; few files opened for one id. */
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { md5Hex } from '../../src/base/hash.js';
import { querySourceOf, withSidecars } from '../../src/cli/query-source.js';
import { resolve } from '../../src/query/resolve.js';
import { noTexts, parseSpec } from '../../src/query/spec-text.js';
import type { Dataset } from '../../src/store/dataset.js';
import { fileMayHold, listFingerprints, makeFingerprints } from '../../src/store/fingerprint.js';
import { applyRepair, planRepair } from '../../src/store/repair.js';
import { append, day, newDataset, noAbort, stage, stageMany, writer } from './staged.js';
import { check, flip, makeSidecars, nowMs } from './whole-store.js';

const root = mkdtempSync(join(tmpdir(), 'coldcase-fingerprint-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const roles = { trace: ['trace'] };
const columns = [{ label: 'trace', type: 'string' }] as const;
const rowCount = 20_000;
const dayMicros = 86_400_000_000;

/** The id of a trace, as random as they are. */
function id(n: number, trace: number): string {
  return md5Hex(`${n}-${trace}`);
}

/** Days of traces, three rows each. */
async function days(count: number): Promise<Dataset> {
  let dataset = await newDataset();
  for (let n = 0; n < count; n += 1) {
    const trace = `md5('${n}-' || (i // 3))`;
    const start = day + n * dayMicros;
    const staged = [await stageMany(columns, rowCount, [`${start} + i * 1000000`, trace])];
    dataset = (await append(dataset, { staged, batch: `b${n}`, roles })).dataset;
  }
  return dataset;
}

async function build(dataset: Dataset): Promise<number> {
  return (await makeSidecars(dataset)).fingerprintCount;
}

async function opened(dataset: Dataset, where: string): Promise<number> {
  const fingerprints = await listFingerprints(dataset);
  const source = withSidecars(querySourceOf(dataset, 'store'), null, fingerprints);
  return resolve(parseSpec({ ...noTexts, where: [where] }), source).files.paths.length;
}

async function pathOf(dataset: Dataset): Promise<string> {
  const [one] = await listFingerprints(dataset);
  const [stem = ''] = one?.stems ?? [];
  return join(one?.dir ?? '', `${stem}.bloom`);
}

describe('fingerprints', () => {
  it('hold every value that a file has, whatever it is made of', async () => {
    const maker = await writer.openSidecars();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ unit: 'grapheme' }), { maxLength: 60 }),
        async (values) => {
          const kept = values.filter((value) => !value.includes('\0'));
          const rows = kept.map((value, index) => ({ ts: day + index, values: [value] }));
          const staged = [await stage(columns, [...rows, { ts: day, values: [null] }])];
          const { dataset } = await append(await newDataset(), { staged, roles });
          const [file] = dataset.snapshot.files;
          const data = join(dataset.tableDir, file?.path ?? '');
          const { lows, highs } = await maker.valueHashes(data, 'trace', noAbort);
          expect(lows.length).toBe(kept.length);
          const path = join(root, 'values.bloom');
          writeFileSync(path, makeFingerprints(lows, highs));
          for (const value of kept) expect(fileMayHold(path, value), value).toBe(true);
        },
      ),
      { numRuns: 10, seed: 7 },
    );
    await maker.close();
  });

  it('open one file of many for one id, and are right about all others', async () => {
    const dataset = await days(5);
    expect(await opened(dataset, `trace = "${id(3, 17)}"`)).toBe(5);
    expect(await build(dataset)).toBe(5);
    expect(await build(dataset)).toBe(0);
    const vain = { files: 0, asked: 0 };
    for (let n = 0; n < 5; n += 1) {
      for (let trace = 0; trace < 6_600; trace += 330) {
        const count = await opened(dataset, `trace = "${id(n, trace)}"`);
        expect(count).toBeGreaterThanOrEqual(1);
        vain.files += count - 1;
        vain.asked += 4;
      }
    }
    expect(vain.files / vain.asked).toBeLessThan(0.01);
    expect(await opened(dataset, `trace in ("${id(1, 5)}", "${id(4, 9)}")`)).toBe(2);
    expect(await opened(dataset, `trace = "${id(9, 9)}"`)).toBe(0);
    expect(await opened(dataset, `trace != "${id(1, 5)}"`)).toBe(5);
    expect(await opened(dataset, `trace = "${id(1, 5)}" or date = "2020-04-16"`)).toBe(5);
  });

  it('say yes in doubt, and are made again where they are damaged', async () => {
    const dataset = await days(1);
    await build(dataset);
    const path = await pathOf(dataset);
    const size = readFileSync(path).length;
    expect(size / (rowCount / 3)).toBeLessThan(2.1);
    expect(fileMayHold(path, 'elsewhere')).toBe(false);
    expect(await check(dataset)).toMatchObject({ sidecarCount: 2, damages: [] });
    for (let at = 0; at < size; at += 64) await flip(path, at + ((at / 64) % 64));
    expect(fileMayHold(path, 'elsewhere')).toBe(true);
    const found = await check(dataset);
    expect(found.damages.map(({ fault }) => fault.code)).toEqual(['CC4028']);
    const plan = await planRepair(found, { nowMs, signal: noAbort });
    await applyRepair(dataset, plan, { writer, nowMs });
    expect(await check(dataset)).toMatchObject({ sidecarCount: 2, damages: [] });
    expect(fileMayHold(path, 'elsewhere')).toBe(false);
    truncateSync(path, 100);
    expect(fileMayHold(path, 'elsewhere')).toBe(true);
    expect(fileMayHold(`${path}.gone`, 'elsewhere')).toBe(true);
  });
});
