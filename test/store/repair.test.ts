import { existsSync } from 'node:fs';
import { copyFile, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointPath, logDir } from '../../src/delta/log.js';
import { lostRows } from '../../src/query/notes.js';
import { type Dataset, openDataset } from '../../src/store/dataset.js';
import { gapsOf } from '../../src/store/gap.js';
import { acceptGaps, applyRepair, planRepair } from '../../src/store/repair.js';
import { vacuum } from '../../src/store/vacuum.js';
import { ask, noAbort, writer } from './staged.js';
import { check, codesOf, flip, nowMs, store } from './whole-store.js';

async function repair(dataset: Dataset) {
  const plan = await planRepair(await check(dataset), { nowMs, signal: noAbort });
  const done = await applyRepair(await openDataset(dataset, writer), plan, { writer, nowMs });
  return { plan, ...done };
}

function quarantineOf({ tableDir }: Dataset): Promise<readonly string[]> {
  return readdir(join(tableDir, '_quarantine'));
}

describe('repair', () => {
  it('takes a damaged and a missing file out, says where, and puts a good copy back', async () => {
    const before = await store();
    const [damaged, missing] = before.snapshot.files;
    if (damaged === undefined || missing === undefined) throw new Error('too few files');
    const path = join(before.tableDir, damaged.path);
    await copyFile(path, `${path}.good`);
    await flip(path, 70);
    await unlink(join(before.tableDir, missing.path));
    const { plan, dataset, movedCount } = await repair(before);
    expect(plan.lost.map(({ why, rowCount }) => [why, rowCount])).toEqual([
      ['CC4023', 24],
      ['CC4022', 24],
    ]);
    expect(movedCount).toBe(1);
    expect(existsSync(path)).toBe(false);
    expect(await quarantineOf(before)).toEqual([damaged.path.replace('/', '-')]);
    expect(codesOf(await check(before))).toEqual([]);
    expect(await ask(dataset, 'count(*)')).toEqual([['72']]);
    expect(gapsOf(dataset).map(({ file }) => file)).toEqual([damaged, missing]);
    expect(lostRows(gapsOf(dataset)).map(({ text }) => text)).toEqual([
      'incomplete: 48 rows between 2020-04-16 00:00 and 2020-04-16 23:00 UTC are damaged and left out',
    ]);
    await copyFile(`${path}.good`, path);
    const again = await repair(before);
    expect(again.plan.restored.map(({ file }) => file.path)).toEqual([damaged.path]);
    expect(gapsOf(again.dataset).map(({ file }) => file.path)).toEqual([missing.path]);
    expect(await ask(again.dataset, 'count(*)')).toEqual([['96']]);
    expect(codesOf(await check(before))).toEqual([]);
    const accepted = await acceptGaps(again.dataset, nowMs);
    expect(gapsOf(accepted)).toEqual([]);
    expect(accepted.snapshot.files.length).toBe(5);
  });

  it('leaves nothing of a gap to vacuum, though it was stopped before the move', async () => {
    const before = await store();
    const [file] = before.snapshot.files;
    const path = join(before.tableDir, file?.path ?? '');
    await flip(path, 70);
    const plan = await planRepair(await check(before), { nowMs, signal: noAbort });
    await writeFile(join(before.tableDir, '_quarantine'), 'in the way');
    await expect(applyRepair(before, plan, { writer, nowMs })).rejects.toMatchObject({
      code: 'CC5005',
    });
    expect(existsSync(path)).toBe(true);
    const time = { nowMs: nowMs + 365 * 86_400_000, graceMs: 0, dryRun: false };
    await vacuum(await openDataset(before, writer), writer, time);
    expect(existsSync(path)).toBe(true);
  });

  it('writes damaged checkpoints again and keeps the old ones', async () => {
    const before = await store();
    const checkpoint = checkpointPath(before.tableDir, 2);
    await writeFile(checkpoint, 'PAR1 not much of a checkpoint PAR1');
    await writeFile(join(logDir(before.tableDir), '_last_checkpoint'), '{"version":');
    expect(codesOf(await check(before))).toEqual(['CC4021', 'CC4021']);
    const { dataset } = await repair(before);
    const paths = ({ snapshot }: Dataset) => snapshot.files.map(({ path }) => path);
    expect(paths(await openDataset(before, writer))).toEqual(paths(before));
    expect(codesOf(await check(before))).toEqual([]);
    expect((await quarantineOf(before)).length).toBe(2);
    expect(existsSync(checkpointPath(before.tableDir, dataset.snapshot.version))).toBe(true);
  });

  it('leaves a damaged log entry to a person', async () => {
    const before = await store();
    await flip(join(logDir(before.tableDir), `${'0'.repeat(19)}3.json`), 300);
    const found = await check(before);
    expect(found.dataset).toBeNull();
    const plan = await planRepair(found, { nowMs, signal: noAbort });
    expect(plan.lost).toEqual([]);
    expect(plan.left.map(({ fault }) => fault.code)).toEqual(['CC4020']);
  });
});
