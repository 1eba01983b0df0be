import { describe, expect, it } from 'vitest';
import { compactTask } from '../../src/store/compaction.js';
import { planCompaction } from '../../src/store/compaction-plan.js';
import { changeSettings, type Dataset, openDataset } from '../../src/store/dataset.js';
import { addHold, holdsDay, holdsOf, isActive, removeHold } from '../../src/store/hold.js';
import { applyRetention, planRetention } from '../../src/store/retention.js';
import { statusOf } from '../../src/store/status.js';
import { append, ask, day, newDataset, noAbort, stage, writer } from './staged.js';

const dayMicros = 86_400_000_000;
const nowMs = (day + 10 * dayMicros) / 1000 + 3_600_000;

/** Ten days from 16 April with three rows each; now is the 26th. */
async function tenDays(): Promise<Dataset> {
  const rows = Array.from({ length: 30 }, (_, n) => ({
    ts: day + Math.floor(n / 3) * dayMicros + (n % 3),
    values: [n],
  }));
  const staged = [await stage([{ label: 'n', type: 'integer' }], rows)];
  return (await append(await newDataset(), { staged })).dataset;
}

const rules = (keepDays: number, maxBytes: number | null = null) => ({ nowMs, keepDays, maxBytes });
const hold = (name: string, from: number, to: number, expiresMs: number | null = null) => ({
  name,
  window: { start: day + from * dayMicros, end: day + to * dayMicros },
  reason: 'evidence',
  createdMs: nowMs,
  expiresMs,
});

describe('retention', () => {
  it('removes whole days that are older than it keeps, in one commit', async () => {
    const before = await tenDays();
    const plan = planRetention(before, rules(7));
    expect(plan.firstKept).toBe('2020-04-19');
    expect(plan.days.map(({ date, why, rowCount }) => [date, why, rowCount])).toEqual([
      ['2020-04-16', 'age', 3],
      ['2020-04-17', 'age', 3],
      ['2020-04-18', 'age', 3],
    ]);
    const { dataset } = await applyRetention(before, rules(7));
    expect(dataset.snapshot.version).toBe(before.snapshot.version + 1);
    expect(await ask(dataset, 'count(*), min(n)')).toEqual([['21', '9']]);
    expect((await applyRetention(dataset, rules(7))).dataset).toEqual(dataset);
    expect(statusOf(dataset).sourceCount).toBe(statusOf(before).sourceCount);
  });

  it('removes the oldest days beyond a size, held ones counted but kept', async () => {
    const before = await addHold(await tenDays(), hold('h', 1, 2));
    const bytes = before.snapshot.files.reduce((sum, { size }) => sum + size, 0);
    const one = bytes / 10;
    const plan = planRetention(before, rules(60, Math.ceil(bytes - one * 1.5)));
    expect(plan.days.map(({ date, why, holds }) => [date, why, holds])).toEqual([
      ['2020-04-16', 'size', []],
      ['2020-04-17', 'size', ['h']],
      ['2020-04-18', 'size', []],
    ]);
    expect(planRetention(before, rules(60, bytes)).days).toEqual([]);
  });

  it('keeps days that a hold touches, until it ends', async () => {
    const kept = await addHold(await tenDays(), hold('CC-7', 0.5, 1.5, nowMs + 1_000));
    const { dataset, plan } = await applyRetention(kept, rules(7));
    expect(plan.days.map(({ date, holds }) => [date, holds])).toEqual([
      ['2020-04-16', ['CC-7']],
      ['2020-04-17', ['CC-7']],
      ['2020-04-18', []],
    ]);
    const later = { ...rules(7), nowMs: nowMs + 1_000 };
    expect(planRetention(dataset, later).removed.length).toBe(2);
    const free = await removeHold(dataset, 'CC-7', nowMs);
    expect(planRetention(free, rules(7)).removed.length).toBe(2);
  });

  it('sees a hold, a merge and a change of settings that came between', async () => {
    const old = await tenDays();
    await addHold(old, hold('h', 0, 1));
    await changeSettings(old, { bad: 'status >= 400' }, nowMs);
    const { dataset, plan } = await applyRetention(old, rules(7));
    expect(plan.removed.length).toBe(2);
    expect(holdsOf(dataset).map(({ name }) => name)).toEqual(['h']);
    expect(dataset.bad).toBe('status >= 400');
  });

  it('leaves nothing to a merge of a day that it removed', async () => {
    let dataset = await tenDays();
    const staged = [await stage([{ label: 'n', type: 'integer' }], [{ ts: day, values: [99] }])];
    dataset = (await append(dataset, { staged, batch: 'late' })).dataset;
    const [task] = planCompaction(dataset.snapshot.files, { nowMs, all: true });
    if (task === undefined) throw new Error('nothing to merge');
    await applyRetention(dataset, rules(7));
    const outcome = await compactTask(dataset, task, { writer, nowMs }, noAbort);
    expect(outcome.kind).toBe('overtaken');
    expect(await ask(await openDataset(dataset, writer), 'count(*)')).toEqual([['21']]);
  });
});

describe('holds', () => {
  it('are kept with the table, and named once', async () => {
    const dataset = await addHold(await tenDays(), hold('b', 0, 1));
    await addHold(dataset, hold('a', 2, 3, nowMs));
    const opened = await openDataset(dataset, writer);
    expect(holdsOf(opened)).toEqual([hold('a', 2, 3, nowMs), hold('b', 0, 1)]);
    expect(isActive(hold('a', 2, 3, nowMs), nowMs)).toBe(false);
    await expect(addHold(opened, hold('a', 5, 6))).rejects.toMatchObject({ code: 'CC4011' });
    await expect(removeHold(opened, 'c', nowMs)).rejects.toMatchObject({ code: 'CC4010' });
  });

  it('hold every day their window touches, and all when they cannot be read', async () => {
    const days = ['2020-04-15', '2020-04-16', '2020-04-17'];
    expect(days.map((date) => holdsDay(hold('h', 0.9, 1), date))).toEqual([false, true, false]);
    expect(days.map((date) => holdsDay(hold('h', 0, 1.001), date))).toEqual([false, true, true]);
    const { snapshot, ...dataset } = await tenDays();
    const configuration = { ...snapshot.metadata.configuration, 'coldcase.hold.x': '{' };
    const broken = { ...snapshot, metadata: { ...snapshot.metadata, configuration } };
    const plan = planRetention({ ...dataset, snapshot: broken }, rules(7));
    expect(plan.removed).toEqual([]);
    expect(plan.days.map(({ holds }) => holds)).toEqual([['x'], ['x'], ['x']]);
  });
});
