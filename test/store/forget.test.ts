import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compactTask } from '../../src/store/compaction.js';
import { planCompaction } from '../../src/store/compaction-plan.js';
import { openDataset } from '../../src/store/dataset.js';
import { eraseNow } from '../../src/store/forget.js';
import { addHold } from '../../src/store/hold.js';
import { sourceKnown } from '../../src/store/sources.js';
import { forgetWhere } from './forget-where.js';
import { ask, day, noAbort, sha, writer } from './staged.js';
import { check, codesOf, flip, nowMs, store } from './whole-store.js';

const microsPerDay = 86_400_000_000;

const everything = 'ts::VARCHAR, ingested_at::VARCHAR, weight, batch, host_name, size';

describe('forget', () => {
  it('removes what matches, keeps every other row as it was, and says so', async () => {
    const before = await store();
    const kept = await ask(before, everything, "WHERE host_name <> 'web-3' ORDER BY ALL");
    const { dataset, plan } = await forgetWhere(before, "host.name = 'web-3'");
    expect(plan.matches.map(({ matchedCount }) => matchedCount)).toEqual([5, 5, 5, 3, 3, 3]);
    expect(await ask(dataset, everything, 'ORDER BY ALL')).toEqual(kept);
    expect(await ask(dataset, 'count(*)')).toEqual([['96']]);
    expect(dataset.snapshot.version).toBe(before.snapshot.version + 1);
    expect(codesOf(await check(before))).toEqual([]);
    expect(sourceKnown(dataset.snapshot, sha('1'))).not.toBeNull();
    expect((await forgetWhere(dataset, "host.name = 'web-3'")).dataset.snapshot.version).toBe(
      dataset.snapshot.version,
    );
    await eraseNow(
      dataset,
      plan.matches.map(({ file }) => file),
    );
    expect(existsSync(join(before.tableDir, plan.matches[0]?.file.path ?? ''))).toBe(false);
    expect(codesOf(await check(before))).toEqual([]);
  });

  it('drops a file of which nothing stays, and heeds the window', async () => {
    const before = await store();
    const window = { start: day + microsPerDay, end: day + 2 * microsPerDay };
    const { dataset, plan } = await forgetWhere(before, 'weight >= 1', { window });
    expect(plan.matches.map(({ date }) => date)).toEqual(Array(3).fill('2020-04-17'));
    expect(dataset.snapshot.files.length).toBe(3);
    expect(await ask(dataset, 'count(*)')).toEqual([['72']]);
    const half = { start: day, end: day + microsPerDay / 2 };
    const after = await forgetWhere(dataset, 'weight >= 1', { window: half });
    expect(await ask(after.dataset, 'count(*)')).toEqual([['36']]);
  });

  it('keeps held days and counts them, unless told otherwise', async () => {
    const hold = { name: 'case', window: { start: day, end: day + 1 }, reason: 'r', createdMs: 1 };
    const before = await addHold(await store(), { ...hold, name: 'keeps', expiresMs: null });
    const { dataset, plan } = await forgetWhere(before, "host.name = 'web-0'");
    expect(plan.matches.filter(({ holds }) => holds.includes('keeps')).length).toBe(3);
    expect(await ask(dataset, 'count(*)', "WHERE host_name = 'web-0'")).toEqual([['15']]);
    const all = await forgetWhere(dataset, "host.name = 'web-0'", { includeHeld: true });
    expect(await ask(all.dataset, 'count(*)', "WHERE host_name = 'web-0'")).toEqual([['0']]);
  });

  it('begins again when a compaction took its files away', async () => {
    const before = await store();
    const [task] = planCompaction(before.snapshot.files, { nowMs, all: true });
    if (task === undefined) throw new Error('nothing to merge');
    let isMerged = false;
    const { dataset } = await forgetWhere(before, "host.name = 'web-1'", {
      meanwhile: async () => {
        if (isMerged) return;
        isMerged = true;
        await compactTask(before, task, { writer, nowMs }, noAbort);
      },
    });
    expect(await ask(dataset, 'count(*)')).toEqual([['96']]);
    expect(codesOf(await check(before))).toEqual([]);
  });

  it('begins again when a hold came meanwhile, and heeds it', async () => {
    const before = await store();
    const window = { start: day, end: day + 1 };
    let isHeld = false;
    const { dataset, plan } = await forgetWhere(before, "host.name = 'web-1'", {
      meanwhile: async () => {
        if (isHeld) return;
        isHeld = true;
        const hold = { name: 'keeps', window, reason: 'r', createdMs: 1, expiresMs: null };
        await addHold(before, hold);
      },
    });
    expect(plan.matches.filter(({ holds }) => holds.includes('keeps')).length).toBe(3);
    expect(await ask(dataset, 'count(*)', "WHERE host_name = 'web-1'")).toEqual([['15']]);
    expect(codesOf(await check(before))).toEqual([]);
  });

  it('does not make good what the disk changed', async () => {
    const before = await store();
    await flip(join(before.tableDir, before.snapshot.files[0]?.path ?? ''), 30);
    await expect(forgetWhere(before, "host.name = 'web-1'")).rejects.toMatchObject({
      code: 'CC4003',
    });
    expect((await openDataset(before, writer)).snapshot.version).toBe(before.snapshot.version);
  });
});
