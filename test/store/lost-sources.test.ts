/** After a file is lost for good: its sources come back by being ingested again, and nothing twice. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendBatch } from '../../src/store/append.js';
import { compactTask } from '../../src/store/compaction.js';
import { planCompaction } from '../../src/store/compaction-plan.js';
import { type Dataset, openDataset } from '../../src/store/dataset.js';
import { gapsOf } from '../../src/store/gap.js';
import { acceptGaps, applyRepair, planRepair, sourcesLostIn } from '../../src/store/repair.js';
import { sourceKnown } from '../../src/store/sources.js';
import { forgetWhere } from './forget-where.js';
import { append, ask, day, newDataset, noAbort, request, source, stage, writer } from './staged.js';
import { check, codesOf, nowMs } from './whole-store.js';

const columns = [{ label: 'n', type: 'integer' }] as const;
const dayMicros = 86_400_000_000;

/** A source of one event on each of some days; events are numbered by source and day. */
interface Part {
  readonly number: number;
  readonly days: readonly number[];
}

const sha256Of = ({ number }: Part) => number.toString(16).padStart(64, '0');
const eventsOf = ({ number, days }: Part) => days.map((at) => number * 10 + at);

async function requestOf(dataset: Dataset, parts: readonly Part[], ingestedMs: number) {
  const staged = await stage(
    columns,
    parts.flatMap((part) =>
      part.days.map((at) => ({ ts: day + at * dayMicros, values: [part.number * 10 + at] })),
    ),
  );
  const sources = parts.map((part) => source({ sha256: sha256Of(part) }));
  return request(dataset, { staged: [staged], sources, ingestedAt: ingestedMs * 1_000 });
}

/** As an ingest does it: known sources are duplicates. */
async function ingest(dataset: Dataset, part: Part, ingestedMs: number): Promise<Dataset> {
  if (sourceKnown(dataset.snapshot, sha256Of(part)) !== null) return dataset;
  return (await append(dataset, await requestOf(dataset, [part], ingestedMs))).dataset;
}

async function eventsIn(dataset: Dataset): Promise<readonly number[]> {
  if (dataset.snapshot.files.length === 0) return [];
  return (await ask(dataset, 'n', 'ORDER BY n')).map(([n]) => Number(n));
}

/** Files go; repair takes them out; the loss is accepted. */
async function lose(dataset: Dataset, paths: readonly string[]): Promise<Dataset> {
  for (const path of paths) await rm(join(dataset.tableDir, path));
  const plan = await planRepair(await check(dataset), { nowMs, signal: noAbort });
  const { dataset: repaired } = await applyRepair(dataset, plan, { writer, nowMs });
  return await acceptGaps(repaired, nowMs);
}

function fileOn(dataset: Dataset, at: number): string {
  const date = new Date((day + at * dayMicros) / 1000).toISOString().slice(0, 10);
  const file = dataset.snapshot.files.find(({ partitionValues }) => partitionValues.date === date);
  return file?.path ?? '';
}

describe('a source whose files are lost', () => {
  it('comes back whole when nothing of it is left, and then is known again', async () => {
    const part = { number: 1, days: [0] };
    let dataset = await ingest(await newDataset(), part, 5);
    dataset = await ingest(dataset, { number: 2, days: [0] }, 6);
    const [mine = ''] = dataset.snapshot.files
      .filter(({ modificationTime }) => modificationTime === 5)
      .map(({ path }) => path);
    const lost = await lose(dataset, [mine]);
    expect(await eventsIn(lost)).toEqual([20]);
    const back = await ingest(lost, part, 7);
    expect(await eventsIn(back)).toEqual([10, 20]);
    expect(await ingest(back, part, 8)).toBe(back);
    const reopened = await openDataset(back, writer);
    expect(sourceKnown(reopened.snapshot, sha256Of(part))).not.toBeNull();
    expect(codesOf(await check(back))).toEqual([]);
  });

  it('stays known while a file may be put back, or holds more of its rows', async () => {
    const part = { number: 1, days: [0, 1] };
    const dataset = await ingest(await newDataset(), part, 5);
    await rm(join(dataset.tableDir, fileOn(dataset, 0)));
    const plan = await planRepair(await check(dataset), { nowMs, signal: noAbort });
    const { dataset: repaired } = await applyRepair(dataset, plan, { writer, nowMs });
    expect(await ingest(repaired, part, 6)).toBe(repaired);
    expect(sourcesLostIn(repaired, gapsOf(repaired))).toEqual({ free: [], kept: [] });
    const accepted = await acceptGaps(repaired, nowMs);
    expect(await ingest(accepted, part, 7)).toBe(accepted);
    expect(await eventsIn(accepted)).toEqual([11]);
  });

  it('stays known when rows of it were forgotten, before it was lost or while it was', async () => {
    let dataset = await newDataset();
    const parts = [1, 2, 3].map((number) => ({ number, days: [0] }));
    for (const part of parts) dataset = await ingest(dataset, part, 5 + part.number);
    const pathOf = (number: number) =>
      dataset.snapshot.files.find(({ modificationTime }) => modificationTime === 5 + number)?.path;
    const paths = parts.map(({ number }) => pathOf(number) ?? '');
    // The second is out of the table when its rows are forgotten.
    await rm(join(dataset.tableDir, paths[1] ?? ''));
    const plan = await planRepair(await check(dataset), { nowMs, signal: noAbort });
    ({ dataset } = await applyRepair(dataset, plan, { writer, nowMs }));
    const done = await forgetWhere(dataset, 'n in (10, 20)');
    expect(done.plan.gaps.map(({ file }) => file.path)).toEqual([paths[1]]);
    const { free, kept } = sourcesLostIn(done.dataset, gapsOf(done.dataset));
    expect([free.length, kept.length]).toEqual([0, 1]);
    dataset = await lose(done.dataset, [paths[2] ?? '']);
    for (const part of parts) dataset = await ingest(dataset, part, 50 + part.number);
    expect(await eventsIn(dataset)).toEqual([30]);
    expect(codesOf(await check(dataset))).toEqual([]);
  });

  it('is taken once by two that bring it back at the same time', async () => {
    const part = { number: 1, days: [0] };
    const dataset = await ingest(await newDataset(), part, 5);
    const lost = await lose(dataset, [fileOn(dataset, 0)]);
    const first = await appendBatch(await requestOf(lost, [part], 6), writer, noAbort);
    const second = await appendBatch(await requestOf(lost, [part], 6), writer, noAbort);
    expect([first.kind, second.kind]).toEqual(['committed', 'overlap']);
    expect(await eventsIn(second.dataset)).toEqual([10]);
  });

  it('is never stored twice, whatever was merged and lost before', {
    timeout: 300_000,
  }, async () => {
    const days = fc.uniqueArray(fc.nat({ max: 2 }), { minLength: 1, maxLength: 2 });
    const story = fc.record({
      parts: fc.array(days, { minLength: 2, maxLength: 5 }),
      mergeAfter: fc.nat({ max: 4 }),
      lost: fc.array(fc.nat(), { minLength: 1, maxLength: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(story, async ({ parts, mergeAfter, lost }) => {
        let dataset = await newDataset();
        const all = parts.map((on, number) => ({ number, days: on }));
        for (const part of all) {
          dataset = await ingest(dataset, part, 5 + part.number);
          if (part.number !== mergeAfter) continue;
          for (const task of planCompaction(dataset.snapshot.files, { nowMs, all: true })) {
            ({ dataset } = await compactTask(dataset, task, { writer, nowMs }, noAbort));
          }
        }
        const paths = dataset.snapshot.files.map(({ path }) => path);
        const gone = new Set(lost.map((index) => paths[index % paths.length] ?? ''));
        dataset = await lose(dataset, [...gone]);
        const kept = await eventsIn(dataset);
        for (const part of all) dataset = await ingest(dataset, part, 50 + part.number);
        const found = await eventsIn(dataset);
        expect(new Set(found).size).toBe(found.length);
        expect(found).toEqual(expect.arrayContaining([...kept]));
        if (gone.size === paths.length) {
          expect(found).toEqual(all.flatMap(eventsOf).sort((a, b) => a - b));
        }
        expect(codesOf(await check(dataset))).toEqual([]);
      }),
      { numRuns: 12, seed: 20_200_416 },
    );
  });
});
